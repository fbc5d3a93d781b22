"""A search, read: text with its macros expanded in, one Command for each command of the pipeline out.

Every command's arguments are read by a function of its own, in `parse_commands`, `parse_lookups` and `parse_charts`; a command
that the vocabulary does not have is refused, unless it is one of an app's own (`own`: name → option names). What it does
not check: see `check`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Callable, NamedTuple

from . import parse_charts, parse_commands, parse_lookups
from .arguments import Arguments, Plain
from .errors import SearchSyntaxError, SplError
from .split import Stage, split_pipeline
from .vocabulary import COMMANDS
from .words import Word, take_options, words


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


_OF_TEXT: dict[str, Callable[[str], Arguments]] = {
    "search": parse_commands.search,
    "where": parse_commands.where,
    "eval": parse_commands.eval_,
    "fieldformat": parse_commands.eval_,
    "fields": parse_commands.fields,
    "sort": parse_commands.sort,
    "inputlookup": parse_lookups.inputlookup,
    "tstats": parse_charts.tstats,
}
_OF_WORDS: dict[str, Callable[[str, dict[str, str], list[Word]], Arguments]] = {
    "table": parse_commands.table,
    "rename": parse_commands.rename,
    "stats": parse_commands.stats,
    "eventstats": parse_commands.stats,
    "streamstats": parse_commands.stats,
    "chart": parse_charts.chart,
    "timechart": parse_charts.timechart,
    "top": parse_charts.top,
    "rare": parse_charts.top,
    "geostats": parse_charts.geostats,
    "dedup": parse_commands.dedup,
    "head": parse_commands.head,
    "tail": parse_commands.head,
    "reverse": _nothing,
    "addinfo": _nothing,
    "fillnull": parse_commands.fillnull,
    "rex": parse_commands.rex,
    "makemv": parse_commands.makemv,
    "mvexpand": parse_commands.mvexpand,
    "nomv": parse_commands.nomv,
    "bin": parse_commands.bin_,
    "bucket": parse_commands.bin_,
    "convert": parse_commands.convert,
    "foreach": parse_commands.foreach,
    "untable": parse_commands.untable,
    "xyseries": parse_commands.untable,
    "append": parse_commands.append,
    "appendpipe": parse_commands.append,
    "lookup": parse_lookups.lookup,
    "outputlookup": parse_lookups.outputlookup,
    "makeresults": parse_commands.makeresults,
}
