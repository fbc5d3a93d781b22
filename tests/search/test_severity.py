"""The severity table, row by row, through the real command: what the address is × how unusual the call was."""

from __future__ import annotations

import itertools

import pytest

from .conftest import ALICE, DAY, HEADERS, NOON, Command, event, quoted, range_cells

ADDRESSES = {
    "no match": "203.0.113.5",
    "match in AWS": "198.51.100.7",
    "match outside AWS": "203.0.113.9",
}
# Which of (action, user agent, region) the baseline does not know; it knows the rest since long ago.
UNUSUAL = {
    "0 unexpected": {},
    "1 unexpected": {"eventName": "CreateKeyPair"},
    "2 unexpected": {"eventName": "CreateKeyPair", "awsRegion": "sa-east-1"},
    "3 unexpected": {"eventName": "CreateKeyPair", "awsRegion": "sa-east-1", "userAgent": "curl/8.1"},
    "learning": {"identity_arn": "arn:aws:iam::111122223333:user/newcomer"},
    "not judged": {"identity_type": "Unknown", "identity_arn": None, "identity_accountId": None},
}
# The table of README.md, spelled out by hand: (address, unusual) -> severity; with AWS ranges there.
EXPECTED = {
    ("match in AWS", "0 unexpected"): "informational",
    ("match in AWS", "1 unexpected"): "low",
    ("match in AWS", "2 unexpected"): "high",
    ("match in AWS", "3 unexpected"): "high",
    ("match in AWS", "learning"): "informational",
    ("match in AWS", "not judged"): "informational",
    ("match outside AWS", "0 unexpected"): "high",
    ("match outside AWS", "1 unexpected"): "high",
    ("match outside AWS", "2 unexpected"): "high",
    ("match outside AWS", "3 unexpected"): "high",
    ("match outside AWS", "learning"): "high",
    ("match outside AWS", "not judged"): "high",
}
# What is unknown never raises: without AWS ranges every match counts as one inside AWS does.
WITHOUT_RANGES = {
    (address, unusual): EXPECTED["match in AWS", unusual]
    for address, unusual in itertools.product(("match in AWS", "match outside AWS"), UNUSUAL)
}
IDS = {"informational": "2", "low": "3", "high": "5"}
COUNTS = {"0 unexpected": "0", "1 unexpected": "1", "2 unexpected": "2", "3 unexpected": "3", "learning": "0"}


@pytest.mark.parametrize("ranges", ["AWS ranges there", "AWS ranges missing"])
def test_every_row_of_the_table_gives_its_severity(command: Command, ranges: str) -> None:
    """The highest condition that holds wins; without an intel match there is no severity."""
    command.listed(("198.51.100.7/32", "bad", "c2", "90"), ("203.0.113.9/32", "bad", "c2", "90"))
    command.usual(
        (ALICE, "action", "ec2:RunInstances", NOON - 90 * DAY),
        (ALICE, "user_agent", "Boto3", NOON - 90 * DAY),
        (ALICE, "region", "eu-west-1", NOON - 90 * DAY),
    )
    if ranges == "AWS ranges missing":
        (command.lookups / "aws_ip_ranges.csv").unlink()
    expected_table = EXPECTED if ranges == "AWS ranges there" else WITHOUT_RANGES
    cases = list(itertools.product(ADDRESSES, UNUSUAL))
    events = [event(sourceIPAddress=ADDRESSES[address], **UNUSUAL[unusual]) for address, unusual in cases]

    for case, judged in zip(cases, command.judge(*events)):
        expected = expected_table.get(case)

        assert (case, judged.get("severity")) == (case, expected)
        assert judged.get("severity_id") == (IDS[expected] if expected else None)
        assert bool(judged.get("severity_reason")) == bool(expected)
        assert judged.get("intel_match") == (None if case[0] == "no match" else "true")
        assert judged.get("unexpected_count") == COUNTS.get(case[1])


@pytest.mark.parametrize(
    ("address", "changes", "rule", "says"),
    [
        ("198.51.100.7", UNUSUAL["0 unexpected"], "listed", "nothing unexpected"),
        (
            "198.51.100.7",
            UNUSUAL["1 unexpected"],
            "listed_one_unexpected",
            "; unexpected action ec2:CreateKeyPair, new to this caller in 90 days of record (usual: ec2:RunInstances)",
        ),
        (
            "203.0.113.9",
            UNUSUAL["1 unexpected"],
            "listed_outside_aws",
            "outside AWS; unexpected action ec2:CreateKeyPair, new to this caller in 90 days of record (usual: ec2:RunInstances)",
        ),
        (
            "203.0.113.9",
            UNUSUAL["3 unexpected"],
            "listed_several_unexpected",
            "; unexpected region sa-east-1, new to this caller in 90 days of record (usual: eu-west-1)",
        ),
        ("198.51.100.7", UNUSUAL["learning"], "listed", "caller still learning"),
        ("203.0.113.9", UNUSUAL["not judged"], "listed_outside_aws", "not judged"),
    ],
)
def test_the_reason_names_the_rule_the_list_and_what_was_unexpected(
    command: Command, address: str, changes: dict[str, str], rule: str, says: str
) -> None:
    command.listed(("198.51.100.7/32", "bad", "c2", "90"), ("203.0.113.9/32", "bad", "c2", "90"))
    command.usual(
        (ALICE, "action", "ec2:RunInstances", NOON - 90 * DAY),
        (ALICE, "user_agent", "Boto3", NOON - 90 * DAY),
        (ALICE, "region", "eu-west-1", NOON - 90 * DAY),
    )

    (judged,) = command.judge(event(sourceIPAddress=address, **changes))

    assert judged["severity_reason"].startswith(f"{rule}: {address} is on bad (c2); ")
    assert judged["severity_reason"].endswith(says)


CAPS = [
    # caps of the entries that match, rule's severity, severity
    ([""], "high", "high"),
    (["low"], "high", "low"),
    (["informational"], "high", "informational"),
    (["low", ""], "high", "high"),
    (["low", "informational"], "high", "low"),
    (["low", "high"], "high", "high"),
    (["low"], "informational", "informational"),
    (["LOW!"], "high", "high"),
]


@pytest.mark.parametrize(("caps", "rule", "expected"), CAPS, ids=str)
def test_of_several_lists_the_highest_cap_counts_and_a_deviation_is_named(
    command: Command, caps: list[str], rule: str, expected: str
) -> None:
    address = "203.0.113.9" if rule == "high" else "198.51.100.7"
    row = [
        *range_cells(f"{address}/32"),
        "",
        "|".join(f"f{n}" for n in range(len(caps))),
        "|".join("c" for _ in caps),
        "",
        "",
        "",
        "",
        "|".join(caps),
    ]
    header = HEADERS["malicious_ips"] + ",max_severity\n"
    (command.lookups / "malicious_ips.csv").write_text(header + ",".join(map(quoted, row)) + "\n")

    (judged,) = command.judge(event(sourceIPAddress=address))

    assert judged["severity"] == expected
    assert judged["severity_reason"].startswith("listed_outside_aws:" if rule == "high" else "listed:")
    assert ("max_severity" in judged["severity_reason"]) == (expected != rule)
