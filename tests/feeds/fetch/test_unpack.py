"""Packed bodies are opened by what they hold, within limits."""

from __future__ import annotations

import gzip
import io
import tarfile
import zipfile

import pytest

from callerintel.errors import FeedError
from callerintel.feeds.fetch.unpack import unpack

LIST = b"192.0.2.1\n"
LIMIT = 100_000


def zipped(**files: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
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
