"""The frames of the chunked search command protocol, as bytes [platform 1.1].

`chunked 1.0,<metadata bytes>,<body bytes>` and a newline, then that many bytes of JSON, then that many bytes of CSV. The SDK's own reader
decodes the body and replaces what is no UTF-8; ours leaves every byte as it came. Both search commands speak with it.
"""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Mapping
from typing import Any, BinaryIO, NamedTuple

_header = re.compile(rb"chunked\s+1\.0\s*,\s*(\d{1,12})\s*,\s*(\d{1,12})\s*\n").fullmatch


class Frame(NamedTuple):
    """One message of splunkd: its metadata, and its body as it came."""

    metadata: dict[str, Any]
    body: bytes


def read_frame(stream: BinaryIO) -> Frame | None:
    """The next frame, or None at the end, which may come in the middle of a frame: a cancelled search closes the pipe.

    ValueError when what comes is no frame.
    """
    line = stream.readline()
    if not line.endswith(b"\n"):
        return None
    match = _header(line)
    if match is None:
        raise ValueError(f"no chunk header: {line[:80]!r}")
    metadata_length, body_length = int(match[1]), int(match[2])
    metadata, body = stream.read(metadata_length), stream.read(body_length)
    if len(metadata) < metadata_length or len(body) < body_length:
        return None
    return Frame(_metadata(metadata) if metadata else {}, body)


def _metadata(text: bytes) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except RecursionError:
        raise ValueError("the metadata of a chunk is nested too deep") from None
    if not isinstance(found, dict):
        raise ValueError("the metadata of a chunk is no JSON object")
    return found


def write_frame(stream: BinaryIO, metadata: Mapping[str, Any], body: bytes) -> None:
    """Write one frame and flush it. OSError when nobody reads it any more."""
    encoded = json.dumps(metadata, separators=(",", ":")).encode("ascii")
    stream.write(b"chunked 1.0,%d,%d\n" % (len(encoded), len(body)))
    stream.write(encoded)
    stream.write(body)
    stream.flush()


def be_quiet() -> None:
    """Nobody reads our output any more: let the interpreter flush what is left into nothing, without a word on stderr."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
