"""What one run of a feed tells the next: one small JSON file per stanza in splunkd's checkpoint folder.

It makes downloads conditional and lets `trust` compare. Nothing in it is needed for a right answer: a file that is missing,
broken or from another member of a cluster only costs one full download. No secret is ever in it.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, fields
from pathlib import Path

from callerintel.feeds.memory_file import read_memory_file, write_memory_file


@dataclass
class Checkpoint:
    """The memory of a feed. Times are epoch seconds; `lookup` is size and mtime_ns of the file that the last good list made."""

    fingerprint: str = ""  # FeedConfig.fingerprint() of the last good run
    format: str = ""  # as found or given
    conditions: dict[str, str] = field(default_factory=dict)  # request headers for "only if it changed"
    content: str = ""  # SHA-256 over the last good documents
    lookup: list[int] = field(default_factory=list)
    written: float = 0.0  # when the last good list was read whole
    served: float = 0.0  # when the publisher last served that list, or said that it still is the list
    rows: int = 0  # of the lookup
    kept: int = 0  # those of them that are listed
    expires: float = 0.0  # when the first of the others is to go, or the first indicator is over by its own words; 0 for never
    end_mark: bool = False
    serial: int | None = None
    publisher_date: int | None = None
    refused_content: str = ""  # SHA-256 over the documents that were refused for their shrink
    times_refused: int = 0
    not_before: float = 0.0  # the publisher asked to be left alone until then


def checkpoint_path(folder: Path, feed: str) -> Path:
    """Where the checkpoint of a feed is."""
    return folder / f"feed_{feed}.json"


def read_checkpoint(path: Path) -> Checkpoint:
    """The checkpoint in a file; an empty one when there is none or it cannot be understood."""
    stored, empty = read_memory_file(path), asdict(Checkpoint())
    return Checkpoint(**{key: stored[key] for key in empty if key in stored and _fits(stored[key], empty[key])})


def write_checkpoint(path: Path, checkpoint: Checkpoint) -> None:
    """Store a checkpoint, whole or not at all. A failure is not raised: the next run downloads once more."""
    write_memory_file(path, {item.name: getattr(checkpoint, item.name) for item in fields(checkpoint)})


def _fits(value: object, example: object) -> bool:
    if example is None:
        return value is None or (isinstance(value, int) and not isinstance(value, bool))
    if isinstance(example, float):
        return isinstance(value, (int, float)) and not isinstance(value, bool)
    if isinstance(example, dict):
        return isinstance(value, dict) and all(isinstance(part, str) for pair in value.items() for part in pair)
    if isinstance(example, list):
        return isinstance(value, list) and all(isinstance(part, int) for part in value)
    return type(value) is type(example)
