"""URLs: the indicator is the host of each, where the host is an address. URLhaus's lists are such.

Source: https://urlhaus.abuse.ch/downloads/text_online/; shape [feeds 2, URLhaus]. A host may have a port, a user before it, and
percent signs in it. The addresses serve malware; many are home routers, and few of them call AWS [feeds 1.6]. A URL whose host
is a name is passed over.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING
from urllib.parse import unquote

from callerintel.feeds.document import LONGEST_LINE, Document, Indicator, Parsed, numbered_lines, rejected
from callerintel.feeds.entry import COMMENT_STARTS, find_range, first_entry, refanged, reject_reason

if TYPE_CHECKING:
    from callerintel.feeds.feed_config import FeedConfig

NAME = "urls"

_is_url = re.compile(r"(?i)(?:h[tx]{2}ps?|ftp)(?:://|\[://\])\S").match
_authority = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*://)([^/?#]*)").match


def recognises(text: str) -> bool:
    """Whether the first entry is a URL."""
    return _is_url(first_entry(text)) is not None


def parse(document: Document, config: FeedConfig) -> Iterator[Parsed]:
    """One indicator per URL whose host is an address; an entry without a scheme is read as plain ones are."""
    for number, line in numbered_lines(document):
        if line.startswith(COMMENT_STARTS):
            continue
        if len(line) > LONGEST_LINE:
            yield rejected(number, line, "line_too_long")
            continue
        entry = _without_path(refanged(line))
        found = find_range(entry)
        yield Indicator(found.first, found.last) if found else rejected(number, line, reject_reason(entry))


def _without_path(entry: str) -> str:
    """Scheme and host of a URL, percent signs decoded: what follows may hold anything, blanks and commas too."""
    url = _authority(entry)
    return url.group(1) + unquote(url.group(2).rpartition("@")[2]) if url else entry
