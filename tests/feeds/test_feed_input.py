"""The modular input as splunkd runs it: its own process, XML in and out, against a publisher on this host."""

from __future__ import annotations

import csv
import re
import signal
import time
from typing import Any

import pytest

from callerintel.feeds.arguments import ARGUMENTS
from callerintel.feeds.shared_settings import described
from tests.feeds.conftest import Input
from tests.feeds.server import Answer, Publisher, gzipped, ok, redirect

GOOD = b"# Last updated: 2026-03-04 14:28:39 UTC\n192.0.2.7\n198.51.100.0/24\n2001:db8::a\n"
GOOD_SEGMENTS = [("4c0000207", "4c0000207"), ("4c6336400", "4c63364ff"), ("620010db800000000000000000000000a",) * 2]
HTML = b"<!DOCTYPE html>\n<html><body>192.0.2.8</body></html>\n"


def segments(feed_input: Input) -> list[tuple[str, str]]:
    with (feed_input.lookups / "malicious_ips.csv").open(newline="") as file:
        return [(row["start"], row["end"] or row["start"]) for row in csv.DictReader(file)]


def test_the_scheme_offers_every_setting_with_title_and_description(feed_input: Input) -> None:
    scheme = feed_input.splunkd.scheme(feed_input.app, "intel_feed")
    assert [(item.name, item.title, item.description) for item in scheme.arguments.values()] == [
        (item.name, item.title, described(item)) for item in ARGUMENTS
    ]
    assert not scheme.use_single_instance
    assert scheme.use_external_validation
    assert [item.name for item in scheme.arguments.values() if item.required_on_create] == ["url"]


@pytest.mark.parametrize(
    ("params", "names"),
    [
        ({"url": "https://example.com/list.txt"}, None),
        ({"url": "https://example.com/list.txt", "confidence": "101"}, "confidence"),
        ({"url": "https://example.com/list.txt", "category": "evil"}, "category"),
        ({"url": "https://example.com/list.txt", "keep_reserved": "perhaps"}, "keep_reserved"),
        ({"url": "http://example.com/list.txt"}, "url"),
        ({"url": "list.txt"}, "url"),
        ({}, "url"),
    ],
    ids=["good", "confidence", "category", "truth", "http", "relative", "none"],
)
def test_a_new_stanza_is_checked_and_the_error_names_the_setting(feed_input: Input, params: dict[str, str], names: str) -> None:
    result = feed_input.splunkd.validate(feed_input.app, "intel_feed", "some_list", params)
    if names is None:
        assert (result.error, result.exit_status) == (None, 0)
    else:
        assert result.error is not None
        assert f"The option {names} " in result.error
        assert "Allowed: " in result.error
        assert result.exit_status != 0


def test_a_list_becomes_its_own_lookup_and_segments(feed_input: Input, publisher: Publisher) -> None:
    publisher.answers("/list.txt", ok(GOOD))
    status = feed_input.run("some_list", publisher.url("/list.txt"), category="scanner", confidence=70, description="a | b")
    assert {key: status[key] for key in ("feed", "format", "category", "status", "listed", "kept", "added", "removed")} == {
        "feed": "some_list",
        "format": "plain",
        "category": "scanner",
        "status": "ok",
        "listed": 3,
        "kept": 3,
        "added": 3,
        "removed": 0,
    }
    assert status["publisher_date"] == 1772634519
    assert (status["http_status"], status["bytes"]) == (200, len(GOOD))
    assert segments(feed_input) == GOOD_SEGMENTS
    with (feed_input.lookups / "intel_feed_some_list.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["indicator"], row["category"], row["confidence"], row["description"]) for row in rows] == [
        ("192.0.2.7", "scanner", "70", "a / b"),
        ("198.51.100.0/24", "scanner", "70", "a / b"),
        ("2001:db8::a", "scanner", "70", "a / b"),
    ]


def test_the_first_run_creates_the_missing_lookups_and_touches_no_other(feed_input: Input, publisher: Publisher) -> None:
    baseline = feed_input.lookups / "caller_baseline.csv"
    baseline.write_bytes(b"learned\n")
    feed_input.run("some_list", publisher.url("/missing"))
    assert baseline.read_bytes() == b"learned\n"
    assert feed_input.lookup("aws_ip_ranges.csv") == b"start,end,prefix,service,region\n"
    assert feed_input.lookup("malicious_ips.csv") == (
        b'start,end,indicator,feed,category,confidence,description,"first_seen","last_seen"\n'
    )
    allowlist = feed_input.lookup("caller_allowlist.csv") or b""
    assert allowlist.startswith(b"indicator,caller,")


def test_a_run_says_who_it_is_and_asks_only_for_what_changed(feed_input: Input, publisher: Publisher) -> None:
    modified = "Wed, 04 Mar 2026 14:28:39 GMT"
    publisher.answers("/list.txt", ok(GOOD, ETag='"one"', Last_Modified=modified), Answer(304))
    feed_input.run("some_list", publisher.url("/list.txt"), contact="soc@example.com")
    before = feed_input.generation()
    status = feed_input.run("some_list", publisher.url("/list.txt"), contact="soc@example.com")
    assert (status["status"], status["reason"], status["http_status"]) == ("unchanged", "not_modified", 304)
    assert (status["kept"], status["lookup_rows"], status["lookup_changed"]) == (3, 3, False)
    first, second = (request.headers for request in publisher.requests)
    assert first["User-Agent"].startswith("TA-maliciouscaller/0.1.0 (")
    assert "soc@example.com" in first["User-Agent"]
    assert first["Accept-Encoding"] == "gzip"
    assert "If-None-Match" not in first
    assert (second["If-None-Match"], second["If-Modified-Since"]) == ('"one"', modified)
    assert feed_input.generation() == before


def test_a_lookup_that_was_lost_is_downloaded_whole_again(feed_input: Input, publisher: Publisher) -> None:
    publisher.answers("/list.txt", ok(GOOD, ETag='"one"'))
    feed_input.run("some_list", publisher.url("/list.txt"))
    (feed_input.lookups / "intel_feed_some_list.csv").unlink()
    assert feed_input.run("some_list", publisher.url("/list.txt"))["status"] == "ok"
    assert "If-None-Match" not in publisher.requests[-1].headers
    assert segments(feed_input) == GOOD_SEGMENTS


def test_a_changed_setting_reaches_the_rows_although_the_list_is_the_same(feed_input: Input, publisher: Publisher) -> None:
    publisher.answers("/list.txt", ok(GOOD, ETag='"one"'))
    feed_input.run("some_list", publisher.url("/list.txt"), category="scanner")
    status = feed_input.run("some_list", publisher.url("/list.txt"), category="spam")
    assert (status["status"], status["added"], status["removed"]) == ("ok", 0, 0)
    assert b",spam," in (feed_input.lookup("malicious_ips.csv") or b"")


@pytest.mark.parametrize(
    "body",
    [GOOD.replace(b"2026-03-04", b"2026-03-05"), b"2001:db8::a\n198.51.100.0/24\n192.0.2.7\n192.0.2.7\n"],
    ids=["new date", "other order and a duplicate"],
)
def test_a_list_that_says_the_same_rewrites_nothing(feed_input: Input, publisher: Publisher, body: bytes) -> None:
    publisher.answers("/list.txt", ok(GOOD), ok(body))
    feed_input.run("some_list", publisher.url("/list.txt"))
    before = feed_input.generation()
    status = feed_input.run("some_list", publisher.url("/list.txt"))
    assert (status["status"], status["reason"]) == ("unchanged", "same_content")
    assert feed_input.generation() == before


def test_first_seen_survives_and_what_left_is_gone(feed_input: Input, publisher: Publisher) -> None:
    publisher.answers("/list.txt", ok(GOOD), ok(GOOD.replace(b"192.0.2.7", b"192.0.2.8")))
    feed_input.run("some_list", publisher.url("/list.txt"))
    path = feed_input.lookups / "intel_feed_some_list.csv"
    path.write_bytes(re.sub(rb"[0-9]{10}", b"1700000000", path.read_bytes()))  # it was long ago
    status = feed_input.run("some_list", publisher.url("/list.txt"))
    assert (status["added"], status["removed"]) == (1, 1)
    with path.open(newline="") as file:
        rows = {row["indicator"]: row["first_seen"] for row in csv.DictReader(file)}
    assert set(rows) == {"192.0.2.8", "198.51.100.0/24", "2001:db8::a"}
    assert rows["2001:db8::a"] == "1700000000" < rows["192.0.2.8"]


# What a publisher may do wrong → the settings, the status, the reason, how often the publisher is asked.
FAULTS: dict[str, tuple[list[Answer], dict[str, Any], str, str, int]] = {
    "403": ([Answer(403, b"no")], {}, "failed", "denied", 1),
    "401": ([Answer(401, b"no")], {}, "failed", "denied", 1),
    "404": ([Answer(404, b"no")], {}, "failed", "not_found", 1),
    "410": ([Answer(410, b"no")], {}, "failed", "not_found", 1),
    "304 to no question": ([Answer(304)], {"category": "spam"}, "failed", "http_status", 1),
    "418": ([Answer(418, b"no")], {}, "failed", "http_status", 1),
    "429 for an hour": ([Answer(429, b"", {"Retry-After": "3600"})], {}, "failed", "rate_limited", 1),
    "503 for ever": ([Answer(503, b"", {"Retry-After": "0"})], {}, "failed", "http_status", 3),
    "html with 200": ([ok(HTML, Content_Type="text/plain")], {}, "refused", "html", 1),
    "tombstone": ([ok(b"# This list has been deprecated on 2025-01-03\n")], {}, "refused", "tombstone", 1),
    "xml tombstone": ([ok(b"<?xml version='1.0'?>\n<s>LIST NO LONGER MAINTAINED</s>")], {}, "refused", "tombstone", 1),
    "empty": ([ok(b"")], {}, "refused", "empty", 1),
    "comments only": ([ok(b"# generated on 04.07.2026 12:22\n")], {}, "refused", "empty", 1),
    "too few": ([ok(GOOD + b"192.0.2.9\n")], {"min_entries": 5}, "refused", "empty", 1),
    "no list": ([ok(b"You can only fetch the data every 30 minutes.\n")], {}, "refused", "unparsable", 1),
    "names only": ([ok(b"example.com\nexample.org\n")], {}, "refused", "empty", 1),
    "everything": ([ok(GOOD + b"0.0.0.0/0\n")], {}, "refused", "too_wide", 1),
    "all of IPv6": ([ok(GOOD + b"::/0\n")], {}, "refused", "too_wide", 1),
    "shrunk": ([ok(b"192.0.2.7\n")], {"max_shrink": 50}, "refused", "shrunk", 1),
    "too few of those counted": ([ok(b"192.0.2.7\n# END 2 entries")], {}, "refused", "truncated", 1),
    "cut short": ([Answer(200, GOOD, cut=50)], {}, "refused", "truncated", 3),
    "cut short in chunks": ([Answer(200, GOOD, cut=50, chunked=True)], {}, "refused", "truncated", 3),
    "longer by its length": ([Answer(200, GOOD, length=len(GOOD) + 9)], {}, "refused", "truncated", 3),
    "gzip cut short": ([ok(gzipped(GOOD).body[:-9], Content_Encoding="gzip")], {}, "refused", "truncated", 1),
    "gzip damaged": ([ok(gzipped(GOOD).body[:20] + b"\0" * 40)], {}, "refused", "truncated", 1),
    "stalled": ([Answer(200, GOOD, cut=50, stall=True)], {"timeout_seconds": 1}, "failed", "timeout", 1),
    "head that drips": ([Answer(drip=True)], {"timeout_seconds": 1}, "failed", "timeout", 1),
    "redirect loop": ([redirect("/list.txt")], {}, "failed", "redirect", 6),
    "redirect to http": ([redirect("http://example.com/list.txt")], {}, "failed", "redirect", 1),
    "redirect to a file": ([redirect("file:///etc/hostname")], {}, "failed", "redirect", 1),
    "too large": ([ok(b"192.0.2.7\n" * 100_001)], {"max_megabytes": 1}, "failed", "too_large", 1),
    "gzip bomb": ([ok(gzipped(b"\n" * 50_000_000).body)], {"max_megabytes": 1}, "failed", "too_large", 1),
    "one line of 10 MB": ([ok(b"1" * 10_000_000)], {}, "refused", "unparsable", 1),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_whatever_the_publisher_does_the_last_good_generation_stays(feed_input: Input, publisher: Publisher, fault: str) -> None:
    answers, settings, status_expected, reason, asked = FAULTS[fault]
    publisher.answers("/list.txt", ok(GOOD, ETag='"one"'))
    feed_input.run_here("some_list", publisher.url("/list.txt"))
    before = feed_input.generation()
    publisher.requests.clear()
    publisher.answers("/list.txt", *answers)
    status = feed_input.run("some_list", publisher.url("/list.txt"), **settings)
    assert (status["status"], status["reason"]) == (status_expected, reason)
    assert "stays in use" in status["message"]
    assert len(publisher.requests) == asked
    assert feed_input.generation() == before
    publisher.answers("/list.txt", ok(GOOD.replace(b"192.0.2.7", b"192.0.2.9")))
    after = feed_input.run_here("some_list", publisher.url("/list.txt"))
    assert after.get("reason", "") == ("waiting" if fault == "429 for an hour" else ""), "the next run tries again"


@pytest.mark.parametrize(
    "answers",
    [
        [Answer(500), ok(GOOD)],
        [Answer(429, b"", {"Retry-After": "1"}), ok(GOOD)],
        [Answer(200, GOOD, cut=50), ok(GOOD)],
        [redirect("/moved"), ok(GOOD)],
        [gzipped(GOOD)],
        [ok(gzipped(GOOD[:30]).body + gzipped(GOOD[30:]).body)],
        [ok(b"\xef\xbb\xbf" + GOOD.replace(b"\n", b"\r\n"))],
        [ok(GOOD.replace(b"\n", b"\r"))],
        [ok(GOOD.strip())],
        [ok(GOOD.decode().encode("utf-16"))],
        [ok(GOOD.decode().encode("utf-16-le"))],
        [ok(GOOD.replace(b"192", b"\x00192"))],
        [ok(GOOD + b"\xff\xfe\xe9 no text\n")],
        [ok(GOOD, Content_Type="text/html; charset: UTF-8;charset=UTF-8")],
        [Answer(200, GOOD, chunked=True)],
    ],
    ids=[
        "500 then fine", "429 then fine", "cut then fine", "redirect", "gzip", "gzip members", "BOM and CRLF", "CR", "no last newline",
        "UTF-16", "UTF-16 without mark", "NUL", "wrong encoding", "wrong type", "chunked",
    ],
)  # fmt: skip
def test_a_good_list_is_read_however_it_comes(feed_input: Input, publisher: Publisher, answers: list[Answer]) -> None:
    publisher.answers("/list.txt", *answers)
    publisher.answers("/moved", ok(GOOD))
    status = feed_input.run("some_list", publisher.url("/list.txt"))
    assert (status["status"], status["kept"]) == ("ok", 3)
    assert segments(feed_input) == GOOD_SEGMENTS


def test_a_publisher_who_asked_for_time_is_left_alone(feed_input: Input, publisher: Publisher) -> None:
    publisher.answers("/list.txt", Answer(429, b"", {"Retry-After": "3600"}))
    assert feed_input.run("some_list", publisher.url("/list.txt"))["next_try"] > time.time() + 3500
    status = feed_input.run("some_list", publisher.url("/list.txt"))
    assert (status["status"], status["reason"]) == ("unchanged", "waiting")
    assert len(publisher.requests) == 1


def test_a_shrink_that_is_served_three_times_is_the_new_truth(feed_input: Input, publisher: Publisher) -> None:
    publisher.answers("/list.txt", ok(GOOD), ok(b"192.0.2.7\n"))
    url = publisher.url("/list.txt")
    statuses = [feed_input.run("some_list", url, max_shrink=50)["status"] for _ in range(4)]
    assert statuses == ["ok", "refused", "refused", "ok"]


def test_a_missing_end_mark_means_a_list_that_was_cut(feed_input: Input, publisher: Publisher) -> None:
    publisher.answers("/list.txt", ok(GOOD + b"; EOF\n"), ok(GOOD))
    feed_input.run("some_list", publisher.url("/list.txt"))
    assert feed_input.run("some_list", publisher.url("/list.txt"))["reason"] == "truncated"


def test_a_stanza_from_a_file_is_checked_at_the_run(feed_input: Input) -> None:
    status = feed_input.run("some_list", "https://example.com/list.txt", confidence="very")
    assert (status["status"], status["reason"]) == ("failed", "configuration")
    assert "The option confidence cannot be 'very'." in status["message"]
    assert feed_input.stderr[0].startswith("ERROR ")


def test_no_part_of_a_url_but_the_host_is_told(feed_input: Input, publisher: Publisher) -> None:
    canary = "canary-5f1c"
    publisher.answers(f"/{canary}/list.txt", Answer(500, b"", {"Retry-After": "0"}))
    status = feed_input.run("some_list", publisher.url(f"/{canary}/list.txt?key={canary}"))
    assert status["reason"] == "http_status"
    told = [str(status), *feed_input.stderr]
    kept = [path.read_text() for path in feed_input.splunkd.home.rglob("*") if path.is_file() and "modinputs" in path.parts]
    assert [text for text in told + kept if canary in text] == []


def test_sigterm_during_a_download_ends_the_run_at_once_and_tells(feed_input: Input, publisher: Publisher) -> None:
    publisher.answers("/list.txt", ok(GOOD))
    feed_input.run("some_list", publisher.url("/list.txt"))
    before = feed_input.generation()
    publisher.requests.clear()
    publisher.answers("/list.txt", Answer(200, GOOD, cut=50, stall=True))
    params = {"url": publisher.url("/list.txt"), "keep_reserved": "true"}
    with feed_input.splunkd.rest() as rest:
        process = feed_input.splunkd.start_input(feed_input.app, "intel_feed", "some_list", params, rest=rest)
        deadline = time.monotonic() + 30
        while not publisher.requests and time.monotonic() < deadline:
            pass
        process.process.send_signal(signal.SIGTERM)
        started = time.monotonic()
        result = process.wait(20)
    assert time.monotonic() - started < 5
    assert result.exit_status == 0
    assert '"reason": "stopped"' in result.events[0].data
    assert feed_input.generation() == before


def test_a_list_in_a_file_and_aws_ranges(feed_input: Input, tmp_path: Any) -> None:
    ranges = tmp_path / "ip ranges|.json"
    ranges.write_text(
        '{"syncToken": "2", "createDate": "2026-08-22-14-17-05", "prefixes": ['
        '{"ip_prefix": "192.0.2.0/24", "region": "us-east-1", "service": "AMAZON", "network_border_group": "us-east-1"},'
        '{"ip_prefix": "192.0.2.0/25", "region": "us-east-1", "service": "EC2", "network_border_group": "us-east-1"}],'
        '"ipv6_prefixes": [{"ipv6_prefix": "2001:db8::/32", "region": "GLOBAL", "service": "AMAZON"}]}'
    )
    status = feed_input.run("aws", str(ranges))
    assert (status["status"], status["format"], status["kept"], status["lookup_rows"]) == ("ok", "aws", 3, 3)
    assert status["publisher_date"] == 1787408225
    assert feed_input.lookup("aws_ip_ranges.csv") == (
        b"start,end,prefix,service,region\n"
        b'4c0000200,4c000027f,"192.0.2.0/25",EC2,"us-east-1"\n'
        b'4c0000280,4c00002ff,"192.0.2.0/24",AMAZON,"us-east-1"\n'
        b'620010db8000000000000000000000000,620010db8ffffffffffffffffffffffff,"2001:db8::/32",AMAZON,GLOBAL\n'
    )
    assert feed_input.lookup("intel_feed_aws.csv") is None
    ranges.write_text(ranges.read_text().replace('"2"', '"1"'))
    assert feed_input.run("aws", ranges.as_uri())["reason"] == "older"
