"""Where a file's lines are that earlier look-ups met: the part of the bisection that need not be read again.

In: keys and offsets of lines, in any order. Out: for a key, two sorted lists (keys, offsets) of the lines met around it. In one long
list each new line would push thousands of others aside, so the list ends at some length, and between any two of its lines a
list of their own takes the rest. It knows nothing of files.
"""

from __future__ import annotations

from bisect import bisect_right

_FIRST_LEVEL = 1024
_MOST = 65_536

Lines = tuple[list[bytes], list[int]]


class MetLines:
    """The lines met between two that are known from the start; some 7 MB at the most."""

    def __init__(self, lowest: tuple[bytes, int], highest: tuple[bytes, int]) -> None:
        self._first: Lines = [lowest[0], highest[0]], [lowest[1], highest[1]]
        self._second: list[Lines | None] = []
        self._count = 0

    def around(self, key: bytes) -> Lines:
        """(keys, offsets) of lines met in the neighbourhood of `key`: at least one at or below it and one above, both ascending."""
        keys, offsets = self._first
        if not self._second:
            if len(keys) < _FIRST_LEVEL:
                return self._first
            self._second = [None] * (len(keys) + 1)
        at = bisect_right(keys, key)
        part = self._second[at]
        if part is None:
            part = self._second[at] = keys[at - 1 : at + 1], offsets[at - 1 : at + 1]
        return part

    def keep(self, lines: Lines, at: int, key: bytes, offset: int) -> None:
        """Remember a line at this place in lines that `around` gave, unless there are enough."""
        if self._count < _MOST:
            self._count += 1
            lines[0].insert(at, key)
            lines[1].insert(at, offset)
