"""DShield's block list: the networks that attacked most, as first and last address, with the network's name.

Source: https://isc.sans.edu/block.txt; shape and its changes over the years [feeds 2, DShield]. Tab-separated: start, end, prefix
length, attacks, name, country, mail. The prefix length is not needed: start and end say the same. Until 2015 a header
row without a comment sign came first; empty cells were empty and are now `-` or `None`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from callerintel.address import parse_range
from callerintel.feeds.document import Document, Indicator, Parsed, numbered_lines, rejected

if TYPE_CHECKING:
    from callerintel.feeds.feed_config import FeedConfig

NAME = "dshield"

_has_row = re.compile(r"(?m)^[0-9.]{7,15}\t[0-9.]{7,15}\t[0-9]{1,2}\t").search
_NOTHING = ("", "-", "None", ">>UNKNOWN<<")


def recognises(text: str) -> bool:
    """Whether a text has a row of two addresses and a prefix length, between tabs."""
    return _has_row(text) is not None


def parse(document: Document, config: FeedConfig) -> Iterator[Parsed]:
    """One indicator per row, its description the network's name."""
    for number, line in numbered_lines(document):
        cells = [cell.strip() for cell in line.split("\t")]
        if line.startswith("#") or cells[0].lower() == "start":
            continue
        found = parse_range(f"{cells[0]}-{cells[1]}") if len(cells) > 1 else None
        if found is None:
            yield rejected(number, line, "malformed_address" if len(cells) > 1 else "not_an_address")
        else:
            name = cells[4] if len(cells) > 4 else ""
            yield Indicator(found.first, found.last, description="" if name in _NOTHING else name)
