"""What is no frame is said to be none, and what is cut off is the end; the rest of the protocol is in test_chunk."""

from __future__ import annotations

import io

import pytest

from callerintel.frames import Frame, read_frame


@pytest.mark.parametrize(
    "data",
    [
        b"junk\n",
        b"chunked 2.0,2,0\n{}",
        b"chunked 1.0,-1,0\n",
        b"chunked 1.0," + b"9" * 5000 + b",0\n{}",
        b"chunked 1.0,1,0\n{",
        b"chunked 1.0,2,0\n[]",
        b"chunked 1.0,4,0\nnull",
        b"chunked 1.0,100000,0\n" + b"[" * 100_000,
    ],
    ids=["junk", "version", "negative", "digits", "json", "array", "null", "deep"],
)
def test_what_is_no_frame_is_a_value_error(data: bytes) -> None:
    """Found by fuzzing: metadata that were JSON but no object went on as if they were one."""
    with pytest.raises(ValueError, match=r"."):
        read_frame(io.BytesIO(data))


@pytest.mark.parametrize("data", [b"", b"chunked 1.0", b"chunked 1.0,2,5\n", b"chunked 1.0,2,5\n{}abcd"])
def test_a_frame_that_is_cut_off_is_the_end(data: bytes) -> None:
    assert read_frame(io.BytesIO(data)) is None


def test_blanks_that_splunkd_may_write_are_read_and_bodies_are_bytes() -> None:
    stream = io.BytesIO(b'chunked  1.0 , 7 , 3 \n{"a":1}\xff\x00\nchunked 1.0,0,0\n')

    assert [read_frame(stream), read_frame(stream), read_frame(stream)] == [Frame({"a": 1}, b"\xff\x00\n"), Frame({}, b""), None]
