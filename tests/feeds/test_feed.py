"""The life of a feed without splunkd: whatever a publisher sends, the run ends with a report."""

from __future__ import annotations

import csv
import hashlib
import json
import re
import tarfile
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from callerintel.errors import FEED_REASONS
from callerintel.feeds.feed import Place, run_feed
from callerintel.feeds.feed_config import FeedConfig, read_feed_config
from callerintel.feeds.report import UNCHANGED_REASONS

DAY = 86400

# Pieces of real lists and of their faults; what comes out of any mix of them is a report.
PIECES = [
    "192.0.2.1", "198.51.100.0/24", "2001:db8::/32", "192.0.2.1-192.0.2.9", "0.0.0.0/0", "example.com", "# END 2 entries", "; EOF",
    "\n", "\r\n", "\t", " ", ",", "#", "//", "[.]", "http://", ":443", "ExitAddress 192.0.2.4 2024-03-12 08:10:51", "ExitNode X",
    '{"cidr":"192.0.2.0/24"}', '{"type":"metadata","records":1,"timestamp":1}', '[{"ip_address":"192.0.2.1","status":"online",',
    '"malware":"x"}]', '{"relays_published":"","relays":[', "]}", '{"syncToken":"9","prefixes":[', '],"ipv6_prefixes":[', "<html>",
    "deprecated", "# Last updated: 0001-01-01", "# Last updated: 9999-12-31T23:59:59+23:59", "²", "\x00", "\ufeff", "\u2028", "1" * 50,
]  # fmt: skip


@given(st.lists(st.sampled_from(PIECES) | st.text(max_size=5), max_size=40), st.sampled_from(["utf-8", "utf-16", "latin-1"]))
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_whatever_is_sent_the_run_ends_with_a_report(
    tmp_path_factory: pytest.TempPathFactory, pieces: list[str], encoding: str
) -> None:
    folder = tmp_path_factory.mktemp("feed")
    (folder / "lookups").mkdir()
    (folder / "list.txt").write_bytes("".join(pieces).encode(encoding, "replace"))
    place = Place(folder / "lookups", folder / "checkpoints")
    config = FeedConfig("some_list", str(folder / "list.txt"), keep_reserved=True)
    first = run_feed(config, place)
    assert (first.status == "ok") == (first.reason == "")
    assert first.reason in ("", *FEED_REASONS)
    assert first.reason != "internal"
    assert json.loads(first.to_json())["message"].startswith("Feed some_list: ")
    before = {path.name: path.read_bytes() for path in place.lookups.iterdir()}
    second = run_feed(config, place)
    assert second.reason in (UNCHANGED_REASONS if first.status == "ok" else (first.reason,))
    assert {path.name: path.read_bytes() for path in place.lookups.iterdir()} == before


def test_feeds_of_several_stanzas_meet_in_one_lookup(tmp_path: Path) -> None:
    (tmp_path / "lookups").mkdir()
    place = Place(tmp_path / "lookups", tmp_path / "checkpoints")
    for name, text in (("b_feed", "192.0.2.0/24\n"), ("a_feed", "192.0.2.7\n")):
        (tmp_path / name).write_text(text)
        assert run_feed(FeedConfig(name, str(tmp_path / name), keep_reserved=True), place).status == "ok"
    lines = (tmp_path / "lookups" / "malicious_ips.csv").read_text().splitlines()
    assert [line.split(",")[:4] for line in lines[1:]] == [
        ["4c0000200", "4c0000206", '"192.0.2.0/24"', '"b_feed"'],
        ["4c0000207", "", '"|192.0.2.0/24"', '"a_feed|b_feed"'],
        ["4c0000208", "4c00002ff", '"192.0.2.0/24"', '"b_feed"'],
    ]


def test_a_feeds_lookup_that_leaves_takes_its_indicators_along(tmp_path: Path) -> None:
    (tmp_path / "lookups").mkdir()
    place = Place(tmp_path / "lookups", tmp_path / "checkpoints")
    for name in ("a_feed", "b_feed"):
        (tmp_path / name).write_text("192.0.2.7\n")
        run_feed(FeedConfig(name, str(tmp_path / name), keep_reserved=True), place)
    (place.lookups / "intel_feed_a_feed.csv").unlink()
    report = run_feed(FeedConfig("b_feed", str(tmp_path / "b_feed"), keep_reserved=True), place)
    assert (report.status, report.lookup_changed) == ("unchanged", True)
    assert b"a_feed" not in (place.lookups / "malicious_ips.csv").read_bytes()


def test_the_catalogue_is_no_feed(tmp_path: Path) -> None:
    (tmp_path / "lookups").mkdir()
    (tmp_path / "lookups" / "intel_feed_catalog.csv").write_text("indicator,a,b,c,d,e\n192.0.2.1,x,1,,1,1\n")
    (tmp_path / "list").write_text("192.0.2.7\n")
    run_feed(
        FeedConfig("a_feed", str(tmp_path / "list"), keep_reserved=True), Place(tmp_path / "lookups", tmp_path / "checkpoints")
    )
    assert b"4c0000201" not in (tmp_path / "lookups" / "malicious_ips.csv").read_bytes()


@pytest.mark.parametrize("url", ["/nowhere/list.txt", "/nowhere/", "/dev/zero"])
def test_what_is_no_file_is_told(tmp_path: Path, url: str) -> None:
    (tmp_path / "lookups").mkdir()
    report = run_feed(FeedConfig("a_feed", url), Place(tmp_path / "lookups", tmp_path / "checkpoints"))
    assert report.status == "failed"
    assert report.reason in ("not_found", "denied")


def test_an_archive_without_a_file_is_an_empty_list(tmp_path: Path) -> None:
    (tmp_path / "lookups").mkdir()
    with tarfile.open(tmp_path / "list.tar", "w") as archive:
        folder = tarfile.TarInfo("folder")
        folder.type = tarfile.DIRTYPE
        archive.addfile(folder)
    report = run_feed(FeedConfig("a_feed", str(tmp_path / "list.tar")), Place(tmp_path / "lookups", tmp_path / "checkpoints"))
    assert (report.status, report.reason) == ("refused", "empty")


def test_a_folder_that_cannot_be_written_is_a_publish_error(tmp_path: Path) -> None:
    (tmp_path / "list").write_text("192.0.2.7\n")
    (tmp_path / "file").write_text("")
    report = run_feed(
        FeedConfig("a_feed", str(tmp_path / "list")), Place(tmp_path / "lookups", tmp_path / "file" / "checkpoints")
    )
    assert (report.status, report.reason) == ("failed", "publish")


def place_in(folder: Path) -> Place:
    (folder / "lookups").mkdir(exist_ok=True)
    return Place(folder / "lookups", folder / "checkpoints")


def rows_of(place: Place, feed: str = "a_feed") -> dict[str, dict[str, str]]:
    with (place.lookups / f"intel_feed_{feed}.csv").open(newline="") as file:
        return {row["indicator"]: row for row in csv.DictReader(file)}


def time_passes(place: Place, days: int = 1, feed: str = "a_feed") -> None:
    """Moves all that is remembered into the past by so many days."""
    checkpoint = place.checkpoints / f"feed_{feed}.json"
    stored = json.loads(checkpoint.read_text())
    for name in ("written", "served", "expires"):
        stored[name] = max(0, stored[name] - days * DAY)
    path = place.lookups / f"intel_feed_{feed}.csv"
    path.write_text(re.sub(r"\b1[0-9]{9}\b", lambda match: str(int(match.group()) - days * DAY), path.read_text()))
    stored["lookup"] = [path.stat().st_size, path.stat().st_mtime_ns]
    checkpoint.write_text(json.dumps(stored))


def test_what_left_the_list_stays_for_expire_days_and_goes_even_if_nothing_else_changes(tmp_path: Path) -> None:
    place, config = place_in(tmp_path), FeedConfig("a_feed", str(tmp_path / "list"), keep_reserved=True, expire_days=3)
    (tmp_path / "list").write_text("192.0.2.7\n192.0.2.8\n")
    run_feed(config, place)
    first_seen = rows_of(place)["192.0.2.8"]["first_seen"]
    (tmp_path / "list").write_text("192.0.2.7\n")
    report = run_feed(config, place)
    assert (report.kept, report.removed, report.expired, report.unlisted) == (2, 0, 0, 1)
    assert rows_of(place)["192.0.2.8"]["left"] != "" == rows_of(place)["192.0.2.7"]["left"]
    assert b"4c0000208" in (place.lookups / "malicious_ips.csv").read_bytes()
    assert run_feed(config, place).status == "unchanged"

    time_passes(place, days=2)
    assert run_feed(config, place).status == "unchanged"
    time_passes(place, days=1)
    report = run_feed(config, place)
    assert (report.status, report.kept, report.removed, report.expired, report.unlisted) == ("ok", 1, 1, 1, 0)
    assert b"4c0000208" not in (place.lookups / "malicious_ips.csv").read_bytes()
    assert "left" not in next(iter(rows_of(place).values())), "the column is there only where it is needed"

    (tmp_path / "list").write_text("192.0.2.7\n192.0.2.8\n")
    run_feed(config, place)
    assert rows_of(place)["192.0.2.8"]["first_seen"] >= first_seen


def test_a_clock_that_was_ahead_keeps_nothing_for_longer(tmp_path: Path) -> None:
    """What is listed no longer left now, not in the future in which it was seen last."""
    place = place_in(tmp_path)
    lists = tmp_path / "list"
    for days_kept in (0, 3):
        config = FeedConfig(f"feed_{days_kept}", str(lists), keep_reserved=True, expire_days=days_kept)
        lists.write_text("192.0.2.1\n192.0.2.2\n")
        run_feed(config, place)
        time_passes(place, days=-400, feed=config.name)
        lists.write_text("192.0.2.2\n")
        run_feed(config, place)
        left = {row["indicator"]: int(row.get("left") or 0) for row in rows_of(place, config.name).values()}
        assert set(left) == ({"192.0.2.1", "192.0.2.2"} if days_kept else {"192.0.2.2"})
        assert max(left.values()) <= time.time()


def test_what_comes_back_in_time_was_first_seen_when_it_was(tmp_path: Path) -> None:
    place, config = place_in(tmp_path), FeedConfig("a_feed", str(tmp_path / "list"), keep_reserved=True, expire_days=3)
    (tmp_path / "list").write_text("192.0.2.7\n192.0.2.8\n")
    run_feed(config, place)
    time_passes(place)
    before = rows_of(place)["192.0.2.8"]["first_seen"]
    for text in ("192.0.2.7\n", "192.0.2.7\n192.0.2.8\n"):
        (tmp_path / "list").write_text(text)
        report = run_feed(config, place)
    assert (report.added, report.removed, report.unlisted) == (0, 0, 0)
    assert rows_of(place)["192.0.2.8"]["first_seen"] == before
    assert run_feed(FeedConfig("a_feed", str(tmp_path / "list"), keep_reserved=True), place).kept == 2


def test_a_shrink_is_of_what_is_listed_not_of_what_still_stays(tmp_path: Path) -> None:
    place, config = (
        place_in(tmp_path),
        FeedConfig("a_feed", str(tmp_path / "list"), keep_reserved=True, expire_days=9, max_shrink=50),
    )
    for last in (100, 60, 35):
        (tmp_path / "list").write_text("".join(f"192.0.2.{n}\n" for n in range(last)))
        assert run_feed(config, place).status == "ok"


def test_own_networks_and_what_is_excluded_are_taken_out(tmp_path: Path) -> None:
    place = place_in(tmp_path)
    (tmp_path / "list").write_text("192.0.2.0/24\n198.51.100.7\n203.0.113.5\n203.0.113.64/26\n2001:db8::1\n")
    (tmp_path / "relay").write_text("203.0.113.64/26\n")
    run_feed(read_feed_config("relay", {"url": str(tmp_path / "relay"), "keep_reserved": "1"}), place)
    settings = {
        "own_networks": "192.0.2.128/25, 198.51.100.0/24",
        "exclude": "203.0.113.5,relay 2001:db8::/64",
        "keep_reserved": "1",
    }
    report = run_feed(read_feed_config("a_feed", {"url": str(tmp_path / "list"), **settings}), place)
    assert list(rows_of(place)) == ["192.0.2.0/25"]
    assert (report.rejected, report.cut) == ({"excluded": 3, "own_network": 1}, 1)


def test_a_limit_of_severity_reaches_the_compiled_lookup(tmp_path: Path) -> None:
    place = place_in(tmp_path)
    for name, limit in (("vpn", "low"), ("a_feed", "")):
        (tmp_path / name).write_text("192.0.2.7\n198.51.100.7\n" if limit else "192.0.2.7\n")
        run_feed(read_feed_config(name, {"url": str(tmp_path / name), "keep_reserved": "1", "max_severity": limit}), place)
    assert "max_severity" not in (place.lookups / "intel_feed_a_feed.csv").read_text()
    assert {row["max_severity"] for row in rows_of(place, "vpn").values()} == {"low"}
    with (place.lookups / "malicious_ips.csv").open(newline="") as file:
        assert [(row["feed"], row["max_severity"]) for row in csv.DictReader(file)] == [("a_feed|vpn", "|low"), ("vpn", "low")]
    run_feed(read_feed_config("vpn", {"url": str(tmp_path / "vpn"), "keep_reserved": "1"}), place)
    assert "max_severity" not in (place.lookups / "malicious_ips.csv").read_text()


@pytest.mark.parametrize(("stale_days", "stale"), [(30, True), (100_000, False), (0, None)])
def test_stale_content_is_told_apart_from_a_download_that_works(tmp_path: Path, stale_days: int, stale: bool | None) -> None:
    place = place_in(tmp_path)
    (tmp_path / "list").write_text("# Last updated: 2019-03-04 14:28:39 UTC\n192.0.2.7\n")
    config = FeedConfig("a_feed", str(tmp_path / "list"), keep_reserved=True, stale_days=stale_days)
    for status in ("ok", "unchanged"):
        report = run_feed(config, place)
        assert (report.status, report.stale, report.publisher_date) == (status, stale, 1551709719)
        assert ("days old by the publisher's own date" in report.note) == (stale is True)


def test_the_same_content_is_the_same_generation(tmp_path: Path) -> None:
    generations = []
    for number in range(2):
        (tmp_path / str(number)).mkdir()
        place = place_in(tmp_path / str(number))
        (tmp_path / "list").write_text("192.0.2.7\n")
        report = run_feed(FeedConfig("a_feed", str(tmp_path / "list"), keep_reserved=True), place)
        path = place.lookups / "malicious_ips.csv"
        assert report.generation == hashlib.sha256(path.read_bytes()).hexdigest()[:12]
        assert run_feed(FeedConfig("a_feed", str(tmp_path / "list"), keep_reserved=True), place).generation == report.generation
        generations.append((report.generation, path.read_bytes()))
    assert (generations[0] == generations[1]) == (generations[0][1] == generations[1][1])
