"""Ranges of file-sharing programs: DAT (`a - b , level , name`) and P2P (`name:a-b`).

Shape [feeds 2, range / DAT]. A DAT level above 127 means allowed (eMule's meaning), so such a row is left out as inactive; the name may
hold commas and colons. Octets are padded with zeros here and are decimal all the same: only in this format.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from callerintel.address import parse_range
from callerintel.feeds.document import LONGEST_LINE, Document, Indicator, Parsed, numbered_lines, rejected
from callerintel.feeds.entry import COMMENT_STARTS, first_entry, reject_reason

if TYPE_CHECKING:
    from callerintel.feeds.feed_config import FeedConfig

NAME = "ranges"

HIGHEST_BLOCKED_LEVEL = 127
_v4 = r"[0-9]{1,3}(?:\.[0-9]{1,3}){3}"
_dat = re.compile(rf"(?P<first>{_v4})\s*-\s*(?P<last>{_v4})\s*(?:,\s*(?P<level>[0-9]{{1,3}})\s*(?:,\s*(?P<name>.*))?)?").fullmatch
_p2p = re.compile(rf"(?P<name>.*):(?P<first>{_v4})\s*-\s*(?P<last>{_v4})").fullmatch
_is_row = re.compile(rf"{_v4} *- *{_v4} *, *[0-9]{{1,3}} *(?:,.*)?|.+:{_v4} *- *{_v4}").fullmatch
_padding = re.compile(r"(?<![0-9])0+(?=[0-9])").sub


def recognises(text: str) -> bool:
    """Whether the first entry is a DAT or a P2P line."""
    return _is_row(first_entry(text)) is not None


def parse(document: Document, config: FeedConfig) -> Iterator[Parsed]:
    """One indicator per range, its description the name."""
    for number, line in numbered_lines(document):
        if line.startswith(COMMENT_STARTS):
            continue
        row = (_dat(line) or _p2p(line)) if len(line) <= LONGEST_LINE else None
        if row is None:
            yield rejected(number, line, "line_too_long" if len(line) > LONGEST_LINE else reject_reason(line))
            continue
        cells = row.groupdict()
        found = parse_range(_padding("", f"{cells['first']}-{cells['last']}"))
        if found is None:
            yield rejected(number, line, "malformed_address")
        elif int(cells.get("level") or 0) > HIGHEST_BLOCKED_LEVEL:
            yield rejected(number, line, "inactive")
        else:
            yield Indicator(found.first, found.last, description=cells["name"] or "")
