"""A search, read: text with its macros expanded in, one Command for each command of the pipeline out.

Every command's arguments are read by a function of its own, below or in `parse_lookups` and `parse_charts`; a command that
the vocabulary does not have is refused, unless it is one of an app's own (`own`: name → option names). What it does not
check: see `check`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Callable, NamedTuple

from . import parse_charts, parse_lookups
from .aggregations import parse_clauses
from .arguments import (
    Append,
    Arguments,
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
    Plain,
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
from .errors import SearchSyntaxError, SplError
from .expression import parse_assignments, parse_expression
from .split import Stage, split_pipeline
from .terms import parse_terms
from .vocabulary import COMMANDS
from .words import Word, names_in, take_options, truth, whole, words


class Command(NamedTuple):
    """One command of a pipeline: its name, its arguments, and where it stood."""

    name: str
    arguments: Arguments
    stage: Stage


def parse_search(text: str, own: Mapping[str, Sequence[str]] | None = None) -> list[Command]:
    """Returns the commands of a search whose macros are expanded. SearchSyntaxError with the command's place."""
    return [parse_stage(stage, own or {}) for stage in split_pipeline(text)]


def parse_stage(stage: Stage, own: Mapping[str, Sequence[str]]) -> Command:
    """Returns one command; SearchSyntaxError for one that nobody knows."""
    try:
        return Command(stage.command, _arguments(stage.command, stage.body, own), stage)
    except SplError as error:
        error.place = error.place or stage.place
        raise


def _arguments(name: str, body: str, own: Mapping[str, Sequence[str]]) -> Arguments:
    if name in own:
        options, rest = take_options(words(body), own[name])
        if rest:
            raise SearchSyntaxError(f"{rest[0].raw!r} is no option of {name}")
        return Plain(body, options, ())
    if name not in COMMANDS:
        raise SearchSyntaxError(f"there is no command {name!r}, or nothing here knows it")
    if name in _OF_TEXT:
        return _OF_TEXT[name](body)
    options, rest = take_options(words(body), _option_names(name))
    return _OF_WORDS.get(name, _plain)(body, options, rest)


class _AnyName:
    def __contains__(self, name: object) -> bool:
        return True


def _option_names(name: str) -> Sequence[str] | _AnyName:
    return _AnyName() if name == "rest" else COMMANDS[name].options  # the endpoint's own arguments are options too


def _plain(body: str, options: dict[str, str], rest: list[Word]) -> Plain:
    return Plain(body, options, tuple(rest))


def _nothing(body: str, options: dict[str, str], rest: list[Word]) -> Plain:
    if body:
        raise SearchSyntaxError(f"{body[:40]!r}: the command takes no arguments")
    return Plain(body, options, ())


def _search(body: str) -> Search:
    return Search(parse_terms(body))


def _where(body: str) -> Where:
    return Where(parse_expression(body))


def _eval(body: str) -> Eval:
    return Eval(tuple(parse_assignments(body)))


def _fields(body: str) -> Fields:
    keep = not body.startswith("-")
    names = names_in(words(body.lstrip("+-") if body[:1] in ("+", "-") else body))
    if not names:
        raise SearchSyntaxError("no field is named")
    return Fields(tuple(names), keep)


def _table(body: str, options: dict[str, str], rest: list[Word]) -> Table:
    names = names_in(rest)
    if not names:
        raise SearchSyntaxError("no field is named")
    return Table(tuple(names))


def _rename(body: str, options: dict[str, str], rest: list[Word]) -> Rename:
    pairs = parse_lookups.pairs(rest)
    if not pairs or any(old == new for old, new in pairs):
        raise SearchSyntaxError("rename takes pairs: old AS new, with commas between them")
    return Rename(tuple(pairs))


def _sort(body: str) -> Sort:
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


def _dedup(body: str, options: dict[str, str], rest: list[Word]) -> Dedup:
    count = whole(rest.pop(0).raw) if rest and rest[0].raw.isdigit() else 1
    at = next((i for i, word in enumerate(rest) if word.is_keyword("SORTBY")), len(rest))
    names = names_in(rest[:at])
    if not names or count < 1:
        raise SearchSyntaxError("dedup needs fields, and at least one row of each")
    flags = [truth(options.get(name, "f")) for name in ("keepempty", "keepevents", "consecutive")]
    return Dedup(count, tuple(names), flags[0], flags[1], flags[2], sort_keys(rest[at + 1 :]) if at < len(rest) else ())


def _fillnull(body: str, options: dict[str, str], rest: list[Word]) -> Fillnull:
    return Fillnull(options.get("value", "0"), tuple(names_in(rest)))


def _rex(body: str, options: dict[str, str], rest: list[Word]) -> Rex:
    if len(rest) != 1 or not rest[0].is_quoted:
        raise SearchSyntaxError("rex takes one regular expression in double quotes")
    pattern = rest[0].raw[1:-1].replace('\\"', '"')  # the other backslashes are the regex's own
    return Rex(options.get("field", "_raw"), pattern, whole(options.get("max_match", "1")), options.get("mode", ""))


def _one_field(rest: list[Word]) -> str:
    names = names_in(rest)
    if len(names) != 1:
        raise SearchSyntaxError(f"the command takes one field, not {len(names)}")
    return names[0]


def _makemv(body: str, options: dict[str, str], rest: list[Word]) -> Makemv:
    flags = [truth(options.get(name, "f")) for name in ("allowempty", "setsv")]
    return Makemv(_one_field(rest), options.get("delim", " "), options.get("tokenizer", ""), flags[0], flags[1])


def _mvexpand(body: str, options: dict[str, str], rest: list[Word]) -> Mvexpand:
    return Mvexpand(_one_field(rest), whole(options.get("limit", "0")))


def _nomv(body: str, options: dict[str, str], rest: list[Word]) -> Nomv:
    return Nomv(_one_field(rest))


def _bin(body: str, options: dict[str, str], rest: list[Word]) -> Bin:
    pairs = parse_lookups.pairs(rest)
    if len(pairs) != 1:
        raise SearchSyntaxError("bin takes one field")
    return Bin(pairs[0][0], pairs[0][1], options)


def _stats(body: str, options: dict[str, str], rest: list[Word]) -> Stats:
    clauses = parse_clauses(rest)
    by = clauses.fields("BY")
    if any("*" in name for name in by):
        raise SearchSyntaxError("BY takes no wildcards")
    return Stats(clauses.aggregations, tuple(by), options)


def _untable(body: str, options: dict[str, str], rest: list[Word]) -> Untable:
    names = names_in(rest)
    if len(names) != 3:
        raise SearchSyntaxError(f"three fields are needed, not {len(names)}")
    return Untable(*names)


def _foreach(body: str, options: dict[str, str], rest: list[Word]) -> Foreach:
    if not rest or not rest[-1].is_subsearch:
        raise SearchSyntaxError("foreach ends in [ ... ]")
    return Foreach(tuple(names_in(rest[:-1])), rest[-1].subsearch, options)


def _append(body: str, options: dict[str, str], rest: list[Word]) -> Append:
    if len(rest) != 1 or not rest[0].is_subsearch:
        raise SearchSyntaxError("a subsearch in [ ] is needed, and nothing else")
    return Append(rest[0].subsearch, options)


def _head(body: str, options: dict[str, str], rest: list[Word]) -> Head:
    if len(rest) > 1 or (rest and "limit" in options):
        raise SearchSyntaxError("one number of rows is needed")
    return Head(whole(rest[0].raw if rest else options.get("limit", "10")))


def _makeresults(body: str, options: dict[str, str], rest: list[Word]) -> Makeresults:
    if rest:
        raise SearchSyntaxError(f"{rest[0].raw!r} is no option of makeresults")
    return Makeresults(whole(options.get("count", "1")), options.get("format", ""), options.get("data", ""), options)


def _convert(body: str, options: dict[str, str], rest: list[Word]) -> Convert:
    functions = []
    for old, new in parse_lookups.pairs(rest):
        match = re.fullmatch(r"(\w+)\((.+)\)", old)
        if not match:
            raise SearchSyntaxError(f"{old!r} is no conversion of a field")
        functions.append((match[1], match[2], match[2] if new == old else new))
    return Convert(tuple(functions), options.get("timeformat", "%m/%d/%Y %H:%M:%S"))


_OF_TEXT: dict[str, Callable[[str], Arguments]] = {
    "search": _search,
    "where": _where,
    "eval": _eval,
    "fieldformat": _eval,
    "fields": _fields,
    "sort": _sort,
    "inputlookup": parse_lookups.inputlookup,
    "tstats": parse_charts.tstats,
}
_OF_WORDS: dict[str, Callable[[str, dict[str, str], list[Word]], Arguments]] = {
    "table": _table,
    "rename": _rename,
    "stats": _stats,
    "eventstats": _stats,
    "streamstats": _stats,
    "chart": parse_charts.chart,
    "timechart": parse_charts.timechart,
    "top": parse_charts.top,
    "rare": parse_charts.top,
    "geostats": parse_charts.geostats,
    "dedup": _dedup,
    "head": _head,
    "tail": _head,
    "reverse": _nothing,
    "addinfo": _nothing,
    "fillnull": _fillnull,
    "rex": _rex,
    "makemv": _makemv,
    "mvexpand": _mvexpand,
    "nomv": _nomv,
    "bin": _bin,
    "bucket": _bin,
    "convert": _convert,
    "foreach": _foreach,
    "untable": _untable,
    "xyseries": _untable,
    "append": _append,
    "appendpipe": _append,
    "lookup": parse_lookups.lookup,
    "outputlookup": parse_lookups.outputlookup,
    "makeresults": _makeresults,
}
