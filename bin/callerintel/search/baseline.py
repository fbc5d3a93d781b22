"""What is usual for a caller: since when the baseline knows each of its actions, user agents and regions.

In: a caller, a property, a value, a time. Out: `true` (unexpected), `false`, or `learning`. A statement about event time,
so it is the same now as when the past is searched again: a value is expected at time t if the baseline saw this caller
use it at least `settle_days` before t; a caller whom it did not see `learning_days` before t is not judged yet
[DESIGN, "Unexpected"].

The lookup's key puts one caller's rows side by side: 16 hex digits of SHA-256(caller), the first letter of the property,
16 hex digits of SHA-256(value); in SPL the same with `substr(sha256(x),1,16)`.
"""

from __future__ import annotations

from hashlib import sha256
from typing import NamedTuple

from callerintel.lookups import CALLER_BASELINE, open_sorted

ACTION, USER_AGENT, REGION = "action", "user_agent", "region"
PROPERTIES = (ACTION, USER_AGENT, REGION)

UNEXPECTED, EXPECTED, LEARNING = "true", "false", "learning"

_DAY_SECONDS = 86_400
_REMEMBERED_ROWS = 200_000
_HALF = 16


def _digest(text: str) -> str:
    return sha256(text.encode("utf-8", "surrogateescape")).hexdigest()[:_HALF]


def baseline_key(caller: str, prop: str, value: str) -> str:
    """The key of a baseline row; `prop` is one of PROPERTIES."""
    return _digest(caller) + prop[0] + _digest(value)


class _Usual(NamedTuple):
    """One caller's rows: when the first of all was seen, and by the rest of the key when each value was."""

    since: float
    first_seen: dict[str, float]


_NEVER = _Usual(float("inf"), {})


class Baseline:
    """The baseline lookup, opened; `problem` is a phrase when it cannot answer, and then every caller is `learning`."""

    def __init__(self, learning_days: float, settle_days: float) -> None:
        self._lookup, self._opening_problem = open_sorted(CALLER_BASELINE)
        self._learning_seconds = learning_days * _DAY_SECONDS
        self._settle_seconds = settle_days * _DAY_SECONDS
        self._usual: dict[str, _Usual] = {}
        self._rows = 0

    @property
    def problem(self) -> str:
        """Why it cannot answer ("is missing"), or ""."""
        return self._opening_problem or (self._lookup.problem if self._lookup else "")

    def judge(self, caller: str, prop: str, value: str, time: float) -> str:
        """Whether `value` is unexpected of `caller` at `time` (UTC epoch seconds)."""
        usual = self._look_up(caller)
        if usual.since > time - self._learning_seconds:
            return LEARNING
        seen = usual.first_seen.get(prop[0] + _digest(value))
        return EXPECTED if seen is not None and seen <= time - self._settle_seconds else UNEXPECTED

    def _look_up(self, caller: str) -> _Usual:
        usual = self._usual.get(caller)
        if usual is None:
            usual = self._read(caller)
            if self._rows > _REMEMBERED_ROWS:
                self._usual.clear()
                self._rows = 0
            self._usual[caller] = usual
            self._rows += 1 + len(usual.first_seen)
        return usual

    def _read(self, caller: str) -> _Usual:
        if self._lookup is None:
            return _NEVER
        first_seen: dict[str, float] = {}
        for row in self._lookup.starting_with(_digest(caller)):
            try:
                first_seen[row[0][_HALF:]] = float(row[4])
            except ValueError:
                continue  # half a row, or a cell that somebody edited: it vouches for nothing
        return _Usual(min(first_seen.values()), first_seen) if first_seen else _NEVER
