"""The verdict: everything that is said of one call, from the call and the lookups alone.

In: a `Call` and its time. Out: a `Verdict`. Knows nothing of Splunk, files or chunks. The order of the questions: who called,
what was called, from where, what is known of that address, was it unusual, is it allowed, how bad is it.
"""

from __future__ import annotations

import re
from datetime import datetime, timezone
from typing import NamedTuple

from callerintel.address import address_text
from callerintel.lookups import AWS_IP_RANGES, CALLER_ALLOWLIST, CALLER_BASELINE, MALICIOUS_IPS
from callerintel.search import baseline as usual
from callerintel.search import user_agent
from callerintel.search.allowlist import Allowlist
from callerintel.search.baseline import Baseline
from callerintel.search.caller import Caller, find_caller
from callerintel.search.cloudtrail import Call
from callerintel.search.fields import Verdict
from callerintel.search.intel import AwsLabel, Entry, Intel, Knowledge
from callerintel.search.severity import find_rule
from callerintel.search.source_address import SourceAddress, find_source_address

# Recorded in us-east-1, or in whichever region was near, wherever the caller is [cloudtrail 6].
_GLOBAL_SERVICES = frozenset(("iam", "organizations", "cloudfront", "route53", "route53domains", "support", "health", "signin"))
# AWS numbers some names: UpdateFunctionCode20150331v2, CreateFunction2020_05_31 [cloudtrail 0.10].
_version_suffix = re.compile(r"(?:\d{8}|\d{4}_\d{2}_\d{2})(?:v\d)?\Z")
_service_suffix = re.compile(r"\.amazonaws\.com(?:\.cn)?\Z")
_REMEMBERED_AGENTS = 20_000

_COST = {
    MALICIOUS_IPS.name: "no event can match a threat list. Enable a feed under Settings > Data inputs > Threat intelligence feeds",
    AWS_IP_RANGES.name: "aws_address is unknown, and no match is raised to high for lying outside AWS. Enable the feed aws_ip_ranges",
    CALLER_BASELINE.name: "every caller is learning, so no call counts as unexpected. Let the baseline search run",
    CALLER_ALLOWLIST.name: "nothing is allowed, so no severity is suppressed",
}


class _What(NamedTuple):
    """What was called, as it is judged and learned: `service` without its domain, and the three properties."""

    service: str
    action: str
    user_agent: str
    region: str


class _Flags(NamedTuple):
    action: str = ""
    user_agent: str = ""
    region: str = ""


class Judge:
    """Judges calls by the lookups that it opens; make one for a search.

    `learning_days` and `settle_days` are the baseline's; see `baseline`.
    """

    def __init__(self, learning_days: float, settle_days: float) -> None:
        self._intel = Intel()
        self._baseline = Baseline(learning_days, settle_days)
        self._allowlist = Allowlist()
        self._families: dict[str, str] = {}

    def messages(self) -> list[str]:
        """A sentence for each lookup that cannot do its part: what is wrong and what that costs. May grow later."""
        problems = dict(self._intel.problems)
        problems[CALLER_BASELINE.name] = self._baseline.problem
        problems[CALLER_ALLOWLIST.name] = self._allowlist.problem
        sentences = [f"The lookup {name} {problem}: {_COST[name]}." for name, problem in problems.items() if problem]
        return sentences + [sentence for sentence in (self._allowlist.message,) if sentence]

    def judge(self, call: Call, time: float | None) -> Verdict:
        """The verdict on `call`, made at `time` (UTC epoch seconds; None where the event has no time)."""
        caller = find_caller(call)
        what = self._what(call)
        source = find_source_address(call.source_address)
        known = Knowledge((), None)
        if source.number is not None and source.can_match:
            known = self._intel.look_up(source.number)
        flags = self._flags(caller, what, source, time)
        unexpected = flags.count(usual.UNEXPECTED)
        in_aws = self._in_aws(source, known)
        verdict = Verdict(
            caller=caller.name,
            caller_type=caller.type,
            caller_account=caller.account,
            call_action=what.action,
            call_user_agent=what.user_agent,
            call_region=what.region,
            source_address_type=source.type,
            aws_address=_aws_text(source, in_aws),
            aws_address_service=known.aws.services if known.aws else (),
            aws_address_region=known.aws.regions if known.aws else (),
            unexpected_action=flags.action,
            unexpected_user_agent=flags.user_agent,
            unexpected_region=flags.region,
            unexpected_count=str(unexpected) if any(flags) else "",
        )
        if not known.entries or source.number is None:
            return verdict
        verdict = _with_entries(verdict, known.entries)
        allowed = self._allowlist.suppressed_by(source.number, caller.name, caller.account, known.entries, time)
        if allowed:
            return verdict._replace(suppressed_by=allowed)
        rule = find_rule(in_aws, unexpected)
        return verdict._replace(
            severity=rule.severity.name,
            severity_id=str(rule.severity.id),
            severity_reason=f"{rule.name}: " + _sentence(source.number, known, in_aws, what, flags),
        )

    def _what(self, call: Call) -> _What:
        service = _service_suffix.sub("", call.event_source)
        name = _version_suffix.sub("", call.event_name)
        family = self._families.get(call.user_agent)
        if family is None:
            if len(self._families) >= _REMEMBERED_AGENTS:
                self._families.clear()
            family = self._families[call.user_agent] = user_agent.find_family(call.user_agent)
        return _What(service, f"{service}:{name}" if service and name else name, family, call.region)

    def _flags(self, caller: Caller, what: _What, source: SourceAddress, time: float | None) -> _Flags:
        """Only a call with an address, a caller and a time is judged, and of it only what says anything of the caller."""
        if source.number is None or not caller.name or caller.type == "AWSService" or time is None:
            return _Flags()

        def flag(prop: str, value: str, is_judged: bool) -> str:
            return self._baseline.judge(caller.name, prop, value, time) if value and is_judged else ""

        return _Flags(
            flag(usual.ACTION, what.action, True),
            flag(usual.USER_AGENT, what.user_agent, user_agent.is_judged(what.user_agent)),
            flag(usual.REGION, what.region, what.service not in _GLOBAL_SERVICES),
        )

    def _in_aws(self, source: SourceAddress, known: Knowledge) -> bool | None:
        if not source.can_match or not self._intel.has_aws_ranges:
            return None
        return known.aws is not None


def _aws_text(source: SourceAddress, in_aws: bool | None) -> str:
    if not source.can_match:
        return ""
    return {True: "true", False: "false", None: "unknown"}[in_aws]


def _iso(epoch_seconds: str) -> str:
    """A time for people; what is no time stays as it is."""
    try:
        return datetime.fromtimestamp(float(epoch_seconds), timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    except (ValueError, OverflowError, OSError):
        return epoch_seconds


def _with_entries(verdict: Verdict, entries: tuple[Entry, ...]) -> Verdict:
    """`verdict` with the entries that matched, one aligned value of each; a property that none of them has stays empty."""
    columns = [values if any(values) else () for values in zip(*entries)]
    indicator, feed, category, confidence, description, first_seen, last_seen = columns
    return verdict._replace(
        intel_match="true",
        intel_indicator=indicator,
        intel_feed=feed,
        intel_category=category,
        intel_confidence=confidence,
        intel_description=description,
        intel_first_seen=tuple(map(_iso, first_seen)),
        intel_last_seen=tuple(map(_iso, last_seen)),
    )


def _sentence(number: int, known: Knowledge, in_aws: bool | None, what: _What, flags: _Flags) -> str:
    """Why, for people: the lists, AWS or not, and each unexpected value."""
    lists = sorted({f"{entry.feed} ({entry.category})" if entry.category else entry.feed for entry in known.entries})
    shown = ", ".join(lists[:3]) + (f" and {len(lists) - 3} more" if len(lists) > 3 else "")
    parts = [f"{address_text(number)} is on {shown}", _where(in_aws, known.aws)]
    values = (what.action, what.user_agent, what.region)
    names = [prop.replace("_", " ") for prop in usual.PROPERTIES]
    unexpected = [f"{name} {value}" for name, value, flag in zip(names, values, flags) if flag == usual.UNEXPECTED]
    if unexpected:
        parts.append("unexpected " + ", ".join(unexpected))
    elif usual.LEARNING in flags:
        parts.append("caller still learning")
    elif any(flags):
        parts.append("nothing unexpected")
    else:
        parts.append("not judged")
    return "; ".join(parts)


def _where(in_aws: bool | None, label: AwsLabel | None) -> str:
    if in_aws is None:
        return "AWS or not is unknown"
    if label is None:
        return "outside AWS"
    return "in AWS (" + ", ".join(label.services + label.regions) + ")"
