"""The plain format: one address, network (CIDR) or range (`a-b`) a line. What nearly every publisher offers.

Read as well, because lists that call themselves plain hold it [feeds 2]: comments (`#`, `;`, `//`, whole line or behind
an entry), further columns behind a blank, tab or comma (scores, dates), ports, URLs whose host is an address, quotes, and
defanged spellings (`192.0.2[.]1`, `hxxp://`). An address must be the whole token: `192.0.2.1.example.net` is a name.
Leading zeros are refused, because nobody can say whether they are octal. What the further columns say is not read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from callerintel.address import Range, parse_range
from callerintel.feeds.document import LONGEST_LINE, Document, Indicator, Parsed, numbered_lines, rejected

if TYPE_CHECKING:
    from callerintel.feeds.feed_config import FeedConfig

NAME = "plain"

_COMMENT_STARTS = ("#", ";", "//")
_inline_comment = re.compile(r"\s*[#;]|\s//")
_dashed = re.compile(r"([0-9A-Fa-f:.]+)\s*-\s*([0-9A-Fa-f:.]+)(?=[\s,]|$)").match
_url_host = re.compile(r"(?i)[a-z][a-z0-9+.-]*://(?:[^/?@]*@)?(\[[^\]]*\]|[^/?:]*)(?::[0-9]{1,5})?(?:[/?].*)?$").match
_with_port = re.compile(r"(\[[0-9A-Fa-f:.]+\](?=(?::[0-9]{1,5})?$)|[0-9.]+(?=:[0-9]{1,5}$))").match
_label = r"[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?"
_is_host_name = re.compile(
    rf"(?:\*\.)?(?:{_label}\.)+[A-Za-z](?:[A-Za-z0-9-]*[A-Za-z0-9])?\.?(?::[0-9]{{1,5}})?(?:/\S*)?"
).fullmatch
_nearly_an_address = re.compile(r"(?=.*[0-9])(?=.*[.:])[0-9A-Fa-f.:/\[\]%-]+").fullmatch
_DEFANGED = (("[.]", "."), ("(.)", "."), ("{.}", "."), ("[dot]", "."), ("[:]", ":"), ("[://]", "://"), ("hxxp", "http"))


def recognises(text: str) -> bool:
    """Never: plain is what is left when no other format recognises a list."""
    return False


def parse(document: Document, config: FeedConfig) -> Iterator[Parsed]:
    """The indicators of a list, and each line that is neither an indicator, a comment nor blank."""
    for number, line in numbered_lines(document):
        found = parse_range(line) if len(line) <= LONGEST_LINE else None
        if found is not None:
            yield Indicator(found.first, found.last)
        elif len(line) > LONGEST_LINE:
            yield rejected(number, line, "line_too_long")
        elif not line.startswith(_COMMENT_STARTS):
            entry = _inline_comment.split(line, maxsplit=1)[0].strip()
            found = find_range(entry)
            yield Indicator(found.first, found.last) if found else rejected(number, line, reject_reason(entry))


def find_range(entry: str) -> Range | None:
    """The addresses that the first column of an entry names, in any spelling the module's docstring lists, or None."""
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
    return entry.replace(",", " ", 1).split(None, 1)[0].strip("\"'") if entry.strip(" ,") else ""


def refanged(text: str) -> str:
    """A defanged spelling (`192.0.2[.]1`, `hxxp://`) as it was before."""
    lowered = text.lower()
    if "[" in text or "(" in text or "{" in text or "hxxp" in lowered:
        for made, meant in _DEFANGED:
            text = re.sub(re.escape(made), meant, text, flags=re.IGNORECASE)
    return text


def reject_reason(entry: str) -> str:
    """Why an entry is no indicator: one of document.REJECT_REASONS."""
    token = first_column(refanged(entry))
    url = _url_host(token)
    if _is_host_name(url.group(1) if url else token):
        return "host_name"
    return "malformed_address" if _nearly_an_address(token) else "not_an_address"
