"""AWS's own ip-ranges.json: the address ranges of AWS with their service and region.

Source: https://docs.aws.amazon.com/vpc/latest/userguide/aws-ip-ranges.html; shape and sizes [feeds 2, AWS]. These are no
accusations: they fill aws_ip_ranges.csv (`aws_ranges`), never malicious_ips.csv. `network_border_group` is not read.
"""

from __future__ import annotations

import calendar
import json
import re
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from callerintel.address import parse_range
from callerintel.errors import FeedError
from callerintel.feeds.document import Document, Indicator, Parsed, rejected, whole_number
from callerintel.feeds.json_text import read_json, text_of
from callerintel.feeds.statements import Statement

if TYPE_CHECKING:
    from callerintel.feeds.feed_config import FeedConfig

NAME = "aws"

_is_word = re.compile(r"[A-Za-z0-9_-]{1,64}").fullmatch
_LISTS = (("prefixes", "ip_prefix"), ("ipv6_prefixes", "ipv6_prefix"))


def recognises(text: str) -> bool:
    """Whether a text begins like ip-ranges.json."""
    return text.lstrip().startswith("{") and '"syncToken"' in text


def parse(document: Document, config: FeedConfig) -> Iterator[Parsed]:
    """One indicator per prefix, its labels (service, region)."""
    body = _read(document)
    number = 0
    for list_name, prefix_name in _LISTS:
        for entry in body[list_name]:
            number += 1
            yield _prefix(number, entry, prefix_name)


def says(document: Document) -> Statement:
    """When AWS made the file, and its serial number: syncToken, which only grows."""
    body = _read(document)
    return Statement(date=_created(text_of(body, "createDate")), serial=whole_number(text_of(body, "syncToken")))


def _prefix(number: int, entry: Any, prefix_name: str) -> Parsed:
    values = entry if isinstance(entry, dict) else {}
    found = parse_range(str(values.get(prefix_name) or ""))
    service, region = str(values.get("service") or ""), str(values.get("region") or "")
    if found is None or not _is_word(service) or not _is_word(region):
        return rejected(number, json.dumps(entry), "malformed_address" if values.get(prefix_name) else "not_an_address")
    return Indicator(found.first, found.last, labels=(service, region))


def _read(document: Document) -> dict[str, Any]:
    body = read_json(document)
    if not isinstance(body, dict) or not all(isinstance(body.get(name), list) for name, _ in _LISTS):
        raise FeedError("unparsable", "It lacks the lists prefixes and ipv6_prefixes that AWS's ip-ranges.json has.")
    return body


def _created(text: str) -> int | None:
    try:
        return calendar.timegm(time.strptime(text, "%Y-%m-%d-%H-%M-%S"))
    except ValueError:
        return None
