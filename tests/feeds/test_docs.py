"""docs/feeds.md says what the program does: the fields of the status event, and every closed list of reasons."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import pytest

from callerintel.errors import FEED_REASONS
from callerintel.feeds import report
from callerintel.feeds.connection_arguments import AUTHENTICATIONS
from callerintel.feeds.document import REJECT_REASONS

DOCS = Path(__file__).parents[2] / "docs"


def first_cells(after: str) -> list[str]:
    """The first column of the first table after a text."""
    text = (DOCS / "feeds.md").read_text(encoding="utf-8")
    table = text[text.index(after) :].split("\n|", 1)[1].split("\n\n", 1)[0]
    return re.findall(r"(?m)^\|? ?`(\w+)` \|", table)


@pytest.mark.parametrize(
    ("after", "names"),
    [
        ("## The status event", [item.name for item in fields(report.Report)]),
        ("Reasons of `failed` and `refused`", list(FEED_REASONS)),
        ("Reasons of `unchanged`", list(report.UNCHANGED_REASONS)),
        ("Reasons in `rejected`", list(REJECT_REASONS)),
        ("| `auth` |", [name for name in AUTHENTICATIONS if name != "none"]),
    ],
)
def test_a_table_of_the_docs_lists_what_the_program_has(after: str, names: list[str]) -> None:
    assert sorted(first_cells(after)) == sorted(names)


def test_the_docstring_of_the_report_names_every_field() -> None:
    told = re.findall(r"[a-z_]+", report.__doc__ or "")
    assert [item.name for item in fields(report.Report) if item.name not in told] == []


def test_the_page_on_i2p_promises_no_list() -> None:
    text = (DOCS / "i2p.md").read_text(encoding="utf-8")
    assert "There is no list of I2P exits" in text
    assert "i2p_routers_local" in text
