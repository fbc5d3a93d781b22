"""What the team has allowed: a match that somebody already said is fine stays visible and loses its severity.

In: `caller_allowlist.csv`, which people edit in the Lookup Editor or a spreadsheet, so it is read whole and forgivingly (BOM, blank
lines, quoting, columns in any order). Out: for a list entry that an event matched, the owner and reason of the row that
allows it. A row allows only what all of its filled cells say, and needs an indicator, a caller or a feed; a row that is
malformed or expired allows nothing.

A row covers list *entries*, not events: an event is allowed when every entry that it matched is. So a list that is added
never lowers a severity.
"""

from __future__ import annotations

import csv
import re
import time as clock
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timezone
from typing import NamedTuple

from callerintel.address import Range, parse_range
from callerintel.lookups import CALLER_ALLOWLIST
from callerintel.search.cloudtrail import parse_time
from callerintel.search.intel import Entry

_FOR_EVER = float("inf")
_DAY = r"([0-9]{4})-([0-9]{2})-([0-9]{2})"
_DAY_SECONDS = 86_400
_SHOWN_ROWS = 3


class _Row(NamedTuple):
    addresses: Range | None
    caller: tuple[str, ...]  # what stands between its asterisks
    account: str
    feed: str
    category: str
    until: float
    says: str

    def covers(self, address: int, caller: str, account: str, entry: Entry, time: float) -> bool:
        """Whether the row allows this entry to this caller from this address at this time."""
        return (
            time < self.until
            and (self.addresses is None or self.addresses.first <= address <= self.addresses.last)
            and (not self.caller or _is_like(caller, self.caller))
            and self.account in ("", account)
            and self.feed in ("", entry.feed)
            and self.category in ("", entry.category)
        )


class Allowlist:
    """The allowlist, read. `problem` is a phrase ("is missing"), `refused` says which rows allow nothing and why."""

    def __init__(self) -> None:
        self.problem = ""
        self.refused: list[str] = []
        self._rows: list[_Row] = []
        try:
            with open(CALLER_ALLOWLIST.path(), encoding="utf-8-sig", errors="replace", newline="") as file:
                self._read(csv.reader(line.replace("\0", "") for line in file))
        except FileNotFoundError:
            self.problem = "is missing"
        except OSError as error:
            self.problem = f"cannot be read ({error.strerror})"
        except csv.Error as error:
            self.problem = f"is no CSV file from some line on ({error})"
        self._expiries = sorted({-_FOR_EVER, *(row.until for row in self._rows), _FOR_EVER})

    def span(self, time: float) -> tuple[float, float]:
        """The times around `time`, epoch seconds, from and until before, between which no row expires."""
        at = bisect_right(self._expiries, time)
        return self._expiries[at - 1], self._expiries[at]

    @property
    def message(self) -> str:
        """One sentence on the rows that allow nothing, or ""."""
        if not self.refused:
            return ""
        more = len(self.refused) - _SHOWN_ROWS
        shown = "; ".join(self.refused[:_SHOWN_ROWS]) + (f"; and {more} more" if more > 0 else "")
        return f"In {CALLER_ALLOWLIST.name} these rows allow nothing: {shown}."

    def suppressed_by(
        self, address: int, caller: str, account: str, entries: Sequence[Entry], time: float | None
    ) -> tuple[str, ...]:
        """Who allowed it and why, one text per row that was needed; empty unless every entry is covered.

        `time` is the event's in epoch seconds, so that a search over the past says what the live search said; an event without one is
        taken as of now.
        """
        at = clock.time() if time is None else time
        reasons: list[str] = []
        for entry in entries:
            row = next((row for row in self._rows if row.covers(address, caller, account, entry, at)), None)
            if row is None:
                return ()
            if row.says not in reasons:
                reasons.append(row.says)
        return tuple(reasons)

    def _read(self, lines: Iterable[list[str]]) -> None:
        for number, cells in _numbered_rows(lines):
            try:
                self._rows.append(_parse_row(cells))
            except ValueError as error:
                self.refused.append(f"row {number} ({error})")
                continue
            if self._rows[-1].until <= clock.time():
                self.refused.append(f"row {number} (expired {cells['expires']})")


def _numbered_rows(lines: Iterable[list[str]]) -> Iterator[tuple[int, dict[str, str]]]:
    """(row number as a spreadsheet shows it, cells by column) of each row that is not blank."""
    header: list[str] = []
    for number, line in enumerate(lines, 1):
        cells = [cell.strip() for cell in line]
        if not any(cells):
            continue
        if not header:
            header = [name.lower() for name in cells]
            continue
        by_name = dict(zip(header, cells))
        yield number, {name: by_name.get(name, "") for name in CALLER_ALLOWLIST.columns}


def _parse_row(cells: dict[str, str]) -> _Row:
    """The row, or ValueError with what is wrong with it."""
    indicator, caller, feed = cells["indicator"], cells["caller"], cells["feed"]
    if not (indicator or caller or feed):
        raise ValueError("it names no indicator, caller or feed")
    if not caller.strip("*") and not indicator and not feed:
        raise ValueError("the caller * alone would allow everything")
    addresses = parse_range(indicator) if indicator else None
    if indicator and addresses is None:
        raise ValueError(f"{indicator!r} is no address, CIDR or range")
    owner, reason = cells["owner"], cells["reason"]
    return _Row(
        addresses=addresses,
        caller=tuple(caller.split("*")) if caller else (),
        account=cells["account"],
        feed=feed,
        category=cells["category"],
        until=_parse_expiry(cells["expires"]),
        says=": ".join(filter(None, (owner, reason))) or "allowlist",
    )


def _is_like(text: str, parts: tuple[str, ...]) -> bool:
    """Whether the parts are in a text in their order, the first at its beginning and the last at its end.

    Not by a regular expression: with a few dozen asterisks in a row it would not come to an end.
    """
    first, last = parts[0], parts[-1]
    if len(parts) == 1:
        return text == first
    at, end = len(first), len(text) - len(last)
    if at > end or not (text.startswith(first) and text.endswith(last)):
        return False
    for part in parts[1:-1]:
        found = text.find(part, at, end)
        if found < 0:
            return False
        at = found + len(part)
    return True


def _parse_expiry(text: str) -> float:
    """The first moment at which the row allows no more: a bare day counts to its end (UTC); empty is never."""
    if not text:
        return _FOR_EVER
    day = re.fullmatch(_DAY, text)
    if day:
        try:
            start = datetime(int(day[1]), int(day[2]), int(day[3]), tzinfo=timezone.utc)
        except ValueError:
            raise ValueError(f"there is no day {text!r}") from None
        return start.timestamp() + _DAY_SECONDS
    moment = parse_time(text)
    if moment is None:
        raise ValueError(f"{text!r} is no day like 2030-12-31")
    return moment
