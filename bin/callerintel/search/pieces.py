"""The pieces of an answer: who called, what was done, from where; each found once in a search and kept with its written cells.

In: what an event says of one of them. Out: a piece, which holds the finding's part and the bytes of its columns. Answers are put together
from pieces, so what an event costs does not grow with what there is to say of it. Pieces are classes with slots, because nothing else
is as quick to read on every Python that Splunk has.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, TypeVar

from callerintel.search.baseline import Opinion, find_answerers
from callerintel.search.behaviour import find_action, find_agent, find_region
from callerintel.search.caller import partition_of
from callerintel.search.cloudtrail import Call
from callerintel.search.fields import plain_cells, twin_cells
from callerintel.search.finding import Judge, Place, Who
from callerintel.search.source_address import find_source_address
from callerintel.search.verdict import place_fields
from callerintel.sorted_csv import write_cell

_REMEMBERED = 50_000
# A caller holds its opinions, so there are fewer of them.
REMEMBERED_CALLERS = 5_000

_Key = TypeVar("_Key")
_Value = TypeVar("_Value")


class Memory(dict[_Key, _Value]):
    """A dict that forgets everything when it is full: what a search repeats is soon there again."""

    def keep(self, key: _Key, value: _Value, most: int = _REMEMBERED) -> _Value:
        """Remember, and give back, the value."""
        if len(self) >= most:
            self.clear()
        self[key] = value
        return value


class Opinions:
    """The opinions on one caller so far, by the value that is judged; and who is asked, by the property."""

    __slots__ = ("actions", "agents", "answerers", "regions")

    def __init__(self, who: Who) -> None:
        self.answerers = find_answerers(who.caller.name, who.groups)
        self.actions: dict[str, Opinion] = {}
        self.agents: dict[str, Opinion] = {}
        self.regions: dict[str, Opinion] = {}

    def clear(self) -> None:
        """Forget all of them."""
        for found in (self.actions, self.agents, self.regions):
            found.clear()


class Caller:
    """Who called. What a service does by itself is not judged, nor is a call of nobody."""

    __slots__ = ("cells", "is_judged", "opinions", "who")

    def __init__(self, who: Who, opinions: Opinions) -> None:
        caller = who.caller
        self.who = who
        self.is_judged = bool(caller.name) and caller.type != "AWSService"
        self.opinions = opinions
        self.cells = join_cells((caller.name, caller.type, caller.account))


class Doing:
    """The action that was called; `text` is what is shown and judged."""

    __slots__ = ("action", "cells", "is_global", "text")

    def __init__(self, event_source: str, event_name: str) -> None:
        self.action = find_action(event_source, event_name)
        self.text, self.is_global = self.action
        self.cells = join_cells((self.text,))


class Tool:
    """The agent with which it was called; `judged` is "" where that says nothing of the caller."""

    __slots__ = ("agent", "cells", "judged")

    def __init__(self, user_agent: str) -> None:
        self.agent = find_agent(user_agent)
        self.judged = self.agent.family if self.agent.is_judged else ""
        self.cells = join_cells((self.agent.family,))


class Site:
    """The region in which it was called, and the partition of AWS that it is in."""

    __slots__ = ("cells", "partition", "region")

    def __init__(self, region: str) -> None:
        self.region = find_region(region)
        self.partition = partition_of(region)
        self.cells = join_cells((self.region,))


class Origin:
    """Where it came from; `twins` are the cells of its multivalue columns."""

    __slots__ = ("cells", "is_address", "is_listed", "place", "twins")

    def __init__(self, place: Place) -> None:
        fields = place_fields(place)
        self.place = place
        self.is_address = place.source.number is not None
        self.is_listed = bool(place.known.entries)
        self.cells = join_cells(plain_cells(fields))
        self.twins = join_cells(twin_cells(fields))


class Pieces(NamedTuple):
    """All that an answer is put together from."""

    caller: Caller
    doing: Doing
    tool: Tool
    site: Site
    origin: Origin


class Maker:
    """Makes the callers and origins of one search, of which many are alike. `tells_places`: whether each place is asked for by itself,
    listed or not."""

    def __init__(self, judge: Judge, tells_places: bool) -> None:
        self._judge = judge
        self._tells_places = tells_places
        self._opinions: Memory[Who, Opinions] = Memory()
        self._unlisted: Memory[tuple[object, ...], Origin] = Memory()

    def caller(self, call: Call) -> Caller:
        """Who made a call; the sessions of one caller share its opinions."""
        who = self._judge.who(call)
        opinions = self._opinions.get(who)
        if opinions is None:
            opinions = self._opinions.keep(who, Opinions(who), REMEMBERED_CALLERS)
        return Caller(who, opinions)

    def origin(self, text: str) -> Origin:
        """Where a call came from, given its sourceIPAddress. Where no list has it and nobody asks which it was, one stands for all
        of which the same is said."""
        source = find_source_address(text)
        known, in_aws = self._judge.known_of(source)
        entries, aws = known
        if entries or self._tells_places:
            return Origin(Place(source, known, in_aws))
        kind = source.type, in_aws, aws
        return self._unlisted.get(kind) or self._unlisted.keep(kind, Origin(Place(source, known, in_aws)))


def join_cells(values: Sequence[str]) -> bytes:
    """The cells of some columns, a comma before each."""
    return ("," + ",".join(map(write_cell, values))).encode("utf-8", "surrogateescape")
