"""TAXII 2.1: finding the collection, pages, what is new, what is gone, and servers that never come to an end."""

from __future__ import annotations

import json
import re
import time
from pathlib import Path
from typing import Any

import pytest

from callerintel.errors import FeedError
from callerintel.feeds.fetch.taxii import FULL_DAYS
from tests.feeds.fetch.conftest import Fetched, Fetcher
from tests.feeds.server import Answer, Publisher, ok

OBJECTS = "/api1/collections/c1/objects/"


def indicator(number: int, pattern: str = "", modified: str = "2026-11-01T00:00:00.000Z", **more: object) -> dict[str, Any]:
    return {
        "type": "indicator",
        "id": f"indicator--00000000-0000-4000-8000-{number:012d}",
        "modified": modified,
        "pattern": pattern or f"[ipv4-addr:value = '192.0.2.{number}']",
        "pattern_type": "stix",
        **more,
    }


def envelope(*objects: dict[str, Any], added: str = "", **more: object) -> Answer:
    body = json.dumps({"objects": list(objects), **more} if objects or more else {}).encode()
    return ok(body, **({"X_TAXII_Date_Added_Last": added} if added else {}))


def known(fetched: Fetched) -> list[str]:
    """The patterns in the bundle that a fetch yields."""
    [body] = fetched.bodies
    return [item["pattern"].partition("'")[2].rstrip("']") for item in json.loads(body)["objects"]]


def query(publisher: Publisher, at: int = -1) -> list[str]:
    return sorted(publisher.requests[at].path.partition("?")[2].split("&"))


def test_what_is_new_is_added_and_nothing_new_is_not_nothing(publisher: Publisher, fetcher: Fetcher) -> None:
    """Known indicators stay, although the server only sends what was added since."""
    url = publisher.url("/api1/collections/c1/")
    publisher.answers(OBJECTS, envelope(indicator(1), indicator(2), added="2026-11-01T00:00:00.5Z"))
    first = fetcher(url, delivery="taxii")
    assert known(first) == ["192.0.2.1", "192.0.2.2"]
    assert query(publisher) == ["limit=1000", "match%5Btype%5D=indicator"]
    assert publisher.requests[0].headers["Accept"] == "application/taxii+json;version=2.1"

    publisher.answers(OBJECTS, envelope())
    assert fetcher(url, delivery="taxii").bodies == first.bodies
    assert query(publisher) == ["added_after=2026-11-01T00:00:00.5Z", "limit=1000", "match%5Btype%5D=indicator"]

    publisher.answers(OBJECTS, envelope(indicator(3), added="2026-11-03T00:00:00Z"))
    assert known(fetcher(url, delivery="taxii")) == ["192.0.2.1", "192.0.2.2", "192.0.2.3"]
    assert query(publisher)[0] == "added_after=2026-11-01T00:00:00.5Z"


def test_newer_versions_replace_and_older_ones_do_not(publisher: Publisher, fetcher: Fetcher) -> None:
    url = publisher.url(OBJECTS)
    publisher.answers(OBJECTS, envelope(indicator(1), indicator(2), indicator(3), added="2026-11-01T00:00:00Z"))
    fetcher(url, delivery="taxii")
    changed = [
        indicator(1, "[ipv4-addr:value = '198.51.100.1']", "2026-11-02T00:00:00.000Z"),
        indicator(2, "[file:name = 'x']", "2026-11-02T00:00:00.000Z"),
        indicator(3, "[ipv4-addr:value = '198.51.100.3']", "2026-10-02T00:00:00.000Z"),
    ]
    publisher.answers(OBJECTS, envelope(*changed, added="2026-11-02T00:00:00Z"))
    assert known(fetcher(url, delivery="taxii")) == ["198.51.100.1", "x", "192.0.2.3"]


def test_pages_are_read_to_the_end(publisher: Publisher, fetcher: Fetcher) -> None:
    publisher.answers(
        OBJECTS,
        envelope(indicator(1), more=True, next="p2", added="2026-11-01T00:00:00Z"),
        envelope(indicator(2), more=True, next="p3", added="2026-11-02T00:00:00Z"),
        envelope(indicator(3), more=False, added="2026-11-03T00:00:00Z"),
    )
    assert known(fetcher(publisher.url(OBJECTS), delivery="taxii")) == ["192.0.2.1", "192.0.2.2", "192.0.2.3"]
    assert [query(publisher, at)[-1] for at in range(3)] == ["match%5Btype%5D=indicator", "next=p2", "next=p3"]


def test_without_a_next_the_date_leads_to_the_next_page(publisher: Publisher, fetcher: Fetcher) -> None:
    publisher.answers(OBJECTS, envelope(indicator(1), more=True, added="2026-11-01T00:00:00Z"), envelope(indicator(2)))
    assert known(fetcher(publisher.url(OBJECTS), delivery="taxii")) == ["192.0.2.1", "192.0.2.2"]
    assert query(publisher)[0] == "added_after=2026-11-01T00:00:00Z"


@pytest.mark.parametrize(
    "pages",
    [
        [envelope(indicator(1), more=True, next="same", added="2026-11-01T00:00:00Z")],
        [envelope(indicator(1), more=True)],
        [envelope(indicator(1), more=True, added="2026-11-01T00:00:00Z")],
        [envelope(more=True, next=f"p{number}", added="2026-11-01T00:00:00Z") for number in range(99)],
    ],
    ids=["the same next", "no next", "the same date", "nothing on the pages"],
)
def test_a_cursor_without_end_is_given_up(publisher: Publisher, fetcher: Fetcher, pages: list[Answer]) -> None:
    publisher.answers(OBJECTS, *pages)
    with pytest.raises(FeedError) as caught:
        fetcher(publisher.url(OBJECTS), delivery="taxii")
    assert caught.value.reason == "endless"
    assert len(publisher.requests) <= 4


def test_ever_new_objects_end_at_the_size_of_a_list(publisher: Publisher, fetcher: Fetcher) -> None:
    pages = [envelope(indicator(number, name="x" * 300_000), more=True, next=f"p{number}") for number in range(99)]
    publisher.answers(OBJECTS, *pages)
    with pytest.raises(FeedError) as caught:
        fetcher(publisher.url(OBJECTS), delivery="taxii", max_megabytes=1)
    assert caught.value.reason == "too_large"
    assert len(publisher.requests) == 4


def test_a_poll_that_broke_off_goes_on_where_it_was(publisher: Publisher, fetcher: Fetcher) -> None:
    publisher.answers(OBJECTS, envelope(indicator(1), more=True, next="p2", added="2026-11-01T00:00:00Z"), Answer(403))
    with pytest.raises(FeedError) as caught:
        fetcher(publisher.url(OBJECTS), delivery="taxii")
    assert caught.value.reason == "denied"
    publisher.answers(OBJECTS, envelope(indicator(2), added="2026-11-02T00:00:00Z"))
    assert known(fetcher(publisher.url(OBJECTS), delivery="taxii")) == ["192.0.2.1", "192.0.2.2"]
    assert query(publisher)[0] == "added_after=2026-11-01T00:00:00Z"


def test_what_the_server_deleted_leaves_with_the_next_whole_reading(publisher: Publisher, fetcher: Fetcher) -> None:
    publisher.answers(OBJECTS, envelope(indicator(1), indicator(2), added="2026-11-01T00:00:00Z"))
    fetcher(publisher.url(OBJECTS), delivery="taxii")
    [path] = fetcher.folder.iterdir()
    stored = json.loads(path.read_text())
    stored["begun"] -= FULL_DAYS * 86400 + 1
    path.write_text(json.dumps(stored))
    publisher.answers(OBJECTS, envelope(indicator(2), added="2026-11-01T00:00:00Z"))
    assert known(fetcher(publisher.url(OBJECTS), delivery="taxii")) == ["192.0.2.2"]
    assert not query(publisher)[0].startswith("added_after")


def test_a_server_that_says_no_date_is_read_whole_every_time(publisher: Publisher, fetcher: Fetcher) -> None:
    publisher.answers(OBJECTS, envelope(indicator(1), indicator(2)))
    fetcher(publisher.url(OBJECTS), delivery="taxii")
    publisher.answers(OBJECTS, envelope(indicator(2)))
    assert known(fetcher(publisher.url(OBJECTS), delivery="taxii")) == ["192.0.2.2"]


def test_what_expires_goes_without_a_word_from_the_server(publisher: Publisher, fetcher: Fetcher) -> None:
    def at(seconds: float) -> str:
        return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + seconds))

    publisher.answers(
        OBJECTS,
        envelope(
            indicator(1, valid_from=at(-900), valid_until=at(-60)),
            indicator(2, valid_from=at(-900), valid_until=at(900)),
            added="2026-11-01T00:00:00Z",
        ),
    )
    assert known(fetcher(publisher.url(OBJECTS), delivery="taxii")) == ["192.0.2.2"]


def test_old_objects_are_left_out_on_demand(publisher: Publisher, fetcher: Fetcher) -> None:
    publisher.answers(
        OBJECTS, envelope(indicator(1, modified="2020-01-01T00:00:00Z"), indicator(2, modified="2999-01-01T00:00:00Z"))
    )
    assert known(fetcher(publisher.url(OBJECTS), delivery="taxii", history_days=30)) == ["192.0.2.2"]
    day = time.strftime("%Y-%m-%d", time.gmtime(time.time() - 30 * 86400))
    assert query(publisher)[0] == f"added_after={day}T00:00:00Z"


def test_a_broken_memory_costs_one_whole_reading(publisher: Publisher, fetcher: Fetcher) -> None:
    publisher.answers(OBJECTS, envelope(indicator(1), added="2026-11-01T00:00:00Z"))
    fetcher(publisher.url(OBJECTS), delivery="taxii")
    [path] = fetcher.folder.iterdir()
    whole = path.read_text()
    damaged = [whole.replace('"parts": {', f'"parts": {{"x": {part}, ') for part in ("1", "[]", '[1, "x"]', "[1, null]")]
    damaged += [re.sub(r'"(round|begun)": [0-9.]+', rf'"\1": {number}', whole) for number in ("1e999", "NaN", "null", '"x"')]
    for text in ("", "{", "[]", "null", '{"key": "other"}', *damaged):
        assert text != whole
        path.write_text(text)
        assert known(fetcher(publisher.url(OBJECTS), delivery="taxii")) == ["192.0.2.1"]
        assert not query(publisher)[0].startswith("added_after")


@pytest.fixture
def server(publisher: Publisher) -> Publisher:
    """A server with two API roots, one of them closed, and three collections, one of which nobody may read."""
    roots = [publisher.url("/api1/"), "/api2/"]
    publisher.answers("/taxii2/", ok(json.dumps({"title": "Some server", "api_roots": roots}).encode()))
    publisher.answers("/api2/collections/", Answer(403))
    publisher.answers("/api1/", ok(b'{"title": "Root", "versions": ["application/taxii+json;version=2.1"]}'))
    collections = [
        {"id": "c1", "title": "Addresses", "alias": "addr", "can_read": True},
        {"id": "c2", "title": "Files", "can_read": True},
        {"id": "c3", "title": "Closed", "can_read": False},
    ]
    publisher.answers("/api1/collections/", ok(json.dumps({"collections": collections}).encode()))
    publisher.answers(OBJECTS, envelope(indicator(1)))
    return publisher


@pytest.mark.parametrize("path", ["/taxii2/", "/taxii2", "/api1/", "/api1"])
@pytest.mark.parametrize("collection", ["c1", "addresses", "ADDR"])
def test_a_collection_is_found_by_its_name(server: Publisher, fetcher: Fetcher, path: str, collection: str) -> None:
    assert known(fetcher(server.url(path), delivery="taxii", collection=collection)) == ["192.0.2.1"]


@pytest.mark.parametrize("collection", ["", "closed", "nothing"])
def test_the_error_says_which_collections_there_are(server: Publisher, fetcher: Fetcher, collection: str) -> None:
    with pytest.raises(FeedError) as caught:
        fetcher(server.url("/taxii2/"), delivery="taxii", collection=collection)
    assert caught.value.reason == "configuration"
    assert "Addresses (c1); Files (c2)" in caught.value.detail


def test_an_api_root_elsewhere_is_not_asked(publisher: Publisher, fetcher: Fetcher) -> None:
    for root in ("https://example.com/api1/", "http://[", "http://127.0.0.1:99999999/"):
        publisher.answers("/taxii2/", ok(json.dumps({"title": "x", "api_roots": [root]}).encode()))
        with pytest.raises(FeedError) as caught:
            fetcher(publisher.url("/taxii2/"), delivery="taxii")
        assert caught.value.reason == "redirect"


@pytest.mark.parametrize("body", [b"[]", b"null", b"<html>", b'{"objects": 7}', b""])
def test_an_answer_that_is_no_envelope_is_unparsable(publisher: Publisher, fetcher: Fetcher, body: bytes) -> None:
    publisher.answers(OBJECTS, ok(body))
    with pytest.raises(FeedError) as caught:
        fetcher(publisher.url(OBJECTS), delivery="taxii")
    assert caught.value.reason == "unparsable"


def test_the_contents_of_a_real_server_are_found(real_feeds: Path, publisher: Publisher, fetcher: Fetcher) -> None:
    """The test data of a TAXII 2.1 server: three API roots, and one readable collection among them that holds objects."""
    data = json.loads((real_feeds / "sample_taxii21_medallion_default_data.json").read_text())
    roots = [name for name in data if name != "/discovery"]
    publisher.answers("/taxii2/", ok(json.dumps({"title": "x", "api_roots": [f"/{name}/" for name in roots]}).encode()))
    for name in roots:
        publisher.answers(f"/{name}/collections/", ok(json.dumps({"collections": data[name]["collections"]}).encode()))
    collection = next(item for item in data["trustgroup1"]["collections"] if item["title"] == "High Value Indicator Collection")
    publisher.answers(f"/trustgroup1/collections/{collection['id']}/objects/", envelope(*collection["objects"], more=False))
    fetched = fetcher(publisher.url("/taxii2/"), delivery="taxii", collection="high value indicator collection")
    assert known(fetched) == [], "its indicators are files and URLs"
    assert publisher.requests[-1].path.startswith(f"/trustgroup1/collections/{collection['id']}/objects/?")
