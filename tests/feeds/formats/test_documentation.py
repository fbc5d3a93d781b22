"""docs/formats.md says what is there, and its example of a new format works as it is printed."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from types import ModuleType

import pytest

from callerintel.feeds import formats
from callerintel.feeds.document import REJECT_REASONS

PAGE = (Path(__file__).parents[3] / "docs" / "formats.md").read_text(encoding="utf-8")


def test_the_page_lists_every_format() -> None:
    section = PAGE.partition("## The formats")[2].partition("\n## ")[0]
    assert re.findall(r"(?m)^\| `(\w+)`", section)[1:] == sorted(formats.FORMATS, key=lambda name: section.index(f"| `{name}`"))


def test_the_page_explains_every_reason_that_a_format_gives() -> None:
    section = PAGE.partition("## Why an entry is not kept")[2].partition("\n## ")[0]
    explained = re.findall(r"`(\w+)`", "".join(line.split("|")[1] for line in section.splitlines() if line.startswith("| `")))
    assert [reason for reason in REJECT_REASONS if reason in explained] == explained


def test_a_new_format_is_one_module_and_its_test(monkeypatch: pytest.MonkeyPatch) -> None:
    """The module of the page, found like any other, passes the test of the page."""
    module_text, test_text = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    assert "    assert " in test_text
    module = ModuleType("callerintel.feeds.formats.denied")
    monkeypatch.setitem(sys.modules, module.__name__, module)
    exec(compile(module_text, "denied.py", "exec"), module.__dict__)
    monkeypatch.setitem(formats.FORMATS, module.NAME, module)
    test = ModuleType("test_denied")
    exec(compile(test_text, "test_denied.py", "exec"), test.__dict__)
    test.test_a_deny_line_names_an_address()
