"""`count(x) AS n ... BY a b`: the arguments that stats, eventstats, streamstats, chart, timechart, geostats and tstats share.

In: words. Out: Aggregations and field names. Which function exists is asked of the vocabulary by `check` and `run`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from .errors import SearchSyntaxError
from .expression import parse_expression
from .tree import Expression
from .words import Word, names_in, unquote

_call = re.compile(r"([A-Za-z_]+)(\d*)(?:\((.*)\))?", re.DOTALL).fullmatch
_eval = re.compile(r"eval\s*\((.*)\)", re.DOTALL | re.IGNORECASE).fullmatch
CLAUSES = ("BY", "OVER", "FROM", "WHERE")


class Aggregation(NamedTuple):
    """One function: its name, a number in it (perc95), the field or expression it is of (neither: of rows), its column."""

    function: str
    number: str
    field: str
    expression: Expression | None
    column: str
    renamed: bool


class Clauses(NamedTuple):
    """The words after the aggregations, by the keyword before them; a keyword that is not there has no entry."""

    aggregations: tuple[Aggregation, ...]
    words: dict[str, list[Word]]

    def fields(self, keyword: str) -> list[str]:
        return names_in(self.words.get(keyword, []))


def parse_clauses(arguments: Sequence[Word], allowed: Sequence[str] = ("BY",)) -> Clauses:
    """Returns aggregations and clauses; SearchSyntaxError without an aggregation and on empty or doubled clauses."""
    heads: list[Word] = []
    current = heads
    clauses: dict[str, list[Word]] = {}
    for word in arguments:
        keyword = word.raw.upper()
        if keyword in CLAUSES:
            if keyword not in allowed or keyword in clauses:
                raise SearchSyntaxError(f"{word.raw} is not expected there")
            current = clauses.setdefault(keyword, [])
        else:
            current.append(word)
    for keyword, rest in clauses.items():
        if not rest:
            raise SearchSyntaxError(f"nothing stands after {keyword}")
    return Clauses(parse_aggregations(heads), clauses)


def parse_aggregations(arguments: Sequence[Word]) -> tuple[Aggregation, ...]:
    """Returns the aggregations; SearchSyntaxError where there is none, and for one that has two names [spl 5.3 renaming]."""
    found: list[Aggregation] = []
    rest = list(arguments)
    while rest:
        word = rest.pop(0)
        if word.raw == ",":
            if not found:
                raise SearchSyntaxError("a comma with no function before it")
            continue
        name = ""
        if rest and rest[0].is_keyword("AS"):
            if len(rest) < 2 or rest[1].raw == ",":
                raise SearchSyntaxError(f"{word.raw} AS has no name after it")
            name = rest[1].text
            del rest[:2]
        found.append(_aggregation(word, name))
    if not found:
        raise SearchSyntaxError("a function such as count is missing")
    calls = [(each.function, each.number, each.field, each.expression) for each in found]
    for call in calls:
        if calls.count(call) > 1:
            raise SearchSyntaxError(f"{call[0]}({call[2]}) comes twice: one field and function cannot have two names")
    return tuple(found)


def _aggregation(word: Word, name: str) -> Aggregation:
    match = None if word.is_quoted else _call(word.raw)
    if not match:
        raise SearchSyntaxError(f"{word.raw!r} is no function of rows")
    function, number, inner = match[1].lower(), match[2], (match[3] or "").strip()
    evaluated = _eval(inner)
    if evaluated:
        if not name:
            raise SearchSyntaxError(f"{word.raw} needs a name: AS ...")
        return Aggregation(function, number, "", parse_expression(evaluated[1]), name, True)
    if not inner and function not in ("count", "c"):
        raise SearchSyntaxError(f"{function} of what? A field is missing")
    if re.search(r"[()\s,]", inner) and not inner.startswith(('"', "'")):
        raise SearchSyntaxError(f"{word.raw!r}: one field stands in the parentheses, or eval(...)")
    field = inner[1:-1] if inner.startswith("'") else unquote(inner)
    return Aggregation(function, number, field, None, name or word.raw, bool(name))
