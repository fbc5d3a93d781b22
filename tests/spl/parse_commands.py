"""The arguments of the commands that are neither charts nor lookups: one function a command, in: words, out: its shape.

`sort`, `search` and the like take text, because their arguments are no words; the others get options and words apart.
"""

from __future__ import annotations

import re

from .aggregations import parse_clauses
from .arguments import (
    Append,
    Bin,
    Convert,
    Dedup,
    Eval,
    Fields,
    Fillnull,
    Foreach,
    Head,
    Makemv,
    Makeresults,
    Mvexpand,
    Nomv,
    Rename,
    Rex,
    Search,
    Sort,
    SortKey,
    Stats,
    Table,
    Untable,
    Where,
)
from .errors import SearchSyntaxError
from .expression import parse_assignments, parse_expression
from .parse_lookups import pairs
from .terms import parse_terms
from .words import Word, names_in, take_options, truth, whole, words


def search(body: str) -> Search:
    return Search(parse_terms(body))


def where(body: str) -> Where:
    return Where(parse_expression(body))


def eval_(body: str) -> Eval:
    return Eval(tuple(parse_assignments(body)))


def fields(body: str) -> Fields:
    keep = not body.startswith("-")
    names = names_in(words(body.lstrip("+-") if body[:1] in ("+", "-") else body))
    if not names:
        raise SearchSyntaxError("no field is named")
    return Fields(tuple(names), keep)


def table(body: str, options: dict[str, str], rest: list[Word]) -> Table:
    names = names_in(rest)
    if not names:
        raise SearchSyntaxError("no field is named")
    return Table(tuple(names))


def rename(body: str, options: dict[str, str], rest: list[Word]) -> Rename:
    found = pairs(rest)
    if not found or any(old == new for old, new in found):
        raise SearchSyntaxError("rename takes pairs: old AS new, with commas between them")
    return Rename(tuple(found))


def sort(body: str) -> Sort:
    options, rest = take_options(words(body), ("limit",))
    limit = whole(options["limit"]) if "limit" in options else None
    if rest and rest[0].raw.isdigit():
        limit = whole(rest.pop(0).raw)
    return Sort(limit, sort_keys(rest))


_sort_field = re.compile(r"([-+]?)(?:(auto|str|ip|num)\((.+)\)|(.+))", re.DOTALL).fullmatch


def sort_keys(rest: list[Word]) -> tuple[SortKey, ...]:
    """Returns the keys of sort and of `dedup ... sortby`: `-a`, `- a b`, `num(a)`, and `d` or `desc` at the end."""
    rest = [word for word in rest if word.raw != ","]
    reverse = len(rest) > 1 and rest[-1].raw in ("d", "desc")
    if reverse:
        rest.pop()
    keys, all_descending = [], False
    for word in rest:
        if word.raw in ("-", "+"):  # alone it holds for all the fields that follow [spl 5.3 sort]
            all_descending = word.raw == "-"
            continue
        match = _sort_field(word.raw)
        if not match or re.search(r"[()=]", match[3] or match[4]):
            raise SearchSyntaxError(f"{word.raw!r} is nothing to sort by")
        descending = match[1] == "-" or (all_descending and not match[1])
        keys.append(SortKey(Word(match[3] or match[4]).text, descending != reverse, match[2] or "auto"))
    if not keys:
        raise SearchSyntaxError("sort by what? No field is named")
    return tuple(keys)


def dedup(body: str, options: dict[str, str], rest: list[Word]) -> Dedup:
    count = whole(rest.pop(0).raw) if rest and rest[0].raw.isdigit() else 1
    at = next((i for i, word in enumerate(rest) if word.is_keyword("SORTBY")), len(rest))
    names = names_in(rest[:at])
    if not names or count < 1:
        raise SearchSyntaxError("dedup needs fields, and at least one row of each")
    flags = [truth(options.get(name, "f")) for name in ("keepempty", "keepevents", "consecutive")]
    return Dedup(count, tuple(names), flags[0], flags[1], flags[2], sort_keys(rest[at + 1 :]) if at < len(rest) else ())


def fillnull(body: str, options: dict[str, str], rest: list[Word]) -> Fillnull:
    return Fillnull(options.get("value", "0"), tuple(names_in(rest)))


def rex(body: str, options: dict[str, str], rest: list[Word]) -> Rex:
    if len(rest) != 1 or not rest[0].is_quoted:
        raise SearchSyntaxError("rex takes one regular expression in double quotes")
    pattern = rest[0].raw[1:-1].replace('\\"', '"')  # the other backslashes are the regex's own
    return Rex(options.get("field", "_raw"), pattern, whole(options.get("max_match", "1")), options.get("mode", ""))


def _one_field(rest: list[Word]) -> str:
    names = names_in(rest)
    if len(names) != 1:
        raise SearchSyntaxError(f"the command takes one field, not {len(names)}")
    return names[0]


def makemv(body: str, options: dict[str, str], rest: list[Word]) -> Makemv:
    flags = [truth(options.get(name, "f")) for name in ("allowempty", "setsv")]
    return Makemv(_one_field(rest), options.get("delim", " "), options.get("tokenizer", ""), flags[0], flags[1])


def mvexpand(body: str, options: dict[str, str], rest: list[Word]) -> Mvexpand:
    return Mvexpand(_one_field(rest), whole(options.get("limit", "0")))


def nomv(body: str, options: dict[str, str], rest: list[Word]) -> Nomv:
    return Nomv(_one_field(rest))


def bin_(body: str, options: dict[str, str], rest: list[Word]) -> Bin:
    found = pairs(rest)
    if len(found) != 1:
        raise SearchSyntaxError("bin takes one field")
    return Bin(found[0][0], found[0][1], options)


def stats(body: str, options: dict[str, str], rest: list[Word]) -> Stats:
    clauses = parse_clauses(rest)
    by = clauses.fields("BY")
    if any("*" in name for name in by):
        raise SearchSyntaxError("BY takes no wildcards")
    return Stats(clauses.aggregations, tuple(by), options)


def untable(body: str, options: dict[str, str], rest: list[Word]) -> Untable:
    names = names_in(rest)
    if len(names) != 3:
        raise SearchSyntaxError(f"three fields are needed, not {len(names)}")
    return Untable(*names)


def foreach(body: str, options: dict[str, str], rest: list[Word]) -> Foreach:
    if not rest or not rest[-1].is_subsearch:
        raise SearchSyntaxError("foreach ends in [ ... ]")
    return Foreach(tuple(names_in(rest[:-1])), rest[-1].subsearch, options)


def append(body: str, options: dict[str, str], rest: list[Word]) -> Append:
    if len(rest) != 1 or not rest[0].is_subsearch:
        raise SearchSyntaxError("a subsearch in [ ] is needed, and nothing else")
    return Append(rest[0].subsearch, options)


def head(body: str, options: dict[str, str], rest: list[Word]) -> Head:
    if len(rest) > 1 or (rest and "limit" in options):
        raise SearchSyntaxError("one number of rows is needed")
    return Head(whole(rest[0].raw if rest else options.get("limit", "10")))


def makeresults(body: str, options: dict[str, str], rest: list[Word]) -> Makeresults:
    if rest:
        raise SearchSyntaxError(f"{rest[0].raw!r} is no option of makeresults")
    return Makeresults(whole(options.get("count", "1")), options.get("format", ""), options.get("data", ""), options)


def convert(body: str, options: dict[str, str], rest: list[Word]) -> Convert:
    functions = []
    for old, new in pairs(rest):
        match = re.fullmatch(r"(\w+)\((.+)\)", old)
        if not match:
            raise SearchSyntaxError(f"{old!r} is no conversion of a field")
        functions.append((match[1], match[2], match[2] if new == old else new))
    return Convert(tuple(functions), options.get("timeformat", "%m/%d/%Y %H:%M:%S"))
