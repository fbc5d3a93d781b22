"""Which fields rows have after each command [spl 3.7]: a read of a field that no row can have is a mistake.

In: the arguments of a command and what was known before it. Out: the fields that it reads and are not there, and what is
known after it. Where the fields depend on data (xyseries, rest, wildcards), nothing is known from there on.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from . import arguments as shapes
from .aggregations import Aggregation
from .app import App
from .patterns import matching_names
from .terms import Compare, OneOf, Term, leaves
from .tree import fields_of
from .vocabulary import TIME_MODIFIERS

OF_EVERY_EVENT = ("_time", "_raw", "_indextime", "index", "host", "source", "sourcetype", "splunk_server", "linecount")


@dataclass
class Flow:
    """names: the fields, `x.*` for all below x, or None where they are not known; several: those that may have several
    values; columns: their order where a command has set it."""

    names: set[str] | None = None
    several: set[str] = field(default_factory=set)
    columns: list[str] | None = None

    def has(self, name: str) -> bool:
        if self.names is None or name in self.names:
            return True
        if "*" in name:
            return bool(matching_names(name, list(self.names)))
        return any(each.endswith(".*") and name.startswith(each[:-1]) for each in self.names)

    def missing(self, names: Iterable[str]) -> list[str]:
        return [name for name in dict.fromkeys(names) if not self.has(name)]

    def add(self, *names: str) -> None:
        if self.names is not None:
            self.names |= set(names)
        self.several -= set(names)
        if self.columns is not None and not set(names) <= set(self.columns):
            self.columns = None

    def replace(self, names: Iterable[str] | None, columns: Sequence[str] | None = None) -> None:
        self.names = None if names is None else set(names)
        self.several &= self.names or set()
        self.columns = list(columns) if columns is not None else None

    def copy(self) -> Flow:
        return Flow(None if self.names is None else set(self.names), set(self.several), self.columns)


def of_events(term: Term, app: App) -> Flow:
    """Returns what events have: the fields of the sourcetypes that the search names, as the app's caller gave them."""
    named = [each.value for each in leaves(term) if isinstance(each, Compare) and each.field == "sourcetype"]
    known = [app.event_fields[each] for each in named if each in app.event_fields]
    if not known or len(known) < len(named):
        return Flow()
    return Flow({*OF_EVERY_EVENT, *(name for names in known for name in names)})


def fields_of_term(term: Term) -> list[str]:
    """Returns the fields that search terms read, time modifiers left out."""
    found = (each.field for each in leaves(term) if isinstance(each, (Compare, OneOf)))
    return [name for name in dict.fromkeys(found) if name not in TIME_MODIFIERS]


def fields_of_aggregations(aggregations: Sequence[Aggregation]) -> list[str]:
    found: list[str] = []
    for each in aggregations:
        found += [each.field] if each.field else []
        found += fields_of(each.expression) if each.expression is not None else []
    return found


def reads(arguments: shapes.Arguments) -> list[str]:
    """Returns the fields that a command reads; eval is left to `apply`, its expressions see one another's results."""
    if isinstance(arguments, shapes.Search):
        return fields_of_term(arguments.term)
    if isinstance(arguments, shapes.Where):
        return fields_of(arguments.expression)
    if isinstance(arguments, shapes.Stats):
        return [*fields_of_aggregations(arguments.aggregations), *arguments.by]
    if isinstance(arguments, shapes.Chart):
        by = [name for name in (arguments.over, arguments.by) if name]
        return [*fields_of_aggregations(arguments.aggregations), *by]
    if isinstance(arguments, shapes.Fields):
        return list(arguments.names) if arguments.keep else []
    if isinstance(arguments, shapes.Table):
        return list(arguments.names)
    if isinstance(arguments, shapes.Rename):
        return [old for old, _ in arguments.pairs]
    if isinstance(arguments, shapes.Sort):
        return [key.field for key in arguments.keys]
    if isinstance(arguments, shapes.Dedup):
        return [*arguments.names, *(key.field for key in arguments.sortby)]
    if isinstance(arguments, shapes.Top):
        return [*arguments.names, *arguments.by]
    if isinstance(arguments, shapes.Lookup):
        return [name for _, name in arguments.match]
    if isinstance(arguments, shapes.Convert):
        return [old for _, old, _ in arguments.functions]
    if isinstance(arguments, shapes.Untable):
        return [arguments.x]
    if isinstance(arguments, (shapes.Rex, shapes.Makemv, shapes.Mvexpand, shapes.Nomv, shapes.Bin)):
        return [arguments.field]
    return []
