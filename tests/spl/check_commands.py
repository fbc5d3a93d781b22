"""What can be wrong with the arguments of each command [spl 3.6, 3.8, 3.10]; see `check`.

In: a command, those before it, which fields there are, the app. Out: sentences.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from . import arguments as shapes
from . import rules, times
from .aggregations import Aggregation
from .app import App
from .errors import SplError
from .flow import Flow, fields_of_term
from .matching import matcher
from .parse import Command
from .patterns import regex
from .terms import All, Compare, OneOf, Phrase, Subsearch, Term, leaves
from .vocabulary import STATS_FUNCTIONS, TIME_MODIFIERS, UNSURE_STATS_FUNCTIONS
from .words import truth


def of_command(command: Command, before: Sequence[Command], state: Flow, app: App) -> Iterator[str]:
    """Yields what is wrong with one command."""
    arguments = command.arguments
    if isinstance(arguments, shapes.Search):
        yield from of_terms(arguments.term)
    elif isinstance(arguments, shapes.Where):
        yield from rules.problems_of_condition(arguments.expression)
    elif isinstance(arguments, shapes.Eval):
        for _, expression in arguments.assignments:
            yield from rules.problems_of_value(expression)
    elif isinstance(arguments, (shapes.Stats, shapes.Tstats, shapes.Chart)):
        yield from _of_grouping(command, arguments, before, state)
    elif isinstance(arguments, shapes.Sort) and arguments.limit is None:
        yield "sort without a count drops rows after the 10,000th without a word: sort 0 keeps all."
    elif isinstance(arguments, shapes.Rex):
        yield from _of_rex(arguments)
    elif isinstance(arguments, shapes.Dedup):
        yield from _of_several(command.name, arguments.names, state)
    elif isinstance(arguments, shapes.Mvexpand) and arguments.field.startswith("_"):
        yield "mvexpand is not for internal fields."
    elif isinstance(arguments, shapes.Bin):
        yield from _of_bin(arguments)
    elif isinstance(arguments, (shapes.Lookup, shapes.Inputlookup, shapes.Outputlookup)):
        yield from _of_lookup(arguments, state, app)


def of_first_search(term: Term) -> Iterator[str]:
    """Yields what is wrong with the terms before the first pipe: they say where to look."""
    indexes = [each for each in leaves(term) if isinstance(each, Compare) and each.field == "index"]
    if not indexes:
        yield "The search names no index: which ones it looks into depends on its user."
    for each in indexes:
        if "*" in each.value:
            yield f"index={each.value} makes Splunk look into every index that fits."


def of_terms(term: Term) -> Iterator[str]:
    """Yields what is wrong with search terms, wherever they stand."""
    top = set(term.terms if isinstance(term, All) else (term,))
    kept = [each for each in top if not (isinstance(each, Compare) and each.field in TIME_MODIFIERS)]
    for each in leaves(term):
        if isinstance(each, Phrase) and each.text.upper() in ("AND", "OR", "NOT", "IN"):
            yield f"{each.text} is looked for as a word: operators are upper case."
        elif isinstance(each, Phrase) and each.text != "*":
            yield f"{each.text!r} is looked for in _raw: name the field."
        elif isinstance(each, Subsearch):
            yield "A subsearch is cut at 10,000 rows and 60 seconds without an error: use a lookup."
        elif isinstance(each, Compare) and each.field in TIME_MODIFIERS:
            yield from _of_time(each, each in top)
        else:
            values = each.values if isinstance(each, OneOf) else (each.value,) if isinstance(each, Compare) else ()
            for value in values:
                if value.startswith("*") and value != "*":
                    yield f"{value} begins with a wildcard: Splunk has to read every event for it."
    for each in kept:
        try:
            matcher(each)
        except SplError as error:
            if not isinstance(each, (Phrase, Subsearch)):
                yield f"{error.what[:1].upper()}{error.what[1:]}."


def _of_time(modifier: Compare, is_at_top: bool) -> Iterator[str]:
    if not is_at_top or modifier.operator != "=":
        yield f"{modifier.field} inside OR, NOT or with {modifier.operator}: what it bounds there is not documented."
        return
    try:
        times.resolve(modifier.value, 0.0, times.UTC)
    except SplError as error:
        yield f"{modifier.field}: {error.what}."


def _of_grouping(
    command: Command, arguments: shapes.Stats | shapes.Tstats | shapes.Chart, before: Sequence[Command], state: Flow
) -> Iterator[str]:
    by = (arguments.over, arguments.by) if isinstance(arguments, shapes.Chart) else arguments.by
    for each in arguments.aggregations:
        yield from _of_aggregation(each)
    if truth(arguments.options.get("dedup_splitvals", "f")) is False:
        yield from _of_several(f"{command.name} BY", [name for name in by if name], state)
    if command.name == "timechart" and "span" not in arguments.options:
        yield "timechart without span=: how long its buckets are depends on the time range."
    if command.name in ("stats", "chart", "timechart") and any(each.name == "head" for each in before):
        yield f"head before {command.name} counts only the first rows."


def _of_aggregation(aggregation: Aggregation) -> Iterator[str]:
    function = aggregation.function
    if function in UNSURE_STATS_FUNCTIONS:
        yield f"{function}{aggregation.number}() is not used here: {UNSURE_STATS_FUNCTIONS[function]}."
    elif function not in STATS_FUNCTIONS or aggregation.number:
        yield f"There is no function {function}{aggregation.number}() of rows."
    if "*" in aggregation.field:
        yield f"{function}({aggregation.field}) takes whatever fields there are: name them."
    if aggregation.expression is not None:
        yield from rules.problems_of_either(aggregation.expression)


def _of_several(what: str, names: Sequence[str], state: Flow) -> Iterator[str]:
    for name in names:
        if name in state.several:
            yield f"{what} {name}, which may have several values: each row would count more than once. mvexpand it first."


def _of_rex(arguments: shapes.Rex) -> Iterator[str]:
    try:
        if arguments.mode:
            yield f"rex mode={arguments.mode} is not used here."
        elif not regex(arguments.pattern).groupindex:
            yield "The regular expression of rex has no named group."
    except SplError as error:
        yield f"{error.what[:1].upper()}{error.what[1:]}."


def _of_bin(arguments: shapes.Bin) -> Iterator[str]:
    if arguments.field != "_time" or set(arguments.options) != {"span"}:
        yield "bin is used here for _time with span= only."
        return
    try:
        times.bucket(0.0, arguments.options["span"], times.UTC)
    except SplError as error:
        yield f"{error.what[:1].upper()}{error.what[1:]}."


def _of_lookup(arguments: shapes.Lookup | shapes.Inputlookup | shapes.Outputlookup, state: Flow, app: App) -> Iterator[str]:
    try:
        lookup = app.lookup(arguments.name)
    except SplError as error:
        yield f"{error.what[:1].upper()}{error.what[1:]}."
        return
    if lookup is None:
        yield f"There is no lookup {arguments.name}: no stanza of transforms.conf, no file."
        return
    columns = app.columns_of(lookup)
    if isinstance(arguments, shapes.Outputlookup):
        yield from _of_outputlookup(arguments, state, columns, app.required_columns_of(lookup))
    elif columns is not None:
        if isinstance(arguments, shapes.Lookup):
            used = [column for column, _ in (*arguments.match, *arguments.output)]
        else:
            used = fields_of_term(arguments.where) if arguments.where is not None else []
        for name in used:
            if name not in columns:
                yield f"The lookup {arguments.name} has no column {name}."


def _of_outputlookup(
    arguments: shapes.Outputlookup, state: Flow, columns: list[str] | None, required: list[str] | None
) -> Iterator[str]:
    if arguments.truth("override_if_empty", True):
        yield "outputlookup without override_if_empty=false deletes the lookup when there are no results."
    if arguments.truth("create_empty", True):
        yield "outputlookup without create_empty=false makes a file without a header when there are no results."
    if state.columns is None:
        yield "outputlookup writes columns in the order of the result: a table command before it must say which."
    elif columns is not None and not arguments.truth("append", False) and state.columns not in (columns, required):
        yield f"outputlookup writes the columns {' '.join(state.columns)}; {arguments.name} has {' '.join(columns)}."
    for name in sorted(state.several & set(state.columns or ())):
        yield f"outputlookup of {name}, which may have several values: mvjoin() it first."
