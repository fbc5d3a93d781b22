"""What each command does to the fields of rows: Flow in, the Flow after it; see `flow`.

A command that keeps all fields as they are stands nowhere here.
"""

from __future__ import annotations

import re
from typing import Any

from . import arguments as shapes
from .app import App
from .flow import Flow
from .patterns import wildcard
from .tree import Call, Expression, fields_of, parts

_COMBINING = ("mvappend", "split", "mvzip", "mvmap", "mvfilter", "mvdedup", "mvsort", "mvrange")
_PLACES = ("City", "Country", "Region", "lat", "lon")


def apply(name: str, arguments: shapes.Arguments, flow: Flow, app: App) -> list[str]:
    """Changes `flow` to what is known after a command; returns what an eval in it reads and is not there."""
    if isinstance(arguments, shapes.Eval):
        return _apply_eval(name, arguments, flow)
    handler = _EFFECTS.get(type(arguments))
    if handler is not None:
        handler(name, arguments, flow)
    elif isinstance(arguments, shapes.Lookup):
        _apply_lookup(arguments, flow, app)
    elif isinstance(arguments, shapes.Inputlookup):
        _apply_inputlookup(arguments, flow, app)
    elif isinstance(arguments, shapes.Plain):
        _apply_plain(name, arguments, flow, app)
    return []


def _apply_eval(name: str, arguments: shapes.Eval, flow: Flow) -> list[str]:
    missing: list[str] = []
    for target, expression in arguments.assignments:
        missing += flow.missing(fields_of(expression))
        if name == "eval":
            may_have_several = _may_have_several(expression, flow)
            flow.add(target)
            flow.several |= {target} if may_have_several else set()
    return missing


def _may_have_several(expression: Expression, flow: Flow) -> bool:
    if isinstance(expression, Call) and expression.name in ("mvjoin", "mvcount", "mvindex", "mvfind"):
        return False
    calls = (each.name for each in parts(expression) if isinstance(each, Call))
    return any(name in _COMBINING for name in calls) or bool(flow.several & set(fields_of(expression)))


def _of_stats(name: str, arguments: Any, flow: Flow) -> None:
    columns = [each.column for each in arguments.aggregations]
    if any("*" in each.field for each in arguments.aggregations):
        flow.replace(None)
        return
    if name == "stats":
        flow.replace([*arguments.by, *columns])
        flow.several -= set(arguments.by)
    else:
        flow.add(*columns)
    flow.several |= {each.column for each in arguments.aggregations if each.function == "values"}


def _of_chart(name: str, arguments: Any, flow: Flow) -> None:
    columns = [arguments.over, *(each.column for each in arguments.aggregations)]
    flow.replace(None if arguments.by else columns)


def _of_fields(name: str, arguments: Any, flow: Flow) -> None:
    if flow.names is None:
        return
    fits = [wildcard(each, False).fullmatch for each in arguments.names]
    if not arguments.keep:
        flow.replace(each for each in flow.names if not any(fit(each) for fit in fits))
    else:
        below = [each for each in arguments.names if flow.has(each) and "*" not in each]
        kept = [each for each in flow.names if each.startswith("_") or any(fit(each) for fit in fits)]
        flow.replace([*kept, *below])


def _of_rename(name: str, arguments: Any, flow: Flow) -> None:
    if any("*" in old for old, _ in arguments.pairs):
        flow.replace(None)
        return
    mapping = dict(arguments.pairs)
    columns = flow.columns and [mapping.get(each, each) for each in flow.columns]
    several = {mapping.get(each, each) for each in flow.several}
    if flow.names is not None:
        flow.replace([*(each for each in flow.names if each not in mapping), *mapping.values()], columns)
    flow.several = several


def _of_rex(name: str, arguments: Any, flow: Flow) -> None:
    flow.add(*re.findall(r"\(\?P?<([A-Za-z_]\w*)>", arguments.pattern))


def _of_mvexpand(name: str, arguments: Any, flow: Flow) -> None:
    flow.several.discard(arguments.field)


def _of_makemv(name: str, arguments: Any, flow: Flow) -> None:
    flow.several.add(arguments.field)


def _of_makeresults(name: str, arguments: Any, flow: Flow) -> None:
    header = arguments.data.strip().splitlines()[:1]
    flow.replace([each.strip().strip('"') for each in header[0].split(",")] if header else ["_time"])


def _of_tstats(name: str, arguments: Any, flow: Flow) -> None:
    flow.replace(None if name == "geostats" else [*arguments.by, *(each.column for each in arguments.aggregations)])


def _of_top(name: str, arguments: Any, flow: Flow) -> None:
    options = arguments.options
    counted = [options.get("countfield", "count"), options.get("percentfield", "percent")]
    flow.replace([*arguments.names, *arguments.by, *counted])


_EFFECTS: dict[type, Any] = {
    shapes.Stats: _of_stats,
    shapes.Chart: _of_chart,
    shapes.Fields: _of_fields,
    shapes.Table: lambda name, arguments, flow: flow.replace(arguments.names, arguments.names),
    shapes.Rename: _of_rename,
    shapes.Fillnull: lambda name, arguments, flow: flow.add(*arguments.names),
    shapes.Rex: _of_rex,
    shapes.Mvexpand: _of_mvexpand,
    shapes.Nomv: _of_mvexpand,
    shapes.Makemv: _of_makemv,
    shapes.Makeresults: _of_makeresults,
    shapes.Tstats: _of_tstats,
    shapes.Top: _of_top,
    shapes.Bin: lambda name, arguments, flow: flow.add(arguments.alias),
    shapes.Convert: lambda name, arguments, flow: flow.add(*(new for _, _, new in arguments.functions)),
}


def _apply_lookup(arguments: shapes.Lookup, flow: Flow, app: App) -> None:
    output = [name for _, name in arguments.output]
    if not output:
        lookup = app.lookup(arguments.name)
        columns = app.columns_of(lookup) if lookup else None
        if columns is None:
            flow.replace(None)
            return
        output = [name for name in columns if name not in [column for column, _ in arguments.match]]
    flow.add(*output)
    flow.several |= set(output)  # several lines may match


def _apply_inputlookup(arguments: shapes.Inputlookup, flow: Flow, app: App) -> None:
    lookup = app.lookup(arguments.name)
    columns = app.columns_of(lookup) if lookup else None
    if columns is None:
        flow.replace(None)
    elif arguments.append:
        several = set(flow.several)
        flow.add(*columns)
        flow.several, flow.columns = several, None
    else:
        flow.replace(columns, columns)


def _apply_plain(name: str, arguments: shapes.Plain, flow: Flow, app: App) -> None:
    if name in app.commands:
        prefix = arguments.options.get("prefix", "")
        if name not in app.command_fields:
            flow.replace(None)
            return
        added = list(app.command_fields[name])
        for option, value in arguments.options.items():
            added += app.command_fields.get(f"{name} {option}=true", ()) if value.lower() in ("true", "t", "1") else ()
        flow.add(*(prefix + each for each in added))
        flow.several |= {prefix + each for each in app.several_values.get(name, ())}
    elif name == "addinfo":
        flow.add("info_min_time", "info_max_time", "info_search_time", "info_sid")
    elif name == "iplocation":
        flow.add(*(arguments.options.get("prefix", "") + each for each in _PLACES))
    elif name != "reverse":
        flow.replace(None)
