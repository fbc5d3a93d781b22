"""A chunk of events in, the same chunk with our fields out.

In: the CSV body of an execute request. Out: the CSV body of the reply. Every column comes back as it came, byte for byte, and
our columns after them; with selected fields that includes `_chunked_idx`, by which splunkd merges the reply into its events
[platform 1.5]. Where the events already have a column of ours (the command ran twice), it is overwritten in its place.

This is the plain path: every row through the csv module, as lists. It takes whatever a chunk may hold and is the reference for
any faster one.
"""

from __future__ import annotations

import csv
import io
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from callerintel.search.answer import Answers
from callerintel.search.cloudtrail import Call, field_names, parse_raw, parse_time, present
from callerintel.search.finding import Judge
from callerintel.search.options import Options

_MULTIVALUE = "__mv_"
# Python before 3.11 refuses a NUL in CSV. Surrogate escapes use U+DC80 to U+DCFF only, so this one is free to stand in.
_NUL, _NUL_STAND_IN = "\0", "\udc00"
_plain = re.compile(r"[0-9A-Za-z]*").fullmatch
_encoded_values = re.compile(r"\$((?:\$\$|[^$])*)\$(?:;|$)").findall

csv.field_size_limit(min(sys.maxsize, 2**31 - 1))  # an event may be of any size; Windows has 32 bits for this


class _Layout(NamedTuple):
    """Where things are in the rows of a chunk: (column, `__mv_` twin) of each field of Call, -1 where there is none."""

    header: list[str]
    call: tuple[tuple[int, int], ...]
    time: tuple[int, int]
    raw: tuple[int, int]
    ours: tuple[int, ...]
    stale: tuple[int, ...]  # twins of columns of ours that came in: what they say is not ours


def required_fields(options: Options) -> list[str]:
    """The fields that splunkd must send for a search: what is read of an event, and nothing else [platform 1.5]."""
    return [*field_names(dict(options.renamed), options.learn), "_time"] + (["_raw"] if options.raw else [])


class Annotator:
    """Annotates the chunks of one search; make one for a search.

    `events` counts all events, `recognised` those that had a source address or an event name.
    """

    def __init__(self, judge: Judge, options: Options) -> None:
        self._answers = Answers(judge, options)
        self._names = field_names(dict(options.renamed))
        self._raw = options.raw
        self.events = 0
        self.recognised = 0

    def annotate(self, body: bytes) -> bytes:
        """The reply's body; empty for an empty body."""
        rows = _read(body)
        header = next(rows, None)
        if header is None:
            return b""
        layout = self._layout(header)
        return b"".join(_lines(self._rows(layout, rows)))

    def _rows(self, layout: _Layout, rows: Iterator[list[str]]) -> Iterator[Sequence[str]]:
        yield layout.header
        width, ours = len(layout.header), layout.ours
        for row in rows:
            call, time = self._call(layout, row)
            self.events += 1
            self.recognised += bool(call.source_address or call.event_name)
            cells = self._answers.find(call, time)
            if cells is None:
                continue
            row += [""] * (width - len(row))
            for at, cell in zip(ours, cells):
                row[at] = cell
            for at in layout.stale:
                row[at] = ""
            yield row[:width]

    def _call(self, layout: _Layout, row: list[str]) -> tuple[Call, float | None]:
        call = Call(*(present(_value(row, at)) for at in layout.call))
        if self._raw and not (call.source_address and call.event_name):
            spelled = parse_raw(_value(row, layout.raw))
            if spelled is not None:
                call = Call(*(mine or theirs for mine, theirs in zip(call, spelled)))
        time = parse_time(call.event_time)
        return call, parse_time(_value(row, layout.time)) if time is None else time

    def _layout(self, received: list[str]) -> _Layout:
        columns = self._answers.columns
        header = received + [name for name in columns if name not in received]
        at = {name: index for index, name in reversed(list(enumerate(header)))}  # of two columns of a name, the first

        def find(name: str) -> tuple[int, int]:
            return at.get(name, -1), at.get(_MULTIVALUE + name, -1)

        twins = (at.get(_MULTIVALUE + name, -1) for name in columns)
        ours = tuple(at[name] for name in columns)
        stale = tuple(twin for twin in twins if twin >= 0 and twin not in ours)
        return _Layout(header, tuple(map(find, self._names)), find("_time"), find("_raw"), ours, stale)


def _value(row: list[str], at: tuple[int, int]) -> str:
    """The value of a field. Of several equal ones it is that one (a sourcetype that extracts twice doubles every field,
    [platform 8]); of different ones all, joined by commas, as a proxy would write them."""
    column, twin = at
    value = row[column] if 0 <= column < len(row) else ""
    if 0 <= twin < len(row) and row[twin]:
        values = [each.replace("$$", "$") for each in _encoded_values(row[twin])]
        value = ", ".join(dict.fromkeys(values)) or value
    return value


def _read(body: bytes) -> Iterator[list[str]]:
    text = body.decode("utf-8", "surrogateescape")
    if _NUL in text:
        text = text.replace(_NUL, _NUL_STAND_IN)
    return (row or [""] for row in csv.reader(io.StringIO(text, newline="")))


def _cell(value: str) -> str:
    """A cell as splunkd itself would write it [platform 1.6]."""
    return value if _plain(value) else '"' + value.replace('"', '""') + '"'


def _lines(rows: Iterable[Sequence[str]]) -> Iterator[bytes]:
    for row in rows:
        line = ",".join(map(_cell, row)) + "\n"
        yield line.replace(_NUL_STAND_IN, _NUL).encode("utf-8", "surrogateescape")
