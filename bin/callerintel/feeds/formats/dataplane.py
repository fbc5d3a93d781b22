"""DataPlane.org: `ASN  |  name  |  address  |  time  |  report`, padded with blanks, without a header.

Source: https://dataplane.org/sshpwauth.txt and the like; shape [feeds 2, CSV generic]. The separator is a bar with at least two blanks on
either side; a network's name may hold bars of its own with fewer. The time is when the address was last seen.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from callerintel.feeds.document import LONGEST_LINE, Document, Indicator, Parsed, numbered_lines, rejected
from callerintel.feeds.entry import find_range, reject_reason
from callerintel.feeds.rows import read_time

if TYPE_CHECKING:
    from callerintel.feeds.feed_config import FeedConfig

NAME = "dataplane"

_separator = re.compile(r"(?<=\s\s)\|(?=\s\s)")
_has_row = re.compile(r"(?m)^(?:NA|[0-9]+) +\|  .*  \|  +[0-9a-fA-F.:]+ +\|  [0-9]{4}-[0-9]{2}-[0-9]{2} [0-9:]{8}  \|  ").search


def recognises(text: str) -> bool:
    """Whether a text has a row of a network's number, name, address and time."""
    return _has_row(text) is not None


def parse(document: Document, config: FeedConfig) -> Iterator[Parsed]:
    """One indicator per row, its description the report."""
    for number, line in numbered_lines(document):
        if line.startswith("#"):
            continue
        cells = [cell.strip() for cell in _separator.split(line[:LONGEST_LINE])]
        found = find_range(cells[2]) if len(cells) > 2 else None
        if found is None:
            yield rejected(number, line, reject_reason(cells[2]) if len(cells) > 2 else "not_an_address")
        else:
            last_seen, report = (cells + ["", ""])[3:5]
            yield Indicator(found.first, found.last, description=report, last_seen=read_time(last_seen))
