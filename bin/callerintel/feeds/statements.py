"""What a publisher says about the list, in its comment lines: how many entries, whether this is the end, of when, and whether
the list still exists. Believed before our own thresholds, because the publisher knows [feeds 1.2].

In: a Document. Out: a Statement. Each phrase here was seen in a list that is served or was; their places are in [feeds 1, 2].
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
from typing import NamedTuple

from callerintel.feeds.document import Document, numbered_lines

_COMMENT_STARTS = ("#", ";", "//")
_SEARCHED_LINES = 200  # at either end of the list

_count = re.compile(
    r"(?i)\bEND\s+([0-9]+)\s+entries"  # abuse.ch
    r"|\bnumber of entries:\s*([0-9]+)"  # ThreatFox
    r"|\bresult contains\s+([0-9]+)\s+entries"  # bruteforceblocker
    r"|\bentries\s*:\s*([0-9]+)\s+(?:subnets|unique)"  # FireHOL
).search
_end_mark = re.compile(r"(?i)^[#;/\s]*(?:EOF\b|END\s+[0-9]+\s+entries)").search
_tombstone = re.compile(
    r"(?i)deprecated|discontinued|merged into|no longer (?:be )?(?:maintained|available|updated|supported|provided)"
    r"|has (?:been )?moved|end of life|shut ?down"
).search
_dated = re.compile(
    r"(?i)\b(?:last[ -]?(?:updated?|modified)|updated|generated(?: on| at)?|source file date|this file date)\s*:?\s+(.*)"
).search
_DATE_SHAPES = ("%Y-%m-%d %H:%M", "%d.%m.%Y %H:%M", "%a %b %d %H:%M:%S %Y", "%Y-%m-%d")


class Statement(NamedTuple):
    """What the publisher says; None, False and '' where nothing is said.

    `entries`: how many the list should have; `end_mark`: the list says where it ends; `date`: of the content, epoch seconds;
    `tombstone`: the line that says the list is no longer made; `serial`: a number that only grows.
    """

    entries: int | None = None
    end_mark: bool = False
    date: int | None = None
    tombstone: str = ""
    serial: int | None = None


def read_statement(document: Document) -> Statement:
    """What the comment lines at the beginning and the end of a list say."""
    lines = [line for _, line in numbered_lines(document)]
    edges = lines if len(lines) <= 2 * _SEARCHED_LINES else lines[:_SEARCHED_LINES] + lines[-_SEARCHED_LINES:]
    comments = [line[:500] for line in edges if line.startswith(_COMMENT_STARTS)]
    # A tombstone may be all there is, and no comment; whether that matters is for `trust`, once nothing was found to keep.
    return Statement(
        entries=_stated_count(comments),
        end_mark=any(_end_mark(line) for line in comments),
        date=_stated_date(comments),
        tombstone=next((line[:200] for line in edges if _tombstone(line[:500])), ""),
    )


def _stated_count(comments: Iterable[str]) -> int | None:
    for line in comments:
        match = _count(line)
        if match:
            return int(next(group for group in match.groups() if group))
    return None


def _stated_date(comments: Iterable[str]) -> int | None:
    found: list[int] = []
    for line in comments:
        match = _dated(line)
        date = parse_date(match.group(1).strip(" #;\t")) if match else None
        if date is not None:
            found.append(date)
    return found[0] if found else None


def parse_date(text: str) -> int | None:
    """A publisher's date in any shape seen so far as epoch seconds (UTC where no zone is given), or None."""
    text = re.sub(r"\s+(?:UTC|GMT|Z)\b", "", text.strip())
    for read in (_iso_date, _mail_date, _shaped_date):
        date = read(text)
        if date is not None:
            seconds = int((date if date.tzinfo else date.replace(tzinfo=timezone.utc)).timestamp())
            return seconds if seconds >= 0 else None  # 0001-01-01 and the like mean "unknown"
    return None


def _iso_date(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(re.sub(r"Z$", "+00:00", text))
    except ValueError:
        return None


def _mail_date(text: str) -> datetime | None:
    try:
        return parsedate_to_datetime(text)
    except (TypeError, ValueError, IndexError, OverflowError):
        return None


def _shaped_date(text: str) -> datetime | None:
    for shape in _DATE_SHAPES:
        try:
            return datetime.strptime(text, shape)
        except ValueError:
            continue
    return None
