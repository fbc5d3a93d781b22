"""What is usual for a caller: since when the baseline knows each of its actions, user agents and regions.

In: a caller and its groups, a property, a value, a time. Out: an `Opinion`: `true` (unexpected), `false`, or `learning`,
and whose record says so. A statement about event time, so it is the same now as when the past is searched again: a value is
expected at time t if the record holds it since `settle_days` before t; a record that began less than `learning_days` before t
does not answer. Then others do, in this order [DESIGN, "Unexpected"]: the caller's siblings, then its class, and the class as
soon as the *account* is old enough, not the class itself: the first IAM user in an account of roles is not excused by there
being no other. The user agent of a person is judged by the person's record over all accounts: a laptop belongs to a person.

The lookup's key puts one caller's rows side by side: 16 hex digits of SHA-256(caller), the first letter of the property,
16 hex digits of SHA-256(value).
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable
from functools import lru_cache
from math import isfinite, nan
from typing import TYPE_CHECKING, NamedTuple

from callerintel.lookups import CALLER_BASELINE
from callerintel.search.caller_groups import Groups
from callerintel.search.sorted_lookup import SortedCsv, open_sorted

# Python's own SHA-256, by the names that it has up to 3.11 and from 3.12 on: importing hashlib means to load all of OpenSSL's digests
# as well, which takes longer than to open the lookups. The digests are keys, not secrets.
if TYPE_CHECKING:
    from hashlib import sha256
else:
    try:
        from _sha256 import sha256
    except ImportError:
        try:
            from _sha2 import sha256
        except ImportError:  # a Python that was built without
            from hashlib import sha256

ACTION, USER_AGENT, REGION = "action", "user_agent", "region"
PROPERTIES = (ACTION, USER_AGENT, REGION)

UNEXPECTED, EXPECTED, LEARNING = "true", "false", "learning"

DAY_SECONDS = 86_400
_REMEMBERED_ROWS = 100_000
_LONG_AGO, _FOR_EVER = float("-inf"), float("inf")
_HALF = 16
_SHOWN_VALUES = 3


@lru_cache(maxsize=20_000)
def _digest(text: str) -> str:
    return sha256(text.encode("utf-8", "surrogateescape")).hexdigest()[:_HALF]


@lru_cache(maxsize=20_000)
def _value_key(prop: str, value: str) -> bytes:
    """What follows the caller's half of a key."""
    return (prop[0] + _digest(value)).encode("ascii")


def baseline_key(caller: str, prop: str, value: str) -> str:
    """The key of a baseline row; `prop` is one of PROPERTIES."""
    return _digest(caller) + _value_key(prop, value).decode("ascii")


class Opinion(NamedTuple):
    """What the baseline says of a value: the flag, and whose record says so; an opinion of `learning` has no `record`.

    The flag is the same for every time from `valid_from` until before `valid_until`.

    `known_since` is when that record first had the value (epoch seconds), None where it never had.
    What is shown to people must not depend on `known_since` of an unexpected value: a live search and a later one over the same
    event differ in it, for the baseline has learned in between.
    """

    valid_from: float
    valid_until: float
    flag: str
    record: str
    known_since: float | None


# What is said of a value that is not judged: no flag.
NO_OPINION = Opinion(_LONG_AGO, _FOR_EVER, "", "", None)

# (whose record answers, whose record must be old enough for that), in the order in which they are asked.
Answerers = tuple[tuple[str, str], ...]


def find_answerers(caller: str, groups: Groups) -> dict[str, Answerers]:
    """Who answers for a caller, for each of PROPERTIES."""
    siblings, caller_class, person, account = groups
    others: Answerers = ((siblings, siblings),) if siblings else ()
    if caller_class:
        others += ((caller_class, account),)
    own = (caller, caller), *others
    return {ACTION: own, USER_AGENT: ((person, person), *others) if person else own, REGION: own}


class _Record:
    """The rows of one record: its lines in the order of their keys, how these begin, and when the value of the first of them was first
    seen; infinity where there is none."""

    __slots__ = ("first", "lines", "start")

    def __init__(self, lines: list[bytes], start: bytes, first: float) -> None:
        self.lines = lines
        self.start = start
        self.first = first if isfinite(first) else _FOR_EVER


class Baseline:
    """The baseline lookup, opened; `problem` is a phrase when it cannot answer, and then every caller is `learning`."""

    def __init__(self, learning_days: float, settle_days: float) -> None:
        self._lookup, self._opening_problem = open_sorted(CALLER_BASELINE)
        if self._lookup is not None and self._lookup.is_cut:
            # Half a baseline would call the other half of the callers' doings unexpected.
            self._lookup, self._opening_problem = None, "ends in the middle of a line"
        self._learning_seconds = learning_days * DAY_SECONDS
        self._settle_seconds = settle_days * DAY_SECONDS
        self._first_seen: Callable[[bytes], float] = self._lookup.number_reader("first_seen") if self._lookup else lambda _: nan
        self._records: dict[str, _Record] = {}
        self._rows = 0

    @property
    def opened(self) -> list[SortedCsv]:
        """The lookup, if it is there."""
        return [] if self._lookup is None else [self._lookup]

    @property
    def problem(self) -> str:
        """Why it cannot answer ("is missing"), or ""."""
        return self._opening_problem or (self._lookup.problem if self._lookup else "")

    def judge(self, answerers: Answerers, prop: str, value: str, time: float) -> Opinion:
        """Whether a value is unexpected at `time` (UTC epoch seconds), and the span around it in which none of the records asked changes
        its answer. `answerers`: of the caller, for this property. Not remembered here: `answer` keeps the opinions of each caller."""
        valid_until, key, old = _FOR_EVER, _value_key(prop, value), time - self._learning_seconds
        for name, gate in answerers:
            record = self._records.get(gate) or self._record(gate)
            # Whether a record is old enough to answer takes one old row, not all of them.
            oldest = record.first if record.first <= old else self._oldest(record)
            valid_from = oldest + self._learning_seconds
            if valid_from > time:
                valid_until = min(valid_until, valid_from)
                continue
            known = self._known_since(record if name == gate else self._record(name), key)
            expected_from = _FOR_EVER if known is None else known + self._settle_seconds
            if expected_from <= time:
                return Opinion(max(valid_from, expected_from), valid_until, EXPECTED, name, known)
            return Opinion(valid_from, min(valid_until, expected_from), UNEXPECTED, name, known)
        return Opinion(_LONG_AGO, valid_until, LEARNING, "", None)

    def since(self, record: str) -> float:
        """When the first value of a record was seen (epoch seconds); infinity for a record that is not there."""
        return self._oldest(self._record(record))

    def usual_values(self, record: str, prop: str, time: float) -> list[str]:
        """What a record expects at `time`: at most three values, those known for longest first.

        Not the most frequent: how often a value was seen changes from day to day, and with it what a later search would say.
        """
        settled = time - self._settle_seconds
        return [value for since, value in sorted(self._known(record, prop)) if since <= settled][:_SHOWN_VALUES]

    def told_span(self, record: str, prop: str, time: float) -> tuple[float, float]:
        """The times around `time`, from and until before, in which a record's usual values and its age in whole days are the same."""
        moments = [since + self._settle_seconds for since, _ in self._known(record, prop)]
        age = time - self.since(record)
        if isfinite(age):
            day = time - age % DAY_SECONDS
            moments += [day, day + DAY_SECONDS]
        past = (moment for moment in moments if moment <= time)
        return max(past, default=_LONG_AGO), min((moment for moment in moments if moment > time), default=_FOR_EVER)

    def _known(self, name: str, prop: str) -> list[tuple[float, str]]:
        """(first seen, value) of a property's rows in a record."""
        if self._lookup is None:
            return []
        record = self._record(name)
        start = record.start + prop[:1].encode("ascii")
        lines = [line for line in record.lines if line.startswith(start)]
        cells = map(self._lookup.cells, lines)
        return [(since, row[3]) for since, row in zip(map(self._first_seen, lines), cells) if isfinite(since) and row is not None]

    def _oldest(self, record: _Record) -> float:
        """When the first of all values of a record was seen, or infinity."""
        # What is no time is half a row, or a cell that somebody edited: it vouches for nothing.
        return min(filter(isfinite, map(self._first_seen, record.lines)), default=_FOR_EVER)

    def _known_since(self, record: _Record, value_key: bytes) -> float | None:
        lines, key = record.lines, record.start + value_key
        at = bisect_left(lines, key)
        if at == len(lines) or not lines[at].startswith(key):
            return None
        since = self._first_seen(lines[at])
        return since if isfinite(since) else None

    def _record(self, name: str) -> _Record:
        record = self._records.get(name)
        if record is None:
            start = _digest(name).encode("ascii")
            lines = self._lookup.starting_with(start) if self._lookup and name else []
            quoted = self._lookup.quoted_key(start) if self._lookup else b""
            record = _Record(lines, quoted, self._first_seen(lines[0]) if lines else _FOR_EVER)
            if self._rows > _REMEMBERED_ROWS:
                self._records.clear()
                self._rows = 0
            self._records[name] = record
            self._rows += 1 + len(lines)
        return record
