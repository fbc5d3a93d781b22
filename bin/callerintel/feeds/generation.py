"""malicious_ips.csv made new when any feed's lookup changed, and only then.

In: the intel_feed_*.csv files in the lookups folder. Out: what is in place now. What the last generation was made of is remembered
beside the checkpoints; so a run that was killed between a feed's lookup and this is made good by the next run of any feed.
"""

from __future__ import annotations

import contextlib
import json
from pathlib import Path
from typing import Any

from callerintel.feeds.feed_lookup import read_cells
from callerintel.feeds.publish import Published, publish
from callerintel.feeds.segments import Entry, feed_entries, malicious_rows, segments
from callerintel.lookups import MALICIOUS_IPS, intel_feed_lookup
from callerintel.sorted_csv import sorted_csv_lines

_MEMORY_NAME = "generation.json"
_PREFIX, _SUFFIX = intel_feed_lookup("*").name.split("*")
_CATALOG_NAME = intel_feed_lookup("catalog").name


def feed_lookup_paths(lookups: Path) -> dict[str, Path]:
    """The feeds that have a lookup, by name, in order."""
    paths = sorted(path for path in lookups.glob(f"{_PREFIX}*{_SUFFIX}") if path.name != _CATALOG_NAME)
    return {path.name[len(_PREFIX) : -len(_SUFFIX)]: path for path in paths}


def update_generation(lookups: Path, checkpoints: Path) -> Published:
    """Make malicious_ips.csv from all feeds' lookups, unless it is made of them already. Call it as the one writer."""
    paths = feed_lookup_paths(lookups)
    target = lookups / MALICIOUS_IPS.name
    sources = {path.name: file_state(path) for path in paths.values()}
    memory = _read_memory(checkpoints / _MEMORY_NAME)
    if memory.get("sources") == sources and memory.get("state") == file_state(target):
        return Published(False, int(memory.get("rows") or 0), target.stat().st_size)
    entries: list[Entry] = []
    for feed, path in paths.items():
        entries.extend(feed_entries(feed, read_cells(path)))
    published = publish(target, sorted_csv_lines(MALICIOUS_IPS.columns, malicious_rows(segments(entries))))
    stored = {"sources": sources, "state": file_state(target), "rows": published.rows}
    with contextlib.suppress(OSError):  # without it, the next run makes the same file once more
        (checkpoints / _MEMORY_NAME).write_text(json.dumps(stored), encoding="utf-8")
    return published


def file_state(path: Path) -> list[int] | None:
    """Size and modification time (ns) of a file: changes whenever it is replaced. None when there is none."""
    try:
        status = path.stat()
    except OSError:
        return None
    return [status.st_size, status.st_mtime_ns]


def _read_memory(path: Path) -> dict[str, Any]:
    try:
        stored = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    return stored if isinstance(stored, dict) else {}
