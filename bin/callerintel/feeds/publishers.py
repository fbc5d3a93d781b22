"""Publishers: one request at a time to each, and never more often than each allows.

In: a feed's URL; the catalogue, which says how often its publishers may be asked; the checkpoint folder, where all feeds of this
host meet. Out: how long to wait. What counts is when the same list was asked for last and an answer came, whichever stanza
asked, whatever became of the answer. A publisher is a host, but at the hosts that many share it is the owner there.
"""

from __future__ import annotations

import contextlib
import csv
import hashlib
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from callerintel.feeds.memory_file import read_memory_file, write_memory_file
from callerintel.feeds.publish import locked
from callerintel.lookups import intel_feed_lookup

SLACK_SECONDS = 60  # a cron schedule is not exact to the second
_SHARED_HOSTS = ("raw.githubusercontent.com", "github.com", "gitlab.com", "bitbucket.org")


def publisher_of(url: str) -> str:
    """Whose list it is: a host, with the owner's name at hosts that many share; '' for a file."""
    parts = urlsplit(url)
    host = (parts.hostname or "").lower() if parts.scheme in ("http", "https") else ""
    return f"{host}/{parts.path.split('/')[1]}" if host in _SHARED_HOSTS and parts.path.count("/") > 1 else host


def minimum_interval(lookups: Path, url: str) -> int:
    """How many seconds must lie between two requests for a list; 0 where nothing is known of its publisher.

    Of a publisher's lists that the catalogue does not name, the one that may be asked for most often counts.
    """
    publisher = publisher_of(url)
    same_list: list[int] = []
    same_publisher: list[int] = []
    for known, seconds in _intervals(lookups / intel_feed_lookup("catalog").name):
        if publisher and publisher_of(known) == publisher:
            same_publisher.append(seconds)
            if urlsplit(known).path == urlsplit(url).path:
                same_list.append(seconds)
    return min(same_list or same_publisher or [0])


class Turn:
    """One feed's turn with its publisher."""

    def __init__(self, path: Path, url: str) -> None:
        self._path = path
        self._list = hashlib.sha256(url.encode()).hexdigest()[:16]
        self._tries = _read_tries(path)
        self._before = self._tries.get(self._list, 0)

    def seconds_to_wait(self, minimum: int, now: float) -> float:
        """How many seconds the publisher is not to be asked yet, at `now` in epoch seconds; a last try in the future is a clock that was wrong."""
        if not 0 <= now - self._before < minimum - min(SLACK_SECONDS, minimum / 10):
            return 0
        return self._before + minimum - now

    def begin(self, now: float) -> None:
        """The publisher is being asked at `now`, epoch seconds: remembered at once, so that a killed run counts."""
        self._remember(now)

    def withdraw(self) -> None:
        """The publisher was never reached."""
        self._remember(self._before)

    def _remember(self, time: float) -> None:
        self._tries[self._list] = time
        write_memory_file(self._path, self._tries)


@contextlib.contextmanager
def turn_with(checkpoints: Path, url: str) -> Iterator[Turn]:
    """Wait until no other feed of this host is asking the same publisher, and keep others waiting until the block ends. FeedError."""
    host = (urlsplit(url).hostname or "").lower()
    name = "publisher_" + hashlib.sha256(host.encode()).hexdigest()[:16]
    with locked(checkpoints / f"{name}.lock"):
        yield Turn(checkpoints / f"{name}.json", url)


def _intervals(catalog: Path) -> Iterator[tuple[str, int]]:
    try:
        with open(catalog, encoding="utf-8", errors="replace", newline="") as file:
            for row in csv.DictReader(file):
                with contextlib.suppress(ValueError):
                    yield row.get("url") or "", int(row.get("minimum_interval") or 0)
    except (OSError, csv.Error):
        return


def _read_tries(path: Path) -> dict[str, float]:
    try:
        return {key: float(value) for key, value in read_memory_file(path).items()}
    except (ValueError, TypeError):
        return {}
