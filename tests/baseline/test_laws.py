"""What must hold of verdicts whatever the events: order, chunks and peers; lists and allowances; live and later."""

from __future__ import annotations

import random
from typing import Any

import pytest

from tests.search.conftest import key_of

from .conftest import DAY, MONTH, NIGHT, START, Company, person, role, root, shuffled, user

FLAGS = ("unexpected_action", "unexpected_user_agent", "unexpected_region", "unexpected_count")
VERDICT = (*FLAGS, "severity", "severity_reason", "intel_match", "suppressed_by", "aws_address")
RANK = {None: 0, "informational": 1, "low": 2, "high": 3}
CALLERS = [
    user("alice"),
    user("bob"),
    role("deploy"),
    role("ci-pr-1"),
    role("ci-pr-2"),
    person("carol"),
    person("carol", "444455556666"),
    root(),
]
ADDRESSES = ["203.0.113.5", "203.0.113.66", "198.51.100.7", "198.51.100.8", "10.0.0.1", "AWS Internal", "2001:db8::7"]


def some_calls(company: Company, seed: int, days: float, count: int) -> list[dict[str, Any]]:
    chance = random.Random(seed)
    return [
        company.call(
            chance.random() * days,
            chance.choice(CALLERS),
            f"{chance.choice(('s3', 'ec2', 'iam'))}:Action{min(chance.randrange(9), chance.randrange(9))}",
            sourceIPAddress=chance.choice(ADDRESSES),
            userAgent=chance.choice(("aws-cli/2.15.0 x", "Boto3/1.2", "curl/8.1")),
            awsRegion=chance.choice(("eu-west-1", "eu-west-1", "us-east-1")),
            errorCode=chance.choice((None, None, None, "AccessDenied")),
            eventID=f"event-{number}",
        )
        for number in range(count)
    ]


def learned(company: Company, seed: int) -> list[dict[str, Any]]:
    """A company with lists, a baseline of 20 days, and the calls to judge."""
    company.listed(
        ("203.0.113.66/32", "bad", "c2", "90"), ("198.51.100.7/32", "bad", "c2", "90"), ("2001:db8::/64", "net", "tor", "80")
    )
    company.history = some_calls(company, seed, 20, 400)
    company.run(MONTH, 20)
    return some_calls(company, seed + 1000, 24, 150)


def verdicts(company: Company, events: list[dict[str, Any]], **how: Any) -> dict[str, dict[str, Any]]:
    result = company.search(events, **how)
    assert result.error is None
    return {row["eventID"]: {name: row.get(name) for name in VERDICT} for row in result.events}


@pytest.mark.parametrize("seed", [1, 2])
def test_order_chunks_and_peers_change_no_verdict(company: Company, seed: int) -> None:
    calls = learned(company, seed)
    expected = verdicts(company, calls)
    peer = company.splunkd.indexer(company.app)

    assert verdicts(company, shuffled(calls, seed)) == expected
    assert verdicts(company, calls, chunk_rows=[1, 7, 50, 3]) == expected
    on_peers: dict[str, Any] = {}
    for shard in range(3):
        result = company.splunkd.search(peer, "maliciouscaller", (), calls[shard::3], parse_phase=0)
        on_peers.update({row["eventID"]: {name: row.get(name) for name in VERDICT} for row in result.events})
    assert on_peers == expected
    assert {each["severity"] for each in expected.values()} == set(RANK)


@pytest.mark.parametrize("seed", [3, 4])
def test_a_list_that_is_added_never_lowers_a_severity(company: Company, seed: int) -> None:
    calls = learned(company, seed)
    company.allow(
        {"feed": "bad", "owner": "us"},
        {"indicator": "198.51.100.8", "owner": "us"},
        {"category": "scanner", "feed": "extra", "owner": "us"},
    )
    before = verdicts(company, calls)
    rows = [
        [key_of("198.51.100.7"), "", "", "bad|extra", "c2|scanner", "90|50", "", "", ""],
        [key_of("198.51.100.8"), "", "", "extra", "scanner", "50", "", "", ""],
        [key_of("203.0.113.5"), "", "", "extra", "scanner", "50", "", "", ""],
        [key_of("203.0.113.66"), "", "", "bad|other", "c2|scanner", "90|50", "", "", ""],
        [key_of("2001:db8::"), key_of("2001:db8::ffff:ffff:ffff:ffff"), "", "extra|net", "scanner|tor", "50|80", "", "", ""],
    ]
    company.write("malicious_ips", rows)
    after = verdicts(company, calls)

    assert all(RANK[after[name]["severity"]] >= RANK[before[name]["severity"]] for name in before)
    assert any(RANK[after[name]["severity"]] > RANK[before[name]["severity"]] for name in before)


@pytest.mark.parametrize("seed", [5, 6])
def test_an_allowance_that_is_added_never_raises_a_severity(company: Company, seed: int) -> None:
    calls = learned(company, seed)
    chance = random.Random(seed)
    possible = [
        {"indicator": "203.0.113.0/24"}, {"indicator": "198.51.100.7", "caller": "*alice"}, {"caller": "*role/deploy"}, {"feed": "net"},
        {"feed": "bad", "account": "444455556666"}, {"indicator": "2001:db8::7", "category": "tor"}, {"caller": "*carol", "expires": "2026-01-12"},
    ]  # fmt: skip
    rows: list[dict[str, str]] = []
    before = verdicts(company, calls)
    for row in chance.sample(possible, len(possible)):
        rows.append({**row, "owner": "us"})
        company.allow(*rows)
        after = verdicts(company, calls)

        assert all(RANK[after[name]["severity"]] <= RANK[before[name]["severity"]] for name in before)
        before = after
    assert {each["suppressed_by"] for each in before.values()} == {None, "us"}


@pytest.mark.parametrize("seed", [7, 8])
def test_a_search_over_the_past_says_what_the_live_search_said(company: Company, seed: int) -> None:
    """The nightly search runs at any moment of its day; each event is judged live, soon after it happened, and again at the end."""
    chance = random.Random(seed)
    company.listed(("203.0.113.66/32", "bad", "c2", "90"), ("198.51.100.7/32", "bad", "c2", "90"))
    calls = some_calls(company, seed, 14, 500)
    company.history = calls
    runs = [day + chance.choice([0.0001, 0.05, 0.5, 0.9999]) for day in range(1, 15)]
    live: dict[str, Any] = {}
    for since, until in zip([0.0, *runs], [*runs, 14.5]):
        now = [call for call in calls if since <= (float(call["_time"]) - START) / DAY < until]
        live.update(verdicts(company, now) if now else {})
        if until in runs:
            company.run(NIGHT, until)

    later = verdicts(company, calls)

    assert later == live
    assert {each["unexpected_action"] for each in later.values()} == {"true", "false", "learning", None}
