"""The inputs of the benchmark, and its own instruments: what is sent, what is counted, what is taken for right."""

from __future__ import annotations

import os
import threading

import pytest

from bench import answers, shapes
from bench.claims import Claim
from bench.run import read_replies
from bench.settings import PARTS, read_settings
from bench.site import OURS, Site
from bench.traffic import Call, Traffic
from tests.bench.running import bench
from tests.splunkd.csv_dialect import read_body
from tests.splunkd.frames import write_frame


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    site = Site(tmp_path_factory.mktemp("site"), read_settings({"SIZE": "tiny"}), 200)
    site.use(200, 200)
    return site


def some_calls(site: Site) -> list[Call]:
    return Traffic(7, site.callers, site.known.addresses).repeating(200, 20)


def test_a_limit_holds_at_the_limit_itself_and_not_beyond() -> None:
    assert Claim("at least", 8, True, 8.0, "x").holds
    assert not Claim("at least", 8, True, 7.99, "x").holds
    assert Claim("at most", 6, False, 6.0, "x").holds
    assert not Claim("at most", 6, False, 6.01, "x").holds


@pytest.mark.parametrize(
    "variable, value, said",
    [
        ("SIZE", "huge", "SIZE: 'huge' is neither tiny, small, medium, full nor a number of events from 100 to 4000000."),
        ("SIZE", "99", "SIZE: '99' is neither tiny, small, medium, full nor a number of events from 100 to 4000000."),
        ("DISTINCT", "101", "DISTINCT: '101' is no whole number from 1 to 100."),
        ("RUNS", "0", "RUNS: '0' is no whole number from 1 on."),
        ("PARTS", "start,stop", f"PARTS: there is no part 'stop'; choose among {', '.join(PARTS)}."),
    ],
)
def test_a_wrong_setting_is_one_sentence(variable: str, value: str, said: str) -> None:
    done = bench(**{variable: value})

    assert (done.returncode, done.stdout, done.stderr) == (2, "", said + "\n")


def test_an_input_has_as_many_distinct_rows_as_it_says(site: Site) -> None:
    table = read_body(shapes.selected(some_calls(site), site.columns, 200).bodies[0])
    times = {table.columns.index(name) for name in ("_time", "eventTime", "_chunked_idx")}
    rows = {tuple(cell for at, cell in enumerate(row) if at not in times) for row in table.rows}

    assert len(table.rows) == 200
    assert len(rows) == 20


def test_selected_chunks_have_the_columns_asked_for_and_empty_twins(site: Site) -> None:
    table = read_body(shapes.selected(some_calls(site), site.columns, 50).bodies[-1])
    plain = [*site.columns, "_chunked_idx"]

    assert table.columns == plain + ["__mv_" + name for name in plain]
    assert [row[len(plain) - 1] for row in table.rows] == [str(number) for number in range(50)]
    assert not any(cell for row in table.rows for cell in row[len(plain) :])


@pytest.mark.parametrize("events, chunks, rows", [(100, 2, 100), (149, 2, 100), (10, 1, 50), (999, 4, 200)])
def test_the_beginning_of_an_input_is_whole_chunks_and_finishes(site: Site, events: int, chunks: int, rows: int) -> None:
    whole = shapes.selected(some_calls(site), site.columns, 50)
    beginning = shapes.beginning(whole, events)

    assert (len(beginning.frames), beginning.events) == (chunks, rows)
    assert beginning.bodies == whole.bodies[:chunks]
    assert [b'"finished":true' in frame for frame in beginning.frames] == [False] * (chunks - 1) + [True]


def test_the_same_seed_gives_the_same_bytes(site: Site) -> None:
    one, same = (shapes.selected(some_calls(site), site.columns, 50).frames for _ in range(2))
    other = Traffic(8, site.callers, site.known.addresses).repeating(200, 20)

    assert one == same
    assert one != shapes.selected(other, site.columns, 50).frames


def test_a_wrong_answer_is_noticed(site: Site) -> None:
    calls = some_calls(site)
    chunks = shapes.selected(calls, site.columns, 50)
    unlisted = next(at for at, call in enumerate(calls) if call.address not in site.known.listed)
    wrong = [*calls]
    wrong[unlisted] = calls[unlisted]._replace(address=min(site.known.single))

    assert answers.check(site, OURS, calls, chunks) == (200, "")
    assert answers.check(site, OURS, wrong, chunks).wrong == f"event {unlisted}: intel_match is '', not 'true'"


def test_replies_are_counted_wherever_the_pipe_cuts_them() -> None:
    frames = [write_frame({"finished": False}, b"a\n1\n"), write_frame({}, b""), write_frame({"finished": True}, b"x" * 999)]
    data = b"".join(frames)
    reader, writer = os.pipe()

    def write() -> None:
        for at in range(len(data)):
            os.write(writer, data[at : at + 1])

    thread = threading.Thread(target=write)
    thread.start()
    received = read_replies(reader, 3)
    thread.join()
    os.close(writer)
    os.close(reader)

    assert received == len(data)
