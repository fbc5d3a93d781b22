"""Which rows stay, and in what order: where, search (not the first), head, tail, reverse, dedup, sort [spl 5.3, 5.2]."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any, Callable

from ..arguments import Dedup, Head, Plain, Search, Sort, SortKey, Where
from ..context import Context
from ..errors import Unsupported
from ..evaluate import compile_condition
from ..matching import matcher
from ..table import Table
from ..values import Maybe, Row, looks_like_number, number_of, starts_like_number, text_of

SORT_LIMIT = 10_000  # [spl 4 sort]


def where(arguments: Where, table: Table, context: Context, run: Any) -> Table:
    """[where] Rows whose condition is true."""
    return table.with_rows(filter(compile_condition(arguments.expression, context), table))


def search(arguments: Search, table: Table, context: Context, run: Any) -> Table:
    """`| search`: rows that meet the terms [5.2]."""
    return table.with_rows(filter(matcher(arguments.term), table))


def head(arguments: Head, table: Table, context: Context, run: Any) -> Table:
    """The first rows."""
    return table.with_rows(islice(table, arguments.rows))


def tail(arguments: Head, table: Table, context: Context, run: Any) -> Table:
    """The last rows, in reverse order [DOC tail]."""
    rows = list(table)
    return table.with_rows(rows[::-1][: arguments.rows])


def reverse(arguments: Plain, table: Table, context: Context, run: Any) -> Table:
    """All rows, the last one first."""
    return table.with_rows(list(table)[::-1])


def dedup(arguments: Dedup, table: Table, context: Context, run: Any) -> Table:
    """[dedup] The first n rows of each combination of values; a row that lacks a field goes, but for keepempty."""
    if arguments.keepevents or arguments.consecutive:
        raise Unsupported("dedup with keepevents or consecutive")
    rows: Any = sort_rows(list(table), arguments.sortby, context) if arguments.sortby else table
    return table.with_rows(_first_of_each(rows, arguments))


def _first_of_each(rows: Sequence[Row], arguments: Dedup) -> Iterator[Row]:
    seen: dict[tuple[str, ...], int] = {}
    for row in rows:
        values = [row.get(name) for name in arguments.names]
        if any(value is None for value in values):
            if arguments.keepempty:
                yield row
            continue
        key = tuple(text_of(value) for value in values if value is not None)
        seen[key] = seen.get(key, 0) + 1
        if seen[key] <= arguments.rows:
            yield row


def sort(arguments: Sort, table: Table, context: Context, run: Any) -> Table:
    """[sort] Without a count the first 10,000 rows; 0 for all."""
    rows = sort_rows(list(table), arguments.keys, context)
    limit = SORT_LIMIT if arguments.limit is None else arguments.limit
    return table.with_rows(rows[:limit] if limit else rows)


def sort_rows(rows: list[Row], keys: Sequence[SortKey], context: Context) -> list[Row]:
    """Returns rows in order. A row that lacks a field comes last in both directions. Whether rows that are equal keep
    their order is not documented [platform 4.4], so a shuffled run takes any."""
    rows = context.in_any_order(rows)
    for key in reversed(keys):
        present = [row for row in rows if row.get(key.field) is not None]
        absent = [row for row in rows if row.get(key.field) is None]
        value = _sort_value(key, [row[key.field] for row in present])
        present.sort(key=lambda row: value(row[key.field]), reverse=key.descending)
        rows = present + absent
    return rows


def _sort_value(key: SortKey, values: Sequence[Maybe]) -> Callable[[Any], Any]:
    kind = _kind_of(values) if key.type == "auto" else key.type
    if kind == "num" and not all(number_of(value) is not None for value in values):
        raise Unsupported(f"num({key.field}) with values that are no numbers")
    if kind == "ip" and not all(_is_address(value) for value in values):
        raise Unsupported(f"ip({key.field}) with values that are no IPv4 addresses")
    if kind == "mixed":
        raise Unsupported(f"sort by {key.field}: texts that begin with a digit are compared by it; say str() or num()")
    return {"num": number_of, "str": text_of, "ip": lambda value: ipaddress.IPv4Address(value)}[kind]


def _kind_of(values: Sequence[Maybe]) -> str:
    """How `auto` compares: numbers, addresses or texts, as long as it is one of them for all values."""
    if all(isinstance(value, (int, float)) or (isinstance(value, str) and looks_like_number(value)) for value in values):
        return "num"
    if not any(isinstance(value, (int, float)) or starts_like_number(text_of(value or "")) for value in values):
        return "str"
    return "ip" if all(_is_address(value) for value in values) else "mixed"


def _is_address(value: Maybe) -> bool:
    try:
        return isinstance(value, str) and ipaddress.IPv4Address(value) is not None
    except ValueError:
        return False


FUNCTIONS: dict[str, Any] = {
    "where": where,
    "search": search,
    "head": head,
    "tail": tail,
    "reverse": reverse,
    "dedup": dedup,
    "sort": sort,
}
