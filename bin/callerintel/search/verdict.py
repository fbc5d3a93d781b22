"""The verdict: a finding as the fields that a search sees.

In: a `Finding`. Out: a `Verdict`, text by text. It decides nothing.
"""

from __future__ import annotations

from datetime import datetime, timezone

from callerintel.search.baseline import Baseline
from callerintel.search.fields import Verdict
from callerintel.search.finding import Finding, Place
from callerintel.search.reason import sentence

_IN_AWS = {True: "true", False: "false", None: "unknown"}


def verdict_of(finding: Finding, baseline: Baseline) -> Verdict:
    """The verdict; `baseline` is asked only for what the reason shows as usual."""
    caller = finding.caller
    call_action, call_user_agent, call_region = finding.behaviour.shown
    action, user_agent, region = (opinion.flag if opinion else "" for opinion in finding.opinions)
    verdict = place_verdict(finding.place)._replace(
        caller=caller.name,
        caller_type=caller.type,
        caller_account=caller.account,
        call_action=call_action,
        call_user_agent=call_user_agent,
        call_region=call_region,
        unexpected_action=action,
        unexpected_user_agent=user_agent,
        unexpected_region=region,
        unexpected_count=str(finding.unexpected) if action or user_agent or region else "",
    )
    if not finding.place.known.entries:
        return verdict
    return _with_ruling(_with_entries(verdict, finding), finding, baseline)


def place_verdict(place: Place) -> Verdict:
    """What is said of a place alone, where no list has it."""
    label = place.known.aws
    return Verdict(
        source_address_type=place.source.type,
        aws_address=_IN_AWS[place.in_aws] if place.source.can_match else "",
        aws_address_service=label.services if label else (),
        aws_address_region=label.regions if label else (),
    )


def _with_ruling(verdict: Verdict, finding: Finding, baseline: Baseline) -> Verdict:
    if finding.ruling is None:
        return verdict._replace(suppressed_by=finding.allowed_by)
    severity = finding.ruling.severity
    return verdict._replace(
        severity=severity.name, severity_id=str(severity.id), severity_reason=sentence(finding, finding.ruling, baseline)
    )


def _with_entries(verdict: Verdict, finding: Finding) -> Verdict:
    """`verdict` with the entries that matched, one aligned value of each; a property that none of them has stays empty."""
    columns = [values if any(values) else () for values in zip(*finding.place.known.entries)]
    indicator, feed, category, confidence, description, first_seen, last_seen, _ = columns
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


def _iso(epoch_seconds: str) -> str:
    """A time for people; what is no time stays as it is."""
    try:
        return datetime.fromtimestamp(float(epoch_seconds), timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    except (ValueError, OverflowError, OSError):
        return epoch_seconds
