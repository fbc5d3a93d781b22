"""docs/SECURITY.md names a test for each thing that it says is done, and each of them exists."""

from __future__ import annotations

import ast
import re

from tests.deployment.test_docs import code, table, text_of

from .test_docs import ROOT

PAGE = ROOT / "docs/SECURITY.md"
THREATS = (
    "A feed's publisher",
    "Somebody between us and the publisher",
    "An attacker who writes CloudTrail events",
    "A Splunk user without rights",
    "Another app on the same Splunk",
    "A disk that is full, a process that is killed",
    "The libraries, and the package",
)


def names_in(path: str) -> set[str]:
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


def test_each_test_that_is_named_exists() -> None:
    named = [word.split("::") for word in code(PAGE) if "::" in word]

    assert len(named) > 40
    assert [f"{path}::{name}" for path, name in named if not (ROOT / path).is_file() or name not in names_in(path)] == []


def test_each_threat_says_what_is_done_and_which_test_shows_it() -> None:
    headings = re.findall(r"(?m)^## (.*)$", text_of(PAGE))

    assert set(THREATS) <= set(headings)
    for threat in THREATS:
        rows = table("SECURITY.md", threat)
        assert len(rows) >= 4, threat
        for what, done, shown in rows:
            assert what, threat
            assert done, threat
            assert re.findall(r"`tests/\S+::test_\w+`", shown), f"{threat}: {what}"


def test_it_says_how_to_report_a_weakness_and_names_nobody() -> None:
    text = text_of(PAGE).partition("## Reporting a weakness")[2].partition("\n## ")[0]

    assert "Report a vulnerability" in text
    assert not re.search(r"\S+@\S+\.\w", text_of(PAGE))
