"""Search head clusters: the captain works and publishes through splunkd, members wait. And which feeds are part of the whole."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from callerintel.feeds.feed import run_feed
from callerintel.feeds.feed_config import read_feed_config
from callerintel.feeds.place import Place
from callerintel.feeds.splunkd import Splunkd
from tests.feeds.conftest import Input
from tests.feeds.server import Publisher, ok
from tests.splunkd import Rest

GOOD = b"192.0.2.7\n198.51.100.0/24\n"


def feeds_in(feed_input: Input) -> set[str]:
    """The feeds that malicious_ips.csv names."""
    with (feed_input.lookups / "malicious_ips.csv").open(newline="") as file:
        return {feed for row in csv.DictReader(file) for feed in row["feed"].split("|")}


def posted(rest: Rest) -> list[tuple[str, str]]:
    """What was handed to splunkd: the endpoint's last part and the name that was given."""
    calls = [request for request in rest.requests if request.method == "POST" and "lookup-table-files" in request.path]
    assert all((call.owner, call.app) == ("nobody", "TA-maliciouscaller") for call in calls)
    return [(call.path.rpartition("/")[2], call.form.get("name", "")) for call in calls]


def test_the_captain_hands_every_lookup_to_splunkd(feed_input: Input, publisher: Publisher, rest: Rest) -> None:
    rest.role = "captain"
    publisher.answers("/list.txt", ok(GOOD))
    status = feed_input.run("some_list", publisher.url("/list.txt"), rest=rest)
    assert (status["status"], status["kept"]) == ("ok", 2)
    created = {name for _, name in posted(rest) if name}
    assert created == {
        "intel_feed_some_list.csv",
        "malicious_ips.csv",
        "aws_ip_ranges.csv",
        "caller_baseline.csv",
        "caller_allowlist.csv",
    }
    assert feeds_in(feed_input) == {"some_list"}
    rest.requests.clear()
    publisher.answers("/list.txt", ok(GOOD + b"192.0.2.8\n"))
    feed_input.run("some_list", publisher.url("/list.txt"), rest=rest)
    assert posted(rest) == [("intel_feed_some_list.csv", ""), ("malicious_ips.csv", "")], "replaced, not created"
    rest.requests.clear()
    assert feed_input.run("some_list", publisher.url("/list.txt"), rest=rest)["reason"] == "same_content"
    assert posted(rest) == []
    assert not list((feed_input.splunkd.home / "var" / "run" / "splunk" / "lookup_tmp").iterdir())


def test_a_member_asks_nobody_and_writes_nothing_until_it_is_the_captain(
    feed_input: Input, publisher: Publisher, rest: Rest
) -> None:
    publisher.answers("/list.txt", ok(GOOD))
    rest.role = "member"
    before = feed_input.generation()
    status = feed_input.run("some_list", publisher.url("/list.txt"), rest=rest)
    assert (status["status"], status["reason"]) == ("unchanged", "not_captain")
    assert (publisher.requests, feed_input.generation()) == ([], before)
    rest.role = "captain"
    assert feed_input.run("some_list", publisher.url("/list.txt"), rest=rest)["status"] == "ok"


@pytest.mark.parametrize("role", ["none", "cloud"])
def test_a_search_head_without_a_cluster_writes_by_itself(feed_input: Input, publisher: Publisher, rest: Rest, role: str) -> None:
    rest.role = role
    publisher.answers("/list.txt", ok(GOOD))
    assert feed_input.run("some_list", publisher.url("/list.txt"), rest=rest)["status"] == "ok"
    assert posted(rest) == []


def test_what_splunkd_refuses_stays_as_it_was(feed_input: Input, publisher: Publisher, rest: Rest) -> None:
    rest.role = "captain"
    publisher.answers("/list.txt", ok(GOOD))
    feed_input.run("some_list", publisher.url("/list.txt"), rest=rest)
    publisher.answers("/list.txt", ok(GOOD + b"192.0.2.8\n"))
    path = feed_input.lookups / "malicious_ips.csv"
    path.unlink()
    path.mkdir()  # splunkd cannot move a file over a folder, so it breaks off
    status = feed_input.run("some_list", publisher.url("/list.txt"), rest=rest)
    path.rmdir()
    assert (status["status"], status["reason"]) == ("failed", "publish")
    assert "could not be handed to the cluster" in status["message"]
    assert not list((feed_input.splunkd.home / "var" / "run" / "splunk" / "lookup_tmp").iterdir())


def test_a_lookup_that_cannot_be_read_is_told(feed_input: Input, publisher: Publisher) -> None:
    publisher.answers("/list.txt", ok(GOOD))
    (feed_input.lookups / "intel_feed_some_list.csv").mkdir()
    status = feed_input.run_here("some_list", publisher.url("/list.txt"))
    (feed_input.lookups / "intel_feed_some_list.csv").rmdir()
    assert (status["status"], status["reason"]) == ("failed", "publish")


def place_of(feed_input: Input, rest: Rest, uri: str = "") -> Place:
    return Place(feed_input.lookups, feed_input.checkpoints, Splunkd(uri or rest.uri, rest.session_key))


def test_a_splunkd_that_does_not_answer_is_what_it_was_the_last_time(feed_input: Input, rest: Rest, tmp_path: Path) -> None:
    (tmp_path / "list").write_bytes(GOOD)
    config = read_feed_config("some_list", {"url": str(tmp_path / "list"), "keep_reserved": "1"})
    silent = place_of(feed_input, rest, "http://127.0.0.1:9")
    report = run_feed(config, silent)
    assert (report.status, report.kept) == ("ok", 2)
    assert "did not say which feeds are enabled" in report.note
    rest.role = "captain"
    run_feed(config, place_of(feed_input, rest))
    report = run_feed(config, silent)
    assert (report.status, report.reason) == ("failed", "splunkd")


@pytest.mark.parametrize("how", ["disabled", "removed"])
def test_what_a_disabled_or_removed_feed_listed_leaves_at_the_next_run_of_any_feed(
    feed_input: Input, publisher: Publisher, how: str
) -> None:
    publisher.answers("/list.txt", ok(GOOD))
    url = publisher.url("/list.txt")
    feed_input.stanzas(a_feed=True, b_feed=True)
    for name in ("a_feed", "b_feed"):
        feed_input.run(name, url)
    assert feeds_in(feed_input) == {"a_feed", "b_feed"}
    feed_input.stanzas(b_feed=True, **({"a_feed": False} if how == "disabled" else {}))
    status = feed_input.run("b_feed", url)
    assert (status["status"], status["lookup_changed"], status["left"]) == ("unchanged", True, ["a_feed"])
    assert feeds_in(feed_input) == {"b_feed"}
    feed_input.run_here("b_feed", url)
    assert feeds_in(feed_input) == {"b_feed"}, "also while splunkd does not say"
    feed_input.stanzas(a_feed=True, b_feed=True)
    feed_input.run("a_feed", url)
    assert feeds_in(feed_input) == {"a_feed", "b_feed"}, "back at once when it is enabled again"


def test_a_lookup_without_a_stanza_is_a_feed_that_nobody_disabled(feed_input: Input, publisher: Publisher) -> None:
    publisher.answers("/list.txt", ok(GOOD))
    header = "indicator,category,confidence,description,first_seen,last_seen\n"
    (feed_input.lookups / "intel_feed_by_hand.csv").write_text(header + '"203.0.113.9",scanner,50,,1,2\n')
    feed_input.run("a_feed", publisher.url("/list.txt"))
    assert feeds_in(feed_input) == {"a_feed", "by_hand"}


def test_a_feed_of_the_catalogue_that_is_run_by_hand_stays(feed_input: Input, publisher: Publisher) -> None:
    """splunkd calls it disabled, as it did when it ran: nobody has disabled it since."""
    publisher.answers("/list.txt", ok(GOOD))
    for name in ("greensnow", "a_feed"):
        feed_input.run(name, publisher.url("/list.txt"))
    assert feeds_in(feed_input) == {"a_feed", "greensnow"}


def test_feeds_that_finish_at_once_all_arrive(feed_input: Input, publisher: Publisher, rest: Rest) -> None:
    names = [f"feed_{number}" for number in range(5)]
    running = []
    for number, name in enumerate(names):
        publisher.answers(f"/{name}", ok(b"192.0.2.%d\n198.51.100.0/24\n" % number))
        params = {"url": publisher.url(f"/{name}"), "keep_reserved": "true"}
        running.append(feed_input.splunkd.start_input(feed_input.app, "intel_feed", name, params, rest=rest))
    results = [process.wait() for process in running]  # all of them, before any is looked at
    assert [feed_input.read(result)["status"] for result in results] == ["ok"] * 5
    assert feeds_in(feed_input) == set(names)
    before = feed_input.generation()
    feed_input.run_here("feed_0", publisher.url("/feed_0"))
    assert feed_input.generation() == before, "what they made together is what one makes of it"
