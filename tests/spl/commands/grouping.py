"""stats, eventstats and streamstats [spl 5.3]."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from itertools import product
from typing import Any, Callable, NamedTuple

from ..aggregates import Accumulator, maker_of
from ..aggregations import Aggregation
from ..arguments import Stats
from ..context import Context
from ..errors import Unsupported
from ..evaluate import compile_either
from ..table import Table
from ..values import Row, text_of
from ..words import truth, whole

Reader = Callable[[Row], "list[Any]"]
_EVERY_ROW: list[Any] = [1]


class Column(NamedTuple):
    """One aggregation, ready to run: its name, what makes its accumulator, what it reads of a row."""

    name: str
    make: Callable[[], Accumulator]
    read: Reader


def columns_of(aggregations: Sequence[Aggregation], context: Context) -> list[Column]:
    """Returns the columns of some aggregations; Unsupported for wildcards and functions that are not played."""
    return [Column(each.column, maker_of(each.function, each.number), _reader(each, context)) for each in aggregations]


def _reader(aggregation: Aggregation, context: Context) -> Reader:
    if aggregation.expression is not None:
        return _reader_of_eval(compile_either(aggregation.expression, context))
    name = aggregation.field
    if "*" in name:
        raise Unsupported(f"{aggregation.function}({name}): wildcards are not played")
    if not name:
        return lambda row: _EVERY_ROW

    def read(row: Row) -> list[Any]:
        value = row.get(name)
        return [] if value is None else list(value) if isinstance(value, list) else [value]

    return read


def _reader_of_eval(compiled: Callable[[Row], Any]) -> Reader:
    """[count] count(eval(x>1)): rows where it is true; of a value, rows where it is not null."""

    def read(row: Row) -> list[Any]:
        value = compiled(row)
        if value is None or value is False:
            return []
        return value if isinstance(value, list) else [value]

    return read


class Groups:
    """The groups of some rows by the texts of their by-fields. Rows that lack one are in none [stats ... by]."""

    def __init__(self, by: Sequence[str], columns: Sequence[Column], split_once: bool = False) -> None:
        self.by = by
        self.columns = columns
        self.split_once = split_once
        self.accumulators: dict[tuple[str, ...], list[Accumulator]] = {}

    def keys_of(self, row: Row) -> list[tuple[str, ...]]:
        """Several values of one by-field: a key for each occurrence [by an mv field]."""
        single = [row.get(name) for name in self.by]
        if all(type(value) is str for value in single):
            return [tuple(single)]  # type: ignore[arg-type]
        found: list[list[str]] = []
        several = 0
        for name in self.by:
            value = row.get(name)
            if value is None:
                return []
            if isinstance(value, list):
                several += 1
                found.append(list(dict.fromkeys(value)) if self.split_once else value)
            else:
                found.append([value if isinstance(value, str) else text_of(value)])
        if several > 1:
            raise Unsupported("BY with several values in more than one field")
        return list(product(*found))

    def of_key(self, key: tuple[str, ...]) -> list[Accumulator]:
        accumulators = self.accumulators.get(key)
        if accumulators is None:
            accumulators = self.accumulators[key] = [column.make() for column in self.columns]
        return accumulators

    def add(self, row: Row) -> None:
        values = [column.read(row) for column in self.columns]
        for key in self.keys_of(row):
            for accumulator, value in zip(self.of_key(key), values):
                accumulator.add(value, row)

    def results(self, key: tuple[str, ...]) -> Row:
        pairs = zip(self.columns, self.accumulators[key])
        results = ((column.name, accumulator.result()) for column, accumulator in pairs)
        return {name: value for name, value in results if value is not None}

    def rows(self) -> list[Row]:
        """A row for each group, by-fields first, sorted by them (an inference, so a shuffled run takes any order)."""
        return [{**dict(zip(self.by, key)), **self.results(key)} for key in sorted(self.accumulators)]


def stats(arguments: Stats, table: Table, context: Context, run: Any) -> Table:
    """[stats] One row a group; without BY one row, also of no rows at all if something is counted."""
    _allow(arguments, "dedup_splitvals")
    columns = columns_of(arguments.aggregations, context)
    groups = Groups(arguments.by, columns, truth(arguments.options.get("dedup_splitvals", "f")))
    for row in table:
        groups.add(row)
    if not arguments.by and not groups.accumulators:
        if not any(each.function in ("count", "c", "dc", "distinct_count") for each in arguments.aggregations):
            raise Unsupported("stats of no rows at all without a count: whether a row comes is not documented")
        groups.of_key(())
    return Table(context.in_any_order(groups.rows()))


def eventstats(arguments: Stats, table: Table, context: Context, run: Any) -> Table:
    """[eventstats] The results of a row's group, added to the row; a row that lacks a by-field gets nothing."""
    _allow(arguments)
    groups = Groups(arguments.by, columns_of(arguments.aggregations, context))
    rows = list(table)
    for row in rows:
        groups.add(row)
    results = {key: groups.results(key) for key in groups.accumulators}

    def added() -> Iterator[Row]:
        for row in rows:
            keys = groups.keys_of(row)
            if len(keys) > 1:
                raise Unsupported("eventstats BY several values")
            _put(row, groups.columns, results[keys[0]] if keys else None)
            yield row

    return table.with_new(added(), *[column.name for column in groups.columns])


def _put(row: Row, columns: Sequence[Column], results: Row | None) -> None:
    for column in columns:
        if results is not None and column.name in results:
            row[column.name] = results[column.name]
        elif column.name in row:
            raise Unsupported(f"no result for {column.name}, which the row has already: use another name")


def streamstats(arguments: Stats, table: Table, context: Context, run: Any) -> Table:
    """[streamstats] The results of the rows so far, in their order; current and window are played."""
    _allow(arguments, "current", "window", "global")
    current = truth(arguments.options.get("current", "t"))
    window = whole(arguments.options.get("window", "0"))
    if window and arguments.by and truth(arguments.options.get("global", "t")):
        raise Unsupported("streamstats window= BY with global=t")
    columns = columns_of(arguments.aggregations, context)
    groups = Groups(arguments.by, columns)
    held: dict[tuple[str, ...], deque[tuple[list[list[Any]], Row]]] = {}

    def running() -> Iterator[Row]:
        for row in table:
            keys = groups.keys_of(row)
            if len(keys) != 1:
                raise Unsupported("streamstats BY a field that is missing or has several values")
            before = dict(row)
            if current:
                _take(groups, held, keys[0], before, window)
            groups.of_key(keys[0])
            _put(row, columns, groups.results(keys[0]))
            if not current:
                _take(groups, held, keys[0], before, window)
            yield row

    return table.with_new(running(), *[column.name for column in columns])


def _take(groups: Groups, held: dict[Any, Any], key: tuple[str, ...], row: Row, window: int) -> None:
    """Adds a row to its group; with a window the group is counted again from the rows that are in it."""
    values = [column.read(row) for column in groups.columns]
    if not window:
        for accumulator, value in zip(groups.of_key(key), values):
            accumulator.add(value, row)
        return
    rows = held.setdefault(key, deque(maxlen=window))
    rows.append((values, row))
    groups.accumulators.pop(key, None)
    for each, of_row in rows:
        for accumulator, value in zip(groups.of_key(key), each):
            accumulator.add(value, of_row)


def _allow(arguments: Stats, *options: str) -> None:
    for option in arguments.options:
        if option not in options:
            raise Unsupported(f"the option {option} is not played")


FUNCTIONS: dict[str, Any] = {"stats": stats, "eventstats": eventstats, "streamstats": streamstats}
