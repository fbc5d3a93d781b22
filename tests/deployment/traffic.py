"""Events, lookups and searches that touch all of the command: its rules, its lookups and each of its options.

Spelled by hand for the tests of this folder, which compare the answers of one machine with those of another. What the answers
should be is tested in tests/search.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from callerintel.search.options import FIELD_OPTIONS
from tests.search.conftest import ALICE, DAY, NOON, Command
from tests.search.conftest import event as one_event

Event = dict[str, Any]

ROLE = "arn:aws:iam::111122223333:role/deploy"
ADDRESSES = (
    "203.0.113.9",
    "203.0.113.66",
    "198.51.100.7",
    "2001:db8::7",
    "10.0.0.1",
    "ec2.amazonaws.com",
    "203.0.113.200",
    "nonsense",
)
AGENTS = ("Boto3/1.26.165 Python/3.10.6", "aws-cli/2.15.0 Python/3.11.6", "Mozilla/5.0 (X11; Linux x86_64) Firefox/133.0")
ACTIONS = (("ec2.amazonaws.com", "RunInstances"), ("s3.amazonaws.com", "ListBuckets"), ("iam.amazonaws.com", "CreateUser"))
REGIONS = ("eu-west-1", "us-east-1", "ap-southeast-1")

# The words of each search; all options are in one of them (a test counts). Field options: the events are renamed to fit.
RENAMED = " ".join(f"{name}=own_{name}" for name in FIELD_OPTIONS)
SEARCHES = (
    "",
    "matches_only=true",
    "min_severity=low",
    "learning_days=20 settle_days=9",
    "raw=true",
    "explain=true",
    "learn=true",
    "prefix=mc_",
    RENAMED,
)


def write_lookups(command: Command) -> None:
    """All four lookups, with something in each for the events below."""
    command.listed(
        ("198.51.100.0/25", "networks", "hijacked", "80", "a network"),
        ("203.0.113.9/32", "tor_exits|scanners", "tor|scanner", "90|40", "exit | probes", f"{NOON - 9 * DAY:.0f}|"),
        ("203.0.113.66/32", "scanners", "scanner", "40"),
        ("203.0.113.200/32", "scanners", "scanner", "40"),
        ("2001:db8::/64", "networks", "hijacked", "80"),
    )
    command.aws(("198.51.100.0/24", "EC2", "eu-west-1"), ("203.0.113.64/28", "EC2|S3", "us-east-1"))
    long_ago = NOON - 25 * DAY
    command.usual(
        *((caller, "action", "ec2:RunInstances", long_ago) for caller in (ALICE, ROLE)),
        *((caller, "user_agent", "Boto3", long_ago) for caller in (ALICE, ROLE)),
        *((caller, "region", "eu-west-1", long_ago) for caller in (ALICE, ROLE)),
        (ALICE, "action", "s3:ListBuckets", NOON - 5 * DAY),
        ("account:111122223333", "action", "ec2:RunInstances", long_ago),
    )
    command.allow({"indicator": "203.0.113.200", "owner": "red team", "reason": "exercise", "expires": "2030-12-31"})


def events(count: int = 144) -> list[Event]:
    """Calls of two callers and a stranger, each with a number `n` and its own text in `_raw`."""
    made = []
    for n in range(count):
        source, name = ACTIONS[n % 3]
        who = n % 5
        changes: Event = {
            "sourceIPAddress": ADDRESSES[n % 8],
            "userAgent": AGENTS[n // 3 % 3],
            "awsRegion": REGIONS[n // 2 % 3],
            "eventSource": source,
            "eventName": name,
            "errorCode": "AccessDenied" if n % 7 == 0 else None,
            "eventTime": f"2026-06-{1 + n % 20:02d}T12:00:{n % 60:02d}Z",
            "eventType": "AwsApiCall",
            "recipientAccountId": "111122223333",
        }
        if who > 2:
            changes.update(
                identity_type="AssumedRole",
                identity_arn=f"arn:aws:sts::111122223333:assumed-role/deploy/run-{n}",
                **{"identity_sessionContext.sessionIssuer.arn": ROLE},
            )
        elif who == 2:
            changes.update(identity_arn="arn:aws:iam::444455556666:user/zoë", identity_accountId="444455556666")
        call = one_event(**changes)
        made.append({**call, "_raw": json.dumps(nested(call)), "n": str(n)})
    return made


def nested(fields: Event) -> Event:
    """The JSON that fields with dots in their names come from."""
    whole: Event = {}
    for name, value in fields.items():
        if name == "_time":
            continue
        at = whole
        *parents, last = name.split(".")
        for parent in parents:
            at = at.setdefault(parent, {})
        at[last] = value
    return whole


def events_for(words: str) -> list[Event]:
    """The events as the search wants them: under other names, or with nothing extracted where it reads `_raw`."""
    if words == RENAMED:
        return [{own_name(name): value for name, value in event.items()} for event in events()]
    if words == "raw=true":
        return [{name: event[name] for name in ("_time", "_raw", "n")} for event in events()]
    return events()


def own_name(name: str) -> str:
    first, dot, rest = name.partition(".")
    return f"own_{first}{dot}{rest}" if first in FIELD_OPTIONS else name


def files_below(folder: Path) -> Iterator[str]:
    """The paths of all files below a folder, relative to it, sorted."""
    yield from sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
