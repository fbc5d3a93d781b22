"""malicious_ips.csv made new when any feed's lookup changed, came or left, and only then.

In: the intel_feed_*.csv files in the lookups folder, and what splunkd says of their stanzas. Out: what is in place now. What the last
generation was made of is remembered beside the checkpoints; so a run that was killed between a feed's lookup and this is made
good by the next run of any feed.

A feed leaves when splunkd no longer says of its stanza what it said when the feed ran last, and it is not enabled: it was
disabled, or removed. Its own lookup stays, so that it is back at once when it is enabled again. A lookup that somebody else
put there, of which splunkd never knew a stanza, is a feed as well.
"""

from __future__ import annotations

import contextlib
import gc
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from callerintel.errors import FeedError
from callerintel.feeds.feed_lookup import read_listed
from callerintel.feeds.memory_file import read_memory_file, write_memory_file
from callerintel.feeds.publish import Published, one_writer, publish, remove_left_over
from callerintel.feeds.segments import Entry, feed_entries, malicious_lines, segments
from callerintel.feeds.splunkd import Splunkd
from callerintel.lookups import MALICIOUS_IPS, intel_feed_lookup

_MEMORY_NAME = "generation.json"
_PREFIX, _SUFFIX = intel_feed_lookup("*").name.split("*")
_CATALOG_NAME = intel_feed_lookup("catalog").name


class Generation(NamedTuple):
    """What is in place now, and the feeds that have a lookup but are no part of it because they were disabled or removed."""

    published: Published
    left: list[str]


def feed_lookup_paths(lookups: Path) -> dict[str, Path]:
    """The feeds that have a lookup, by name, in order."""
    paths = sorted(path for path in lookups.glob(f"{_PREFIX}*{_SUFFIX}") if path.name != _CATALOG_NAME)
    return {path.name[len(_PREFIX) : -len(_SUFFIX)]: path for path in paths}


def update_generation(
    lookups: Path,
    checkpoints: Path,
    running: str = "",
    stanzas: Mapping[str, bool] | None = None,
    replicator: Splunkd | None = None,
) -> Generation:
    """Make malicious_ips.csv from all feeds' lookups, unless it is made of them already. Call it as the one writer.

    `running` is the feed that this run is of; `stanzas` says of each feed's stanza whether it is enabled (None: not known). FeedError("publish").
    """
    memory = read_memory_file(checkpoints / _MEMORY_NAME)
    _note(memory, running, stanzas)
    remove_left_over(lookups)
    paths = {feed: path for feed, path in feed_lookup_paths(lookups).items() if feed not in memory["left"]}
    target = lookups / MALICIOUS_IPS.name
    sources = {path.name: file_state(path) for path in paths.values()}
    state = file_state(target)
    if state and memory.get("sources") == sources and memory.get("state") == state:
        published = Published(False, int(memory.get("rows") or 0), state[0], str(memory.get("digest") or ""))
    else:
        with without_garbage_collection():
            published = publish(target, _lines(paths), replicator)
    memory.update(sources=sources, state=file_state(target), rows=published.rows, digest=published.digest)
    write_memory_file(checkpoints / _MEMORY_NAME, memory)  # without it, the next run makes the same file once more
    return Generation(published, memory["left"])


def note_stanza(checkpoints: Path, running: str, stanzas: Mapping[str, bool] | None) -> None:
    """Remember what splunkd says of a feed that a member of a cluster does not run: another day it may be the captain."""
    with contextlib.suppress(FeedError), one_writer(checkpoints):
        memory = read_memory_file(checkpoints / _MEMORY_NAME)
        _note(memory, running, stanzas)
        write_memory_file(checkpoints / _MEMORY_NAME, memory)


def _note(memory: dict[str, Any], running: str, stanzas: Mapping[str, bool] | None) -> None:
    """Bring "said" (feed → what splunkd said of it when it ran last) and "left" up to date."""
    said: dict[str, str] = memory["said"] if isinstance(memory.get("said"), dict) else {}
    left: list[str] = memory["left"] if isinstance(memory.get("left"), list) else []
    if stanzas is not None:
        if running:
            said[running] = _state(stanzas, running)
        left = sorted(feed for feed, state in said.items() if "enabled" != _state(stanzas, feed) != state)
    memory["said"], memory["left"] = said, [feed for feed in left if feed != running]


def _state(stanzas: Mapping[str, bool], feed: str) -> str:
    return {True: "enabled", False: "disabled", None: "absent"}[stanzas.get(feed)]


def _lines(paths: Mapping[str, Path]) -> Iterator[bytes]:
    entries: list[Entry] = []
    for feed, path in paths.items():
        entries.extend(feed_entries(feed, read_listed(path)))
    return malicious_lines(segments(entries), any(entry.attributes[5] for entry in entries))


@contextlib.contextmanager
def without_garbage_collection() -> Iterator[None]:
    """A million tuples and not one cycle: looking for cycles again and again would take a third of the time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def file_state(path: Path) -> list[int] | None:
    """Size and modification time (ns) of a file: changes whenever it is replaced. None when there is none."""
    try:
        status = path.stat()
    except OSError:
        return None
    return [status.st_size, status.st_mtime_ns]
