"""What every peer makes of every input: right answers, figures, a page. No time is ever asserted."""

from __future__ import annotations

import socket

import pytest

from bench import ROOT
from tests.bench.running import Made, assert_promises, make


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    folder = tmp_path_factory.mktemp("bench")
    return make(folder, SIZE="tiny", PARTS="throughput,scale,memory", MEMORY_EVENTS="2000")


def test_every_peer_gives_the_right_answers_to_every_input(made: Made) -> None:
    inputs = made.figures["throughput"]
    asked = {(name, peer): each["answers"] for name, input_ in inputs.items() for peer, each in input_["peers"].items()}

    assert set(inputs) == {"selected", "distinct", "fresh", "narrow", "wide"}
    assert all({"echo", "nothing", "dict", "netaddr", "plain", "ours"} <= set(input_["peers"]) for input_ in inputs.values())
    assert {key: each["wrong"] for key, each in asked.items() if each["wrong"]} == {}
    assert {(name, each["checked"]) for (name, _), each in asked.items()} == {
        ("selected", 200), ("distinct", 200), ("fresh", 200), ("narrow", 50), ("wide", 40)
    }  # fmt: skip


def test_pytricia_is_measured_or_said_to_be_missing(made: Made) -> None:
    measured = "pytricia" in made.figures["throughput"]["selected"]["peers"]

    assert measured != any("pytricia" in sentence for sentence in made.figures["left_out"])


def test_every_figure_is_there_and_positive(made: Made) -> None:
    figures = made.figures
    keys = ("events_per_second", "microseconds_per_event", "cpu_seconds", "reply_bytes")

    assert all(each[key] > 0 for input_ in figures["throughput"].values() for each in input_["peers"].values() for key in keys)
    assert [(each["peer"], each["processes"]) for each in figures["scale"]] == [
        (p, n) for p in ("nothing", "ours") for n in (1, 2, 4)
    ]
    assert all(each["events_per_second"] > 0 for each in figures["scale"])
    assert (figures["memory"]["events"], figures["memory"]["distinct_rows"]) == (2000, 200)


def test_each_promise_comes_with_its_value_and_whether_it_holds(made: Made) -> None:
    assert_promises(made.figures, 7)


def test_the_page_says_what_it_ran_on_but_no_host_and_no_path(made: Made) -> None:
    figures, _, page = made

    assert f"Python {figures['machine']['python']}" in page
    assert "`make bench SIZE=tiny MEMORY_EVENTS=2000 PARTS=throughput,scale,memory`" in page
    assert figures["machine"]["processor"] in page
    assert str(ROOT) not in page
    assert socket.gethostname() not in page
    assert all(f"| {claim['promise']} |" in page for claim in figures["claims"])


def test_without_a_terminal_no_control_code_is_written(made: Made) -> None:
    assert "\x1b" not in made.terminal
