"""How much an input may cost: work, counted as calls, and memory. Both grow with the input and no faster.

Calls are the same on every machine, however busy. Work inside one call of C, a regular expression's above all, is not counted: for that the
whole process has a limit of processor time and of memory, set by `limit_process`.
"""

from __future__ import annotations

import sys
import tracemalloc
from types import FrameType

from .target import Target

CALLS = 60_000
BYTES = 12_000_000  # the dictionary of LZMA alone is 8 MiB


class Overrun(Exception):
    """An input cost more than it may."""


def limit_process(seconds: int, megabytes: int) -> None:
    """End this process when it has used so much processor time, and refuse it more memory than that; nothing where neither is known."""
    try:
        import resource
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_AS, (megabytes << 20, megabytes << 20))


def run_within(target: Target, data: bytes) -> None:
    """Run a target; Overrun when that cost more calls or memory than an input of this size may."""
    calls, most = 0, CALLS + target.calls * len(data)

    def count(frame: FrameType, event: str, argument: object) -> None:
        nonlocal calls
        calls += event in ("call", "c_call")
        if calls > most:
            sys.setprofile(None)
            raise Overrun(f"{target.name}: more than {most} calls for {len(data)} bytes")

    tracemalloc.start()
    sys.setprofile(count)
    try:
        target.run(data)
    finally:
        sys.setprofile(None)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    if peak > BYTES + target.weight * len(data):
        raise Overrun(f"{target.name}: {peak} bytes of memory for {len(data)} bytes")
