"""The finding: everything that is known of one call and what follows from it, before it is put into words or fields.

In: a `Call` and its time. Out: a `Finding`, from the call and the lookups alone; nothing here knows Splunk or chunks. The order of
the questions: who called, what was done, from where, what is known of that address, was it unusual, is it allowed, how bad is it.
"""

from __future__ import annotations

from typing import NamedTuple

from callerintel.lookups import AWS_IP_RANGES, CALLER_ALLOWLIST, CALLER_BASELINE, MALICIOUS_IPS
from callerintel.search.allowlist import Allowlist
from callerintel.search.baseline import PROPERTIES, UNEXPECTED, Baseline, Opinion
from callerintel.search.behaviour import Behaviour, Behaviours
from callerintel.search.caller import Caller, find_caller
from callerintel.search.caller_groups import Groups, find_groups
from callerintel.search.cloudtrail import Call
from callerintel.search.intel import Intel, Knowledge
from callerintel.search.severity import Ruling, find_ruling
from callerintel.search.source_address import SourceAddress, find_source_address

_NOTHING_KNOWN = Knowledge((), None)
_REMEMBERED = 50_000
_ANY_TIME, NO_TIME = (float("-inf"), float("inf")), (float("inf"), float("inf"))
# The fields of Call that say who called; of the region only the partition counts, which its first letters tell.
_IDENTITY = slice(Call._fields.index("identity_type"), Call._fields.index("event_time"))
_NOT_JUDGED: tuple[Opinion | None, ...] = (None, None, None)

_COST = {
    MALICIOUS_IPS.name: "no event can match a threat list. Enable a feed under Settings > Data inputs > Threat intelligence feed",
    AWS_IP_RANGES.name: "aws_address is unknown, and no match is raised to high for lying outside AWS. Enable the feed aws_ip_ranges",
    CALLER_BASELINE.name: "every caller is learning, so no call counts as unexpected. Let the baseline search run",
    CALLER_ALLOWLIST.name: "nothing is allowed, so no severity is suppressed",
}


class Place(NamedTuple):
    """Where a call came from and what is known of it. `in_aws`: None where it is unknown or there is no public address."""

    source: SourceAddress
    known: Knowledge
    in_aws: bool | None


class Finding(NamedTuple):
    """All that is known of one call.

    `time`: UTC epoch seconds, None where the event has none. `opinions`: one for each of `baseline.PROPERTIES`, None where that
    is not judged. `allowed_by`: who allowed a match, and then there is no `ruling`; nor is there one without a match.
    """

    call: Call
    time: float | None
    caller: Caller
    groups: Groups
    behaviour: Behaviour
    place: Place
    opinions: tuple[Opinion | None, ...]
    allowed_by: tuple[str, ...] = ()
    ruling: Ruling | None = None

    @property
    def is_match(self) -> bool:
        """Whether the source address is on a list."""
        return bool(self.place.known.entries)

    @property
    def unexpected(self) -> int:
        """How many of the three properties are unexpected."""
        return sum(opinion is not None and opinion.flag == UNEXPECTED for opinion in self.opinions)


class Judge:
    """Judges calls by the lookups that it opens; make one for a search.

    `learning_days` and `settle_days` are the baseline's; see `baseline`. What a search has few of (callers, places, behaviours) is
    worked out once and remembered; none of that depends on time.
    """

    def __init__(self, learning_days: float, settle_days: float) -> None:
        self._intel = Intel()
        self.baseline = Baseline(learning_days, settle_days)
        self._allowlist = Allowlist()
        self._behaviours = Behaviours()
        self._callers: dict[tuple[str, ...], tuple[Caller, Groups]] = {}
        self._places: dict[str, Place] = {}

    def messages(self) -> list[str]:
        """A sentence for each lookup that cannot do its part: what is wrong and what that costs. May grow later."""
        problems = dict(self._intel.problems)
        problems[CALLER_BASELINE.name] = self.baseline.problem
        problems[CALLER_ALLOWLIST.name] = self._allowlist.problem
        sentences = [f"The lookup {name} {problem}: {_COST[name]}." for name, problem in problems.items() if problem]
        return sentences + [sentence for sentence in (self._allowlist.message,) if sentence]

    def examine(self, call: Call, time: float | None) -> Finding:
        """The finding on `call`, made at `time` (UTC epoch seconds; None where the event has no time)."""
        caller, groups = self._caller(call)
        behaviour = self._behaviours.find(call)
        place = self._place(call.source_address)
        opinions = self._opinions(caller, groups, behaviour, place.source, time)
        finding = Finding(call, time, caller, groups, behaviour, place, opinions)
        number, entries = place.source.number, place.known.entries
        if number is None or not entries:
            return finding
        allowed = self._allowlist.suppressed_by(number, caller.name, caller.account, entries, time)
        if allowed:
            return finding._replace(allowed_by=allowed)
        return finding._replace(ruling=find_ruling(place.in_aws, finding.unexpected, (entry.max_severity for entry in entries)))

    def span(self, finding: Finding) -> tuple[float, float]:
        """The times, from and until before, for which the finding on the same call says the same; (inf, inf) for none.

        What people are told of an unexpected value counts days, so a match with one is good for its own time only.
        """
        if finding.time is None or (finding.is_match and finding.unexpected):
            return NO_TIME
        since, until = self._allowlist.span(finding.time) if finding.is_match else _ANY_TIME
        for opinion in finding.opinions:
            if opinion is not None:
                since, until = max(since, opinion.valid_from), min(until, opinion.valid_until)
        return since, until

    def _caller(self, call: Call) -> tuple[Caller, Groups]:
        identity = (call.region[:7], call.recipient_account, *call[_IDENTITY])
        found = self._callers.get(identity)
        if found is None:
            if len(self._callers) >= _REMEMBERED:
                self._callers.clear()
            caller = find_caller(call)
            found = self._callers[identity] = caller, find_groups(caller)
        return found

    def _place(self, text: str) -> Place:
        place = self._places.get(text)
        if place is None:
            if len(self._places) >= _REMEMBERED:
                self._places.clear()
            place = self._places[text] = self._find_place(text)
        return place

    def _find_place(self, text: str) -> Place:
        source = find_source_address(text)
        if source.number is None or not source.can_match:
            return Place(source, _NOTHING_KNOWN, None)
        known = self._intel.look_up(source.number)
        return Place(source, known, known.aws is not None if self._intel.has_aws_ranges else None)

    def _opinions(
        self, caller: Caller, groups: Groups, behaviour: Behaviour, source: SourceAddress, time: float | None
    ) -> tuple[Opinion | None, ...]:
        """Only a call with an address, a caller and a time is judged, and not what a service does by itself."""
        if source.number is None or not caller.name or caller.type == "AWSService" or time is None:
            return _NOT_JUDGED
        return tuple(
            self.baseline.judge(caller.name, groups, prop, value, time) if value else None
            for prop, value in zip(PROPERTIES, behaviour.judged)
        )
