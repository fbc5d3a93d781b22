"""MISP: the addresses among the attributes of events, as a feed, an instance's REST interface or an export gives them.

Shape [feeds 2, MISP feed]; https://www.misp-standard.org/rfc/misp-standard-core.html. Read are the types ip-src, ip-dst, both with a port,
and domain|ip, of the event itself and of the objects in it. An attribute counts only with `to_ids`, which is MISP's word for "may be used
for detection", and unless it is deleted. The manifest of a MISP feed is no event: a feed of events needs delivery = misp.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from callerintel.errors import FeedError
from callerintel.feeds.document import Document, Indicator, Parsed, rejected
from callerintel.feeds.entry import find_range, reject_reason
from callerintel.feeds.json_text import dicts, read_json, text_of
from callerintel.feeds.rows import read_time, type_reason
from callerintel.feeds.statements import Statement

if TYPE_CHECKING:
    from callerintel.feeds.feed_config import FeedConfig

NAME = "misp"

# type → which of the parts between bars is the address
ADDRESS_TYPES = {"ip-src": 0, "ip-dst": 0, "ip-src|port": 0, "ip-dst|port": 0, "domain|ip": 1}
_NAME_TYPES = ("hostname|port", "uri", "link")
_has_events = re.compile(r"\"(?:Event|Attribute)\"\s*:\s*[\[{]").search
_has_words = re.compile(r"\"(?:to_ids|Orgc|threat_level_id|category)\"\s*:").search
_begins_response = re.compile(r"\s*\{\s*\"response\"\s*:").match
_begins_manifest = re.compile(r"\s*\{\s*\"[0-9a-fA-F]{8}-[0-9a-fA-F-]{27}\"\s*:\s*\{").match


def recognises(text: str) -> bool:
    """Whether a text is JSON with an event or attributes of MISP in it, or the manifest of a feed of them."""
    if not text.lstrip().startswith(("{", "[")):
        return False
    events = _has_events(text) is not None and _has_words(text) is not None
    return events or _begins_response(text) is not None or (_begins_manifest(text) is not None and _has_words(text) is not None)


def parse(document: Document, config: FeedConfig) -> Iterator[Parsed]:
    """One indicator per attribute that is an address and is meant for detection."""
    body = read_json(document)
    number = 0
    for event in events(body):
        for attribute in attributes(event):
            number += 1
            yield _indicator(number, attribute, text_of(event, "info"))
    for name in missing_events(body):
        yield rejected(0, name, "missing")


def says(document: Document) -> Statement:
    """When the newest event was changed."""
    dates = (read_time(text_of(event, "timestamp")) for event in events(read_json(document)))
    return Statement(date=max((date for date in dates if date is not None), default=None))


def events(body: Any) -> list[dict[str, Any]]:
    """The events in a document: one, several, or a list of attributes without one. FeedError("unparsable") where there are none."""
    inner = body.get("response", body) if isinstance(body, dict) else body
    found = inner if isinstance(inner, list) else [inner]
    read = [event["Event"] if isinstance(event.get("Event"), dict) else event for event in dicts(found)]
    if not all("Attribute" in event or "Object" in event or "info" in event for event in read) or (not read and inner is body):
        hint = (
            " It looks like a feed's manifest: set delivery = misp." if isinstance(body, dict) and "response" not in body else ""
        )
        raise FeedError("unparsable", f"It holds no MISP event and no attributes.{hint}")
    return read


def attributes(event: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The attributes of an event and of the objects in it."""
    yield from dicts(event.get("Attribute"))
    for item in dicts(event.get("Object")):
        if item.get("deleted") is not True:
            yield from dicts(item.get("Attribute"))


def missing_events(body: Any) -> list[str]:
    """The events that `fetch.misp` could not get, by the name under which it says so."""
    names = body.get("missing") if isinstance(body, dict) else None
    return [str(name) for name in names] if isinstance(names, list) else []


def _indicator(number: int, attribute: dict[str, Any], info: str) -> Parsed:
    kind, value = text_of(attribute, "type").lower(), text_of(attribute, "value")
    shown = f"{kind} {value}"
    if kind not in ADDRESS_TYPES:
        return rejected(number, shown, "host_name" if kind in _NAME_TYPES else type_reason(kind) or "other_type")
    if not _is_true(attribute.get("to_ids")) or _is_true(attribute.get("deleted")):
        return rejected(number, shown, "inactive")
    entry = (value.split("|") + [""])[ADDRESS_TYPES[kind]]
    found = find_range(entry)
    if found is None:
        return rejected(number, shown, reject_reason(entry))
    seen = read_time(text_of(attribute, "timestamp"))
    return Indicator(
        found.first,
        found.last,
        description=": ".join(filter(None, (info, text_of(attribute, "comment")))),
        first_seen=read_time(text_of(attribute, "first_seen")),
        last_seen=read_time(text_of(attribute, "last_seen")) or seen,
    )


def _is_true(value: Any) -> bool:
    return value in (True, 1, "1", "true", "True")
