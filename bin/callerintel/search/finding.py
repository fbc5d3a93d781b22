"""The finding: everything that is known of one call and what follows from it, before it is put into words or fields.

In: what a call says of its caller and its source; the `Finding` so far. Out: the parts of a `Finding`, from the call and the lookups alone;
nothing here knows Splunk or chunks. The order of the questions: who called, what was done, from where, what is known of that
address, was it unusual, is it allowed, how bad is it.
"""

from __future__ import annotations

import os
from typing import NamedTuple

from callerintel.lookups import AWS_IP_RANGES, CALLER_ALLOWLIST, CALLER_BASELINE, MALICIOUS_IPS
from callerintel.search.allowlist import Allowlist
from callerintel.search.baseline import PROPERTIES, UNEXPECTED, Baseline, Opinion
from callerintel.search.behaviour import Behaviour
from callerintel.search.caller import Caller, find_caller
from callerintel.search.caller_groups import Groups, find_groups
from callerintel.search.cloudtrail import Call
from callerintel.search.intel import NOTHING, Intel, Knowledge
from callerintel.search.severity import Ruling, find_ruling
from callerintel.search.source_address import SourceAddress

ANY_TIME, NO_TIME = (float("-inf"), float("inf")), (float("inf"), float("inf"))

Opinions = tuple[Opinion, Opinion, Opinion]

_COST = {
    MALICIOUS_IPS.name: "no event can match a threat list. Enable a feed under Settings > Data inputs > Threat intelligence feed",
    AWS_IP_RANGES.name: "aws_address is unknown, and no match is raised to high for lying outside AWS. Enable the feed aws_ip_ranges",
    CALLER_BASELINE.name: "every caller is learning, so no call counts as unexpected. Let the baseline search run",
    CALLER_ALLOWLIST.name: "nothing is allowed, so no severity is suppressed",
}
_CHANGED = "was written over in its place while this search read it: some of its answers may be of neither version. Run the search again."


class Who(NamedTuple):
    """Who called, and who else can speak for them."""

    caller: Caller
    groups: Groups


class Place(NamedTuple):
    """Where a call came from and what is known of it. `in_aws`: None where it is unknown or there is no public address."""

    source: SourceAddress
    known: Knowledge
    in_aws: bool | None


class Finding(NamedTuple):
    """All that is known of one call.

    `time`: UTC epoch seconds, None where the event has none. `opinions`: one for each of `baseline.PROPERTIES`, NO_OPINION where that
    is not judged. `allowed_by`: who allowed a match, and then there is no `ruling`; nor is there one without a match.
    """

    time: float | None
    caller: Caller
    groups: Groups
    behaviour: Behaviour
    place: Place
    opinions: Opinions
    allowed_by: tuple[str, ...] = ()
    ruling: Ruling | None = None

    @property
    def is_match(self) -> bool:
        """Whether the source address is on a list."""
        return bool(self.place.known.entries)

    @property
    def unexpected(self) -> int:
        """How many of the three properties are unexpected."""
        return sum(opinion.flag == UNEXPECTED for opinion in self.opinions)


class Judge:
    """Judges calls by the lookups that it opens; make one for a search.

    `learning_days` and `settle_days` are the baseline's; see `baseline`. Who and where do not depend on time, nor on each other:
    `answer` asks once for each and remembers.
    """

    def __init__(self, learning_days: float, settle_days: float) -> None:
        self._intel = Intel()
        self.baseline = Baseline(learning_days, settle_days)
        self._allowlist = Allowlist()

    def messages(self) -> list[str]:
        """A sentence for each lookup that cannot do its part: what is wrong and what that costs. May grow later."""
        problems = dict(self._intel.problems)
        problems[CALLER_BASELINE.name] = self.baseline.problem
        problems[CALLER_ALLOWLIST.name] = self._allowlist.problem
        sentences = [f"The lookup {name} {problem}: {_COST[name]}." for name, problem in problems.items() if problem]
        changed = [lookup for lookup in (*self._intel.opened, *self.baseline.opened) if lookup.was_changed]
        sentences += [f"The lookup {os.path.basename(lookup.path)} {_CHANGED}" for lookup in changed]
        return sentences + [sentence for sentence in (self._allowlist.message,) if sentence]

    def who(self, call: Call) -> Who:
        """Who made a call."""
        caller = find_caller(call)
        return Who(caller, find_groups(caller))

    def known_of(self, source: SourceAddress) -> tuple[Knowledge, bool | None]:
        """What is known of an address, and whether it is in AWS: None where that is unknown or it is no public address."""
        if source.number is None or not source.can_match:
            return NOTHING, None
        known = self._intel.look_up(source.number)
        return known, known.aws is not None if self._intel.has_aws_ranges else None

    def rule(self, finding: Finding) -> Finding:
        """The finding with its ruling, or with who allowed it; as it is where there is no match."""
        where, caller = finding.place, finding.caller
        number, entries = where.source.number, where.known.entries
        if number is None or not entries:
            return finding
        allowed = self._allowlist.suppressed_by(number, caller.name, caller.account, entries, finding.time)
        if allowed:
            return finding._replace(allowed_by=allowed)
        return finding._replace(ruling=find_ruling(where.in_aws, finding.unexpected, (entry.max_severity for entry in entries)))

    def span(self, finding: Finding) -> tuple[float, float]:
        """The times, from and until before, for which the finding on the same call says the same; (inf, inf) for none.

        What people are told of an unexpected value counts days, and names what is usual by then.
        """
        if finding.time is None:
            return NO_TIME
        since, until = self._allowlist.span(finding.time) if finding.is_match else ANY_TIME
        for prop, opinion in zip(PROPERTIES, finding.opinions):
            since, until = max(since, opinion.valid_from), min(until, opinion.valid_until)
            if finding.is_match and opinion.flag == UNEXPECTED:
                told_from, told_until = self.baseline.told_span(opinion.record, prop, finding.time)
                since, until = max(since, told_from), min(until, told_until)
        return since, until
