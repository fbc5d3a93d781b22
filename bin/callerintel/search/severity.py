"""How bad it is: the severity table, and nothing else.

In: that the address is listed (else there is no severity), whether it is AWS's, and how many of action, user agent and region
were unexpected. Out: the rule that holds. The highest severity wins; of two rules of one severity the later row does. AWS ranges that are
missing never raise anything: what is unknown is not outside.
"""

from __future__ import annotations

from typing import Callable, NamedTuple


class Severity(NamedTuple):
    """A level; `id` is what Splunk's `alert.severity` calls it (2 info, 3 warn, 5 severe) [platform 6]."""

    name: str
    id: int


INFORMATIONAL, LOW, HIGH = Severity("informational", 2), Severity("low", 3), Severity("high", 5)
LEVELS = (INFORMATIONAL, LOW, HIGH)


class Rule(NamedTuple):
    """A row of the table. `holds` is asked with (in_aws, unexpected); `in_aws` is None where it is unknown."""

    name: str
    severity: Severity
    holds: Callable[[bool | None, int], bool]


# The table of DEVELOPERS.md and README.md, row by row, each row's severity not below the one before.
RULES: tuple[Rule, ...] = (
    Rule("listed", INFORMATIONAL, lambda in_aws, unexpected: True),
    Rule("listed_one_unexpected", LOW, lambda in_aws, unexpected: unexpected >= 1),
    Rule("listed_outside_aws", HIGH, lambda in_aws, unexpected: in_aws is False),
    Rule("listed_several_unexpected", HIGH, lambda in_aws, unexpected: unexpected >= 2),
)


def find_rule(in_aws: bool | None, unexpected: int) -> Rule:
    """The rule that decides for a listed address; the first one always holds."""
    return next(rule for rule in reversed(RULES) if rule.holds(in_aws, unexpected))
