"""What an analyst wants to see of many annotated events: callers by severity, most severe first.

In: the fields of annotated events. Out: a Finding for each caller with matches, at its highest severity; the same for what the
allowlist suppresses; counts. It knows the command's fields, and nothing of terminals.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from callerintel.search.cloudtrail import parse_time
from callerintel.search.severity import LEVELS
from demo.annotate import Fields, many, one

SUPPRESSED = "suppressed"
_RANK = {SUPPRESSED: 0, **{level.name: level.id for level in LEVELS}}


@dataclass
class Finding:
    """One caller's matches. `severity`, `reason`: of the worst event (the most unexpected one, then the first);
    `suppressed_by`: the allowlist rows that cover them; `first`, `last`: epoch seconds, None where no event has a time;
    `worst`: the worst event's severity_id and unexpected_count."""

    caller: str
    severity: str = SUPPRESSED
    reason: str = ""
    events: Counter[str] = field(default_factory=Counter)
    addresses: Counter[str] = field(default_factory=Counter)
    lists: Counter[str] = field(default_factory=Counter)
    suppressed_by: Counter[str] = field(default_factory=Counter)
    first: float | None = None
    last: float | None = None
    worst: tuple[int, int] = (-1, -1)

    def add(self, fields: Fields, severity: str) -> None:
        """Count one event that matched."""
        self.events[severity] += 1
        self.addresses[one(fields, "sourceIPAddress")] += 1
        self.lists.update(dict.fromkeys(many(fields, "intel_feed"), 1))
        self.suppressed_by.update(dict.fromkeys(many(fields, "suppressed_by"), 1))
        time = parse_time(one(fields, "eventTime"))
        if time is not None:
            self.first = time if self.first is None else min(self.first, time)
            self.last = time if self.last is None else max(self.last, time)
        unexpected = one(fields, "unexpected_count")
        rank = (_RANK.get(severity, 0), int(unexpected) if unexpected.isdigit() else 0)
        if rank > self.worst:
            self.worst, self.severity, self.reason = rank, severity, one(fields, "severity_reason")


class Findings:
    """Takes annotated events; `events`, `judged`, `matched` and `by_severity` count them."""

    def __init__(self) -> None:
        self.events = 0
        self.judged = 0
        self.matched = 0
        self.by_severity: Counter[str] = Counter()
        self._open: dict[str, Finding] = {}
        self._suppressed: dict[str, Finding] = {}

    def take(self, fields: Fields) -> None:
        """Count one event."""
        self.events += 1
        self.judged += bool(one(fields, "unexpected_count"))
        if not one(fields, "intel_match"):
            return
        self.matched += 1
        severity = one(fields, "severity") or SUPPRESSED
        self.by_severity[severity] += 1
        caller = one(fields, "caller")
        group = self._suppressed if severity == SUPPRESSED else self._open
        group.setdefault(caller, Finding(caller)).add(fields, severity)

    @property
    def open(self) -> list[Finding]:
        """The callers with a severity, most severe first, then by what was unexpected, how often, and by name."""
        return sorted(self._open.values(), key=lambda it: (-it.worst[0], -it.worst[1], -it.events[it.severity], it.caller))

    @property
    def suppressed(self) -> list[Finding]:
        """The callers with matches that the allowlist covers."""
        return sorted(self._suppressed.values(), key=lambda it: (-it.events[SUPPRESSED], it.caller))
