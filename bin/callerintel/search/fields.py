"""The fields that the command adds to every event, and how they are written into a cell.

The names are a public contract: alerts, dashboards and the baseline's searches use them. They are defined here once, as
the parts of `Verdict`; README, searchbnf.conf and the dashboards are compared with them by a test.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

Values = tuple[str, ...]


class Verdict(NamedTuple):
    """All that is said of one event; "" or () where nothing is known. A tuple is a multivalue field.

    The `intel_*` tuples are aligned: the first of each belongs to the first list entry that matched, and so on.
    """

    caller: str = ""
    caller_type: str = ""
    caller_account: str = ""
    call_action: str = ""
    call_user_agent: str = ""
    call_region: str = ""
    source_address_type: str = ""
    intel_match: str = ""
    intel_indicator: Values = ()
    intel_feed: Values = ()
    intel_category: Values = ()
    intel_confidence: Values = ()
    intel_description: Values = ()
    intel_first_seen: Values = ()
    intel_last_seen: Values = ()
    aws_address: str = ""
    aws_address_service: Values = ()
    aws_address_region: Values = ()
    unexpected_action: str = ""
    unexpected_user_agent: str = ""
    unexpected_region: str = ""
    unexpected_count: str = ""
    severity: str = ""
    severity_id: str = ""
    severity_reason: str = ""
    suppressed_by: Values = ()


# Beside the verdict, only where a search asks for them: `explain=true`; `learn=true`.
EXPLANATION, LEARN_TIME, LEARNS = "explanation", "learn_time", "learns"

FIELDS: tuple[str, ...] = Verdict._fields
_EMPTY = Verdict()
MULTIVALUE: tuple[str, ...] = tuple(name for name in FIELDS if isinstance(getattr(_EMPTY, name), tuple))
_MULTIVALUE_AT = tuple(FIELDS.index(name) for name in MULTIVALUE)


def field_columns(prefix: str) -> tuple[str, ...]:
    """The columns of our fields in a reply: all fields, then the `__mv_` twin of those that can hold several values.

    splunkd takes columns in any order, and a field without its twin where it has one value [platform 1.6].
    """
    return tuple(prefix + name for name in FIELDS) + tuple("__mv_" + prefix + name for name in MULTIVALUE)


def cells(verdict: Verdict) -> Sequence[str]:
    """The cells of a verdict in the order of `field_columns`."""
    plain = [value if isinstance(value, str) else "\n".join(value) for value in verdict]
    return plain + [encode_values(verdict[at]) for at in _MULTIVALUE_AT]


def encode_values(values: Sequence[str]) -> str:
    """splunkd's form of a multivalue cell, `$a$;$b$` with a `$` in a value doubled; one value needs none."""
    if len(values) < 2:
        return ""
    return ";".join("$" + value.replace("$", "$$") + "$" for value in values)
