"""timechart, chart, top, rare, untable and xyseries [spl 5.3]."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from .. import times
from ..arguments import Chart, Top, Untable
from ..context import Context
from ..errors import SearchFailed, Unsupported
from ..table import Table, names_of
from ..values import Row, number_of, simplest, text_of
from ..words import truth, whole
from .grouping import Column, Groups, columns_of

COUNTS = ("count", "c", "dc", "distinct_count")
_CHART_OPTIONS = ("limit", "useother", "usenull", "otherstr", "nullstr", "cont", "partial", "span")
NULL, OTHER = "NULL", "OTHER"


def timechart(arguments: Chart, table: Table, context: Context, run: Any) -> Table:
    """[timechart] A row for each bucket of the search's time range; empty ones have 0 for counts and nothing for others.

    Without a row at all: Unsupported, whether Splunk then gives empty buckets or nothing is not documented here.
    """
    span = arguments.options.get("span")
    if span is None:
        raise Unsupported("timechart without span=")
    rows = []
    for row in table:
        time = number_of(row.get("_time"))
        if time is not None:
            rows.append({**row, "_time": text_of(simplest(times.bucket(time, span, context.zone)))})
    if not rows:
        raise Unsupported("timechart of no rows at all")
    found = _pivot(arguments, rows, context)
    seen = [float(text_of(row["_time"])) for row in found.rows]
    first = min(seen) if context.earliest is None else times.bucket(context.earliest, span, context.zone)
    last = max(seen) if context.latest is None else context.latest - 1e-6
    by_time = {text_of(row["_time"]): row for row in found.rows}
    wanted = sorted(seen)
    if truth(arguments.options.get("cont", "t")):
        wanted = [first]
        while wanted[-1] < max(seen) or times.next_bucket(wanted[-1], span, context.zone) <= last:
            wanted.append(times.next_bucket(wanted[-1], span, context.zone))
    filled = [{**found.of_nothing(), **by_time.get(text_of(simplest(at)), {}), "_time": simplest(at)} for at in wanted]
    return Table(filled, ["_time", *found.series])


def chart(arguments: Chart, table: Table, context: Context, run: Any) -> Table:
    """[chart] As timechart, with a field's values for rows; those that no row has are not there."""
    if "span" in arguments.options:
        raise Unsupported("chart with span=")
    found = _pivot(arguments, list(table), context)
    rows = [{arguments.over: row[arguments.over], **found.of_nothing(), **row} for row in found.rows]
    return Table(context.in_any_order(rows), [arguments.over, *found.series])


class _Pivot:
    """The rows of a chart, each with its series; `of_nothing` is what a row has where nothing was counted."""

    def __init__(self, rows: list[Row], series: list[str], counts: list[str]) -> None:
        self.rows = rows
        self.series = series
        self.counts = counts

    def of_nothing(self) -> Row:
        return dict.fromkeys(self.counts, 0)


def _pivot(arguments: Chart, rows: list[Row], context: Context) -> _Pivot:
    for option in arguments.options:
        if option not in _CHART_OPTIONS:
            raise Unsupported(f"a chart with {option}=")
    columns = columns_of(arguments.aggregations, context)
    if not arguments.by:
        groups = Groups((arguments.over,), columns)
        for row in rows:
            groups.add(row)
        counts = [each.column for each in arguments.aggregations if each.function in COUNTS]
        return _Pivot(groups.rows(), [column.name for column in columns], counts)
    if len(columns) != 1:
        raise Unsupported("a chart of several functions BY a field")
    series = _series(arguments, rows, columns[0])
    groups = Groups((arguments.over, _SERIES), columns)
    for row in rows:
        name = series.get(_series_of(row, arguments.by))
        if name is not None:
            groups.add({**row, _SERIES: name})
    pivoted: dict[str, Row] = {}
    for each in groups.rows():
        row = pivoted.setdefault(text_of(each[arguments.over]), {arguments.over: each[arguments.over]})
        if columns[0].name in each:
            row[text_of(each[_SERIES])] = each[columns[0].name]
    names = list(dict.fromkeys(name for name in series.values() if name is not None))
    return _Pivot(list(pivoted.values()), names, names if arguments.aggregations[0].function in COUNTS else [])


_SERIES = "the series"  # no field of an event has a name with a blank


def _series_of(row: Row, by: str) -> str | None:
    value = row.get(by)
    if isinstance(value, list):
        raise Unsupported("a chart BY a field of several values")
    return None if value is None else text_of(value)


def _series(arguments: Chart, rows: Sequence[Row], column: Column) -> dict[str | None, str | None]:
    """Which series each value of the by-field belongs to: its own, OTHER beyond the limit, NULL, or None for none."""
    options = arguments.options
    groups = Groups((_SERIES,), [column])
    has_null = False
    for row in rows:
        name = _series_of(row, arguments.by)
        has_null = has_null or name is None
        if name is not None:
            groups.add({**row, _SERIES: name})
    sums = {text_of(row[_SERIES]): number_of(row.get(column.name)) or 0 for row in groups.rows()}
    limit = whole(options.get("limit", "10"))
    ranked = sorted(sums, key=lambda name: (-sums[name], name))
    if limit and len(ranked) > limit and sums[ranked[limit - 1]] == sums[ranked[limit]]:
        raise Unsupported(f"series {ranked[limit]!r} and {ranked[limit - 1]!r} are equal at the limit of {limit}")
    if limit and len(ranked) > limit and arguments.aggregations[0].function not in ("count", "c", "sum"):
        raise Unsupported("more series than the limit, ranked by the sum of something that is no count: say limit=0")
    kept = set(ranked[:limit] if limit else ranked)
    other = options.get("otherstr", OTHER) if truth(options.get("useother", "t")) else None
    null = options.get("nullstr", NULL) if has_null and truth(options.get("usenull", "t")) else None
    return {**{name: name if name in kept else other for name in sorted(sums, key=lambda each: each not in kept)}, None: null}


def _top(most: bool) -> Any:
    def top(arguments: Top, table: Table, context: Context, run: Any) -> Table:
        """[top] The most (rare: the least) common values, with count and percent of the rows that have the field."""
        if arguments.by or set(arguments.options) - {"limit", "showperc", "showcount", "countfield", "percentfield"}:
            raise Unsupported("top and rare with BY or unusual options")
        counts: dict[tuple[str, ...], int] = {}
        for row in table:
            if all(name in row for name in arguments.names):
                key = tuple(text_of(row[name]) for name in arguments.names)
                counts[key] = counts.get(key, 0) + 1
        ranked = sorted(context.in_any_order(counts), key=lambda key: counts[key], reverse=most)
        limit, options, total = arguments.limit, arguments.options, sum(counts.values())
        rows: list[Row] = []
        for key in ranked[: limit or None]:
            ranking: Row = dict(zip(arguments.names, key))
            if truth(options.get("showcount", "t")):
                ranking[options.get("countfield", "count")] = counts[key]
            if truth(options.get("showperc", "t")):
                ranking[options.get("percentfield", "percent")] = simplest(round(counts[key] * 100 / total, 6))
            rows.append(ranking)
        return Table(rows)

    return top


def untable(arguments: Untable, table: Table, context: Context, run: Any) -> Table:
    """[untable] A row for each cell but those of `x`. An empty cell: Unsupported (inf.), so fillnull first."""
    rows = list(table)
    names = [name for name in table.columns or names_of(rows) if name != arguments.x]

    def cells() -> Iterator[Row]:
        for row in rows:
            for name in names:
                if name not in row or arguments.x not in row:
                    raise Unsupported(f"untable with an empty cell in {name}: fillnull first")
                yield {arguments.x: row[arguments.x], arguments.series: name, arguments.value: row[name]}

    return Table(cells())


def xyseries(arguments: Untable, table: Table, context: Context, run: Any) -> Table:
    """[xyseries] A row for each value of x, a column for each of the series."""
    found: dict[str, Row] = {}
    for row in table:
        if any(name not in row for name in arguments):
            raise Unsupported("xyseries with an empty cell")
        x, series = text_of(row[arguments.x]), text_of(row[arguments.series])
        cells = found.setdefault(x, {arguments.x: row[arguments.x]})
        if series in cells:
            raise SearchFailed(f"xyseries: {x!r} has two values of {series!r}")
        cells[series] = row[arguments.value]
    return Table(context.in_any_order(found.values()))


FUNCTIONS: dict[str, Any] = {
    "timechart": timechart,
    "chart": chart,
    "top": _top(most=True),
    "rare": _top(most=False),
    "untable": untable,
    "xyseries": xyseries,
}
