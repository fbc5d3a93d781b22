"""Onionoo, the Tor Project's directory of relays: the only source of Tor's IPv6 exits.

Source: https://onionoo.torproject.org/details?type=relay&running=true&flag=exit; shape [feeds 2, Onionoo]. An exit's addresses are
those it was seen to exit from (`exit_addresses`, only where there are any) and those it listens on (`or_addresses`, with
ports). A relay that is known not to be an exit is left out: relays are not exits.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from callerintel.errors import FeedError
from callerintel.feeds.document import Document, Indicator, Parsed, rejected
from callerintel.feeds.entry import find_range
from callerintel.feeds.json_text import dicts, read_json, text_of
from callerintel.feeds.statements import Statement, parse_date

if TYPE_CHECKING:
    from callerintel.feeds.feed_config import FeedConfig

NAME = "onionoo"


def recognises(text: str) -> bool:
    """Whether a text begins like an answer of Onionoo."""
    return text.lstrip().startswith("{") and '"relays_published"' in text


def parse(document: Document, config: FeedConfig) -> Iterator[Parsed]:
    """One indicator per address of an exit, last_seen the time at which the relay was."""
    for number, relay in enumerate(dicts(_read(document)["relays"]), 1):
        flags = relay.get("flags")
        if isinstance(flags, list) and "Exit" not in flags:  # without the field, the address asked for exits only
            yield rejected(number, text_of(relay, "nickname"), "inactive")
            continue
        for address in _addresses(relay):
            found = find_range(address)
            if found is None:
                yield rejected(number, address, "malformed_address")
            else:
                yield Indicator(found.first, found.last, last_seen=parse_date(text_of(relay, "last_seen")))


def says(document: Document) -> Statement:
    """When the directory was made."""
    return Statement(date=parse_date(text_of(_read(document), "relays_published")))


def _addresses(relay: dict[str, Any]) -> Iterator[str]:
    for name in ("exit_addresses", "or_addresses"):
        addresses = relay.get(name)
        yield from map(str, addresses if isinstance(addresses, list) else ())


def _read(document: Document) -> dict[str, Any]:
    body = read_json(document)
    if not isinstance(body, dict) or not isinstance(body.get("relays"), list):
        raise FeedError("unparsable", "It lacks the list of relays that an answer of Onionoo has.")
    return body
