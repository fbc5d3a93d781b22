"""The life of a feed without splunkd: whatever a publisher sends, the run ends with a report."""

from __future__ import annotations

import json
import tarfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callerintel.errors import FEED_REASONS
from callerintel.feeds.feed import Place, run_feed
from callerintel.feeds.feed_config import FeedConfig
from callerintel.feeds.report import UNCHANGED_REASONS

# Pieces of real lists and of their faults; what comes out of any mix of them is a report.
PIECES = [
    "192.0.2.1", "198.51.100.0/24", "2001:db8::/32", "192.0.2.1-192.0.2.9", "0.0.0.0/0", "example.com", "# END 2 entries", "; EOF",
    "\n", "\r\n", "\t", " ", ",", "#", "//", "[.]", "http://", ":443", "ExitAddress 192.0.2.4 2024-03-12 08:10:51", "ExitNode X",
    '{"cidr":"192.0.2.0/24"}', '{"type":"metadata","records":1,"timestamp":1}', '[{"ip_address":"192.0.2.1","status":"online",',
    '"malware":"x"}]', '{"relays_published":"","relays":[', "]}", '{"syncToken":"9","prefixes":[', '],"ipv6_prefixes":[', "<html>",
    "deprecated", "# Last updated: 0001-01-01", "# Last updated: 9999-12-31T23:59:59+23:59", "²", "\x00", "\ufeff", "\u2028", "1" * 50,
]  # fmt: skip


@given(st.lists(st.sampled_from(PIECES) | st.text(max_size=5), max_size=40), st.sampled_from(["utf-8", "utf-16", "latin-1"]))
@settings(max_examples=150, deadline=None)
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


@pytest.mark.parametrize("url", ["/nowhere/list.txt", "/", "/dev/zero"])
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
