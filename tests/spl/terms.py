"""Search terms: the language of `search`, of a search's beginning and of `inputlookup ... where`.

Precedence is not that of eval: parentheses, NOT, OR, and then AND, which may be left out; NOT takes the next term only
[spl 5.2 operators]. The right side is always a literal: `a=b` asks for the text b [spl 5.2 values]. It only reads; what
the terms mean is in `matching`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple, Union

from .errors import SearchSyntaxError
from .split import end_of_bracket
from .words import unquote


class Compare(NamedTuple):
    """`field op value`; `quoted` where the value was."""

    field: str
    operator: str
    value: str
    quoted: bool = False


class OneOf(NamedTuple):
    """`field IN (values)`."""

    field: str
    values: tuple[str, ...]


class Phrase(NamedTuple):
    """A word or a quoted phrase that is looked for in _raw."""

    text: str
    quoted: bool = False


class Subsearch(NamedTuple):
    """`[ ... ]`: its rows become terms."""

    text: str


class Not(NamedTuple):
    """`NOT term`."""

    term: Term


class All(NamedTuple):
    """Terms joined by AND; none: everything matches."""

    terms: tuple[Term, ...]


class Any(NamedTuple):
    """Terms joined by OR."""

    terms: tuple[Term, ...]


Term = Union[Compare, OneOf, Phrase, Subsearch, Not, All, Any]

_FIELD = r'(?P<field>"(?:[^"\\]|\\.)*"|[^\s"=<>!(),\[\]|]+)'
_VALUE = r'(?:"(?:[^"\\]|\\.)*"|(?:[^\s"(),\[\]|\\]|\\.)+)'
_compare = re.compile(_FIELD + r"\s*(?P<operator>!=|<=|>=|=|<|>)\s*(?P<value>" + _VALUE + ")", re.DOTALL).match
_one_of = re.compile(_FIELD + r"\s+IN\s*\(", re.DOTALL).match
_word = re.compile(_VALUE, re.DOTALL).match
_blank = re.compile(r"\s*").match
OPERATORS = ("AND", "OR", "NOT")


class _Parser:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0

    def skip(self) -> None:
        match = _blank(self.text, self.at)
        self.at = match.end() if match else self.at

    def rest(self) -> str:
        self.skip()
        return self.text[self.at :]

    def is_operator(self, name: str) -> bool:
        return re.match(rf"{name}(?=[\s(\[]|$)", self.rest()) is not None

    def takes(self, name: str) -> bool:
        found = self.is_operator(name)
        self.at += len(name) * found
        return found

    def conjunction(self) -> Term:
        found = [self.disjunction()]
        while True:
            joined = self.takes("AND")
            if not joined and (not self.rest() or self.rest()[0] == ")"):
                return found[0] if len(found) == 1 else All(tuple(found))
            found.append(self.disjunction())

    def disjunction(self) -> Term:
        found = [self.negation()]
        while self.takes("OR"):
            found.append(self.negation())
        return found[0] if len(found) == 1 else Any(tuple(found))

    def negation(self) -> Term:
        return Not(self.negation()) if self.takes("NOT") else self.primary()

    def primary(self) -> Term:
        rest = self.rest()
        if not rest or rest[0] == ")" or any(self.is_operator(name) for name in OPERATORS):
            raise SearchSyntaxError(f"a search term is missing before {rest[:20] or 'the end'!r}")
        if rest[0] == "(":
            return self.parenthesis()
        if rest[0] == "[":
            end = end_of_bracket(self.text, self.at)
            inner, self.at = self.text[self.at + 1 : end - 1].strip(), end
            return Subsearch(inner)
        match = _one_of(self.text, self.at)
        if match:
            return self.list_of_values(match)
        match = _compare(self.text, self.at)
        if match:
            self.at = match.end()
            value = match["value"]
            return Compare(unquote(match["field"]), match["operator"], unquote(value), value.startswith('"'))
        return self.phrase()

    def parenthesis(self) -> Term:
        self.at += 1
        inner = self.conjunction()
        if not self.rest().startswith(")"):
            raise SearchSyntaxError(f"')' is missing before {self.rest()[:20] or 'the end'!r}")
        self.at += 1
        return inner

    def list_of_values(self, match: re.Match[str]) -> Term:
        end = end_of_bracket(self.text, match.end() - 1)
        inner, self.at = self.text[match.end() : end - 1], end
        values = re.findall(rf"\s*({_VALUE})\s*(?:,|$)", inner)
        if not values or re.sub(rf"\s*{_VALUE}\s*(?:,|$)", "", inner).strip() or inner.strip().endswith(","):
            raise SearchSyntaxError(f"IN ({inner}) is no list of values with commas between them")
        return OneOf(unquote(match["field"]), tuple(unquote(value) for value in values))

    def phrase(self) -> Term:
        match = _word(self.text, self.at)
        if not match:
            raise SearchSyntaxError(f"{self.rest()[:20]!r} is no search term")
        if not match[0].startswith('"') and re.search("[=<>]", match[0]):
            raise SearchSyntaxError(f"a value is missing in {match[0]!r}")
        self.at = match.end()
        return Phrase(unquote(match[0]), match[0].startswith('"'))


def parse_terms(text: str) -> Term:
    """Returns the terms of a search, All(()) where there are none; SearchSyntaxError on what is left over or open."""
    if not text.strip():
        return All(())
    parser = _Parser(text)
    found = parser.conjunction()
    if parser.rest():
        raise SearchSyntaxError(f"{parser.rest()[:20]!r} closes nothing")
    return found


def leaves(term: Term) -> Iterator[Term]:
    """Yields every term that is no AND, OR or NOT."""
    if isinstance(term, Not):
        yield from leaves(term.term)
    elif isinstance(term, (All, Any)):
        for each in term.terms:
            yield from leaves(each)
    else:
        yield term
