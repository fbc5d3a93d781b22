"""README.md says what the code does: options, fields, severities, variables, targets, names, and the picture."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from callerintel.lookups import DATA_LOOKUPS
from callerintel.search.fields import FIELDS
from callerintel.search.options import OPTION_NAMES, Options
from callerintel.search.severity import RULES
from demo import ROOT
from tests.demo.running import SampleRun

README = (ROOT / "README.md").read_text("utf-8")


def table(heading: str) -> list[list[str]]:
    """The cells of the first table below a heading, without its head."""
    section = README.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    rows = [line.strip("|").split(" | ") for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in row] for row in rows[2:]]


def code(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


def test_the_fields_are_those_of_the_code_in_their_order() -> None:
    assert [name for row in table("Fields that it adds") for name in code(row[0])] == list(FIELDS)


def test_the_options_are_those_of_the_code_in_their_order() -> None:
    assert [name for row in table("Options of the command") for name in code(row[0])] == list(OPTION_NAMES)


def test_the_defaults_are_those_of_the_code() -> None:
    stated = {code(row[0])[0]: row[1] for row in table("Options of the command")}
    for name, default in Options()._asdict().items():
        if default not in ("", ()):
            assert stated[name] == str(default).lower()


def test_the_severity_table_has_a_row_for_each_rule() -> None:
    rows = table("Severity")
    assert [row[0] for row in rows] == [rule.severity.name for rule in RULES]
    assert [row[1] for row in rows] == [
        "the source address is on an intel list",
        "... and one of action, user agent, region is unexpected",
        "the listed address is not in AWS address space",
        "... and two or more of them are unexpected at once",
    ]


def test_every_variable_of_the_demo_has_an_example() -> None:
    rows = table("Two commands")
    assert [code(row[0])[0] for row in rows] == ["EVENTS", "HISTORY", "FEEDS", "AWS_RANGES", "ALLOWLIST", "OUT"]
    for row in rows:
        assert code(row[2])[0].startswith("make demo ")
        assert f"{code(row[0])[0]}=" in row[2]


def test_the_lookups_are_there() -> None:
    named = [code(row[0])[0] for row in table("Lookups")]
    assert {lookup.name for lookup in DATA_LOOKUPS} < set(named)


def test_the_make_targets_exist() -> None:
    targets = set(re.findall(r"^([a-z][a-z-]*):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    assert set(re.findall(r"`make ([a-z-]+)", README)) <= targets


@pytest.mark.parametrize(
    ("file", "names"),
    [
        ("default/inputs.conf", ["[intel_feed://aws_ip_ranges]", "[intel_feed://tor_bulk_exit]"]),
        ("default/macros.conf", ["[cloudtrail_index]"]),
        ("default/savedsearches.conf", ["[Malicious caller - Baseline - 1 Learn the last 30 days]"]),
        ("default/app.conf", ["version = 0.1.0", "id = TA-maliciouscaller"]),
        ("bin/callerintel/feeds/feed_input.py", ['Scheme("Threat intelligence feed")']),
    ],
)
def test_what_is_named_is_there(file: str, names: list[str]) -> None:
    text = (ROOT / file).read_text("utf-8")
    assert [name for name in names if name not in text] == []


def test_the_picture_is_of_the_real_output(sample_run: SampleRun) -> None:
    """Parts of it, in its order. To refresh it: COLUMNS=100 make demo | cat, and copy."""
    picture = README.partition("```text\n")[2].partition("```")[0].splitlines()
    output: Iterator[str] = iter(line.rstrip() for line in sample_run.process.stdout.splitlines())
    assert len(picture) > 10
    for line in picture:
        assert line in output, f"not in the demo's output from there on: {line!r}"
