"""The plain path through a chunk: every row through the csv module, whatever a chunk may hold.

In: the CSV body of an execute request. Out: the reply's body. A row that is as its header says goes out as the text that came in, with our
cells appended; only rows that are ragged, cut off, or already have our columns are spelled anew.
"""

from __future__ import annotations

import csv
import io
import re
import sys
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from callerintel.search.answer import Answers
from callerintel.search.cloudtrail import Call, field_names, parse_raw, parse_time, present
from callerintel.search.options import Options
from callerintel.sorted_csv import write_cell

MULTIVALUE = "__mv_"
# Python before 3.11 refuses a NUL in CSV. Surrogate escapes use U+DC80 to U+DCFF only, so this one is free to stand in.
_NUL, _NUL_STAND_IN = "\0", "\udc00"
_encoded_values = re.compile(r"\$((?:\$\$|[^$])*)\$(?:;|$)").findall

csv.field_size_limit(min(sys.maxsize, 2**31 - 1))  # an event may be of any size; Windows has 32 bits for this


class _Layout(NamedTuple):
    """Where things are in the rows of a chunk: (column, `__mv_` twin) of each field of Call, -1 where there is none.

    `ours` is where the cells of our columns go where some of them came in, and then `stale` are twins of theirs that say nothing
    of ours; both are empty where our columns all come after the received ones.
    """

    header: list[str]
    received: int
    call: tuple[tuple[int, int], ...]
    time: tuple[int, int]
    raw: tuple[int, int]
    ours: tuple[int, ...]
    stale: tuple[int, ...]


class PlainPath:
    """Annotates chunks one row at a time; `events` counts them, `has_recognised` says whether any was a CloudTrail event."""

    def __init__(self, answers: Answers, options: Options) -> None:
        self._answers = answers
        self._names = field_names(dict(options.renamed))
        self._raw = options.raw
        self.events = 0
        self.has_recognised = False

    def annotate(self, body: bytes) -> bytes:
        """The reply's body; empty for an empty body."""
        rows = _rows(body)
        first = next(rows, None)
        if first is None:
            return b""
        layout = self._layout(first[1])
        lines = [_encode(",".join(map(write_cell, layout.header)))]
        for text, row in rows:
            self.events += 1
            suffix, _, _ = self._answers.find(*self._call(layout, row))
            if suffix is None:
                continue
            if len(row) == layout.received and not layout.ours and text.count('"') % 2 == 0:
                lines.append(_encode(text) + suffix)
            else:
                lines.append(_encode(_spelled_anew(layout, row, suffix)))
        return b"\n".join(lines) + b"\n"

    def _call(self, layout: _Layout, row: list[str]) -> tuple[Call, float | None]:
        call = Call(*(present(_value(row, at)) for at in layout.call))
        if self._raw and not (call.source_address and call.event_name):
            spelled = parse_raw(_value(row, layout.raw))
            if spelled is not None:
                call = Call(*(mine or theirs for mine, theirs in zip(call, spelled)))
        self.has_recognised = self.has_recognised or bool(call.source_address or call.event_name)
        time = parse_time(call.event_time)
        return call, parse_time(_value(row, layout.time)) if time is None else time

    def _layout(self, received: list[str]) -> _Layout:
        columns = self._answers.columns
        header = received + [name for name in columns if name not in received]
        at = {name: index for index, name in reversed(list(enumerate(header)))}  # of two columns of a name, the first

        def find(name: str) -> tuple[int, int]:
            return at.get(name, -1), at.get(MULTIVALUE + name, -1)

        ours = tuple(at[name] for name in columns)
        twins = (at.get(MULTIVALUE + name, -1) for name in columns)
        stale = tuple(twin for twin in twins if twin >= 0 and twin not in ours)
        if not stale and ours == tuple(range(len(received), len(header))):
            ours = ()
        return _Layout(header, len(received), tuple(map(find, self._names)), find("_time"), find("_raw"), ours, stale)


def _value(row: list[str], at: tuple[int, int]) -> str:
    """The value of a field. Of several equal ones it is that one (a sourcetype that extracts twice doubles every field,
    [platform 8]); of different ones all, joined by commas, as a proxy would write them."""
    column, twin = at
    value = row[column] if 0 <= column < len(row) else ""
    if 0 <= twin < len(row) and row[twin]:
        values = [each.replace("$$", "$") for each in _encoded_values(row[twin])]
        value = ", ".join(dict.fromkeys(values)) or value
    return value.replace(_NUL_STAND_IN, _NUL) if _NUL_STAND_IN in value else value


def _rows(body: bytes) -> Iterator[tuple[str, list[str]]]:
    """(its text without the line's end, its cells) of each row."""
    text = body.decode("utf-8", "surrogateescape")
    if _NUL in text:
        text = text.replace(_NUL, _NUL_STAND_IN)
    consumed: list[str] = []

    def lines() -> Iterator[str]:
        for line in io.StringIO(text, newline=""):
            consumed.append(line)
            yield line

    for row in csv.reader(lines()):
        spelled = "".join(consumed)
        consumed.clear()
        yield spelled[: -_end_length(spelled) or None], row or [""]


def _end_length(line: str) -> int:
    if line.endswith("\r\n"):
        return 2
    return 1 if line.endswith(("\n", "\r")) else 0


def _spelled_anew(layout: _Layout, row: list[str], suffix: bytes) -> str:
    """A row that is not as its header says, or in which columns of ours came in."""
    cells = row[: layout.received] + [""] * (len(layout.header) - len(row[: layout.received]))
    ours: Iterable[int] = layout.ours or range(layout.received, len(layout.header))
    for at, cell in zip(ours, next(csv.reader([suffix[1:].decode("utf-8", "surrogateescape")]))):
        cells[at] = cell
    for at in layout.stale:
        cells[at] = ""
    return ",".join(map(write_cell, cells))


def _encode(text: str) -> bytes:
    return text.replace(_NUL_STAND_IN, _NUL).encode("utf-8", "surrogateescape")
