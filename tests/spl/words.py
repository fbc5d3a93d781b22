"""The arguments of a command as words: what stands between blanks and commas, quotes and brackets kept together.

In: the text after a command's name. Out: Words. It knows no command; `take_options` separates `name=value` words from the
others by a list of names.
"""

from __future__ import annotations

import re
from collections.abc import Container, Sequence
from typing import NamedTuple

from .errors import SearchSyntaxError
from .split import end_of_bracket, end_of_quote

_option = re.compile(r"(\w+)=(.*)", re.DOTALL).fullmatch
_ESCAPED = re.compile(r'\\(["\\])')


class Word(NamedTuple):
    """One argument as typed. A comma is a word of its own."""

    raw: str

    @property
    def text(self) -> str:
        """What is meant: without the quotes around it."""
        return unquote(self.raw)

    @property
    def is_quoted(self) -> bool:
        return self.raw.startswith('"')

    @property
    def is_subsearch(self) -> bool:
        return self.raw.startswith("[")

    @property
    def subsearch(self) -> str:
        return self.raw[1:-1].strip()

    def is_keyword(self, *keywords: str) -> bool:
        """Whether this is AS, BY, OUTPUT ...; Splunk takes them in any case."""
        return self.raw.upper() in keywords


def unquote(raw: str) -> str:
    """Returns the text without double quotes around it; inside them `\\"` and `\\\\` stand for the second character."""
    if len(raw) > 1 and raw.startswith('"') and raw.endswith('"'):
        return _ESCAPED.sub(r"\1", raw[1:-1])
    return raw


def words(body: str) -> list[Word]:
    """Returns the words of `body`; SearchSyntaxError on open quotes and brackets."""
    found, start, position = [], 0, 0
    while position < len(body):
        character = body[position]
        if character.isspace() or character == ",":
            if start < position:
                found.append(Word(body[start:position]))
            if character == ",":
                found.append(Word(","))
            position += 1
            start = position
        elif character == '"':
            position = end_of_quote(body, position)
        elif character in "([":
            position = end_of_bracket(body, position)
        elif character in ")]":
            raise SearchSyntaxError(f"{character!r} closes nothing: {body[max(0, position - 30) : position + 1]!r}")
        else:
            position += 2 if character == "\\" else 1
    if start < len(body):
        found.append(Word(body[start:]))
    return found


def take_options(arguments: Sequence[Word], names: Container[str]) -> tuple[dict[str, str], list[Word]]:
    """Returns the options and the other words. SearchSyntaxError on `x=y` with an x that is not in `names`, or twice."""
    options: dict[str, str] = {}
    rest = []
    for word in arguments:
        match = None if word.raw.startswith(('"', "[", "(")) else _option(word.raw)
        if not match:
            rest.append(word)
            continue
        name, value = match.groups()
        if name not in names:
            raise SearchSyntaxError(f"there is no option {name}={value}")
        if name in options:
            raise SearchSyntaxError(f"the option {name} comes twice")
        options[name] = unquote(value)
    return options, rest


def names_in(arguments: Sequence[Word]) -> list[str]:
    """Returns words as field names; commas between them may be there or not, but not doubled or at an end."""
    found: list[str] = []
    comma = True
    for word in arguments:
        if word.raw == "," and comma:
            raise SearchSyntaxError("a comma with no field before it")
        comma = word.raw == ","
        if comma:
            continue
        if word.is_subsearch or (not word.is_quoted and re.search(r"[()\[\]=<>]", word.raw)):
            raise SearchSyntaxError(f"{word.raw!r} is no field name")
        found.append(word.text)
    if comma and found:
        raise SearchSyntaxError("a comma with no field after it")
    return found


def truth(value: str) -> bool:
    """Returns what an option's value says; SearchSyntaxError if it is no boolean."""
    if value.lower() in ("true", "t", "1", "yes"):
        return True
    if value.lower() in ("false", "f", "0", "no"):
        return False
    raise SearchSyntaxError(f"{value!r} is neither true nor false")


def whole(value: str) -> int:
    """Returns a whole number that is not negative; SearchSyntaxError otherwise."""
    if not value.isascii() or not value.isdigit():
        raise SearchSyntaxError(f"{value!r} is no whole number")
    return int(value)
