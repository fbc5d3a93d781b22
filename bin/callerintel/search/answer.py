"""What a search is answered for one event: the text of our columns, or that the event is dropped.

In: a call and its time. Out: an `Answer`, which is what is appended to the event's line. Which columns there are and which events go
on is the options' choice, made once for a search: verdicts for people and alerts; with `explain` the steps behind each; with
`learn` what the call teaches the baseline, and only the calls that teach.

Most events match no list. Their columns are put together from pieces that are remembered: who called, what was done, from
where, how unusual. The pieces are cut out of a whole verdict the first time, so there is one way only to spell it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from callerintel.search.cloudtrail import Call
from callerintel.search.fields import EXPLANATION, FIELDS, LEARN_TIME, LEARNS, cells, encode_values, field_columns
from callerintel.search.finding import NO_TIME, Finding, Judge
from callerintel.search.options import Options
from callerintel.search.severity import LEVELS
from callerintel.search.verdict import verdict_of

_REMEMBERED_PIECES = 50_000
_plain = re.compile(r"[0-9A-Za-z]*").fullmatch
_WHAT, _WHERE = FIELDS.index("call_action"), FIELDS.index("source_address_type")
_HOW, _SEVERITY = FIELDS.index("unexpected_action"), FIELDS.index("severity")


class Answer(NamedTuple):
    """`suffix`: a comma before each cell, as splunkd would write them; None for an event that goes no further.

    The answer to the same call is the same for every time from `since` until before `until` (UTC epoch seconds).
    """

    suffix: bytes | None
    since: float
    until: float


def write_cell(value: str) -> str:
    """A cell as splunkd itself would write it [platform 1.6]."""
    return value if _plain(value) else '"' + value.replace('"', '""') + '"'


class Answers:
    """Answers one search; `columns` are the names of the columns that a suffix fills."""

    def __init__(self, judge: Judge, options: Options) -> None:
        self._judge = judge
        self._options = options
        self._is_quiet = not (options.explain or options.learn)
        self.columns = field_columns(options.prefix)
        if options.explain:
            self.columns += (options.prefix + EXPLANATION,)
        if options.learn:
            self.columns += (options.prefix + LEARN_TIME, options.prefix + LEARNS, "__mv_" + options.prefix + LEARNS)
        names = [level.name for level in LEVELS]
        self._levels = frozenset(names[names.index(options.min_severity) :] if options.min_severity else ())
        self._pieces: tuple[dict[object, bytes], ...] = ({}, {}, {}, {})

    def find(self, call: Call, time: float | None) -> Answer:
        """The answer to a call made at `time`, None where the event has none."""
        finding = self._judge.examine(call, time)
        if not self._is_quiet:
            return Answer(self._loud(finding), *NO_TIME)
        span = self._judge.span(finding)
        if not self._is_wanted(finding):
            return Answer(None, *span)
        return Answer(self._encode(finding) if finding.is_match else self._quiet(finding), *span)

    def _is_wanted(self, finding: Finding) -> bool:
        if self._levels:
            return finding.ruling is not None and finding.ruling.severity.name in self._levels
        return finding.is_match or not self._options.matches_only

    def _encode(self, finding: Finding, more: Sequence[str] = ()) -> bytes:
        return _join([*cells(verdict_of(finding, self._judge.baseline)), *more])

    def _quiet(self, finding: Finding) -> bytes:
        """The suffix of an event without a match, from remembered pieces."""
        who, what, where, how = self._pieces
        flags = tuple(opinion.flag if opinion else "" for opinion in finding.opinions)
        place = (finding.place.source.type, finding.place.in_aws, finding.place.known.aws)
        try:
            return who[finding.caller] + what[finding.behaviour] + where[place] + how[flags] + where[place, "twins"]
        except KeyError:
            pass
        for pieces in self._pieces:
            if len(pieces) >= _REMEMBERED_PIECES:
                pieces.clear()
        all_cells = cells(verdict_of(finding, self._judge.baseline))
        who[finding.caller] = _join(all_cells[:_WHAT])
        what[finding.behaviour] = _join(all_cells[_WHAT:_WHERE])
        where[place] = _join(all_cells[_WHERE:_HOW])
        how[flags] = _join(all_cells[_HOW:_SEVERITY])
        where[place, "twins"] = _join(all_cells[_SEVERITY:])
        return _join(all_cells)

    def _loud(self, finding: Finding) -> bytes | None:
        """With what `explain` and `learn` add; the modules are loaded by the searches that ask for them."""
        more: list[str] = []
        if self._options.explain:
            from callerintel.search.explain import explanation_of

            more.append(explanation_of(finding, self._judge.baseline))
        if self._options.learn:
            from callerintel.search.learning import lessons_of

            lessons = lessons_of(finding)
            if not lessons or finding.time is None:
                return None
            more += [f"{finding.time:.0f}", "\n".join(lessons), encode_values(lessons)]
        return self._encode(finding, more) if self._is_wanted(finding) else None


def _join(values: Sequence[str]) -> bytes:
    return "".join("," + write_cell(value) for value in values).encode("utf-8", "surrogateescape")
