"""Who does what when: updates in the background, searches and damage in between, and from time to time a round's end at which all must be well.

In: settings, a site. Out: the tally. One seed gives one course of faults; how processes overlap is the machine's. A run ends by itself.
"""

from __future__ import annotations

import os
import random
import time
from collections.abc import Sequence
from typing import Callable

from soak import watch
from soak.crowd import Crowd
from soak.damage import Damage
from soak.faults import FAULTS, Fault
from soak.ledger import Ledger
from soak.lists import FEEDS, Lists
from soak.searches import Search
from soak.settings import Settings
from soak.site import Site
from soak.tally import Tally
from soak.updates import Update

_UPDATES_AT_ONCE = 2
_NEEDS_MEMORY = ("shrunk", "older")
_ROLES = ("none", "captain")
_POLL_SECONDS = 0.01
_SAY_SECONDS = 15.0
_TRIES = 40
_WARM_ROUNDS = 4  # both roles were played twice: every cache is as full as it gets
LONG_SEARCH = "the search that is open all the time"
Say = Callable[[str], None]


class Driver:
    """One run. `run` is all of it; `tally` has the figures; `is_whole`: it came to its end. `faults` are those to draw from."""

    def __init__(self, settings: Settings, site: Site, say: Say, faults: Sequence[Fault] = FAULTS) -> None:
        self.settings, self.tally, self.is_whole = settings, Tally(), False
        self._site, self._say, self._faults = site, say, faults
        self._chance = random.Random(settings.seed)
        self._lists = Lists(settings.seed, settings.filler)
        self._ledger = Ledger()
        self._damage = Damage(site, self._ledger, self.tally, self._chance)
        self._updates: list[Update] = []
        self._crowd = Crowd(lambda: Search(site, self._lists, self._ledger, self.tally), self.tally, self._chance)
        self._round = 0
        self._said = self._started = time.monotonic()

    def run(self) -> None:
        """From an empty installation to the last round's end."""
        try:
            self._end_round()
            while not self._is_over():
                self.tally.count("steps")
                self._step()
                if self.tally.counts["steps"] % self.settings.round_steps == 0:
                    self._end_round()
                self._pace()
            self._end_round()
            watch.judge_growth(self.tally, self.tally.memory)
            self.is_whole = True
        except KeyboardInterrupt:
            self.tally.interrupt()
            raise
        finally:
            self._close()
        watch.judge_processes(self.tally, set())

    def _is_over(self) -> bool:
        if self.settings.steps:
            return self.tally.counts["steps"] >= self.settings.steps
        return time.monotonic() - self._started >= self.settings.seconds

    def _step(self) -> None:
        self._reap()
        if len(self._updates) < _UPDATES_AT_ONCE:
            self._start_update()
        draw = self._chance.random()
        if draw < 0.40:
            self._crowd.pass_by()
        elif draw < 0.75:
            self._crowd.ask_one()
        elif draw < 0.85:
            self._crowd.renew_one()
        elif draw < 0.93:
            self._crowd.suffer(self._deal, self._reap)
        else:
            self._deal()

    def _reap(self) -> None:
        for update in [update for update in self._updates if update.poll()]:
            self._updates.remove(update)
            if update.has_landed:
                self._damage.forgetful.discard(update.feed)

    def _start_update(self) -> None:
        busy = {update.feed for update in self._updates}
        feed = self._chance.choice([feed for feed in FEEDS if feed not in busy])
        known = [fault for fault in self._faults if feed in fault.feeds and fault.name not in self._site.left_out]
        if feed in self._damage.forgetful:
            known = [fault for fault in known if fault.name not in _NEEDS_MEMORY]
        self._begin(feed, self._chance.choices(known, [fault.weight for fault in known])[0])

    def _begin(self, feed: str, fault: Fault) -> Update:
        self.tally.count("updates_tried")
        if fault is not FAULTS[0]:
            self.tally.faults[fault.name] += 1
        update = Update(self._site, self._lists, self._ledger, self.tally, feed, fault, self._chance)
        update.was_disturbed = self._damage.blocks
        self._updates.append(update)
        return update

    def _deal(self) -> None:
        if not self._damage.blocks or self._chance.random() < 0.3:
            self._damage.mend()
            self._damage.deal()
        if self._damage.blocks:
            for update in self._updates:
                update.was_disturbed = True

    def _end_round(self) -> None:
        """Let all end, mend everything, update each feed without a fault; then nothing may be left, lost or wrong."""
        self._wait()
        self._damage.mend()
        self._site.play(_ROLES[self._round % len(_ROLES)])
        self._damage.is_captain = self._site.rest.role == "captain"
        self._round += 1
        for feed in FEEDS:
            self._update_cleanly(feed)
        self._crowd.pass_by()
        self._crowd.gather()
        self._watch()

    def _update_cleanly(self, feed: str) -> None:
        for _ in range(_TRIES):
            update = self._begin(feed, FAULTS[0])
            self._wait()
            if update.has_landed:
                return
            time.sleep(max(0.0, min(update.next_try - time.time(), 5)) + 0.1)  # its publisher had asked for time
        self.tally.blame("wrong_ends", f"{feed}: {_TRIES} updates without a fault did not succeed")

    def _wait(self) -> None:
        self._reap()
        while self._updates:
            time.sleep(_POLL_SECONDS)
            self._reap()

    def _watch(self) -> None:
        watch.judge_files(self.tally, self._site, self._damage.bystander())
        self._site.forget_requests()
        if self._crowd.longest is not None:
            pids: dict[str, int | str] = {watch.DRIVER: "self", LONG_SEARCH: self._crowd.longest.pid}
            watch.measure(self.tally, pids, self._round > _WARM_ROUNDS)
        watch.judge_processes(self.tally, self._crowd.pids)

    def _close(self) -> None:
        for update in self._updates:
            update.process.kill()
        self._wait()
        self._crowd.close()

    def _pace(self) -> None:
        now = time.monotonic()
        for sentence in self.tally.news():
            self._say(f"WRONG  {sentence}")
        if now - self._said >= _SAY_SECONDS:
            self._said = now
            self._say(self.progress())
        if self.settings.load:
            times = os.times()
            used = times.user + times.system + times.children_user + times.children_system
            time.sleep(min(5.0, max(0.0, used / self.settings.load - (now - self._started))))

    def progress(self) -> str:
        """One line for who waits."""
        counts, wrong = self.tally.counts, sum(self.tally.wrong.values())
        faults = sum(self.tally.faults.values())
        return (
            f"{counts['updates_tried']:,} updates, {faults:,} faults, {counts['searches']:,} searches, "
            f"{counts['answers_checked']:,} answers checked, " + (f"WRONG: {wrong:,}" if wrong else "nothing wrong")
        )
