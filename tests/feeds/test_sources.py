"""Feeds that come in more than one answer, through the real input: what the lookup holds afterwards, and what the event says."""

from __future__ import annotations

import csv
import json
import time

from tests.feeds.conftest import Input
from tests.feeds.server import Answer, Publisher, ok

OBJECTS = "/api1/collections/c1/objects/"
EVENT_A, EVENT_B = "aaaaaaaa-0000-4000-8000-000000000000", "bbbbbbbb-0000-4000-8000-000000000000"


def indicator(number: int, **more: object) -> dict[str, object]:
    return {
        "type": "indicator",
        "id": f"indicator--00000000-0000-4000-8000-{number:012d}",
        "modified": "2026-01-02T00:00:00Z",
        "valid_from": "2026-01-01T00:00:00Z",
        "pattern": f"[ipv4-addr:value = '192.0.2.{number}']",
        "confidence": 80,
        "name": "C2",
        **more,
    }


def envelope(*objects: dict[str, object], added: str = "") -> Answer:
    headers = {"X_TAXII_Date_Added_Last": added} if added else {}
    return ok(json.dumps({"objects": objects, "more": False} if objects else {}).encode(), **headers)


def listed(feed_input: Input, feed: str) -> list[str]:
    with (feed_input.lookups / f"intel_feed_{feed}.csv").open(newline="") as file:
        return [row["indicator"] for row in csv.DictReader(file)]


def test_a_poll_of_taxii_adds_what_is_new_and_takes_away_what_is_revoked(feed_input: Input, publisher: Publisher) -> None:
    settings = {"delivery": "taxii", "category": "c2", "collection": "Addresses"}
    publisher.answers("/api1/", ok(b'{"title": "Root", "versions": ["application/taxii+json;version=2.1"]}'))
    publisher.answers("/api1/collections/", ok(b'{"collections": [{"id": "c1", "title": "Addresses", "can_read": true}]}'))
    publisher.answers(OBJECTS, envelope(indicator(1), indicator(2), added="2026-01-02T00:00:00Z"))
    status = feed_input.run("taxii", publisher.url("/api1/"), **settings)
    assert (status["status"], status["format"], status["kept"], status["added"]) == ("ok", "stix", 2, 2)
    before = feed_input.generation()

    publisher.answers(OBJECTS, envelope())
    status = feed_input.run_here("taxii", publisher.url("/api1/"), **settings)
    assert (status["status"], status["reason"], status["kept"]) == ("unchanged", "same_content", 2)
    assert feed_input.generation() == before

    publisher.answers(
        OBJECTS, envelope(indicator(3), indicator(1, revoked=True, modified="2026-01-03T00:00:00Z"), added="2026-01-03T00:00:00Z")
    )
    status = feed_input.run("taxii", publisher.url("/api1/"), **settings)
    assert (status["status"], status["kept"], status["added"], status["removed"]) == ("ok", 2, 1, 1)
    assert listed(feed_input, "taxii") == ["192.0.2.2", "192.0.2.3"]
    row = b'192.0.2.2","c2",80,"C2",1767225600,1767312000'.replace(b'"c2"', b"c2").replace(b'"C2"', b"C2")
    assert row in (feed_input.lookup("intel_feed_taxii.csv") or b"")


def test_an_endless_cursor_leaves_the_lookup_as_it_is(feed_input: Input, publisher: Publisher) -> None:
    publisher.answers(OBJECTS, envelope(indicator(1)))
    feed_input.run_here("taxii", publisher.url(OBJECTS), delivery="taxii")
    before = feed_input.generation()
    publisher.answers(OBJECTS, ok(json.dumps({"objects": [indicator(2)], "more": True, "next": "again"}).encode()))
    status = feed_input.run("taxii", publisher.url(OBJECTS), delivery="taxii")
    assert (status["status"], status["reason"]) == ("failed", "endless")
    assert feed_input.generation() == before


def test_an_event_of_misp_that_is_not_there_leaves_what_is_known(feed_input: Input, publisher: Publisher) -> None:
    def event(address: str) -> Answer:
        attribute = {"type": "ip-dst", "value": address, "to_ids": True, "timestamp": "1767323045"}
        return ok(json.dumps({"Event": {"info": "An event", "Attribute": [attribute]}}).encode())

    def manifest(**stamps: str) -> Answer:
        names = {"a": EVENT_A, "b": EVENT_B}
        return ok(json.dumps({names[letter]: {"timestamp": stamp} for letter, stamp in stamps.items()}).encode())

    publisher.answers("/misp/manifest.json", manifest(a="1767323045", b="1767323046"))
    publisher.answers(f"/misp/{EVENT_A}.json", event("192.0.2.1"))
    publisher.answers(f"/misp/{EVENT_B}.json", event("192.0.2.2"))
    status = feed_input.run("misp", publisher.url("/misp/"), delivery="misp")
    assert (status["status"], status["format"], status["kept"]) == ("ok", "misp", 2)
    before = feed_input.lookup("intel_feed_misp.csv")

    publisher.answers("/misp/manifest.json", manifest(a="1767323045", b="1767323099"))
    publisher.answers(f"/misp/{EVENT_B}.json", Answer(404))
    status = feed_input.run("misp", publisher.url("/misp/"), delivery="misp")
    assert status["rejected"] == {"missing": 1}
    assert feed_input.lookup("intel_feed_misp.csv") == before


def test_all_pages_make_one_list(feed_input: Input, publisher: Publisher) -> None:
    def page(address: str, next_page: str | None) -> Answer:
        pulse = {"name": "A pulse", "indicators": [{"indicator": address, "type": "IPv4"}]}
        return ok(json.dumps({"results": [pulse], "next": next_page}).encode())

    publisher.answers("/pulses", page("192.0.2.1", publisher.url("/more")))
    publisher.answers("/more", page("192.0.2.2", None))
    status = feed_input.run("otx", publisher.url("/pulses?limit=1"), delivery="pages", history_days=30)
    assert (status["status"], status["format"], status["kept"]) == ("ok", "otx", 2)
    publisher.answers("/more", Answer(403))
    before = feed_input.generation()
    status = feed_input.run_here("otx", publisher.url("/pulses?limit=1"), delivery="pages", history_days=30)
    assert (status["status"], status["reason"]) == ("failed", "denied")
    assert feed_input.generation() == before, "the first page alone is not the list"


def test_an_indicator_that_is_over_leaves_though_the_list_is_the_same(feed_input: Input, publisher: Publisher) -> None:
    soon = time.time() + 2
    until = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(soon))
    body = json.dumps({"type": "bundle", "id": "bundle--0", "objects": [indicator(1, valid_until=until), indicator(2)]}).encode()
    publisher.answers("/bundle.json", ok(body, ETag='"1"'))
    feed_input.run_here("bundle", publisher.url("/bundle.json"), format="stix")
    assert listed(feed_input, "bundle") == ["192.0.2.1", "192.0.2.2"]
    status = {"status": "unchanged"}
    while status["status"] == "unchanged" and time.time() < soon + 30:  # the one thing that is waited for is the clock
        status = feed_input.run_here("bundle", publisher.url("/bundle.json"), format="stix")
    assert time.time() >= int(soon)
    assert (status["status"], status["removed"], status["rejected"]) == ("ok", 1, {"inactive": 1})
    assert listed(feed_input, "bundle") == ["192.0.2.2"]
