"""Every shape of userIdentity and the caller it names; the expected names are spelled by hand from AWS's documentation."""

from __future__ import annotations

from typing import Any

import pytest

from .conftest import Command, event

ACCOUNT = "111122223333"
SSO = "AWSReservedSSO_AdministratorAccess_0123456789abcdef"
ISSUER = "sessionContext.sessionIssuer.arn"

# id -> (userIdentity without its prefix, caller, caller_type, caller_account)
SHAPES: dict[str, tuple[dict[str, str], str | None, str | None, str | None]] = {
    "IAM user": (
        {"type": "IAMUser", "arn": f"arn:aws:iam::{ACCOUNT}:user/alice", "accountId": ACCOUNT},
        f"arn:aws:iam::{ACCOUNT}:user/alice", "IAMUser", ACCOUNT,
    ),
    "IAM user without ARN": (
        {"type": "IAMUser", "userName": "alice", "accountId": ACCOUNT},
        f"arn:aws:iam::{ACCOUNT}:user/alice", "IAMUser", ACCOUNT,
    ),
    "IAM user through CloudFormation": (
        {"type": "IAMUser", "arn": f"arn:aws:iam::{ACCOUNT}:user/alice", "invokedBy": "cloudformation.amazonaws.com"},
        f"arn:aws:iam::{ACCOUNT}:user/alice", "IAMUser", ACCOUNT,
    ),
    "failed sign-in": (
        {"type": "IAMUser", "userName": "HIDDEN_DUE_TO_SECURITY_REASONS", "accountId": ACCOUNT},
        None, "IAMUser", ACCOUNT,
    ),
    "root": (
        {"type": "Root", "arn": f"arn:aws:iam::{ACCOUNT}:root", "accountId": ACCOUNT},
        f"arn:aws:iam::{ACCOUNT}:root", "Root", ACCOUNT,
    ),
    "root without ARN": ({"type": "Root", "accountId": ACCOUNT}, f"arn:aws:iam::{ACCOUNT}:root", "Root", ACCOUNT),
    "assumed root": (
        {"type": "Root", "arn": f"arn:aws:sts::{ACCOUNT}:assumed-root", "accountId": ACCOUNT},
        f"arn:aws:iam::{ACCOUNT}:root", "Root", ACCOUNT,
    ),
    "role by its issuer, path dropped": (
        {
            "type": "AssumedRole",
            "arn": f"arn:aws:sts::{ACCOUNT}:assumed-role/deploy/run-4711",
            ISSUER: f"arn:aws:iam::{ACCOUNT}:role/service-role/ci/deploy",
        },
        f"arn:aws:iam::{ACCOUNT}:role/deploy", "AssumedRole", ACCOUNT,
    ),
    "role by its session's ARN": (
        {"type": "AssumedRole", "arn": f"arn:aws:sts::{ACCOUNT}:assumed-role/deploy/i-0abc"},
        f"arn:aws:iam::{ACCOUNT}:role/deploy", "AssumedRole", ACCOUNT,
    ),
    "role of another partition": (
        {"type": "AssumedRole", "arn": f"arn:aws-us-gov:sts::{ACCOUNT}:assumed-role/deploy/i-0abc"},
        f"arn:aws-us-gov:iam::{ACCOUNT}:role/deploy", "AssumedRole", ACCOUNT,
    ),
    "person in IAM Identity Center": (
        {
            "type": "AssumedRole",
            "arn": f"arn:aws:sts::{ACCOUNT}:assumed-role/{SSO}/alice@example.com",
            ISSUER: f"arn:aws:iam::{ACCOUNT}:role/aws-reserved/sso.amazonaws.com/eu-west-1/{SSO}",
        },
        f"arn:aws:iam::{ACCOUNT}:role/AWSReservedSSO_AdministratorAccess/alice@example.com", "AssumedRole", ACCOUNT,
    ),
    "person whose session is only in the principal": (
        {"type": "AssumedRole", "principalId": "AROAEXAMPLE:alice", ISSUER: f"arn:aws:iam::{ACCOUNT}:role/{SSO}", "accountId": ACCOUNT},
        f"arn:aws:iam::{ACCOUNT}:role/AWSReservedSSO_AdministratorAccess/alice", "AssumedRole", ACCOUNT,
    ),
    "federated user by who issued the token": (
        {"type": "FederatedUser", "arn": f"arn:aws:sts::{ACCOUNT}:federated-user/any-name", ISSUER: f"arn:aws:iam::{ACCOUNT}:user/alice"},
        f"arn:aws:iam::{ACCOUNT}:user/alice", "FederatedUser", ACCOUNT,
    ),
    "federated user without issuer": (
        {"type": "FederatedUser", "arn": f"arn:aws:sts::{ACCOUNT}:federated-user/any-name"},
        f"arn:aws:sts::{ACCOUNT}:federated-user/*", "FederatedUser", ACCOUNT,
    ),
    "Identity Center user": (
        {
            "type": "IdentityCenterUser", "arn": "", "accountId": ACCOUNT,
            "onBehalfOf.userId": "1111-2222", "onBehalfOf.identityStoreArn": f"arn:aws:identitystore::{ACCOUNT}:identitystore/d-1",
        },
        f"arn:aws:identitystore::{ACCOUNT}:identitystore/d-1/1111-2222", "IdentityCenterUser", ACCOUNT,
    ),
    "SAML": (
        {"type": "SAMLUser", "identityProvider": "idp.example.com", "userName": "alice"},
        "idp.example.com/alice", "SAMLUser", None,
    ),
    "Kubernetes service account": (
        {"type": "WebIdentityUser", "identityProvider": "oidc.example.com/id/1", "userName": "system:serviceaccount:prod:api"},
        "oidc.example.com/id/1/system:serviceaccount:prod:api", "WebIdentityUser", None,
    ),
    "GitHub, whatever the branch": (
        {"type": "WebIdentityUser", "identityProvider": "token.example.com", "userName": "repo:org/app:ref:refs/heads/evil"},
        "token.example.com/repo:org/app", "WebIdentityUser", None,
    ),
    "another account's role": (
        {"type": "AWSAccount", "accountId": ACCOUNT, "principalId": "AROAEXAMPLE:session"}, f"{ACCOUNT}/AROAEXAMPLE", "AWSAccount", ACCOUNT,
    ),
    "another account's key": (
        {"type": "AWSAccount", "accountId": ACCOUNT, "principalId": "AKIAEXAMPLE"}, ACCOUNT, "AWSAccount", ACCOUNT,
    ),
    "anonymous": (
        {"type": "AWSAccount", "accountId": "ANONYMOUS_PRINCIPAL", "principalId": ""}, "ANONYMOUS_PRINCIPAL", "AWSAccount", "ANONYMOUS_PRINCIPAL",
    ),
    "service": ({"type": "AWSService", "invokedBy": "ec2.amazonaws.com"}, "ec2.amazonaws.com", "AWSService", None),
    "service event without a type": (
        {"accountId": ACCOUNT, "invokedBy": "ec2.amazonaws.com"}, "ec2.amazonaws.com", "AWSService", ACCOUNT,
    ),
    "directory": ({"type": "Directory", "principalId": "d-1", "accountId": ACCOUNT}, f"Directory/{ACCOUNT}", "Directory", ACCOUNT),
    "a type that nobody knows yet": (
        {"type": "Robot", "arn": f"arn:aws:iam::{ACCOUNT}:robot/r2"}, f"arn:aws:iam::{ACCOUNT}:robot/r2", "Robot", ACCOUNT,
    ),
    "session under a type that is not known": (
        {"type": "Unknown", "arn": f"arn:aws:sts::{ACCOUNT}:assumed-role/deploy/chosen"},
        f"arn:aws:iam::{ACCOUNT}:role/deploy", "Unknown", ACCOUNT,
    ),
    "nothing": ({}, None, None, None),
    "text for null": ({"type": "null", "arn": "null", "accountId": "-"}, None, None, None),
    "not an ARN": ({"type": "AssumedRole", "arn": "arn:aws:sts"}, "arn:aws:sts", "AssumedRole", None),
}  # fmt: skip


def identity(fields: dict[str, str]) -> dict[str, Any]:
    made = event(identity_type=None, identity_arn=None, identity_accountId=None)
    return {**made, **{f"userIdentity.{name}": value for name, value in fields.items()}}


def test_every_shape_of_identity_names_its_caller(command: Command) -> None:
    judged = command.judge(*(identity(fields) for fields, *_ in SHAPES.values()))

    for name, (shape, one) in zip(SHAPES, zip(SHAPES.values(), judged)):
        assert (name, one.get("caller"), one.get("caller_type"), one.get("caller_account")) == (name, *shape[1:])


CHOSEN = {
    "session name": {"type": "AssumedRole", "arn": f"arn:aws:sts::{ACCOUNT}:assumed-role/deploy/%s"},
    "session name with slashes": {"type": "AssumedRole", "arn": f"arn:aws:sts::{ACCOUNT}:assumed-role/deploy/a/%s"},
    "session beside an issuer": {
        "type": "AssumedRole", "arn": f"arn:aws:sts::{ACCOUNT}:assumed-role/deploy/%s", "principalId": "AROAEXAMPLE:%s",
        ISSUER: f"arn:aws:iam::{ACCOUNT}:role/deploy",
    },
    "federated name": {"type": "FederatedUser", "arn": f"arn:aws:sts::{ACCOUNT}:federated-user/%s", ISSUER: f"arn:aws:iam::{ACCOUNT}:user/a"},
    "federated name without issuer": {"type": "FederatedUser", "arn": f"arn:aws:sts::{ACCOUNT}:federated-user/%s", "principalId": f"{ACCOUNT}:%s"},
    "foreign session": {"type": "AWSAccount", "accountId": ACCOUNT, "principalId": "AROAEXAMPLE:%s"},
    "branch": {"type": "WebIdentityUser", "identityProvider": "token.example.com", "userName": "repo:org/app:ref:refs/heads/%s"},
    "session of an unknown type": {"type": "Robot", "arn": f"arn:aws:sts::{ACCOUNT}:assumed-role/deploy/%s"},
    "federated name of an unknown type": {"type": "Robot", "arn": f"arn:aws:sts::{ACCOUNT}:federated-user/%s"},
    "access key": {"type": "IAMUser", "arn": f"arn:aws:iam::{ACCOUNT}:user/alice", "accessKeyId": "AKIA%s"},
}  # fmt: skip


@pytest.mark.parametrize("what", CHOSEN)
def test_nothing_that_the_caller_chooses_makes_another_caller(command: Command, what: str) -> None:
    """A stolen key that mints a new name a minute stays one caller."""
    minted = [
        {name: value.replace("%s", chosen) for name, value in CHOSEN[what].items()}
        for chosen in ("one", "two", "AWSReservedSSO_x_0123456789abcdef", "a:b", "x" * 64)
    ]

    judged = command.judge(*map(identity, minted))

    assert len({one["caller"] for one in judged}) == 1


def test_the_action_is_the_service_and_the_name_without_its_version(command: Command) -> None:
    calls = {
        ("lambda.amazonaws.com", "UpdateFunctionCode20150331v2"): "lambda:UpdateFunctionCode",
        ("cloudfront.amazonaws.com", "CreateFunction2020_05_31"): "cloudfront:CreateFunction",
        ("monitoring.amazonaws.com", "PutMetricData"): "monitoring:PutMetricData",
        ("ec2.amazonaws.com.cn", "RunInstances"): "ec2:RunInstances",
        ("iam", "ListUsers"): "iam:ListUsers",
        ("", "ListUsers"): "ListUsers",
        ("s3.amazonaws.com", ""): None,
    }

    judged = command.judge(*(event(eventSource=source, eventName=name) for source, name in calls))

    assert [one.get("call_action") for one in judged] == list(calls.values())
