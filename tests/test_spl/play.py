"""Helpers: an app made for a test, and searches over rows that the test hands in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.spl import App, Interpreter

NOW = 1_700_000_000.0  # 2023-11-14T22:13:20Z, a Tuesday


def make_app(folder: Path, conf: Mapping[str, str] | None = None, lookups: Mapping[str, str] | None = None) -> App:
    """Writes an app's folder: conf files by name, lookups by file name, and returns it as an App."""
    for name, text in (conf or {}).items():
        path = folder / "default" / f"{name}.conf"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    (folder / "lookups").mkdir(parents=True, exist_ok=True)
    for name, text in (lookups or {}).items():
        (folder / "lookups" / name).write_bytes(text.encode())
    return App(folder)


def play(search: str, rows: Sequence[Mapping[str, Any]] = ({},), app: App | None = None, **options: Any) -> list[dict[str, Any]]:
    """Returns what `... | <search>` makes of rows, which come in as a REST endpoint's would."""
    interpreter = Interpreter(app or App(Path("no such app")), now=options.pop("now", NOW), **options)
    given = [dict(row) for row in rows]
    return interpreter.run(f"| rest /rows | {search}", fixtures={"rest": given})


def value_of(expression: str, row: Mapping[str, Any] | None = None, **options: Any) -> Any:
    """Returns the value of an eval expression for one row, None for null."""
    return play(f"eval result={expression}", [row or {}], **options)[0].get("result")


def is_kept(condition: str, row: Mapping[str, Any] | None = None) -> bool:
    """Tells whether `where <condition>` keeps a row."""
    return bool(play(f"where {condition}", [row or {}]))


def is_found(terms: str, row: Mapping[str, Any] | None = None) -> bool:
    """Tells whether `search <terms>` keeps a row."""
    return bool(play(f"search {terms}", [row or {}]))
