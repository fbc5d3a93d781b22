"""What the user sees: tables on a terminal, the same without colour where none is."""

from __future__ import annotations

import os
import sys
import time

from rich import box
from rich.console import Console
from rich.table import Table as RichTable

from bench.tables import Table

_PLAIN_WIDTH = 130


class Screen:
    """The terminal, or the pipe in its place."""

    def __init__(self) -> None:
        sys.stdout.reconfigure(errors="replace")  # type: ignore[union-attr]
        self._started = time.monotonic()
        plain = not sys.stdout.isatty() or bool(os.environ.get("NO_COLOR"))
        self._console = Console(
            highlight=False,
            markup=False,
            emoji=False,
            color_system=None if plain else "auto",
            width=_PLAIN_WIDTH if plain else None,
        )

    def line(self, text: str, style: str = "") -> None:
        """One sentence."""
        self._console.print(text, style=style)

    def step(self, text: str) -> None:
        """What is measured now."""
        self._console.print(f"{time.monotonic() - self._started:5.0f} s  {text}", style="dim")

    def table(self, table: Table) -> None:
        """One table and its note."""
        shown = RichTable(title=table.title, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD)
        for at, name in enumerate(table.head):
            shown.add_column(name, justify="right" if at else "left")
        for row in table.rows:
            shown.add_row(*row, style=_style(row))
        self._console.print(shown)
        if table.note:
            self._console.print(table.note, style="dim")


def _style(row: object) -> str:
    words = tuple(row) if isinstance(row, (tuple, list)) else ()
    if any(word == "NO" or str(word).startswith("WRONG") for word in words):
        return "bold red"
    return "bold" if words and words[0] == "maliciouscaller" else ""
