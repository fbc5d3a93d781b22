"""The cells of a lookup's line: which column is where, and how a few of them are read without parsing all.

In: a line of a CSV file as bytes, without a line break in any value. Out: cells as text, numbers, or the key as bytes.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Sequence
from math import nan

# Columns that hold a number or nothing, so that a line can be cut from its end at commas.
_NUMERIC = frozenset(("first_seen", "last_seen", "count", "cut"))


class Columns:
    """The columns of one file: `names` as its header has them, `wanted` as a caller wants the cells; "" for one that is not there.

    `are_in_order`: whether the file begins with the wanted columns, as whoever writes a lookup of ours has them.
    """

    def __init__(self, names: list[str], wanted: Sequence[str]) -> None:
        self._names = names
        self.are_in_order = tuple(names[: len(wanted)]) == tuple(wanted)[: len(names)]
        # How many commas follow the cell's own, where nothing but numbers does.
        self._commas = {name: len(names) - at for at, name in enumerate(names) if set(names[at:]) <= _NUMERIC}
        self._picked = [names.index(name) if name in names else -1 for name in wanted]

    def cells(self, line: bytes) -> list[str] | None:
        """The wanted cells of a line, or None when it is cut short."""
        cells = parse_line(line)
        try:
            return [cells[at] if at >= 0 else "" for at in self._picked]
        except IndexError:
            return None

    def number_reader(self, column: str) -> Callable[[bytes], float]:
        """What reads the number in a column of a line that has as many cells as the header: NaN where there is none.

        Where only other columns of numbers follow, a line needs no parsing: its end is split off.
        """
        at, commas = self._names.index(column), self._commas.get(column)

        def parsed(line: bytes) -> float:
            cells = parse_line(line)
            return _number(cells[at]) if len(cells) > at else nan

        if commas is None:
            return parsed

        def split_off(line: bytes) -> float:
            try:
                return float(line.rsplit(b",", commas)[1])
            except (ValueError, IndexError):
                return parsed(line)

        return split_off


def key_of(line: bytes) -> bytes:
    """The first cell of a line; keys are alphanumeric, so there is nothing to unescape."""
    if line[:1] == b'"':
        return line[1:].partition(b'"')[0]
    return line.partition(b",")[0].rstrip(b"\r")


def parse_line(line: bytes) -> list[str]:
    """All cells of a line, without NULs, which Python before 3.11 refuses; none of a line that is no CSV."""
    try:
        return next(csv.reader([line.replace(b"\0", b"").decode("utf-8", "replace").rstrip("\r\n")]), [])
    except csv.Error:
        return []


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return nan
