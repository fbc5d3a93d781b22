"""Addresses as numbers and keys: the one notion of an address that both halves share.

An address is one whole number: an IPv4 address its value, an IPv6 address its value plus `V6`. So both families sort
in one order, ranges are pairs of numbers, and an IPv4-mapped IPv6 address (::ffff:203.0.113.9) *is* the IPv4 address.
In a lookup the number is a key of fixed length whose byte order is the numbers' order.

The table of what is not routed on the internet is our own, from the IANA special-purpose address registries, because the
standard library's `is_global` differs between Python versions and calls multicast global [feeds 1.14].
"""

from __future__ import annotations

import re
from bisect import bisect_right
from socket import AF_INET, AF_INET6, inet_ntop, inet_pton
from typing import NamedTuple

V6 = 1 << 128
_LAST_V4 = (1 << 32) - 1
_MAPPED = V6 + (0xFFFF << 32)

# Strict on purpose: "010.0.0.1" is octal to some readers and decimal to others, so it is no address here; and what
# Python's ipaddress makes of it depends on its version [cloudtrail 0.9]. The pattern decides where the platform's
# inet_pton is not as strict: that of macOS takes leading zeros.
_OCTET = r"(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])"
_V4 = rf"{_OCTET}(?:\.{_OCTET}){{3}}"
_may_be_v6 = re.compile(r"[0-9A-Fa-f:]{2,39}|([0-9A-Fa-f:]{1,30}:)([0-9.]{7,15})").fullmatch
_ZERO = ".".join("0000")
_NO_ADDRESSES = (
    "0" + _ZERO,
    _ZERO + "0",
    _ZERO[:-2],
    _ZERO + ".0",
    "0x" + _ZERO,
    " " + _ZERO,
    _ZERO + " ",
    _ZERO[:-1] + "256",
    _ZERO + "\n",
    "",
)
_PREFIX_LENGTHS = frozenset(map(str, range(129)))


class Range(NamedTuple):
    """All addresses from `first` to `last`, both included and of one family."""

    first: int
    last: int


def _is_v4(text: str) -> bool:
    return re.fullmatch(_V4, text) is not None


def _takes(text: str) -> bool:
    try:
        inet_pton(AF_INET, text)
    except (OSError, ValueError):
        return False
    return True


_PTON_IS_STRICT = not any(map(_takes, _NO_ADDRESSES))


def parse_address(text: str) -> int | None:
    """The number of the address that `text` spells, or None when it spells none.

    No blanks, leading zeros, zones (`%eth0`), ports or brackets are accepted.

    >>> parse_address("::ffff:203.0.113.9") == parse_address("203.0.113.9") == 0xCB007109
    True
    """
    if _PTON_IS_STRICT or _is_v4(text):
        try:
            return int.from_bytes(inet_pton(AF_INET, text), "big")
        except (OSError, ValueError):
            pass
    match = _may_be_v6(text)
    if match is None or (match.group(2) and not _is_v4(match.group(2))):
        return None
    try:
        number = V6 + int.from_bytes(inet_pton(AF_INET6, text), "big")
    except OSError:
        return None
    return number - _MAPPED if _MAPPED <= number <= _MAPPED + _LAST_V4 else number


def parse_range(text: str) -> Range | None:
    """The addresses that an address, a CIDR or an `a-b` range names, or None.

    The host bits of a CIDR are masked off; blanks around the dash are allowed; `a` must not be above `b`.
    """
    number = parse_address(text)
    if number is not None:
        return Range(number, number)
    if "/" in text:
        return _parse_cidr(text)
    first_text, dash, last_text = text.partition("-")
    if not dash:
        return None
    first, last = parse_address(first_text.rstrip()), parse_address(last_text.lstrip())
    if first is None or last is None or first > last or (first < V6) != (last < V6):
        return None
    return Range(first, last)


def _parse_cidr(text: str) -> Range | None:
    address, _, length = text.partition("/")
    number = parse_address(address)
    if number is None or length not in _PREFIX_LENGTHS:
        return None
    bits = 32 if number < V6 else 128
    size = int(length)
    if bits == 32 and ":" in address:
        size -= 96  # ::ffff:203.0.113.0/120 is 203.0.113.0/24
    if not 0 <= size <= bits:
        return None
    hosts = (1 << (bits - size)) - 1
    base = 0 if bits == 32 else V6
    first = base + ((number - base) & ~hosts)
    return Range(first, first + hosts)


def address_text(number: int) -> str:
    """The usual spelling of an address: dotted IPv4, compressed lower-case IPv6."""
    if number < V6:
        return inet_ntop(AF_INET, number.to_bytes(4, "big"))
    return inet_ntop(AF_INET6, (number - V6).to_bytes(16, "big"))


def range_text(first: int, last: int) -> str:
    """The shortest spelling of a range: an address, a CIDR where it is one, else `a-b`."""
    if first == last:
        return address_text(first)
    size = last - first + 1
    base, bits = (0, 32) if first < V6 else (V6, 128)
    if size & (size - 1) == 0 and (first - base) % size == 0:
        return f"{address_text(first)}/{bits - size.bit_length() + 1}"
    return f"{address_text(first)}-{address_text(last)}"


def address_key(number: int) -> str:
    """The key of an address in a lookup: `4` and 8 hex digits, or `6` and 32; its byte order is the numbers' order."""
    return f"4{number:08x}" if number < V6 else f"6{number - V6:032x}"


_key = re.compile(r"4[0-9a-f]{8}|6[0-9a-f]{32}").fullmatch


def is_key(text: str) -> bool:
    """Whether it is the key of an address."""
    return _key(text) is not None


def key_number(key: str) -> int:
    """The number whose key this is; ValueError when it is no such key."""
    if not is_key(key):
        raise ValueError(f"{key!r} is not the key of an address")
    value = int(key[1:], 16)
    return value if key[0] == "4" else V6 + value


def _table(*rows: tuple[str, str]) -> tuple[tuple[int, int, str], ...]:
    ranges: list[tuple[int, int, str]] = []
    for text, name in rows:
        parsed = parse_range(text)
        if parsed is None:
            raise ValueError(text)
        ranges.append((parsed.first, parsed.last, name))
    return tuple(sorted(ranges))


# (first, last, name), sorted and disjoint. IANA special-purpose registries (RFC 6890 and its updates), with three
# choices of ours: multicast and 240/4 are no source of anything; IPv6 outside 2000::/3 is not allocated to anybody;
# 2001::/23 counts whole, although a few anycast services inside it are reachable: none of them calls AWS.
NOT_ROUTABLE: tuple[tuple[int, int, str], ...] = _table(
    ("0.0.0.0/8", "this network"),
    ("10.0.0.0/8", "private"),
    ("100.64.0.0/10", "shared"),
    ("127.0.0.0/8", "loopback"),
    ("169.254.0.0/16", "link-local"),
    ("172.16.0.0/12", "private"),
    ("192.0.0.0/24", "protocol assignments"),
    ("192.0.2.0/24", "documentation"),
    ("192.168.0.0/16", "private"),
    ("198.18.0.0/15", "benchmarking"),
    ("198.51.100.0/24", "documentation"),
    ("203.0.113.0/24", "documentation"),
    ("224.0.0.0/4", "multicast"),
    ("240.0.0.0/4", "reserved"),
    ("::-1fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "not allocated"),
    ("2001::/23", "protocol assignments"),
    ("2001:db8::/32", "documentation"),
    ("3fff::/20", "documentation"),
    ("4000::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "not allocated"),
)
_FIRSTS = [first for first, _, _ in NOT_ROUTABLE]
_LABORATORY = frozenset(("documentation", "benchmarking"))


def reserved_name(number: int) -> str:
    """What an address that is not routed on the internet is reserved for (`private`, `documentation`, ...), else ''."""
    at = bisect_right(_FIRSTS, number) - 1
    return NOT_ROUTABLE[at][2] if at >= 0 and number <= NOT_ROUTABLE[at][1] else ""


def is_globally_routable(number: int) -> bool:
    """Whether a host with this address can call anything on the internet."""
    return not reserved_name(number)


def is_laboratory(number: int) -> bool:
    """Whether the address belongs to a range set aside for documentation or benchmarks: it stands for a public one."""
    return reserved_name(number) in _LABORATORY
