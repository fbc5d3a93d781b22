"""The input's process, whatever happens to it: it ends, and but for kill -9 it says in a status event why.

The moments of a stop are not counted in time but in what the process has done by then.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from typing import Any, Callable

import pytest

from soak import ROOT
from soak.watch import heeds_sigterm
from tests.faults.conftest import Input
from tests.feeds.server import Publisher, ok
from tests.splunkd import Rest
from tests.splunkd.input_xml import write_input

pytestmark = pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="what a process does with its signals is read from /proc"
)

GOOD = b"192.0.2.7\n198.51.100.0/24\n"
OTHER = b"192.0.2.9\n203.0.113.0/24\n"


class Started:
    """A run of the input whose pipes are in the test's hands; `document` is what splunkd writes to it."""

    def __init__(self, feed_input: Input, rest: Rest, url: str) -> None:
        splunkd = feed_input.splunkd
        feed_input.checkpoints.mkdir(parents=True, exist_ok=True)
        server = {
            "server_host": "sh1",
            "server_uri": rest.uri,
            "session_key": rest.session_key,
            "checkpoint_dir": str(feed_input.checkpoints),
        }
        params = {"url": url, "keep_reserved": "true"}
        self.document = write_input(server, "intel_feed://some_list", feed_input.app.name, params)
        pipe = subprocess.PIPE
        argv = [splunkd.python, str(feed_input.app / "bin" / "intel_feed.py")]
        self.process = subprocess.Popen(argv, env=splunkd.environment(), stdin=pipe, stdout=pipe, stderr=pipe)

    def tell(self) -> None:
        """Say what to run, as splunkd does at once."""
        assert self.process.stdin
        self.process.stdin.write(self.document)
        self.process.stdin.close()
        self.process.stdin = None

    def until(self, is_true: Callable[[], bool]) -> None:
        """Wait for something that this process does. It never ends by itself before that."""
        while self.process.poll() is None and not is_true():
            pass

    def heeds(self) -> bool:
        """Whether its own code has begun: Python itself would end at a signal without a word."""
        return heeds_sigterm(self.process.pid)

    def finish(self) -> tuple[int, list[dict[str, Any]], str]:
        """Its exit status, its status events, its stderr."""
        stdout, stderr = self.process.communicate(self.document if self.process.stdin else None, timeout=60)
        found = [part.partition(b"</data>")[0] for part in stdout.split(b"<data>")[1:]]
        return self.process.returncode, [json.loads(text.replace(b"&quot;", b'"')) for text in found], stderr.decode()


def test_a_stop_before_the_run_begins_is_told(feed_input: Input, publisher: Publisher, rest: Rest) -> None:
    """While modules are loaded, and before splunkd has said what to run."""
    publisher.answers("/list", ok(GOOD))
    started = Started(feed_input, rest, publisher.url("/list"))
    started.until(started.heeds)
    started.process.terminate()
    status, events, stderr = started.finish()
    assert (status, [(event["status"], event["reason"]) for event in events]) == (0, [("failed", "stopped")])
    assert "Traceback" not in stderr
    assert publisher.requests == []


@pytest.mark.parametrize("moment", ["splunkd is asked", "the publisher is asked", "its own lookup is in place"])
def test_a_stop_during_the_run_is_told(feed_input: Input, publisher: Publisher, rest: Rest, moment: str) -> None:
    """Once or twice makes no difference: the end itself is not interrupted."""
    publisher.answers("/list", ok(GOOD))
    begun = {
        "splunkd is asked": lambda: bool(rest.requests),
        "the publisher is asked": lambda: bool(publisher.requests),
        "its own lookup is in place": (feed_input.lookups / "intel_feed_some_list.csv").exists,
    }
    started = Started(feed_input, rest, publisher.url("/list"))
    started.tell()
    started.until(begun[moment])
    started.process.terminate()
    started.process.terminate()
    status, events, stderr = started.finish()
    assert (status, len(events)) == (0, 1)
    assert (events[0]["status"], events[0].get("reason")) in {("failed", "stopped"), ("ok", None)}
    assert "Traceback" not in stderr
    publisher.answers("/list", ok(OTHER))
    assert feed_input.run_here("some_list", publisher.url("/list"))["status"] == "ok"
    assert b"c0000209" in (feed_input.lookup("malicious_ips.csv") or b"")
    assert list(feed_input.lookups.glob("*.tmp")) == []


IN_A_FINALIZER = """
import os, signal, sys, weakref
sys.path.insert(0, sys.argv[1])
from callerintel.feeds.stop import STOP, Stopped

class Thing:
    def __del__(self):
        if sys.argv[2] == "__del__":
            os.kill(os.getpid(), signal.SIGTERM)
            sum(range(1000))

STOP.listen(is_run=True)
try:
    STOP.raise_from_now()
    thing = Thing()
    if sys.argv[2] != "__del__":
        weakref.finalize(thing, os.kill, os.getpid(), signal.SIGTERM)
    del thing
    while True:
        sum(range(1000))
except Stopped:
    print("told")
"""


@pytest.mark.parametrize("kind", ["__del__", "weakref.finalize"])
def test_a_stop_that_comes_in_a_finalizer_is_not_forgotten(kind: str) -> None:
    """Python forgets what is raised there, and writes a traceback to stderr."""
    argv = [sys.executable, "-c", IN_A_FINALIZER, str(ROOT / "bin"), kind]
    done = subprocess.run(argv, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "told\n", "")


@pytest.mark.parametrize("closed", ["stdout", "stderr", "both"])
def test_splunkd_that_closes_a_pipe_early_costs_no_lookup(
    feed_input: Input, publisher: Publisher, rest: Rest, closed: str
) -> None:
    """Nor the status event, where it is only the log that nobody reads."""
    publisher.answers("/list", ok(GOOD))
    started = Started(feed_input, rest, publisher.url("/list"))
    process = started.process
    assert process.stdout and process.stderr
    for pipe, name in ((process.stdout, "stdout"), (process.stderr, "stderr")):
        if closed in (name, "both"):
            pipe.close()
    started.tell()
    told = process.stdout.read() if closed == "stderr" else b""
    assert process.wait(60) == 0 or closed != "stderr"
    assert (b"&quot;status&quot;: &quot;ok&quot;" in told or b'"status": "ok"' in told) == (closed == "stderr")
    assert b"c0000207" in (feed_input.lookup("malicious_ips.csv") or b"")
    assert list(feed_input.lookups.glob("*.tmp")) == []
    assert feed_input.run_here("some_list", publisher.url("/list"))["status"] == "unchanged"
    for pipe in (process.stdout, process.stderr):
        pipe.close()


def test_memory_that_does_not_suffice_is_told_and_costs_no_lookup(feed_input: Input, publisher: Publisher, rest: Rest) -> None:
    publisher.answers(
        "/list", ok(GOOD), ok(b"".join(b"10.%d.%d.%d\n" % (n >> 16, n >> 8 & 255, n & 255) for n in range(500_000)))
    )
    url = publisher.url("/list")
    assert feed_input.run_here("some_list", url)["status"] == "ok"
    before = feed_input.generation()
    started = Started(feed_input, rest, url)
    resource.prlimit(started.process.pid, resource.RLIMIT_AS, (160 << 20, 160 << 20))
    status, events, _ = started.finish()
    assert (status, [(event["status"], event["reason"]) for event in events]) == (0, [("failed", "too_large")])
    assert "memory" in events[0]["message"]
    assert feed_input.generation() == before
