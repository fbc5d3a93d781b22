"""Every search that an app ships, and what is wrong with any of them [spl 3].

Walked: savedsearches.conf (search, alert_condition), the examples of searchbnf.conf, and the views: `<search>` of Simple
XML and the data sources of Dashboard Studio, those that go on from another one put after it. Tokens of views are
replaced by a sample value [spl 6.6]. Macros are checked by themselves, and for being used.
"""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from .app import App
from .check import Problem, check_search
from .errors import SplError
from .macros import key_of, problems_of_macro, uses

_token = re.compile(r"\$\$|\$([^\s$|]+)(?:\|(\w))?\$")
TIME_SAMPLE, SAMPLE = "0", "x"


class Source(NamedTuple):
    """One search: where it is, its text; `saved` is the name of a saved search that it refers to instead."""

    where: str
    text: str
    saved: str = ""


def searches(app: App, tokens: Mapping[str, str] | None = None) -> Iterator[Source]:
    """Yields every search of the app. tokens: sample values of view tokens by name; others are `x`, times are 0."""
    for name, settings in app.saved_searches.items():
        text = settings.get("search", "")
        yield Source(f"savedsearches.conf [{name}]", text)
        if settings.get("alert_condition"):
            yield Source(f"savedsearches.conf [{name}] alert_condition", goes_on_from(text, settings["alert_condition"]))
    for stanza, settings in app.conf("searchbnf").items():
        for key, value in settings.items():
            if re.fullmatch(r"example\d+", key):
                yield Source(f"searchbnf.conf [{stanza}] {key}", value)
    for name, text in app.views.items():
        yield from of_view(name, text, tokens or {})


def goes_on_from(base: str, rest: str) -> str:
    """Returns one search of a base and what goes on from it."""
    rest = rest.strip()
    return f"{base} {rest}" if rest.startswith("|") else f"{base} | {rest}"


def of_view(name: str, text: str, tokens: Mapping[str, str]) -> Iterator[Source]:
    """Yields the searches of a view, Simple XML or Dashboard Studio."""
    root = ElementTree.fromstring(text)
    definition = root.find("definition")
    if definition is not None:
        yield from _of_studio(name, json.loads(definition.text or "{}"), tokens)
    else:
        yield from _of_simple_xml(name, root, tokens)


def with_tokens(text: str, tokens: Mapping[str, str]) -> str:
    """Returns text with `$name$` replaced by a sample, `$name|s$` by a quoted one, and `$$` by a dollar."""

    def sample(match: re.Match[str]) -> str:
        if match[0] == "$$":
            return "$"
        is_time = match[1].rpartition(".")[2] in ("earliest", "latest")
        value = tokens.get(match[1], TIME_SAMPLE if is_time else SAMPLE)
        return f'"{value}"' if match[2] == "s" else value

    return _token.sub(sample, text)


def _of_studio(name: str, definition: Any, tokens: Mapping[str, str]) -> Iterator[Source]:
    sources = definition.get("dataSources", {})

    def text_of(key: str, depth: int = 0) -> str:
        options = sources.get(key, {}).get("options", {})
        own = with_tokens(options.get("query", ""), tokens)
        base = options.get("extend")
        return goes_on_from(text_of(base, depth + 1), own) if base and depth < len(sources) else own

    for key, source in sources.items():
        where = f"view {name}, data source {key}"
        if source.get("type") == "ds.savedSearch":
            yield Source(where, "", source.get("options", {}).get("ref", ""))
        elif source.get("type") in ("ds.search", "ds.chain"):
            yield Source(where, text_of(key))


def _of_simple_xml(name: str, root: ElementTree.Element, tokens: Mapping[str, str]) -> Iterator[Source]:
    elements = list(root.iter("search"))
    by_id = {element.get("id"): element for element in elements if element.get("id")}

    def text_of(element: ElementTree.Element, depth: int = 0) -> str:
        own = with_tokens(element.findtext("query", ""), tokens)
        base = by_id.get(element.get("base"))
        return goes_on_from(text_of(base, depth + 1), own) if base is not None and depth < len(by_id) else own

    for number, element in enumerate(elements, 1):
        where = f"view {name}, search {element.get('id') or number}"
        if element.get("ref"):
            yield Source(where, "", element.get("ref", ""))
        else:
            yield Source(where, text_of(element))


def check_app(app: App, tokens: Mapping[str, str] | None = None) -> list[Problem]:
    """Returns what is wrong with all searches and macros of an app."""
    found = []
    used: set[str] = set()
    for source in searches(app, tokens):
        if source.saved and source.saved not in app.saved_searches:
            found.append(Problem(source.where, f"There is no saved search {source.saved!r}."))
        elif not source.saved:
            found += check_search(source.text, app, source.where)
            used |= _macros_in(source.text, app)
    for stanza, macro in app.macros.items():
        found += [Problem("macros.conf", what) for what in problems_of_macro(stanza, macro)]
        if stanza not in used:
            found.append(Problem("macros.conf", f"No search of the app uses [{stanza}]."))
    return found


def _macros_in(text: str, app: App, depth: int = 0) -> set[str]:
    """The macros that a text uses, by themselves or inside others."""
    try:
        keys = {key_of(name, len(arguments)) for name, arguments, _, _ in uses(text)}
    except SplError:
        return set()  # the check of the search has said it
    inner = (_macros_in(app.macros[key].definition, app, depth + 1) for key in keys if key in app.macros and depth < 100)
    return keys.union(*inner)
