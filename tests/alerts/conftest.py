"""Splunk's scheduler as far as the alerts depend on it: windows on index time, a result each, and the throttle.

The company and its searches are those of the baseline's tests; the add-on's own searches are run as they are shipped.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, NamedTuple

import pytest

from tests.baseline.conftest import DAY, Company
from tests.spl import App, Interpreter
from tests.test_spl.shipped_app import shipped_app

ALERT = "Malicious caller - Alert - "
PAGE, HIGH, LOW, INFORMATIONAL, RETRO = (
    ALERT + name for name in ("1 High and unexpected", "2 High", "3 Low", "4 Informational", "5 Listed after the call")
)
LIVE = (PAGE, HIGH, LOW, INFORMATIONAL)
DRY_RUN = "Malicious caller - Report - Dry run of the alerts"
HEALTH = "Malicious caller - Health - "

_SECONDS = {"m": 60, "h": 3600, "d": DAY}


def seconds(period: str) -> int:
    """`5d` as seconds."""
    return int(period[:-1]) * _SECONDS[period[-1]]


def minutes_between_runs(cron: str) -> int:
    """The period of `*/5 * * * *`."""
    match = re.fullmatch(r"\*/(\d+) \* \* \* \*", cron)
    assert match, cron
    return int(match[1])


class Raised(NamedTuple):
    """An alert that somebody was told of: which, at what time, and its result."""

    search: str
    time: float
    row: dict[str, Any]

    @property
    def key(self) -> tuple[str, str, str]:
        return self.row["caller"], self.row["severity"], self.row["day"]


class Scheduler:
    """Runs alerts over what the company's index has at each moment, and throttles their results as Splunk does."""

    def __init__(self, company: Company, shuffle: int | None = None) -> None:
        self.company = company
        self.shuffle = shuffle
        self.told: dict[tuple[str, ...], float] = {}
        self.raised: list[Raised] = []
        self.throttled = 0

    def rows(self, search: str, now: float) -> list[dict[str, Any]]:
        """The results of one run, before any throttle."""
        indexed = [event for event in self.company.history if float(event["_indextime"]) <= now]
        interpreter = Interpreter(self.company.shipped, self.company.splunkd, now=now, shuffle=self.shuffle)
        return interpreter.run_saved(search, indexed)

    def run(self, search: str, now: float) -> None:
        settings = self.company.shipped.saved_searches[search]
        fields = settings["alert.suppress.fields"].split(",")
        for row in self.rows(search, now):
            key = (search, *(row[name] for name in fields))
            if now - self.told.get(key, float("-inf")) >= seconds(settings["alert.suppress.period"]):
                self.told[key] = now
                self.raised.append(Raised(search, now, row))
            else:
                self.throttled += 1

    def run_windows_with_events(self, searches: Iterable[str]) -> None:
        """Each run whose window has an event; one without has no result, as a test of its own shows."""
        runs = set()
        for search in searches:
            settings = self.company.shipped.saved_searches[search]
            step = 60 * minutes_between_runs(settings["cron_schedule"])
            # A window ends a minute before its run: an event indexed at t is in the first run after t + 1 minute.
            for event in self.company.history:
                runs.add(((int(event["_indextime"]) + 60) // step * step + step, search))
        for now, search in sorted(runs):
            self.run(search, now)


@pytest.fixture(scope="session")
def _alerting(tmp_path_factory: pytest.TempPathFactory) -> Company:
    return Company(tmp_path_factory.mktemp("alerting"))


@pytest.fixture
def company(_alerting: Company) -> Company:
    _alerting.begin()
    return _alerting


@pytest.fixture(scope="session")
def shipped() -> App:
    return shipped_app()


def alerts_of(app: App) -> dict[str, dict[str, str]]:
    """The saved searches that tell somebody something."""
    return {name: dict(keys) for name, keys in app.saved_searches.items() if keys.get("alert.track") == "1"}
