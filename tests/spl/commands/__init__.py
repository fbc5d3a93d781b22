"""What each command does with rows: name → function(arguments, table, context, run) → table.

    selecting    where, search, dedup, head, sort ...: which rows, in what order
    shaping      eval, table, rename, rex, mvexpand ...: what is in a row
    grouping     stats, eventstats, streamstats
    charting     chart, timechart, top, rare, untable, xyseries
    lookups      inputlookup, outputlookup, lookup
    sources      the events, makeresults, addinfo, fixtures
    external     commands of the app, which run as real processes
    nesting      append, appendpipe, foreach

`run` runs a pipeline inside a command: run(text, table) → table. Each docstring names the row of [spl 5.3] it follows.
"""

from __future__ import annotations

from typing import Any, Callable

from ..context import Context
from ..table import Table
from . import charting, grouping, lookups, nesting, selecting, shaping, sources

Run = Callable[[str, Table], Table]
Function = Callable[[Any, Table, Context, Run], Table]

FUNCTIONS: dict[str, Function] = {
    **selecting.FUNCTIONS,
    **shaping.FUNCTIONS,
    **grouping.FUNCTIONS,
    **charting.FUNCTIONS,
    **lookups.FUNCTIONS,
    **sources.FUNCTIONS,
    **nesting.FUNCTIONS,
}
