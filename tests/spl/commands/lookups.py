"""inputlookup, outputlookup and lookup over the CSV files of the app [spl 5.3, 6.2; platform 4.4].

What they write is splunkd's dialect of CSV [platform 1.6], by a temporary file and a rename, so that a reader never sees half.
"""

from __future__ import annotations

import csv
import os
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, islice
from typing import Any, TextIO

from tests.splunkd.csv_dialect import write_cell

from ..app import LookupFile
from ..arguments import Inputlookup, Lookup, Outputlookup
from ..context import Context
from ..errors import SearchFailed, Unsupported
from ..matching import matcher
from ..table import Table
from ..values import Maybe, Row, of_texts, text_of
from ..words import whole

MAX_MATCHES = 100  # [spl 4 lookup]


def _find(name: str, context: Context) -> LookupFile:
    found = context.app.lookup(name)
    if found is None:
        raise SearchFailed(f"there is no lookup {name!r}: no stanza of transforms.conf, no file")
    return found


def _read(lookup: LookupFile, context: Context) -> tuple[list[str], Iterator[Row]]:
    """The columns and rows of a lookup's file. An empty cell is nothing or an empty text, as the context says."""
    with _open(lookup) as file:
        columns = next(csv.reader(file), [])
    if any(name.startswith("__mv_") for name in columns):
        raise Unsupported(f"{lookup.path.name} has __mv_ columns")
    keep_empty = context.empty == "empty"

    def rows() -> Iterator[Row]:
        with _open(lookup) as file:
            lines = csv.reader(file)
            next(lines, None)
            for cells in lines:
                if cells:
                    yield {name: cell for name, cell in zip(columns, cells) if cell or keep_empty}

    return columns, rows()


def _open(lookup: LookupFile) -> TextIO:
    return open(lookup.path, encoding="utf-8-sig", errors="surrogateescape", newline="")


def inputlookup(arguments: Inputlookup, table: Table, context: Context, run: Any) -> Table:
    """[inputlookup] All rows as texts, in the order of the file. A missing file is a warning, with strict=t a failure."""
    lookup = _find(arguments.name, context)
    if not lookup.path.is_file():
        if arguments.strict:
            raise SearchFailed(f"the lookup table {arguments.name!r} has no file")
        context.messages.append(("WARN", f"The lookup table '{arguments.name}' does not exist or is not available."))
        return table if arguments.append else Table([], [])
    columns, rows = _read(lookup, context)
    end = None if arguments.max is None else arguments.start + arguments.max
    rows = islice(rows, arguments.start, end)
    if arguments.where is not None:
        rows = filter(matcher(arguments.where), rows)
    return Table(chain(table, rows)) if arguments.append else Table(rows, columns)


_NOT_PLAYED = ("key_field", "allow_updates", "create_context", "createinapp")


def outputlookup(arguments: Outputlookup, table: Table, context: Context, run: Any) -> Table:
    """[outputlookup] Writes the rows, in their order and that of the columns, and passes them on."""
    for option in _NOT_PLAYED:
        if option in arguments.options:
            raise Unsupported(f"outputlookup {option}=")
    if arguments.options.get("output_format", "splunk_sv_csv") != "splunk_sv_csv":
        raise Unsupported("outputlookup output_format=")
    lookup = _find(arguments.name, context)
    rows = list(table)
    written = rows[: whole(arguments.options["max"])] if "max" in arguments.options else rows
    if not written:
        _write_nothing(arguments, lookup)
        return Table(rows, table.columns)
    if table.columns is None:
        raise Unsupported("outputlookup without a table command before it: the order of the columns is not documented")
    columns = table.columns
    if arguments.truth("append", False) and lookup.path.is_file():
        old_columns, old = _read(lookup, context)
        if old_columns:
            columns, written = old_columns, [*old, *written]
    write_lookup(lookup, columns, written)
    return Table(rows, table.columns)


def _write_nothing(arguments: Outputlookup, lookup: LookupFile) -> None:
    """No results: override_if_empty takes an existing file away, create_empty puts one of no length there [spl 6.2]."""
    if arguments.truth("append", False) or (lookup.path.exists() and not arguments.truth("override_if_empty", True)):
        return
    lookup.path.unlink(missing_ok=True)
    if arguments.truth("create_empty", True):
        lookup.path.touch()


def write_lookup(lookup: LookupFile, columns: Sequence[str], rows: Sequence[Row]) -> None:
    """Writes a lookup's file. A cell of several values: Unsupported, sources differ on what comes between them."""
    staged = lookup.path.with_name(lookup.path.name + ".tmp")
    with open(staged, "w", encoding="utf-8", errors="surrogateescape", newline="") as file:
        file.write(",".join(write_cell(name) for name in columns) + "\n")
        for row in rows:
            file.write(",".join(write_cell(text_of(row.get(name, ""))) for name in columns) + "\n")
    os.replace(staged, lookup.path)


def lookup_command(arguments: Lookup, table: Table, context: Context, run: Any) -> Table:
    """[lookup] Exact matches, case-sensitive by default; of several the first max_matches as several values."""
    lookup = _find(arguments.name, context)
    settings = lookup.settings
    for setting in ("match_type", "time_field", "default_match", "min_matches", "filter", "external_cmd"):
        if setting in settings:
            raise Unsupported(f"lookup {arguments.name} with {setting}")
    if not lookup.path.is_file():
        raise SearchFailed(f"the lookup table {arguments.name!r} has no file")
    columns, lines = _read(lookup, context)
    missing = [name for name, _ in (*arguments.match, *arguments.output) if name not in columns]
    if missing:
        raise SearchFailed(f"the lookup table {arguments.name!r} has no column {missing[0]!r}")
    matched = [name for name, _ in arguments.match]
    output = list(arguments.output) or [(name, name) for name in columns if name not in matched]
    fold = settings.get("case_sensitive_match", "true").lower() in ("false", "0")
    index: dict[tuple[str, ...], list[Row]] = {}
    for line in lines:
        key = tuple(text_of(line.get(name, "")) for name in matched)
        index.setdefault(_folded(key, fold), []).append(line)
    limit = int(settings.get("max_matches", MAX_MATCHES))
    rows = (_looked_up(row, arguments, output, index, limit, fold) for row in table)
    return table.with_new(rows, *[field for _, field in output])


def _folded(key: tuple[str, ...], fold: bool) -> tuple[str, ...]:
    return tuple(text.lower() for text in key) if fold else key


def _looked_up(
    row: Row,
    arguments: Lookup,
    output: Sequence[tuple[str, str]],
    index: Mapping[tuple[str, ...], list[Row]],
    limit: int,
    fold: bool,
) -> Row:
    there = [field for _, field in output if field in row]
    if arguments.mode == "OUTPUTNEW" and there:
        if len(there) < len(output):
            raise Unsupported("OUTPUTNEW with some of the fields there already")
        return row
    values = [row.get(field) for _, field in arguments.match]
    if any(value is None or isinstance(value, list) for value in values):
        if any(isinstance(value, list) for value in values):
            raise Unsupported("lookup by a field of several values")
        found: list[Row] = []
    else:
        found = index.get(_folded(tuple(text_of(value) for value in values if value is not None), fold), [])[:limit]
    if not found and there:
        raise Unsupported(f"no match for fields that are there already ({there[0]}): use a fresh name")
    for column, field in output:
        value = _several([line.get(column) for line in found], column)
        if value is not None:
            row[field] = value
        else:
            row.pop(field, None)
    return row


def _several(cells: list[Maybe], column: str) -> Maybe:
    texts = [text_of(cell) for cell in cells if cell is not None]
    if texts and len(set(texts)) < len(cells):
        raise Unsupported(f"several matches, of which {column} is empty or the same: what comes out is not documented")
    return of_texts(texts)


FUNCTIONS: dict[str, Any] = {"inputlookup": inputlookup, "outputlookup": outputlookup, "lookup": lookup_command}
