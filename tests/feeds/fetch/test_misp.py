"""MISP feeds: the manifest decides which events are asked for; an event that is missing ends nothing."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest

from callerintel.errors import FeedError
from tests.feeds.fetch.conftest import Fetched, Fetcher
from tests.feeds.server import Answer, Publisher, ok

A, B, C = (f"{letter * 8}-0000-4000-8000-000000000000" for letter in "abc")


def event(address: str, info: str = "An event") -> Answer:
    attributes = [
        {"type": "ip-dst", "value": address, "to_ids": True, "timestamp": "1500000000", "category": "Network activity"},
        {"type": "md5", "value": "0" * 32, "to_ids": True},
    ]
    return ok(json.dumps({"Event": {"info": info, "timestamp": "1500000000", "Attribute": attributes}}).encode())


def manifest(publisher: Publisher, **more: str) -> None:
    """The manifest names events by letter, with the time at which they changed."""
    names = {"a": A, "b": B, "c": C}
    body = {names[letter]: {"info": "An event", "timestamp": stamp} for letter, stamp in more.items()}
    publisher.answers("/feed/manifest.json", ok(json.dumps(body).encode()))


def serve(publisher: Publisher, **events: Answer) -> None:
    for letter, answer in events.items():
        publisher.answers(f"/feed/{ {'a': A, 'b': B, 'c': C}[letter] }.json", answer)


def asked(publisher: Publisher) -> str:
    """Which events were asked for since the last time, by letter, in order."""
    letters = "".join(request.path.rpartition("/")[2][0] for request in publisher.requests if "manifest" not in request.path)
    publisher.requests.clear()
    return letters


def known(fetched: Fetched) -> list[str]:
    [body] = fetched.bodies
    return [attribute["value"] for item in json.loads(body)["response"] for attribute in item["Event"]["Attribute"]]


def missing(fetched: Fetched) -> list[Any]:
    found: list[Any] = json.loads(fetched.bodies[0])["missing"]
    return found


@pytest.mark.parametrize("path", ["/feed", "/feed/", "/feed/manifest.json"])
def test_only_events_that_changed_are_asked_for(publisher: Publisher, fetcher: Fetcher, path: str) -> None:
    url = publisher.url(path)
    manifest(publisher, a="1500000000", b="1500000001")
    serve(publisher, a=event("192.0.2.1"), b=event("192.0.2.2"), c=event("192.0.2.3"))
    first = fetcher(url, delivery="misp")
    assert known(first) == ["192.0.2.1", "192.0.2.2"]
    assert asked(publisher) == "ba", "newest first"

    assert fetcher(url, delivery="misp").bodies == first.bodies
    assert asked(publisher) == ""

    manifest(publisher, a="1500000009", c="1500000002")
    serve(publisher, a=event("198.51.100.1"))
    assert known(fetcher(url, delivery="misp")) == ["198.51.100.1", "192.0.2.3"], "b is named no more"
    assert asked(publisher) == "ac"


def test_an_event_that_is_not_there_keeps_its_last_version(publisher: Publisher, fetcher: Fetcher) -> None:
    url = publisher.url("/feed")
    manifest(publisher, a="1500000000", b="1500000001")
    serve(publisher, a=event("192.0.2.1"), b=Answer(404))
    first = fetcher(url, delivery="misp")
    assert (known(first), missing(first)) == (["192.0.2.1"], [B])
    manifest(publisher, a="1500000005", b="1500000001")
    serve(publisher, a=Answer(404), b=event("192.0.2.2"))
    second = fetcher(url, delivery="misp")
    assert (known(second), missing(second)) == (["192.0.2.1", "192.0.2.2"], [A])
    serve(publisher, a=ok(b"<html>sorry</html>"))
    assert missing(fetcher(url, delivery="misp")) == [A]
    serve(publisher, a=event("192.0.2.9"))
    last = fetcher(url, delivery="misp")
    assert (known(last), missing(last)) == (["192.0.2.9", "192.0.2.2"], [])


def test_a_feed_without_any_of_its_events_is_not_found(publisher: Publisher, fetcher: Fetcher) -> None:
    manifest(publisher, a="1500000000", b="1500000001")
    with pytest.raises(FeedError) as caught:
        fetcher(publisher.url("/feed"), delivery="misp")
    assert caught.value.reason == "not_found"


def test_what_was_read_before_a_failure_is_not_asked_for_again(publisher: Publisher, fetcher: Fetcher) -> None:
    manifest(publisher, a="1500000002", b="1500000001", c="1500000000")
    serve(publisher, a=event("192.0.2.1"), b=Answer(403), c=event("192.0.2.3"))
    with pytest.raises(FeedError) as caught:
        fetcher(publisher.url("/feed"), delivery="misp")
    assert caught.value.reason == "denied"
    assert "1 of 3 changed events were read; the next run goes on from there." in caught.value.detail
    asked(publisher)
    serve(publisher, b=event("192.0.2.2"))
    assert known(fetcher(publisher.url("/feed"), delivery="misp")) == ["192.0.2.1", "192.0.2.2", "192.0.2.3"]
    assert asked(publisher) == "bc"


def test_a_manifest_that_did_not_change_ends_the_run(publisher: Publisher, fetcher: Fetcher) -> None:
    body = json.dumps({A: {"timestamp": "1500000000"}, B: {"timestamp": "1500000001"}}).encode()
    publisher.answers("/feed/manifest.json", ok(body, ETag='"1"'))
    serve(publisher, a=event("192.0.2.1"), b=Answer(404))
    first = fetcher(publisher.url("/feed"), delivery="misp")
    assert first.download.conditions == {}, "an event is missing: the same manifest is worth a second look"
    serve(publisher, b=event("192.0.2.2"))
    second = fetcher(publisher.url("/feed"), first.download.conditions, delivery="misp")
    assert second.download.conditions == {"If-None-Match": '"1"'}
    publisher.answers("/feed/manifest.json", Answer(304))
    third = fetcher(publisher.url("/feed"), second.download.conditions, delivery="misp")
    assert (third.bodies, third.download.unchanged) == ([], True)
    assert publisher.requests[-1].headers["If-None-Match"] == '"1"'


def test_events_older_than_the_history_are_left_out(publisher: Publisher, fetcher: Fetcher) -> None:
    manifest(publisher, a=str(int(time.time()) - 40 * 86400), b=str(int(time.time()) - 5 * 86400))
    serve(publisher, a=event("192.0.2.1"), b=event("192.0.2.2"))
    assert known(fetcher(publisher.url("/feed"), delivery="misp", history_days=30)) == ["192.0.2.2"]
    assert asked(publisher) == "b"


def test_names_that_are_no_uuids_are_never_asked_for(publisher: Publisher, fetcher: Fetcher) -> None:
    body = {A: {"timestamp": "1"}, "../../etc/x": {"timestamp": "2"}, "https://example.com/": {"timestamp": "3"}}
    publisher.answers("/feed/manifest.json", ok(json.dumps(body).encode()))
    serve(publisher, a=event("192.0.2.1"))
    fetcher(publisher.url("/feed"), delivery="misp")
    assert asked(publisher) == "a"


@pytest.mark.parametrize("body", [b"[]", b"null", b"<html>", b'{"x": 1}', b'{"x": {}}', b""])
def test_a_manifest_that_is_none_is_unparsable(publisher: Publisher, fetcher: Fetcher, body: bytes) -> None:
    publisher.answers("/feed/manifest.json", ok(body))
    with pytest.raises(FeedError) as caught:
        fetcher(publisher.url("/feed"), delivery="misp")
    assert caught.value.reason == "unparsable"
