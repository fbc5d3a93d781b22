"""The vocabulary against Splunk's own list of commands and functions, where the reference of 10.2 is at hand."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from tests.spl.aggregates import MAKERS
from tests.spl.commands import FUNCTIONS
from tests.spl.commands.sources import FIXTURES
from tests.spl.vocabulary import COMMANDS, EVAL_FUNCTIONS, STATS_FUNCTIONS, UNSURE_STATS_FUNCTIONS

ROOT = Path(__file__).resolve().parents[2]
REFERENCE = Path(os.environ.get("TA_SHARED_DATA") or ROOT.parent / "shared" / "data") / "specs" / "10.2.3" / "spl"

needs_reference = pytest.mark.skipif(not REFERENCE.is_dir(), reason="TA_SHARED_DATA has no reference of SPL")


def names_in(pattern: str) -> set[str]:
    """The words in backticks of the first column, and those that the syntax names beside them ("c(<value>)")."""
    found: set[str] = set()
    for path in REFERENCE.glob(pattern):
        for line in path.read_text(encoding="utf-8").splitlines():
            cells = line.split(" | ")
            if line.startswith("| `"):
                found |= set(re.findall(r"`(\w+)`", cells[0])) | set(re.findall(r"(\w+)\(", cells[1].replace("&lt;", "<")))
    return found


@needs_reference
def test_every_command_of_the_vocabulary_is_splunks() -> None:
    assert set(COMMANDS) - names_in("commands.md") == set()


@needs_reference
def test_every_function_of_the_vocabulary_is_splunks() -> None:
    assert set(EVAL_FUNCTIONS) - names_in("eval-*.md") <= {"ceil"}
    assert (STATS_FUNCTIONS | set(UNSURE_STATS_FUNCTIONS)) - names_in("stat-*.md") <= {"p"}


@needs_reference
def test_every_eval_function_that_splunk_has_is_known_so_none_is_called_misspelt() -> None:
    assert names_in("eval-*.md") - set(EVAL_FUNCTIONS) == set()


@needs_reference
def test_every_function_of_rows_that_splunk_has_is_known_so_none_is_called_misspelt() -> None:
    known = STATS_FUNCTIONS | set(UNSURE_STATS_FUNCTIONS)
    assert {name for name in names_in("stat-*.md") if name not in known} <= {"exactperc", "perc", "upperperc", "eval"}


def test_every_command_and_function_that_a_shipped_search_may_use_is_played() -> None:
    allowed = {name for name, word in COMMANDS.items() if not word.refused}
    assert allowed - set(FUNCTIONS) - set(FIXTURES) == set()
    assert set(MAKERS) == STATS_FUNCTIONS
