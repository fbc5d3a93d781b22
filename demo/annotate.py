"""Records in, the same records with the command's fields out: a search over the user's events, as splunkd would run it.

In: an installation, and Events. Out, through a callback and in order: each record and its fields after
`... | maliciouscaller`, extracted ones and ours. A chunk of events is held at a time. The fields are extracted as
KV_MODE=json does [platform 8]; `_time` is eventTime, as the Splunk Add-on for AWS sets it.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Callable

from callerintel.search.cloudtrail import parse_time
from demo import DemoFailed
from demo.cloudtrail_files import Event
from demo.cloudtrail_records import Record
from tests.splunkd import Splunkd, SplunkdError, Value, extract

Fields = dict[str, Value]
Take = Callable[[Record, Fields], None]

COMMAND = "maliciouscaller"
_CHUNK_ROWS = 2000  # splunkd sends more at a time where events are small; this keeps the memory of large ones in bounds
# NULs and lone surrogates, which JSON can spell and no pipe to a search command can carry.
_may_have_unsendable = re.compile(r"\\u(?:0000|[dD][89a-fA-F])").search
_unsendable = re.compile("[\0\ud800-\udfff]")


def annotate(splunkd: Splunkd, app: Path, events: Iterable[Event], take: Take) -> list[tuple[str, str]]:
    """Runs the command over the events and calls `take` with each; returns the search's messages, (level, text).

    DemoFailed when the search ends in an error.
    """
    sent: deque[Record] = deque()

    def kept() -> Iterator[Event]:
        for event in events:
            sent.append(event.record)
            yield event

    messages = search(splunkd, app, (), kept(), lambda fields: take(sent.popleft(), fields))
    if sent:
        raise DemoFailed(f"The search lost {len(sent)} events; please report this.")
    return messages


def search(
    splunkd: Splunkd, app: Path, arguments: Sequence[str], events: Iterable[Event], take: Callable[[Fields], None]
) -> list[tuple[str, str]]:
    """Runs `| maliciouscaller <arguments>` and calls `take` with each event that comes back; else as `annotate`."""
    rows = (find_fields(event.raw) for event in events)

    def on_events(merged: list[Fields]) -> None:
        for fields in merged:
            take(fields)

    try:
        result = splunkd.search(app, COMMAND, arguments, rows, chunk_rows=_CHUNK_ROWS, on_events=on_events)
    except SplunkdError as error:
        raise DemoFailed(f"The search ended in an error: {error}") from error
    if result.error or result.exit_status:
        raise DemoFailed(f"The search ended in an error: {result.error or result.stderr[-500:]}")
    return result.messages


def find_fields(raw: str) -> Fields:
    """The fields that Splunk has for an event with this text."""
    try:
        fields = extract(raw)
    except RecursionError:  # nested a thousand deep: no fields, as for any text that Splunk cannot read
        fields = {}
    if _may_have_unsendable(raw):
        fields = {name: _sendable(value) for name, value in fields.items()}
        raw = _unsendable.sub("\ufffd", raw)
    time = parse_time(one(fields, "eventTime"))
    if time is not None:
        fields["_time"] = f"{time:.0f}"
    fields["_raw"] = raw
    return fields


def one(fields: Fields, name: str) -> str:
    """The value of a field that has one; the first of several; "" where there is none."""
    return next(iter(many(fields, name)), "")


def many(fields: Fields, name: str) -> list[str]:
    """All values of a field."""
    value = fields.get(name, "")
    if isinstance(value, str):
        return [value] if value else []
    return value


def _sendable(value: Value) -> Value:
    if isinstance(value, str):
        return _unsendable.sub("\ufffd", value)
    return [_unsendable.sub("\ufffd", each) for each in value]
