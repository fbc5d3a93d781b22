"""Bytecode that a full disk left by half: Python writes what there is room for, takes it for whole, and would fail at each later start."""

from __future__ import annotations

import resource
from pathlib import Path

import pytest

from tests.faults.conftest import OpenSearch
from tests.feeds.conftest import Input
from tests.feeds.server import Publisher, ok
from tests.search.conftest import Command, event
from tests.splunkd import Splunkd

pytestmark = pytest.mark.skipif(not hasattr(resource, "prlimit"), reason="this system cannot limit a running process")
LIMIT = 1500  # a file of bytecode is larger, and what is left of it longer than its head, which Python does look at


def halves(app: Path) -> list[Path]:
    return [path for path in app.rglob("*.pyc") if path.stat().st_size == LIMIT]


def run_on_a_full_disk(splunkd: Splunkd, app: Path, command: str) -> None:
    """The first start of a search command, which leaves halves behind."""
    talk = splunkd.conversation(app, command)
    resource.prlimit(talk.process.pid, resource.RLIMIT_FSIZE, (LIMIT, LIMIT))
    with talk:
        assert talk.finish()[:2] == (0, "")
    assert len(halves(app)) > 10, "the fault is really there"


def test_a_command_that_first_ran_on_a_full_disk_runs_ever_after(tmp_path: Path) -> None:
    command = Command(tmp_path)
    command.listed(("203.0.113.9/32", "some_list", "c2", "90"))
    call = event(sourceIPAddress="203.0.113.9")
    run_on_a_full_disk(command.splunkd, command.app, "maliciouscaller")
    for _ in range(2):
        with OpenSearch(command) as search:
            assert search.ask([call])[0]["intel_feed"] == "some_list"
            search.end()


def test_a_trial_that_first_ran_on_a_full_disk_runs_ever_after(publisher: Publisher, tmp_path: Path) -> None:
    feed_input = Input(tmp_path)
    publisher.answers("/list", ok(b"192.0.2.7\n"))
    words = [f"url={publisher.url('/list')}", "keep_reserved=true"]
    with feed_input.splunkd.rest() as rest:
        run_on_a_full_disk(feed_input.splunkd, feed_input.app, "tryintelfeed")
        for _ in range(2):
            result = feed_input.splunkd.search(feed_input.app, "tryintelfeed", words, rest=rest)
            assert (result.exit_status, result.stderr, result.error) == (0, "", None)
            assert [row["count"] for row in result.events if row["part"] == "kept"] == ["1"]


def test_an_input_that_first_ran_on_a_full_disk_runs_ever_after(publisher: Publisher, tmp_path: Path) -> None:
    feed_input = Input(tmp_path)
    publisher.answers("/list", ok(b"192.0.2.7\n"))
    params = {"url": publisher.url("/list"), "keep_reserved": "true"}
    with feed_input.splunkd.rest() as rest:
        process = feed_input.splunkd.start_input(feed_input.app, "intel_feed", "some_list", params, rest=rest)
        resource.prlimit(process.process.pid, resource.RLIMIT_FSIZE, (LIMIT, LIMIT))
        feed_input.read(process.wait())
    assert len(halves(feed_input.app)) > 10, "the fault is really there"
    publisher.answers("/list", ok(b"192.0.2.7\n192.0.2.9\n"))
    for end in ("ok", "unchanged"):
        status = feed_input.run("some_list", publisher.url("/list"))
        assert (status["status"], status["kept"]) == (end, 2)
