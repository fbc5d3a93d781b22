"""Expressions of eval, where, fieldformat and `count(eval(...))`: text in, a tree out.

Precedence, tightest first: parentheses; `-x`; `* / %`; `+ - .`; comparison, IN, LIKE; NOT; AND; OR; XOR [spl 5.1
precedence]. Comparisons do not chain. Operators that are words are upper case [spl 5.1 case]. `'a.b'` is a field, `"a.b"`
a text, `a.b` two fields joined [spl 5.1 names]. It does not know any function: see vocabulary and check.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from .errors import SearchSyntaxError
from .tree import Binary, Call, Expression, Field, Negative, Not, Number, Text

COMPARISONS = ("=", "==", "!=", "<", "<=", ">", ">=")
_LEVELS = {"XOR": 1, "OR": 2, "AND": 3, "+": 6, "-": 6, ".": 6, "*": 7, "/": 7, "%": 7, "IN": 5, "LIKE": 5}
_LEVELS.update(dict.fromkeys(COMPARISONS, 5))
_NOT_LEVEL = 4
_COMPARISON_LEVEL = 5
_WORDS = ("AND", "OR", "XOR", "NOT", "IN", "LIKE")

_TOKEN = re.compile(
    r"""\s*(?:
    (?P<number>\d+(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w]))
  | (?P<text>"(?:[^"\\]|\\.)*")
  | (?P<field>'[^']+')
  | (?P<name>[A-Za-z_]\w*)
  | (?P<operator>==|!=|<=|>=|[-=<>+*/%.(),])
    )""",
    re.VERBOSE | re.DOTALL,
)
_ESCAPED = re.compile(r'\\(["\\])')


class _Token(NamedTuple):
    kind: str
    text: str
    start: int
    end: int


def _tokens(text: str) -> list[_Token]:
    found, position, end = [], 0, len(text.rstrip())
    while position < end:
        match = _TOKEN.match(text, position)
        if not match or match.lastgroup is None:
            raise SearchSyntaxError(f"{text[position : position + 20].strip()!r} has no meaning in an expression")
        found.append(_Token(match.lastgroup, match[match.lastgroup], match.start(match.lastgroup), match.end()))
        position = match.end()
    return [*found, _Token("end", "", end, end)]


class _Parser:
    """A position in the tokens of one expression or list of assignments."""

    def __init__(self, text: str) -> None:
        self.tokens = _tokens(text)
        self.at = 0

    @property
    def next(self) -> _Token:
        return self.tokens[self.at]

    def take(self) -> _Token:
        token = self.next
        self.at = min(self.at + 1, len(self.tokens) - 1)  # the end is never passed
        return token

    def takes(self, text: str) -> bool:
        found = self.next.text == text and self.next.kind in ("operator", "name")
        self.at += found
        return found

    def expect(self, text: str) -> None:
        if not self.takes(text):
            self.refuse_lower_case()
            raise SearchSyntaxError(f"{text!r} is missing before {self.next.text or 'the end'!r}")

    def refuse_lower_case(self) -> None:
        """Splunk takes operators in any case; its documentation, and we, write them in upper case [spl 5.1 case]."""
        if self.next.text.upper() in _WORDS:
            raise SearchSyntaxError(f"operators are upper case: {self.next.text!r}")

    def expression(self, level: int = 1) -> Expression:
        left = self.prefix(level)
        while True:
            token = self.next
            binds = _LEVELS.get(token.text, 0) if token.kind in ("operator", "name") else 0
            if binds < level or not binds:
                return left
            self.take()
            left = self.binary(token, left, binds)
            if binds == _COMPARISON_LEVEL and self.next.text in COMPARISONS:
                raise SearchSyntaxError(f"comparisons do not chain: {self.next.text!r} follows another")

    def binary(self, operator: _Token, left: Expression, binds: int) -> Expression:
        if operator.text == "IN":
            self.expect("(")
            return Call("in", (left, *self.arguments()))
        before, after = self.tokens[self.at - 2], self.next
        right = self.expression(binds + 1)
        if operator.text == "LIKE":
            return Call("like", (left, right))
        glued = operator.text == "." and before.end == operator.start and operator.end == after.start
        plain = (before.kind, after.kind) == ("name", "name")
        return Binary("=" if operator.text == "==" else operator.text, left, right, glued and plain)

    def prefix(self, level: int) -> Expression:
        if self.takes("NOT"):
            if level > _NOT_LEVEL:
                raise SearchSyntaxError("NOT after an operator that binds tighter: put parentheses around it")
            return Not(self.expression(_NOT_LEVEL))
        if self.takes("-"):
            return Negative(self.prefix(8))
        return self.primary()

    def primary(self) -> Expression:
        token = self.take()
        if token.kind == "number":
            return Number(float(token.text) if re.search("[.eE]", token.text) else int(token.text))
        if token.kind == "text":
            return Text(_ESCAPED.sub(r"\1", token.text[1:-1]))
        if token.kind == "field":
            return Field(token.text[1:-1], quoted=True)
        if token.text == "(":
            inner = self.expression()
            self.expect(")")
            return inner
        is_function = self.next.text == "(" and token.text in ("IN", "LIKE")
        if token.kind != "name" or (token.text in _WORDS and not is_function):
            raise SearchSyntaxError(f"a value is missing before {token.text or 'the end'!r}")
        if self.takes("("):
            return Call(token.text.lower(), () if self.takes(")") else self.arguments())
        return Field(token.text)

    def arguments(self) -> tuple[Expression, ...]:
        found = [self.expression()]
        while self.takes(","):
            found.append(self.expression())
        self.expect(")")
        return tuple(found)

    def target(self) -> str:
        """The name left of `=` in eval: plain, dotted, or in either kind of quotes [spl 5.1 names left of =]."""
        token = self.take()
        if token.kind in ("text", "field"):
            return token.text[1:-1]
        if token.kind != "name":
            raise SearchSyntaxError(f"{token.text or 'the end'!r} stands where a field to set must be")
        name = token.text
        while self.next.text == "." and self.tokens[self.at + 1].kind == "name":
            name += self.take().text + self.take().text
        return name

    def end(self) -> None:
        if self.next.kind != "end":
            self.refuse_lower_case()
            raise SearchSyntaxError(f"{self.next.text!r} does not belong there: an operator is missing, or a comma")


def parse_expression(text: str) -> Expression:
    """Returns the tree of one expression; SearchSyntaxError if there is none, or something after it."""
    parser = _Parser(text)
    found = parser.expression()
    parser.end()
    return found


def parse_assignments(text: str) -> list[tuple[str, Expression]]:
    """Returns the (field, expression) pairs of `eval a=.., b=..`, in their order."""
    parser = _Parser(text)
    found = []
    while True:
        name = parser.target()
        parser.expect("=")
        found.append((name, parser.expression()))
        if not parser.takes(","):
            parser.end()
            return found
