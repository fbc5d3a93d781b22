"""Spamhaus DROP as JSON lines: one network a line, and at the end a line that says how many there are.

Source: https://www.spamhaus.org/drop/drop_v4.json and drop_v6.json; shape [feeds 2, Spamhaus JSON]. It is no JSON document: each
line is one. The publisher asks for credit, so the description names DROP and the case (`sblid`). asndrop.json lists no
addresses and is refused as unparsable.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from callerintel.address import parse_range
from callerintel.feeds.document import LONGEST_LINE, Document, Indicator, Parsed, numbered_lines, rejected, whole_number
from callerintel.feeds.json_text import text_of
from callerintel.feeds.statements import Statement

if TYPE_CHECKING:
    from callerintel.feeds.feed_config import FeedConfig

NAME = "spamhaus"

_begins = re.compile(r'\s*\{[^{}\[\]\n]*"cidr"').match


def recognises(text: str) -> bool:
    """Whether the first line is an object with a `cidr`."""
    return _begins(text) is not None


def parse(document: Document, config: FeedConfig) -> Iterator[Parsed]:
    """One indicator per network."""
    for number, line in numbered_lines(document):
        record = _record(line)
        if record.get("type") == "metadata":
            continue
        found = parse_range(text_of(record, "cidr"))
        if found is None:
            yield rejected(number, line, "malformed_address" if "cidr" in record else "not_an_address")
        else:
            case = text_of(record, "sblid")
            yield Indicator(found.first, found.last, description=f"Spamhaus DROP {case}".strip())


def says(document: Document) -> Statement:
    """What the last line says: the number of records, and of when they are."""
    for _, line in numbered_lines(document):
        record = _record(line) if '"metadata"' in line else {}
        if record.get("type") == "metadata":
            entries, date = whole_number(text_of(record, "records")), whole_number(text_of(record, "timestamp"))
            return Statement(entries=entries, end_mark=True, date=date)
    return Statement()


def _record(line: str) -> dict[str, Any]:
    try:
        record = json.loads(line) if len(line) <= LONGEST_LINE else None
    except (ValueError, RecursionError):
        record = None
    return record if isinstance(record, dict) else {}
