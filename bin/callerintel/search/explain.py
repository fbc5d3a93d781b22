"""Every step behind a verdict, as one JSON object: `| maliciouscaller explain=true`.

In: a call and the `Finding` on it. Out: the text of the field `explanation`. For the analyst who asks why, and for whoever debugs a baseline: it holds what
was looked up, what was found, and which rule decided. Its keys may grow; it is no contract for searches.
"""

from __future__ import annotations

import json
from typing import Any

from callerintel.address import address_text
from callerintel.search.baseline import PROPERTIES, Baseline, Opinion, baseline_key
from callerintel.search.cloudtrail import Call
from callerintel.search.finding import Finding
from callerintel.search.learning import lessons_of, was_denied
from callerintel.search.severity import RULES


def explanation_of(call: Call, finding: Finding, baseline: Baseline) -> str:
    """The JSON text, on one line, keys in a fixed order."""
    steps: dict[str, Any] = {
        "caller": finding.caller._asdict(),
        "groups": {name: value for name, value in finding.groups._asdict().items() if value},
        "time": finding.time,
        "source_address": _source(call, finding),
        "lists": [entry._asdict() for entry in finding.place.known.entries],
        "baseline": [
            _property(finding, prop, value, opinion, baseline)
            for prop, value, opinion in zip(PROPERTIES, finding.behaviour.shown, finding.opinions)
        ],
        "unexpected_count": finding.unexpected,
        "allowed_by": list(finding.allowed_by),
        "rules": _rules(finding),
        "denied": was_denied(call),
        "teaches": lessons_of(call, finding),
    }
    return json.dumps(steps, ensure_ascii=False, separators=(",", ":"))


def _source(call: Call, finding: Finding) -> dict[str, Any]:
    number, label = finding.place.source.number, finding.place.known.aws
    return {
        "text": call.source_address,
        "type": finding.place.source.type,
        "looked_up": address_text(number) if number is not None and finding.place.source.can_match else None,
        "in_aws": finding.place.in_aws,
        "aws": {"services": label.services, "regions": label.regions} if label else None,
    }


def _property(finding: Finding, prop: str, value: str, opinion: Opinion, baseline: Baseline) -> dict[str, Any]:
    if not opinion.flag:
        return {"property": prop, "value": value, "flag": None}
    answer: dict[str, Any] = {"property": prop, "value": value, "flag": opinion.flag, "record": opinion.record or None}
    if opinion.record:
        answer.update(
            key=baseline_key(opinion.record, prop, value),
            record_since=baseline.since(opinion.record),
            known_since=opinion.known_since,
            usual=baseline.usual_values(opinion.record, prop, finding.time or 0.0),
        )
    return answer


def _rules(finding: Finding) -> list[dict[str, Any]]:
    """The rows of the severity table that hold, and which of them decided; none without a match."""
    if not finding.place.known.entries:
        return []
    decided = finding.ruling.rule.name if finding.ruling else None
    severity = finding.ruling.severity.name if finding.ruling else None
    return [
        {
            "rule": rule.name,
            "severity": rule.severity.name,
            "decided": rule.name == decided,
            "severity_after_caps": severity if rule.name == decided else None,
        }
        for rule in RULES
        if rule.holds(finding.place.in_aws, finding.unexpected)
    ]
