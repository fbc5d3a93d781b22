"""What is in a row: eval, fields, table, rename, fillnull, rex, makemv, mvexpand, nomv, bin, convert [spl 5.3]."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from .. import patterns, times
from ..arguments import Bin, Convert, Eval, Fields, Fillnull, Makemv, Mvexpand, Nomv, Rename, Rex
from ..arguments import Table as TableArguments
from ..context import Context
from ..errors import SearchFailed, Unsupported
from ..evaluate import compile_value
from ..table import Table, names_of
from ..values import Row, number_of, of_texts, simplest, text_of, texts_of


def evaluate(arguments: Eval, table: Table, context: Context, run: Any) -> Table:
    """[eval] Left to right, later ones see earlier; a result of null takes the field away."""
    compiled = [(name, compile_value(expression, context)) for name, expression in arguments.assignments]

    def rows() -> Iterator[Row]:
        for row in table:
            for name, value_of in compiled:
                value = value_of(row)
                if value is None:
                    row.pop(name, None)
                else:
                    row[name] = value
            yield row

    return table.with_new(rows(), *[name for name, _ in compiled])


def fieldformat(arguments: Eval, table: Table, context: Context, run: Any) -> Table:
    """fieldformat: how a field is shown; its value stays [convert ctime]. The expression is compiled and no more."""
    for _, expression in arguments.assignments:
        compile_value(expression, context)
    return table


def fields(arguments: Fields, table: Table, context: Context, run: Any) -> Table:
    """[fields] Internal fields (_time, _raw) stay unless they are named after the minus."""
    tests = [patterns.wildcard(name, False).fullmatch for name in arguments.names]
    known: dict[str, bool] = {}

    def keeps(name: str) -> bool:
        if name not in known:
            named = any(test(name) for test in tests)
            known[name] = (named or name.startswith("_")) if arguments.keep else not named
        return known[name]

    rows = ({name: value for name, value in row.items() if keeps(name)} for row in table)
    return Table(rows, None, table.is_events)


def table_of(arguments: TableArguments, table: Table, context: Context, run: Any) -> Table:
    """[table] These fields in this order; one that is missing is an empty column."""
    if any("*" in name for name in arguments.names):
        raise Unsupported("table with wildcards: in which order the columns come is not documented")
    names = list(dict.fromkeys(arguments.names))
    return Table(({name: row[name] for name in names if name in row} for row in table), names)


def rename(arguments: Rename, table: Table, context: Context, run: Any) -> Table:
    """[rename] An existing field of the new name is overwritten, by null too."""
    olds, news = [old for old, _ in arguments.pairs], [new for _, new in arguments.pairs]
    if set(olds) & set(news) or len(set(news)) < len(news):
        raise Unsupported("rename with a field on both sides, or twice on one")
    rows = list(table)
    names = table.columns or names_of(rows)
    mapping: dict[str, str] = {}
    for old, new in arguments.pairs:
        if "*" not in old:
            mapping[old] = new
            continue
        if old.count("*") != 1 or new.count("*") != 1:
            raise Unsupported("rename with several wildcards")
        for name in patterns.matching_names(old, names):
            before, after = old.split("*")
            mapping[name] = new.replace("*", name[len(before) : len(name) - len(after)])
    replaced = set(mapping.values())
    renamed = [
        {mapping.get(name, name): value for name, value in row.items() if name in mapping or name not in replaced} for row in rows
    ]
    columns = table.columns and [mapping.get(name, name) for name in table.columns if name not in replaced]
    return Table(renamed, columns, table.is_events)


def fillnull(arguments: Fillnull, table: Table, context: Context, run: Any) -> Table:
    """[fillnull] Only the named fields, created where they are absent; without names all that some row has."""
    rows: Any = table
    names = list(arguments.names)
    if not names:
        rows = list(table)
        names = list(dict.fromkeys([*(table.columns or []), *names_of(rows)]))
    value = arguments.value

    def filled() -> Iterator[Row]:
        for row in rows:
            for name in names:
                row.setdefault(name, value)
            yield row

    return table.with_new(filled(), *names)


def rex(arguments: Rex, table: Table, context: Context, run: Any) -> Table:
    """[rex] Unanchored; max_match=1, 0 for all, which gives several values; no match sets nothing."""
    if arguments.mode:
        raise Unsupported(f"rex mode={arguments.mode}")
    pattern = patterns.regex(arguments.pattern)
    if not pattern.groupindex:
        raise SearchFailed(f"the regex {arguments.pattern!r} of rex has no named group")

    def rows() -> Iterator[Row]:
        for row in table:
            value = row.get(arguments.field)
            if value is not None:
                found = list(pattern.finditer(text_of(value)))[: arguments.max_match or None]
                for name in pattern.groupindex:
                    texts = [match[name] for match in found if match[name] is not None]
                    if texts:
                        row[name] = texts if len(texts) > 1 else texts[0]
            yield row

    return table.with_new(rows(), *pattern.groupindex)


def makemv(arguments: Makemv, table: Table, context: Context, run: Any) -> Table:
    """[makemv] Splits at a delimiter; empty pieces go unless allowempty."""
    if arguments.setsv:
        raise Unsupported("makemv setsv")
    tokens = patterns.regex(arguments.tokenizer) if arguments.tokenizer else None

    def rows() -> Iterator[Row]:
        for row in table:
            value = row.get(arguments.field)
            if value is not None:
                text = text_of(value)
                texts = [match[1] for match in tokens.finditer(text)] if tokens else text.split(arguments.delim)
                split = of_texts([each for each in texts if each or arguments.allowempty])
                if split is None:
                    raise Unsupported(f"makemv of {text!r}, of which nothing is left")
                row[arguments.field] = split
            yield row

    return table.with_rows(rows())


def mvexpand(arguments: Mvexpand, table: Table, context: Context, run: Any) -> Table:
    """[mvexpand] A row for each value, the other fields copied. A row without the field: Unsupported."""
    if arguments.field.startswith("_"):
        raise SearchFailed("mvexpand is not for internal fields")

    def rows() -> Iterator[Row]:
        for row in table:
            texts = texts_of(row.get(arguments.field))
            if not texts:
                raise Unsupported(f"mvexpand of a row without {arguments.field}: where isnotnull({arguments.field}) first")
            for text in texts[: arguments.limit or None]:
                yield {**row, arguments.field: text}

    return table.with_rows(rows())


def nomv(arguments: Nomv, table: Table, context: Context, run: Any) -> Table:
    """[nomv] Several values become one, with line breaks between them."""

    def rows() -> Iterator[Row]:
        for row in table:
            if arguments.field in row:
                row[arguments.field] = "\n".join(texts_of(row[arguments.field]))
            yield row

    return table.with_rows(rows())


def bucket(arguments: Bin, table: Table, context: Context, run: Any) -> Table:
    """[bin] `_time` goes down to the beginning of its span, days in the user's time zone; other fields: Unsupported."""
    if arguments.field != "_time" or set(arguments.options) != {"span"}:
        raise Unsupported("bin of anything but _time span=...")
    span = arguments.options["span"]
    times.parse_span(span)

    def rows() -> Iterator[Row]:
        for row in table:
            time = number_of(row.get("_time"))
            if time is not None:
                row[arguments.alias] = simplest(times.bucket(time, span, context.zone))
            yield row

    return table.with_new(rows(), arguments.alias)


def convert(arguments: Convert, table: Table, context: Context, run: Any) -> Table:
    """[convert ctime] Times as text; the other conversions are not played."""
    if any(function != "ctime" for function, _, _ in arguments.functions):
        raise Unsupported("convert with anything but ctime()")

    def rows() -> Iterator[Row]:
        for row in table:
            for _, old, new in arguments.functions:
                time = number_of(row.get(old))
                if time is not None:
                    row[new] = times.strftime(time, arguments.timeformat, context.zone)
            yield row

    return table.with_new(rows(), *[new for _, _, new in arguments.functions])


FUNCTIONS: dict[str, Any] = {
    "eval": evaluate,
    "fieldformat": fieldformat,
    "fields": fields,
    "table": table_of,
    "rename": rename,
    "fillnull": fillnull,
    "rex": rex,
    "makemv": makemv,
    "mvexpand": mvexpand,
    "nomv": nomv,
    "bin": bucket,
    "bucket": bucket,
    "convert": convert,
}
