"""Search macros: `` `name` `` and `` `name(a, b)` `` in a search become what macros.conf defines.

[spl 3.3]: `name(2)` is the stanza of a macro with two arguments; `$arg$` is replaced everywhere in the definition, also
inside quotes; a macro inside double quotes of the search is not expanded; a definition with `iseval = 1` is an expression
that gives the text; macros nest, 100 deep by default. In: text and {stanza: Macro}. Out: text without macros.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from .errors import SearchSyntaxError, Unsupported
from .expression import parse_expression
from .rules import problems_of_condition
from .split import unquoted, without_comments
from .words import unquote, words

MAX_DEPTH = 100
_use = re.compile(r"([\w:.-]+)\s*(?:\((.*)\))?", re.DOTALL).fullmatch
_stanza = re.compile(r"([\w:.-]+)\((\d+)\)").fullmatch
_argument = re.compile(r"\$([A-Za-z0-9_-]+)\$")


class Macro(NamedTuple):
    """One stanza of macros.conf: definition, the names of its arguments, whether the definition is an expression, and the
    condition that its arguments must meet."""

    definition: str
    arguments: tuple[str, ...] = ()
    is_eval: bool = False
    validation: str = ""


def macro_of(settings: Mapping[str, str]) -> Macro:
    """Returns the Macro of a stanza's settings."""
    names = [name.strip() for name in settings.get("args", "").split(",") if name.strip()]
    is_eval = settings.get("iseval", "0").strip().lower() in ("1", "true", "yes", "t")
    return Macro(settings.get("definition", ""), tuple(names), is_eval, settings.get("validation", ""))


def problems_of_macro(stanza: str, macro: Macro) -> list[str]:
    """Returns what is wrong with a stanza by itself, as sentences."""
    match = _stanza(stanza)
    found = []
    if (int(match[2]) if match else 0) != len(macro.arguments):
        found.append(f"[{stanza}] and args = {', '.join(macro.arguments) or 'nothing'} differ in their number.")
    if len(set(macro.arguments)) < len(macro.arguments):
        found.append(f"[{stanza}] names an argument twice.")
    if not all(re.fullmatch("[A-Za-z0-9_-]+", name) for name in macro.arguments):
        found.append(f"[{stanza}] has an argument that is not made of letters, digits, _ and -.")
    if not macro.definition:
        found.append(f"[{stanza}] has no definition.")
    used = set(_argument.findall(macro.definition))
    found += [f"[{stanza}] uses ${name}$, which is none of its arguments." for name in sorted(used - set(macro.arguments))]
    found += [f"[{stanza}] does not use its argument {name}." for name in macro.arguments if name not in used]
    if macro.validation:
        found += [f"[{stanza}] validation: {problem}" for problem in _problems_of_validation(macro)]
    return found


def _problems_of_validation(macro: Macro) -> list[str]:
    try:
        return list(problems_of_condition(parse_expression(_argument.sub("x", macro.validation))))
    except SearchSyntaxError as error:
        return [f"{error.what}."]


def uses(text: str) -> list[tuple[str, list[str], int, int]]:
    """Returns (name, arguments, start, end) of each macro in the text; SearchSyntaxError if a backtick stays open."""
    ticks = [position for position, character in unquoted(text) if character == "`"]
    if len(ticks) % 2:
        raise SearchSyntaxError(f"a backtick stays open: {text[ticks[-1] : ticks[-1] + 40]!r}")
    found = []
    for start, end in zip(ticks[::2], ticks[1::2]):
        match = _use(text[start + 1 : end].strip())
        if not match:
            raise SearchSyntaxError(f"{text[start : end + 1]!r} is no use of a macro")
        given = [word for word in words(match[2] or "") if word.raw != ","] if match[2] else []
        arguments = _by_commas(match[2]) if given else []
        found.append((match[1], arguments, start, end + 1))
    return found


def _by_commas(text: str) -> list[str]:
    """The arguments as given: commas in quotes and brackets do not separate; blanks around and quotes are taken off."""
    pieces: list[list[str]] = [[]]
    for word in words(text):
        if word.raw == ",":
            pieces.append([])
        else:
            pieces[-1].append(word.raw)
    return [unquote(" ".join(piece)) for piece in pieces]


def key_of(name: str, count: int) -> str:
    """Returns the stanza of a macro: `name`, or `name(2)`."""
    return f"{name}({count})" if count else name


def expand(text: str, macros: Mapping[str, Macro], depth: int = 0) -> str:
    """Returns the text with every macro replaced. SearchSyntaxError for a macro that does not exist or nests for ever."""
    text = without_comments(text)
    if depth > MAX_DEPTH:
        raise SearchSyntaxError(f"macros nest more than {MAX_DEPTH} deep")
    for name, arguments, start, end in reversed(uses(text)):
        macro = macros.get(key_of(name, len(arguments)))
        if macro is None:
            raise SearchSyntaxError(f"there is no macro {key_of(name, len(arguments))!r}")
        if macro.is_eval:
            raise Unsupported(f"the macro {name} is an expression (iseval), which is not played")
        replaced = fill(macro, arguments)
        text = text[:start] + expand(replaced, macros, depth + 1) + text[end:]
    return text


def fill(macro: Macro, arguments: list[str]) -> str:
    """Returns a macro's definition with its arguments in place."""
    given = dict(zip(macro.arguments, arguments))
    return _argument.sub(lambda match: given.get(match[1], match[0]), macro.definition)
