"""STIX 1 (XML): the addresses in AddressObjects. GuardDuty accepts such files, and older platforms export them.

Shape [feeds 2, STIX 1]; https://stixproject.github.io/data-model/1.2/. Where a package has indicators, only addresses in them count, as other
observables are evidence; a package of observables alone is a list. `condition` may be Equals (also the default) or InclusiveBetween;
several values are joined by `##comma##`. A negated indicator or observable, and any other condition, names nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element

from callerintel.address import parse_range
from callerintel.feeds.document import Document, Indicator, Parsed, rejected
from callerintel.feeds.entry import find_range, reject_reason
from callerintel.feeds.rows import read_confidence, read_time
from callerintel.feeds.statements import Statement
from callerintel.feeds.xml_text import read_xml, text_in

if TYPE_CHECKING:
    from callerintel.feeds.feed_config import FeedConfig

NAME = "stix1"

JOINT = "##comma##"
_begins = re.compile(r"\s*(?:<\?xml[^>]*\?>\s*)?(?:<!--[^<]*-->\s*)?<(?:[A-Za-z0-9_.-]+:)?STIX_Package[\s>]").match
_MAIL = ("e-mail", "asn", "mac")


def recognises(text: str) -> bool:
    """Whether a text is XML whose root is a STIX package."""
    return _begins(text) is not None


def parse(document: Document, config: FeedConfig) -> Iterator[Parsed]:
    """One indicator per address, network or range."""
    root = read_xml(document)
    indicators = [element for element in root.iter("Indicator") if element.find("Observable") is not None]
    seen: set[int] = set()
    for number, (value, indicator) in enumerate(_values(root, indicators), 1):
        if id(value) not in seen:  # an indicator may stand in another
            seen.add(id(value))
            yield from _read_value(number, value, indicator, config)


def says(document: Document) -> Statement:
    """When the package was made."""
    return Statement(date=read_time(read_xml(document).get("timestamp", "")))


def _values(root: Element, indicators: list[Element]) -> Iterator[tuple[Element, Element]]:
    """The properties that hold addresses, each with the indicator it is in, or the root."""
    for holder in indicators or [root]:
        for properties in _affirmed(holder):
            if properties.find("Address_Value") is not None:
                yield properties, holder


def _affirmed(element: Element) -> Iterator[Element]:
    """The elements below one, without what is negated."""
    if element.get("negate", "").lower() not in ("true", "1"):
        for child in element:
            yield child
            yield from _affirmed(child)


def _read_value(number: int, properties: Element, indicator: Element, config: FeedConfig) -> Iterator[Parsed]:
    element = properties.find("Address_Value")
    text = text_in(element)
    condition = element.get("condition", "Equals") if element is not None else ""
    entries = [entry.strip() for entry in text.split(JOINT)]
    confidence = read_confidence(text_in(indicator.find("Confidence/Value")))
    if properties.get("category", "") in _MAIL or condition not in ("Equals", "InclusiveBetween"):
        yield rejected(number, text, "other_type")
    elif confidence is not None and confidence < config.min_confidence:
        yield rejected(number, text, "left_out")
    else:
        between = condition == "InclusiveBetween" and len(entries) == 2
        for entry in ["-".join(entries)] if between else entries:
            found = parse_range(entry) or find_range(entry)
            if found is None:
                yield rejected(number, entry, reject_reason(entry))
            else:
                yield Indicator(
                    found.first,
                    found.last,
                    confidence=confidence,
                    description=text_in(indicator.find("Title")),
                    first_seen=read_time(indicator.get("timestamp", "")) if indicator.tag == "Indicator" else None,
                )
