"""The fast path through a chunk, for what splunkd sends with selected fields [platform 1.5].

In: the CSV body of an execute request. Out: the reply's body, or None where the chunk is not as expected, and then the plain path has it.
The columns are ours to choose (`cloudtrail.PATHS`), so a line is: agent, identity, region, service, name, address, two times, index, twins. What
stands before the times is all that a verdict depends on but the time: each distinct beginning is answered once, and its answer is
appended to the untouched line as long as the event's time lies within the answer's span. A new beginning is taken apart at its last
commas, and each part of it is read once.

No line is searched for quotes. `_chunked_idx` counts the events of a chunk, so when the last one's equals the number of lines, no
value holds a line break. And a part is looked at closely when it is met first: one that is no whole cell was cut at a comma within a
value, and the chunk goes to the plain path.
"""

from __future__ import annotations

import csv
import re
from typing import NamedTuple

from callerintel.search.answer import Answer, Answers
from callerintel.search.cloudtrail import Call, parse_time, present
from callerintel.search.pieces import REMEMBERED_CALLERS, Caller, Doing, Memory, Origin, Site, Tool
from callerintel.sorted_csv import write_cell

# Some 100 MB at the most; then it starts anew. What a search repeats is soon there again.
_REMEMBERED_LINES = 100_000
_LONGEST_REMEMBERED = 1000
_REMEMBERED_TIMES = 200_000
_event_time = re.compile(rb'"\d{4}-\d\d-\d\dT\d\d:\d\d:[0-5]\dZ"').fullmatch
_index_time = re.compile(rb'\d{1,11}|"\d{1,11}\.\d{1,9}"|').fullmatch
_cell = re.compile(rb'[^",\r]*|"(?:[^"\r]|"")*"').fullmatch
_IDENTITY = Call._fields[Call._fields.index("identity_type") : Call._fields.index("recipient_account") + 1]

_Remembered = tuple[float, float, "bytes | None"]


class _Unusual(Exception):
    """The chunk is not what this path is made for."""


class _Layout(NamedTuple):
    """The reply's header line, and how many `__mv_` twins end each line."""

    header: bytes
    twins: int


class FastPath:
    """Annotates chunks whose columns are `columns` (those of a search that does not learn), `_chunked_idx`, and twins, in that order."""

    def __init__(self, answers: Answers, columns: list[str]) -> None:
        self._answers = answers
        self._columns = columns
        self._layouts: dict[bytes, _Layout | None] = {}
        self._remembered: dict[bytes, _Remembered] = {}
        self._times: dict[bytes, float] = {}
        self._minutes: Memory[bytes, float] = Memory()
        self._lefts: Memory[tuple[bytes, bytes], tuple[Tool, Caller]] = Memory()
        self._callers: Memory[tuple[bytes, bytes], Caller] = Memory()
        self._doings: Memory[tuple[bytes, bytes], Doing] = Memory()
        self._tools: Memory[bytes, Tool] = Memory()
        self._sites: Memory[bytes, Site] = Memory()
        self._origins: Memory[bytes, Origin] = Memory()
        self.events = 0
        self.has_recognised = False

    def annotate(self, body: bytes) -> bytes | None:
        """The reply's body, or None for a chunk that the plain path must take."""
        lines = body.split(b"\n")
        layout = self._layout(lines[0])
        if layout is None or lines.pop():
            return None
        count = len(lines) - 1
        if count == 0 or not layout.twins or not lines[count].endswith(b",%d" % (count - 1) + b"," * layout.twins):
            return None
        try:
            lines = self._annotated(lines, layout)
        except (_Unusual, csv.Error, ValueError):
            return None
        self.events += count
        lines.append(b"")
        return b"\n".join(lines)

    def _annotated(self, lines: list[bytes], layout: _Layout) -> list[bytes]:
        """The reply's lines. This loop is what a search of many events costs; it is written for that."""
        tail, without_tail = b"," * layout.twins, -layout.twins
        times, remembered = self._times, self._remembered
        annotated = [layout.header]
        add = annotated.append
        for line in lines[1:]:
            if not line.endswith(tail):
                raise _Unusual
            beginning, event_time, index_time, index = line[:without_tail].rsplit(b",", 3)
            time = times.get(event_time)
            if time is None:
                time = self._time(event_time)
            if not (index_time.isdigit() and index.isdigit()):
                _check(index_time, index)
            found = remembered.get(beginning)
            if found is not None:
                since, until, suffix = found
                if since <= time < until:
                    if suffix is not None:
                        add(line + suffix)
                    continue
            suffix = self._answer(beginning, event_time, time)
            if suffix is not None:
                add(line + suffix)
        return annotated

    def _answer(self, beginning: bytes, event_time: bytes, time: float) -> bytes | None:
        """The suffix for a beginning that is new or whose answer is of another time; remembers it."""
        left, region, service, name, address = beginning.rsplit(b",", 4)
        tool, caller = self._lefts.get((left, region)) or self._left(left, region)
        doing = self._doings.get((service, name)) or self._doing(service, name)
        site = self._sites.get(region) or self._sites.keep(region, self._answers.make.site(_text(region)))
        origin = self._origins.get(address) or self._origins.keep(address, self._answers.make.origin(_text(address)))
        if origin.is_match:
            suffix, since, until = self._whole(beginning, event_time, time)
        else:
            suffix, since, until = self._answers.quiet(caller, doing, tool, site, origin, time)
        if since < until and len(beginning) < _LONGEST_REMEMBERED:
            if len(self._remembered) >= _REMEMBERED_LINES:
                self._remembered.clear()
            self._remembered[beginning] = since, until, suffix
        return suffix

    def _left(self, left: bytes, region: bytes) -> tuple[Tool, Caller]:
        """The agent and the identity, which begin a line. An agent often holds commas, so its end is looked for from its start."""
        end = left.find(b'",') + 1 if left.startswith(b'"') else left.find(b",")
        if end < 1 and not left.startswith(b","):
            raise _Unusual
        agent, identity = left[:end], left[end + 1 :]
        tool = self._tools.get(agent) or self._tools.keep(agent, self._answers.make.tool(_text(agent)))
        caller = self._callers.get((identity, region)) or self._caller(identity, region)
        return self._lefts.keep((left, region), (tool, caller), 2 * REMEMBERED_CALLERS)

    def _caller(self, identity: bytes, region: bytes) -> Caller:
        (row,) = csv.reader([identity.decode("utf-8", "surrogateescape")])
        if len(row) != len(_IDENTITY) or identity.count(b'"') % 2 or b"\r" in identity:
            raise _Unusual
        call = Call(region=_text(region), **dict(zip(_IDENTITY, map(present, row))))
        return self._callers.keep((identity, region), self._answers.make.caller(call), REMEMBERED_CALLERS)

    def _doing(self, service: bytes, name: bytes) -> Doing:
        event_name = _text(name)
        self.has_recognised = self.has_recognised or bool(event_name)
        return self._doings.keep((service, name), self._answers.make.doing(_text(service), event_name))

    def _whole(self, beginning: bytes, event_time: bytes, time: float) -> Answer:
        """The answer to an event that matches a list, which depends on all of it."""
        (row,) = csv.reader([beginning.decode("utf-8", "surrogateescape")])
        call = Call._make([*map(present, row), event_time[1:-1].decode("ascii"), *_NOT_SENT])
        self.has_recognised = True
        return self._answers.find(call, time)

    def _time(self, event_time: bytes) -> float:
        """The time that a cell spells, which must be as CloudTrail writes it. A minute is parsed once."""
        if not _event_time(event_time):
            raise _Unusual
        minute = event_time[1:18]
        start = self._minutes.get(minute)
        if start is None:
            start = parse_time(minute.decode("ascii") + "00Z")
            if start is None:
                raise _Unusual
            self._minutes.keep(minute, start)
        if len(self._times) >= _REMEMBERED_TIMES:
            self._times.clear()
        time = self._times[event_time] = start + int(event_time[18:20])
        return time

    def _layout(self, header: bytes) -> _Layout | None:
        if header not in self._layouts:
            self._layouts[header] = self._find_layout(header)
        return self._layouts[header]

    def _find_layout(self, header: bytes) -> _Layout | None:
        try:
            (names,) = csv.reader([header.decode("utf-8")])
        except (ValueError, csv.Error):
            return None
        expected = [*self._columns, "_chunked_idx"]
        twins = names[len(expected) :]
        if names[: len(expected)] != expected or not set(twins) <= {"__mv_" + name for name in expected}:
            return None
        return _Layout(",".join(map(write_cell, [*names, *self._answers.columns])).encode(), len(twins))


# What only a search that learns asks for.
_NOT_SENT = [""] * (len(Call._fields) - Call._fields.index("event_time") - 1)


def _text(cell: bytes) -> str:
    """The value of one cell."""
    if not _cell(cell):
        raise _Unusual
    if cell.startswith(b'"'):
        cell = cell[1:-1].replace(b'""', b'"')
    return present(cell.decode("utf-8", "surrogateescape"))


def _check(index_time: bytes, index: bytes) -> None:
    """`_time` and `_chunked_idx` must be numbers as splunkd writes them; anything else may hold a quote."""
    if not index.isdigit() or not _index_time(index_time):
        raise _Unusual
