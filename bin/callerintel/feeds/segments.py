"""All feeds as one lookup: overlapping indicators become disjoint segments, each with everything that covers it.

In: entries of all feeds (address, network or range, any overlap). Out: the lines of malicious_ips.csv, ascending, so that one
bisect answers with all that is known of an address. A sweep over the sorted ends: time grows with entries and output, not
with their product. The same entries give the same bytes, in whatever order they come.

Two segments that touch never carry the same: a border is where some entry begins or ends, and no two entries of a feed have the
same ends. One place may be covered by any number of entries; MOST_PARTS of them are written, so that a list of
nested ranges cannot make the lookup quadratic.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable, Iterator, Sequence
from heapq import heappop, heappush
from operator import attrgetter
from typing import NamedTuple

from callerintel.address import V6, address_key, parse_address, parse_range, range_text
from callerintel.feeds.feed_lookup import attributes_of
from callerintel.lookups import MALICIOUS_IPS, PART_SEPARATOR
from callerintel.sorted_csv import csv_lines

MOST_PARTS = 100
_MOST_REMEMBERED = 100_000


class Entry(NamedTuple):
    """One indicator of one feed. The order of the fields is the order of the parts in a row: by feed, then indicator.

    `attributes` are what the row shows of it: category, confidence, description, first_seen, last_seen, max_severity.
    """

    feed: str
    indicator: str
    first: int
    last: int
    attributes: tuple[str, ...]


class Segment(NamedTuple):
    """A range, and the entries that cover all of it, in their order."""

    first: int
    last: int
    entries: Sequence[Entry]


def feed_entries(feed: str, listed: Iterable[tuple[str, tuple[str, ...]]]) -> Iterator[Entry]:
    """The entries in the rows of a feed's lookup file (`feed_lookup.read_listed`). What is no such row is passed over.

    Equal attributes are one object: most rows of a list share theirs, and a million rows are made in one go.
    """
    shared: dict[tuple[str, ...], tuple[str, ...] | None] = {}
    make = tuple.__new__  # what Entry() does, in half the time
    for indicator, cells in listed:
        if cells not in shared:
            shared[cells] = attributes_of(cells)
        attributes, number = shared[cells], parse_address(indicator)
        if attributes is None:
            continue
        if number is not None:  # most indicators
            yield make(Entry, (feed, indicator, number, number, attributes))
            continue
        found = parse_range(indicator)
        if found is not None:
            # A range may be written with any blanks around its dash.
            yield Entry(feed, range_text(*found) if "-" in indicator else indicator, *found, attributes)


def segments(entries: list[Entry]) -> Iterator[Segment]:
    """The disjoint segments of the entries, ascending. Sorts the list in place."""
    entries.sort(key=attrgetter("first"))
    lone: Entry | None = None  # covers `position` alone, and nothing else is open: most indicators are alone all the way
    active: list[Entry] = []  # otherwise: what covers `position`, in its order
    ends: list[tuple[int, Entry]] = []  # the same as a heap by last
    position = 0
    make = tuple.__new__
    for entry in entries:
        first = entry.first
        if lone is not None:
            last = lone.last
            if last < first:
                yield make(Segment, (lone.first, last, (lone,)))
                lone = entry
                continue
            active, ends, position, lone = [lone], [(lone.last, lone)], lone.first, None
        while ends and ends[0][0] < first:
            last = ends[0][0]
            yield Segment(position, last, active[:MOST_PARTS])
            position = last + 1
            _close(active, ends, last)
        if not active:
            lone = entry
            continue
        if position < first:
            yield Segment(position, first - 1, active[:MOST_PARTS])
        position = first
        insort(active, entry)
        heappush(ends, (entry.last, entry))
    if lone is not None:
        yield Segment(lone.first, lone.last, (lone,))
    while ends:
        last = ends[0][0]
        yield Segment(position, last, active[:MOST_PARTS])
        position = last + 1
        _close(active, ends, last)


def _close(active: list[Entry], ends: list[tuple[int, Entry]], last: int) -> None:
    while ends and ends[0][0] == last:
        _, entry = heappop(ends)
        del active[bisect_left(active, entry)]


def malicious_lines(found: Iterable[Segment], capped: bool) -> Iterator[bytes]:
    """The lines of malicious_ips.csv (lookups.MALICIOUS_IPS), header first; `capped`: with the column max_severity.

    The bytes are those that `csv_lines` makes of the same rows. Only the text of what many rows share is made once.
    """
    columns = MALICIOUS_IPS.columns + MALICIOUS_IPS.optional if capped else MALICIOUS_IPS.columns
    yield from csv_lines(columns, ())
    count = len(columns) - 4  # start, end, indicator and feed are not attributes
    shared: dict[tuple[object, ...], bytes] = {}
    for first, last, entries in found:
        # A pair of texts, or of pairs: the one is never the other.
        if len(entries) == 1:
            feed, _, entry_first, entry_last, attributes = entries[0]
            key: tuple[object, ...] = (feed, attributes)
            is_whole = entry_first == first and entry_last == last
        else:
            key, is_whole = tuple([(entry.feed, entry.attributes) for entry in entries]), False
        tail = shared.get(key)
        if tail is None:
            if len(shared) >= _MOST_REMEMBERED:
                shared.clear()
            tail = shared[key] = _tail(entries, count)
        if is_whole and first == last < V6:  # most segments: what `_head` writes as well
            yield b"4%08x,,,%b" % (first, tail)
        else:
            yield _head(first, last, entries) + tail


def _head(first: int, last: int, entries: Sequence[Entry]) -> bytes:
    """start, end and indicator of a row; an indicator holds nothing that would have to be escaped."""
    if len(entries) == 1 and entries[0].first == first and entries[0].last == last:  # most segments
        spelled = ""
    else:
        same = (first, last)
        spelled = PART_SEPARATOR.join(["" if (each.first, each.last) == same else each.indicator for each in entries])
        spelled = spelled if len(spelled) >= len(entries) else ""  # else it is separators alone
    end = "" if first == last else address_key(last)
    return f'{address_key(first)},{end},"{spelled}",'.encode() if spelled else f"{address_key(first)},{end},,".encode()


def _tail(entries: Sequence[Entry], count: int) -> bytes:
    """The rest of a row, from the feed on."""
    cells = [PART_SEPARATOR.join([entry.feed for entry in entries])]
    for at in range(count):
        parts = [entry.attributes[at] for entry in entries]
        cells.append(PART_SEPARATOR.join(parts) if any(parts) else "")
    return list(csv_lines((), [cells]))[1]
