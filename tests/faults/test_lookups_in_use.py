"""Lookups that are replaced, taken away, cut or written over while a search has them open: it never fails, and never says what is not true.

A rename or a removal changes nothing for a running search. What somebody writes into the very file is another matter: nothing false may follow
from it as far as it can be told, and it is said.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Callable

import pytest

from tests.faults.conftest import OpenSearch
from tests.search.conftest import ALICE, Command, digest, event

SIZES = {"small": 300, "large": 30_000}  # read whole into memory; bisected in its place
SAID = "was written over in its place while this search read it"


def list_many(command: Command, count: int, feed: str = "some_list") -> Path:
    """Every second address from 8.0.0.0 on is listed."""
    rows = ([f"4{0x08000000 + 2 * n:08x}", "", "", feed, "scanner", "70", "", "1700000000", "1700000000"] for n in range(count))
    return command.write("malicious_ips", rows)


def calls(count: int, step: int = 1) -> list[dict[str, str]]:
    return [event(sourceIPAddress=f"8.{n >> 16}.{n >> 8 & 255}.{n & 255}") for n in range(0, 2 * count, step)]


def matches(events: list[dict[str, object]]) -> list[bool]:
    assert {each.get("intel_feed") for each in events} <= {"some_list", None}
    return [each.get("intel_match") == "true" for each in events]


def right(asked: list[dict[str, str]]) -> list[bool]:
    return [int(each["sourceIPAddress"].rpartition(".")[2]) % 2 == 0 for each in asked]


def replace(path: Path) -> None:
    staged = path.with_name("other")
    staged.write_bytes(path.read_bytes().replace(b"some_list", b"other_list"))
    os.replace(staged, path)


def make_unreadable(path: Path) -> None:
    """A folder in its place: root may read any file, but nobody this."""
    path.unlink()
    path.mkdir()


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("harm", [replace, Path.unlink, make_unreadable, lambda path: shutil.rmtree(path.parent)],
                         ids=["replaced", "deleted", "unreadable", "folder deleted"])  # fmt: skip
def test_what_happens_to_the_name_of_a_lookup_changes_nothing_for_a_search(
    command: Command, size: str, harm: Callable[[Path], None]
) -> None:
    path = list_many(command, SIZES[size])
    asked = calls(SIZES[size], step=max(1, SIZES[size] // 150))
    try:
        with OpenSearch(command) as search:
            assert matches(search.ask(calls(2))) == [True, False, True, False]
            harm(path)
            assert matches(search.ask(asked)) == right(asked)
            assert search.messages == []
            search.end()
    finally:
        command.lookups.mkdir(exist_ok=True)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(
    "share", [0.0, 0.0001, 0.3, 0.5, 0.97], ids=["to nothing", "in the header", "a third", "half", "nearly whole"]
)
def test_a_lookup_that_is_cut_in_its_place_costs_matches_and_no_search(command: Command, size: str, share: float) -> None:
    path = list_many(command, SIZES[size])
    asked = calls(SIZES[size], step=max(1, SIZES[size] // 150))
    with OpenSearch(command) as search:
        assert matches(search.ask(calls(2))) == [True, False, True, False]
        os.truncate(path, int(path.stat().st_size * share))
        found = matches(search.ask(asked))
        search.ask(asked)
        search.end()
    assert not any(is_found and not is_right for is_found, is_right in zip(found, right(asked))), "no match that is not true"
    assert [SAID in text and "malicious_ips.csv" in text for text in search.messages if "sorted" not in text] == [True], (
        "said once"
    )


def test_a_lookup_that_is_written_over_by_another_generation_is_told(command: Command) -> None:
    path = list_many(command, SIZES["large"])
    other = path.read_bytes().replace(b"some_list", b"new_lists")
    with OpenSearch(command) as search:
        search.ask(calls(2))
        with path.open("r+b") as file:
            file.write(other)
        os.utime(path, ns=(1, 1))  # a second write within one tick of the clock would look like none
        search.ask(calls(2))
        search.end()
    assert len(search.messages) == 1
    assert SAID in search.messages[0]


def test_a_baseline_that_is_cut_in_its_place_is_told_and_costs_no_search(command: Command) -> None:
    """What the lost half knew is unexpected or learning then; the message is what keeps anybody from believing it."""
    usual = [(ALICE, "action", "ec2:RunInstances", 0), (ALICE, "region", "eu-west-1", 0)]
    command.usual(*usual, *((f"caller {n}", "action", "ec2:RunInstances", 0) for n in range(20_000)))
    path = command.lookups / "caller_baseline.csv"
    assert path.stat().st_size > 1 << 20
    at = path.read_bytes().index(digest(ALICE).encode())
    with OpenSearch(command) as search:
        search.ask([event(identity_arn="arn:aws:iam::111122223333:user/bob")])
        os.truncate(path, at - 5)
        judged = search.ask([event()])
        search.end()
    assert judged[0]["caller"] == ALICE
    assert judged[0]["unexpected_action"] in ("true", "learning")
    assert any(SAID in text and "caller_baseline.csv" in text for text in search.messages)
