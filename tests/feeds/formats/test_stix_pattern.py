"""STIX patterns: which addresses a pattern names. The grammar is that of STIX 2.1, section 9."""

from __future__ import annotations

import sys
from types import FrameType
from typing import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callerintel.address import range_text
from callerintel.feeds.stix_pattern import PatternError, may_name_addresses, pattern_ranges


def named(pattern: str) -> list[str]:
    return [range_text(*found) for found in pattern_ranges(pattern)]


V4, V6 = "ipv4-addr:value", "ipv6-addr:value"


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        (f"[{V4} = '192.0.2.1']", ["192.0.2.1"]),
        (f"[ {V4}='192.0.2.1' ]", ["192.0.2.1"]),
        (f"[{V4} == '192.0.2.0/24']", ["192.0.2.0/24"]),
        (f"[{V6} = '2001:db8::/48' OR {V4} ISSUBSET '203.0.113.0/24']", ["2001:db8::/48", "203.0.113.0/24"]),
        (f"[{V4} IN ('192.0.2.1', '192.0.2.2','192.0.2.1')]", ["192.0.2.1", "192.0.2.2"]),
        (f"[{V4} = '192.0.2.1' AND network-traffic:dst_port = 443]", ["192.0.2.1"]),
        (f"[{V4} = '192.0.2.1' AND {V4} = '192.0.2.2']", ["192.0.2.1", "192.0.2.2"]),
        ("[network-traffic:dst_ref.type = 'ipv4-addr' AND network-traffic:dst_ref.value = '192.0.2.1']", ["192.0.2.1"]),
        ("[network-traffic:src_ref.value = '192.0.2.1']", ["192.0.2.1"]),
        ("[network-traffic:dst_ref[0].value = '192.0.2.1' AND network-traffic:dst_ref[1].value = 'example.com']", ["192.0.2.1"]),
        ("[domain-name:value = 'x.example' AND domain-name:resolves_to_refs[*].value = '192.0.2.1']", ["192.0.2.1"]),
        (f"[{V4} = '192.0.2.1'] OR [{V4} = '192.0.2.2']", ["192.0.2.1", "192.0.2.2"]),
        (f"[{V4} = '192.0.2.1'] AND [file:name = 'x']", ["192.0.2.1"]),
        (f"([{V4} = '192.0.2.1'] FOLLOWEDBY [{V4} = '192.0.2.2']) WITHIN 5 SECONDS", ["192.0.2.1", "192.0.2.2"]),
        (f"[{V4} = '192.0.2.1'] REPEATS 5 TIMES WITHIN 1800.5 SECONDS", ["192.0.2.1"]),
        (f"[{V4} = '192.0.2.1'] START t'2026-01-01T00:00:00Z' STOP t'2026-01-02T00:00:00Z'", ["192.0.2.1"]),
        (f"[({V4} = '192.0.2.1' OR ({V4} = '192.0.2.2')) AND file:size > 5]", ["192.0.2.1", "192.0.2.2"]),
        (f"[EXISTS file:name AND {V4} = '192.0.2.1']", ["192.0.2.1"]),
        (f"[NOT EXISTS file:name OR {V4} = '192.0.2.1']", ["192.0.2.1"]),
        (f"[file:hashes.'SHA-256' = 'a\\'b' OR {V4} = '192.0.2.1']", ["192.0.2.1"]),
        (f"[x-thing:y.'z w'[3].v = TRUE OR x:b = b'YQ==' OR x:h = h'00ff' OR {V4} = '192.0.2.1']", ["192.0.2.1"]),
        (f"[{V4} ISSUBSET '192.0.2.0/30' AND {V4} != '192.0.2.1']", ["192.0.2.0", "192.0.2.2/31"]),
        (f"[{V4} ISSUBSET '192.0.2.0/29' AND {V4} NOT ISSUBSET '192.0.2.4/30']", ["192.0.2.0/30"]),
        # what names nothing
        (f"[{V4} != '192.0.2.1']", []),
        (f"[{V4} <> '192.0.2.1']", []),
        (f"[{V4} NOT = '192.0.2.1']", []),
        (f"[{V4} NOT IN ('192.0.2.1', '192.0.2.2')]", []),
        (f"[{V4} NOT ISSUBSET '192.0.2.0/24']", []),
        (f"[{V4} = '192.0.2.1' AND {V4} != '192.0.2.1']", []),
        (f"[{V4} LIKE '192.0.2.%']", []),
        (f"[{V4} MATCHES '192.*']", []),
        (f"[{V4} ISSUPERSET '192.0.2.0/24']", []),
        (f"[{V4} > '192.0.2.0']", []),
        (f"[{V4} = 'example.com']", []),
        (f"[{V4} = 3221225985]", []),
        ("[file:name = '192.0.2.1']", []),
        ("[url:value = 'http://192.0.2.1/']", []),
        ("[email-message:from_ref.value = '192.0.2.1']", []),
        ("[ipv4-addr:resolves_to_refs[*].value = '192.0.2.1']", []),
        ("[x-ipv4-addr:value = '192.0.2.1']", []),
    ],
)
def test_a_pattern_names(pattern: str, expected: list[str]) -> None:
    assert named(pattern) == expected
    assert may_name_addresses(pattern) or not expected


@pytest.mark.parametrize("pattern", [f"[{V4} NOT != '192.0.2.1']", f"[{V4} NOT <> '192.0.2.1']"])
def test_twice_negated_is_not_negated(pattern: str) -> None:
    assert named(pattern) == ["192.0.2.1"]


@pytest.mark.parametrize(
    "pattern",
    [
        "",
        "192.0.2.1",
        "[",
        "[]",
        f"[{V4}]",
        f"[{V4} =]",
        f"[{V4} = '192.0.2.1'",
        f"[{V4} = 192.0.2.1]",
        f"[{V4} = '192.0.2.1]",
        f"{V4} = '192.0.2.1'",
        f"[{V4} = '192.0.2.1']]",
        f"[{V4} = '192.0.2.1' XOR {V4} = '192.0.2.2']",
        f"[{V4} = '192.0.2.1'] [{V4} = '192.0.2.2']",
        f"[NOT {V4} = '192.0.2.1']",
        f"[{V4} IN ()]",
        f"[{V4} IN ('192.0.2.1']",
        "alert tcp any any -> 192.0.2.1 443 (sid:1;)",
        "(" * 5000,
        "[" + "(" * 5000,
        f"[{V4} = '" + "1" * 200_000 + "']",
    ],
)
def test_what_is_no_pattern_says_so(pattern: str) -> None:
    with pytest.raises(PatternError):
        pattern_ranges(pattern)


def work(pattern: str) -> int:
    """How many lines of Python are run, here and below, to read a pattern: the same on every machine, however busy."""
    lines = 0

    def count(frame: FrameType, event: str, argument: object) -> Callable[..., object]:
        nonlocal lines
        lines += event == "line"
        return count

    before = sys.gettrace()
    sys.settrace(count)
    try:
        pattern_ranges(pattern)
    finally:
        sys.settrace(before)
    return lines


def addresses(count: int) -> list[str]:
    return [f"'192.0.{at // 256}.{at % 256}'" for at in range(count)]


@pytest.mark.parametrize(
    "pattern_of",
    [
        lambda count: "[" + " OR ".join(f"{V4} = {text}" for text in addresses(count)) + "]",
        lambda count: "[" + " AND ".join(f"{V4} = {text}" for text in addresses(count)) + "]",
        lambda count: " OR ".join(f"[{V4} = {text}]" for text in addresses(count)),
        lambda count: f"[{V4} IN ({', '.join(addresses(count))})]",
        lambda count: (
            "[" + " AND ".join(f"{V4} {'!=' if at % 2 else '='} {text}" for at, text in enumerate(addresses(count))) + "]"
        ),
    ],
    ids=["or", "and", "observations", "in", "excluded"],
)
def test_twice_the_pattern_is_twice_the_work(pattern_of: Callable[[int], str]) -> None:
    """A square would be four times: a hostile list of long patterns must not hold a run for hours."""
    once, twice = work(pattern_of(400)), work(pattern_of(800))
    assert once > 400
    assert twice < 2.3 * once


def test_a_pattern_as_long_as_allowed_names_all_its_addresses() -> None:
    assert len(pattern_ranges("[" + " OR ".join(f"{V4} = {text}" for text in addresses(2500)) + "]")) == 2500


@settings(deadline=None)
@given(st.text(alphabet="[]()'=!<>.,:* \\NOTANDRIVipv4-adrlue0129/bht\n", max_size=60))
def test_any_text_is_a_pattern_or_none(text: str) -> None:
    """Nothing but PatternError is ever raised, whatever a publisher sends."""
    for pattern in (text, f"[{V4} {text}", f"[{V4} = '{text}']"):
        try:
            ranges = list(pattern_ranges(pattern))
        except PatternError:
            continue
        assert all(first <= last for first, last in ranges)
