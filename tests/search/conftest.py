"""What every test of the search half needs: the real command, started by the stand-in for splunkd, over lookups that the test writes.

The lookups are spelled by the test's own hand (hashlib, ipaddress and string formatting), not by the code under test.
"""

from __future__ import annotations

import hashlib
import ipaddress
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.splunkd import SearchResult, Splunkd

REPOSITORY = Path(__file__).resolve().parents[2]
DAY = 86_400

HEADERS = {
    "malicious_ips": "start,end,indicator,feed,category,confidence,description,first_seen,last_seen",
    "aws_ip_ranges": "start,end,prefix,service,region",
    "caller_baseline": "key,caller,property,value,first_seen,last_seen,count",
    "caller_allowlist": "indicator,caller,account,feed,category,owner,reason,expires",
}


def key_of(address: str) -> str:
    """The lookup key of an address: 4 and 8 hex digits, or 6 and 32."""
    number = ipaddress.ip_address(address)
    return f"{number.version}{int(number):0{8 if number.version == 4 else 32}x}"


def range_cells(network: str) -> list[str]:
    """start and end of a network; the end is empty for one address."""
    parsed = ipaddress.ip_network(network)
    first, last = key_of(str(parsed[0])), key_of(str(parsed[-1]))
    return [first, "" if first == last else last]


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def quoted(value: Any) -> str:
    text = str(value)
    return text if (text.isalnum() and text.isascii()) or not text else '"' + text.replace('"', '""') + '"'


class PlainSplunkd(Splunkd):
    """A splunkd whose commands are told to stay on their plain path."""

    def environment(self, home: Path | None = None) -> dict[str, str]:
        return {**super().environment(home), "MALICIOUSCALLER_PATH": "plain"}


class Command:
    """The add-on, installed in a Splunk of its own, and its lookups."""

    def __init__(self, home: Path) -> None:
        self.splunkd = Splunkd(home, python=sys.executable)
        self.plain = PlainSplunkd(home, python=sys.executable)
        self.app = self.splunkd.install(REPOSITORY)
        self.lookups = self.app / "lookups"

    def write(self, name: str, rows: Iterable[Sequence[Any]], newline: str = "\n") -> Path:
        lines = [HEADERS[name], *(",".join(map(quoted, row)) for row in rows)]
        path = self.lookups / f"{name}.csv"
        path.write_bytes("".join(line + newline for line in lines).encode())
        return path

    def listed(self, *rows: Sequence[Any]) -> None:
        """malicious_ips: (network, feed, category, confidence, ...) of ranges that do not overlap."""
        spelled = []
        for network, *rest in rows:
            cells = [*rest, *[""] * (6 - len(rest))]
            spelled.append([*range_cells(network), "", *cells])
        self.write("malicious_ips", sorted(spelled))

    def aws(self, *rows: tuple[str, str, str]) -> None:
        """aws_ip_ranges: (network, service, region)."""
        self.write("aws_ip_ranges", sorted([*range_cells(net), net, service, region] for net, service, region in rows))

    def usual(self, *rows: tuple[str, str, str, float]) -> None:
        """caller_baseline: (caller, property, value, first_seen)."""
        spelled = [
            [digest(caller) + prop[0] + digest(value), caller, prop, value, int(since), int(since), 1]
            for caller, prop, value, since in rows
        ]
        self.write("caller_baseline", sorted(spelled))

    def allow(self, *rows: Mapping[str, str]) -> None:
        """caller_allowlist: rows by column name."""
        names = HEADERS["caller_allowlist"].split(",")
        self.write("caller_allowlist", ([row.get(name, "") for name in names] for row in rows))

    def search(self, events: Iterable[Mapping[str, Any]], *arguments: str, **how: Any) -> SearchResult:
        how.setdefault("parse_phase", 0)
        result = self.splunkd.search(self.app, "maliciouscaller", arguments, events, **how)
        assert (result.stderr, result.exit_status) == ("", 0)
        return result

    def assert_same_answer(self, events: Sequence[Mapping[str, Any]], *arguments: str, **how: Any) -> SearchResult:
        """The search's result, after the plain path gave the same bytes: every test of chunks goes through here."""
        result = self.search(events, *arguments, **how)
        plain = self.plain.search(self.app, "maliciouscaller", arguments, events, **{"parse_phase": 0, **how})
        assert [body for _, body in plain.replies] == [body for _, body in result.replies]
        assert plain.messages == result.messages
        return result

    def judge(self, *events: Mapping[str, Any], arguments: Sequence[str] = ()) -> list[dict[str, Any]]:
        """The annotated events of a search that must not fail."""
        result = self.search(events, *arguments)
        assert result.error is None
        return result.events


@pytest.fixture(scope="session")
def _installed(tmp_path_factory: pytest.TempPathFactory) -> Command:
    return Command(tmp_path_factory.mktemp("splunk"))


@pytest.fixture
def command(_installed: Command) -> Command:
    """The command with four lookups that are there and have a row each that no event of a test touches."""
    for path in _installed.lookups.iterdir():
        path.unlink()
    _installed.listed(("192.0.2.255/32", "quiet", "other", "1"))
    _installed.aws(("198.51.100.0/24", "EC2", "eu-west-1"))
    _installed.usual(("nobody", "action", "none:None", 0))
    _installed.allow()
    return _installed


def event(**changes: Any) -> dict[str, Any]:
    """An IAM user's call from an address that is on no list, at noon of 2026-06-01; `changes` by field, `_` for `.`
    in userIdentity's: identity_arn stands for userIdentity.arn. None takes a field out."""
    made: dict[str, Any] = {
        "_time": "1780315200",
        "eventTime": "2026-06-01T12:00:00Z",
        "sourceIPAddress": "203.0.113.5",
        "userAgent": "Boto3/1.26.165 Python/3.10.6",
        "awsRegion": "eu-west-1",
        "eventSource": "ec2.amazonaws.com",
        "eventName": "RunInstances",
        "userIdentity.type": "IAMUser",
        "userIdentity.arn": "arn:aws:iam::111122223333:user/alice",
        "userIdentity.accountId": "111122223333",
    }
    for name, value in changes.items():
        field = "userIdentity." + name[len("identity_") :] if name.startswith("identity_") else name
        if value is None:
            made.pop(field, None)
        else:
            made[field] = value
    return made


NOON = 1780315200.0  # 2026-06-01T12:00:00Z
ALICE = "arn:aws:iam::111122223333:user/alice"
