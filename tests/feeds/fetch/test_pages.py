"""Lists in pages: each interface's way to the next page, and where it ends."""

from __future__ import annotations

import json
import time

import pytest

from callerintel.errors import FeedError
from tests.feeds.fetch.conftest import Fetcher
from tests.feeds.server import Answer, Publisher, ok


def otx(*addresses: str, next_page: str | None) -> Answer:
    indicators = [{"indicator": address, "type": "IPv4"} for address in addresses]
    return ok(json.dumps({"results": [{"name": "pulse", "indicators": indicators}], "next": next_page}).encode())


def test_a_page_names_the_next_one(publisher: Publisher, fetcher: Fetcher) -> None:
    publisher.answers(
        "/pulses", otx("192.0.2.1", next_page=publisher.url("/pulses?page=2")), otx("192.0.2.2", next_page="/last"), Answer(404)
    )
    publisher.answers("/last", otx("192.0.2.3", next_page=None))
    fetched = fetcher(publisher.url("/pulses?page=1"), delivery="pages")
    assert [request.path for request in publisher.requests] == ["/pulses?page=1", "/pulses?page=2", "/last"]
    assert [b"192.0.2.%d" % number in body for number, body in enumerate(fetched.bodies, 1)] == [True, True, True]
    assert not fetched.download.unchanged


def test_a_token_leads_to_the_next_page_until_all_is_said(publisher: Publisher, fetcher: Fetcher) -> None:
    first = {"data": [{"ip": "192.0.2.1"}], "request_metadata": {"scroll": "a b/c", "complete": False}}
    last = {"data": [{"ip": "192.0.2.2"}], "request_metadata": {"scroll": "d", "complete": True}}
    publisher.answers("/gnql", ok(json.dumps(first).encode()), ok(json.dumps(last).encode()))
    assert len(fetcher(publisher.url("/gnql?query=last_seen:1d"), delivery="pages").bodies) == 2
    assert [request.path for request in publisher.requests] == [
        "/gnql?query=last_seen:1d",
        "/gnql?query=last_seen:1d&scroll=a+b%2Fc",
    ]


@pytest.mark.parametrize(
    ("end", "requests"),
    [
        (ok(b""), 3),
        (Answer(404), 3),
        (ok(b"192.0.2.3\n192.0.2.4\n"), 3),  # the same page again: the number is not understood
        (ok(b'{"items": [], "total": 4}'), 3),
        (ok(b"[]"), 3),
    ],
    ids=["empty", "not found", "again", "no items", "empty array"],
)
def test_pages_are_counted_until_there_are_no_more(publisher: Publisher, fetcher: Fetcher, end: Answer, requests: int) -> None:
    publisher.answers("/content", ok(b"192.0.2.1\n192.0.2.2\n"), ok(b"192.0.2.3\n192.0.2.4\n"), end)
    fetched = fetcher(publisher.url("/content?page=1"), delivery="pages")
    assert fetched.bodies == [b"192.0.2.1\n192.0.2.2\n", b"192.0.2.3\n192.0.2.4\n"]
    assert [request.path for request in publisher.requests] == [f"/content?page={number + 1}" for number in range(requests)]


def test_a_page_shorter_than_its_size_is_the_last(publisher: Publisher, fetcher: Fetcher) -> None:
    publisher.answers("/content", ok(b"192.0.2.1\n192.0.2.2\n"), ok(b"192.0.2.3\n"))
    assert len(fetcher(publisher.url("/content?page_size=2&page=1"), delivery="pages").bodies) == 2
    assert len(publisher.requests) == 2


def test_a_list_of_one_page_is_one_page(publisher: Publisher, fetcher: Fetcher) -> None:
    body = b'{"meta": {}, "data": [{"ipAddress": "192.0.2.1", "abuseConfidenceScore": 100}]}'
    publisher.answers("/blacklist", ok(body, ETag='"1"'))
    fetched = fetcher(publisher.url("/blacklist"), delivery="pages")
    assert fetched.bodies == [body]
    assert fetched.download.conditions == {}, "that the first page is as before says nothing of the others"


def test_the_day_since_when_is_put_into_the_address(publisher: Publisher, fetcher: Fetcher) -> None:
    publisher.answers("/pulses", otx("192.0.2.1", next_page=None))
    fetcher(publisher.url("/pulses?modified_since={since}"), delivery="pages", history_days=30)
    day = publisher.requests[0].path.partition("modified_since=")[2]
    assert day == time.strftime("%Y-%m-%d", time.gmtime(time.time() - 30 * 86400))


@pytest.mark.parametrize(
    ("next_page", "reason"),
    [
        ("/pulses", "endless"),
        ("https://example.com/pulses?page=2", "redirect"),
        ("//192.0.2.1/pulses", "redirect"),
        ("http://user@127.0.0.1/pulses", "redirect"),
        ("page-2-token", "truncated"),
        # found by fuzzing: what is no address at all
        ("http://[", "redirect"),
        ("//[x/", "redirect"),
        ("http://127.0.0.1:99999999/", "redirect"),
    ],
)
def test_a_next_page_that_leads_astray_is_not_followed(
    publisher: Publisher, fetcher: Fetcher, next_page: str, reason: str
) -> None:
    publisher.answers("/pulses", otx("192.0.2.1", next_page=next_page))
    with pytest.raises(FeedError) as caught:
        fetcher(publisher.url("/pulses"), delivery="pages")
    assert caught.value.reason == reason
    assert len(publisher.requests) == 1


def test_a_token_that_is_no_text_is_asked_for_all_the_same(publisher: Publisher, fetcher: Fetcher) -> None:
    publisher.answers("/gnql", ok(b'{"data": [1], "scroll": "\\ud800"}'), ok(b'{"data": [2], "complete": true}'))
    assert len(fetcher(publisher.url("/gnql"), delivery="pages").bodies) == 2
    assert publisher.requests[1].path == "/gnql?scroll=%3F"


def test_all_pages_together_have_the_limit_of_one_list(publisher: Publisher, fetcher: Fetcher) -> None:
    pages = [otx(f"192.0.2.{number}" + " " * 400_000, next_page=f"/pulses?page={number}") for number in range(1, 9)]
    publisher.answers("/pulses", *pages)
    with pytest.raises(FeedError) as caught:
        fetcher(publisher.url("/pulses"), delivery="pages", max_megabytes=1)
    assert caught.value.reason == "too_large"
    assert len(publisher.requests) == 3


def test_a_page_that_fails_fails_the_list(publisher: Publisher, fetcher: Fetcher) -> None:
    publisher.answers("/pulses", otx("192.0.2.1", next_page="/denied"))
    publisher.answers("/denied", Answer(403))
    with pytest.raises(FeedError) as caught:
        fetcher(publisher.url("/pulses"), delivery="pages")
    assert caught.value.reason == "denied"
