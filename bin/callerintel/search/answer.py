"""What a search is answered for one event: the text of our columns, or that the event is dropped.

In: a call and its time. Out: an `Answer`, which is what is appended to the event's line. Which columns there are and which events go
on is the options' choice, made once for a search: verdicts for people and alerts; with `explain` the steps behind each; with
`learn` what the call teaches the baseline, and only the calls that teach.
"""

from __future__ import annotations

from collections.abc import Sequence

from callerintel.search.baseline import ACTION, REGION, UNEXPECTED, USER_AGENT, Opinion
from callerintel.search.behaviour import Behaviour
from callerintel.search.cloudtrail import Call
from callerintel.search.fields import EXPLANATION, FIELDS, LEARN_TIME, LEARNS, cells, encode_values, field_columns
from callerintel.search.finding import ANY_TIME, NO_TIME, Finding, Judge
from callerintel.search.options import Options
from callerintel.search.pieces import NO_OPINION, REMEMBERED_CALLERS, Caller, Doing, Maker, Memory, Origin, Site, Tool, join_cells
from callerintel.search.severity import LEVELS
from callerintel.search.verdict import verdict_of

# (suffix, since, until). The suffix has a comma before each cell, as splunkd would write them; None for an event that goes no
# further. The answer to the same call is the same for every time from `since` until before `until` (UTC epoch seconds).
Answer = tuple["bytes | None", float, float]

# The fields of Call that say who called; of the region only the partition counts, which its first letters tell.
_IDENTITY = slice(Call._fields.index("identity_type"), Call._fields.index("recipient_account") + 1)
# What an event without a match has for a ruling.
_NO_RULING = b"," * (len(FIELDS) - FIELDS.index("severity"))
_DROPPED: Answer = (None, *ANY_TIME)
_NO_FLAGS = ("", "", "")


class Answers:
    """Answers one search; `columns` are the names of the columns that a suffix fills, `make` makes the pieces of its answers."""

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
        self.make = Maker(judge)
        self._callers: Memory[tuple[str, ...], Caller] = Memory()
        self._doings: Memory[tuple[str, str], Doing] = Memory()
        self._tools: Memory[str, Tool] = Memory()
        self._sites: Memory[str, Site] = Memory()
        self._origins: Memory[str, Origin] = Memory()
        self._flags: dict[tuple[str, str, str], bytes] = {}

    def find(self, call: Call, time: float | None) -> Answer:
        """The answer to a call made at `time`, None where the event has none."""
        make, identity = self.make, (call.region[:7], *call[_IDENTITY])
        agent, region, address, action = call.user_agent, call.region, call.source_address, (call.event_source, call.event_name)
        caller = self._callers.get(identity) or self._callers.keep(identity, make.caller(call), REMEMBERED_CALLERS)
        doing = self._doings.get(action) or self._doings.keep(action, make.doing(*action))
        tool = self._tools.get(agent) or self._tools.keep(agent, make.tool(agent))
        site = self._sites.get(region) or self._sites.keep(region, make.site(region))
        origin = self._origins.get(address) or self._origins.keep(address, make.origin(address))
        if self._is_quiet and not origin.is_match:
            return self.quiet(caller, doing, tool, site, origin, time)
        behaviour = Behaviour(doing.action, tool.agent, site.region)
        finding = self._judge.find(call, time, caller.who, behaviour, origin.place)
        if not self._is_quiet:
            return self._loud(finding), *NO_TIME
        return self._encode(finding) if self._is_wanted(finding) else None, *self._judge.span(finding)

    def quiet(self, caller: Caller, doing: Doing, tool: Tool, site: Site, origin: Origin, time: float | None) -> Answer:
        """The answer to a call that matches no list, from its pieces. Written to be quick: most events come through here."""
        if not self._wants_all:
            return _DROPPED
        flags, (since, until) = _NO_FLAGS, ANY_TIME
        if caller.is_judged and origin.is_address and time is not None:
            value = doing.action.text
            action = caller.actions.get(value)
            if action is None or not action.valid_from <= time < action.valid_until:
                action = caller.keep(caller.actions, value, self._opinion(caller, ACTION, value, time))
            agent = caller.agents.get(tool.judged)
            if agent is None or not agent.valid_from <= time < agent.valid_until:
                agent = caller.keep(caller.agents, tool.judged, self._opinion(caller, USER_AGENT, tool.judged, time))
            value = "" if doing.action.is_global else site.region
            region = caller.regions.get(value)
            if region is None or not region.valid_from <= time < region.valid_until:
                region = caller.keep(caller.regions, value, self._opinion(caller, REGION, value, time))
            flags = action.flag, agent.flag, region.flag
            since = max(action.valid_from, agent.valid_from, region.valid_from)
            until = min(action.valid_until, agent.valid_until, region.valid_until)
        how = self._flags.get(flags) or self._how(flags)
        written = (caller.cells, doing.cells, tool.cells, site.cells, origin.cells, how, _NO_RULING, origin.twins)
        return b"".join(written), since, until

    def _opinion(self, caller: Caller, prop: str, value: str, time: float) -> Opinion:
        if not value:
            return NO_OPINION
        return self._judge.baseline.judge(caller.who.caller.name, caller.who.groups, prop, value, time)

    def _how(self, flags: tuple[str, str, str]) -> bytes:
        count = str(flags.count(UNEXPECTED)) if any(flags) else ""
        written = self._flags[flags] = join_cells((*flags, count))
        return written

    def _is_wanted(self, finding: Finding) -> bool:
        if self._levels:
            return finding.ruling is not None and finding.ruling.severity.name in self._levels
        return finding.is_match or not self._options.matches_only

    def _encode(self, finding: Finding, more: Sequence[str] = ()) -> bytes:
        return join_cells([*cells(verdict_of(finding, self._judge.baseline)), *more])

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
