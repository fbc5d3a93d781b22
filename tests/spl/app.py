"""An app's folder, as far as its searches are concerned: macros, lookups, commands, saved searches, views.

In: the folder (default/ with local/ over it). What is in no file of the app comes from the caller: which fields events of
a sourcetype have, and which fields the app's own commands add. It reads; it judges nothing.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from tests.splunkd.conf import Stanzas, read_conf

from .errors import SearchFailed
from .macros import Macro, expand, macro_of

_option_in_syntax = re.compile(r"\b(\w+)=").findall


class LookupFile(NamedTuple):
    """A lookup by its name in a search: the file (which may be missing) and its stanza of transforms.conf ({} if none)."""

    name: str
    path: Path
    settings: Mapping[str, str]


class App:
    """One app. What its files do not say:

    event_fields: sourcetype → names of its events' fields, `x.*` for all below x;
    command_fields: command of the app → the fields that it adds; those of `command option=true` only with that option;
    several_values: command of the app → those fields that may have several values;
    lookup_columns: file name of a lookup → its columns, `name?` for one that need not be there.
    """

    def __init__(
        self,
        folder: Path,
        event_fields: Mapping[str, Sequence[str]] | None = None,
        command_fields: Mapping[str, Sequence[str]] | None = None,
        lookup_columns: Mapping[str, Sequence[str]] | None = None,
        several_values: Mapping[str, Sequence[str]] | None = None,
    ) -> None:
        self.folder = Path(folder)
        self.event_fields = dict(event_fields or {})
        self.command_fields = dict(command_fields or {})
        self.lookup_columns = dict(lookup_columns or {})
        self.several_values = dict(several_values or {})

    def conf(self, name: str) -> Stanzas:
        return read_conf(self.folder, name)

    @cached_property
    def macros(self) -> dict[str, Macro]:
        return {name: macro_of(settings) for name, settings in self.conf("macros").items() if name != "default"}

    @cached_property
    def commands(self) -> dict[str, list[str]]:
        """The app's search commands and the options that searchbnf.conf lists for each."""
        described = self.conf("searchbnf")
        found = {}
        for command in self.conf("commands"):
            if command != "default":
                syntaxes = [
                    settings.get("syntax", "") for stanza, settings in described.items() if stanza.startswith(f"{command}-")
                ]
                found[command] = list(dict.fromkeys(_option_in_syntax(" ".join(syntaxes))))
        return found

    @cached_property
    def saved_searches(self) -> Stanzas:
        return {name: settings for name, settings in self.conf("savedsearches").items() if name != "default"}

    @cached_property
    def views(self) -> dict[str, str]:
        """The text of each view, by its name."""
        folder = self.folder / "default" / "data" / "ui" / "views"
        return {path.stem: path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.xml"))}

    def expand(self, search: str) -> str:
        return expand(search, self.macros)

    def lookup(self, name: str) -> LookupFile | None:
        """Returns the lookup that a search calls by this name, a stanza of transforms.conf or a file; None if neither."""
        settings = self.conf("transforms").get(name)
        if settings is not None:
            if "filename" not in settings:
                raise SearchFailed(f"transforms.conf [{name}] names no file")
            return LookupFile(name, self.folder / "lookups" / settings["filename"], settings)
        path = self.folder / "lookups" / name
        if name.endswith(".csv") and "/" not in name and (path.is_file() or name in self.lookup_columns):
            return LookupFile(name, path, {})
        return None

    def columns_of(self, lookup: LookupFile) -> list[str] | None:
        """Returns a lookup's columns: as the caller gave them, else as its file has them; None if neither is there."""
        given = self.lookup_columns.get(lookup.path.name)
        if given is not None:
            return [name.rstrip("?") for name in given]
        if lookup.path.is_file():
            with open(lookup.path, encoding="utf-8-sig", newline="") as file:
                return next(csv.reader(file), None)
        return None

    def required_columns_of(self, lookup: LookupFile) -> list[str] | None:
        """The same without those that a lookup need not have."""
        given = self.lookup_columns.get(lookup.path.name)
        return self.columns_of(lookup) if given is None else [name for name in given if not name.endswith("?")]
