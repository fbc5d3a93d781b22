"""The lookup of one feed, intel_feed_<name>.csv: what the list holds now, and since when we know it.

In: the clean indicators of a list and the rows of its last generation. Out: the rows of the new one, in the order of the
addresses, and how it differs.

*first_seen* of an indicator is the publisher's own, else the first time that we know of it; it survives every update. *last_seen*
is the day that the publisher says, else when the list that is in place was downloaded. Every change of a lookup travels to
all indexers, so times alone must not make one: a publisher's is cut to the day, and ours is not written again for a list that
says the same as before, but once in LAST_SEEN_DAYS (`feed` downloads a list whole that often, whatever the publisher says).
With expire_days, what left the list stays for so long after it was last listed, which the column *left* says.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from callerintel.address import parse_range, range_text
from callerintel.errors import FeedError, shown
from callerintel.feeds.document import Indicator, whole_number
from callerintel.feeds.feed_config import FeedConfig
from callerintel.lookups import PART_SEPARATOR, intel_feed_lookup
from callerintel.sorted_csv import csv_lines

LAST_SEEN_DAYS = 7
DAY = 86400
_MOST_REMEMBERED = 100_000
_NOTHING_STATED = ("", None, "", None, None)


class FeedRow(NamedTuple):
    """One indicator of a feed. Numbers of `callerintel.address`; times in epoch seconds; confidence 0-100.

    `left`: when it was last listed, if it is listed no longer; else 0.
    """

    first: int
    last: int
    category: str
    confidence: int
    description: str
    first_seen: int
    last_seen: int
    max_severity: str = ""
    left: int = 0


class Update(NamedTuple):
    """A new generation: its rows; indicators that came, went, and of these, whose time was over; duplicates in the list; rows that
    are listed no longer; whether it differs from the last generation at all."""

    rows: list[FeedRow]
    added: int
    removed: int
    expired: int
    duplicates: int
    unlisted: int
    changed: bool


def update_rows(
    indicators: Sequence[Indicator], before: Iterable[FeedRow], config: FeedConfig, now: int, listed: int | None = None
) -> Update:
    """The rows for a list's indicators. `before` are the rows in place, `now` is when the list was downloaded, and `listed`
    when the list before was last served, both in epoch seconds."""
    old = {(row.first, row.last): row for row in before}
    new: dict[tuple[int, int], FeedRow] = {}
    stated: set[tuple[int, int]] = set()
    duplicates = 0
    for indicator in indicators:
        key = (indicator.first, indicator.last)
        row = _row(indicator, old.get(key), config, now)
        if key in new:
            duplicates += 1
            row = _merged(new[key], row)
        if indicator.last_seen is not None:
            stated.add(key)
        new[key] = row
    dropped = [row for key, row in old.items() if key not in new]
    leaving = [_leaving(row, listed, now) for row in dropped] if config.expire_days else []
    staying = [row for row in leaving if now < row.left + config.expire_days * DAY]
    new.update({(row.first, row.last): row for row in staying})
    added = sum(1 for key in new if key not in old)
    removed = len(dropped) - len(staying)
    stale = now - LAST_SEEN_DAYS * DAY
    changed = bool(added or removed) or any(_differs(row, old[key], key in stated, stale) for key, row in new.items())
    expired = removed if config.expire_days else sum(1 for row in dropped if row.left)
    return Update([new[key] for key in sorted(new)], added, removed, expired, duplicates, len(staying), changed)


def feed_lines(feed: str, rows: Sequence[FeedRow]) -> Iterator[bytes]:
    """The lines of the feed's lookup file; an optional column only where some row has something in it."""
    lookup = intel_feed_lookup(feed)
    used = [any(row.max_severity for row in rows), any(row.left for row in rows)]
    optional = [name for name, is_used in zip(lookup.optional, used) if is_used]
    yield from csv_lines((*lookup.columns, *optional), ())
    shared: dict[tuple[object, ...], bytes] = {}  # the text of what many rows have in common
    for row in rows:
        tail = shared.get(row[2:])
        if tail is None:
            if len(shared) >= _MOST_REMEMBERED:
                shared.clear()
            cells = [row.category, str(row.confidence), row.description, str(row.first_seen), str(row.last_seen)]
            more = [cell for cell, is_used in zip((row.max_severity, str(row.left or "")), used) if is_used]
            tail = shared[row[2:]] = list(csv_lines((), [cells + more]))[1]
        yield f'"{range_text(row.first, row.last)}",'.encode() + tail


def read_feed_rows(path: Path) -> Iterator[FeedRow]:
    """The rows of a feed's lookup file; none when there is no file. What is no such row is passed over."""
    for indicator, *cells in read_cells(path):
        found, attributes = parse_range(indicator), attributes_of(cells)
        if found is not None and attributes is not None:
            category, confidence, description, first_seen, last_seen, max_severity = attributes
            left = (whole_number(cells[6]) or 0) if len(cells) > 6 else 0
            yield FeedRow(*found, category, int(confidence), description, int(first_seen), int(last_seen), max_severity, left)


def read_cells(path: Path) -> Iterator[list[str]]:
    """The rows of a feed's lookup file as cells in the order of its columns, the optional ones at the end or missing.

    None when there is no file, or none that is such a lookup. FeedError("publish") when it cannot be read.
    """
    lookup = intel_feed_lookup("")
    try:
        with open(path, encoding="utf-8", errors="replace", newline="") as file:
            rows = filter(None, csv.reader(file))
            header = next(rows, [])
            if header == list(lookup.columns):
                yield from rows
            elif set(lookup.columns) <= set(header):
                picked = [header.index(name) if name in header else len(header) for name in lookup.columns + lookup.optional]
                yield from ([(row + [""] * len(header))[at] if at < len(header) else "" for at in picked] for row in rows)
    except (FileNotFoundError, csv.Error):
        return
    except OSError as error:
        raise FeedError("publish", f"The lookup {path.name} cannot be read ({shown(error.strerror)}).") from None


def read_listed(path: Path) -> Iterator[tuple[str, tuple[str, ...]]]:
    """(indicator, its other cells) of the rows of a feed's lookup file; the cells of rows that say the same are one object.

    A file that is written as we write it is taken line by line: of a million rows only those are parsed that say something new.
    FeedError("publish") when it cannot be read.
    """
    try:
        with open(path, "rb") as file:
            if file.readline() == next(csv_lines(intel_feed_lookup("").columns, ())):
                yield from _listed_in(file)
                return
    except FileNotFoundError:
        return
    except OSError as error:
        raise FeedError("publish", f"The lookup {path.name} cannot be read ({shown(error.strerror)}).") from None
    for indicator, *cells in read_cells(path):
        yield indicator, tuple(cells)


def _listed_in(lines: Iterator[bytes]) -> Iterator[tuple[str, tuple[str, ...]]]:
    known: dict[bytes, tuple[str, ...]] = {}
    for line in lines:
        start, _, rest = line.partition(b'",')
        cells = known.get(rest)
        if cells is None:
            cells = _parsed(rest)
            if len(known) >= _MOST_REMEMBERED:
                known.clear()
            known[rest] = cells
        if cells and start[:1] == b'"':
            yield start[1:].decode("utf-8", "replace"), cells


def _parsed(text: bytes) -> tuple[str, ...]:
    """The cells of the end of a line; none where that is no CSV of one line."""
    try:
        (row,) = csv.reader([text.rstrip(b"\r\n").replace(b"\0", b"").decode("utf-8", "replace")], strict=True)
    except (csv.Error, ValueError):
        return ()
    return tuple(row)


def attributes_of(cells: Sequence[str]) -> tuple[str, ...] | None:
    """What a row says of its indicator: category, confidence, description, first_seen, last_seen, max_severity. None where the
    cells (those of a row but the first) are none of a row's, because a number is none."""
    if len(cells) < 5 or any(whole_number(cells[column]) is None for column in (1, 3, 4)):
        return None
    return (*cells[:5], cells[5] if len(cells) > 5 else "")


def _leaving(row: FeedRow, listed: int | None, now: int) -> FeedRow:
    """A row that is listed no longer, with the moment since when; one in the future is of a clock that was wrong."""
    return row._replace(left=min(now, row.left or max(listed or 0, row.last_seen)))


def _row(indicator: Indicator, old: FeedRow | None, config: FeedConfig, now: int) -> FeedRow:
    if indicator[2:7] == _NOTHING_STATED:  # most indicators
        first_seen = now if old is None else old.first_seen
        return FeedRow(
            indicator.first,
            indicator.last,
            config.category,
            config.confidence,
            config.description,
            first_seen,
            now,
            config.max_severity,
        )
    confidence = config.confidence if indicator.confidence is None else indicator.confidence
    said = now if indicator.last_seen is None else indicator.last_seen
    first_seen = min(now, said) if old is None else old.first_seen
    first_seen = first_seen if indicator.first_seen is None else indicator.first_seen
    return FeedRow(
        indicator.first,
        indicator.last,
        indicator.category or config.category,
        max(0, min(100, confidence)),
        _plain_text(indicator.description) or config.description,
        first_seen,
        now if indicator.last_seen is None else max(first_seen, said - said % DAY),
        config.max_severity,
    )


def _plain_text(text: str) -> str:
    """A publisher's words as a cell: one printable line, no separator of ours, nothing that a spreadsheet would run."""
    if not text:
        return ""
    if not text.isprintable():  # terminals obey some of that, and readers are misled by marks of direction
        text = "".join(character if character.isprintable() else " " for character in text)
    return " ".join(text.replace(PART_SEPARATOR, "/").split())[:200].lstrip("=+-@ ")


def _merged(one: FeedRow, other: FeedRow) -> FeedRow:
    """One row for an indicator that is listed twice."""
    surer = other if other.confidence > one.confidence else one
    return surer._replace(
        description=surer.description or one.description or other.description,
        first_seen=min(one.first_seen, other.first_seen),
        last_seen=max(one.last_seen, other.last_seen),
    )


def _differs(row: FeedRow, old: FeedRow, last_seen_is_stated: bool, stale: int) -> bool:
    if row[:6] != old[:6] or row[7:] != old[7:]:
        return True
    return row.last_seen != old.last_seen if last_seen_is_stated else not row.left and old.last_seen < stale
