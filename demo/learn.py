"""The baseline, learned from history by the very search that the add-on ships for it.

In: an installation and the history. Out: the lookup caller_baseline.csv, written by the saved search's own outputlookup. The search is read
from the installed default/savedsearches.conf and run by the interpreter that the tests use, with the real command in it; its
time range is the whole of the history, and the moment at which it runs the end of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from callerintel.search.cloudtrail import parse_time
from demo import DemoFailed
from demo.annotate import Fields, find_fields
from demo.cloudtrail_files import EventFiles
from tests.spl import App, Interpreter, SplError
from tests.splunkd import Splunkd, SplunkdError

SEARCH = "Malicious caller - Baseline - 1 Learn the last 30 days"
_GROUPS = ("account:", "class:", "person:", "role-family:")
_MOVE_EVERY = 500


class Learned(NamedTuple):
    """What the baseline holds: `rows`, of so many `callers` and their groups, seen from `first` to `last` (epoch seconds)."""

    rows: int
    callers: int
    first: int
    last: int
    messages: list[tuple[str, str]]


def find_end(history: EventFiles, move: Callable[[], object]) -> float:
    """When the last event of the history was, UTC epoch seconds; 0 if none has a time."""
    end = 0.0
    for number, event in enumerate(history):
        text = event.record.get("eventTime")
        end = max(end, parse_time(text) or 0.0) if isinstance(text, str) else end
        if number % _MOVE_EVERY == 0:
            move()
    return end


def learn(splunkd: Splunkd, app: Path, history: EventFiles, end: float, move: Callable[[], object]) -> Learned:
    """Learn from the history, whose last event was at `end`; `move` is called now and then. DemoFailed when the search fails."""
    shipped = App(app)
    interpreter = Interpreter(shipped, splunkd, now=end + 1)

    def events() -> Iterator[Fields]:
        for number, event in enumerate(history):
            if number % _MOVE_EVERY == 0:
                move()
            fields = find_fields(event.raw)
            # An event that does not say when it happened has the time at which Splunk got it.
            time = fields.setdefault("_time", f"{end:.0f}")
            yield {**fields, "_indextime": time, "index": "main", "sourcetype": "aws:cloudtrail"}

    try:
        rows = interpreter.run(shipped.saved_searches[SEARCH]["search"], events=events(), earliest=0, latest=end + 1)
    except (SplError, SplunkdError) as error:
        raise DemoFailed(f"The search that learns the baseline ended in an error: {error}") from error
    callers = {str(row["caller"]) for row in rows if not str(row["caller"]).startswith(_GROUPS)}
    return Learned(
        len(rows),
        len(callers),
        min((int(row["first_seen"]) for row in rows), default=0),
        max((int(row["last_seen"]) for row in rows), default=0),
        interpreter.messages,
    )
