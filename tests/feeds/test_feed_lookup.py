"""The lookup of one feed: since when an indicator is known, and when the file is written again."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from callerintel.address import parse_range
from callerintel.feeds.document import Indicator
from callerintel.feeds.feed_config import FeedConfig
from callerintel.feeds.feed_lookup import LAST_SEEN_DAYS, FeedRow, Update, feed_lines, read_feed_rows, update_rows
from tests.hostile import HOSTILE, has_controls, starts_a_formula

CONFIG = FeedConfig("some_list", "https://example.com/", category="scanner", confidence=60, description="a scanner")
DAY = 86400


def indicator(text: str, **values: object) -> Indicator:
    found = parse_range(text)
    assert found is not None
    return Indicator(*found)._replace(**values)


def update(*indicators: Indicator, before: list[FeedRow] | None = None, now: int = 100 * DAY) -> Update:
    return update_rows(indicators, before or [], CONFIG, now)


def test_a_new_indicator_is_first_seen_now_with_the_feeds_words() -> None:
    [row] = update(indicator("192.0.2.1")).rows
    assert row[2:] == ("scanner", 60, "a scanner", 100 * DAY, 100 * DAY, "", 0)


def test_the_publishers_words_are_believed() -> None:
    said = indicator(
        "192.0.2.1", category="c2", confidence=90, description="Emotet | x", first_seen=5 * DAY, last_seen=6 * DAY + 7
    )
    [row] = update(said).rows
    assert row[2:7] == ("c2", 90, "Emotet / x", 5 * DAY, 6 * DAY)


def test_first_seen_survives_and_an_unchanged_list_does_not_differ() -> None:
    before = update(indicator("192.0.2.1"), indicator("192.0.2.2")).rows
    later = update(indicator("192.0.2.2"), indicator("192.0.2.1"), before=before, now=101 * DAY)
    assert not later.changed
    grown = update(indicator("192.0.2.1"), indicator("192.0.2.3"), before=before, now=101 * DAY)
    assert (grown.changed, grown.added, grown.removed) == (True, 1, 1)
    assert [(row.first_seen, row.last_seen) for row in grown.rows] == [(100 * DAY, 101 * DAY), (101 * DAY, 101 * DAY)]


def test_last_seen_is_written_again_once_a_week() -> None:
    before = update(indicator("192.0.2.1")).rows
    assert not update(indicator("192.0.2.1"), before=before, now=(100 + LAST_SEEN_DAYS) * DAY).changed
    assert update(indicator("192.0.2.1"), before=before, now=(100 + LAST_SEEN_DAYS) * DAY + 1).changed


def test_a_publishers_last_seen_is_content_to_the_day() -> None:
    before = update(indicator("192.0.2.1", last_seen=90 * DAY + 7)).rows
    assert (before[0].first_seen, before[0].last_seen) == (90 * DAY + 7, 90 * DAY + 7)
    later = update(indicator("192.0.2.1", last_seen=91 * DAY + 7), before=before, now=101 * DAY)
    assert later.changed
    assert (later.rows[0].first_seen, later.rows[0].last_seen) == (90 * DAY + 7, 91 * DAY)
    same_day = update(indicator("192.0.2.1", last_seen=91 * DAY + 8), before=later.rows, now=101 * DAY)
    assert not same_day.changed


def test_an_indicator_listed_twice_is_one_row_with_the_surer_words() -> None:
    result = update(
        indicator("192.0.2.1", confidence=10, description="weak", first_seen=9, last_seen=2 * DAY),
        indicator("192.0.2.1", confidence=90, description="strong", first_seen=10, last_seen=11),
    )
    assert (len(result.rows), result.duplicates) == (1, 1)
    assert result.rows[0][2:7] == ("scanner", 90, "strong", 9, 2 * DAY)


def test_rows_are_in_the_order_of_the_addresses() -> None:
    rows = update(indicator("2001:db8::1"), indicator("10.0.0.0/8"), indicator("9.9.9.9")).rows
    lines = b"".join(feed_lines("some_list", rows)).decode().splitlines()
    assert [line.split(",")[0] for line in lines[1:]] == ['"9.9.9.9"', '"10.0.0.0/8"', '"2001:db8::1"']


def test_what_is_written_is_what_is_read(tmp_path: Path) -> None:
    rows = update(indicator("192.0.2.1", description='a "quoted", word'), indicator("2001:db8::1-2001:db8::5")).rows
    path = tmp_path / "intel_feed_some_list.csv"
    path.write_bytes(b"".join(feed_lines("some_list", rows)))
    assert list(read_feed_rows(path)) == rows
    assert list(read_feed_rows(tmp_path / "missing.csv")) == []


@pytest.mark.parametrize("kind", HOSTILE)
def test_what_a_publisher_wrote_is_one_printable_line_that_no_spreadsheet_runs(kind: str) -> None:
    for text in (HOSTILE[kind], f"words {HOSTILE[kind]}", f"{HOSTILE[kind]} words"):
        update_of_it = update(indicator("192.0.2.1", description=text))
        [row] = update_of_it.rows
        [line] = b"".join(feed_lines("some_list", update_of_it.rows)).decode().split("\n")[1:-1]

        assert not has_controls(row.description)
        assert not starts_a_formula(row.description)
        assert "|" not in row.description
        assert next(csv.reader([line]))[3] == row.description, "it stays in its cell"
        assert len(row.description) <= 200


def test_a_formula_of_a_publisher_is_its_words_alone() -> None:
    [row] = update(indicator("192.0.2.1", description='=cmd|"/c calc"!A1')).rows
    assert row.description == 'cmd/"/c calc"!A1'
