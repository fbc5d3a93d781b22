"""Packed bodies: gzip (all members), zip and tar are opened by what they hold, whatever their name or header says.

Each file in an archive is a document of its own. The limit counts what comes out, so a small body that unpacks to gigabytes
is refused while it unpacks. Nothing is ever written to disk, so names in an archive cannot point anywhere.
"""

from __future__ import annotations

import io
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from typing import IO

from callerintel.errors import FeedError
from callerintel.feeds.document import Document

_GZIP = b"\x1f\x8b"
_ZIP = b"PK\x03\x04"
_TAR_AT, _TAR = 257, b"ustar"
_STEP_BYTES = 1 << 16
_MOST_MEMBERS = 1000
_DEEPEST = 3  # a .tar.gz that was sent with Content-Encoding: gzip
# Not LZMA: a few bytes of its header say how many gigabytes a reader takes before it unpacks anything.
_ZIP_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2)
# All that the standard library was seen to raise, or says that it raises, on what is no archive.
_DAMAGED = (
    zipfile.BadZipFile,
    tarfile.TarError,
    zlib.error,
    struct.error,
    EOFError,
    OSError,
    RuntimeError,
    LookupError,
    ValueError,
)


def unpack(body: bytes, name: str, date: int | None, limit: int) -> Iterator[Document]:
    """The documents in a body: itself, or what is packed in it. `limit` is the most bytes that may come out. FeedError."""
    for _ in range(_DEEPEST):
        if not body.startswith(_GZIP):
            break
        body = gunzipped(body, limit)
    try:
        if body.startswith(_ZIP):
            yield from _members(_zip_members(body), date, limit)
        elif body[_TAR_AT : _TAR_AT + len(_TAR)] == _TAR:
            yield from _members(_tar_members(body), date, limit)
        else:
            yield Document(body, name, date)
    except _DAMAGED:
        raise FeedError("truncated", "The archive is damaged or of an unknown kind.") from None


def gunzipped(body: bytes, limit: int) -> bytes:
    """All members of a gzip body, one after the other. FeedError when it is damaged, cut off, or larger than `limit`."""
    out = bytearray()
    while body.startswith(_GZIP):
        member = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
        try:
            while body and not member.eof:
                out += member.decompress(body, _STEP_BYTES)
                body = member.unconsumed_tail
                _check_size(len(out), limit)
        except zlib.error:
            raise FeedError("truncated", "The gzip body is damaged.") from None
        if not member.eof:
            raise FeedError("truncated", "The gzip body ends before its end.")
        body = member.unused_data.lstrip(b"\0")  # some writers pad with zeros
    return bytes(out)


def _zip_members(body: bytes) -> Iterator[tuple[str, IO[bytes] | None]]:
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        for info in archive.infolist():
            if info.compress_type not in _ZIP_METHODS:
                raise NotImplementedError
            yield info.filename, None if info.is_dir() else archive.open(info)


def _tar_members(body: bytes) -> Iterator[tuple[str, IO[bytes] | None]]:
    with tarfile.open(fileobj=io.BytesIO(body), mode="r:") as archive:
        for info in archive:
            yield info.name, archive.extractfile(info) if info.isreg() else None


def _members(members: Iterator[tuple[str, IO[bytes] | None]], date: int | None, limit: int) -> Iterator[Document]:
    total = 0
    for count, (name, file) in enumerate(members):
        if count >= _MOST_MEMBERS:
            raise FeedError("too_large", f"The archive holds more than {_MOST_MEMBERS} files.")
        if file is not None:
            with file:
                body = file.read(limit - total + 1)
            total += len(body)
            _check_size(total, limit)
            yield Document(body, name, date)


def _check_size(size: int, limit: int) -> None:
    if size > limit:
        raise FeedError("too_large", f"It is larger than max_megabytes = {limit // 1_000_000} once unpacked.")
