"""What the figures were taken on: cores, processor, system, Python, versions of the peers. No names of hosts, no paths."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

from bench import ROOT


def describe(python: str) -> dict[str, Any]:
    """The machine and the versions, as the figures of a run carry them."""
    measured = subprocess.run([python, "-c", "import platform; print(platform.python_version())"], capture_output=True, text=True)
    return {
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "processor": _processor(),
        "memory_bytes": _memory_bytes(),
        "system": f"{platform.system()} {platform.machine()}",
        "python": measured.stdout.strip(),
        "benchmark_python": platform.python_version(),
        "splunk_sdk": _vendored(ROOT / "bin" / "lib", "splunk_sdk"),
        "netaddr": _installed("netaddr"),
        "pytricia": _installed("pytricia"),
    }


def _processor() -> str:
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return platform.processor() or "unknown"
    found = re.search(r"(?m)^model name\s*:\s*(.+)$", text)
    return found[1].strip() if found else platform.processor() or "unknown"


def _memory_bytes() -> int:
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        return 0


def _installed(name: str) -> str:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return ""


def _vendored(folder: Path, name: str) -> str:
    return next((path.name[len(name) + 1 : -len(".dist-info")] for path in folder.glob(f"{name}-*.dist-info")), "")


def is_idle() -> bool:
    """Whether nobody else seems to use the machine: a benchmark beside other work measures that as well."""
    try:
        return os.getloadavg()[0] < 0.5 * (os.cpu_count() or 1)
    except (AttributeError, OSError):
        return True


def is_supported() -> bool:
    """Whether this system has what the measurements need."""
    return sys.platform != "win32"
