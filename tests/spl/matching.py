"""Search terms, applied to rows [spl 5.2].

Values compare without regard to case, `*` stands for anything, the right side is a literal, and of several values any may
match. `!=` asks for rows that have the field, NOT for all others. A value that is a network matches addresses in it.
"""

from __future__ import annotations

from typing import Callable

from . import patterns
from .errors import Unsupported
from .terms import All, Any, Compare, Not, OneOf, Phrase, Subsearch, Term
from .values import Maybe, Row, looks_like_number, number_of, order, texts_of

Matcher = Callable[[Row], bool]
_NOT_PLAYED = ("eventtype", "tag", "savedsearch", "splunk_server", "earliest", "latest", "_index_earliest", "_index_latest")


def matcher(term: Term) -> Matcher:
    """Returns a function that tells whether a row meets a term; Unsupported for raw text and for what has no row."""
    if isinstance(term, Not):
        inner = matcher(term.term)
        return lambda row: not inner(row)
    if isinstance(term, All):
        every = [matcher(each) for each in term.terms]
        return lambda row: all(each(row) for each in every)
    if isinstance(term, Any):
        some = [matcher(each) for each in term.terms]
        return lambda row: any(each(row) for each in some)
    if isinstance(term, OneOf):
        return matcher(Any(tuple(Compare(term.field, "=", value) for value in term.values)))
    if isinstance(term, Compare):
        return _comparison(term)
    if isinstance(term, Phrase):
        return _phrase(term)
    raise Unsupported(f"a subsearch is not played there: [{term.text[:40]}]" if isinstance(term, Subsearch) else repr(term))


def _phrase(term: Phrase) -> Matcher:
    if term.text == "*" and not term.quoted:
        return lambda row: True
    raise Unsupported(f"{term.text!r} is looked for in _raw, which is not played: name a field")


def _comparison(term: Compare) -> Matcher:
    name, operator, value = term.field, term.operator, term.value
    if name in _NOT_PLAYED:
        raise Unsupported(f"{name}{operator}{value} is not played there")
    if "\\" in value:
        raise Unsupported(f"a backslash in {name}{operator}{value}")
    if operator not in ("=", "!="):
        return lambda row: _is_ordered(row.get(name), operator, value)
    if value == "*":
        return lambda row: _exists(row.get(name), name) and operator == "="
    is_meant = _is_meant(value)
    if operator == "=":
        return lambda row: any(is_meant(text) for text in texts_of(row.get(name)))

    def differs(row: Row) -> bool:
        texts = texts_of(row.get(name))
        if len(texts) > 1:
            raise Unsupported(f"{name}!={value} with several values")
        return bool(texts) and not is_meant(texts[0])

    return differs


def _exists(value: Maybe, name: str) -> bool:
    """f=*: the field exists. Whether an empty text counts is not documented."""
    if value == "":
        raise Unsupported(f"{name}=* where {name} is an empty text")
    return value is not None


def _is_meant(value: str) -> Callable[[str], bool]:
    net = patterns.network(value)
    fits = patterns.wildcard(value, True).fullmatch
    number = number_of(value)

    def test(text: str) -> bool:
        if fits(text):
            return True
        if net is not None:
            return bool(patterns.is_in_network(text, net))
        if number is not None and looks_like_number(text) and number_of(text) == number:
            raise Unsupported(f"{text!r} and {value!r} are the same number and not the same text")
        return False

    return test


def _is_ordered(found: Maybe, operator: str, value: str) -> bool:
    if found is None:
        return False
    if isinstance(found, list) or number_of(found) is None or number_of(value) is None:
        raise Unsupported(f"{found!r} {operator} {value!r} in search terms: only single numbers are played")
    sign = order(found, value)
    return {"<": sign < 0, "<=": sign <= 0, ">": sign > 0, ">=": sign >= 0}[operator]
