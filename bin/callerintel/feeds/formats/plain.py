"""The plain format: one address, network (CIDR) or range (`a-b`) a line. What nearly every publisher offers.

Read as well, because lists that call themselves plain hold it [feeds 2]: comments (`#`, `;`, `//`, whole line or behind
an entry), further columns behind a blank, tab or comma (scores, dates), and all spellings that `entry` knows: ports, URLs
whose host is an address, quotes, defanged ones. What the further columns say is not read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from callerintel.address import parse_range
from callerintel.feeds.document import LONGEST_LINE, Document, Indicator, Parsed, numbered_lines, rejected
from callerintel.feeds.entry import COMMENT_STARTS, find_range, reject_reason

if TYPE_CHECKING:
    from callerintel.feeds.feed_config import FeedConfig

NAME = "plain"

_inline_comment = re.compile(r"[#;]|\s//")


def recognises(text: str) -> bool:
    """Never: plain is what is left when no other format recognises a list."""
    return False


def parse(document: Document, config: FeedConfig) -> Iterator[Parsed]:
    """The indicators of a list, and each line that is neither an indicator, a comment nor blank."""
    for number, line in numbered_lines(document):
        found = parse_range(line) if len(line) <= LONGEST_LINE else None
        if found is not None:
            yield Indicator(found.first, found.last)
        elif len(line) > LONGEST_LINE:
            yield rejected(number, line, "line_too_long")
        elif not line.startswith(COMMENT_STARTS):
            entry = _inline_comment.split(line, maxsplit=1)[0].strip()
            found = find_range(entry)
            yield Indicator(found.first, found.last) if found else rejected(number, line, reject_reason(entry))
