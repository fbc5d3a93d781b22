"""What the commands of a search are told, one shape a command; `parse` fills them.

Names follow Splunk's own words for the arguments. A command that tests play as a fixture, or that is Splunk's own but not
ours to use, is a Plain: its options and words.
"""

from __future__ import annotations

from typing import NamedTuple, Union

from .aggregations import Aggregation
from .terms import Term
from .tree import Expression
from .words import Word


class Search(NamedTuple):
    term: Term


class Where(NamedTuple):
    expression: Expression


class Eval(NamedTuple):
    """eval and fieldformat."""

    assignments: tuple[tuple[str, Expression], ...]


class Fields(NamedTuple):
    """`fields`: keep: false for `fields -`. Names may hold wildcards."""

    names: tuple[str, ...]
    keep: bool = True


class Table(NamedTuple):
    names: tuple[str, ...]


class Rename(NamedTuple):
    pairs: tuple[tuple[str, str], ...]


class SortKey(NamedTuple):
    """type: auto, str, num or ip."""

    field: str
    descending: bool = False
    type: str = "auto"


class Sort(NamedTuple):
    """limit: 0 for all; None where the search names none, which Splunk reads as 10,000."""

    limit: int | None
    keys: tuple[SortKey, ...]


class Dedup(NamedTuple):
    rows: int
    names: tuple[str, ...]
    keepempty: bool
    keepevents: bool
    consecutive: bool
    sortby: tuple[SortKey, ...]


class Fillnull(NamedTuple):
    value: str
    names: tuple[str, ...]


class Rex(NamedTuple):
    field: str
    pattern: str
    max_match: int
    mode: str


class Makemv(NamedTuple):
    field: str
    delim: str
    tokenizer: str
    allowempty: bool
    setsv: bool


class Mvexpand(NamedTuple):
    field: str
    limit: int


class Nomv(NamedTuple):
    field: str


class Bin(NamedTuple):
    field: str
    alias: str
    options: dict[str, str]


class Stats(NamedTuple):
    """stats, eventstats, streamstats."""

    aggregations: tuple[Aggregation, ...]
    by: tuple[str, ...]
    options: dict[str, str]


class Chart(NamedTuple):
    """chart and timechart; over: the column of the rows (`_time` for timechart); by: what makes the series, or ""."""

    aggregations: tuple[Aggregation, ...]
    over: str
    by: str
    options: dict[str, str]


class Top(NamedTuple):
    """top and rare."""

    names: tuple[str, ...]
    by: tuple[str, ...]
    limit: int
    options: dict[str, str]


class Untable(NamedTuple):
    """untable and xyseries: the three fields x, series and value."""

    x: str
    series: str
    value: str


class Foreach(NamedTuple):
    names: tuple[str, ...]
    template: str
    options: dict[str, str]


class Append(NamedTuple):
    """append and appendpipe."""

    subsearch: str
    options: dict[str, str]


class Inputlookup(NamedTuple):
    name: str
    append: bool
    strict: bool
    start: int
    max: int | None
    where: Term | None


class Outputlookup(NamedTuple):
    name: str
    options: dict[str, str]

    def truth(self, option: str, default: bool) -> bool:
        return self.options.get(option, str(default)).lower() in ("true", "t", "1", "yes")


class Lookup(NamedTuple):
    """match, output: pairs of (column of the lookup, field of the event). mode: OUTPUT, OUTPUTNEW, or "" for neither."""

    name: str
    match: tuple[tuple[str, str], ...]
    mode: str
    output: tuple[tuple[str, str], ...]
    options: dict[str, str]


class Head(NamedTuple):
    """head and tail."""

    rows: int


class Makeresults(NamedTuple):
    rows: int
    format: str
    data: str
    options: dict[str, str]


class Convert(NamedTuple):
    """functions: (function, field, name of the result)."""

    functions: tuple[tuple[str, str, str], ...]
    timeformat: str


class Plain(NamedTuple):
    """A command without arguments, or one that is not interpreted: a fixture, a search command of an app."""

    text: str
    options: dict[str, str]
    words: tuple[Word, ...]


class Tstats(NamedTuple):
    """tstats and geostats."""

    text: str
    aggregations: tuple[Aggregation, ...]
    by: tuple[str, ...]
    where: Term | None
    options: dict[str, str]


Arguments = Union[
    Search, Where, Eval, Fields, Table, Rename, Sort, Dedup, Fillnull, Rex, Makemv, Mvexpand, Nomv, Bin, Stats, Chart, Top,
    Untable, Foreach, Append, Inputlookup, Outputlookup, Lookup, Head, Makeresults, Convert, Plain, Tstats,
]  # fmt: skip
