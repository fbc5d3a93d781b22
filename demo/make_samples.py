"""Writes demo/samples/: thirty days of history, one day of events, lists, AWS ranges and an allowlist. All of it is made up.

Run `python -m demo.make_samples` after a change here or in sample_data; a test compares. The same on every version of Python: random
choices are made from `random.random()` alone. Event ids of the day's stories end in the story's number.
"""

from __future__ import annotations

import gzip
import io
import json
import random
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from demo import SAMPLES
from demo.sample_data import (
    ALLOWLIST,
    AWS_IPV6_PREFIXES,
    AWS_PREFIXES,
    CALLERS,
    NETWORKS,
    README,
    SERVICE,
    STORIES,
    TOR_EXITS,
    Caller,
    Record,
    Story,
)

FIRST_DAY = datetime(2026, 1, 1, tzinfo=timezone.utc)
HISTORY_DAYS = 30
DAY = FIRST_DAY + timedelta(days=HISTORY_DAYS)
_SEED = 20260131


class _Dice:
    """Seeded random choices that are the same on every version of Python."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed).random

    def below(self, number: int) -> int:
        return int(self._random() * number)

    def pick(self, choices: Sequence[Any]) -> Any:
        return choices[self.below(len(choices))]

    def identifier(self) -> str:
        digits = "".join(f"{self.below(16):x}" for _ in range(30))
        return f"{digits[:8]}-{digits[8:12]}-4{digits[12:15]}-8{digits[15:18]}-{digits[18:30]}"


def make_record(
    caller: Caller, time: datetime, address: str, agent: str, region: str, action: str, read_only: bool, event_id: str
) -> Record:
    """One CloudTrail record, its keys in AWS's order."""
    service, _, name = action.partition(":")
    sign_in = service == "signin"
    return {
        "eventVersion": "1.11",
        "userIdentity": caller.identity,
        "eventTime": time.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "eventSource": ("monitoring" if service == "cloudwatch" else service) + ".amazonaws.com",
        "eventName": name,
        "awsRegion": region,
        "sourceIPAddress": address,
        "userAgent": agent,
        "requestParameters": None,
        "responseElements": {"ConsoleLogin": "Success"} if sign_in else None,
        "eventID": event_id,
        "readOnly": read_only,
        "eventType": "AwsConsoleSignIn" if sign_in else "AwsApiCall",
        "managementEvent": True,
        "recipientAccountId": caller.account,
        "eventCategory": "Management",
    }


def usual_day(day: datetime, number: int, dice: _Dice) -> list[Record]:
    """What everybody does every day, in order of time. The first days show every value, so that all of it is learned."""
    records = []
    for caller in (*CALLERS.values(), SERVICE):
        if number % caller.every_days:
            continue
        for call in range(caller.calls_a_day):
            turn = number * caller.calls_a_day + call
            action, read_only = caller.actions[turn % len(caller.actions)]
            region = caller.regions[turn // len(caller.actions) % len(caller.regions)]
            time = day + timedelta(hours=6, seconds=dice.below(14 * 3600))
            address, agent = dice.pick(caller.addresses), dice.pick(caller.agents)
            if action.startswith("iam:"):
                region = "us-east-1"
            records.append(make_record(caller, time, address, agent, region, action, read_only, dice.identifier()))
    return sorted(records, key=lambda record: str(record["eventTime"]))


def history() -> Iterator[Record]:
    """Thirty usual days."""
    dice = _Dice(_SEED)
    for number in range(HISTORY_DAYS):
        yield from usual_day(FIRST_DAY + timedelta(days=number), number, dice)


def story_record(story: Story) -> Record:
    """The event that a story tells."""
    hours, minutes, seconds = map(int, story.time.split(":"))
    time = DAY + timedelta(hours=hours, minutes=minutes, seconds=seconds)
    event_id = f"5a3b1e00-0000-4000-8000-{story.number:012d}"
    caller = CALLERS[story.caller]
    record = make_record(caller, time, story.address, story.agent, story.region, story.action, True, event_id)
    return {**record, **(story.more or {})}


def events() -> list[Record]:
    """A day as the ones before, and the stories, in order of time."""
    records = usual_day(DAY, HISTORY_DAYS, _Dice(_SEED + 1)) + list(map(story_record, STORIES))
    return sorted(records, key=lambda record: str(record["eventTime"]))


def aws_ranges() -> Record:
    """ip-ranges.json with documentation prefixes."""

    def entries(key: str, prefixes: Sequence[tuple[str, str, str]]) -> list[Record]:
        return [
            {key: prefix, "region": region, "service": service, "network_border_group": region}
            for prefix, region, service in prefixes
        ]

    return {
        "syncToken": str(int(DAY.timestamp())),
        "createDate": DAY.strftime("%Y-%m-%d-%H-%M-%S"),
        "prefixes": entries("ip_prefix", AWS_PREFIXES),
        "ipv6_prefixes": entries("ipv6_prefix", AWS_IPV6_PREFIXES),
    }


def sample_files() -> dict[str, str]:
    """The text of each sample file by its path below samples/, what is gzipped before it is."""

    def compact(value: Any) -> str:
        return json.dumps(value, separators=(",", ":"))

    return {
        "README.md": README,
        "events.ndjson": "".join(compact(record) + "\n" for record in events()),
        "history.json.gz": compact({"Records": list(history())}),
        "feeds/tor_exits.txt": TOR_EXITS,
        "feeds/networks.txt": NETWORKS,
        "feeds/ip-ranges.json": json.dumps(aws_ranges(), indent=2) + "\n",
        "caller_allowlist.csv": ALLOWLIST,
    }


def write_samples(folder: Path) -> None:
    """Write all sample files below `folder`."""
    for name, text in sample_files().items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        data = text.encode("utf-8")
        if name.endswith(".gz"):
            zipped = io.BytesIO()
            with gzip.GzipFile("", "wb", 9, zipped, mtime=0) as file:
                file.write(data)
            data = zipped.getvalue()
        path.write_bytes(data)


if __name__ == "__main__":
    write_samples(SAMPLES)
