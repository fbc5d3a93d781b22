"""STIX patterns: the addresses that a pattern names.

In: a pattern of STIX 2.0 or 2.1 as text. Out: the ranges of which it says that an address in them is what it looks for. Source:
https://docs.oasis-open.org/cti/stix/v2.1/os/stix-v2.1-os.html, section 9. The whole grammar is read, by recursive descent; what is
computed is only this: OR joins, AND joins too (an address together with a port is that address) but takes out what it
excludes, and a negated comparison (`NOT`, `!=`) names nothing. LIKE, MATCHES, ISSUPERSET and `<` name no addresses that could be listed.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from callerintel.address import Range, parse_range
from callerintel.feeds.range_sets import RangeSet, joined

LONGEST_PATTERN = 100_000
DEEPEST = 50

_token = re.compile(
    r"\s*(?:(?P<string>[bht]?'(?:[^'\\]|\\.)*')"
    r"|(?P<op><=|>=|!=|<>|==|=|<|>)"
    r"|(?P<mark>[\[\](),])"
    r"|(?P<path>[A-Za-z][A-Za-z0-9-]*:(?:[A-Za-z0-9_.*-]|\[[0-9*]+\]|'(?:[^'\\]|\\.)*')+)"
    r"|(?P<word>[A-Za-z]+)"
    r"|(?P<number>[+-]?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?))"
)
_is_address_path = re.compile(
    r"ipv[46]-addr:value|network-traffic:(?:src|dst)_ref(?:\[[0-9*]+\])?\.value|domain-name:resolves_to_refs\[[0-9*]+\]\.value"
).fullmatch
_may_name = re.compile(r"ipv[46]-addr\s*:|_ref|resolves_to_refs").search
_COMPARISONS = ("IN", "LIKE", "MATCHES", "ISSUBSET", "ISSUPERSET")


class PatternError(ValueError):
    """A text is no STIX pattern; the message says where."""


class Named(NamedTuple):
    """What an expression names, and what it excludes."""

    ranges: tuple[Range, ...] = ()
    excluded: tuple[Range, ...] = ()


def may_name_addresses(pattern: str) -> bool:
    """Whether a pattern mentions addresses at all; cheap, and true too often rather than too seldom."""
    return _may_name(pattern) is not None


def pattern_ranges(pattern: str) -> list[Range]:
    """The ranges that a pattern names, each once, in the order in which it does. PatternError when it is no pattern."""
    if len(pattern) > LONGEST_PATTERN:
        raise PatternError("it is too long")
    reader = _Reader(_tokens(pattern))
    named = reader.observations(0)
    if reader.kind:
        raise PatternError(f"{reader.text!r} is too much")
    return list(dict.fromkeys(named.ranges))


def _tokens(pattern: str) -> list[tuple[str, str]]:
    tokens: list[tuple[str, str]] = []
    at, end = 0, len(pattern.rstrip())
    while at < end:
        match = _token.match(pattern, at)
        if match is None or match.lastgroup is None:
            raise PatternError(f"character {at + 1} makes no sense")
        tokens.append((match.lastgroup, match.group(match.lastgroup)))
        at = match.end()
    return tokens


class _Reader:
    """The tokens and the place in them: `kind` and `text` are those of the next token, '' at the end."""

    def __init__(self, tokens: list[tuple[str, str]]) -> None:
        self._tokens, self._at = tokens, -1
        self.kind = self.text = ""
        self._next()

    def observations(self, depth: int) -> Named:
        """Observations joined by AND, OR, FOLLOWEDBY, in any nesting: each names what it names."""
        ranges = self._observation(depth).ranges
        while self._word() in ("AND", "OR", "FOLLOWEDBY"):
            self._next()
            ranges += self._observation(depth).ranges
        return Named(ranges)

    def _observation(self, depth: int) -> Named:
        closing = {"[": "]", "(": ")"}.get(self.text, "") if depth < DEEPEST else ""
        if not closing:
            raise PatternError(f"an observation was expected, not {self.text!r}")
        self._next()
        named = self._disjunction(depth + 1) if closing == "]" else self.observations(depth + 1)
        self._expect(closing)
        self._qualifiers()
        return named

    def _qualifiers(self) -> None:
        while self._word() in ("WITHIN", "REPEATS", "START", "STOP"):
            self._next()
            while self.kind in ("number", "string") or self._word() in ("SECONDS", "TIMES"):
                self._next()

    def _disjunction(self, depth: int) -> Named:
        named = [self._conjunction(depth)]
        while self._word() == "OR":
            self._next()
            named.append(self._conjunction(depth))
        if len(named) == 1:
            return named[0]
        return Named(tuple(found for one in named for found in one.ranges))

    def _conjunction(self, depth: int) -> Named:
        named = [self._comparison(depth)]
        while self._word() == "AND":
            self._next()
            named.append(self._comparison(depth))
        if len(named) == 1:
            return named[0]
        excluded = tuple(found for one in named for found in one.excluded)
        ranges = dict.fromkeys(found for one in named for found in one.ranges)
        holes = RangeSet(joined(excluded))  # asked by bisection: thousands of `!=` beside thousands of `=` are no square
        return Named(tuple(Range(*piece) for found in ranges for piece in holes.outside(*found)), excluded)

    def _comparison(self, depth: int) -> Named:
        if self.text == "(" and depth < DEEPEST:
            self._next()
            named = self._disjunction(depth + 1)
            self._expect(")")
            return named
        if self._word() in ("EXISTS", "NOT"):
            if self._word() == "NOT":
                self._next()
            if self._word() != "EXISTS":
                raise PatternError(f"EXISTS was expected, not {self.text!r}")
            self._next()
            self._take("path")
            return Named()
        path = self._take("path")
        negated = self._word() == "NOT"
        if negated:
            self._next()
        operator = self._word() or self.text
        if self.kind != "op" and operator not in _COMPARISONS:
            raise PatternError(f"a comparison was expected, not {self.text!r}")
        self._next()
        return _named(path, negated, operator, self._values())

    def _values(self) -> list[str]:
        if self.text != "(":
            return [self._value()]
        self._next()
        values = [self._value()]
        while self.text == ",":
            self._next()
            values.append(self._value())
        self._expect(")")
        return values

    def _value(self) -> str:
        kind, text = self.kind, self.text
        if kind not in ("string", "number") and self._word() not in ("TRUE", "FALSE"):
            raise PatternError(f"a value was expected, not {text!r}")
        self._next()
        return re.sub(r"\\(.)", r"\1", text[1:-1]) if kind == "string" and text[0] == "'" else ""

    def _take(self, kind: str) -> str:
        if self.kind != kind:
            raise PatternError(f"a {kind} was expected, not {self.text!r}")
        text = self.text
        self._next()
        return text

    def _word(self) -> str:
        return self.text.upper() if self.kind == "word" else ""

    def _expect(self, mark: str) -> None:
        if self.kind != "mark" or self.text != mark:
            raise PatternError(f"{mark!r} was expected, not {self.text!r}")
        self._next()

    def _next(self) -> None:
        self._at += 1
        self.kind, self.text = self._tokens[self._at] if self._at < len(self._tokens) else ("", "")


def _named(path: str, negated: bool, operator: str, values: list[str]) -> Named:
    if not _is_address_path(path) or operator not in ("=", "==", "!=", "<>", "IN", "ISSUBSET"):
        return Named()
    ranges = tuple(found for found in map(parse_range, values) if found is not None)
    if negated != (operator in ("!=", "<>")):
        return Named((), ranges)
    return Named(ranges)
