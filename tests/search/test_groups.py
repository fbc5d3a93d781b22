"""Who answers for a caller that is too young: its siblings, its class in an account that is old enough, its person."""

from __future__ import annotations

from typing import Any

import pytest

from .conftest import ALICE, DAY, NOON, Command, event

ACCOUNT = "111122223333"
OLD, YOUNG = NOON - 90 * DAY, NOON - DAY
USER_CLASS, ROLE_CLASS, ACCOUNT_RECORD = f"class:{ACCOUNT}:user", f"class:{ACCOUNT}:role", f"account:{ACCOUNT}"


def role(name: str, account: str = ACCOUNT) -> dict[str, str]:
    return {"identity_type": "AssumedRole", "identity_arn": f"arn:aws:sts::{account}:assumed-role/{name}/session"}


def person(session: str, account: str = ACCOUNT) -> dict[str, str]:
    return role(f"AWSReservedSSO_Admin_0123456789abcdef/{session}", account) | {
        "identity_arn": f"arn:aws:sts::{account}:assumed-role/AWSReservedSSO_Admin_0123456789abcdef/{session}"
    }


def action_of(command: Command, **changes: Any) -> str:
    (judged,) = command.judge(event(**changes))
    return judged["unexpected_action"]


def test_a_new_user_is_judged_by_the_users_of_its_account(command: Command) -> None:
    command.usual((ACCOUNT_RECORD, "action", "s3:ListBuckets", OLD), (USER_CLASS, "action", "ec2:RunInstances", OLD))

    assert action_of(command) == "false"
    assert action_of(command, eventName="CreateKeyPair") == "true"


def test_a_first_user_in_an_account_of_roles_is_not_excused_by_what_roles_do(command: Command) -> None:
    """A backdoor: the account is old, its class has no record at all."""
    command.usual((ACCOUNT_RECORD, "action", "ec2:RunInstances", OLD), (ROLE_CLASS, "action", "ec2:RunInstances", OLD))

    assert action_of(command) == "true"


def test_the_first_root_sign_in_of_an_old_account_is_unexpected(command: Command) -> None:
    command.usual((ACCOUNT_RECORD, "action", "signin:ConsoleLogin", OLD), (USER_CLASS, "action", "signin:ConsoleLogin", OLD))
    root = {"identity_type": "Root", "identity_arn": f"arn:aws:iam::{ACCOUNT}:root"}

    assert action_of(command, eventSource="signin.amazonaws.com", eventName="ConsoleLogin", **root) == "true"


def test_in_a_new_account_everybody_is_learning_whatever_the_class_knows(command: Command) -> None:
    command.usual(
        (ACCOUNT_RECORD, "action", "ec2:RunInstances", NOON - 2.9 * DAY),
        (USER_CLASS, "action", "ec2:RunInstances", NOON - 2.9 * DAY),
    )

    assert action_of(command) == "learning"


def test_a_fresh_role_is_judged_by_its_siblings_before_its_class(command: Command) -> None:
    siblings = f"role-family:{ACCOUNT}:ci-pr"
    command.usual(
        (siblings, "action", "ec2:RunInstances", OLD),
        (ACCOUNT_RECORD, "action", "s3:PutObject", OLD),
        (ROLE_CLASS, "action", "s3:PutObject", OLD),
    )

    assert action_of(command, **role("ci-pr-4711")) == "false"
    assert action_of(command, **role("ci-pr-4711"), eventSource="s3.amazonaws.com", eventName="PutObject") == "true"
    assert action_of(command, **role("other"), eventSource="s3.amazonaws.com", eventName="PutObject") == "false"


def test_a_role_of_the_same_name_in_another_account_answers_for_nothing(command: Command) -> None:
    other = "444455556666"
    command.usual(
        (f"arn:aws:iam::{ACCOUNT}:role/deploy", "action", "ec2:RunInstances", OLD),
        (f"role-family:{ACCOUNT}:deploy", "action", "ec2:RunInstances", OLD),
        (f"account:{other}", "action", "s3:PutObject", OLD),
    )

    assert action_of(command, **role("deploy")) == "false"
    assert action_of(command, **role("deploy", other)) == "true"
    assert action_of(command, **role("deploy-77", other)) == "true"


def test_a_caller_that_is_old_enough_is_judged_by_its_own_record_alone(command: Command) -> None:
    command.usual(
        (ALICE, "region", "eu-west-1", OLD),
        (ACCOUNT_RECORD, "action", "ec2:RunInstances", OLD),
        (USER_CLASS, "action", "ec2:RunInstances", OLD),
    )

    assert action_of(command) == "true"


def test_a_persons_agent_is_judged_over_all_accounts(command: Command) -> None:
    """A new laptop is new once: two days after its first call it is expected in every account."""
    name = f"arn:aws:iam::{ACCOUNT}:role/AWSReservedSSO_Admin/alice@example.com"
    record = "person:alice@example.com"
    command.usual(
        (name, "region", "eu-west-1", OLD),
        (record, "user_agent", "Boto3", OLD),
        (record, "user_agent", "aws-cli/2", NOON - 2 * DAY),
    )

    def agents(account: str) -> list[str]:
        raw = ("Boto3/1.2", "aws-cli/2.15.0 x", "curl/8.1")
        return [
            one["unexpected_user_agent"]
            for one in command.judge(*(event(userAgent=agent, **person("alice@example.com", account)) for agent in raw))
        ]

    assert agents(ACCOUNT) == ["false", "false", "true"]
    assert agents("444455556666") == ["false", "false", "true"]


def test_the_reason_says_whose_record_it_was(command: Command) -> None:
    command.listed(("203.0.113.9/32", "bad", "c2"))
    command.usual((ACCOUNT_RECORD, "action", "s3:ListBuckets", OLD), (USER_CLASS, "action", "s3:ListBuckets", OLD))

    (judged,) = command.judge(event(sourceIPAddress="203.0.113.9", awsRegion=None, userAgent=None))

    assert judged["severity_reason"].endswith(
        "unexpected action ec2:RunInstances, new to every user of account 111122223333 (the caller itself is too new to tell)"
        " in 90 days of record (usual: s3:ListBuckets)"
    )


FAMILIES = {
    "ci-pr-4711": "ci-pr",
    "ci-branch-7f3a9c2e": "ci-branch",
    "stack-LambdaRole-1A2B3C4D5E6F": "stack-LambdaRole",
    "eks-group-20240102030405123400000001": "eks-group",
    "x_550e8400-e29b-41d4-a716-446655440000": "x",
    "web-a1b2c3d4-42": "web",
    "deploy": None,
    "app-v2": None,
    "my-role-production": None,
    "4711": None,
}


@pytest.mark.parametrize("name", FAMILIES)
def test_only_a_generated_tail_makes_siblings(command: Command, name: str) -> None:
    (judged,) = command.judge(event(**role(name)), arguments=["learn=true"])

    records = {lesson.split("|")[2] for lesson in judged["learns"]}
    families = {record for record in records if record.startswith("role-family:")}
    assert families == ({f"role-family:{ACCOUNT}:{FAMILIES[name]}"} if FAMILIES[name] else set())
