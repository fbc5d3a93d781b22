"""AlienVault's IP reputation: `address#reliability#risk#kind#country#city#position#number`, and its generic form.

Shape [feeds 2, AlienVault]; the list itself is stale, but GuardDuty accepts files in this form and people have them. The generic form is
`address # kind country,city,position`. Reliability goes from 1 to 10 and becomes the confidence, ten times itself: our
reading, the publisher never said what it means. A row may name a host instead of an address.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from callerintel.feeds.document import LONGEST_LINE, Document, Indicator, Parsed, numbered_lines, rejected, whole_number
from callerintel.feeds.entry import find_range, first_entry, reject_reason

if TYPE_CHECKING:
    from callerintel.feeds.feed_config import FeedConfig

NAME = "alienvault"

_is_row = re.compile(r"[^\s#]+#[0-9]+#[0-9]+#[^#]*#[A-Z]{0,2}#").match
_is_generic = re.compile(r"(?mi)^#[ \t]*Alienvault IP Reputation Database").search
_generic_kind = re.compile(r"(.*?)(?: [A-Z]{2})?(?:,.*)?$").fullmatch


def recognises(text: str) -> bool:
    """Whether the first row has the columns of reputation.data, or the banner of reputation.generic is there."""
    return _is_row(first_entry(text)) is not None or _is_generic(text) is not None


def parse(document: Document, config: FeedConfig) -> Iterator[Parsed]:
    """One indicator per row, its description what the address was seen to do."""
    for number, line in numbered_lines(document):
        if line.startswith("#"):
            continue
        cells = [cell.strip() for cell in line[:LONGEST_LINE].split("#")]
        found = find_range(cells[0])
        reliability = whole_number(cells[1]) if len(cells) > 3 else None
        confidence = None if reliability is None else min(100, 10 * reliability)
        if found is None:
            yield rejected(number, line, reject_reason(cells[0]))
        elif confidence is not None and confidence < config.min_confidence:
            yield rejected(number, line, "left_out")
        else:
            yield Indicator(found.first, found.last, confidence=confidence, description=_kind(cells))


def _kind(cells: list[str]) -> str:
    if len(cells) > 3:
        return cells[3].replace(";", ", ")
    generic = _generic_kind(cells[1]) if len(cells) > 1 else None
    return generic.group(1).strip() if generic else ""
