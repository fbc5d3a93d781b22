"""What a feed is made of: documents, and the indicators and rejected lines that a format finds in them.

Also the text of a document, because publishers agree on nothing there: BOMs, UTF-16, NULs, CR, CRLF, no last newline
[feeds 2]. The Content-Type is never asked; it is wrong too often [feeds 1.5].
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from typing import NamedTuple, Union

LONGEST_LINE = 4096
LONGEST_SHOWN = 200

# Why a line or record is no indicator, or an indicator is not kept. A closed list: the keys of the status event's
# `rejected`. The first three are faults of the list, and many of them mean that it is no list; the others are not.
FAULTS: tuple[str, ...] = (
    "not_an_address",  # something else altogether
    "malformed_address",  # nearly an address: leading zeros, a prefix length that does not exist, ends the wrong way round
    "line_too_long",  # longer than LONGEST_LINE
)
REJECT_REASONS: tuple[str, ...] = FAULTS + (
    "host_name",  # a name or a URL with one: an indicator, but none of an address
    "other_type",  # an indicator of something else: a file hash, a mail address, a pattern or observable that accuses no address
    "inactive",  # the publisher says that the entry is over or not for detection: offline, revoked, expired, to_ids = false
    "left_out",  # the feed's settings leave it out: where, min_confidence
    "missing",  # the publisher names it but does not serve it: a MISP event that is 404
    "not_routable",  # private, reserved, multicast, documentation, ... (hygiene)
    "too_wide",  # a network so wide that it must be a mistake (hygiene)
    "excluded",  # in what the feed's settings take out of the list (hygiene)
    "own_network",  # in the networks that the team calls its own (hygiene)
)


class Document(NamedTuple):
    """One body as it arrived. `name` is for messages; `date` is when its source says it changed, epoch seconds."""

    body: bytes
    name: str
    date: int | None = None


class Indicator(NamedTuple):
    """What a feed lists: the addresses `first` to `last` (numbers of `callerintel.address`), and what it says of them.

    None and '' mean that the publisher says nothing. Times are epoch seconds. `labels` is for formats whose entries have
    names of their own: (service, region) of an AWS range. `valid_until`: when the list is to be read again, because this one is over.
    """

    first: int
    last: int
    category: str = ""
    confidence: int | None = None
    description: str = ""
    first_seen: int | None = None
    last_seen: int | None = None
    labels: tuple[str, ...] = ()
    valid_until: int | None = None


class Rejected(NamedTuple):
    """A line or record that is no indicator: its number from 1, its text (cut), and one of REJECT_REASONS."""

    line: int
    text: str
    reason: str


Parsed = Union[Indicator, Rejected]

_line_end = re.compile(r"\r\n|\r|\n")  # not str.splitlines, which also breaks at \x0b, \x85 and U+2028


def whole_number(text: str) -> int | None:
    """The number that ASCII digits spell, at most 18 of them; None for anything else (`int` takes more than digits)."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 18 else None


def rejected(line: int, text: str, reason: str) -> Rejected:
    """A Rejected whose text is cut to what a message can show."""
    return Rejected(line, text[:LONGEST_SHOWN], reason)


def document_text(document: Document) -> str:
    """The body as text: UTF-16 where a byte-order mark says so, else UTF-8; what is no such text becomes U+FFFD.

    NULs are left out, so UTF-16 without a mark, which is ASCII with NULs between, is read as well.
    """
    encoding = "utf-16" if document.body.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else "utf-8-sig"
    return document.body.decode(encoding, "replace").replace("\0", "")


def numbered_lines(document: Document) -> Iterator[tuple[int, str]]:
    """The lines that are not blank, without blanks around them, with their numbers from 1."""
    for number, line in enumerate(_line_end.split(document_text(document)), 1):
        stripped = line.strip()
        if stripped:
            yield number, stripped
