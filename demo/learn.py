"""The baseline, learned from history: what each caller was seen to do, and since when.

In: a search `| maliciouscaller learn=true` over the history. Out: the lookup caller_baseline.csv. What teaches, and whom, is the
command's own answer (`callerintel.search.learning`); only the first time, the last time and the number of each lesson are
made here, as the baseline's saved searches do with `stats`.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from callerintel.lookups import CALLER_BASELINE
from callerintel.search.fields import LEARN_TIME, LEARNS
from callerintel.search.learning import SEPARATOR
from callerintel.sorted_csv import sorted_csv_lines
from demo.annotate import Fields, many, one

ARGUMENTS = ("learn=true",)


class Seen(NamedTuple):
    """When a value was seen, UTC epoch seconds, and how often."""

    first: int
    last: int
    times: int


class Learner:
    """Takes what the command answers; `taught` counts the events that taught something, `callers` holds their callers."""

    def __init__(self) -> None:
        self.taught = 0
        self.callers: set[str] = set()
        self._seen: dict[str, Seen] = {}

    @property
    def values(self) -> int:
        """How many rows the baseline has."""
        return len(self._seen)

    @property
    def span(self) -> tuple[int, int]:
        """The first and the last moment at which anything was seen; (0, 0) if nothing was."""
        seen = self._seen.values()
        return (min(each.first for each in seen), max(each.last for each in seen)) if seen else (0, 0)

    def take(self, fields: Fields) -> None:
        """Learn from one event; one without lessons, which only a fault of the command lets through, teaches nothing."""
        if not one(fields, LEARN_TIME):
            return
        self.taught += 1
        self.callers.add(one(fields, "caller"))
        time = int(one(fields, LEARN_TIME))
        for lesson in many(fields, LEARNS):
            seen = self._seen.get(lesson, Seen(time, time, 0))
            self._seen[lesson] = Seen(min(seen.first, time), max(seen.last, time), seen.times + 1)

    def write(self, lookups: Path) -> None:
        """Write the lookup into the app's folder."""
        with open(lookups / CALLER_BASELINE.name, "wb") as file:
            file.writelines(sorted_csv_lines(CALLER_BASELINE.columns, self._rows()))

    def _rows(self) -> Iterator[list[str]]:
        """A row for each lesson, sorted: the lesson begins with the key."""
        for lesson, seen in sorted(self._seen.items()):
            key, prop, caller, value = lesson.split(SEPARATOR, 3)
            cells = {"key": key, "caller": caller, "property": prop, "value": value, "first_seen": str(seen.first)}
            cells.update(last_seen=str(seen.last), count=str(seen.times))
            yield [cells.get(column, "") for column in CALLER_BASELINE.columns]
