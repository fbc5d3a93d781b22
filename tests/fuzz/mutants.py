"""Seeds, changed: a hypothesis strategy whose examples shrink towards an unchanged seed."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import strategies as st

from tests.hostile import HOSTILE

from .target import Target

LONGEST = 20_000

# What breaks readers of any language.
TOKENS: tuple[bytes, ...] = (
    *(
        b"",
        b"\0",
        b"\n",
        b"\r\n",
        b"\r",
        b"\t",
        b" ",
        b"\xff\xfe",
        b"\xef\xbb\xbf",
        b"\xed\xa0\x80",
        b"\xc3",
        b"\x85",
        b"\xe2\x80\xa8",
    ),
    *(b'"', b"'", b"\\", b",", b";", b"|", b"$", b"#", b"//", b"-", b"/", b":", b".", b"%", b"&", b"=", b"*"),
    *(b"{", b"}", b"[", b"]", b"(", b")", b"<", b">", b"</", b"]]>", b"<!--", b"<![CDATA[", b"<!DOCTYPE x [", b"&lt;", b"&#0;"),
    *(
        b"0",
        b"-1",
        b"1e999",
        b"NaN",
        b"Infinity",
        b"9" * 30,
        b"9" * 5000,
        b"0x1",
        b"1_000",
        b"\xd9\xa1",
        b"null",
        b"true",
        b'"\\ud800"',
    ),
    *(
        b"192.0.2.1",
        b"192.0.2.0/24",
        b"0.0.0.0/0",
        b"::/0",
        b"2001:db8::1",
        b"::ffff:192.0.2.1",
        b"010.0.0.1",
        b"192.0.2.9-192.0.2.1",
    ),
    *(b"192.0.2[.]1", b"hxxp://192.0.2.1/", b"[2001:db8::1]:443", b"192.0.2.1/33", b"256.1.1.1", b"fe80::1%eth0"),
    *(b"0001-01-01T00:00:00Z", b"9999-12-31T23:59:59+23:59", b"2026-13-01", b"99999999999", b"1969-12-31", b"24:60:60"),
    *(text.encode() for text in HOSTILE.values()),
)

Edit = tuple[int, int, int, bytes]


def mutants(target: Target, seeds: Sequence[bytes]) -> st.SearchStrategy[bytes]:
    """Inputs for a target: a seed with up to eight edits, now and then bytes that are no seed at all."""
    places = st.integers(0, LONGEST)
    pieces = st.one_of(st.sampled_from([*target.tokens, *TOKENS]), st.binary(max_size=12), st.sampled_from(list(seeds)))
    edits = st.lists(st.tuples(st.integers(0, 6), places, places, pieces), max_size=8)
    changed = st.builds(edited, st.sampled_from(list(seeds)), edits)
    return st.one_of(changed, changed, changed, st.binary(max_size=200), st.text(max_size=200).map(encoded))


def encoded(text: str) -> bytes:
    """A text as bytes; what is no UTF-8 stays in it as the bytes that it would be."""
    return text.encode("utf-8", "surrogatepass")


def edited(seed: bytes, edits: Sequence[Edit]) -> bytes:
    """A seed after some edits, each a kind, two places and a piece."""
    for kind, one, other, piece in edits:
        first, last = sorted((one % (len(seed) + 1), other % (len(seed) + 1)))
        if kind == 0:
            seed = seed[:first] + piece + seed[first:]
        elif kind == 1:
            seed = seed[:first] + seed[last:]
        elif kind == 2:
            seed = seed[:first] + piece + seed[first + len(piece) :]
        elif kind == 3:
            seed = seed[:last] + seed[first:]
        elif kind == 4:
            seed = seed[:first] + piece * (1 + other % 400) + seed[first:]
        elif kind == 5:
            seed = seed[:first]
        elif first < len(seed):
            seed = seed[:first] + bytes([seed[first] ^ (1 << other % 8)]) + seed[first + 1 :]
        seed = seed[:LONGEST]
    return seed
