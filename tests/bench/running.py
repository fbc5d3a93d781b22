"""A run of the benchmark in a process of its own, as make starts it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

from bench import ROOT

VARIABLES = ("SIZE", "OUT", "DOCS", "SEED", "DISTINCT", "RUNS", "CHUNK_ROWS", "MEMORY_EVENTS", "PARTS", "MEASURED_PYTHON")


class Made(NamedTuple):
    """What a run left: the figures of OUT, the terminal's text, the page."""

    figures: dict[str, Any]
    terminal: str
    page: str


def bench(**given: str) -> subprocess.CompletedProcess[str]:
    """`python -m bench` with these variables and none of the caller's."""
    environment = {name: value for name, value in os.environ.items() if name not in VARIABLES}
    command = [sys.executable, "-m", "bench"]
    return subprocess.run(command, cwd=ROOT, env={**environment, **given}, capture_output=True, text=True)


def make(folder: Path, **given: str) -> Made:
    """A run that must end well, its files in `folder`."""
    done = bench(OUT=str(folder / "out.json"), DOCS=str(folder), **given)
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    figures = json.loads((folder / "out.json").read_text(encoding="utf-8"))
    return Made(figures, done.stdout, (folder / "BENCHMARKS.md").read_text(encoding="utf-8"))


def assert_promises(figures: dict[str, Any], count: int) -> None:
    """Each promise comes with its limit, its value and whether it holds; that it does is not asked."""
    assert len(figures["claims"]) == count
    assert all({"promise", "limit", "is_least", "measured", "unit", "holds"} == set(claim) for claim in figures["claims"])
