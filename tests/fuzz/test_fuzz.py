"""No input breaks a reader: every target over its seeds and a fixed number of mutants, in a process with limits on work and memory."""

from __future__ import annotations

import subprocess
import sys

import pytest

from .seeds import CORPUS, ROOT

EXAMPLES = 40


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tests.fuzz", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=600)


@pytest.mark.parametrize("group", ["formats", "feeds", "search"])
def test_no_input_breaks_a_reader_or_costs_more_than_its_size_allows(group: str) -> None:
    done = run("--group", group, "--examples", str(EXAMPLES))

    assert (done.returncode, done.stderr) == (0, "")


def test_every_format_is_a_target_and_every_seed_belongs_to_one() -> None:
    from callerintel.feeds.formats import FORMATS

    from .__main__ import targets

    found = targets()

    assert {f"format_{name}" for name in FORMATS} <= set(found)
    assert {path.name for path in CORPUS.iterdir() if any(path.iterdir())} == {each.folder for each in found.values()} - {"*"}
