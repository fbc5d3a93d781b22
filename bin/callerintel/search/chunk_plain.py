"""The plain path through a chunk: every row through the csv module, whatever a chunk may hold.

In: the CSV body of an execute request. Out: the reply's body. A row that is as its header says goes out as the text that came in, with our
cells appended; only rows that are ragged, cut off, or already have our columns are spelled anew. Rows whose cells say the same of a call are
answered once, for as long as the answer holds.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from operator import itemgetter
from typing import Any, NamedTuple

from callerintel.search.answer import Answer, Answers
from callerintel.search.cloudtrail import Call, field_names, parse_raw, parse_time, present
from callerintel.search.options import Options
from callerintel.search.pieces import Memory
from callerintel.sorted_csv import write_cell

MULTIVALUE = "__mv_"
# Python before 3.11 refuses a NUL in CSV. Surrogate escapes use U+DC80 to U+DCFF only, so this one is free to stand in.
_NUL, _NUL_STAND_IN = "\0", "\udc00"
_EVENT_TIME = Call._fields.index("event_time")
_encoded_values = re.compile(r"\$((?:\$\$|[^$])*)\$(?:;|$)").findall


class _Layout(NamedTuple):
    """Where things are in the rows of a chunk: (column, `__mv_` twin) of each field of Call, -1 where there is none.

    `ours` is where the cells of our columns go where some of them came in, and then `stale` are twins of theirs that say nothing
    of ours; both are empty where our columns all come after the received ones. `told` gives the cells of a row that an answer depends
    on, but for the time; the last of them is in the column `last`.
    """

    header: list[str]
    received: int
    call: tuple[tuple[int, int], ...]
    time: tuple[int, int]
    raw: tuple[int, int]
    ours: tuple[int, ...]
    stale: tuple[int, ...]
    told: Callable[[list[str]], Any]
    last: int


class PlainPath:
    """Annotates chunks one row at a time; `events` counts them, `has_recognised` says whether any was a CloudTrail event."""

    def __init__(self, answers: Answers, options: Options) -> None:
        self._answers = answers
        self._names = field_names(dict(options.renamed))
        self._raw = options.raw
        self._layouts: dict[tuple[str, ...], _Layout] = {}
        self._current: _Layout | None = None
        self._remembered: Memory[Any, Answer] = Memory()
        self._times: Memory[str, float | None] = Memory()
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
        has_more_columns = not layout.ours
        for line, row in rows:
            self.events += 1
            suffix = self._suffix(layout, row)
            if suffix is None:
                continue
            if has_more_columns and len(row) == layout.received and line.count(b'"') % 2 == 0:
                lines.append(line.rstrip(b"\r\n") + suffix)
            else:
                lines.append(_encode(_spelled_anew(layout, row, suffix)))
        lines.append(b"")
        return b"\n".join(lines)

    def _suffix(self, layout: _Layout, row: list[str]) -> bytes | None:
        if self._raw or len(row) <= layout.last:
            call = self._call(layout, row)
            return self._answers.find(call, self._time(call.event_time, layout, row))[0]
        time = self._time(_value(row, layout.call[_EVENT_TIME]), layout, row)
        told = layout.told(row)
        answer = self._remembered.get(told)
        if answer is None or time is None or not answer[1] <= time < answer[2]:
            answer = self._remembered.keep(told, self._answers.find(self._call(layout, row), time))
        return answer[0]

    def _call(self, layout: _Layout, row: list[str]) -> Call:
        call = Call(*(present(_value(row, at)) for at in layout.call))
        if self._raw and not (call.source_address and call.event_name):
            spelled = parse_raw(_value(row, layout.raw))
            if spelled is not None:
                call = Call(*(mine or theirs for mine, theirs in zip(call, spelled)))
        self.has_recognised = self.has_recognised or bool(call.source_address or call.event_name)
        return call

    def _time(self, event_time: str, layout: _Layout, row: list[str]) -> float | None:
        """When the call was made, else when its event was; the same text is parsed once."""
        time = self._parsed_time(event_time)
        return self._parsed_time(_value(row, layout.time)) if time is None else time

    def _parsed_time(self, text: str) -> float | None:
        return self._times[text] if text in self._times else self._times.keep(text, parse_time(text))

    def _layout(self, received: list[str]) -> _Layout:
        key = tuple(received)
        layout = self._layouts.get(key)
        if layout is None:
            layout = self._layouts[key] = _find_layout(received, self._names, self._answers.columns)
        if layout is not self._current:
            self._current = layout
            self._remembered.clear()  # the same cells in other columns say something else
        return layout


def _find_layout(received: list[str], names: Sequence[str], columns: Sequence[str]) -> _Layout:
    header = received + [name for name in columns if name not in received]
    places = {name: index for index, name in reversed(list(enumerate(header)))}  # of two columns of a name, the first

    def find(name: str) -> tuple[int, int]:
        return places.get(name, -1), places.get(MULTIVALUE + name, -1)

    ours = tuple(places[name] for name in columns)
    twins = (places.get(MULTIVALUE + name, -1) for name in columns)
    stale = tuple(twin for twin in twins if twin >= 0 and twin not in ours)
    if not stale and ours == tuple(range(len(received), len(header))):
        ours = ()
    call = tuple(map(find, names))
    read = sorted({at for field, pair in enumerate(call) if field != _EVENT_TIME for at in pair if 0 <= at < len(received)})
    told = itemgetter(*read) if read else _nothing
    return _Layout(header, len(received), call, find("_time"), find("_raw"), ours, stale, told, read[-1] if read else -1)


def _nothing(row: list[str]) -> tuple[()]:
    return ()


def _value(row: list[str], at: tuple[int, int]) -> str:
    """The value of a field. Of several equal ones it is that one (a sourcetype that extracts twice doubles every field,
    [platform 8]); of different ones all, joined by commas, as a proxy would write them."""
    column, twin = at
    value = row[column] if 0 <= column < len(row) else ""
    if 0 <= twin < len(row) and row[twin]:
        values = [each.replace("$$", "$") for each in _encoded_values(row[twin])]
        value = ", ".join(dict.fromkeys(values)) or value
    return value.replace(_NUL_STAND_IN, _NUL) if _NUL_STAND_IN in value else value


def _rows(body: bytes) -> Iterator[tuple[bytes, list[str]]]:
    """(its bytes, with the line's end; its cells) of each row."""
    lines = body.splitlines(keepends=True)  # of bytes: at \\n, \\r and both
    reader = csv.reader(map(_decode if b"\0" not in body else _decode_without_nul, lines))
    before = 0
    for row in reader:
        after = reader.line_num
        yield lines[before] if after == before + 1 else b"".join(lines[before:after]), row or [""]
        before = after


def _decode(line: bytes) -> str:
    return line.decode("utf-8", "surrogateescape")


def _decode_without_nul(line: bytes) -> str:
    return _decode(line).replace(_NUL, _NUL_STAND_IN)


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
