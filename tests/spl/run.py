"""The interpreter: runs a search of the app over events, and gives its rows. [spl 1, 5, 8]

It knows the commands and functions that our searches use, and raises Unsupported on everything else and wherever the
documentation does not say what Splunk does: a search that it cannot judge fails its test instead of passing by luck.
`| maliciouscaller`, or any command of the app, is the real process. Time is passed in, never read.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Mapping
from datetime import timezone, tzinfo
from typing import TYPE_CHECKING, Any

from . import commands
from .app import App
from .commands import external, sources
from .context import Context, Fixture
from .errors import SearchFailed, SplError, Unsupported
from .parse import Command, parse_search
from .table import Table
from .times import resolve
from .values import Row
from .vocabulary import COMMANDS, GENERATING

if TYPE_CHECKING:
    from tests.splunkd import Splunkd

SUBSEARCH_DEPTH = 8  # [spl 4]


class Interpreter:
    """Searches of one app at one moment.

    app: its folder is read and written (lookups); splunkd: where commands of the app run, None if no search has one;
    now: epoch seconds at which the searches start; zone: the user's time zone. shuffle: a seed; rows come in an order by
    chance wherever SPL promises none, so a search that relies on luck gives something else. empty: how an empty cell of a
    lookup or of a command's reply is read, `null` or `empty` (text): not documented, so a search should not care.
    """

    def __init__(
        self,
        app: App,
        splunkd: Splunkd | None = None,
        *,
        now: float,
        zone: tzinfo = timezone.utc,
        shuffle: int | None = None,
        empty: str = "null",
    ) -> None:
        if empty not in ("null", "empty"):
            raise ValueError(f"empty is null or empty, not {empty!r}")
        self.app = app
        self.splunkd = splunkd
        self.now = now
        self.zone = zone
        self.shuffle = shuffle
        self.empty = empty
        self.messages: list[tuple[str, str]] = []
        self.trace: list[tuple[str, int]] = []

    def run(
        self,
        search: str,
        events: Iterable[Mapping[str, Any]] = (),
        *,
        earliest: str | float | None = None,
        latest: str | float | None = None,
        index_earliest: str | float | None = None,
        index_latest: str | float | None = None,
        fixtures: Mapping[str, Fixture] | None = None,
    ) -> list[Row]:
        """Runs a search and returns its rows: text, number, or list of texts; a field that is null is absent.

        events: each with _time, _indextime, index, sourcetype and its extracted fields; a sequence is sorted newest
        first, an iterator is taken as it comes and streamed. Bounds: as in dispatch.earliest_time, or epoch seconds.
        fixtures: what tstats, rest, iplocation and geostats give. Afterwards `messages` has (level, text) of the
        search, `trace` how many rows left each command. Raises SplError.
        """
        context = Context(
            app=self.app,
            splunkd=self.splunkd,
            now=self.now,
            zone=self.zone,
            events=events,
            earliest=resolve(earliest, self.now, self.zone),
            latest=resolve(latest, self.now, self.zone),
            index_earliest=resolve(index_earliest, self.now, self.zone),
            index_latest=resolve(index_latest, self.now, self.zone),
            seed=self.shuffle,
            shuffle=None if self.shuffle is None else random.Random(self.shuffle),
            empty=self.empty,
            fixtures=fixtures or {},
        )
        self.messages, self.trace = context.messages, context.trace
        return list(run_pipeline(self.app.expand(search), None, context))

    def run_saved(
        self, name: str, events: Iterable[Mapping[str, Any]] = (), *, fixtures: Mapping[str, Fixture] | None = None
    ) -> list[Row]:
        """Runs a saved search of the app, with the bounds that its dispatch.* settings say; see `run`."""
        settings = self.app.saved_searches.get(name)
        if settings is None:
            raise SearchFailed(f"there is no saved search {name!r}")
        return self.run(
            settings["search"],
            events,
            earliest=settings.get("dispatch.earliest_time"),
            latest=settings.get("dispatch.latest_time"),
            index_earliest=settings.get("dispatch.index_earliest"),
            index_latest=settings.get("dispatch.index_latest"),
            fixtures=fixtures,
        )


def run_pipeline(text: str, table: Table | None, context: Context) -> Table:
    """Runs the commands of an expanded search: a whole one, or one that goes on from the rows of `table`."""
    context.depth += 1
    if context.depth > SUBSEARCH_DEPTH:
        raise SearchFailed(f"subsearches nest more than {SUBSEARCH_DEPTH} deep")
    try:
        goes_on = table is not None
        current = table if table is not None else Table([])
        pipeline = parse_search(f"| {text}" if goes_on and not text.lstrip().startswith("|") else text, context.app.commands)
        for number, command in enumerate(pipeline):
            is_source = number == 0 and not goes_on
            try:
                current = _run_command(command, current, is_source, context)
            except SplError as error:
                error.place = error.place or command.stage.place
                raise
            current = current.with_rows(_watched(current.rows, command, context))
        return current
    finally:
        context.depth -= 1


def _run_command(command: Command, table: Table, is_source: bool, context: Context) -> Table:
    name, arguments = command.name, command.arguments
    generates = name in COMMANDS and COMMANDS[name].kind == GENERATING
    if is_source and name == "search":
        return sources.events(arguments, context)  # type: ignore[arg-type]
    if is_source and not generates:
        raise SearchFailed(f"{name} stands at the beginning and generates nothing")
    if generates and not is_source and not getattr(arguments, "append", False):
        raise SearchFailed(f"{name} stands in the middle of a search: only its append=true may")
    if name in context.app.commands:
        return external.command_of_app(name, arguments, table, context)  # type: ignore[arg-type]
    if name in sources.FIXTURES:
        return sources.fixture(name, arguments, table, context)  # type: ignore[arg-type]
    if name not in commands.FUNCTIONS:
        raise Unsupported(f"{name} is not played")
    return commands.FUNCTIONS[name](arguments, table, context, lambda text, rows: run_pipeline(text, rows, context))


def _watched(rows: Iterable[Row], command: Command, context: Context) -> Iterator[Row]:
    """The rows, counted as they pass; an error that comes while they are made gets its place."""
    entry = len(context.trace)
    context.trace.append((command.stage.place, 0))

    def watched() -> Iterator[Row]:
        count = 0
        try:
            for row in rows:
                count += 1
                yield row
        except SplError as error:
            error.place = error.place or command.stage.place
            raise
        finally:
            context.trace[entry] = (command.stage.place, count)

    return watched()
