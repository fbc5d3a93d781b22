"""The CSV that splunkd writes to a search command, and the CSV that it takes back.

Source: [platform 1.6], measured over every recording. Out: comma, lines end `\\n`, a cell is quoted if and only if it
is not empty and holds a byte outside `[0-9A-Za-z]`; all plain columns first, then all `__mv_` columns in the same
order. In: any legal CSV, `\\n` or `\\r\\n`, `__mv_` columns anywhere or absent. A field that is empty and a field that
is absent look the same on this pipe; both are read as absent. Bytes that are no UTF-8 survive (surrogateescape).
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Callable, NamedTuple, Union

Value = Union[str, list[str]]
Event = Mapping[str, Value]

MULTIVALUE_PREFIX = "__mv_"
CHUNKED_INDEX = "_chunked_idx"
_PART = re.compile(r"\$((?:\$\$|[^$])*)\$(?:;|$)")
_LONGEST_CELL = 1 << 30
_NUL_STAND_IN = "\udc00"  # Python's csv refuses NUL before 3.11; surrogateescape never makes this one


class Table(NamedTuple):
    """A body: the columns as they came, `__mv_` ones included, and each row's cells as text."""

    columns: list[str]
    rows: list[list[str]]


class BadBody(ValueError):
    """The body is not legal CSV, or its rows do not fit its header."""


def write_cell(text: str) -> str:
    """Returns the cell in splunkd's spelling. `isalnum` on ASCII text is exactly `[0-9A-Za-z]+`, in C."""
    if not text or (text.isalnum() and text.isascii()):
        return text
    return '"' + text.replace('"', '""') + '"'


def write_multivalue(values: Sequence[str]) -> str:
    """Returns the text of a `__mv_` cell: `$a$;$b$`, a `$` inside a value doubled."""
    return ";".join("$" + value.replace("$", "$$") + "$" for value in values)


def read_multivalue(text: str) -> list[str] | None:
    """Returns the values of a `__mv_` cell, None for an empty cell (a single value); BadBody on another form."""
    if not text:
        return None
    values, position = [], 0
    while position < len(text):
        match = _PART.match(text, position)
        if not match:
            raise BadBody(f"not a multivalue: {text[:200]!r}")
        values.append(match[1].replace("$$", "$"))
        position = match.end()
    if text.endswith(";"):
        raise BadBody(f"a multivalue that ends in a separator: {text[-200:]!r}")
    return values


def write_body(columns: Sequence[str], events: Iterable[Event], chunked_index: bool = False) -> bytes:
    """Returns header and rows for `columns` (plain names) of `events`; no columns give an empty body.

    With `chunked_index` the last plain column is `_chunked_idx`, 0, 1, 2 ... in this chunk [platform 1.5].
    """
    names = [*columns, CHUNKED_INDEX] if chunked_index else list(columns)
    if not names:
        return b""
    lines = [",".join([write_cell(name) for name in names + [MULTIVALUE_PREFIX + name for name in names]])]
    no_multivalues = "," * len(names)
    for number, event in enumerate(events):
        get: Callable[[str], Any] = event.get
        try:
            cells: list[str] = [
                text if not text or (text.isalnum() and text.isascii()) else '"' + text.replace('"', '""') + '"'
                for text in [get(name) or "" for name in columns]
            ]
            rest = no_multivalues
        except AttributeError:  # a list has no isalnum: only rows with a multivalue pay for one
            cells, encoded = _cells_with_multivalues(columns, event)
            rest = "," + ",".join(encoded) + ("," if chunked_index else "")
        if chunked_index:
            cells.append(str(number))
        lines.append(",".join(cells) + rest)
    lines.append("")
    return "\n".join(lines).encode("utf-8", "surrogateescape")


def _cells_with_multivalues(columns: Sequence[str], event: Event) -> tuple[list[str], list[str]]:
    plain, encoded = [], []
    for name in columns:
        value = event.get(name) or ""
        values = [value] if isinstance(value, str) else value
        plain.append(write_cell("\n".join(values)))
        encoded.append(write_cell(write_multivalue(values)) if len(values) > 1 else "")
    return plain, encoded


def read_body(body: bytes) -> Table:
    """Returns columns and rows of a reply; BadBody on broken quoting, doubled columns, or rows of another width."""
    csv.field_size_limit(_LONGEST_CELL)
    text = body.decode("utf-8", "surrogateescape").replace("\0", _NUL_STAND_IN)
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except csv.Error as error:
        raise BadBody(f"not CSV: {error}") from error
    if _NUL_STAND_IN in text:
        rows = [[cell.replace(_NUL_STAND_IN, "\0") for cell in row] for row in rows]
    if not rows:
        return Table([], [])
    columns = rows.pop(0)
    if len(set(columns)) < len(columns) or "" in columns:
        raise BadBody(f"doubled or nameless columns: {columns!r}")
    if len(columns) == 1:
        rows = [row or [""] for row in rows]  # a blank line is one empty cell
    for number, row in enumerate(rows, 1):
        if len(row) != len(columns):
            raise BadBody(f"row {number} has {len(row)} cells for {len(columns)} columns")
    return Table(columns, rows)


def read_events(table: Table) -> list[dict[str, Value]]:
    """Returns each row as an event: absent fields absent, a filled `__mv_` cell before the plain one."""
    plain = [(i, name) for i, name in enumerate(table.columns) if not name.startswith(MULTIVALUE_PREFIX)]
    encoded = [(i, name[len(MULTIVALUE_PREFIX) :]) for i, name in enumerate(table.columns) if name.startswith(MULTIVALUE_PREFIX)]
    events: list[dict[str, Value]] = []
    for row in table.rows:
        event: dict[str, Value] = {name: row[i] for i, name in plain if row[i]}
        for i, name in encoded:
            if row[i]:
                event[name] = read_multivalue(row[i]) or ""
        events.append(event)
    return events


def union_of_columns(events: Iterable[Event]) -> list[str]:
    """Returns every field name of `events`, in order of first appearance: the columns of a chunk with all fields."""
    return list(dict.fromkeys(name for event in events for name in event))
