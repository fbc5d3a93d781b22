"""The lookup of one feed, intel_feed_<name>.csv: what the list holds now, and since when we know it.

In: the clean indicators of a list and the rows of its last generation. Out: the rows of the new one, in the order of the
addresses, and how it differs.

*first_seen* of an indicator is the publisher's own, else the first time that we know of it; it survives every update. *last_seen*
is the day that the publisher says, else when the list that is in place was downloaded. Every change of a lookup travels to
all indexers, so times alone must not make one: a publisher's is cut to the day, and ours is not written again for a list that
says the same as before, but once in LAST_SEEN_DAYS (`feed` downloads a list whole that often, whatever the publisher says).
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from callerintel.address import parse_range, range_text
from callerintel.feeds.document import Indicator, whole_number
from callerintel.feeds.feed_config import FeedConfig
from callerintel.lookups import PART_SEPARATOR, intel_feed_lookup
from callerintel.sorted_csv import csv_lines

LAST_SEEN_DAYS = 7


class FeedRow(NamedTuple):
    """One indicator of a feed. Numbers of `callerintel.address`; times in epoch seconds; confidence 0-100."""

    first: int
    last: int
    category: str
    confidence: int
    description: str
    first_seen: int
    last_seen: int


class Update(NamedTuple):
    """A new generation: its rows; indicators that came and left; duplicates in the list; whether it differs at all."""

    rows: list[FeedRow]
    added: int
    removed: int
    duplicates: int
    changed: bool


def update_rows(indicators: Sequence[Indicator], before: Iterable[FeedRow], config: FeedConfig, now: int) -> Update:
    """The rows for a list's indicators; `before` are the rows in place, `now` is when the list was downloaded."""
    old = {(row.first, row.last): row for row in before}
    new: dict[tuple[int, int], FeedRow] = {}
    duplicates = 0
    for indicator in indicators:
        key = (indicator.first, indicator.last)
        row = _row(indicator, old.get(key), config, now)
        if key in new:
            duplicates += 1
            row = _merged(new[key], row)
        new[key] = row
    added = sum(key not in old for key in new)
    removed = sum(key not in new for key in old)
    stale = now - LAST_SEEN_DAYS * 86400
    stated = {(indicator.first, indicator.last) for indicator in indicators if indicator.last_seen is not None}
    changed = bool(added or removed) or any(_differs(row, old[key], key in stated, stale) for key, row in new.items())
    return Update([new[key] for key in sorted(new)], added, removed, duplicates, changed)


def feed_lines(feed: str, rows: Iterable[FeedRow]) -> Iterator[bytes]:
    """The lines of the feed's lookup file."""
    return csv_lines(
        intel_feed_lookup(feed).columns,
        (
            (
                range_text(row.first, row.last),
                row.category,
                str(row.confidence),
                row.description,
                str(row.first_seen),
                str(row.last_seen),
            )
            for row in rows
        ),
    )


def read_feed_rows(path: Path) -> Iterator[FeedRow]:
    """The rows of a feed's lookup file; none when there is no file. What is no such row is passed over."""
    for indicator, *cells in read_cells(path):
        found = parse_range(indicator)
        if found is not None and is_row(cells):
            category, confidence, description, first_seen, last_seen = cells
            yield FeedRow(*found, category, int(confidence), description, int(first_seen), int(last_seen))


def read_cells(path: Path) -> Iterator[list[str]]:
    """The lines of a feed's lookup file as cells, the header among them; none when there is no file."""
    try:
        with open(path, encoding="utf-8", errors="replace", newline="") as file:
            yield from filter(None, csv.reader(file))
    except (FileNotFoundError, csv.Error):
        return


def is_row(cells: Sequence[str]) -> bool:
    """Whether cells are what a row holds after its indicator, numbers where numbers must be."""
    return len(cells) == 5 and all(whole_number(cells[column]) is not None for column in (1, 3, 4))


def _row(indicator: Indicator, old: FeedRow | None, config: FeedConfig, now: int) -> FeedRow:
    confidence = config.confidence if indicator.confidence is None else indicator.confidence
    said = now if indicator.last_seen is None else indicator.last_seen
    first_seen = indicator.first_seen
    if first_seen is None:
        first_seen = min(now, said) if old is None else old.first_seen
    last_seen = now if indicator.last_seen is None else max(first_seen, said - said % 86400)
    return FeedRow(
        indicator.first,
        indicator.last,
        indicator.category or config.category,
        max(0, min(100, confidence)),
        _plain_text(indicator.description) or config.description,
        first_seen,
        last_seen,
    )


def _plain_text(text: str) -> str:
    """A publisher's words as a cell: one line, no separator of ours, nothing that a spreadsheet would run."""
    return " ".join(text.replace(PART_SEPARATOR, "/").split())[:200].lstrip("=+-@ ") if text else ""


def _merged(one: FeedRow, other: FeedRow) -> FeedRow:
    """One row for an indicator that is listed twice."""
    surer = other if other.confidence > one.confidence else one
    return surer._replace(
        description=surer.description or one.description or other.description,
        first_seen=min(one.first_seen, other.first_seen),
        last_seen=max(one.last_seen, other.last_seen),
    )


def _differs(row: FeedRow, old: FeedRow, last_seen_is_stated: bool, stale: int) -> bool:
    if row[:6] != old[:6]:
        return True
    return row.last_seen != old.last_seen if last_seen_is_stated else old.last_seen < stale
