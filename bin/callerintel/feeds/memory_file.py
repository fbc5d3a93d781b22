"""What one run tells the next, on disk: a small JSON object in a file of its own, whole or not there.

In: a path in splunkd's checkpoint folder, the object. Out: the object, an empty one where there is none that can be read. A file is staged beside its
place and renamed, so a kill or a full disk costs what was to be written and never what is there. Nothing in any of them is needed for a
right answer, and no secret is ever in one. What a killed run left staged is written over by the next.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]


def read_memory_file(path: Path) -> dict[str, Any]:
    """The object in a file; an empty one when there is no file, or one that is broken."""
    try:
        stored = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    return stored if isinstance(stored, dict) else {}


def write_memory_file(path: Path, values: Mapping[str, Any]) -> bool:
    """Replace the file; whether that went well. A failure is not raised: the next run knows what the last one knew.

    Of two processes that write at once one gives up: all feeds of a host may start in the same moment.
    """
    # One name for all processes: what a killed one left under a name of its own would stay for ever.
    staged = path.with_name(f"{path.name}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with open(staged, "ab") as file:
            if not _is_ours(file, staged):
                return False
            file.truncate(0)
            file.write(json.dumps(values).encode())
            file.flush()
            if fcntl is not None:  # as long as the lock is ours
                os.replace(staged, path)
        if fcntl is None:  # Windows renames no open file
            os.replace(staged, path)
    except OSError:
        with contextlib.suppress(OSError):
            staged.unlink()
        return False
    return True


def _is_ours(file: IO[bytes], staged: Path) -> bool:
    """Whether nobody else writes the staged file; the lock is the kernel's and goes with its process."""
    if fcntl is None:
        return True
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return os.path.samestat(os.fstat(file.fileno()), os.stat(staged))  # not one that was put in place meanwhile
    except OSError:
        return False
