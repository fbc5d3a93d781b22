"""How bad it is: the severity table, and nothing else.

In: that the address is listed (else there is no severity), whether it is AWS's, how many of action, user agent and region were
unexpected, and how far the lists that have it may go. Out: a `Ruling`. The highest severity wins; of two rules of one severity the
later row does. AWS ranges that are missing never raise anything: what is unknown is not outside.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple


class Severity(NamedTuple):
    """A level; `id` is what Splunk's `alert.severity` calls it (2 info, 3 warn, 5 severe) [platform 6]."""

    name: str
    id: int


INFORMATIONAL, LOW, HIGH = Severity("informational", 2), Severity("low", 3), Severity("high", 5)
LEVELS = (INFORMATIONAL, LOW, HIGH)
_BY_NAME = {level.name: level for level in LEVELS}


class Rule(NamedTuple):
    """A row of the table. `holds` is asked with (in_aws, unexpected); `in_aws` is None where it is unknown."""

    name: str
    severity: Severity
    holds: Callable[[bool | None, int], bool]


# The table of README.md, row by row, each row's severity not below the one before.
RULES: tuple[Rule, ...] = (
    Rule("listed", INFORMATIONAL, lambda in_aws, unexpected: True),
    Rule("listed_one_unexpected", LOW, lambda in_aws, unexpected: unexpected >= 1),
    Rule("listed_outside_aws", HIGH, lambda in_aws, unexpected: in_aws is False),
    Rule("listed_several_unexpected", HIGH, lambda in_aws, unexpected: unexpected >= 2),
)


class Ruling(NamedTuple):
    """The rule that decides, and the severity, which a feed's `max_severity` may have kept below the rule's."""

    rule: Rule
    severity: Severity

    @property
    def is_capped(self) -> bool:
        """Whether the severity is not the rule's own."""
        return self.severity != self.rule.severity


def find_ruling(in_aws: bool | None, unexpected: int, caps: Iterable[str]) -> Ruling:
    """The ruling on a listed address.

    `caps`: the `max_severity` of each entry that matched, "" where its feed sets none. The highest counts: a list that may
    go further is not held back by one that may not. A cap that is no level is none.
    """
    rule = next(rule for rule in reversed(RULES) if rule.holds(in_aws, unexpected))
    cap = max((_BY_NAME.get(name, HIGH) for name in caps), key=lambda level: level.id, default=HIGH)
    return Ruling(rule, min(rule.severity, cap, key=lambda level: level.id))
