"""The rows that go from one command of a pipeline to the next.

Rows may be a generator: events stream through commands that look at one row at a time. A row belongs to the pipeline, and
commands may change it in place.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from .values import Row


@dataclass
class Table:
    """columns: their order where a command has set it (table, inputlookup), else None; is_events: no transforming command
    yet, so rows are events, newest first."""

    rows: Iterable[Row]
    columns: list[str] | None = None
    is_events: bool = False

    def __iter__(self) -> Iterator[Row]:
        return iter(self.rows)

    def with_rows(self, rows: Iterable[Row]) -> Table:
        """The same table with other rows."""
        return Table(rows, self.columns, self.is_events)

    def with_new(self, rows: Iterable[Row], *names: str) -> Table:
        """The same table with rows that may have more fields: the order of its columns is lost if one is new."""
        known = self.columns is not None and all(name in self.columns for name in names)
        return Table(rows, self.columns if known else None, self.is_events)


def names_of(rows: Iterable[Row]) -> list[str]:
    """Returns every field name of the rows, in order of appearance."""
    return list(dict.fromkeys(name for row in rows for name in row))
