"""Regular expressions, LIKE patterns and wildcards, compiled once each.

Splunk's are PCRE, these are Python's: what both understand alike passes, what Python reads otherwise is Unsupported.
"""

from __future__ import annotations

import ipaddress
import re
from functools import lru_cache
from typing import Union

from .errors import SearchSyntaxError, Unsupported

Network = Union[ipaddress.IPv4Network, ipaddress.IPv6Network]

_named_group = re.compile(r"\(\?P?<([A-Za-z_]\w*)>")
_otherwise_in_python = re.compile(r"\[\[:|\\[KRGXhHQEC]|\(\?[>|R&]|[*+?}]\+|\\[zZ](?!$)|\(\?\d")


@lru_cache(maxsize=1000)
def regex(pattern: str) -> re.Pattern[str]:
    """Returns a compiled PCRE pattern; \\w, \\d and \\s are ASCII, as in PCRE. SearchSyntaxError if it is none."""
    odd = _otherwise_in_python.search(pattern)
    if odd:
        raise Unsupported(f"{odd[0]!r} in the regular expression {pattern!r} is not played")
    try:
        return re.compile(_named_group.sub(r"(?P<\1>", pattern), re.ASCII)
    except re.error as error:
        raise SearchSyntaxError(f"{pattern!r} is no regular expression: {error}") from error


@lru_cache(maxsize=1000)
def like(pattern: str) -> re.Pattern[str]:
    """LIKE: `%` any run of characters, `_` one; the whole text, case-sensitive [spl 5.1 like]."""
    if "\\" in pattern:
        raise Unsupported(f"a backslash in the LIKE pattern {pattern!r}")
    parts = [".*" if each == "%" else "." if each == "_" else re.escape(each) for each in pattern]
    return re.compile("".join(parts), re.DOTALL)


@lru_cache(maxsize=1000)
def wildcard(pattern: str, ignore_case: bool) -> re.Pattern[str]:
    """`*` any run of characters, the whole text."""
    parts = [re.escape(each) for each in pattern.split("*")]
    return re.compile("(.*)".join(parts), re.DOTALL | (re.IGNORECASE if ignore_case else 0))


@lru_cache(maxsize=1000)
def network(text: str) -> Network | None:
    """Returns the network of a CIDR text, None if it is none."""
    try:
        return ipaddress.ip_network(text, strict=False) if "/" in text else None
    except ValueError:
        return None


def is_in_network(text: str, net: Network) -> bool | None:
    """Tells whether an address is in a network; None where the text is no address."""
    try:
        return ipaddress.ip_address(text) in net
    except ValueError:
        return None


def matching_names(pattern: str, names: list[str]) -> list[str]:
    """Returns the field names that a name with wildcards means; a name without them means itself if it is there."""
    if "*" not in pattern:
        return [pattern] if pattern in names else []
    fits = wildcard(pattern, False).fullmatch
    return [name for name in names if fits(name)]
