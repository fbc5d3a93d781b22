"""`python -m soak`, which `make soak` calls: the run from start to end.

Everything happens in a temporary folder that is removed afterwards; only OUT and DOCS are written elsewhere. Exit status: 0 nothing was wrong;
1 something was; 2 wrong input. A run that is interrupted shows and writes its
figures so far, but no page.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import tempfile
import time
from collections.abc import Mapping
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from bench import WrongInput, machine
from bench.screen import Screen
from bench.settings import command_line
from soak import document, watch
from soak.driver import Driver
from soak.settings import HELP, Settings, read_settings
from soak.site import Site

_GIVEN = ("MINUTES", "STEPS", "SEED", "LOAD", "FILLER")


def soak(settings: Settings, screen: Screen) -> dict[str, Any]:
    """Run; all figures."""
    started = time.monotonic()
    watch.steady_allocator()
    with tempfile.TemporaryDirectory(prefix="maliciouscaller-soak-") as folder, Site(Path(folder)) as site:
        screen.line("Updates and searches against publishers that misbehave. Interrupt with Ctrl-C.")
        driver = Driver(settings, site, screen.step)
        try:
            driver.run()
        except KeyboardInterrupt:
            screen.line("Interrupted: these are the figures so far.", "yellow")
    about = {name: value for name, value in machine.describe(sys.executable).items() if name not in ("pytricia", "netaddr")}
    figures = {
        "format": 1,
        "date": datetime.now(timezone.utc).strftime("%Y-%m-%d"),
        "command": command_line("soak", _GIVEN, os.environ),
        "is_whole": driver.is_whole,
        "seconds": round(time.monotonic() - started, 1),
        "seed": settings.seed,
        "load": settings.load,
        "machine": about,
        "left_out": list(site.left_out.values()),
        "is_clean": driver.tally.is_clean,
        **driver.tally.figures(),
    }
    return figures


def _write(figures: Mapping[str, Any], settings: Settings, screen: Screen) -> None:
    for table in document.tables(figures):
        screen.table(table)
    for sentence in figures["wrong_sentences"]:
        screen.line(sentence, "bold red")
    if settings.docs and figures["is_whole"]:
        settings.docs.mkdir(parents=True, exist_ok=True)
        page = settings.docs / "RELIABILITY.md"
        page.write_text(document.write(figures), encoding="utf-8")
        screen.line(f"The page is {page}")
    if settings.out:
        settings.out.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
        screen.line(f"The figures are in {settings.out}")
    screen.line("Nothing was wrong." if figures["is_clean"] else "Something was wrong: see above.", "bold")


def main() -> int:
    """Run as the environment says; returns the exit status."""
    if len(sys.argv) > 1:
        print(HELP, end="")
        return 0 if sys.argv[1] in ("-h", "--help") else 2
    for number in (signal.SIGINT, signal.SIGTERM):  # in the background a shell has SIGINT ignored
        signal.signal(number, signal.default_int_handler)
    try:
        settings = read_settings(os.environ)
        if not sys.platform.startswith("linux"):
            raise WrongInput("The soak run needs Linux: it watches processes in /proc.")
        screen = Screen()
        figures = soak(settings, screen)
        _write(figures, settings, screen)
    except WrongInput as error:
        print(error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    return 0 if figures["is_clean"] and figures["is_whole"] else 1


if __name__ == "__main__":
    sys.exit(main())
