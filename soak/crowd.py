"""The searches of a run: those that come and go, those that stay open for a while, and one that is open from the beginning to the end.

In: how to start one. Out: the tally knows of those that failed. One that fails is replaced, so that the run goes on.
"""

from __future__ import annotations

import random
from typing import Callable

from soak.searches import Failed, Search
from soak.tally import Tally

_HELD = 3


class Crowd:
    """The open searches; `longest` is the one that is open all the time."""

    def __init__(self, start: Callable[[], Search], tally: Tally, chance: random.Random) -> None:
        self._start, self._tally, self._chance = start, tally, chance
        self._held: list[Search] = []
        self.longest: Search | None = None

    @property
    def pids(self) -> set[int]:
        """The processes of the open searches."""
        return {search.pid for search in self._open_ones()}

    def gather(self) -> None:
        """Open those that stay open, where one is missing, and ask each once."""
        while len(self._held) < _HELD and (opened := self._open()):
            self._held.append(opened)
        if self.longest is None:
            self.longest = self._open()
        for search in self._open_ones():
            self._ask(search)

    def pass_by(self) -> None:
        """A search of one chunk or three."""
        search = self._open()
        if search is not None:
            asks = self._chance.choice((1, 1, 3))
            all(self._try(search, number == asks) for number in range(1, asks + 1))
            self._finish(search)

    def suffer(self, deal: Callable[[], None], between: Callable[[], None]) -> None:
        """A search under which something is dealt between two chunks, or between its start and its first one."""
        search = self._open()
        if search is None:
            return
        if self._chance.random() < 0.5:
            self._try(search)
        deal()
        self._try(search)
        between()
        self._try(search, finished=True)
        self._finish(search)

    def ask_one(self) -> None:
        """One of those that stay open is asked again."""
        self._ask(self._chance.choice(self._open_ones()))

    def renew_one(self) -> None:
        """A search that was open for long ends, and another one begins."""
        self._replace(self._chance.choice(self._held))

    def close(self) -> None:
        """All of them end."""
        for search in self._open_ones():
            self._finish(search)
        self._held, self.longest = [], None

    def _open_ones(self) -> list[Search]:
        return [*self._held, *([self.longest] if self.longest else [])]

    def _open(self) -> Search | None:
        try:
            return self._start()
        except Failed as failure:
            self._tally.blame("failed_searches", str(failure))
            return None

    def _try(self, search: Search, finished: bool = False) -> bool:
        try:
            search.ask(finished)
        except Failed as failure:
            self._tally.blame("failed_searches", str(failure))
            return False
        return True

    def _ask(self, search: Search) -> None:
        if not self._try(search):
            self._replace(search)

    def _replace(self, gone: Search) -> None:
        self._finish(gone)
        opened = self._open()
        if opened is None:
            raise RuntimeError("no search can be started any more")
        self._try(opened)
        if gone is self.longest:
            self.longest = opened
        else:
            self._held[self._held.index(gone)] = opened

    def _finish(self, search: Search) -> None:
        try:
            search.close()
        except Failed as failure:
            self._tally.blame("failed_searches", str(failure))
