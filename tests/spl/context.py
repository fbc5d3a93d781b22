"""What one run of a search knows beside its rows: the app, the time, the time range, the events, chance and messages."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import tzinfo
from typing import TYPE_CHECKING, Any, Callable, TypeVar, Union

from .values import Row

if TYPE_CHECKING:
    from tests.splunkd import Splunkd

    from .app import App

# What a test hands in for a command that is not played: rows, or a function of the arguments and the rows before it.
Fixture = Union[Sequence[Row], Callable[[str, list[Row]], Sequence[Row]]]
Item = TypeVar("Item")


@dataclass
class Context:
    """One run. now, earliest, latest, index_earliest, index_latest: epoch seconds, None for no bound.

    seed, shuffle: None, or the source of chance for every order that SPL does not promise; empty: whether an empty cell of a
    lookup or of a command's reply is read as `null` or as `empty` text, which nobody has documented [spl 6.5].
    """

    app: App
    splunkd: Splunkd | None
    now: float
    zone: tzinfo
    events: Iterable[Mapping[str, Any]] = ()
    earliest: float | None = None
    latest: float | None = None
    index_earliest: float | None = None
    index_latest: float | None = None
    seed: int | None = None
    shuffle: random.Random | None = None
    empty: str = "null"
    fixtures: Mapping[str, Fixture] = field(default_factory=dict)
    messages: list[tuple[str, str]] = field(default_factory=list)
    trace: list[tuple[str, int]] = field(default_factory=list)
    depth: int = 0

    def in_any_order(self, items: Iterable[Item]) -> list[Item]:
        """Returns items whose order SPL does not promise: as they are, or by chance."""
        found = list(items)
        if self.shuffle is not None:
            self.shuffle.shuffle(found)
        return found

    def in_any_order_of(self, texts: list[str]) -> list[str]:
        """The same for the values of one row, whose order by chance does not depend on when the row is looked at."""
        if self.seed is None:
            return texts
        return random.Random(f"{self.seed} {texts}").sample(texts, len(texts))
