"""Reading a document as a run does, for the tests of single formats: the format is detected unless it is given."""

from __future__ import annotations

from typing import NamedTuple

from callerintel.address import range_text
from callerintel.feeds.document import Document, Rejected
from callerintel.feeds.feed_config import read_feed_config
from callerintel.feeds.formats import AUTO, FORMATS, detect_format


class Row(NamedTuple):
    """What a format says of an indicator, in words."""

    indicator: str
    description: str = ""
    confidence: int | None = None
    first_seen: int | None = None
    last_seen: int | None = None
    category: str = ""


class Read(NamedTuple):
    """The format, the indicators, and the reasons of what was rejected, in order."""

    format: str
    rows: list[Row]
    reasons: list[str]

    @property
    def indicators(self) -> list[str]:
        return [row.indicator for row in self.rows]


def read(text: str | bytes, format: str = AUTO, **settings: str) -> Read:
    """What is read of a document with these settings."""
    config = read_feed_config("some_list", {"url": "https://example.com/", "format": format, **settings})
    document = Document(text.encode() if isinstance(text, str) else text, "some.txt")
    name = detect_format(document) if config.format == AUTO else config.format
    parsed = list(FORMATS[name].parse(document, config))
    rows = [
        Row(range_text(item.first, item.last), item.description, item.confidence, item.first_seen, item.last_seen, item.category)
        for item in parsed
        if not isinstance(item, Rejected)
    ]
    return Read(name, rows, [item.reason for item in parsed if isinstance(item, Rejected)])
