"""The same events as chunks of the protocol, in the three shapes that a command may be sent.

*selected*: the columns that our getinfo reply asks for, `_chunked_idx`, and the empty `__mv_` twins [platform 1.5, 1.6]; *narrow*: 15
short fields and `_raw`; *wide*: every field of every CloudTrail event there is, and `_raw`. The CSV and the frames are those of
the stand-in for splunkd. In: calls. Out: the bytes of each request.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import NamedTuple

from bench.traffic import Call, fields_of, raw_of, times
from tests.splunkd import extract
from tests.splunkd.csv_dialect import Event, union_of_columns, write_body
from tests.splunkd.frames import write_frame

Fields = Callable[[Call, datetime, int], Event]

_INDEXED = {"host": "collector", "index": "cloudtrail", "source": "s3", "sourcetype": "aws:cloudtrail"}
NARROW = (
    "_raw", "_time", *_INDEXED, "eventTime", "eventName", "eventSource", "sourceIPAddress", "userAgent", "awsRegion",
    "recipientAccountId", "userIdentity.type", "userIdentity.arn", "userIdentity.accountId",
)  # fmt: skip


class Chunks(NamedTuple):
    """One input: whole request frames, `frames[-1]` the one that says finished; and what is in them."""

    frames: list[bytes]
    bodies: list[bytes]
    events: int
    columns: int

    @property
    def bytes(self) -> int:
        """All that crosses the pipe to the command."""
        return sum(map(len, self.frames))


def beginning(chunks: Chunks, events: int) -> Chunks:
    """The first chunks, as many as hold at most `events` events, but one at least."""
    rows = -(-chunks.events // len(chunks.bodies))
    bodies = chunks.bodies[: max(1, events // rows)]
    return Chunks(frames_of(bodies), bodies, min(chunks.events, rows * len(bodies)), chunks.columns)


def _selected_fields(call: Call, time: datetime, number: int) -> Event:
    return fields_of(call, time)


def _narrow_fields(call: Call, time: datetime, number: int) -> Event:
    return {"_raw": raw_of(call, time, number), **_INDEXED, **fields_of(call, time)}


def _wide_fields(call: Call, time: datetime, number: int) -> Event:
    raw = raw_of(call, time, number)
    return {"_raw": raw, "_time": str(int(time.timestamp())), **_INDEXED, **extract(raw)}


def selected(calls: Sequence[Call], columns: Sequence[str], rows: int) -> Chunks:
    """Chunks of `rows` rows with these columns only."""
    return _chunks(_events(calls, _selected_fields), columns, rows, chunked_index=True)


def narrow(calls: Sequence[Call], rows: int) -> Chunks:
    """Chunks of 15 short fields and `_raw`, all that the events have."""
    return _chunks(_events(calls, _narrow_fields), NARROW, rows)


def wide(calls: Sequence[Call], rows: int, columns: int = 0) -> Chunks:
    """Chunks of every field; only the first `columns` of them, where it is not 0, what the command reads first."""
    events = list(_events(calls, _wide_fields))
    names = union_of_columns(events)
    first = [name for name in NARROW if name in names]
    names = first + [name for name in names if name not in first]
    return _chunks(iter(events), names[: columns or None], rows)


def _events(calls: Iterable[Call], fields: Fields) -> Iterator[Event]:
    for number, (call, time) in enumerate(zip(calls, times())):
        yield fields(call, time, number)


def _chunks(events: Iterator[Event], columns: Sequence[str], rows: int, chunked_index: bool = False) -> Chunks:
    bodies = []
    count = 0
    for chunk in iter(lambda: list(islice(events, rows)), []):
        bodies.append(write_body(columns, chunk, chunked_index))
        count += len(chunk)
    return Chunks(frames_of(bodies), bodies, count, len(columns))


def frames_of(bodies: Sequence[bytes]) -> list[bytes]:
    """The execute requests of a search whose last chunk carries rows."""
    return [frame_of(body, finished=at == len(bodies) - 1) for at, body in enumerate(bodies)]


def frame_of(body: bytes, finished: bool) -> bytes:
    """One execute request."""
    return write_frame({"action": "execute", "finished": finished}, body)
