"""`python -m tests.fuzz`: run targets, in a process of its own.

    python -m tests.fuzz --group formats --examples 60        what `make test` does: hypothesis, the same inputs every time
    python -m tests.fuzz --minutes 30 [--target NAME ...]      what `make fuzz` does: new inputs every time, every target in turn

The app folder is made for the process, so that lookups are files of its own: `bin` in it is a link to ours. A fault is printed with the
input that made it, in a form that a test can hold, and the exit status is 1.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Iterable
from pathlib import Path

from hypothesis import HealthCheck, Phase, given, settings

from . import bounds, mutants, seeds
from .target import Target

ROOT = seeds.ROOT
MEGABYTES = 1500
FOUND = ROOT / "build" / "fuzz"


def own_app(folder: Path) -> None:
    """An app folder whose code is ours and whose lookups are nobody's; put before everything else on the path."""
    app = folder / "TA-maliciouscaller"
    app.mkdir()
    (app / "bin").symlink_to(ROOT / "bin")
    sys.path[0:0] = [str(app / "bin"), str(ROOT / "bin" / "lib"), str(ROOT / "lib")]


def targets(group: str = "") -> dict[str, Target]:
    """Every target by name, or those of one group."""
    from . import delivery, feeds, formats, search

    groups = {"formats": formats.TARGETS, "feeds": feeds.TARGETS + delivery.TARGETS, "search": search.TARGETS}
    return {each.name: each for name, found in groups.items() if group in ("", name) for each in found}


def run_examples(target: Target, examples: int, is_fixed: bool) -> None:
    """Every seed as it is, each token again and again, then so many mutants; `is_fixed`: the same ones every time, and none of real data."""
    found = seeds.seeds(target.folder, real=not is_fixed)
    assert found, f"there is no seed for {target.name}"
    for data in (*found, *(token * (mutants.LONGEST // len(token)) for token in target.tokens if token)):
        bounds.run_within(target, data)

    @settings(max_examples=examples, derandomize=is_fixed, database=None, deadline=None, suppress_health_check=list(HealthCheck),
              phases=[Phase.generate, Phase.shrink])  # fmt: skip
    @given(mutants.mutants(target, found))
    def run(data: bytes) -> None:
        bounds.run_within(target, data)

    run()


def examples_of_all(chosen: Iterable[Target], examples: int, is_fixed: bool) -> int:
    """Run targets one after another; how many had a fault."""
    faults = 0
    for target in chosen:
        try:
            run_examples(target, examples, is_fixed)
        except Exception:
            faults += 1
            print(f"{target.name}:\n{traceback.format_exc(limit=-6)}", file=sys.stderr)
    return faults


def search_for(target: Target, seconds: int) -> int:
    """Look for a fault in one target for so long, by atheris where there is one, else by hypothesis; the exit status."""
    if has_atheris():
        command = [sys.executable, "-m", "tests.fuzz.guided", target.name, str(seconds), str(FOUND)]
        return subprocess.run(command, cwd=ROOT).returncode
    end, rounds = time.monotonic() + seconds, 0
    while time.monotonic() < end:
        if examples_of_all([target], 500, is_fixed=False):
            return 1
        rounds += 1
    print(f"{target.name}: {rounds * 500} inputs, no fault")
    return 0


def has_atheris() -> bool:
    """Whether inputs can be looked for by the code that they reach."""
    try:
        import atheris  # noqa: F401
    except ImportError:
        return False
    return True


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz")
    parser.add_argument("--group", default="", choices=["", "formats", "feeds", "search"])
    parser.add_argument("--target", action="append", default=[])
    parser.add_argument("--examples", type=int, default=0, help="so many inputs for each target, the same ones every time")
    parser.add_argument("--minutes", type=float, default=0, help="new inputs for so long, all targets together")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        own_app(Path(folder))
        chosen = [each for each in targets(arguments.group).values() if not arguments.target or each.name in arguments.target]
        if not arguments.minutes:
            bounds.limit_process(300, MEGABYTES)
            return min(1, examples_of_all(chosen, arguments.examples, is_fixed=True))
        if not has_atheris():
            print("atheris is not to be had for this Python and machine, so inputs are found by hypothesis alone.")
        seconds = max(1, int(arguments.minutes * 60 / len(chosen)))
        faulty = [each.name for each in chosen if search_for(each, seconds)]
    print(f"{len(chosen)} targets, {seconds} s each: " + (f"faults in {', '.join(faulty)}" if faulty else "no fault"), flush=True)
    return 1 if faulty else 0


if __name__ == "__main__":
    sys.exit(main())
