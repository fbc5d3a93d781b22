"""What splunkd does with the events of a chunk and the reply to it.

With selected fields the command saw a few columns and `_chunked_idx`; splunkd kept the events and writes what came back
into them [platform 1.5]. Without, the reply's rows are the events from here on. Nothing is repaired: where no source
says what splunkd does (a requested column that does not come back), this raises UnknownBehaviour.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .csv_dialect import CHUNKED_INDEX, MULTIVALUE_PREFIX, BadBody, Event, Table, Value, read_body, read_events
from .errors import UnknownBehaviour, chunked_error

SELECTING_TYPES = ("streaming", "stateful")
TYPES = ("streaming", "stateful", "events", "reporting")


def required_columns(reply: Mapping[str, Any]) -> list[str] | None:
    """Returns the columns to send, in the order the command named them; None: all of the events' columns.

    `_chunked_idx` is not among them: splunkd adds it itself. The order is that of REC accumages (`age,accum_age`).
    """
    required = reply.get("required_fields")
    if reply.get("type", "streaming") == "events" or required is None or "*" in required:
        return None
    if not isinstance(required, list) or not all(isinstance(name, str) and name for name in required):
        raise UnknownBehaviour("required_fields is not a list of names", repr(required))
    if any("*" in name for name in required):
        raise UnknownBehaviour("required_fields holds a wildcard inside a name", repr(required))
    return [name for name in dict.fromkeys(required) if name != CHUNKED_INDEX]


def is_merged(reply: Mapping[str, Any]) -> bool:
    """Tells whether replies are merged by `_chunked_idx`: streaming and stateful only, never reporting [platform 1.5]."""
    return reply.get("type", "streaming") in SELECTING_TYPES and required_columns(reply) is not None


def read_table(body: bytes) -> Table:
    """Returns a reply's table; what is no CSV ends the search as an invalid result."""
    try:
        return read_body(body)
    except BadBody as error:
        raise chunked_error("INVALID_RESULT", detail=str(error)) from error


def replace_events(body: bytes) -> list[dict[str, Value]]:
    """Returns the events that a reply without selected fields consists of."""
    return _events_of(read_table(body))


def merge_events(events: Sequence[Event], sent: Sequence[str], body: bytes) -> list[dict[str, Value]]:
    """Returns the chunk's events with the reply written into them; rows that did not come back are dropped.

    events: the chunk as splunkd kept it; sent: the columns that were asked for. A column that comes back empty
    takes its field away. Raises the merge error when an index is missing, out of range or not ascending.
    """
    table = read_table(body)
    if not table.columns:
        return []  # an empty body: nothing is kept; the usual answer to a chunk without rows
    if CHUNKED_INDEX not in table.columns:
        raise chunked_error("MERGE_ERROR__S", CHUNKED_INDEX, detail=f"no such column among {table.columns!r}")
    missing = [name for name in sent if name not in table.columns]
    if missing:
        raise UnknownBehaviour("a requested column did not come back", repr(missing))
    replied = [name for name in table.columns if not name.startswith(MULTIVALUE_PREFIX) and name != CHUNKED_INDEX]
    merged, last = [], -1
    for row in _events_of(table):
        last = _next_index(row.pop(CHUNKED_INDEX, ""), last, len(events))
        event = dict(events[last])
        for name in replied:
            if name in row:
                event[name] = row[name]
            else:
                event.pop(name, None)
        merged.append(event)
    return merged


def _events_of(table: Table) -> list[dict[str, Value]]:
    try:
        return read_events(table)
    except BadBody as error:
        raise chunked_error("INVALID_RESULT", detail=str(error)) from error


def _next_index(text: Value, last: int, count: int) -> int:
    """Returns the index as a number; it must be a plain decimal above `last` and below `count`."""
    if isinstance(text, str) and text.isascii() and text.isdigit() and last < int(text) < count:
        return int(text)
    raise chunked_error("MERGE_ERROR__S", CHUNKED_INDEX, detail=f"{text!r} after {last}, {count} events sent")
