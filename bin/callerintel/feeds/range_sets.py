"""Sets of addresses as sorted, disjoint ranges: joined, searched, and taken out of another range.

In and out: pairs (first, last) of numbers of `callerintel.address`, both included. Knows nothing of feeds.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence

from callerintel.address import Range


def joined(ranges: Iterable[tuple[int, int]]) -> tuple[Range, ...]:
    """The same addresses as ranges that ascend and neither overlap nor touch."""
    found: list[Range] = []
    for first, last in sorted(ranges):
        if found and first <= found[-1].last + 1:
            found[-1] = Range(found[-1].first, max(found[-1].last, last))
        else:
            found.append(Range(first, last))
    return tuple(found)


class RangeSet:
    """Ranges that ascend and do not overlap, ready to be asked."""

    def __init__(self, ranges: Sequence[tuple[int, int]]) -> None:
        self._firsts = [first for first, _ in ranges]
        self._lasts = [last for _, last in ranges]

    def __bool__(self) -> bool:
        return bool(self._lasts)

    def overlaps(self, first: int, last: int) -> bool:
        """Whether any address from `first` to `last` is in the set."""
        at = bisect_left(self._lasts, first)
        return at < len(self._lasts) and self._firsts[at] <= last

    def covers(self, first: int, last: int) -> bool:
        """Whether one range of the set holds all addresses from `first` to `last`."""
        at = bisect_left(self._lasts, last)
        return at < len(self._lasts) and self._firsts[at] <= first

    def outside(self, first: int, last: int) -> list[tuple[int, int]]:
        """The parts of a range that are not in the set, ascending."""
        pieces: list[tuple[int, int]] = []
        for at in range(bisect_left(self._lasts, first), len(self._lasts)):
            if self._firsts[at] > last:
                break
            if first < self._firsts[at]:
                pieces.append((first, self._firsts[at] - 1))
            first = self._lasts[at] + 1
        if first <= last:
            pieces.append((first, last))
        return pieces
