"""A company to learn from: its events, its add-on, and the searches that the add-on ships, run as Splunk's scheduler would."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest

from callerintel.feeds.report import SOURCETYPE, Report
from tests.search.conftest import DAY, Command
from tests.spl import App, Interpreter
from tests.splunkd.json_fields import extract

MONTH = "Malicious caller - Baseline - 1 Learn the last 30 days"
NIGHT = "Malicious caller - Baseline - 2 Learn yesterday"
WEEK = "Malicious caller - Baseline - 3 Learn the last 30 days again"

START = 1_767_225_600  # 2026-01-01T00:00:00Z, a midnight
ACCOUNT, OTHER_ACCOUNT = "111122223333", "444455556666"


def user(name: str, account: str = ACCOUNT) -> dict[str, str]:
    arn = f"arn:aws:iam::{account}:user/{name}"
    return {"userIdentity.type": "IAMUser", "userIdentity.arn": arn, "userIdentity.accountId": account}


def role(name: str, account: str = ACCOUNT, session: str = "s") -> dict[str, str]:
    arn = f"arn:aws:sts::{account}:assumed-role/{name}/{session}"
    return {"userIdentity.type": "AssumedRole", "userIdentity.arn": arn, "userIdentity.accountId": account}


def person(name: str, account: str = ACCOUNT) -> dict[str, str]:
    return role("AWSReservedSSO_Admin_0123456789abcdef", account, name)


def root(account: str = ACCOUNT) -> dict[str, str]:
    return {"userIdentity.type": "Root", "userIdentity.arn": f"arn:aws:iam::{account}:root", "userIdentity.accountId": account}


class Company(Command):
    """A Command with a history. Days are counted from START; a call's time may be a fraction of a day."""

    def __init__(self, home: Path) -> None:
        super().__init__(home)
        self.shipped = App(self.app)
        self.history: list[dict[str, Any]] = []

    def begin(self) -> None:
        """Forget everything: no history, lists that nobody is on, an empty baseline."""
        self.history = []
        for path in self.lookups.iterdir():
            path.unlink()
        self.listed(("192.0.2.255/32", "quiet", "other", "1"))
        self.aws(("198.51.100.0/24", "EC2", "eu-west-1"))
        self.write("caller_baseline", [])
        self.allow()

    def feed_ran(self, time: float, feed: str, status: str = "ok", **fields: Any) -> None:
        """Add the status event of a feed's run, as the input writes it, which leaves out what does not apply, and as splunkd extracts it."""
        event = extract(Report(feed, status=status, **fields).to_json())
        seconds = str(int(time))
        self.history.append({"_time": seconds, "_indextime": seconds, "index": "main", "sourcetype": SOURCETYPE, **event})

    def call(self, day: float, who: Mapping[str, str], action: str = "s3:GetObject", **changes: Any) -> dict[str, Any]:
        """An event; the caller decides what becomes of it."""
        service, _, name = action.partition(":")
        time = int(START + day * DAY)
        made = {
            "_time": str(time),
            "_indextime": f"{time + changes.pop('delay', 300):.0f}",
            "index": "main",
            "sourcetype": "aws:cloudtrail",
            "eventTime": datetime.fromtimestamp(time, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "eventSource": f"{service}.amazonaws.com",
            "eventName": name,
            "sourceIPAddress": "203.0.113.5",
            "userAgent": "aws-cli/2.15.0 x",
            "awsRegion": "eu-west-1",
            **who,
            **changes,
        }
        return {name: value for name, value in made.items() if value is not None}

    def did(self, days: Iterable[float], who: Mapping[str, str], *actions: str, **changes: Any) -> None:
        """Put calls into the history: each action on each day, some minutes apart."""
        for day in days:
            for number, action in enumerate(actions or ("s3:GetObject",)):
                self.history.append(self.call(day + 0.4 + number / 1440, who, action, **changes))

    def run(self, search: str, day: float, shuffle: int | None = None, empty: str = "null") -> list[dict[str, Any]]:
        """Run a shipped search at that moment, over the history as far as it was indexed then."""
        settings = self.shipped.saved_searches[search]
        now = START + day * DAY
        known = [event for event in self.history if float(event["_indextime"]) <= now]
        interpreter = Interpreter(self.shipped, self.splunkd, now=now, shuffle=shuffle, empty=empty)
        return interpreter.run(
            settings["search"], events=known, earliest=settings["dispatch.earliest_time"], latest=settings["dispatch.latest_time"]
        )

    def flags(self, event: Mapping[str, Any]) -> list[str | None]:
        """unexpected_action, unexpected_user_agent, unexpected_region of an event, judged now."""
        (judged,) = self.judge(event)
        return [judged.get(f"unexpected_{name}") for name in ("action", "user_agent", "region")]

    def rows(self) -> list[dict[str, str]]:
        """The baseline as it is."""
        import csv

        with open(self.lookups / "caller_baseline.csv", encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))


@pytest.fixture(scope="session")
def _company(tmp_path_factory: pytest.TempPathFactory) -> Company:
    return Company(tmp_path_factory.mktemp("company"))


@pytest.fixture
def company(_company: Company) -> Company:
    _company.begin()
    return _company


def shuffled(events: Iterable[Any], seed: int) -> list[Any]:
    made = list(events)
    random.Random(seed).shuffle(made)
    return made
