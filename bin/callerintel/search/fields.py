"""The fields that the command adds to every event, and how they are written into a cell.

The names are a public contract: alerts, dashboards and the baseline's searches use them. They are defined here once;
README, searchbnf.conf and the dashboards are compared with them by a test.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

Values = tuple[str, ...]


class PlaceFields(NamedTuple):
    """What is said of a source address; "" or () where nothing is known. A tuple is a multivalue field.

    The `intel_*` tuples are aligned: the first of each belongs to the first list entry that matched, and so on.
    """

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


class RulingFields(NamedTuple):
    """What is said of a match: how bad it is and why, or who allowed it."""

    severity: str = ""
    severity_id: str = ""
    severity_reason: str = ""
    suppressed_by: Values = ()


# Beside these, only where a search asks for them: `explain=true`; `learn=true`.
EXPLANATION, LEARN_TIME, LEARNS = "explanation", "learn_time", "learns"

FIELDS: tuple[str, ...] = (
    *("caller", "caller_type", "caller_account"),
    *("call_action", "call_user_agent", "call_region"),
    *PlaceFields._fields,
    *("unexpected_action", "unexpected_user_agent", "unexpected_region", "unexpected_count"),
    *RulingFields._fields,
)
MULTIVALUE: tuple[str, ...] = tuple(
    name for empty in (PlaceFields(), RulingFields()) for name, value in empty._asdict().items() if isinstance(value, tuple)
)


def field_columns(prefix: str) -> tuple[str, ...]:
    """The columns of our fields in a reply: all fields, then the `__mv_` twin of those that can hold several values.

    splunkd takes columns in any order, and a field without its twin where it has one value [platform 1.6].
    """
    return tuple(prefix + name for name in FIELDS) + tuple("__mv_" + prefix + name for name in MULTIVALUE)


def plain_cells(values: Iterable[str | Values]) -> list[str]:
    """The cells of some fields in the columns of their names."""
    return [value if isinstance(value, str) else "\n".join(value) for value in values]


def twin_cells(values: Iterable[str | Values]) -> list[str]:
    """The cells of the same fields in their `__mv_` columns, which only a field that can hold several values has."""
    return [encode_values(value) for value in values if not isinstance(value, str)]


def encode_values(values: Values) -> str:
    """splunkd's form of a multivalue cell, `$a$;$b$` with a `$` in a value doubled; one value needs none."""
    if len(values) < 2:
        return ""
    return ";".join("$" + value.replace("$", "$$") + "$" for value in values)
