"""The pieces of an answer: who called, what was done, from where; each found once in a search and kept with its written cells.

In: what an event says of one of them. Out: a piece, which holds the finding's part and the bytes of its columns. Most events match no
list; their answers are put together from pieces, so what an event costs does not grow with what there is to say of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, TypeVar

from callerintel.search.baseline import Opinion
from callerintel.search.behaviour import Action, Agent, find_action, find_agent, find_region
from callerintel.search.cloudtrail import Call
from callerintel.search.fields import FIELDS, cells
from callerintel.search.finding import ANY_TIME, Judge, Place, Who
from callerintel.search.verdict import place_verdict
from callerintel.sorted_csv import write_cell

_REMEMBERED = 50_000
# A caller's piece holds its opinions, so there are fewer of them.
REMEMBERED_CALLERS = 5_000
_REMEMBERED_OPINIONS = 2_000
_WHERE, _HOW = FIELDS.index("source_address_type"), FIELDS.index("unexpected_action")

_Key = TypeVar("_Key")
_Value = TypeVar("_Value")

# What is said of a value that is not judged, at any time.
NO_OPINION = Opinion("", "", None, *ANY_TIME)


class Memory(dict[_Key, _Value]):
    """A dict that forgets everything when it is full: what a search repeats is soon there again."""

    def keep(self, key: _Key, value: _Value, most: int = _REMEMBERED) -> _Value:
        """Remember, and give back, the value."""
        if len(self) >= most:
            self.clear()
        self[key] = value
        return value


class Caller(NamedTuple):
    """Who called, and the opinions on their actions, agents and regions so far, each by the value that is judged."""

    who: Who
    is_judged: bool
    cells: bytes
    actions: Memory[str, Opinion]
    agents: Memory[str, Opinion]
    regions: Memory[str, Opinion]

    def keep(self, opinions: Memory[str, Opinion], value: str, opinion: Opinion) -> Opinion:
        """Remember, and give back, an opinion in one of the three."""
        return opinions.keep(value, opinion, _REMEMBERED_OPINIONS)


class Doing(NamedTuple):
    """The action that was called."""

    action: Action
    cells: bytes


class Tool(NamedTuple):
    """The agent with which it was called; `judged` is "" where that says nothing of the caller."""

    agent: Agent
    judged: str
    cells: bytes


class Site(NamedTuple):
    """The region in which it was called."""

    region: str
    cells: bytes


class Origin(NamedTuple):
    """Where it came from; `twins` are the multivalue columns that end a line. A match, which is written anew each time, has no cells."""

    place: Place
    is_address: bool
    is_match: bool
    cells: bytes
    twins: bytes


class Maker:
    """Makes the pieces of one search."""

    def __init__(self, judge: Judge) -> None:
        self._judge = judge
        self._places: Memory[tuple[object, ...], tuple[bytes, bytes]] = Memory()

    def caller(self, call: Call) -> Caller:
        """Who made a call. What a service does by itself is not judged, nor is a call of nobody."""
        who = self._judge.who(call)
        is_judged = bool(who.caller.name) and who.caller.type != "AWSService"
        written = join_cells((who.caller.name, who.caller.type, who.caller.account))
        return Caller(who, is_judged, written, Memory(), Memory(), Memory())

    def doing(self, event_source: str, event_name: str) -> Doing:
        """What was called."""
        action = find_action(event_source, event_name)
        return Doing(action, join_cells((action.text,)))

    def tool(self, user_agent: str) -> Tool:
        """With what it was called."""
        agent = find_agent(user_agent)
        return Tool(agent, agent.family if agent.is_judged else "", join_cells((agent.family,)))

    def site(self, region: str) -> Site:
        """In which region it was called."""
        shown = find_region(region)
        return Site(shown, join_cells((shown,)))

    def origin(self, text: str) -> Origin:
        """Where a call came from, given its sourceIPAddress."""
        place = self._judge.where(text)
        is_address = place.source.number is not None
        if place.known.entries:
            return Origin(place, is_address, True, b"", b"")
        kind = place.source.type, place.in_aws, place.known.aws
        written = self._places.get(kind)
        if written is None:
            all_cells = cells(place_verdict(place))
            written = self._places.keep(kind, (join_cells(all_cells[_WHERE:_HOW]), join_cells(all_cells[len(FIELDS) :])))
        return Origin(place, is_address, False, *written)


def join_cells(values: Sequence[str]) -> bytes:
    """The cells of some columns, a comma before each."""
    return "".join("," + write_cell(value) for value in values).encode("utf-8", "surrogateescape")
