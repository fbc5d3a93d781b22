"""Chunks of the search command protocol as bytes: `chunked 1.0,<metadata bytes>,<body bytes>\\n<metadata><body>`.

Source: [platform 1.1] and the recordings. Lengths count bytes, not characters; nothing stands between two chunks.
Reading is strict, because a peer that is tolerated here would break a search there: the exact header form, exact
lengths, metadata that is a JSON object. It knows nothing of processes: `take` is any function that hands out bytes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, Callable, NamedTuple

HEADER = re.compile(rb"chunked 1\.0,(\d{1,15}),(\d{1,15})\n")
LONGEST_HEADER = 64


class Frame(NamedTuple):
    """One chunk: its metadata as an object and its body as bytes (CSV, or nothing)."""

    metadata: dict[str, Any]
    body: bytes


class BadFrame(ValueError):
    """The bytes are no chunk of the protocol; the message says where they stop being one."""


def write_frame(metadata: dict[str, Any], body: bytes = b"") -> bytes:
    """Returns the chunk's bytes with metadata spelled as splunkd spells it: no blanks, keys in the order given."""
    text = json.dumps(metadata, separators=(",", ":"), ensure_ascii=False).encode()
    return b"chunked 1.0,%d,%d\n" % (len(text), len(body)) + text + body


def read_header(line: bytes) -> tuple[int, int]:
    """Returns (metadata bytes, body bytes) of a header line, its line break included; BadFrame if it is none."""
    match = HEADER.fullmatch(line)
    if not match:
        raise BadFrame(f"not a chunk header: {line[:LONGEST_HEADER]!r}")
    return int(match[1]), int(match[2])


def read_metadata(data: bytes) -> dict[str, Any]:
    """Returns the metadata object; BadFrame if the bytes are not UTF-8, not JSON or not an object."""
    try:
        metadata = json.loads(data.decode("utf-8"))
    except ValueError as error:
        raise BadFrame(f"metadata is not JSON: {error}") from error
    if not isinstance(metadata, dict):
        raise BadFrame(f"metadata is not an object: {data[:LONGEST_HEADER]!r}")
    return metadata


def read_frame(line: Callable[[], bytes], take: Callable[[int], bytes]) -> Frame | None:
    """Reads one chunk by `line()` (through the next line break) and `take(n)` (exactly n bytes unless the end comes).

    Returns None at a clean end, before the first byte of a header. Raises BadFrame on anything else.
    """
    header = line()
    if not header:
        return None
    metadata_bytes, body_bytes = read_header(header)
    metadata, body = take(metadata_bytes), take(body_bytes)
    if len(metadata) < metadata_bytes or len(body) < body_bytes:
        raise BadFrame(f"ends inside a chunk that promised {metadata_bytes} + {body_bytes} bytes")
    return Frame(read_metadata(metadata), body)


def split_frames(data: bytes) -> Iterator[Frame]:
    """Yields the chunks of a whole recorded stream, in order; BadFrame on bytes that are none."""
    position = 0

    def line() -> bytes:
        nonlocal position
        end = data.find(b"\n", position) + 1 or len(data)
        start, position = position, end
        return data[start:end]

    def take(count: int) -> bytes:
        nonlocal position
        start, position = position, position + count
        return data[start:position]

    while True:
        frame = read_frame(line, take)
        if frame is None:
            return
        yield frame
