"""What is known of an address: which lists have it, and whether it is AWS's.

In: an address as a number. Out: the list entries that cover it, and AWS's labels. Both come from sorted lookups of
disjoint ranges, so one bisect answers each [DESIGN, "One mechanism"]. Knowledge only: what the team allows is
`allowlist`, how bad it is `severity`.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from callerintel.address import address_key, is_key, key_number, range_text
from callerintel.lookups import AWS_IP_RANGES, MALICIOUS_IPS, split_parts
from callerintel.search.sorted_lookup import SortedCsv, open_sorted


class Entry(NamedTuple):
    """One entry of one feed: `indicator` as spelled there, `confidence` 0-100 as text, times of listing in epoch
    seconds, `max_severity` the highest level that its feed may cause, "" for no limit."""

    indicator: str
    feed: str
    category: str
    confidence: str
    description: str
    first_seen: str
    last_seen: str
    max_severity: str


class AwsLabel(NamedTuple):
    """Which AWS services and regions an address belongs to, as AWS publishes it."""

    services: tuple[str, ...]
    regions: tuple[str, ...]


class Knowledge(NamedTuple):
    """All that is known of an address; `aws` is None for one outside AWS, and where AWS's ranges are not there."""

    entries: tuple[Entry, ...]
    aws: AwsLabel | None


NOTHING = Knowledge((), None)


class Intel:
    """The two range lookups, opened.

    `problems`: phrases by lookup name for what is missing. `has_aws_ranges` says whether "not in AWS" can be known.
    """

    def __init__(self) -> None:
        self._listed, listed_problem = open_sorted(MALICIOUS_IPS)
        self._aws, aws_problem = open_sorted(AWS_IP_RANGES)
        self._opening_problems = {MALICIOUS_IPS.name: listed_problem, AWS_IP_RANGES.name: aws_problem}

    @property
    def opened(self) -> list[SortedCsv]:
        """The lookups that are there."""
        return [lookup for lookup in (self._listed, self._aws) if lookup is not None]

    @property
    def has_aws_ranges(self) -> bool:
        """Whether the ranges are there and usable: without them nothing is outside AWS, it is unknown."""
        return self._aws is not None and not self._aws.problem and not self._aws.is_empty

    @property
    def problems(self) -> dict[str, str]:
        """A phrase for each lookup that cannot answer; it may grow while events are judged."""
        found = dict(self._opening_problems)
        for name, opened in ((MALICIOUS_IPS.name, self._listed), (AWS_IP_RANGES.name, self._aws)):
            if opened is not None and opened.problem:
                found[name] = opened.problem
        return {name: phrase for name, phrase in found.items() if phrase}

    def look_up(self, number: int) -> Knowledge:
        """What is known of the address with this number; not remembered here, since `answer` remembers each place."""
        key = address_key(number).encode("ascii")
        listed, labelled = _covering(self._listed, key), _covering(self._aws, key)
        if listed is None and labelled is None:
            return NOTHING
        return Knowledge(
            _entries(listed) if listed else (),
            _label(labelled[3], labelled[4]) if labelled else None,
        )


def _entries(row: Sequence[str]) -> tuple[Entry, ...]:
    feeds = row[3].split("|")
    columns = [split_parts(cell, len(feeds)) for cell in row[2:]]
    own = range_text(key_number(row[0]), key_number(row[1] or row[0]))
    columns[0] = [indicator or own for indicator in columns[0]]
    return tuple(Entry(*parts) for parts in zip(*columns))


@lru_cache(maxsize=1000)
def _label(services: str, regions: str) -> AwsLabel:
    return AwsLabel(_names(services), _names(regions))


def _names(cell: str) -> tuple[str, ...]:
    return tuple(filter(None, cell.split("|")))


def _may_cover(line: bytes, key: bytes) -> bool:
    """Whether a line that begins with `start,end,` is of a range that may hold the key. Most are ruled out without their cells."""
    length = len(key)
    if line[length : length + 2] == b",,":  # most rows: one address, whose `end` is empty
        return line.startswith(key)
    after = 2 * length + 1
    if line[length : length + 1] == line[after : after + 1] == b",":
        end = line[length + 1 : after]
        return key <= end or not end.isalnum()
    return True  # quoted, cut short, or of the other family: its cells tell


def _covering(lookup: SortedCsv | None, key: bytes) -> Sequence[str] | None:
    """The row whose range holds the address with this key; None as well for a row whose keys are damaged."""
    line = lookup.find(key) if lookup is not None else None
    if lookup is None or line is None:
        return None
    # Where `end` is the second column most rows are ruled out by their text.
    if lookup.is_in_order and not _may_cover(line, key):
        return None
    row, text = _row(lookup, line), key.decode("ascii")
    # Keys compare as their numbers do.
    return row if row is not None and row[0] <= text <= (row[1] or row[0]) else None


@lru_cache(maxsize=2000)
def _row(lookup: SortedCsv, line: bytes) -> Sequence[str] | None:
    """The cells of a line, None where its keys are damaged. Many addresses lie in the same few networks, most of all in AWS's."""
    row = lookup.cells(line)
    return row if row is not None and is_key(row[0]) and is_key(row[1] or row[0]) else None
