"""What the user asked for: the environment variables of `make bench`, checked before any work starts.

In: an environment. Out: Settings, or WrongInput with the sentence for the user.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from bench import ROOT, WrongInput

Size = TypeVar("Size")
PARTS = ("throughput", "start", "cost", "scale", "segments", "memory")

HELP = """\
Measures the command and the feeds side by side with others, in one run: make bench [SIZE=...] [OUT=path.json] ...

  SIZE            tiny (does it run at all?), small (half a minute), medium (about ten minutes; the default), full (about
                  twenty), or a number of events.
  OUT             A file to write: every figure of the run as JSON.
  DOCS            The folder for BENCHMARKS.md and its plots. Default: docs for all of medium or full, otherwise none.
  SEED            A number; the same seed gives the same events and lookups. Default 1.
  DISTINCT        Per cent of distinct rows in the main input. Default 5.
  RUNS            How often each thing is measured; the median counts. Default 1, 1, 3, 5 by size.
  CHUNK_ROWS      Rows of a chunk. Default 5000.
  MEMORY_EVENTS   Events of the memory test, a tenth of them distinct. Default 10000000 for full, otherwise 0: left out.
  PARTS           Only these, separated by commas: throughput, start, cost, scale, segments, memory.
  MEASURED_PYTHON The Python that runs what is measured. Default: the one that runs the benchmark.
  PYTHON          (make's own) The Python of the benchmark's environment.
"""


@dataclass(frozen=True)
class Settings:
    """What to measure: counts of events, of runs, of process starts, of rows in the lookups (three sizes), of indicators."""

    size: str
    events: int
    wide_events: int
    chunk_events: int
    runs: int
    starts: int
    rows: tuple[int, int, int]
    size_indicators: int
    look_ups: int
    memory_events: int = 0
    distinct_percent: int = 5
    chunk_rows: int = 5000
    seed: int = 1
    out: Path | None = None
    docs: Path | None = None
    parts: tuple[str, ...] = PARTS
    python: str = sys.executable

    def some(self, sizes: Sequence[Size]) -> list[Size]:
        """The sizes that a curve is drawn through: all, or where it only has to run the first and the last."""
        return list(sizes) if self.size != "tiny" else [sizes[0], sizes[-1]]


_MILLION = 1_000_000
_MOST_EVENTS = 4 * _MILLION  # so many /24s are left for addresses that are new
_SIZES = {
    "tiny": Settings("tiny", 200, 40, 400, 1, 1, (200, 400, 800), 1_000, 500, chunk_rows=100),
    "small": Settings("small", 2_000, 200, 4_000, 1, 3, (1_000, 5_000, 20_000), 10_000, 10_000, chunk_rows=1000),
    "medium": Settings("medium", 200_000, 5_000, 50_000, 3, 12, (10_000, 100_000, _MILLION), 250_000, 100_000),
    "full": Settings("full", 200_000, 10_000, 50_000, 5, 20, (10_000, 100_000, _MILLION), 250_000, 100_000, 10 * _MILLION),
}


def read_settings(environment: Mapping[str, str]) -> Settings:
    """The settings in the environment. WrongInput names the variable at fault."""

    def given(name: str) -> str:
        return environment.get(name, "").strip()

    settings = _sized(given("SIZE") or "medium")
    # A page about a part of it would stand in the place of a page about all.
    docs = given("DOCS") or ("docs" if settings.size in ("medium", "full") and not given("PARTS") else "")
    parts = tuple(part.strip() for part in given("PARTS").split(",") if part.strip()) or PARTS
    unknown = [part for part in parts if part not in PARTS]
    if unknown:
        raise WrongInput(f"PARTS: there is no part {unknown[0]!r}; choose among {', '.join(PARTS)}.")
    return replace(
        settings,
        runs=whole_number("RUNS", given("RUNS"), settings.runs, 1),
        memory_events=whole_number("MEMORY_EVENTS", given("MEMORY_EVENTS"), settings.memory_events, 0),
        distinct_percent=whole_number("DISTINCT", given("DISTINCT"), settings.distinct_percent, 1, 100),
        chunk_rows=whole_number("CHUNK_ROWS", given("CHUNK_ROWS"), settings.chunk_rows, 1),
        seed=whole_number("SEED", given("SEED"), settings.seed, 0),
        out=path_of(given("OUT")),
        docs=path_of(docs),
        parts=parts,
        python=given("MEASURED_PYTHON") or settings.python,
    )


def _sized(size: str) -> Settings:
    if size in _SIZES:
        return _SIZES[size]
    if not (size.isascii() and size.isdigit()) or not 100 <= int(size) <= _MOST_EVENTS:
        raise WrongInput(
            f"SIZE: {size!r} is neither tiny, small, medium, full nor a number of events from 100 to {_MOST_EVENTS}."
        )
    events = int(size)
    memory = 10 * _MILLION if events > _SIZES["full"].events else 0
    return replace(_SIZES["medium"], size=size, events=events, wide_events=max(100, events // 10), memory_events=memory)


def whole_number(name: str, text: str, default: int, least: int, most: int | None = None) -> int:
    """The number in the variable `name`; WrongInput for what is none from `least` to `most`. `make soak` reads its variables so, too."""
    if not text:
        return default
    if text.isascii() and text.isdigit() and least <= int(text) and (most is None or int(text) <= most):
        return int(text)
    raise WrongInput(f"{name}: {text!r} is no whole number from {least} " + ("on." if most is None else f"to {most}."))


def path_of(text: str) -> Path | None:
    """The path in a variable, None where it is empty."""
    # Relative to where make was called; the Makefile does not leave the repository's root.
    return (ROOT / os.path.expanduser(text)).resolve() if text else None


def command_line(target: str, names: Sequence[str], environment: Mapping[str, str]) -> str:
    """How the run was asked for, as a page shows it."""
    return " ".join([f"make {target}", *(f"{name}={environment[name]}" for name in names if environment.get(name))])
