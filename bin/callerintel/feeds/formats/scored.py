"""Scores: `address<tab>n`, n being the number of lists that have the address. ipsum is such a list.

Source: https://github.com/stamparm/ipsum; counts of each n [feeds 2, scored]. The confidence of an entry is 30 + 12 n, at most 95: that
is our reading of it, not the publisher's [feeds 4]; an address on one list is often a mistake, so give the feed a
`min_confidence` of 54 (two lists) or more. For a list whose number means something else, use `delimited` with `fields`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from callerintel.feeds.document import LONGEST_LINE, Document, Indicator, Parsed, numbered_lines, rejected
from callerintel.feeds.entry import COMMENT_STARTS, find_range, reject_reason

if TYPE_CHECKING:
    from callerintel.feeds.feed_config import FeedConfig

NAME = "scored"

HIGHEST_CONFIDENCE = 95
_says_so = re.compile(r"(?mi)^#[ \t]*IP[ \t]+number of \(black\)lists").search
_row = re.compile(r"(\S+)\s+([0-9]{1,4})(?:\s|$)").match


def recognises(text: str) -> bool:
    """Whether a comment says that the number is one of lists."""
    return _says_so(text) is not None


def parse(document: Document, config: FeedConfig) -> Iterator[Parsed]:
    """One indicator per line, its confidence made of the number."""
    for number, line in numbered_lines(document):
        if line.startswith(COMMENT_STARTS):
            continue
        row = _row(line) if len(line) <= LONGEST_LINE else None
        found = find_range(row.group(1)) if row else None
        if row is None or found is None:
            yield rejected(number, line, reject_reason(line) if row else "not_an_address")
            continue
        confidence = min(HIGHEST_CONFIDENCE, 30 + 12 * int(row.group(2)))
        if confidence < config.min_confidence:
            yield rejected(number, line, "left_out")
        else:
            yield Indicator(found.first, found.last, confidence=confidence, description=f"on {row.group(2)} lists")
