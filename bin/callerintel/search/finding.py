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
_NOT_JUDGED: tuple[Opinion | None, ...] = (None, None, None)

_COST = {
    MALICIOUS_IPS.name: "no event can match a threat list. Enable a feed under Settings > Data inputs > Threat intelligence feeds",
    AWS_IP_RANGES.name: "aws_address is unknown, and no match is raised to high for lying outside AWS. Enable the feed aws_ip_ranges",
    CALLER_BASELINE.name: "every caller is learning, so no call counts as unexpected. Let the baseline search run",
    CALLER_ALLOWLIST.name: "nothing is allowed, so no severity is suppressed",
}


class Finding(NamedTuple):
    """All that is known of one call.

    `time`: UTC epoch seconds, None where the event has none. `in_aws`: None where it is unknown or there is no public address.
    `opinions`: one for each of `baseline.PROPERTIES`, None where that is not judged. `allowed_by`: who allowed a match, and then
    there is no `ruling`; nor is there one without a match.
    """

    call: Call
    time: float | None
    caller: Caller
    groups: Groups
    behaviour: Behaviour
    source: SourceAddress
    known: Knowledge
    in_aws: bool | None
    opinions: tuple[Opinion | None, ...]
    allowed_by: tuple[str, ...]
    ruling: Ruling | None

    @property
    def unexpected(self) -> int:
        """How many of the three properties are unexpected."""
        return sum(opinion is not None and opinion.flag == UNEXPECTED for opinion in self.opinions)


class Judge:
    """Judges calls by the lookups that it opens; make one for a search.

    `learning_days` and `settle_days` are the baseline's; see `baseline`.
    """

    def __init__(self, learning_days: float, settle_days: float) -> None:
        self._intel = Intel()
        self.baseline = Baseline(learning_days, settle_days)
        self._allowlist = Allowlist()
        self._behaviours = Behaviours()

    def messages(self) -> list[str]:
        """A sentence for each lookup that cannot do its part: what is wrong and what that costs. May grow later."""
        problems = dict(self._intel.problems)
        problems[CALLER_BASELINE.name] = self.baseline.problem
        problems[CALLER_ALLOWLIST.name] = self._allowlist.problem
        sentences = [f"The lookup {name} {problem}: {_COST[name]}." for name, problem in problems.items() if problem]
        return sentences + [sentence for sentence in (self._allowlist.message,) if sentence]

    def examine(self, call: Call, time: float | None) -> Finding:
        """The finding on `call`, made at `time` (UTC epoch seconds; None where the event has no time)."""
        caller = find_caller(call)
        groups = find_groups(caller)
        behaviour = self._behaviours.find(call)
        source = find_source_address(call.source_address)
        known, in_aws = _NOTHING_KNOWN, None
        if source.number is not None and source.can_match:
            known = self._intel.look_up(source.number)
            in_aws = known.aws is not None if self._intel.has_aws_ranges else None
        opinions = self._opinions(caller, groups, behaviour, source, time)
        finding = Finding(call, time, caller, groups, behaviour, source, known, in_aws, opinions, (), None)
        if source.number is None or not known.entries:
            return finding
        allowed = self._allowlist.suppressed_by(source.number, caller.name, caller.account, known.entries, time)
        if allowed:
            return finding._replace(allowed_by=allowed)
        return finding._replace(ruling=find_ruling(in_aws, finding.unexpected, (entry.max_severity for entry in known.entries)))

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
