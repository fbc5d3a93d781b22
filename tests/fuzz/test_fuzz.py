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


def test_every_format_and_reader_has_seeds_of_our_own() -> None:
    from callerintel.feeds.formats import FORMATS

    folders = {path.name for path in CORPUS.iterdir() if any(path.iterdir())}

    assert set(FORMATS) <= folders
