"""The soak run, counted in steps instead of minutes: that nothing is wrong, and that each kind of wrong would be noticed.

A defect is planted in the installed copy of the add-on, never in ours: then the run must say so.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

from soak import ROOT
from soak.driver import Driver
from soak.faults import FAULTS
from soak.settings import Settings
from soak.site import Site
from soak.tally import Tally

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the soak run watches processes in /proc")


def soak(folder: Path, steps: int, seed: int, defect: Defect | None = None) -> Tally:
    """A short run over an add-on with a defect or none; the tally."""
    with Site(folder) as site:
        if defect:
            path = site.app / "bin" / "callerintel" / defect.file
            text = path.read_text(encoding="utf-8")
            assert text.count(defect.right) == 1, "the test plants what it says"
            path.write_text(text.replace(defect.right, defect.wrong), encoding="utf-8")
        faults = [fault for fault in FAULTS if not defect or fault.name in ("none", defect.fault)]
        driver = Driver(Settings(steps=steps, seed=seed, filler=300, load=0), site, lambda line: None, faults)
        driver.run()
    return driver.tally


class Defect(NamedTuple):
    """`right` stands once in `file` of the package; `kinds`: as what it must be noticed, one of them at least; `fault`: the one that shows it."""

    file: str
    right: str
    wrong: str
    kinds: tuple[str, ...]
    fault: str = ""


DEFECTS = {
    "a severity too low": Defect(
        "search/severity.py", 'Rule("listed_outside_aws", HIGH', 'Rule("listed_outside_aws", LOW', ("wrong_answers",)
    ),
    "a lookup written in place and by half": Defect(
        "feeds/publish.py",
        "            os.replace(staged, path)\n",
        "            path.write_bytes(staged.read_bytes()[: staged.stat().st_size // 2])\n",
        ("mixed_generations", "lost_generations", "wrong_answers"),
    ),
    "a list that is published although it is refused": Defect(
        "feeds/hygiene.py",
        '        raise FeedError("too_wide"',
        '        FeedError("too_wide"',
        ("wrong_ends", "refused_generations_seen"),
        "the whole internet",
    ),
    "a staging file that stays": Defect(
        "feeds/memory_file.py", "os.replace(staged, path)", "path.write_bytes(staged.read_bytes())", ("leaked_files",)
    ),
    "a failure that is not told": Defect(
        "feeds/feed_input.py",
        "            ew.write_event(\n",
        '            report.status == "failed" or ew.write_event(\n',
        ("silent_ends",),
        "404",
    ),
    "a session key in the log": Defect(
        "feeds/feed_input.py",
        "**report.log_values())",
        '**report.log_values(), key=inputs.metadata["session_key"])',
        ("secrets_seen",),
    ),
    "a search that fails": Defect(
        "search/frames.py", "        return None\n    match", "        raise OSError\n    match", ("failed_searches",)
    ),
}


def test_nothing_is_wrong(tmp_path: Path) -> None:
    tally = soak(tmp_path, steps=40, seed=5)

    assert (tally.sentences, tally.is_clean) == ([], True)
    assert tally.counts["steps"] == 40
    assert tally.counts["updates_tried"] > 12
    assert tally.counts["searches"] > 12
    assert tally.counts["answers_checked"] > 10_000
    assert len(tally.faults) > 5
    assert tally.ends["ok"] >= 8, "four feeds in two rounds"


@pytest.mark.parametrize("name", DEFECTS)
def test_a_planted_defect_is_noticed(tmp_path: Path, name: str) -> None:
    defect = DEFECTS[name]
    tally = soak(tmp_path, steps=25, seed=5, defect=defect)

    assert not tally.is_clean
    assert any(tally.wrong[kind] for kind in defect.kinds), tally.sentences
    assert tally.sentences


def test_a_short_run_from_the_command_line_says_so_and_writes_its_figures(tmp_path: Path) -> None:
    out = tmp_path / "out.json"
    environment = {**os.environ, "STEPS": "3", "FILLER": "100", "OUT": str(out), "DOCS": str(tmp_path)}
    done = subprocess.run([sys.executable, "-m", "soak"], cwd=ROOT, env=environment, capture_output=True, text=True)

    assert (done.returncode, done.stderr) == (0, "")
    assert "Nothing was wrong." in done.stdout
    assert "\x1b" not in done.stdout
    assert '"wrong_answers": 0' in out.read_text(encoding="utf-8")
    page = (tmp_path / "RELIABILITY.md").read_text(encoding="utf-8")
    assert "`make soak STEPS=3 FILLER=100`" in page
    assert "| wrong answers | 0 |" in page
    assert str(tmp_path) not in page


@pytest.mark.parametrize(("name", "value"), [("MINUTES", "0"), ("LOAD", "4"), ("SEED", "x"), ("STEPS", "-1")])
def test_a_wrong_setting_is_one_sentence(name: str, value: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "soak"], cwd=ROOT, env={**os.environ, name: value}, capture_output=True, text=True
    )

    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"{name}: '{value}' is no whole number from ")
    assert done.stderr.count("\n") == 1
