"""The lookup of AWS's own address ranges, aws_ip_ranges.csv: whose service an address is, and where.

One address lies in up to five prefixes [feeds 1.9]. They are flattened into disjoint segments with one rule each: AMAZON is
named only where no other service is (every prefix lies in an AMAZON one); GLOBAL only where no real region is; what is left is
listed. `prefix` is the narrowest prefix that says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from callerintel.address import address_key, range_text
from callerintel.feeds.document import Indicator
from callerintel.feeds.segments import Entry, segments
from callerintel.lookups import PART_SEPARATOR


class Labels(NamedTuple):
    """What a segment is: the narrowest prefix, services and regions joined and sorted."""

    prefix: str
    service: str
    region: str


def aws_rows(indicators: Iterable[Indicator]) -> Iterator[tuple[str, ...]]:
    """The rows of aws_ip_ranges.csv (lookups.AWS_IP_RANGES), ascending, for the prefixes in ip-ranges.json."""
    entries = [
        Entry("", range_text(found.first, found.last), found.first, found.last, found.labels)
        for found in dict.fromkeys(indicators)
    ]
    pending: list[tuple[int, int, Labels]] = []
    for segment in segments(entries):
        labels = _labels(segment.entries)
        if pending and pending[-1][1] + 1 == segment.first and pending[-1][2] == labels:
            pending[-1] = (pending[-1][0], segment.last, labels)
            continue
        yield from map(_row, pending)
        pending = [(segment.first, segment.last, labels)]
    yield from map(_row, pending)


def _labels(entries: Iterable[Entry]) -> Labels:
    covering = list(entries)
    services = {entry.attributes[0] for entry in covering}
    regions = {entry.attributes[1] for entry in covering}
    services = services - {"AMAZON"} or services
    regions = regions - {"GLOBAL"} or regions
    named = [entry for entry in covering if entry.attributes[0] in services]
    narrowest = min(named, key=lambda entry: (entry.last - entry.first, entry.indicator))
    return Labels(narrowest.indicator, PART_SEPARATOR.join(sorted(services)), PART_SEPARATOR.join(sorted(regions)))


def _row(item: tuple[int, int, Labels]) -> tuple[str, ...]:
    first, last, labels = item
    return (address_key(first), address_key(last) if last != first else "", *labels)
