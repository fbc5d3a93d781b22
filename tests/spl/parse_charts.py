"""The arguments of the commands that make charts: chart, timechart, top, rare, geostats, and tstats."""

from __future__ import annotations

import re

from .aggregations import Clauses, parse_clauses
from .arguments import Chart, Top, Tstats
from .errors import SearchSyntaxError
from .terms import parse_terms
from .vocabulary import COMMANDS
from .words import Word, names_in, take_options, whole, words


def _at_most_one(clauses: Clauses, keyword: str) -> str:
    names = clauses.fields(keyword)
    if len(names) > 1:
        raise SearchSyntaxError(f"{keyword} takes one field there, not {len(names)}")
    return names[0] if names else ""


def timechart(body: str, options: dict[str, str], rest: list[Word]) -> Chart:
    clauses = parse_clauses(rest)
    return Chart(clauses.aggregations, "_time", _at_most_one(clauses, "BY"), options)


def chart(body: str, options: dict[str, str], rest: list[Word]) -> Chart:
    clauses = parse_clauses(rest, ("BY", "OVER"))
    over, by = _at_most_one(clauses, "OVER"), clauses.fields("BY")
    if not over and by:
        over = by.pop(0)
    if not over or len(by) > 1:
        raise SearchSyntaxError("chart takes OVER a, BY a, OVER a BY b, or BY a b")
    return Chart(clauses.aggregations, over, by[0] if by else "", options)


def top(body: str, options: dict[str, str], rest: list[Word]) -> Top:
    limit = whole(options.get("limit", "10"))
    if rest and rest[0].raw.isdigit():
        limit = whole(rest.pop(0).raw)
    at = next((i for i, word in enumerate(rest) if word.is_keyword("BY")), len(rest))
    names, by = names_in(rest[:at]), names_in(rest[at + 1 :])
    if not names or (at < len(rest) and not by):
        raise SearchSyntaxError("a field is missing")
    return Top(tuple(names), tuple(by), limit, options)


def geostats(body: str, options: dict[str, str], rest: list[Word]) -> Tstats:
    clauses = parse_clauses(rest)
    return Tstats(body, clauses.aggregations, tuple(clauses.fields("BY")), None, options)


def tstats(body: str) -> Tstats:
    """tstats: aggregations, then FROM datamodel=, WHERE (search terms) and BY, each of which may be missing."""
    where = None
    rest_of_body = re.sub(r"\sFROM\s+(\S+)", " ", body, flags=re.IGNORECASE)
    found = re.search(r"\sWHERE\s+(.*?)(?=\s(?:BY|GROUPBY)\s|$)", rest_of_body, re.IGNORECASE | re.DOTALL)
    if found:
        where = parse_terms(found[1])
        rest_of_body = rest_of_body[: found.start()] + rest_of_body[found.end() :]
    options, rest = take_options(words(rest_of_body), COMMANDS["tstats"].options)
    clauses = parse_clauses([Word("BY") if word.is_keyword("GROUPBY") else word for word in rest])
    return Tstats(body, clauses.aggregations, tuple(clauses.fields("BY")), where, options)
