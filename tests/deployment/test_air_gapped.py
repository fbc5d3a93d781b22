"""A search head without a way to the internet: feeds are files in a folder that somebody fills, read on the same schedule."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from tests.deployment.machines import ROOT, WATCHED
from tests.splunkd import Rest, Splunkd
from tests.splunkd.modular_input import ModularInput

AWS = (ROOT / "demo/samples/feeds/ip-ranges.json").read_bytes()


class WatchedInput(ModularInput):
    """An input whose process writes down what it asks of the system, see watched.py."""

    @property
    def report(self) -> Path:
        return self.cwd / "report"

    def _argv(self, *arguments: str) -> list[str]:
        python, *program = super()._argv(*arguments)
        return [python, str(WATCHED), str(self.report), *program]


class AirGapped(Splunkd):
    """A splunkd whose inputs are watched, with a folder for lists that come on a disk."""

    def __init__(self, home: Path, unpacked: Path) -> None:
        super().__init__(home)
        self.app = self.install(unpacked)
        self.lists = self.home / "lists"
        self.lists.mkdir()
        (self.app / "local").mkdir()
        (self.app / "local/inputs.conf").write_text(
            # keep_reserved: the lists of these tests hold documentation addresses.
            "[intel_feed]\nkeep_reserved = true\n"
            "[intel_feed://aws_ip_ranges]\nurl = $SPLUNK_HOME/lists/ip-ranges.json\ndisabled = 0\n"
            "[intel_feed://tor_bulk_exit]\nurl = file:///$SPLUNK_HOME/lists/tor.txt\ndisabled = 0\n",
            encoding="utf-8",
        )

    def _input(self, app: Path, name: str) -> ModularInput:
        return WatchedInput(app, name, self.python, self.home, self.environment())

    def bring(self, name: str, content: bytes) -> None:
        """What docs/install.md tells: write beside, then rename, so that no run reads half a file."""
        (self.lists / f".{name}").write_bytes(content)
        os.replace(self.lists / f".{name}", self.lists / name)

    def run_feed(self, name: str, rest: Rest) -> dict[str, Any]:
        """The next run of the schedule, with the settings that the conf files give."""
        result = self.run_input(self.app, "intel_feed", name, {}, rest=rest)
        assert result.exit_status == 0
        status: dict[str, Any] = json.loads(result.events[0].data)
        return status

    def asked(self) -> set[str]:
        """Whom the inputs connected to, and the names that they asked for."""
        lines = (self.home / "report").read_text(encoding="utf-8").splitlines()
        calls = [entry for entry in map(json.loads, lines) if entry[0] in ("socket.connect", "socket.getaddrinfo")]
        return {entry[2] if entry[0] == "socket.connect" else entry[1] for entry in calls}


@pytest.fixture
def head(unpacked: Path, tmp_path: Path) -> AirGapped:
    return AirGapped(tmp_path / "splunk", unpacked)


def test_the_shipped_feeds_run_from_files_and_ask_nobody_but_splunkd(head: AirGapped) -> None:
    head.bring("ip-ranges.json", AWS)
    head.bring("tor.txt", b"198.51.100.23\n203.0.113.9\n")
    with head.rest() as rest:
        statuses = [head.run_feed(name, rest) for name in ("aws_ip_ranges", "tor_bulk_exit")]
        port = rest.uri.rpartition(":")[2]
    found = head.search(head.indexer(head.app), "maliciouscaller", events=[{"sourceIPAddress": "203.0.113.9", "eventName": "x"}])

    assert [status["status"] for status in statuses] == ["ok", "ok"]
    assert found.events[0]["intel_feed"] == "tor_bulk_exit"
    assert head.asked() == {"127.0.0.1", f"('127.0.0.1', {port})"}


def test_a_file_that_is_replaced_is_read_at_the_next_run_and_one_that_is_not_changes_nothing(head: AirGapped) -> None:
    lookup = head.app / "lookups/malicious_ips.csv"
    with head.rest() as rest:
        head.bring("tor.txt", b"198.51.100.23\n203.0.113.9\n")
        first = head.run_feed("tor_bulk_exit", rest)
        written = lookup.stat().st_mtime_ns
        second = head.run_feed("tor_bulk_exit", rest)
        untouched = lookup.stat().st_mtime_ns
        head.bring("tor.txt", b"198.51.100.23\n203.0.113.10\n")
        third = head.run_feed("tor_bulk_exit", rest)

    assert (first["status"], first["kept"]) == ("ok", 2)
    assert (second["status"], second["reason"], untouched) == ("unchanged", "same_content", written)
    assert (third["status"], third["added"], third["removed"]) == ("ok", 1, 1)


def test_a_file_that_is_not_there_leaves_the_last_list_in_use_and_says_so(head: AirGapped) -> None:
    with head.rest() as rest:
        head.bring("tor.txt", b"198.51.100.23\n")
        head.run_feed("tor_bulk_exit", rest)
        before = (head.app / "lookups/malicious_ips.csv").read_bytes()
        (head.lists / "tor.txt").unlink()
        status = head.run_feed("tor_bulk_exit", rest)

    assert (status["status"], status["reason"]) == ("failed", "not_found")
    assert "stays in use" in status["message"]
    assert (head.app / "lookups/malicious_ips.csv").read_bytes() == before
