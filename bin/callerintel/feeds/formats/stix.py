"""STIX 2.0 and 2.1: the addresses that indicators name, in a bundle, a TAXII envelope, or a bare array of objects.

Source: https://docs.oasis-open.org/cti/stix/v2.1/os/stix-v2.1-os.html; traps [feeds 2, STIX 2.1]. Only objects of type `indicator` accuse
anybody: addresses as observables are evidence, and are rejected as other_type. Of several versions of one indicator the one
modified last counts; revoked, expired, not yet valid and benign ones are inactive. A valid_until that is not after valid_from is against
the standard and is not believed. Other pattern languages (Snort, YARA, Sigma) are not read.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from callerintel.errors import FeedError
from callerintel.feeds.document import Document, Indicator, Parsed, rejected
from callerintel.feeds.json_text import dicts, read_json, text_of
from callerintel.feeds.rows import read_confidence, read_time
from callerintel.feeds.statements import Statement
from callerintel.feeds.stix_pattern import PatternError, pattern_ranges

if TYPE_CHECKING:
    from callerintel.feeds.feed_config import FeedConfig

NAME = "stix"

EARLY_SECONDS = 86400  # clocks differ; what becomes valid within a day is taken
_uuid = "[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}"
_has_id = re.compile(rf"\"id\"\s*:\s*\"[a-z0-9-]+--{_uuid}\"").search
_OBSERVABLES = ("ipv4-addr", "ipv6-addr", "observed-data")
# indicator_types of 2.1, labels of 2.0 → our category
_CATEGORIES = {"anonymization": "anonymizer", "compromised": "compromised"}


def recognises(text: str) -> bool:
    """Whether a text is JSON with an object whose id is one of STIX."""
    return text.lstrip().startswith(("{", "[")) and _has_id(text) is not None


def parse(document: Document, config: FeedConfig) -> Iterator[Parsed]:
    """The indicators that each indicator object names; one Rejected for an object that names none or is not in force."""
    now = time.time()
    for number, item in enumerate(newest(stix_objects(document)), 1):
        if item.get("type") == "indicator":
            yield from _indicators(number, item, now, config)
        elif item.get("type") in _OBSERVABLES:
            yield rejected(number, f"{item.get('type')} {text_of(item, 'value')}", "other_type")


def says(document: Document) -> Statement:
    """When the newest object was modified."""
    dates = (read_time(text_of(item, "modified")) for item in stix_objects(document))
    return Statement(date=max((date for date in dates if date is not None), default=None))


def stix_objects(document: Document) -> list[dict[str, Any]]:
    """The objects in a bundle, an envelope (`{}` is an empty one) or an array. FeedError("unparsable") for anything else."""
    body = read_json(document)
    objects = body
    if isinstance(body, dict):
        may_be_empty = not body or body.get("type") == "bundle" or "more" in body
        objects = body.get("objects", [] if may_be_empty else None)
    if not isinstance(objects, list):
        raise FeedError("unparsable", "It is no STIX bundle, TAXII envelope or array of STIX objects.")
    return dicts(objects)


def newest(objects: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Of each id the object that was modified last, where it stood first."""
    by_id: dict[str, dict[str, Any]] = {}
    for at, item in enumerate(objects):
        key = text_of(item, "id") or f"#{at}"
        if key not in by_id or text_of(item, "modified") >= text_of(by_id[key], "modified"):
            by_id[key] = item  # a dict keeps the place of a key's first value
    return list(by_id.values())


def is_over(item: dict[str, Any], now: float) -> bool:
    """Whether an indicator is not in force at a time, in epoch seconds: revoked, expired or not yet valid."""
    begins, ends = read_time(text_of(item, "valid_from")), ends_at(item)
    is_early = begins is not None and begins > now + EARLY_SECONDS
    return is_early or item.get("revoked") is True or (ends is not None and ends <= now)


def ends_at(item: dict[str, Any]) -> int | None:
    """Until when an indicator is valid, epoch seconds; None for ever."""
    begins, ends = read_time(text_of(item, "valid_from")), read_time(text_of(item, "valid_until"))
    return None if ends is None or (begins is not None and ends <= begins) else ends


def _indicators(number: int, item: dict[str, Any], now: float, config: FeedConfig) -> Iterator[Parsed]:
    pattern = text_of(item, "pattern")
    kinds = [kind for name in ("indicator_types", "labels") for kind in _texts(item.get(name))]
    confidence = read_confidence(text_of(item, "confidence"))
    reason = ""
    ranges = []
    if text_of(item, "pattern_type") not in ("", "stix"):
        reason = "other_type"
    elif is_over(item, now) or "benign" in kinds:
        reason = "inactive"
    elif confidence is not None and confidence < config.min_confidence:
        reason = "left_out"
    else:
        try:
            ranges = pattern_ranges(pattern)
        except PatternError:
            reason = "not_an_address"
    if not ranges:
        yield rejected(number, pattern, reason or "other_type")
    for found in ranges:
        yield Indicator(
            found.first,
            found.last,
            category=next((_CATEGORIES[kind] for kind in kinds if kind in _CATEGORIES), ""),
            confidence=confidence,
            description=text_of(item, "name") or text_of(item, "description") or ", ".join(kinds),
            first_seen=read_time(text_of(item, "valid_from")),
            last_seen=read_time(text_of(item, "modified")),
            valid_until=ends_at(item),
        )


def _texts(value: Any) -> list[str]:
    return [text for text in value if isinstance(text, str)] if isinstance(value, list) else []
