"""OpenIOC 1.0 and 1.1 (XML): the addresses that indicator items compare with.

Source: https://github.com/fireeye/OpenIOC_1.1. Only items count: the metadata hold addresses too (0.0.0.0 and 127.0.0.1 in a real file) that
accuse nobody [feeds 1.6]. An item is about an address where its search term or its content's type says so; negated items and conditions
other than `is` name nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element

from callerintel.feeds.document import Document, Indicator, Parsed, rejected
from callerintel.feeds.entry import find_range, reject_reason
from callerintel.feeds.rows import read_time
from callerintel.feeds.statements import Statement
from callerintel.feeds.xml_text import read_xml, text_in

if TYPE_CHECKING:
    from callerintel.feeds.feed_config import FeedConfig

NAME = "openioc"

_begins = re.compile(r"\s*(?:<\?xml[^>]*\?>\s*)?(?:<!--[^<]*-->\s*)?<(?:OpenIOC|ioc)[\s>]").match
# PortItem/remoteIP, Network/Connection/RemoteIP, DnsEntryItem/RecordData/IPv4Address, RouteEntryItem/Destination, ...
_is_address_search = re.compile(
    r"(?i).*/(?:(?:remote|local|source|dest(?:ination)?)?ip|ipv[46]address|(?:remote|local)ip ?address)"
).fullmatch
_is_name_search = re.compile(r"(?i).*/(?:dns|host|hostname|uri|url)").fullmatch


def recognises(text: str) -> bool:
    """Whether a text is XML whose root is OpenIOC's."""
    return _begins(text) is not None


def parse(document: Document, config: FeedConfig) -> Iterator[Parsed]:
    """One indicator per item that is an address."""
    root = read_xml(document)
    title = text_in(next(root.iter("description"), None)) or text_in(next(root.iter("short_description"), None))
    for number, item in enumerate(root.iter("IndicatorItem"), 1):
        yield _item(number, item, title)


def says(document: Document) -> Statement:
    """When the document was changed."""
    return Statement(date=read_time(read_xml(document).get("last-modified", "")))


def _item(number: int, item: Element, title: str) -> Parsed:
    context, content = item.find("Context"), item.find("Content")
    search = context.get("search", "") if context is not None else ""
    text = text_in(content)
    is_address = _is_address_search(search) or (content is not None and content.get("type", "").lower() == "ip")
    if not is_address:
        return rejected(number, f"{search} {text}", "host_name" if _is_name_search(search) else "other_type")
    if item.get("negate", "false").lower() == "true" or item.get("condition", "is") not in ("is", "contains"):
        return rejected(number, f"{search} {text}", "other_type")
    found = find_range(text)
    return Indicator(found.first, found.last, description=title) if found else rejected(number, text, reject_reason(text))
