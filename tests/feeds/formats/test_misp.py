"""MISP events: what counts of their attributes."""

from __future__ import annotations

import json
from typing import Any

import pytest

from callerintel.errors import FeedError
from callerintel.feeds.document import Document
from callerintel.feeds.formats import FORMATS
from tests.feeds.formats.reading import Row, read


def attribute(kind: str, value: str, **more: object) -> dict[str, object]:
    return {"type": kind, "value": value, "to_ids": True, "category": "Network activity", "timestamp": "1767323045", **more}


EVENT: dict[str, Any] = {
    "info": "An event",
    "timestamp": "1767323046",
    "Orgc": {"name": "CIRCL"},
    "Attribute": [
        attribute("ip-dst", "192.0.2.1", comment="C2"),
        attribute(
            "ip-src|port", "192.0.2.2|443", first_seen="2026-01-01T00:00:00.000000+00:00", last_seen="2026-01-02T00:00:00+00:00"
        ),
        attribute("domain|ip", "example.com|2001:db8::1"),
        attribute("ip-dst", "192.0.2.0/25"),
        attribute("ip-dst", "192.0.2.3", to_ids=False),
        attribute("ip-dst", "192.0.2.4", deleted=True),
        attribute("ip-dst", "192.0.2.300"),
        attribute("domain", "example.com"),
        attribute("url", "http://192.0.2.5/"),
        attribute("md5", "00ff"),
        attribute("regkey|value", "HKLM|192.0.2.6"),
    ],
    "Object": [
        {"name": "ip-port", "Attribute": [attribute("ip-dst", "192.0.2.7"), attribute("port", "443")]},
        {"name": "ip-port", "deleted": True, "Attribute": [attribute("ip-dst", "192.0.2.8")]},
    ],
}
SEEN = 1767323045
ROWS = [
    Row("192.0.2.1", "An event: C2", None, None, SEEN),
    Row("192.0.2.2", "An event", None, 1767225600, 1767312000),
    Row("2001:db8::1", "An event", None, None, SEEN),
    Row("192.0.2.0/25", "An event", None, None, SEEN),
    Row("192.0.2.7", "An event", None, None, SEEN),
]
REASONS = ["inactive", "inactive", "malformed_address", "host_name", "host_name", "other_type", "other_type", "other_type"]


@pytest.mark.parametrize(
    "body",
    [EVENT, {"Event": EVENT}, {"response": [{"Event": EVENT}]}, {"response": {"Event": EVENT}}, [{"Event": EVENT}]],
    ids=["bare", "feed", "search", "one", "array"],
)
def test_an_event_is_read_however_it_is_wrapped(body: object) -> None:
    assert read(json.dumps(body)) == ("misp", ROWS, REASONS)
    assert FORMATS["misp"].says(Document(json.dumps(body).encode(), "x")).date == 1767323046


def test_attributes_without_an_event_are_read() -> None:
    body = {"response": {"Attribute": [attribute("ip-dst", "192.0.2.1", comment="C2"), attribute("AS", "AS64496")]}}
    assert read(json.dumps(body)) == ("misp", [Row("192.0.2.1", "C2", None, None, SEEN)], ["other_type"])


def test_events_that_could_not_be_had_are_counted() -> None:
    body = {"response": [{"Event": {"info": "x", "Attribute": []}}], "missing": ["a", "b"]}
    assert read(json.dumps(body)) == ("misp", [], ["missing", "missing"])
    assert read('{"response": [], "missing": []}') == ("misp", [], [])


def test_a_manifest_is_told_from_an_event() -> None:
    body = {"57c4445b-c548-4654-af0b-4be3950d210f": {"Orgc": {"name": "CIRCL"}, "info": "x", "timestamp": "1472541011"}}
    with pytest.raises(FeedError) as caught:
        read(json.dumps(body))
    assert caught.value.reason == "unparsable"
    assert "delivery = misp" in caught.value.detail


@pytest.mark.parametrize("text", ["", "7", "null", "[]", "{}", '{"a": 1}', '[{"a": 1}]', '{"response": 7}'])
def test_what_is_no_event_is_unparsable(text: str) -> None:
    with pytest.raises(FeedError) as caught:
        read(text, "misp")
    assert caught.value.reason == "unparsable"
