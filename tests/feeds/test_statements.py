"""What publishers say about their lists, in the words that they were seen to use [feeds 1, 2]."""

from __future__ import annotations

import pytest

from callerintel.feeds.document import Document
from callerintel.feeds.statements import Statement, parse_date, read_statement


def said(text: str) -> Statement:
    return read_statement(Document(text.encode(), "some.txt"))


@pytest.mark.parametrize(
    ("line", "entries"),
    [
        ("# END 1 entries", 1),
        ("# Number of entries: 3", 3),
        ("# Result contains 647 entries", 647),
        ("# Entries         : 6612 subnets, 651726597 unique IPs", 6612),
        ("# Entries in 2026: none", None),
    ],
)
def test_the_number_of_entries(line: str, entries: int | None) -> None:
    assert said(f"192.0.2.1\n{line}\n").entries == entries


@pytest.mark.parametrize(("line", "mark"), [("; EOF", True), ("# END 4 entries", True), ("# the end", False), ("EOF", False)])
def test_the_end_mark(line: str, mark: bool) -> None:
    assert said(f"192.0.2.1\n{line}").end_mark is mark


@pytest.mark.parametrize(
    "line",
    [
        "# ATTENTION: This list has been deprecated on 2025-01-03",
        "; This list has been merged into https://www.example.com/drop.txt",
        "<status>ERROR - LIST NO LONGER MAINTAINED</status>",
        "This service was discontinued.",
    ],
)
def test_the_tombstone(line: str) -> None:
    assert said(f"# a list\n{line}\n").tombstone == line


def test_an_ordinary_header_is_no_tombstone() -> None:
    assert said("# Last updated: 2026-03-04\n# Terms of use: https://example.com/\n192.0.2.1").tombstone == ""


@pytest.mark.parametrize(
    ("text", "epoch"),
    [
        ("2026-03-04 14:28:39 UTC", 1772634519),
        ("Sat, 04 Jul 2026 11:44:02 GMT", 1783165442),
        ("Sat, 22 Aug 2026 03:00:29 +0200", 1787360429),
        ("2026-07-02T06:09:58.606069+00:00", 1782972598),
        ("2026-07-02T06:09:58Z", 1782972598),
        ("04.07.2026 12:22", 1783167720),
        ("Tue Dec 15 15:33:38 2015 UTC", 1450193618),
        ("Fri Sep 15 00:40:02 UTC 2017", 1505436002),
        ("2016-11-12 18:17", 1478974620),
        ("2026-07-02", 1782950400),
        ("yesterday", None),
        ("", None),
    ],
)
def test_a_date_in_any_shape_seen(text: str, epoch: int | None) -> None:
    assert parse_date(text) == epoch
    assert said(f"# Last updated: {text}  #\n192.0.2.1").date == epoch


def test_only_the_edges_of_a_long_list_are_searched() -> None:
    middle = "192.0.2.1\n" * 5000
    assert said(f"{middle}# Number of entries: 7\n{middle}").entries is None
    assert said(f"{middle}# Number of entries: 7\n").entries == 7
