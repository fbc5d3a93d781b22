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
from typing import Any


def read_memory_file(path: Path) -> dict[str, Any]:
    """The object in a file; an empty one when there is no file, or one that is broken."""
    try:
        stored = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    return stored if isinstance(stored, dict) else {}


def write_memory_file(path: Path, values: Mapping[str, Any]) -> bool:
    """Replace the file; whether that went well. A failure is not raised: the next run knows what the last one knew."""
    # One name for all processes: two that write at once may cost each other the file, and a name for each would be left by a kill for ever.
    staged = path.with_name(f"{path.name}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        staged.write_text(json.dumps(values), encoding="utf-8")
        os.replace(staged, path)
    except OSError:
        with contextlib.suppress(OSError):
            staged.unlink()
        return False
    return True
