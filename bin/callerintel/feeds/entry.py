"""The spellings of an address in lists: what stands in a line or a cell → the addresses it names, or why it names none.

Read are an address, a network (CIDR) and a range (`a-b`), with quotes, a port, a URL around them, and defanged (`192.0.2[.]1`,
`hxxp://`) [feeds 2]. An address must be the whole token: `192.0.2.1.example.net` is a name [feeds 1.6]. Leading zeros are
refused, because nobody can say whether they are octal.
"""

from __future__ import annotations

import re

from callerintel.address import Range, parse_range
from callerintel.feeds.document import LONGEST_LINE

COMMENT_STARTS = ("#", ";", "//")

_dashed = re.compile(r"([0-9A-Fa-f:.]+)\s*-\s*([0-9A-Fa-f:.]+)(?=[\s,]|$)").match
_url_host = re.compile(r"(?i)[a-z][a-z0-9+.-]*://(?:[^/?@]*@)?(\[[^\]]*\]|[^/?:]*)(?::[0-9]{1,5})?(?:[/?].*)?$").match
_with_port = re.compile(r"(\[[0-9A-Fa-f:.]+\](?=(?::[0-9]{1,5})?$)|[0-9.]+(?=:[0-9]{1,5}$))").match
_label = r"[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?"
_is_host_name = re.compile(
    rf"(?:\*\.)?(?:{_label}\.)+[A-Za-z](?:[A-Za-z0-9-]*[A-Za-z0-9])?\.?(?::[0-9]{{1,5}})?(?:/\S*)?"
).fullmatch
_nearly_an_address = re.compile(r"(?=.*[0-9])(?=.*[.:])[0-9A-Fa-f.:/\[\]%-]+").fullmatch
_DEFANGED = (("[.]", "."), ("(.)", "."), ("{.}", "."), ("[dot]", "."), ("[:]", ":"), ("[://]", "://"), ("hxxp", "http"))


def first_entry(text: str) -> str:
    """The first line of a text that is neither blank nor a comment, without blanks around it; '' when there is none."""
    for line in text.splitlines():
        stripped = line.strip()
        if stripped and not stripped.startswith(COMMENT_STARTS):
            return stripped
    return ""


def find_range(entry: str) -> Range | None:
    """The addresses that the first column of an entry names, in any spelling the module's docstring lists, or None."""
    if len(entry) > LONGEST_LINE:
        return None
    entry = refanged(entry)
    dashed = _dashed(entry)
    if dashed:
        found = parse_range(dashed.group())
        if found:
            return found
    token = first_column(entry)
    host = _url_host(token) or _with_port(token)
    return parse_range(token) or (parse_range(host.group(1).strip("[]")) if host else None)


def first_column(entry: str) -> str:
    """What stands before the first blank or comma, without quotes."""
    words = entry.replace(",", " ", 1).split(None, 1)
    return words[0].strip("\"'") if words else ""


def refanged(text: str) -> str:
    """A defanged spelling (`192.0.2[.]1`, `hxxp://`) as it was before."""
    lowered = text.lower()
    if "[" in text or "(" in text or "{" in text or "hxxp" in lowered:
        for made, meant in _DEFANGED:
            text = re.sub(re.escape(made), meant, text, flags=re.IGNORECASE)
    return text


def reject_reason(entry: str) -> str:
    """Why an entry is no indicator: one of document.REJECT_REASONS."""
    if len(entry) > LONGEST_LINE:
        return "line_too_long"
    token = first_column(refanged(entry))
    url = _url_host(token)
    token = url.group(1) if url else token
    if _is_host_name(token):
        return "host_name"
    return "malformed_address" if _nearly_an_address(token) else "not_an_address"
