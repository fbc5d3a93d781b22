"""One run of the input with one fault, and whether it ended as it must.

In: a feed, a fault. Out: the ledger knows what landed; the tally knows what was wrong. A run ends with one status event that says why, whatever
happens to it, but for kill -9.
"""

from __future__ import annotations

import json
import random
import resource
import signal
import time
from typing import Any

from soak import watch
from soak.faults import MAY, MUST, NEVER, TAKEN, Fault
from soak.ledger import Ledger
from soak.lists import Lists
from soak.site import Site
from soak.tally import Tally
from tests.feeds.canary import holds
from tests.feeds.server import ok, redirect
from tests.splunkd import InputResult, SplunkdError

_NO_FILE_GROWS_BYTES = 600  # less than any lookup; a checkpoint may still be written
_PATIENCE_SECONDS = 120.0
_KILLED = -signal.SIGKILL


class Update:
    """A run of the input; `poll` until it is over."""

    def __init__(
        self, site: Site, lists: Lists, ledger: Ledger, tally: Tally, feed: str, fault: Fault, chance: random.Random
    ) -> None:
        self.feed, self.fault = feed, fault
        self._site, self._ledger, self._tally = site, ledger, tally
        self.outcome, self.ends = fault.outcome, fault.ends
        if fault.rest in ("401", "503") and site.rest.role == "captain":  # who the captain is cannot be told then
            self.outcome, self.ends = NEVER, frozenset({("failed", "splunkd")})
        self._generation = ledger.offer(feed, self.outcome != NEVER)
        self.was_disturbed = False  # something stood in the place of a file that this run writes
        self.has_landed = False
        self.next_try = 0.0
        self._epoch = ledger.epoch
        self._serve(lists.document(feed, self._generation))
        settings = {**site.stanza(feed, fault.name == "unknown authority"), **dict(fault.settings)}
        self._started, self._began = time.monotonic(), int(time.time())
        self.process = site.start(feed, settings, fault.rest)
        if fault.blow == "full":
            resource.prlimit(self.process.process.pid, resource.RLIMIT_FSIZE, (_NO_FILE_GROWS_BYTES, _NO_FILE_GROWS_BYTES))
        # Half of the blows anywhere, half near the end, where files are put into place.
        share = chance.random() if chance.random() < 0.5 else chance.uniform(0.6, 1.1)
        self._blow_at = self._started + tally.usual_seconds * share if fault.blow in ("kill", "term") else None

    def _serve(self, document: bytes) -> None:
        publisher = self._site.publisher_of(self.feed)
        path = f"/{self.feed}/list"
        if self.fault.name == "redirect to another port":
            self._site.elsewhere.answers(path, ok(document))
            publisher.answers(path, redirect(self._site.elsewhere.url(path)))
        else:
            publisher.answers(path, *self.fault.answers(document))

    def poll(self) -> bool:
        """Deal the blow if it is time; whether the run is over, and then it is judged."""
        now = time.monotonic()
        running = self.process.process.poll() is None
        if running and self._blow_at is not None and now >= self._blow_at and self._is_hit():
            self._blow_at = None
            self.process.kill() if self.fault.blow == "kill" else self.process.terminate()
        if running and now < self._started + _PATIENCE_SECONDS:
            return False
        try:
            self._judge(self.process.wait(0.5 if running else 20))
        except SplunkdError as error:
            self._tally.blame("silent_ends", f"{self.feed}, {self.fault.name}: {error}")
        return True

    def _is_hit(self) -> bool:
        """Whether the blow finds our own code: SIGTERM during the start of Python itself ends any program without a word."""
        return self.fault.blow == "kill" or watch.heeds_sigterm(self.process.process.pid)

    def _judge(self, result: InputResult) -> None:
        tally, what = self._tally, f"{self.feed}, {self.fault.name}"
        texts = [event.data for event in result.events] + result.stderr
        for canary in self._site.canaries:
            for text in holds(texts, canary):
                tally.blame("secrets_seen", f"{what}: {text}")
        was_killed = self.fault.blow == "kill" and result.exit_status == _KILLED
        if was_killed:
            tally.count("updates_killed")
        if not result.events:
            if not was_killed:
                tally.blame("silent_ends", f"{what}: exit status {result.exit_status}, {result.stderr[-1:]}")
            return
        if (result.exit_status and not was_killed) or len(result.events) != 1:
            tally.blame("wrong_ends", f"{what}: exit status {result.exit_status}, {len(result.events)} events")
        self._judge_event(json.loads(result.events[0].data), what)

    def _judge_event(self, event: dict[str, Any], what: str) -> None:
        tally, status, reason = self._tally, str(event.get("status")), str(event.get("reason", ""))
        tally.ends[f"{status} {reason}".strip()] += 1
        tally.count("updates_ok" if status == "ok" else f"updates_{status}")
        if event.get("feed") != self.feed or not event.get("message"):
            tally.blame("wrong_ends", f"{what}: the event names the feed {event.get('feed')!r} and says {event.get('message')!r}")
        end = status, reason
        self.next_try = float(event.get("next_try", 0))
        if end == ("ok", "") and self.outcome in (MUST, MAY):
            self.has_landed = True
            tally.took(time.monotonic() - self._started)
            if self._ledger.epoch == self._epoch:
                self._ledger.landed(self.feed, self._generation)
            return
        expected = self.ends or TAKEN  # a process that outran its kill ends as any other
        is_waiting = end == ("unchanged", "waiting") and event.get("next_try", 0) >= self._began
        if end in expected or is_waiting or (self.was_disturbed and end == ("failed", "publish")):
            return
        tally.blame("wrong_ends", f"{what}: {status} {reason}: {event.get('message')}")
