"""`learn=true`: what a call teaches, what teaches nothing, and that learning and judging speak of the same things."""

from __future__ import annotations

import json
from typing import Any

import pytest

from .conftest import ALICE, DAY, NOON, Command, digest, event

ACCOUNT = "111122223333"


def lesson(record: str, prop: str, value: str) -> str:
    return f"{digest(record)}{prop[0]}{digest(value)}|{prop}|{record}|{value}"


def test_a_call_teaches_its_caller_its_class_and_its_account(command: Command) -> None:
    (judged,) = command.judge(event(), arguments=["learn=true"])

    assert judged["learn_time"] == str(int(NOON))
    assert judged["learns"] == [
        lesson(ALICE, "action", "ec2:RunInstances"),
        lesson(f"class:{ACCOUNT}:user", "action", "ec2:RunInstances"),
        lesson(f"account:{ACCOUNT}", "action", "ec2:RunInstances"),
        lesson(ALICE, "user_agent", "Boto3"),
        lesson(f"class:{ACCOUNT}:user", "user_agent", "Boto3"),
        lesson(ALICE, "region", "eu-west-1"),
        lesson(f"class:{ACCOUNT}:user", "region", "eu-west-1"),
    ]


def test_a_person_teaches_its_agent_over_all_accounts(command: Command) -> None:
    session = f"arn:aws:sts::{ACCOUNT}:assumed-role/AWSReservedSSO_Admin_0123456789abcdef/alice@example.com"
    (judged,) = command.judge(event(identity_type="AssumedRole", identity_arn=session), arguments=["learn=true"])

    of_person = [each for each in judged["learns"] if "|person:" in each]
    assert of_person == [lesson("person:alice@example.com", "user_agent", "Boto3")]
    assert lesson(f"class:{ACCOUNT}:person", "region", "eu-west-1") in judged["learns"]


TEACH_NOTHING: dict[str, dict[str, Any]] = {
    "no address": {"sourceIPAddress": "AWS Internal"},
    "a service": {"identity_type": "AWSService", "identity_invokedBy": "ec2.amazonaws.com", "sourceIPAddress": "203.0.113.5"},
    "no caller": {"identity_arn": None, "identity_accountId": None},
    "no time": {"eventTime": None, "_time": None},
    "denied": {"errorCode": "AccessDenied"},
    "denied by EC2": {"errorCode": "Client.UnauthorizedOperation"},
    "denied by an endpoint": {"errorCode": "VpceAccessDenied"},
    "wrong signature": {"errorCode": "SignatureDoesNotMatch"},
    "failed sign-in": {"eventName": "ConsoleLogin", "responseElements.ConsoleLogin": "Failure"},
    "failed sign-in by its message": {"eventName": "ConsoleLogin", "errorMessage": "Failed authentication"},
    "failed sign-in as the AWS add-on writes it": {"eventName": "ConsoleLogin", "errorCode": "failure"},
    "a service event": {"eventType": "AwsServiceEvent"},
    "an intel match": {"sourceIPAddress": "203.0.113.9"},
}
TEACH: dict[str, dict[str, Any]] = {
    "a plain call": {},
    "success as the AWS add-on writes it": {"errorCode": "success"},
    "an error that proves the right": {"errorCode": "NoSuchBucket"},
    "throttling": {"errorCode": "ThrottlingException"},
    "a private address": {"sourceIPAddress": "10.0.0.1"},
    "a match that the team allows": {"sourceIPAddress": "203.0.113.10"},
}


def test_what_must_not_become_usual_teaches_nothing(command: Command) -> None:
    command.listed(("203.0.113.9/32", "bad", "c2"), ("203.0.113.10/32", "ours", "scanner"))
    command.allow({"feed": "ours", "owner": "us"})
    cases = {**TEACH_NOTHING, **TEACH}
    events = [event(eventID=name, **changes) for name, changes in cases.items()]

    taught = [one["eventID"] for one in command.judge(*events, arguments=["learn=true"])]

    assert taught == list(TEACH)


def test_only_what_is_judged_is_taught(command: Command) -> None:
    events = [
        event(eventID="global", eventSource="iam.amazonaws.com", eventName="ListUsers"),
        event(eventID="service agent", userAgent="cloudformation.amazonaws.com"),
        event(eventID="no agent", userAgent=None),
    ]

    judged = command.judge(*events, arguments=["learn=true"])

    properties = {one["eventID"]: {each.split("|")[1] for each in one["learns"]} for one in judged}
    assert properties == {
        "global": {"action", "user_agent"},
        "service agent": {"action", "region"},
        "no agent": {"action", "region"},
    }


HOSTILE = "x|y\nz\x1b[31m"


def test_hostile_text_stays_one_value_of_one_line(command: Command) -> None:
    (judged,) = command.judge(
        event(eventName=HOSTILE, awsRegion=HOSTILE, identity_arn=f"arn:aws:iam::{ACCOUNT}:user/{HOSTILE}"),
        arguments=["learn=true"],
    )

    assert all(each.count("|") == 3 and each.isprintable() for each in judged["learns"])
    assert judged["call_action"] == "ec2:x y z [31m"


def test_what_is_taught_is_what_is_asked(command: Command) -> None:
    """Rows made of the lessons alone, three days later: nothing is unexpected, for every odd shape of caller and agent."""
    shapes = [
        event(),
        event(identity_type="Root", identity_arn=f"arn:aws:iam::{ACCOUNT}:root"),
        event(identity_type="AssumedRole", identity_arn=f"arn:aws:sts::{ACCOUNT}:assumed-role/ci-pr-12/x"),
        event(eventName=HOSTILE, userAgent=HOSTILE, awsRegion=HOSTILE),
        event(userAgent="Mozilla/5.0 (Windows NT 10.0) Chrome/131.0.0.0", eventName="UpdateFunctionCode20150331v2"),
        event(
            identity_type="WebIdentityUser",
            identity_arn=None,
            identity_userName="repo:a/b:ref:x",
            identity_identityProvider="idp",
        ),
    ]
    rows = []
    for one in command.judge(*shapes, arguments=["learn=true"]):
        for each in one["learns"]:
            key, prop, record, value = each.split("|", 3)
            assert key == f"{digest(record)}{prop[0]}{digest(value)}"
            rows.append((record, prop, value, NOON))
    command.usual(*set(rows))

    later = [{**shape, "eventTime": "2026-06-04T12:00:00Z"} for shape in shapes]
    judged = command.judge(*later)

    assert {one[name] for one in judged for name in ("unexpected_action", "unexpected_user_agent", "unexpected_region")} == {
        "false"
    }


def test_explain_shows_every_step(command: Command) -> None:
    command.listed(("203.0.113.9/32", "bad", "c2", "90"))
    command.usual((ALICE, "region", "eu-west-1", NOON - 9 * DAY), (ALICE, "action", "ec2:RunInstances", NOON - DAY))

    (judged,) = command.judge(event(sourceIPAddress="203.0.113.9", userAgent=None), arguments=["explain=true"])

    steps = json.loads(judged["explanation"])
    action, agent, region = steps["baseline"]
    assert steps["caller"]["name"] == ALICE
    assert steps["source_address"]["looked_up"] == "203.0.113.9"
    assert [entry["feed"] for entry in steps["lists"]] == ["bad"]
    assert (action["flag"], action["record"], action["known_since"]) == ("true", ALICE, NOON - DAY)
    assert (agent["flag"], agent["value"]) == (None, "(none)")
    assert (region["flag"], region["record_since"]) == ("false", NOON - 9 * DAY)
    assert [(rule["rule"], rule["decided"]) for rule in steps["rules"]] == [
        ("listed", False),
        ("listed_one_unexpected", False),
        ("listed_outside_aws", True),
    ]
    assert steps["teaches"] == []


@pytest.mark.parametrize("arguments", [[], ["explain=false"], ["learn=false"]])
def test_without_being_asked_for_neither_is_there(command: Command, arguments: list[str]) -> None:
    (judged,) = command.judge(event(), arguments=arguments)

    assert not {"explanation", "learns", "learn_time"} & set(judged)
