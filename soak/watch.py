"""What is left behind: files, processes, descriptors, memory, and secrets where somebody could read them.

In: the site when nothing runs but what is meant to. Out: the tally knows what was wrong. Linux only (/proc).
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
from collections.abc import Iterable, Mapping
from pathlib import Path

from soak.site import Site
from soak.tally import Tally
from tests.feeds.canary import holds

MOST_GROWTH_BYTES = 16 << 20
_M_MMAP_THRESHOLD, _M_ARENA_MAX = -3, -8  # <malloc.h>
_CODE = ("lib", "bin")
DRIVER = "the run itself"


def resident_bytes(pid: int | str = "self") -> int:
    """The memory that a process has in use."""
    lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii", errors="replace").splitlines()
    return next((int(line.split()[1]) << 10 for line in lines if line.startswith("VmRSS:")), 0)


def open_descriptors(pid: int | str = "self") -> int:
    """How many descriptors a process has open, without the one that looks."""
    return len(os.listdir(f"/proc/{pid}/fd")) - (pid == "self")


def heeds_sigterm(pid: int) -> bool:
    """Whether a process blocks SIGTERM or has a handler for it."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii", errors="replace").splitlines()
    except OSError:
        return False
    masks = [int(line.split()[1], 16) for line in lines if line.startswith(("SigBlk:", "SigCgt:"))]
    return any(mask >> signal.SIGTERM - 1 & 1 for mask in masks)


def children() -> set[int]:
    """The running or unreaped children of this process."""
    return {int(pid) for task in Path("/proc/self/task").iterdir() for pid in (task / "children").read_text().split()}


def steady_allocator() -> None:
    """Have the allocator of this very process keep no more than it needs, so that what grows is what is kept.

    GNU's makes an arena for each of the many threads of the servers here, and keeps ever larger blocks once some were freed: measured, 50 MiB
    became 100 within some 400 updates and stayed there, with as many Python objects as before; with these two settings it stays at 48.
    """
    with contextlib.suppress(OSError, AttributeError):  # another C library has no such call
        mallopt = ctypes.CDLL(None).mallopt
        mallopt(_M_MMAP_THRESHOLD, 128 << 10)
        mallopt(_M_ARENA_MAX, 1)


def measure(tally: Tally, pids: Mapping[str, int | str], is_warm: bool) -> None:
    """Keep the last figures of each process by name, and the first ones from when it was warm."""
    for name, pid in pids.items():
        memory, descriptors = resident_bytes(pid), open_descriptors(pid)
        keeps = is_warm and name in tally.memory
        tally.memory[name] = tally.memory[name][0] if keeps else memory, memory
        tally.descriptors[name] = tally.descriptors[name][0] if keeps else descriptors, descriptors


def judge_growth(tally: Tally, names: Iterable[str]) -> None:
    """Blame what grew, once at the end."""
    for name in names:
        first, last = tally.memory[name]
        if last - first > MOST_GROWTH_BYTES:
            tally.blame("memory_growth", f"{name}: from {first >> 20} to {last >> 20} MiB")
        first, last = tally.descriptors[name]
        if last > first:
            tally.blame("leaked_descriptors", f"{name}: {first} descriptors, then {last}", last - first)


def judge_files(tally: Tally, site: Site, bystander: Path) -> None:
    """Blame staging files that no run took away, and secrets in any file that the app or splunkd keeps."""
    left = [path for folder in (site.lookups, site.checkpoints) for path in folder.iterdir() if ".tmp" in path.name]
    for path in [*left, *site.staging.iterdir()]:
        tally.blame("leaked_files", path.name)
    if bystander.exists() and bystander.read_bytes() != b"not yours\n":
        tally.blame("wrong_answers", "a file outside of the app was written through a link")
    tally.count("files_searched_for_secrets", _judge_secrets(tally, site))


def _judge_secrets(tally: Tally, site: Site) -> int:
    code = {site.app / name for name in _CODE}
    files = [path for path in site.splunkd.home.rglob("*") if path.is_file() and not code & set(path.parents)]
    for path in files:
        text = path.read_bytes().decode("latin-1")
        for canary in site.canaries:
            if holds([text], canary):
                tally.blame("secrets_seen", path.name)
    for request in site.elsewhere.requests:
        if any(holds([str(request)], canary) for canary in site.canaries):
            tally.blame("secrets_seen", "shown to another publisher")
    return len(files)


def judge_processes(tally: Tally, expected: set[int]) -> None:
    """Blame children that nobody knows of any more."""
    for pid in children() - expected:
        tally.blame("leaked_processes", f"process {pid} still runs")
