"""What a source has read so far, where only what is new is asked for: the objects of a TAXII collection, the events of a MISP feed.

One JSON file per feed beside the checkpoints. From it the source makes the whole list at every run, so that whatever comes after it
(trust, expiry, the lookup) never needs to know that only a part came over the network, and "nothing new" is not an empty list.
A file that is missing, broken or of other settings is an empty store: everything is read once more. Parts that are no longer
named leave with `sweep`. Nothing secret is in it: of the address there is only a digest.
"""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from callerintel.feeds.feed_config import FeedConfig
from callerintel.feeds.memory_file import read_memory_file, write_memory_file

VERSION = 1


@dataclass
class Store:
    """`parts`: id → [mark, value], the mark being a version or a round; `begun`: when the last reading of everything began.

    `position`: from where to go on; `complete`: whether everything was read once; `round` grows with each reading of everything.
    """

    key: str
    round: int = 0
    begun: float = 0.0
    position: str = ""
    complete: bool = False
    parts: dict[str, list[Any]] = field(default_factory=dict)

    def begin(self, now: float, position: str = "") -> None:
        """A reading of everything begins at `now`, epoch seconds; what there is stays until the reading is complete."""
        self.round, self.begun, self.position, self.complete = self.round + 1, now, position, False

    def sweep(self) -> None:
        """A reading of everything is complete: what it did not find leaves."""
        self.parts = {name: part for name, part in self.parts.items() if part[0] == self.round}
        self.complete = True


def read_store(folder: Path | None, config: FeedConfig) -> Store:
    """The feed's store, an empty one where there is none for these settings."""
    key = _key(config)
    if folder is None:
        return Store(key)
    try:
        stored = read_memory_file(_path(folder, config))
        store = Store(**{name: type(empty)(stored[name]) for name, empty in asdict(Store(key)).items()})
        whole = store.key == key and all(
            isinstance(part, list) and len(part) == 2 and isinstance(part[1], dict) for part in store.parts.values()
        )
    except (ValueError, TypeError, KeyError, OverflowError):
        return Store(key)
    return store if whole else Store(key)


def write_store(folder: Path | None, config: FeedConfig, store: Store) -> None:
    """Keep a store, whole or not at all. A failure is not raised: the next run reads more than it had to."""
    if folder is not None:
        write_memory_file(_path(folder, config), asdict(store))


def _path(folder: Path, config: FeedConfig) -> Path:
    return folder / f"store_{config.name}.json"


def _key(config: FeedConfig) -> str:
    settings = (VERSION, config.delivery, config.url, config.collection, config.history_days)
    return hashlib.sha256(repr(settings).encode()).hexdigest()
