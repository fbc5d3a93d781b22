"""A record of named values → indicators, or the reason why it is none. For the formats that have columns or fields.

In: what each column holds (`Fields`), a function that gives a value by its name, the feed's settings. Out: Indicator | Rejected. What
publishers put into such values is in [feeds 2]: `None` for nothing, confidence in numbers or words, times in many shapes,
types beside the value that say whether it is an address at all.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, Callable, NamedTuple

from callerintel.address import parse_range
from callerintel.feeds.document import Indicator, Parsed, rejected
from callerintel.feeds.entry import find_range, reject_reason
from callerintel.feeds.statements import parse_date

if TYPE_CHECKING:
    from callerintel.feeds.feed_config import FeedConfig

Names = tuple[str, ...]
Value = Callable[[str], str]  # the name of a column or field → what it holds, '' where it holds nothing
# What the setting `fields` can name, in the order of Fields.
FIELD_NAMES = ("indicator", "last", "confidence", "description", "first_seen", "last_seen")
_NOTHING = ("none", "null", "n/a", "na", "-", "unknown", "[]")
_CONFIDENCE_WORDS = {"high": 90, "medium": 60, "moderate": 60, "med": 60, "low": 30}
_LONGEST_TIME = 60
_is_number = re.compile(r"[0-9]{1,9}(?:\.[0-9]{1,9})?").fullmatch
_fraction = re.compile(r"(:[0-9]{2})\.[0-9]+")

_NAME_TYPES = frozenset(("domain", "domain name", "domain_name", "hostname", "host", "url", "uri", "fqdn"))
_is_other_type = re.compile(
    r"(?i)(?:file ?hash.*|md5.*|sha-?[0-9].*|e-?mail.*|cve.*|mutex.*|file.*|ja3.*|asn?|yara|bitcoin.*)"
).fullmatch
_OVER = frozenset(("offline", "inactive", "expired", "revoked", "dead"))


class Fields(NamedTuple):
    """Which columns or fields hold what, each in order of preference; every one of `indicator` that holds something counts.

    `kind` says what type the indicator is of, `status` whether it is in force; `scale` is the publisher's highest confidence.
    """

    indicator: Names
    last: Names = ()
    confidence: Names = ()
    description: Names = ()
    first_seen: Names = ()
    last_seen: Names = ()
    kind: Names = ()
    status: Names = ()
    scale: int = 100


def configured_fields(config: FeedConfig) -> Fields | None:
    """What the feed's setting `fields` says, None where it says nothing."""
    if not config.fields:
        return None
    given: dict[str, Names] = dict(config.fields)
    indicator, last, confidence, description, first_seen, last_seen = (given.get(name, ()) for name in FIELD_NAMES)
    return Fields(indicator, last, confidence, description, first_seen, last_seen)


def all_names(fields: Fields) -> Iterator[str]:
    """Every column or field that is named."""
    for names in fields:
        if isinstance(names, tuple):
            yield from names


def present(fields: Fields, there: Container[str]) -> Fields:
    """The fields without the names that are not there: there are many names, and each record is asked for all of them."""
    indicator, last, confidence, description, first_seen, last_seen, kind, status = (
        tuple(name for name in names if name in there) for names in fields if isinstance(names, tuple)
    )
    return Fields(indicator, last, confidence, description, first_seen, last_seen, kind, status, fields.scale)


def read_row(number: int, shown: str, value: Value, fields: Fields, config: FeedConfig) -> Iterator[Parsed]:
    """The indicators in a record, or one Rejected. `number` and `shown` are the record's place and text for messages."""
    reason = _reason_to_leave_out(value, fields, config)
    entries = [entry for entry in map(value, fields.indicator) if entry and entry.lower() not in _NOTHING]
    if reason or not entries:
        yield rejected(number, shown, reason or "not_an_address")
        return
    last = first_of(value, fields.last)
    confidence = read_confidence(first_of(value, fields.confidence), fields.scale)
    for entry in entries:
        found = parse_range(f"{entry}-{last}") if last else find_range(entry)
        if found is None:
            yield rejected(number, shown, reject_reason(entry))
        elif confidence is not None and confidence < config.min_confidence:
            yield rejected(number, shown, "left_out")
        else:
            yield Indicator(
                found.first,
                found.last,
                confidence=confidence,
                description=first_of(value, fields.description),
                first_seen=read_time(first_of(value, fields.first_seen)),
                last_seen=read_time(first_of(value, fields.last_seen)),
            )


def first_of(value: Value, names: Iterable[str]) -> str:
    """The first value that says something."""
    for name in names:
        text = value(name)
        if text and text.lower() not in _NOTHING:
            return text
    return ""


def read_confidence(text: str, scale: int = 100) -> int | None:
    """A confidence as 0 to 100: a number of `scale`, a fraction of 1, or a word; None for anything else."""
    if not _is_number(text):
        return _CONFIDENCE_WORDS.get(text.lower())
    number = float(text)
    if "." in text and number <= 1:
        return round(number * 100)
    return min(100, round(number * 100 / scale))


@lru_cache(maxsize=10_000)
def read_time(text: str) -> int | None:
    """A time as epoch seconds: in digits (seconds or milliseconds) or in any shape of `parse_date`; None for anything else."""
    if not text or len(text) > _LONGEST_TIME:
        return None
    if text.isascii() and text.isdigit():
        return int(text) if len(text) in (9, 10) else int(text) // 1000 if len(text) == 13 else None
    # Python 3.9 reads fractions of three or six digits only; nobody needs them.
    return parse_date(_fraction.sub(r"\1", text))


def type_reason(kind: str) -> str:
    """Why a value of this type is no address: host_name or other_type; '' when it may be one."""
    lowered = kind.strip().lower()
    if lowered in _NAME_TYPES:
        return "host_name"
    return "other_type" if _is_other_type(lowered) else ""


def is_selected(value: Value, where: Iterable[tuple[str, Names]]) -> bool:
    """Whether a record has one of the allowed values in each of the named columns."""
    return all(value(name).lower() in {wanted.lower() for wanted in allowed} for name, allowed in where)


def _reason_to_leave_out(value: Value, fields: Fields, config: FeedConfig) -> str:
    if any(value(name).lower() in _OVER for name in fields.status):
        return "inactive"
    reason = next(filter(None, (type_reason(value(name)) for name in fields.kind)), "")
    return reason or ("" if is_selected(value, config.where) else "left_out")
