"""Static checks of one search [spl 3]: what is wrong with it, or would be one day, told without running it.

In: the text of a search as it is shipped, and the app. Out: Problems, none where all is well. What it lets pass is inside
the subset whose meaning is documented; the bans [spl 3.10] are against what loses rows or time without a word.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from . import arguments as shapes
from . import check_commands, flow, flow_effects
from .app import App
from .commands.nesting import filled
from .errors import SplError
from .parse import Command, parse_stage
from .split import Stage, split_pipeline
from .vocabulary import COMMANDS, GENERATING


class Problem(NamedTuple):
    """where: the search and the command in it; what: a sentence."""

    where: str
    what: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what}"


def check_search(text: str, app: App, where: str = "search") -> list[Problem]:
    """Returns what is wrong with a search of the app; `where` names it in the answers."""
    try:
        stages = split_pipeline(app.expand(text))
    except SplError as error:
        return [Problem(where, _sentence(error.what))]
    return [Problem(f"{where}, {place}" if place else where, what) for place, what in _Checker(app).problems(stages)]


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:].rstrip(".") + "."


class _Checker:
    """Goes through a pipeline and the pipelines inside it; `state` is which fields there are."""

    def __init__(self, app: App, state: flow.Flow | None = None) -> None:
        self.app = app
        self.state = state or flow.Flow(set())

    def problems(self, stages: list[Stage], goes_on: bool = False) -> Iterator[tuple[str, str]]:
        commands: list[Command] = []
        for stage in stages:
            try:
                command = parse_stage(stage, self.app.commands)
            except SplError as error:
                yield stage.place, _sentence(error.what)
                self.state.replace(None)
                continue
            is_first = stage.number == 1 and not goes_on
            for what in self._of_command(command, commands, is_first):
                yield stage.place, what
            commands.append(command)

    def _of_command(self, command: Command, before: list[Command], is_first: bool) -> Iterator[str]:
        name, arguments = command.name, command.arguments
        if name in COMMANDS and COMMANDS[name].refused:
            yield f"{name} is not for shipped searches: {COMMANDS[name].refused}."
        yield from _of_position(command, is_first)
        if is_first and isinstance(arguments, shapes.Search):
            self.state = flow.of_events(arguments.term, self.app)
            yield from check_commands.of_first_search(arguments.term)
        yield from check_commands.of_command(command, before, self.state, self.app)
        if not (isinstance(arguments, shapes.Fields) and "*" in "".join(arguments.names)):
            for missing in self.state.missing(flow.reads(arguments)):
                yield f"No row has a field {missing} there."
        for missing in flow_effects.apply(name, arguments, self.state, self.app):
            yield f"No row has a field {missing} there."
        yield from self._of_nested(arguments)

    def _of_nested(self, arguments: shapes.Arguments) -> Iterator[str]:
        if isinstance(arguments, shapes.Append):
            goes_on = not arguments.subsearch.startswith("|") and "search" not in arguments.subsearch.split(None, 1)[:1]
            inner = _Checker(self.app, self.state.copy() if goes_on else None)
            yield from inner.within(arguments.subsearch, goes_on)
            if inner.state.names is None:
                self.state.replace(None)
            else:
                self.state.add(*inner.state.names)
                self.state.several |= inner.state.several
        elif isinstance(arguments, shapes.Foreach):
            for name in arguments.names:
                found = "matched" if "*" in name else name
                inner = _Checker(self.app, flow.Flow() if "*" in name else self.state)
                try:
                    yield from inner.within(filled(arguments.template, name.replace("*", "matched"), found), True)
                except SplError as error:
                    yield _sentence(error.what)
                self.state = flow.Flow() if "*" in name else inner.state

    def within(self, text: str, goes_on: bool) -> Iterator[str]:
        """The problems of a pipeline in brackets."""
        try:
            stages = split_pipeline(f"| {text}" if goes_on else text)
        except SplError as error:
            yield _sentence(error.what)
            return
        for place, what in self.problems(stages, goes_on):
            yield f"in [ ], {place}: {what}"


def _of_position(command: Command, is_first: bool) -> Iterator[str]:
    """[spl 3.5] What generates stands first, or has append=true; nothing else stands first."""
    name, stage = command.name, command.stage
    generates = name in COMMANDS and COMMANDS[name].kind == GENERATING
    if is_first and not generates and name != "search":
        yield f"{name} stands first and generates nothing."
    if generates and not is_first and not _appends(command.arguments):
        yield f"{name} is not first: only its append=true may stand there."
    if stage.implied and stage.body.split(None, 1)[0] in COMMANDS:
        yield f"The search begins with the word {stage.body.split(None, 1)[0]}: a pipe before it is missing."


def _appends(arguments: shapes.Arguments) -> bool:
    if isinstance(arguments, shapes.Inputlookup):
        return arguments.append
    return isinstance(arguments, shapes.Tstats) and arguments.options.get("append", "f").lower() in ("t", "true", "1")
