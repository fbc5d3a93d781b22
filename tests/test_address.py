"""Addresses, ranges and keys, held against the standard library where it is right and against hand-made tables where it is not."""

from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callerintel.address import (
    NOT_ROUTABLE,
    V6,
    address_key,
    address_text,
    is_globally_routable,
    key_number,
    parse_address,
    parse_range,
    range_text,
)

v4 = st.integers(0, 2**32 - 1)
v6 = st.integers(0, 2**128 - 1).filter(lambda value: value >> 32 != 0xFFFF)
numbers = v4 | v6.map(lambda value: value + V6)


@given(v4)
def test_an_ipv4_address_is_its_value(value: int) -> None:
    assert parse_address(str(ipaddress.IPv4Address(value))) == value


@given(v6)
def test_an_ipv6_address_is_its_value_above_all_of_ipv4(value: int) -> None:
    address = ipaddress.IPv6Address(value)

    assert parse_address(str(address)) == parse_address(address.exploded.upper()) == value + V6


@given(v4)
def test_a_mapped_address_is_its_ipv4_address(value: int) -> None:
    text = str(ipaddress.IPv4Address(value))

    assert parse_address("::ffff:" + text) == parse_address(f"0:0:0:0:0:FFFF:{value >> 16:x}:{value & 0xFFFF:x}") == value


@given(numbers)
def test_text_and_key_lead_back_to_the_number(number: int) -> None:
    assert parse_address(address_text(number)) == number
    assert key_number(address_key(number)) == number


@given(numbers, numbers)
def test_keys_sort_as_numbers_do(one: int, other: int) -> None:
    assert (address_key(one).encode() < address_key(other).encode()) == (one < other)


@pytest.mark.parametrize("key", ["", "4", "4cb00710", "4CB007109", "5cb007109", "6cb007109", "4cb007109\n", " 4cb007109"])
def test_what_is_no_key_is_refused(key: str) -> None:
    with pytest.raises(ValueError, match="not the key of an address"):
        key_number(key)


@given(st.text(alphabet="0123456789abcdef.:/-% ", max_size=24))
def test_no_text_raises_and_what_is_taken_the_standard_library_takes_too(text: str) -> None:
    number = parse_address(text)

    if number is not None:
        assert ipaddress.ip_address(text) is not None


@given(v4, st.integers(0, 32))
def test_a_cidr_is_the_network_around_its_address(value: int, length: int) -> None:
    network = ipaddress.IPv4Network((value, length), strict=False)
    text = f"{ipaddress.IPv4Address(value)}/{length}"

    assert parse_range(text) == (int(network[0]), int(network[-1]))
    assert range_text(*parse_range(text)) == (str(network[0]) if length == 32 else str(network))


@given(v6, st.integers(0, 128))
def test_an_ipv6_cidr_is_the_network_around_its_address(value: int, length: int) -> None:
    network = ipaddress.IPv6Network((value, length), strict=False)

    assert parse_range(f"{ipaddress.IPv6Address(value)}/{length}") == (int(network[0]) + V6, int(network[-1]) + V6)


@given(v4, v4)
def test_a_range_names_all_from_its_first_to_its_last(one: int, other: int) -> None:
    first, last = sorted((one, other))
    spelled = f"{ipaddress.IPv4Address(first)} - {ipaddress.IPv4Address(last)}"

    assert parse_range(spelled) == (first, last)
    assert parse_range(range_text(first, last)) == (first, last)


@pytest.mark.parametrize(
    "text",
    [
        "", "-", "/", "1.2.3.4/", "1.2.3.4/33", "1.2.3.4/-1", "1.2.3.4/08", "1.2.3.4/2 ", "1.2.3.4 /8", "1.2.3.4/255.0.0.0",
        "2001:db8::/129", "1.2.3.9-1.2.3.4", "1.2.3.4-2001:db8::1", "1.2.3.4-", "-1.2.3.4", "1.2.3.4-1.2.3.9-1.2.3.10", "::ffff:1.2.3.0/95x",
    ],
)  # fmt: skip
def test_what_is_no_range_is_none(text: str) -> None:
    assert parse_range(text) is None


def test_a_mapped_cidr_is_the_ipv4_network() -> None:
    assert parse_range("::ffff:203.0.113.0/120") == parse_range("203.0.113.0/24")


ROUTABLE = [
    ("0.255.255.255", False), ("1.0.0.0", True), ("9.255.255.255", True), ("10.0.0.0", False), ("11.0.0.0", True),
    ("100.63.255.255", True), ("100.64.0.0", False), ("100.127.255.255", False), ("100.128.0.0", True),
    ("126.255.255.255", True), ("127.0.0.1", False), ("128.0.0.0", True), ("169.253.255.255", True), ("169.254.169.254", False),
    ("172.15.255.255", True), ("172.16.0.0", False), ("172.31.255.255", False), ("172.32.0.0", True),
    ("192.0.0.8", False), ("192.0.1.255", True), ("192.0.2.1", False), ("192.0.3.0", True), ("192.167.255.255", True), ("192.168.0.1", False),
    ("198.17.255.255", True), ("198.18.0.0", False), ("198.19.255.255", False), ("198.20.0.0", True), ("198.51.100.1", False),
    ("203.0.113.255", False), ("203.0.114.0", True), ("223.255.255.255", True), ("224.0.0.1", False), ("240.0.0.1", False), ("255.255.255.255", False),
    ("::", False), ("::1", False), ("64:ff9b::1", False), ("fc00::1", False), ("fe80::1", False), ("ff02::1", False),
    ("2001:1::1", False), ("2001:200::1", True), ("2001:db7:ffff::", True), ("2001:db8::1", False), ("2001:db9::", True),
    ("2600:1f18::1", True), ("2a05:d018::1", True), ("3ffe:ffff::", True), ("3fff::1", False), ("3fff:1000::", True), ("4000::", False),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), ROUTABLE)
def test_only_what_the_internet_routes_is_routable(text: str, expected: bool) -> None:
    number = parse_address(text)

    assert number is not None
    assert is_globally_routable(number) == expected


def test_the_table_is_sorted_and_disjoint() -> None:
    ends = [(first, last) for first, last, _ in NOT_ROUTABLE]

    assert all(first <= last for first, last in ends)
    assert all(last < first for (_, last), (first, _) in zip(ends, ends[1:]))
