"""Packed bodies are opened by what they hold, within limits."""

from __future__ import annotations

import gzip
import io
import tarfile
import tracemalloc
import zipfile

import pytest

from callerintel.errors import FeedError
from callerintel.feeds.fetch.unpack import unpack

LIST = b"192.0.2.1\n"
LIMIT = 100_000


def zipped(method: int = zipfile.ZIP_DEFLATED, **files: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, body in files.items():
            archive.writestr(name, body)
    return out.getvalue()


def tarred(**files: bytes) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for name, body in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(body)
            archive.addfile(info, io.BytesIO(body))
        link = tarfile.TarInfo("link")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/hostname"
        archive.addfile(link)
    return out.getvalue()


def bodies(body: bytes) -> list[bytes]:
    return [document.body for document in unpack(body, "x", 5, LIMIT)]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (LIST, [LIST]),
        (b"", [b""]),
        (gzip.compress(LIST), [LIST]),
        (gzip.compress(LIST) + gzip.compress(LIST), [LIST + LIST]),
        (gzip.compress(LIST) + b"\0" * 30, [LIST]),
        (gzip.compress(gzip.compress(LIST)), [LIST]),
        (zipped(a=LIST, b=b"x"), [LIST, b"x"]),
        (tarred(a=LIST, b=b"x"), [LIST, b"x"]),
        (gzip.compress(tarred(a=LIST)), [LIST]),
    ],
    ids=["plain", "empty", "gzip", "members", "padding", "twice", "zip", "tar", "tar.gz"],
)
def test_a_body_is_opened_by_what_it_holds(body: bytes, expected: list[bytes]) -> None:
    assert bodies(body) == expected


@pytest.mark.parametrize(
    "body",
    [gzip.compress(LIST)[:-4], gzip.compress(LIST)[:12] + b"\xff" * 9, zipped(a=LIST)[:-30], zipped(a=LIST * 999)[:40]],
    ids=["gzip cut", "gzip damaged", "zip cut", "zip cut early"],
)
def test_a_damaged_body_is_refused(body: bytes) -> None:
    with pytest.raises(FeedError) as caught:
        bodies(body)
    assert caught.value.reason == "truncated"


@pytest.mark.parametrize(
    "method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2], ids=["stored", "deflated", "bzip2"]
)
def test_whichever_byte_of_an_archive_is_damaged_it_is_refused_or_opened(method: int) -> None:
    """Found by fuzzing: the standard library has more to raise than it says, a ValueError for a place before the beginning."""
    archives = [zipped(method, a=LIST, b=b"x"), tarred(a=LIST), gzip.compress(tarred(a=LIST), mtime=0)]
    reasons: list[str] = []
    for whole in archives:
        for at in range(min(len(whole), 700)):
            for change in (0x01, 0x80, 0xFF):
                body = whole[:at] + bytes([whole[at] ^ change]) + whole[at + 1 :]
                try:
                    assert sum(map(len, bodies(body))) <= max(LIMIT, len(body))
                except FeedError as error:
                    reasons.append(error.reason)
    assert set(reasons) <= {"truncated", "too_large"}
    assert len(reasons) > 100


def test_a_zip_whose_header_asks_for_gigabytes_is_refused_without_them() -> None:
    """LZMA takes what its header says before it unpacks anything; 300 bytes asked for 4 GB."""
    body = bytearray(zipped(zipfile.ZIP_LZMA, a=LIST))
    at = body.index(b"\x09\x04\x05\x00\x5d") + 5
    body[at : at + 4] = b"\x00\x00\x00\xf0"
    tracemalloc.start()
    with pytest.raises(FeedError) as caught:
        bodies(bytes(body))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert caught.value.reason == "truncated"
    assert peak < 10_000_000


@pytest.mark.parametrize(
    "body",
    [
        gzip.compress(b"x" * (LIMIT + 1)),
        gzip.compress(b"x" * LIMIT) + gzip.compress(b"x"),
        zipped(a=b"x" * (LIMIT + 1)),
        zipped(a=b"x" * LIMIT, b=b"x"),
        tarred(a=b"x" * (LIMIT + 1)),
        zipped(**{f"a{number}": b"" for number in range(1001)}),
    ],
    ids=["gzip", "members", "zip", "zip files", "tar", "many files"],
)
def test_what_comes_out_has_a_limit(body: bytes) -> None:
    with pytest.raises(FeedError) as caught:
        bodies(body)
    assert caught.value.reason == "too_large"


def test_a_small_bomb_is_refused_before_it_has_unpacked() -> None:
    bomb = gzip.compress(b"\0" * 200_000_000, 9)
    assert len(bomb) < 250_000
    with pytest.raises(FeedError) as caught:
        bodies(bomb)
    assert caught.value.reason == "too_large"
