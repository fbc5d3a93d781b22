"""The eval functions [spl 5.1]: each returns, for a call, the function of a row that answers it.

Functions of plain values are in the modules named `functions_...`; here are those that decide which of their arguments is
calculated at all, and the registry. In: Call, Context, the compiler of arguments. Out: a function of a row.
"""

from __future__ import annotations

from typing import Any, Callable

from . import functions_of_many, functions_of_one
from .context import Context
from .errors import Unsupported
from .matching import matcher
from .terms import parse_terms
from .tree import Call, Expression, Field, Text, fields_of
from .values import Maybe, Row, equal, of_texts, texts_of

Compiled = Callable[[Row], Any]
Compiler = Callable[[Expression, Context], Compiled]
Builder = Callable[[Call, Context, Compiler], Compiled]


def _if(call: Call, context: Context, compiler: Compiler) -> Compiled:
    """if(c, a, b): b where c is false, so also on a comparison with null."""
    condition, yes, no = (compiler(each, context) for each in call.arguments)
    return lambda row: yes(row) if condition(row) else no(row)


def _first_where(wanted: bool) -> Builder:
    def build(call: Call, context: Context, compiler: Compiler) -> Compiled:
        compiled = [compiler(each, context) for each in call.arguments]
        pairs = list(zip(compiled[::2], compiled[1::2]))

        def run(row: Row) -> Any:
            for condition, value in pairs:
                if bool(condition(row)) is wanted:
                    return value(row)
            return None

        return run

    return build


def _coalesce(call: Call, context: Context, compiler: Compiler) -> Compiled:
    """The first that is not null. Empty text is not null."""
    compiled = [compiler(each, context) for each in call.arguments]

    def run(row: Row) -> Maybe:
        for each in compiled:
            value: Maybe = each(row)
            if value is not None:
                return value
        return None

    return run


def _in(call: Call, context: Context, compiler: Compiler) -> Compiled:
    """in(f, a, b), f IN (a, b): equality with any of them; no wildcards, no CIDR. Several values: Unsupported."""
    field, *choices = (compiler(each, context) for each in call.arguments)

    def run(row: Row) -> bool:
        value = field(row)
        if isinstance(value, list):
            raise Unsupported("IN with several values")
        candidates = (choice(row) for choice in choices)
        return value is not None and any(each is not None and equal(value, each) for each in candidates)

    return run


def _searchmatch(call: Call, context: Context, compiler: Compiler) -> Compiled:
    """searchmatch("..."): the row meets the search terms."""
    argument = call.arguments[0]
    if not isinstance(argument, Text):
        raise Unsupported("searchmatch() of something that is no text")
    return matcher(parse_terms(argument.value))


def _mvmap(call: Call, context: Context, compiler: Compiler) -> Compiled:
    """mvmap(f, expression): the expression for each value of f. Unsupported where it gives null."""
    field = call.arguments[0]
    if not isinstance(field, Field):
        raise Unsupported("mvmap() of something that is no field")
    name, compiled = field.name, compiler(call.arguments[1], context)

    def run(row: Row) -> Maybe:
        results: list[str] = []
        for each in texts_of(row.get(name)):
            result = compiled({**row, name: each})
            if result is None:
                raise Unsupported("mvmap() with an expression that gives null")
            results += texts_of(result)
        return of_texts(results)

    return run


def _mvfilter(call: Call, context: Context, compiler: Compiler) -> Compiled:
    """mvfilter(condition): the values of the one field in it for which it is true."""
    name, compiled = fields_of(call.arguments[0])[0], compiler(call.arguments[0], context)
    return lambda row: of_texts([each for each in texts_of(row.get(name)) if compiled({name: each})])


def _constant(value: Any) -> Builder:
    return lambda call, context, compiler: lambda row: value


def _now(call: Call, context: Context, compiler: Compiler) -> Compiled:
    """now(): when the search started, the same in all of a run."""
    now = context.now
    return lambda row: now


def _eager(function: Callable[..., Any]) -> Builder:
    """A function of its arguments' values."""

    def build(call: Call, context: Context, compiler: Compiler) -> Compiled:
        compiled = [compiler(each, context) for each in call.arguments]
        if len(compiled) == 1:
            only = compiled[0]
            return lambda row: function(only(row))
        if len(compiled) == 2:
            first, second = compiled
            return lambda row: function(first(row), second(row))
        return lambda row: function(*[each(row) for each in compiled])

    return build


def _with_context(function: Callable[..., Any]) -> Builder:
    """A function of the run's context and its arguments' values."""

    def build(call: Call, context: Context, compiler: Compiler) -> Compiled:
        compiled = [compiler(each, context) for each in call.arguments]
        return lambda row: function(context, *[each(row) for each in compiled])

    return build


BUILDERS: dict[str, Builder] = {
    "if": _if,
    "case": _first_where(True),
    "validate": _first_where(False),
    "coalesce": _coalesce,
    "in": _in,
    "searchmatch": _searchmatch,
    "mvmap": _mvmap,
    "mvfilter": _mvfilter,
    "null": _constant(None),
    "true": _constant(True),
    "false": _constant(False),
    "now": _now,
    **{name: _eager(function) for name, function in functions_of_one.FUNCTIONS.items()},
    **{name: _eager(function) for name, function in functions_of_many.FUNCTIONS.items()},
    **{name: _with_context(function) for name, function in functions_of_one.WITH_CONTEXT.items()},
    **{name: _with_context(function) for name, function in functions_of_many.WITH_CONTEXT.items()},
}
