"""A search as text, cut into the commands of its pipeline.

In: the text of a search, macros expanded. Out: one Stage a command. Commands are separated by `|` outside double quotes,
parentheses and brackets; a backslash takes the next character's meaning away; text between triple backticks is a comment
[spl 6.6]. Splunk reads a search that does not begin with `|` as if `search` stood before it [spl 3.5]. It does not know
any command.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from .errors import SearchSyntaxError

_CLOSING = {"(": ")", "[": "]"}
COMMENT = "```"


class Stage(NamedTuple):
    """One command: its name as typed, the text after the name, its number in the pipeline from 1.

    `implied` is true where the name `search` is not in the text.
    """

    command: str
    body: str
    number: int
    implied: bool = False

    @property
    def place(self) -> str:
        return f"{self.command} (command {self.number})"


def unquoted(text: str, start: int = 0) -> Iterator[tuple[int, str]]:
    """Yields (position, character) of everything outside double quotes; pairs of backslash and character are left out.

    SearchSyntaxError if a quote stays open.
    """
    position = start
    while position < len(text):
        character = text[position]
        if character == '"':
            position = end_of_quote(text, position)
            continue
        if character == "\\":
            position += 2
            continue
        yield position, character
        position += 1


def end_of_quote(text: str, start: int) -> int:
    """Returns the position after the double quote that closes the one at `start`."""
    position = start + 1
    while position < len(text):
        if text[position] == '"':
            return position + 1
        position += 2 if text[position] == "\\" else 1
    raise SearchSyntaxError(f"a double quote stays open: {text[start : start + 40]!r}")


def end_of_bracket(text: str, start: int) -> int:
    """Returns the position after the bracket or parenthesis that closes the one at `start`."""
    open_ones: list[str] = []
    for position, character in unquoted(text, start):
        if character in "([":
            open_ones.append(character)
        elif character in ")]":
            if not open_ones or _CLOSING[open_ones.pop()] != character:
                raise SearchSyntaxError(f"{character!r} closes nothing: {text[max(0, position - 30) : position + 1]!r}")
            if not open_ones:
                return position + 1
    raise SearchSyntaxError(f"{text[start]!r} stays open: {text[start : start + 40]!r}")


def without_comments(text: str) -> str:
    """Returns the text with a blank in place of each comment."""
    kept, position = [], 0
    while position < len(text):
        opening = next((at for at, _ in unquoted(text, position) if text.startswith(COMMENT, at)), None)
        if opening is None:
            break
        closing = text.find(COMMENT, opening + len(COMMENT))
        if closing < 0:
            raise SearchSyntaxError("a comment stays open: three backticks must end it")
        kept.append(text[position:opening] + " ")
        position = closing + len(COMMENT)
    return "".join(kept) + text[position:]


def split_at_pipes(text: str) -> list[str]:
    """Returns the parts between the pipes, stripped; the first is empty where the text begins with a pipe."""
    parts, start, skip_to = [], 0, 0
    for position, character in unquoted(text):
        if position < skip_to:
            continue
        if character in "([":
            skip_to = end_of_bracket(text, position)
        elif character in ")]":
            raise SearchSyntaxError(f"{character!r} closes nothing: {text[max(0, position - 30) : position + 1]!r}")
        elif character == "|":
            parts.append(text[start:position].strip())
            start = position + 1
    return [*parts, text[start:].strip()]


def split_pipeline(text: str) -> list[Stage]:
    """Returns the commands of a search. SearchSyntaxError on open quotes, brackets or comments and on empty commands."""
    text = without_comments(text)
    if any(character == "`" for _, character in unquoted(text)):
        raise SearchSyntaxError("a backtick is left: a macro that is not expanded, or a backtick that stays open")
    first, *rest = split_at_pipes(text)
    stages = []
    if first:
        name, *body = first.split(None, 1)
        stages.append(Stage("search", "".join(body), 1) if name == "search" else Stage("search", first, 1, implied=True))
    elif not rest:
        raise SearchSyntaxError("the search is empty")
    for part in rest:
        if not part:
            raise SearchSyntaxError("nothing stands between two pipes, or after the last one")
        stages.append(_stage(part, len(stages) + 1))
    return stages


def _stage(part: str, number: int) -> Stage:
    words = part.split(None, 1)
    name, body = words[0], words[1] if len(words) > 1 else ""
    for position, character in enumerate(name):
        if not (character.isalnum() or character == "_"):  # `stats(count)`, `where(x)`: a bracket may follow at once
            name, body = part[:position], part[position:].strip()
            break
    if not name:
        raise SearchSyntaxError(f"no command begins with {part[:20]!r}")
    return Stage(name, body, number)
