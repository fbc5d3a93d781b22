"""Publishers are asked one at a time and never more often than each allows, whatever the schedule says."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from callerintel.feeds.publishers import minimum_interval, publisher_of, turn_with
from callerintel.feeds.schedule import shortest_gap
from callerintel.lookups import intel_feed_lookup
from tests.feeds.conftest import ROOT, Input
from tests.feeds.server import Answer, Publisher, ok

GOOD = b"192.0.2.7\n"
HOUR, DAY = 3600.0, 86400.0


@pytest.mark.parametrize(
    ("interval", "gap"),
    [
        ("300", 300), ("0", 0), ("1.5", 1.5), ("-1", None), ("often", None), ("", None), ("* * * *", None), ("61 * * * *", None),
        ("* * * * *", 60), ("*/5 * * * *", 300), ("0 * * * *", HOUR), ("0,10 * * * *", 600), ("0,50 * * * *", 600),
        ("0 */6 * * *", 6 * HOUR), ("0 5 * * *", DAY), ("50 23 * * *", DAY), ("0 0,23 * * *", HOUR), ("0 9-17/4 * * *", 4 * HOUR),
        ("0 0 * * 0", 7 * DAY), ("0 0 * * 0,7", 7 * DAY), ("0 0 * * 1-5", DAY), ("0 0 1 * *", 28 * DAY), ("0 0 1,2 * *", DAY),
        ("59 23 31 12 *", 365 * DAY), ("0 0 1 * 1", DAY), ("7/20 * * * *", 20 * 60), ("0 0 30 2 *", None), ("5-1 * * * *", None),
        ("*/0 * * * *", None),
    ],
)  # fmt: skip
def test_the_shortest_time_between_two_starts(interval: str, gap: float | None) -> None:
    assert shortest_gap(interval) == gap


@pytest.mark.parametrize(
    ("interval", "is_accepted"),
    [("3600", True), ("86400", True), ("0 * * * *", True), ("-1", True), ("1800", False), ("*/30 * * * *", False), ("0,30 4 * * *", False), ("0", False)],
)  # fmt: skip
def test_a_schedule_shorter_than_the_publisher_allows_is_refused_with_the_reason(
    feed_input: Input, interval: str, is_accepted: bool
) -> None:
    params = {"url": "https://check.torproject.org/torbulkexitlist", "interval": interval}
    result = feed_input.splunkd.validate(feed_input.app, "intel_feed", "some_list", params)
    if is_accepted:
        assert result.error is None
    else:
        assert result.error is not None
        assert f"The option interval cannot be '{interval}'. Allowed: 3600 seconds or longer" in result.error


@pytest.fixture
def known(feed_input: Input, publisher: Publisher) -> Iterator[Publisher]:
    """A publisher of the catalogue that allows one request an hour for each list."""
    catalog = feed_input.lookups / intel_feed_lookup("catalog").name
    before = catalog.read_text(encoding="utf-8")
    columns = before.splitlines()[0].replace('"', "").split(",")
    values = {"feed": "known", "url": publisher.url("/list.txt"), "minimum_interval": "3600"}
    catalog.write_text(before + ",".join(values.get(column, "x") for column in columns) + "\n", encoding="utf-8")
    yield publisher
    catalog.write_text(before, encoding="utf-8")


def test_a_run_that_comes_too_soon_leaves_the_publisher_alone(feed_input: Input, known: Publisher) -> None:
    known.answers("/list.txt", ok(GOOD))
    url = known.url("/list.txt")
    first = feed_input.run("some_list", url)
    assert first["status"] == "ok"
    assert 3590 < first["next_try"] - time.time() <= 3600
    before = feed_input.generation()
    for name, interval in (("some_list", "-1"), ("some_list", "0"), ("same_list_again", "*/5 * * * *")):
        status = feed_input.run(name, url, interval=interval)
        assert (status["status"], status["reason"]) == ("unchanged", "too_soon")
        assert "once in 3600 seconds" in status["message"]
        assert status["next_try"] == first["next_try"]
    assert feed_input.generation() == before
    assert len(known.requests) == 1
    known.answers("/other.txt", ok(GOOD))
    assert feed_input.run_here("other_list", known.url("/other.txt"))["status"] == "ok", "each list counts for itself"


def test_a_refusal_counts_as_a_request_and_an_unreached_publisher_does_not(feed_input: Input, known: Publisher) -> None:
    known.answers("/list.txt", Answer(403))
    assert feed_input.run_here("some_list", known.url("/list.txt"))["reason"] == "denied"
    assert feed_input.run_here("some_list", known.url("/list.txt"))["reason"] == "too_soon"
    feed_input.forget()
    with turn_with(feed_input.checkpoints, known.url("/list.txt")) as turn:
        turn.begin(time.time())
        turn.withdraw()
    known.answers("/list.txt", ok(GOOD))
    assert feed_input.run_here("some_list", known.url("/list.txt"))["status"] == "ok"


def test_the_wait_ends_with_the_interval_and_with_a_clock_that_was_wrong(tmp_path: Path) -> None:
    with turn_with(tmp_path, "https://example.com/a") as turn:
        turn.begin(10_000.0)
    with turn_with(tmp_path, "https://example.com/a") as turn:
        assert turn.seconds_to_wait(3600, 10_000.0 + 3000) == 600
        assert turn.seconds_to_wait(3600, 10_000.0 + 3541) == 0, "a cron schedule is not exact to the second"
        assert turn.seconds_to_wait(3600, 10_000.0 + 3600) == 0
        assert turn.seconds_to_wait(3600, 9_000.0) == 0
        assert turn.seconds_to_wait(0, 10_000.0) == 0
    with turn_with(tmp_path, "https://example.com/b") as turn:
        assert turn.seconds_to_wait(3600, 10_000.0) == 0


def test_one_at_a_time_asks_a_host_and_hosts_do_not_wait_for_each_other(tmp_path: Path) -> None:
    inside, order = threading.Event(), []

    def second(url: str) -> None:
        with turn_with(tmp_path, url):
            order.append(url)
            inside.set()

    with turn_with(tmp_path, "https://example.com/a"):
        threads = [threading.Thread(target=second, args=(url,)) for url in ("https://EXAMPLE.com/b", "https://example.org/c")]
        for thread in threads:
            thread.start()
        assert inside.wait(10)
        threads[1].join(10)
        assert order == ["https://example.org/c"]
    threads[0].join(10)
    assert order == ["https://example.org/c", "https://EXAMPLE.com/b"]


@pytest.mark.parametrize(
    ("url", "publisher"),
    [
        ("https://WWW.dan.me.uk/torlist/", "www.dan.me.uk"),
        ("https://raw.githubusercontent.com/stamparm/ipsum/master/levels/3.txt", "raw.githubusercontent.com/stamparm"),
        ("/var/lists/list.txt", ""),
        ("file:///var/lists/list.txt", ""),
    ],
)
def test_who_publishes(url: str, publisher: str) -> None:
    assert publisher_of(url) == publisher


@pytest.mark.parametrize(
    ("url", "seconds"),
    [
        ("https://check.torproject.org/torbulkexitlist", 3600),
        ("https://www.dan.me.uk/torlist/", 1800),
        ("https://api.abuseipdb.com/api/v2/blacklist?confidenceMinimum=75", 21600),
        ("https://raw.githubusercontent.com/stamparm/ipsum/master/levels/8.txt", 86400),
        ("https://raw.githubusercontent.com/example/lists/main/list.txt", 0),
        ("https://example.com/list.txt", 0),
        ("/var/lists/list.txt", 0),
    ],
)
def test_what_the_catalogue_says_of_a_list_it_does_not_name(url: str, seconds: int) -> None:
    assert minimum_interval(ROOT / "lookups", url) == seconds
