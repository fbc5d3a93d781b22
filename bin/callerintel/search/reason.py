"""Why, for people: the sentence behind a severity.

In: a finding and its ruling. Out: one line that begins with the rule's name, then says which lists have the address, where it is,
each unexpected value, and what would have been usual instead.
"""

from __future__ import annotations

from callerintel.address import address_text
from callerintel.search.baseline import DAY_SECONDS, LEARNING, PROPERTIES, UNEXPECTED, Baseline, Opinion
from callerintel.search.finding import Finding
from callerintel.search.severity import Ruling

_SHOWN_LISTS = 3
_SHOWN_CHARACTERS = 80


def sentence(finding: Finding, ruling: Ruling, baseline: Baseline) -> str:
    """The reason, e.g. `listed_one_unexpected: 203.0.113.9 is on tor_exits (tor); in AWS (EC2, eu-west-1); unexpected ...`."""
    parts = [f"{ruling.rule.name}: {_address(finding)} is on {_lists(finding)}", _where(finding)]
    unexpected = [
        _surprise(finding, prop, value, opinion, baseline)
        for prop, value, opinion in zip(PROPERTIES, finding.behaviour.judged, finding.opinions)
        if opinion.flag == UNEXPECTED
    ]
    parts += unexpected or [_calm(finding)]
    if ruling.is_capped:
        parts.append(f"kept at {ruling.severity.name} by max_severity of these lists")
    return "; ".join(parts)


def _address(finding: Finding) -> str:
    return "" if finding.place.source.number is None else address_text(finding.place.source.number)


def _lists(finding: Finding) -> str:
    lists = sorted(
        {f"{entry.feed} ({entry.category})" if entry.category else entry.feed for entry in finding.place.known.entries}
    )
    more = len(lists) - _SHOWN_LISTS
    return ", ".join(lists[:_SHOWN_LISTS]) + (f" and {more} more" if more > 0 else "")


def _where(finding: Finding) -> str:
    if finding.place.in_aws is None:
        return "AWS or not is unknown"
    label = finding.place.known.aws
    return "in AWS (" + ", ".join(label.services + label.regions) + ")" if label else "outside AWS"


def _calm(finding: Finding) -> str:
    flags = [opinion.flag for opinion in finding.opinions if opinion.flag]
    if LEARNING in flags:
        return "caller still learning"
    return "nothing unexpected" if flags else "not judged"


def _surprise(finding: Finding, prop: str, value: str, opinion: Opinion, baseline: Baseline) -> str:
    """One unexpected value: how new it is to whom, and what is usual there."""
    time = finding.time or 0.0
    since = baseline.since(opinion.record)
    days = int((time - since) // DAY_SECONDS) if since < time else 0
    whose = _whose(finding, opinion.record)
    name = f"{prop.replace('_', ' ')} {_cut(value)}"
    novelty = f"unexpected {name}, new to {whose}" + (f" in {days} days of record" if days > 0 else "")
    usual = baseline.usual_values(opinion.record, prop, time)
    return novelty + (f" (usual: {', '.join(map(_cut, usual))})" if usual else "")


def _whose(finding: Finding, record: str) -> str:
    if record == finding.caller.name:
        return "this caller"
    groups = finding.groups
    if record == groups.person:
        return "this person"
    if record == groups.siblings:
        return f"all roles like {record.rpartition(':')[2]}"
    return f"every {record.rpartition(':')[2]} of account {finding.caller.account} (the caller itself is too new to tell)"


def _cut(text: str) -> str:
    return text if len(text) <= _SHOWN_CHARACTERS else text[: _SHOWN_CHARACTERS - 3] + "..."
