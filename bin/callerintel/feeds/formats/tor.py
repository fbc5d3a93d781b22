"""The Tor Project's exit-addresses (TorDNSEL): each exit with the time at which it was last found to be one.

Source: https://check.torproject.org/exit-addresses; shape [feeds 2, TorDNSEL]. Blocks of `ExitNode <fingerprint>`, `Published`,
`LastStatus` and one or more `ExitAddress <address> <date> <time>` lines. It has no IPv6 exits; those are only in `onionoo`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from callerintel.address import parse_address
from callerintel.feeds.document import Document, Indicator, Parsed, numbered_lines, rejected
from callerintel.feeds.statements import parse_date

if TYPE_CHECKING:
    from callerintel.feeds.feed_config import FeedConfig

NAME = "tor"

_begins = re.compile(r"\s*(?:ExitNode|ExitAddress) \S").match
_OTHER_LINES = ("ExitNode ", "Published ", "LastStatus ", "#")


def recognises(text: str) -> bool:
    """Whether a text begins with a block of an exit."""
    return _begins(text) is not None


def parse(document: Document, config: FeedConfig) -> Iterator[Parsed]:
    """One indicator per ExitAddress line, last_seen its time."""
    for number, line in numbered_lines(document):
        if line.startswith(_OTHER_LINES):
            continue
        keyword, _, value = line.partition(" ")
        address, _, date = value.partition(" ")
        found = parse_address(address)
        if keyword != "ExitAddress" or found is None:
            reason = "malformed_address" if keyword == "ExitAddress" else "not_an_address"
            yield rejected(number, line, reason)
        else:
            yield Indicator(found, found, last_seen=parse_date(date))
