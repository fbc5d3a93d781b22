"""Feodo Tracker's JSON: command and control servers of botnets, with malware and times.

Source: https://feodotracker.abuse.ch/downloads/ipblocklist.json; shape [feeds 2, Feodo]. Servers that are offline stay on the list
although their address may belong to somebody else by now: they are left out. The list is often empty; such a feed needs
min_entries = 0.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from callerintel.address import parse_address
from callerintel.errors import FeedError
from callerintel.feeds.document import Document, Indicator, Parsed, rejected
from callerintel.feeds.json_text import dicts, read_json, text_of
from callerintel.feeds.statements import Statement, parse_date

if TYPE_CHECKING:
    from callerintel.feeds.feed_config import FeedConfig

NAME = "feodo"


def recognises(text: str) -> bool:
    """Whether a text begins with an array of objects that have an address and a malware."""
    return text.lstrip().startswith("[") and '"ip_address"' in text and '"malware"' in text


def parse(document: Document, config: FeedConfig) -> Iterator[Parsed]:
    """One indicator per server that is online, its description the malware. FeedError("unparsable")."""
    body = read_json(document)
    if not isinstance(body, list):
        raise FeedError("unparsable", "It is no JSON array, as Feodo Tracker's list is.")
    for number, record in enumerate(dicts(body), 1):
        address = text_of(record, "ip_address")
        found = parse_address(address)
        if found is None:
            yield rejected(number, str(record), "malformed_address" if address else "not_an_address")
        elif text_of(record, "status").lower() != "online":
            yield rejected(number, address, "inactive")
        else:
            yield Indicator(
                found,
                found,
                description=text_of(record, "malware"),
                first_seen=parse_date(text_of(record, "first_seen")),
                last_seen=parse_date(text_of(record, "last_online")),
            )


def says(document: Document) -> Statement:
    """Nothing: the JSON has neither a count nor a date of its own."""
    return Statement()
