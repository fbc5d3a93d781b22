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
from typing import Dict, List, NamedTuple, Tuple

from callerintel.address import address_key, range_text
from callerintel.feeds.feed_lookup import FeedRow
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
    attributes: Tuple[str, ...]


class Segment(NamedTuple):
    """A range, and the entries that cover all of it, in their order."""

    first: int
    last: int
    entries: Sequence[Entry]


def feed_entries(feed: str, rows: Iterable[FeedRow]) -> Iterator[Entry]:
    """The entries of a feed's rows. Equal attributes are one object: most rows of a list share theirs."""
    shared: Dict[Tuple[str, ...], Tuple[str, ...]] = {}
    for row in rows:
        attributes = (row.category, str(row.confidence), row.description, str(row.first_seen), str(row.last_seen))
        yield Entry(feed, range_text(row.first, row.last), row.first, row.last, shared.setdefault(attributes, attributes))


def segments(entries: List[Entry]) -> Iterator[Segment]:
    """The disjoint segments of the entries, ascending. Sorts the list in place."""
    entries.sort(key=attrgetter("first"))
    active: List[Entry] = []  # what covers `position`, in its order
    ends: List[Tuple[int, Entry]] = []  # the same as a heap by last
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


def _close(active: List[Entry], ends: List[Tuple[int, Entry]], last: int) -> None:
    while ends and ends[0][0] == last:
        _, entry = heappop(ends)
        del active[bisect_left(active, entry)]


def malicious_rows(found: Iterable[Segment]) -> Iterator[Tuple[str, ...]]:
    """The rows of malicious_ips.csv (lookups.MALICIOUS_IPS) for the segments."""
    for segment in found:
        start, end = address_key(segment.first), ""
        if segment.last != segment.first:
            end = address_key(segment.last)
        yield (start, end, *_cells(segment))


def _cells(segment: Segment) -> Iterator[str]:
    first, last = segment.first, segment.last
    spelled = ["" if (entry.first, entry.last) == (first, last) else entry.indicator for entry in segment.entries]
    if len(spelled) == 1:
        yield spelled[0]
        yield segment.entries[0].feed
        yield from segment.entries[0].attributes
        return
    yield _joined(spelled)
    yield _joined([entry.feed for entry in segment.entries])
    for column in range(5):
        yield _joined([entry.attributes[column] for entry in segment.entries])


def _joined(parts: List[str]) -> str:
    return PART_SEPARATOR.join(parts) if any(parts) else ""
