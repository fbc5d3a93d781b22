"""Where rows come from: events, makeresults, addinfo, and fixtures for commands that are not played."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ..arguments import Makeresults, Plain, Search, Tstats
from ..context import Context
from ..errors import SearchFailed, Unsupported
from ..matching import matcher
from ..table import Table
from ..terms import All, Compare, Term, leaves
from ..times import resolve
from ..values import Row, number_of
from ..vocabulary import TIME_MODIFIERS


def events(arguments: Search, context: Context) -> Table:
    """The search before the first pipe: events of the index in the time range, newest first [5.2, streamstats].

    A sequence of events is sorted, an iterator is taken in its own order, so that it need not be held in memory.
    """
    term, bounds = _without_time(arguments.term, context)
    if not any(isinstance(each, Compare) and each.field == "index" for each in leaves(term)):
        raise Unsupported("a search that names no index: which indexes it looks into depends on its user")
    meets = matcher(term)
    source: Iterable[Mapping[str, Any]] = context.events
    if isinstance(source, Sequence):
        source = sorted(context.in_any_order(source), key=_time_of, reverse=True)
    rows = (dict(event) for event in source if _is_between(event, bounds))
    return Table(filter(meets, rows), None, is_events=True)


def _time_of(event: Mapping[str, Any]) -> float:
    time = number_of(event.get("_time"))
    if time is None:
        raise SearchFailed("an event has no _time")
    return time


Bounds = Sequence[tuple[str, "float | None", "float | None"]]


def _without_time(term: Term, context: Context) -> tuple[Term, Bounds]:
    """The terms without time modifiers, and the bounds: those in the search override the ones it was started with."""
    bounds: dict[str, Any] = {
        "earliest": context.earliest,
        "latest": context.latest,
        "_index_earliest": context.index_earliest,
        "_index_latest": context.index_latest,
    }
    kept = []
    for each in term.terms if isinstance(term, All) else (term,):
        if isinstance(each, Compare) and each.field in TIME_MODIFIERS and each.operator == "=":
            bounds[each.field] = resolve(each.value, context.now, context.zone)
        else:
            kept.append(each)
    by_event = ("_time", bounds["earliest"], bounds["latest"])
    by_index = ("_indextime", bounds["_index_earliest"], bounds["_index_latest"])
    return All(tuple(kept)), (by_event, by_index)


def _is_between(event: Mapping[str, Any], bounds: Bounds) -> bool:
    """[time bounds] Earliest is included, latest is not."""
    for name, earliest, latest in bounds:
        if earliest is None and latest is None:
            continue
        time = number_of(event.get(name))
        if time is None:
            raise SearchFailed(f"an event has no {name}, and the search asks for it")
        if (earliest is not None and time < earliest) or (latest is not None and time >= latest):
            return False
    return True


def makeresults(arguments: Makeresults, table: Table, context: Context, run: Any) -> Table:
    """makeresults: rows with `_time` now; with format=csv the rows of `data`, as texts."""
    if set(arguments.options) - {"count", "format", "data"}:
        raise Unsupported("makeresults with options other than count, format and data")
    if not arguments.format:
        return Table({"_time": context.now} for _ in range(arguments.rows))
    if arguments.format != "csv":
        raise Unsupported(f"makeresults format={arguments.format}")
    reader = csv.DictReader(io.StringIO(arguments.data.strip(), newline=""))
    rows: list[Row] = [{name: cell for name, cell in line.items() if cell} for line in reader]
    return Table(rows)


def addinfo(arguments: Plain, table: Table, context: Context, run: Any) -> Table:
    """[addinfo] The bounds of the search's time range and when it started. Without a latest time: Unsupported."""
    if context.latest is None:
        raise Unsupported("addinfo in a search without a latest time")
    info: Row = {
        "info_min_time": context.earliest or 0,
        "info_max_time": context.latest,
        "info_search_time": context.now,
        "info_sid": "1700000000.1",
    }
    return table.with_new(({**row, **info} for row in table), *info)


def fixture(name: str, arguments: Plain | Tstats, table: Table, context: Context) -> Table:
    """tstats, rest, iplocation, geostats: what the test says they give, in any order where they generate rows."""
    given = context.fixtures.get(name)
    if given is None:
        raise Unsupported(f"{name} needs a fixture: hand in rows, or a function of its arguments and the rows before it")
    if callable(given):
        return Table([dict(row) for row in given(arguments.text, list(table))])
    return Table(context.in_any_order([*table, *(dict(row) for row in given)]))


FUNCTIONS: dict[str, Any] = {"makeresults": makeresults, "addinfo": addinfo}
FIXTURES = ("tstats", "rest", "iplocation", "geostats")
