"""All feeds as one lookup: overlapping indicators become disjoint segments, each with everything that covers it.

In: entries of all feeds (address, network or range, any overlap). Out: the rows of malicious_ips.csv, ascending, so that one
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

from callerintel.address import address_key, parse_range
from callerintel.feeds.feed_lookup import is_row
from callerintel.lookups import PART_SEPARATOR

MOST_PARTS = 100


class Entry(NamedTuple):
    """One indicator of one feed. The order of the fields is the order of the parts in a row: by feed, then indicator.

    `attributes` are what the row shows of it: category, confidence, description, first_seen, last_seen.
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


def feed_entries(feed: str, rows: Iterable[Sequence[str]]) -> Iterator[Entry]:
    """The entries in the rows of a feed's lookup file, as text. What is no such row is passed over.

    Equal attributes are one object: most rows of a list share theirs, and a million rows are made in one go.
    """
    shared: dict[tuple[str, ...], tuple[str, ...]] = {}
    for indicator, *cells in rows:
        found = parse_range(indicator)
        attributes = tuple(cells)
        known = shared.get(attributes)
        if known is None and is_row(attributes):
            known = shared[attributes] = attributes
        if found is not None and known is not None:
            yield Entry(feed, indicator, found.first, found.last, known)


def segments(entries: list[Entry]) -> Iterator[Segment]:
    """The disjoint segments of the entries, ascending. Sorts the list in place."""
    entries.sort(key=attrgetter("first"))
    active: list[Entry] = []  # what covers `position`, in its order
    ends: list[tuple[int, Entry]] = []  # the same as a heap by last
    position = 0
    for entry in entries:
        while ends and ends[0][0] < entry.first:
            last = ends[0][0]
            yield Segment(position, last, active[:MOST_PARTS])
            position = last + 1
            _close(active, ends, last)
        if active and position < entry.first:
            yield Segment(position, entry.first - 1, active[:MOST_PARTS])
        position = entry.first
        insort(active, entry)
        heappush(ends, (entry.last, entry))
    while ends:
        last = ends[0][0]
        yield Segment(position, last, active[:MOST_PARTS])
        position = last + 1
        _close(active, ends, last)


def _close(active: list[Entry], ends: list[tuple[int, Entry]], last: int) -> None:
    while ends and ends[0][0] == last:
        _, entry = heappop(ends)
        del active[bisect_left(active, entry)]


def malicious_rows(found: Iterable[Segment]) -> Iterator[tuple[str, ...]]:
    """The rows of malicious_ips.csv (lookups.MALICIOUS_IPS) for the segments."""
    for first, last, entries in found:
        start, end = address_key(first), "" if first == last else address_key(last)
        spelled = ["" if (entry.first, entry.last) == (first, last) else entry.indicator for entry in entries]
        if len(entries) == 1:
            yield (start, end, spelled[0], entries[0].feed, *entries[0].attributes)
        else:
            columns = zip(*(entry.attributes for entry in entries))
            yield (start, end, _joined(spelled), _joined([entry.feed for entry in entries]), *map(_joined, columns))


def _joined(parts: Sequence[str]) -> str:
    return PART_SEPARATOR.join(parts) if any(parts) else ""
