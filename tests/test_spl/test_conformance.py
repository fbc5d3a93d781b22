"""The parser over searches that others wrote for real: a checkout of splunk/security_content, where there is one.

SECURITY_CONTENT names its folder. Nothing of it is copied here. Those searches use more of SPL than ours may; what is held
is that the parser reads nearly all of their pipelines, conditions and assignments, so that its refusals mean something.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.spl.errors import SearchSyntaxError
from tests.spl.macros import uses
from tests.spl.parse import parse_stage
from tests.spl.split import Stage, split_pipeline, without_comments
from tests.spl.vocabulary import COMMANDS

FOLDER = Path(os.environ.get("SECURITY_CONTENT", "no such folder")) / "detections"

pytestmark = pytest.mark.skipif(
    not FOLDER.is_dir(), reason="SECURITY_CONTENT names no checkout of github.com/splunk/security_content"
)


def searches() -> Iterator[str]:
    for path in sorted(FOLDER.rglob("*.yml")):
        text = path.read_text(encoding="utf-8")
        match = re.search(r"^search: '((?:[^']|'')*)'|^search: [>|]-?\n((?:(?:  .*)?\n)+)", text, re.MULTILINE)
        if match:
            yield re.sub(r"\s*\n\s*", " ", (match[1] or match[2]).replace("''", "'"))


def without_macros(text: str) -> str:
    """A macro becomes what may stand in its place: a command after a pipe, nothing after `tstats`, else a name or term."""
    text = without_comments(text)
    for _, _, start, end in reversed(uses(text)):
        before, after = text[:start].rstrip(), text[end:].lstrip()
        if before.endswith("|"):
            stub = "search *" if not after or after.startswith(("|", "]")) else ""
        else:
            stub = "" if before.endswith(("tstats", ")")) else "x"
        text = f"{text[:start]} {stub} {text[end:]}"
    return text


def in_upper_case(body: str) -> str:
    """Splunk takes operators in any case, our parser as they are documented."""
    pieces = body.split('"')  # the odd ones were in quotes, near enough
    pieces[::2] = [re.sub(r"\b(?:and|or|not|like|in)\b(?!\()", lambda match: match[0].upper(), piece) for piece in pieces[::2]]
    return '"'.join(pieces)


@pytest.fixture(scope="module")
def stages() -> list[Stage]:
    found = [stage for text in searches() for stage in split_pipeline(without_macros(text))]
    assert len(found) > 5000
    return found


def refused(stages: list[Stage], *names: str) -> tuple[int, list[str]]:
    """How many of the commands were read, and what was said of the others."""
    read, problems = 0, []
    for stage in stages:
        if stage.command in names:
            try:
                parse_stage(stage._replace(body=in_upper_case(stage.body)), {})
                read += 1
            except SearchSyntaxError as error:
                problems.append(f"{error}   in   {stage.body[:200]}")
    return read, problems


def test_every_pipeline_is_cut_into_commands(stages: list[Stage]) -> None:
    assert {stage.command for stage in stages} > {"search", "stats", "eval", "where", "tstats", "lookup"}


def test_nearly_all_conditions_and_assignments_are_read(stages: list[Stage]) -> None:
    read, problems = refused(stages, "eval", "where")
    assert len(problems) < read / 50, "\n".join(problems)


def test_nearly_all_commands_that_we_know_are_read(stages: list[Stage]) -> None:
    read, problems = refused(stages, *(set(COMMANDS) - {"eval", "where"}))
    assert len(problems) < read / 100, "\n".join(problems)
