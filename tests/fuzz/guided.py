"""One target under atheris, which changes inputs so that they reach code that no input reached before.

    python -m tests.fuzz.guided TARGET SECONDS FOLDER

FOLDER/<target>/corpus keeps the inputs that reached new code, for the next time; FOLDER/<target>/ gets the input of a fault. One line on
stdout; exit status 1 and atheris's own words where there was a fault.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from pathlib import Path

from . import seeds
from .__main__ import MEGABYTES, own_app, targets

LONGEST_INPUT = 20_000
SECONDS_AN_INPUT = 20  # a hang, however busy the machine is


def fuzz(name: str, seconds: int, folder: Path) -> None:
    """Never returns: libFuzzer ends the process. Its arguments are its own."""
    import atheris

    with tempfile.TemporaryDirectory() as app:
        own_app(Path(app))
        with atheris.instrument_imports(include=["callerintel"]):
            target = targets()[name]
        (folder / "corpus").mkdir(parents=True, exist_ok=True)
        for number, seed in enumerate(seeds.seeds(target.folder)):
            (folder / "corpus" / f"seed-{number}").write_bytes(seed)
        options = [
            *(f"-max_total_time={seconds}", f"-timeout={SECONDS_AN_INPUT}", f"-rss_limit_mb={MEGABYTES}"),
            *(f"-max_len={LONGEST_INPUT}", f"-artifact_prefix={folder}/", "-print_final_stats=1"),
        ]
        atheris.Setup([sys.argv[0], *options, str(folder / "corpus")], target.run)
        atheris.Fuzz()


def main() -> int:
    """Run `fuzz` in a process of its own and say in a line what came of it."""
    name, seconds, found = sys.argv[1], int(sys.argv[2]), Path(sys.argv[3])
    folder = found / name
    folder.mkdir(parents=True, exist_ok=True)
    program = f"from tests.fuzz.guided import fuzz; from pathlib import Path; fuzz({name!r}, {seconds}, Path({str(folder)!r}))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, errors="replace", cwd=seeds.ROOT)
    (folder / "log.txt").write_text(done.stdout + done.stderr, encoding="utf-8")
    runs = re.search(r"stat::number_of_executed_units:\s*(\d+)", done.stderr)
    if done.returncode == 0:
        print(f"{name}: {int(runs[1]) if runs else 0:,} inputs, no fault", flush=True)
        return 0
    print(f"{name}: a fault; the input and the log are in {folder.relative_to(seeds.ROOT)}\n{done.stdout[-3000:]}", flush=True)
    return 1


if __name__ == "__main__":
    sys.exit(main())
