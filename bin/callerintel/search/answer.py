"""What a search is answered for one event: the text of our columns, or that the event is dropped.

In: a call and its time, or the pieces that are known of it. Out: an `Answer`, which is what is appended to the event's line. Which columns
there are and which events go on is the options' choice, made once for a search: verdicts for people and alerts; with `explain` the
steps behind each; with `learn` what the call teaches the baseline, and only the calls that teach.
"""

from __future__ import annotations

from callerintel.search.baseline import ACTION, NO_OPINION, REGION, UNEXPECTED, USER_AGENT, Opinion
from callerintel.search.behaviour import Behaviour
from callerintel.search.cloudtrail import Call
from callerintel.search.fields import (
    EXPLANATION,
    LEARN_TIME,
    LEARNS,
    RulingFields,
    encode_values,
    field_columns,
    plain_cells,
    twin_cells,
)
from callerintel.search.finding import ANY_TIME, NO_TIME, Finding, Judge
from callerintel.search.options import Options
from callerintel.search.pieces import (
    REMEMBERED_CALLERS,
    Caller,
    Doing,
    Maker,
    Memory,
    Opinions,
    Origin,
    Pieces,
    Site,
    Tool,
    join_cells,
)
from callerintel.search.severity import LEVELS
from callerintel.search.verdict import ruling_fields

# (suffix, since, until). The suffix has a comma before each cell, as splunkd would write them; None for an event that goes no
# further. The answer to the same call is the same for every time from `since` until before `until` (UTC epoch seconds).
Answer = tuple["bytes | None", float, float]

# The fields of Call that say who called; of the region only the partition counts.
_IDENTITY = slice(Call._fields.index("identity_type"), Call._fields.index("recipient_account") + 1)
_DROPPED: Answer = (None, *ANY_TIME)
_NO_FLAGS = ("", "", "")
# Some 25 MB; each has a place of its own in its caller's, so all of those are emptied at once.
_REMEMBERED_OPINIONS = 100_000
_NO_OPINIONS = (NO_OPINION, NO_OPINION, NO_OPINION)
# What an event without a match has for a ruling.
_NO_RULING, _NO_RULING_TWINS = join_cells(plain_cells(RulingFields())), join_cells(twin_cells(RulingFields()))


class Answers:
    """Answers one search; `columns` are the names of the columns that a suffix fills, `make` makes callers and origins."""

    def __init__(self, judge: Judge, options: Options) -> None:
        self._judge = judge
        self._options = options
        self._is_loud = options.explain or options.learn
        self.columns = field_columns(options.prefix)
        if options.explain:
            self.columns += (options.prefix + EXPLANATION,)
        if options.learn:
            self.columns += (options.prefix + LEARN_TIME, options.prefix + LEARNS, "__mv_" + options.prefix + LEARNS)
        names = [level.name for level in LEVELS]
        self._levels = frozenset(names[names.index(options.min_severity) :] if options.min_severity else ())
        self._wants_all = not (options.matches_only or options.min_severity)
        self.make = Maker(judge, self._is_loud)
        self._callers: Memory[tuple[str, ...], Caller] = Memory()
        self._doings: Memory[tuple[str, str], Doing] = Memory()
        self._tools: Memory[str, Tool] = Memory()
        self._sites: Memory[str, Site] = Memory()
        self._origins: Memory[str, Origin] = Memory()
        self._hows: dict[tuple[str, str, str], bytes] = {}
        self._asked: list[Opinions] = []

    def find(self, call: Call, time: float | None) -> Answer:
        """The answer to a call made at `time`, epoch seconds, None where the event has none."""
        agent, region, address, action = call.user_agent, call.region, call.source_address, (call.event_source, call.event_name)
        doing = self._doings.get(action) or self._doings.keep(action, Doing(*action))
        tool = self._tools.get(agent) or self._tools.keep(agent, Tool(agent))
        site = self._sites.get(region) or self._sites.keep(region, Site(region))
        identity = (site.partition, *call[_IDENTITY])
        caller = self._callers.get(identity) or self._callers.keep(identity, self.make.caller(call), REMEMBERED_CALLERS)
        origin = self._origins.get(address) or self._origins.keep(address, self.make.origin(address))
        if self._is_loud:
            return self._loud(call, Pieces(caller, doing, tool, site, origin), time), *NO_TIME
        return self.put_together(caller, doing, tool, site, origin, time)

    def put_together(self, caller: Caller, doing: Doing, tool: Tool, site: Site, origin: Origin, time: float | None) -> Answer:
        """The answer to a call of these pieces, of a search that asks for verdicts; `time` in epoch seconds. Written to be quick: every new
        event comes here."""
        if origin.is_listed:
            return self._match(Pieces(caller, doing, tool, site, origin), time)
        if not self._wants_all:
            return _DROPPED
        (since, until), flags = ANY_TIME, _NO_FLAGS
        if time is not None and caller.is_judged and origin.is_address:
            action, agent, region = self._opinions_on(caller, doing, tool, site, time)
            since, until, action_flag, _, _ = action
            agent_since, agent_until, agent_flag, _, _ = agent
            region_since, region_until, region_flag, _, _ = region
            if agent_since > since:
                since = agent_since
            if region_since > since:
                since = region_since
            if agent_until < until:
                until = agent_until
            if region_until < until:
                until = region_until
            flags = action_flag, agent_flag, region_flag
        how, twins = self._hows.get(flags) or self._how(flags), origin.twins
        parts = (caller.cells, doing.cells, tool.cells, site.cells, origin.cells, how, _NO_RULING, twins, _NO_RULING_TWINS)
        return b"".join(parts), since, until

    def _opinions_on(self, caller: Caller, doing: Doing, tool: Tool, site: Site, time: float) -> tuple[Opinion, Opinion, Opinion]:
        """The opinions on a call that is judged."""
        opinions = caller.opinions
        value = doing.text
        action = opinions.actions.get(value)
        if action is None or not action[0] <= time < action[1]:
            action = opinions.actions[value] = self._ask(caller, ACTION, value, time)
        value = tool.judged
        agent = opinions.agents.get(value)
        if agent is None or not agent[0] <= time < agent[1]:
            agent = opinions.agents[value] = self._ask(caller, USER_AGENT, value, time)
        value = "" if doing.is_global else site.region
        region = opinions.regions.get(value)
        if region is None or not region[0] <= time < region[1]:
            region = opinions.regions[value] = self._ask(caller, REGION, value, time)
        return action, agent, region

    def _ask(self, caller: Caller, prop: str, value: str, time: float) -> Opinion:
        if len(self._asked) >= _REMEMBERED_OPINIONS:
            for opinions in self._asked:
                opinions.clear()
            self._asked.clear()
        self._asked.append(caller.opinions)
        if not value:
            return NO_OPINION
        return self._judge.baseline.judge(caller.opinions.answerers[prop], prop, value, time)

    def _how(self, flags: tuple[str, str, str]) -> bytes:
        count = str(flags.count(UNEXPECTED)) if any(flags) else ""
        written = self._hows[flags] = join_cells((*flags, count))
        return written

    def _find(self, pieces: Pieces, time: float | None) -> Finding:
        caller, doing, tool, site, origin = pieces
        opinions = _NO_OPINIONS
        if time is not None and caller.is_judged and origin.is_address:
            opinions = self._opinions_on(caller, doing, tool, site, time)
        behaviour = Behaviour(doing.action, tool.agent, site.region)
        return self._judge.rule(Finding(time, *caller.who, behaviour, origin.place, opinions))

    def _match(self, pieces: Pieces, time: float | None) -> Answer:
        """The answer to a call from a listed address."""
        finding = self._find(pieces, time)
        return self._write(finding, pieces) if self._is_wanted(finding) else None, *self._judge.span(finding)

    def _write(self, finding: Finding, pieces: Pieces) -> bytes:
        caller, doing, tool, site, origin = pieces
        action, agent, region = finding.opinions
        flags = action.flag, agent.flag, region.flag
        how = self._hows.get(flags) or self._how(flags)
        fields = ruling_fields(finding, self._judge.baseline)
        ruling, twins = join_cells(plain_cells(fields)), join_cells(twin_cells(fields))
        return b"".join((caller.cells, doing.cells, tool.cells, site.cells, origin.cells, how, ruling, origin.twins, twins))

    def _is_wanted(self, finding: Finding) -> bool:
        if self._levels:
            return finding.ruling is not None and finding.ruling.severity.name in self._levels
        return finding.is_match or not self._options.matches_only

    def _loud(self, call: Call, pieces: Pieces, time: float | None) -> bytes | None:
        """With what `explain` and `learn` add; the modules are loaded by the searches that ask for them."""
        finding = self._find(pieces, time)
        more: list[str] = []
        if self._options.explain:
            from callerintel.search.explain import explanation_of

            more.append(explanation_of(call, finding, self._judge.baseline))
        if self._options.learn:
            from callerintel.search.learning import lessons_of

            lessons = lessons_of(call, finding)
            if not lessons or time is None:
                return None
            more += [f"{time:.0f}", "\n".join(lessons), encode_values(lessons)]
        return self._write(finding, pieces) + join_cells(more) if self._is_wanted(finding) else None
