"""What a search is answered for one event: the text of our columns, or that the event is dropped.

In: a call and its time. Out: an `Answer`, which is what is appended to the event's line. Which columns there are and which events go
on is the options' choice, made once for a search: verdicts for people and alerts; with `explain` the steps behind each; with
`learn` what the call teaches the baseline, and only the calls that teach.

Most events match no list, and a search has few callers, few behaviours and not that many addresses. So the columns of such an
event are put together from pieces (who called, what was done, from where, how usual) that are written once and remembered.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple, TypeVar

from callerintel.search.baseline import UNEXPECTED
from callerintel.search.behaviour import Action, Agent, Behaviour, find_action, find_agent, find_region
from callerintel.search.cloudtrail import Call
from callerintel.search.fields import EXPLANATION, FIELDS, LEARN_TIME, LEARNS, cells, encode_values, field_columns
from callerintel.search.finding import ANY_TIME, NO_TIME, Finding, Judge, Opinions, Place, Who
from callerintel.search.options import Options
from callerintel.search.severity import LEVELS
from callerintel.search.verdict import place_verdict, verdict_of

_REMEMBERED = 50_000
_plain = re.compile(r"[0-9A-Za-z]*").fullmatch
_WHERE = FIELDS.index("source_address_type")
_HOW, _RULING = FIELDS.index("unexpected_action"), FIELDS.index("severity")
# The fields of Call that say who called; of the region only the partition counts, which its first letters tell.
_IDENTITY = slice(Call._fields.index("identity_type"), Call._fields.index("recipient_account") + 1)
# What an event without a match has for a ruling.
_NO_RULING = b"," * (len(FIELDS) - _RULING)

_Key = TypeVar("_Key")
_Value = TypeVar("_Value")


class Answer(NamedTuple):
    """`suffix`: a comma before each cell, as splunkd would write them; None for an event that goes no further.

    The answer to the same call is the same for every time from `since` until before `until` (UTC epoch seconds).
    """

    suffix: bytes | None
    since: float
    until: float


class Caller(NamedTuple):
    """Who called, and their cells."""

    who: Who
    cells: bytes


class Doing(NamedTuple):
    """The action that was called, and its cell."""

    action: Action
    cells: bytes


class Tool(NamedTuple):
    """The agent with which it was called, and its cell."""

    agent: Agent
    cells: bytes


class Site(NamedTuple):
    """The region in which it was called, and its cell."""

    region: str
    cells: bytes


class Origin(NamedTuple):
    """Where it came from, its cells, and the multivalue twins that end the line; both empty for a match, which is always written anew."""

    place: Place
    is_match: bool
    cells: bytes
    twins: bytes


class Memory(dict[_Key, _Value]):
    """A dict that forgets everything when it is full: what a search repeats is soon there again."""

    def keep(self, key: _Key, value: _Value) -> _Value:
        """Remember, and give back, the value."""
        if len(self) >= _REMEMBERED:
            self.clear()
        self[key] = value
        return value


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
        self._wants_all = not (options.matches_only or options.min_severity)
        self._callers: Memory[tuple[str, ...], Caller] = Memory()
        self._doings: Memory[tuple[str, str], Doing] = Memory()
        self._tools: Memory[str, Tool] = Memory()
        self._sites: Memory[str, Site] = Memory()
        self._origins: Memory[str, Origin] = Memory()
        self._places: Memory[tuple[object, ...], tuple[bytes, bytes]] = Memory()
        self._flags: dict[tuple[str, str, str], bytes] = {}

    def find(self, call: Call, time: float | None) -> Answer:
        """The answer to a call made at `time`, None where the event has none."""
        identity, action = (call.region[:7], *call[_IDENTITY]), (call.event_source, call.event_name)
        caller = self._callers.get(identity) or self._callers.keep(identity, self.caller(call))
        doing = self._doings.get(action) or self._doings.keep(action, self.doing(*action))
        tool = self._tools.get(call.user_agent) or self._tools.keep(call.user_agent, self.tool(call.user_agent))
        site = self._sites.get(call.region) or self._sites.keep(call.region, self.site(call.region))
        origin = self._origins.get(call.source_address) or self._origins.keep(
            call.source_address, self.origin(call.source_address)
        )
        if self._is_quiet and not origin.is_match:
            return self.quiet(caller, doing, tool, site, origin, time)
        behaviour = Behaviour(doing.action, tool.agent, site.region)
        finding = self._judge.find(call, time, caller.who, behaviour, origin.place)
        if not self._is_quiet:
            return Answer(self._loud(finding), *NO_TIME)
        return Answer(self._encode(finding) if self._is_wanted(finding) else None, *self._judge.span(finding))

    def quiet(self, caller: Caller, doing: Doing, tool: Tool, site: Site, origin: Origin, time: float | None) -> Answer:
        """The answer to a call that matches no list, from its pieces."""
        if not self._wants_all:
            return Answer(None, *ANY_TIME)
        opinions = self._judge.how(caller.who, Behaviour(doing.action, tool.agent, site.region).judged, origin.place, time)
        since, until = ANY_TIME
        for opinion in opinions:
            if opinion is not None:
                if opinion.valid_from > since:
                    since = opinion.valid_from
                if opinion.valid_until < until:
                    until = opinion.valid_until
        what = caller.cells + doing.cells + tool.cells + site.cells
        return Answer(what + origin.cells + self._how(opinions) + _NO_RULING + origin.twins, since, until)

    def caller(self, call: Call) -> Caller:
        """Who made a call, with its cells."""
        who = self._judge.who(call)
        return Caller(who, _join((who.caller.name, who.caller.type, who.caller.account)))

    def doing(self, event_source: str, event_name: str) -> Doing:
        """What was called, with its cell."""
        action = find_action(event_source, event_name)
        return Doing(action, _join((action.text,)))

    def tool(self, user_agent: str) -> Tool:
        """With what it was called, with its cell."""
        agent = find_agent(user_agent)
        return Tool(agent, _join((agent.family,)))

    def site(self, region: str) -> Site:
        """In which region it was called, with its cell."""
        shown = find_region(region)
        return Site(shown, _join((shown,)))

    def origin(self, text: str) -> Origin:
        """Where a call came from, given its sourceIPAddress, with its cells."""
        place = self._judge.where(text)
        if place.known.entries:
            return Origin(place, True, b"", b"")
        kind = place.source.type, place.in_aws, place.known.aws
        written = self._places.get(kind)
        if written is None:
            all_cells = cells(place_verdict(place))
            written = self._places.keep(kind, (_join(all_cells[_WHERE:_HOW]), _join(all_cells[len(FIELDS) :])))
        return Origin(place, False, *written)

    def _how(self, opinions: Opinions) -> bytes:
        action, user_agent, region = opinions
        flags = (action.flag if action else "", user_agent.flag if user_agent else "", region.flag if region else "")
        written = self._flags.get(flags)
        if written is None:
            count = str(flags.count(UNEXPECTED)) if any(flags) else ""
            written = self._flags[flags] = _join((*flags, count))
        return written

    def _is_wanted(self, finding: Finding) -> bool:
        if self._levels:
            return finding.ruling is not None and finding.ruling.severity.name in self._levels
        return finding.is_match or not self._options.matches_only

    def _encode(self, finding: Finding, more: Sequence[str] = ()) -> bytes:
        return _join([*cells(verdict_of(finding, self._judge.baseline)), *more])

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
