"""The arguments of the commands that read and write lookups, and `a AS b` pairs, which others have too."""

from __future__ import annotations

import re
from collections.abc import Sequence

from .arguments import Inputlookup, Lookup, Outputlookup
from .errors import SearchSyntaxError
from .terms import parse_terms
from .vocabulary import COMMANDS
from .words import Word, take_options, truth, whole, words


def pairs(arguments: Sequence[Word]) -> list[tuple[str, str]]:
    """Returns (a, b) for each `a AS b`, (a, a) for a name alone; commas between them may be there or not."""
    found: list[tuple[str, str]] = []
    rest = [word for word in arguments if word.raw != ","]
    while rest:
        name = rest.pop(0)
        if name.is_keyword("AS") or name.is_subsearch:
            raise SearchSyntaxError(f"{name.raw} stands where a field must be")
        other = name
        if rest and rest[0].is_keyword("AS"):
            if len(rest) < 2:
                raise SearchSyntaxError(f"{name.raw} AS has no name after it")
            other = rest[1]
            del rest[:2]
        found.append((name.text, other.text))
    return found


def lookup(body: str, options: dict[str, str], rest: list[Word]) -> Lookup:
    if len(rest) < 2:
        raise SearchSyntaxError("lookup needs the lookup's name and a field")
    name = rest.pop(0).text
    at = next((i for i, word in enumerate(rest) if word.is_keyword("OUTPUT", "OUTPUTNEW")), len(rest))
    output = pairs(rest[at + 1 :])
    if at < len(rest) and not output:
        raise SearchSyntaxError(f"nothing stands after {rest[at].raw}")
    mode = rest[at].raw.upper() if at < len(rest) else ""
    return Lookup(name, tuple(pairs(rest[:at])), mode, tuple(output), options)


def inputlookup(body: str) -> Inputlookup:
    head, _, terms = _before_where(body)
    options, rest = take_options(words(head), COMMANDS["inputlookup"].options)
    if len(rest) != 1:
        raise SearchSyntaxError("inputlookup takes the name of one lookup")
    return Inputlookup(
        rest[0].text,
        truth(options.get("append", "f")),
        truth(options.get("strict", "f")),
        whole(options.get("start", "0")),
        whole(options["max"]) if "max" in options else None,
        parse_terms(terms) if terms else None,
    )


def _before_where(body: str) -> tuple[str, str, str]:
    match = re.search(r"\swhere\s", body, re.IGNORECASE)
    if not match:
        return body, "", ""
    terms = body[match.end() :].strip()
    if not terms:
        raise SearchSyntaxError("nothing stands after where")
    return body[: match.start()], match[0], terms


def outputlookup(body: str, options: dict[str, str], rest: list[Word]) -> Outputlookup:
    if len(rest) != 1:
        raise SearchSyntaxError("outputlookup takes the name of one lookup")
    for name in ("append", "create_empty", "override_if_empty", "createinapp"):
        truth(options.get(name, "t"))
    return Outputlookup(rest[0].text, options)
