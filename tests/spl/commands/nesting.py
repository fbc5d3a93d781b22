"""Pipelines inside commands: append, appendpipe, foreach [spl 5.3]."""

from __future__ import annotations

from typing import Any

from .. import patterns
from ..arguments import Append, Foreach
from ..context import Context
from ..errors import Unsupported
from ..table import Table, names_of

SUBSEARCH_ROWS = 10_000  # [spl 4 append]


def append(arguments: Append, table: Table, context: Context, run: Any) -> Table:
    """[append] The rows of a search of its own at the end, at most 10,000 of them."""
    if arguments.options:
        raise Unsupported("append with options")
    added = list(run(arguments.subsearch, None))[:SUBSEARCH_ROWS]
    return Table([*table, *added])


def appendpipe(arguments: Append, table: Table, context: Context, run: Any) -> Table:
    """[appendpipe] The commands run on a copy of the rows so far; what they give comes at the end."""
    rows = list(table)
    added = list(run(arguments.subsearch, table.with_rows([dict(row) for row in rows])))
    return Table([*rows, *added])


def foreach(arguments: Foreach, table: Table, context: Context, run: Any) -> Table:
    """[foreach] The commands run once for each field that the names mean, its name put in for <<FIELD>>.

    <<MATCHSTR>> is what the wildcards stand for, <<MATCHSEG1>> to 3 what each of them does.
    """
    if arguments.options:
        raise Unsupported("foreach with options or a mode")
    rows = list(table)
    known = list(dict.fromkeys([*(table.columns or []), *names_of(rows)]))
    table = table.with_rows(rows)
    for pattern in arguments.names:
        found = patterns.matching_names(pattern, known)
        if not found and "*" not in pattern:
            raise Unsupported(f"foreach {pattern}, which no row has")
        for name in context.in_any_order(found):
            table = run(filled(arguments.template, pattern, name), table)
    return table


def filled(template: str, pattern: str, name: str) -> str:
    """Returns the template of foreach for one field that `pattern` means; Unsupported for other placeholders."""
    match = patterns.wildcard(pattern, False).fullmatch(name)
    segments = list(match.groups()) if match else []
    text = template.replace("<<FIELD>>", name).replace("<<MATCHSTR>>", "".join(segments) or name)
    for number in (1, 2, 3):
        text = text.replace(f"<<MATCHSEG{number}>>", segments[number - 1] if number <= len(segments) else "")
    if "<<" in text:
        raise Unsupported(f"foreach with {text[text.index('<<') :][:20]}")
    return text


FUNCTIONS: dict[str, Any] = {"append": append, "appendpipe": appendpipe, "foreach": foreach}
