"""The fast path through a chunk, for what splunkd sends with selected fields [platform 1.5].

In: the CSV body of an execute request. Out: the reply's body, or None where the chunk is not as expected, and then the plain path has it.
The columns are ours to choose (`cloudtrail.PATHS`), so a line is: agent, identity, region, service, name, address, two times, index, twins. What
stands before the times is all that a verdict depends on but the time: each distinct beginning is answered once, and its answer is
appended to the untouched line. Most answers are the same on all days of a search, and then nothing more is asked of an event; the
others hold while an event's time lies within their span. A new beginning is taken apart at its last commas, and each part of it is
read once.

No line is searched for quotes. `_chunked_idx` counts the events of a chunk, so when the last one's equals the number of lines, and no
line that is met first holds a line break, every line is an event. And a part is looked at closely when it is met first: one that is no
whole cell was cut at a comma within a value, and the chunk goes to the plain path.
"""

from __future__ import annotations

import csv
import re
from datetime import datetime
from typing import NamedTuple

from callerintel.search.answer import Answers
from callerintel.search.baseline import DAY_SECONDS
from callerintel.search.cloudtrail import Call, present
from callerintel.search.pieces import REMEMBERED_CALLERS, Caller, Doing, Memory, Origin, Site, Tool
from callerintel.sorted_csv import write_cell

# Some 80 MB at the most; then it starts anew. What a search repeats is soon there again.
_REMEMBERED_LINES = 80_000
_LONGEST_REMEMBERED = 1000
_event_time = re.compile(rb'"\d{4}-\d\d-\d\dT(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\dZ"').fullmatch
_index_time = re.compile(rb'\d{1,11}|"\d{1,11}\.\d{1,9}"|').fullmatch
_cell = re.compile(rb'[^",\r]*|"[^"\r]*(?:""[^"\r]*)*"').fullmatch
_SECONDS = {b'%02dZ"' % second: second for second in range(60)}
_IDENTITY_FIELDS = Call._fields.index("recipient_account") - Call._fields.index("identity_type") + 1


class _Unusual(Exception):
    """The chunk is not what this path is made for."""


class _Layout(NamedTuple):
    """The reply's header line, and what ends each line: a comma for each `__mv_` twin, and the line break."""

    header: bytes
    line_end: bytes


class FastPath:
    """Annotates chunks whose columns are `columns` (those of a search that does not learn), `_chunked_idx`, and twins, in that order."""

    def __init__(self, answers: Answers, columns: list[str]) -> None:
        self._answers = answers
        self._columns = columns
        self._layouts: dict[bytes, _Layout | None] = {}
        self._layout: _Layout | None = None
        # By a line's beginning, what ends the line, b"" where the event is dropped: for all times within `_span`, which has those
        # of all events so far (epoch seconds, from and until before); or with a span of its own.
        self._steady: dict[bytes, bytes] = {}
        self._timed: dict[bytes, tuple[float, float, bytes]] = {}
        self._span = (0.0, 0.0)
        self._minutes: Memory[bytes, float] = Memory()
        # The agent and the identity, which begin a line, by the partition that the region is in.
        self._lefts: dict[str, Memory[bytes, tuple[Tool, Caller]]] = {}
        self._callers: Memory[tuple[bytes, str], Caller] = Memory()
        self._doings: Memory[tuple[bytes, bytes], Doing] = Memory()
        self._tools: Memory[bytes, Tool] = Memory()
        self._sites: Memory[bytes, tuple[Site, Memory[bytes, tuple[Tool, Caller]]]] = Memory()
        self._origins: Memory[bytes, Origin] = Memory()
        self.events = 0
        self.has_recognised = False

    def annotate(self, body: bytes) -> bytes | None:
        """The reply's body, or None for a chunk that the plain path must take."""
        header = body[: body.find(b"\n") + 1]
        layout = self._find_layout(header)
        if layout is None:
            return None
        events = body.split(layout.line_end)
        count = len(events) - 1
        if events.pop() or not count or not events[-1].endswith(b",%d" % (count - 1)):
            return None
        events[0] = events[0][len(header) :]
        if layout is not self._layout:
            self._layout = layout
            self._forget()
        try:
            reply = self._annotated(events, layout)
        except (_Unusual, csv.Error, ValueError):
            return None
        self.events += count
        return reply

    def _annotated(self, events: list[bytes], layout: _Layout) -> bytes:
        """The reply's body. This loop is what a search of many events costs; it is written for that."""
        find = self._steady.get
        minutes = self._minutes
        pieces = [layout.header]
        add = pieces.append
        checked = b"\n"  # which no cell here is
        for event in events:
            beginning, event_time, index_time, index = event.rsplit(b",", 3)
            if event_time != checked:
                if event_time[18:] not in _SECONDS or event_time[:18] not in minutes:
                    self._read_minute(event_time)
                checked = event_time
            if not (index_time.isdigit() and index.isdigit()) and not (_index_time(index_time) and index.isdigit()):
                raise _Unusual
            ending = find(beginning)
            if ending is None:
                ending = self._answer(beginning, event_time, layout.line_end)
            if ending:
                add(event)
                add(ending)
        return b"".join(pieces)

    def _read_minute(self, event_time: bytes) -> None:
        """Remember the minute of a time, which must be spelled as CloudTrail spells it; anything else may hold a quote."""
        if not _event_time(event_time):
            raise _Unusual
        # ValueError for a day that there is not, which the plain path knows what to make of.
        start = datetime.fromisoformat(event_time[1:18].decode("ascii") + "00+00:00").timestamp()
        if not self._span[0] <= start < self._span[1]:
            self._widen(start)
        self._minutes.keep(event_time[:18], start)

    def _widen(self, time: float) -> None:
        """Take a time into `_span`. Steady answers have to be found anew, so it grows seldom: it begins as two days, which a search of
        the last 24 hours spans, and doubles."""
        since, until = self._span
        day = time - time % DAY_SECONDS
        if since == until:
            since, until = day - DAY_SECONDS, day + DAY_SECONDS
        elif time < since:
            since = min(day, since - (until - since))
        else:
            until = max(day + DAY_SECONDS, until + (until - since))
        self._span = since, until
        self._steady.clear()

    def _forget(self) -> None:
        self._steady.clear()
        self._timed.clear()

    def _answer(self, beginning: bytes, event_time: bytes, line_end: bytes) -> bytes:
        """What ends the line of a beginning that is new, or whose answer depends on the time; remembers it. b"" drops the event."""
        time = self._minutes[event_time[:18]] + _SECONDS[event_time[18:]]
        timed = self._timed.get(beginning)
        if timed is not None and timed[0] <= time < timed[1]:
            return timed[2]
        if b"\n" in beginning:
            raise _Unusual
        left, region, service, name, address = beginning.rsplit(b",", 4)
        site, lefts = self._sites.get(region) or self._site(region)
        tool, caller = lefts.get(left) or self._left(left, site, lefts)
        doing = self._doings.get((service, name)) or self._doing(service, name)
        origin = self._origins.get(address) or self._origin(address)
        suffix, since, until = self._answers.put_together(caller, doing, tool, site, origin, time)
        ending = b"" if suffix is None else line_end[:-1] + suffix + b"\n"
        if len(beginning) < _LONGEST_REMEMBERED:
            if len(self._steady) + len(self._timed) >= _REMEMBERED_LINES:
                self._forget()
            if since <= self._span[0] and self._span[1] <= until:
                self._steady[beginning] = ending
            else:
                self._timed[beginning] = since, until, ending
        return ending

    def _site(self, region: bytes) -> tuple[Site, Memory[bytes, tuple[Tool, Caller]]]:
        site = Site(_text(region))
        return self._sites.keep(region, (site, self._lefts.setdefault(site.partition, Memory())))

    def _left(self, left: bytes, site: Site, lefts: Memory[bytes, tuple[Tool, Caller]]) -> tuple[Tool, Caller]:
        """The agent and the identity, which begin a line. An agent often holds commas, so its end is looked for from its start."""
        end = left.find(b'",') + 1 if left.startswith(b'"') else left.find(b",")
        if end < 1 and not left.startswith(b","):
            raise _Unusual
        agent, identity = left[:end], left[end + 1 :]
        tool = self._tools.get(agent) or self._tools.keep(agent, Tool(_text(agent)))
        asked = identity, site.partition
        caller = self._callers.get(asked) or self._callers.keep(asked, self._caller(identity, site), REMEMBERED_CALLERS)
        return lefts.keep(left, (tool, caller))

    def _caller(self, identity: bytes, site: Site) -> Caller:
        (row,) = csv.reader([identity.decode("utf-8", "surrogateescape")])
        if len(row) != _IDENTITY_FIELDS or identity.count(b'"') % 2 or b"\r" in identity:
            raise _Unusual
        cells = ["", *map(present, row), site.region]
        return self._answers.make.caller(Call(*cells))

    def _doing(self, service: bytes, name: bytes) -> Doing:
        event_name = _text(name)
        self.has_recognised = self.has_recognised or bool(event_name)
        return self._doings.keep((service, name), Doing(_text(service), event_name))

    def _origin(self, address: bytes) -> Origin:
        text = _text(address)
        self.has_recognised = self.has_recognised or bool(text)
        return self._origins.keep(address, self._answers.make.origin(text))

    def _find_layout(self, header: bytes) -> _Layout | None:
        if header not in self._layouts:
            self._layouts[header] = self._read_layout(header)
        return self._layouts[header]

    def _read_layout(self, header: bytes) -> _Layout | None:
        try:
            (names,) = csv.reader([header[:-1].decode("utf-8")])
        except (ValueError, csv.Error):
            return None
        expected = [*self._columns, "_chunked_idx"]
        twins = names[len(expected) :]
        if names[: len(expected)] != expected or not twins or not set(twins) <= {"__mv_" + name for name in expected}:
            return None
        return _Layout(",".join(map(write_cell, [*names, *self._answers.columns])).encode() + b"\n", b"," * len(twins) + b"\n")


def _text(cell: bytes) -> str:
    """The value of one cell."""
    if not _cell(cell):
        raise _Unusual
    if cell[:1] == b'"':
        cell = cell[1:-1].replace(b'""', b'"')
    return present(cell.decode("utf-8", "surrogateescape"))
