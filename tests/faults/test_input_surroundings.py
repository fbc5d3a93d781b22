"""What the input cannot do anything about: a splunkd that answers badly, late or never, and a clock that jumps."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import Any

import pytest

from soak.site import BadRest
from tests.faults.conftest import Input
from tests.feeds.server import Answer, Publisher, ok
from tests.splunkd import Rest, Splunkd

GOOD = b"192.0.2.7\n198.51.100.0/24\n"
OTHER = b"192.0.2.9\n203.0.113.0/24\n"


@pytest.mark.parametrize("fault", ["401", "503", "late"])
def test_a_splunkd_that_answers_badly_or_late_stops_no_feed(
    feed_input: Input, publisher: Publisher, rest: Rest, fault: str
) -> None:
    """A single search head needs nothing of it but the credentials that a feed names."""
    publisher.answers("/list", ok(GOOD))
    with BadRest(rest, fault) as bad:
        status = feed_input.run("some_list", publisher.url("/list"), rest=bad)
        assert (status["status"], status["kept"]) == ("ok", 2)
        assert ("did not say which feeds are enabled" in status.get("note", "")) == (fault != "late")
        settings = {"auth": "bearer", "credential": "a_key"}
        status = feed_input.run("some_list", publisher.url("/list"), rest=bad, **settings)
    assert (status["status"], status["reason"]) in {("failed", "credential"), ("failed", "splunkd")}
    assert "c0000207" in (feed_input.lookup("malicious_ips.csv") or b"").decode()


class SilentRest:
    """A management port that takes every call and never answers."""

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.uri = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self.session_key = "canary-of-a-session"

    def close(self) -> None:
        self._listener.close()


def test_a_splunkd_that_never_answers_is_given_up(publisher: Publisher, tmp_path: Path) -> None:
    """The input gives each call thirty seconds; here one, so that this test ends."""
    feed_input = Input(tmp_path)
    path = feed_input.app / "bin" / "callerintel" / "feeds" / "splunkd.py"
    text = path.read_text(encoding="utf-8")
    assert text.count("TIMEOUT_SECONDS = 30") == 1
    path.write_text(text.replace("TIMEOUT_SECONDS = 30", "TIMEOUT_SECONDS = 1"), encoding="utf-8")
    publisher.answers("/list", ok(GOOD))
    silent: Any = SilentRest()
    try:
        status = feed_input.run("some_list", publisher.url("/list"), rest=silent)
    finally:
        silent.close()
    assert (status["status"], status["kept"]) == ("ok", 2)
    assert "did not say which feeds are enabled" in status["note"]
    assert "canary-of-a-session" not in str(feed_input.stderr)


class ShiftedSplunkd(Splunkd):
    """A splunkd whose processes take another time for now."""

    shift_seconds = 0

    def environment(self, home: Path | None = None) -> dict[str, str]:
        folder = self.home / "clock"
        folder.mkdir(exist_ok=True)
        code = "import os, time\nreal = time.time\ntime.time = lambda: real() + float(os.environ['SHIFT_SECONDS'])\n"
        (folder / "sitecustomize.py").write_text(code, encoding="utf-8")
        return {**super().environment(home), "PYTHONPATH": str(folder), "SHIFT_SECONDS": str(self.shift_seconds)}


@pytest.mark.parametrize("days", [(0, -400, 0, 400, 0), (0, 400, -4000, -1, 0)], ids=["back first", "forward first"])
def test_a_clock_that_jumps_costs_no_list(publisher: Publisher, tmp_path: Path, days: tuple[int, ...]) -> None:
    """Whatever the clock was at the last run: what is new is taken, what a publisher asked for ends, and nothing is lost."""
    feed_input = Input(tmp_path)
    feed_input.splunkd = splunkd = ShiftedSplunkd(feed_input.splunkd.home)
    for number, shift in enumerate(days):
        splunkd.shift_seconds = shift * 86400
        publisher.answers("/list", ok(b"192.0.2.%d\n198.51.100.0/24\n" % (number + 1), ETag=f'"{number}"'))
        status = feed_input.run("some_list", publisher.url("/list"))
        assert (status["status"], status["kept"], status["added"]) == ("ok", 2, 1 if number else 2)
        assert b"c00002%02x" % (number + 1) in (feed_input.lookup("malicious_ips.csv") or b"")
    publisher.answers("/list", Answer(429, b"", {"Retry-After": "3600"}))
    splunkd.shift_seconds = 400 * 86400
    assert feed_input.run("some_list", publisher.url("/list"))["reason"] == "rate_limited"
    splunkd.shift_seconds = 0
    publisher.answers("/list", ok(OTHER))
    assert feed_input.run("some_list", publisher.url("/list"))["status"] == "ok", "not in 400 days"
