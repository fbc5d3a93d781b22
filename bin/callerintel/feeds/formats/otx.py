"""AlienVault OTX (LevelBlue): pulses, each a report with its indicators.

Source: GET /api/v1/pulses/subscribed, or an array of pulses as an export; shape [feeds 2, OTX]. Only the types IPv4, IPv6 and CIDR are
read: the host of a malware's URL hardly ever calls AWS. An indicator that has expired or is not active is left out. OTX
gives no confidence.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from callerintel.errors import FeedError
from callerintel.feeds.document import Document, Indicator, Parsed, rejected
from callerintel.feeds.entry import find_range, reject_reason
from callerintel.feeds.json_text import dicts, read_json, text_of
from callerintel.feeds.rows import read_time, type_reason
from callerintel.feeds.statements import Statement

if TYPE_CHECKING:
    from callerintel.feeds.feed_config import FeedConfig

NAME = "otx"

_TYPES = ("ipv4", "ipv6", "cidr")
_KEYS = [re.compile(rf"\"{key}\"\s*:").search for key in ("indicators", "indicator", "type")]


def recognises(text: str) -> bool:
    """Whether a text is JSON with indicators in it as OTX has them."""
    return text.lstrip().startswith(("{", "[")) and all(has_key(text) for has_key in _KEYS)


def parse(document: Document, config: FeedConfig) -> Iterator[Parsed]:
    """One indicator per address or network that is in force, its description the pulse's name."""
    now = time.time()
    number = 0
    for pulse in _pulses(document):
        for record in dicts(pulse.get("indicators")):
            number += 1
            yield _indicator(number, record, pulse, now)


def says(document: Document) -> Statement:
    """When the newest pulse was changed."""
    dates = (read_time(text_of(pulse, "modified")) for pulse in _pulses(document))
    return Statement(date=max((date for date in dates if date is not None), default=None))


def _indicator(number: int, record: dict[str, Any], pulse: dict[str, Any], now: float) -> Parsed:
    kind, value = text_of(record, "type"), text_of(record, "indicator")
    if kind.lower() not in _TYPES:
        return rejected(number, f"{kind} {value}", type_reason(kind) or "other_type")
    found = find_range(value)
    expires = read_time(text_of(record, "expiration"))
    if found is None:
        return rejected(number, value, reject_reason(value))
    if (expires is not None and expires <= now) or record.get("is_active") in (False, 0):
        return rejected(number, value, "inactive")
    return Indicator(
        found.first,
        found.last,
        description=text_of(pulse, "name") or text_of(record, "description"),
        first_seen=read_time(text_of(record, "created")) or read_time(text_of(pulse, "created")),
        last_seen=read_time(text_of(pulse, "modified")),
        valid_until=expires,
    )


def _pulses(document: Document) -> list[dict[str, Any]]:
    body = read_json(document)
    if isinstance(body, dict):
        body = [body] if "indicators" in body else body.get("results")
    if not isinstance(body, list):
        raise FeedError("unparsable", "It holds no pulses, as an answer of OTX does.")
    return dicts(body)
