"""`python -m bench`, which `make bench` calls: the run from start to end.

Everything happens in a temporary folder that is removed afterwards; only OUT and DOCS are written elsewhere. Exit status: 0 it ran,
whatever holds; 2 wrong input; 1 it failed; 130 interrupted.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from collections.abc import Mapping
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from bench import BenchFailed, WrongInput, cost, document, machine, plots, segments, start_up, throughput
from bench.claims import find_claims
from bench.screen import Screen
from bench.settings import HELP, Settings, command_line, read_settings
from bench.site import Site
from bench.tables import claims_table, tables_of

_FORMAT = 1
_GIVEN = ("SIZE", "SEED", "DISTINCT", "RUNS", "CHUNK_ROWS", "MEMORY_EVENTS", "PARTS")


def measure(settings: Settings, screen: Screen, folder: Path) -> dict[str, Any]:
    """The figures of every part that the settings ask for."""
    figures: dict[str, Any] = {}
    parts = settings.parts
    screen.step("lookups and events are made")
    site = Site(folder, settings, max(settings.events, settings.look_ups))
    needs_inputs = {"throughput", "cost", "scale"} & set(parts)
    inputs = throughput.make_inputs(site) if needs_inputs else []
    if "throughput" in parts:
        figures["throughput"] = throughput.measure(site, inputs, screen.step)
    if "start" in parts:
        figures["start"] = start_up.measure(site, screen.step)
    if "cost" in parts:
        figures["look_up"] = cost.look_up(site, screen.step)
        figures["cost"] = cost.measure(site, inputs, screen.step)
    if "scale" in parts:
        figures["scale"] = throughput.scale(site, inputs[0], screen.step)
    if "segments" in parts:
        figures["segments"] = segments.measure(site, screen.step)
    if "memory" in parts:
        figures["memory"] = throughput.memory(site, settings, screen.step)
    figures["left_out"] = list(site.left_out.values())
    return figures


def run(settings: Settings, screen: Screen) -> None:
    """Measure, show, write."""
    about = {**machine.describe(settings.python), "idle": machine.is_idle()}
    if not about["idle"]:
        screen.line("The machine is busy with other work; ratios within this run are fair, absolute figures are not.", "yellow")
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="maliciouscaller-bench-") as folder:
        measured = measure(settings, screen, Path(folder))
    claims = find_claims(measured, settings)
    figures = {
        "format": _FORMAT,
        "date": datetime.now(timezone.utc).strftime("%Y-%m-%d"),
        "command": command_line("bench", _GIVEN, os.environ),
        "seconds": round(time.monotonic() - started, 1),
        "settings": {
            name: value for name, value in settings.__dict__.items() if name not in ("out", "docs", "python")
        },
        "machine": about,
        **measured,
        "claims": [{**claim._asdict(), "holds": claim.holds} for claim in claims],
    }  # fmt: skip
    for table in tables_of(figures):
        screen.table(table)
    if claims:
        screen.table(claims_table(claims))
    for sentence in figures["left_out"]:
        screen.line(f"Left out: {sentence}", "yellow")
    _write(figures, settings, screen, claims)
    held = sum(claim.holds for claim in claims)
    screen.line(f"{held} of {len(claims)} promises hold. It took {figures['seconds']:.0f} s.", "bold")


def _write(figures: Mapping[str, Any], settings: Settings, screen: Screen, claims: Any) -> None:
    if settings.docs:
        drawn = plots.draw(figures, settings.docs / "benchmarks")
        if drawn is None:
            screen.line("No plots: matplotlib is not installed in this environment; `make bench` installs it.", "yellow")
        settings.docs.mkdir(parents=True, exist_ok=True)
        page = settings.docs / "BENCHMARKS.md"
        page.write_text(document.write(figures, claims, drawn or []), encoding="utf-8")
        screen.line(f"The page is {page}")
    if settings.out:
        settings.out.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
        screen.line(f"The figures are in {settings.out}")


def main() -> int:
    """Run the benchmark as the environment says; returns the exit status."""
    if os.environ.get("SIZE", "").strip() == "help" or len(sys.argv) > 1:
        print(HELP, end="")
        return 0
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # it would make every start compile everything anew
    try:
        if not machine.is_supported():
            raise WrongInput("The benchmark needs a system with fork and wait4, such as Linux or macOS.")
        run(read_settings(os.environ), Screen())
    except BenchFailed as error:
        print(error, file=sys.stderr)
        return 2 if isinstance(error, WrongInput) else 1
    except KeyboardInterrupt:
        return 130
    return 0


sys.exit(main())
