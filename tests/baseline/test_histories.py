"""Histories that a baseline must get right, learned by the shipped searches and judged by the real command."""

from __future__ import annotations

from .conftest import ACCOUNT, MONTH, NIGHT, OTHER_ACCOUNT, WEEK, Company, person, role, root, user

EVERY_DAY = range(30)
LISTED = "203.0.113.66"


def an_account_of_roles(company: Company) -> None:
    company.did(EVERY_DAY, role("deploy"), "s3:PutObject", "s3:GetObject", "ec2:DescribeInstances")
    company.did(EVERY_DAY, role("app"), "s3:GetObject", "iam:CreateUser", userAgent="Boto3/1.2")


def test_a_backdoor_user_in_an_account_of_roles_is_unexpected_from_its_first_call(company: Company) -> None:
    """Roles do the very same things; there was never a user."""
    an_account_of_roles(company)
    company.run(MONTH, 30)

    assert company.flags(company.call(30.5, user("backup"), "s3:GetObject")) == ["true", "true", "true"]


def test_a_root_sign_in_never_seen_before_is_unexpected(company: Company) -> None:
    an_account_of_roles(company)
    company.did(EVERY_DAY, user("alice"), "signin:ConsoleLogin", userAgent="Mozilla/5.0 (Macintosh) Chrome/131.0")
    company.run(MONTH, 30)

    sign_in = company.call(30.5, root(), "signin:ConsoleLogin", userAgent="Mozilla/5.0 (Macintosh) Chrome/131.0")

    assert company.flags(sign_in) == ["true", "true", None]


def test_a_fresh_per_branch_role_is_as_usual_as_its_siblings(company: Company) -> None:
    for number in range(6):
        company.did(
            range(5 * number, 5 * number + 5), role(f"ci-pr-{1000 + number}"), "s3:PutObject", "ecr:GetAuthorizationToken"
        )
    company.did(EVERY_DAY, role("app"), "dynamodb:GetItem", userAgent="Boto3/1.2")
    company.run(MONTH, 30)
    fresh = role("ci-pr-2222")

    assert company.flags(company.call(30.5, fresh, "s3:PutObject")) == ["false", "false", "false"]
    assert company.flags(company.call(30.5, fresh, "dynamodb:GetItem", userAgent="Boto3/1.2")) == ["true", "true", "false"]


def test_a_new_hire_is_judged_by_colleagues_for_three_days_and_then_by_the_own_record(company: Company) -> None:
    company.did(EVERY_DAY, user("alice"), "s3:GetObject", "s3:ListBuckets")
    company.did(range(26, 30), user("newcomer"), "s3:GetObject", "s3:ListBuckets")
    second_day, fourth_day = (
        company.call(27.9, user("newcomer"), "s3:GetObject"),
        company.call(29.9, user("newcomer"), "s3:GetObject"),
    )
    strange = company.call(27.9, user("newcomer"), "iam:CreateAccessKey")

    company.run(MONTH, 30)

    assert company.flags(second_day) == ["false", "false", "false"]
    assert company.flags(strange) == ["true", "false", None]
    assert company.flags(fourth_day) == ["false", "false", "false"]
    assert company.flags(company.call(29.9, user("newcomer"), "iam:CreateAccessKey"))[0] == "true"


def test_a_persons_new_laptop_is_new_once(company: Company) -> None:
    """First in one account; two days later it is expected there and in the other account."""
    for account in (ACCOUNT, OTHER_ACCOUNT):
        company.did(EVERY_DAY, person("alice@example.com", account), userAgent="aws-cli/2.15.0 x")
    new = {"userAgent": "Boto3/1.2"}
    first = company.call(30.5, person("alice@example.com"), **new)
    company.history.append(first)
    company.did((31, 32), person("bob@example.com"), **new)
    company.run(MONTH, 33.05)

    assert company.flags(first) == ["false", "true", "false"]
    assert company.flags(company.call(31.5, person("alice@example.com", OTHER_ACCOUNT), **new))[1] == "true"
    assert company.flags(company.call(32.6, person("alice@example.com"), **new))[1] == "false"
    assert company.flags(company.call(32.6, person("alice@example.com", OTHER_ACCOUNT), **new))[1] == "false"


def test_a_role_of_the_same_name_in_another_account_is_another_caller(company: Company) -> None:
    company.did(EVERY_DAY, role("deploy"), "s3:PutObject")
    company.did(EVERY_DAY, role("app", OTHER_ACCOUNT), "dynamodb:GetItem", userAgent="Boto3/1.2")
    company.run(MONTH, 30)

    assert company.flags(company.call(30.5, role("deploy"), "s3:PutObject")) == ["false", "false", "false"]
    assert company.flags(company.call(30.5, role("deploy", OTHER_ACCOUNT), "s3:PutObject")) == ["true", "true", "false"]


def test_what_an_address_taught_before_it_was_listed_is_unlearned_within_the_week(company: Company) -> None:
    """Lists are always late."""
    company.did(EVERY_DAY, user("alice"), "s3:GetObject")
    company.did(range(20, 24), user("alice"), "iam:CreateAccessKey", sourceIPAddress=LISTED, userAgent="curl/8.1")
    company.run(MONTH, 25)
    attack = company.call(30.5, user("alice"), "iam:CreateAccessKey", userAgent="curl/8.1")
    before = company.flags(attack)

    company.listed((f"{LISTED}/32", "bad", "c2", "90"))
    company.run(NIGHT, 30)
    in_between = company.flags(attack)
    company.run(WEEK, 30.1)

    assert (before, in_between) == (["false", "false", None], ["false", "false", None])
    assert company.flags(attack) == ["true", "true", None]
    assert company.flags(company.call(30.5, user("alice"), "s3:GetObject")) == ["false", "false", "false"]


def test_who_repeats_a_new_action_daily_from_a_listed_address_stays_unexpected(company: Company) -> None:
    company.listed((f"{LISTED}/32", "bad", "c2", "90"))
    company.did(EVERY_DAY, user("alice"), "s3:GetObject")
    company.did(
        range(10, 30), user("alice"), "iam:CreateUser", sourceIPAddress=LISTED, userAgent="curl/8.1", awsRegion="sa-east-1"
    )
    for day in range(8, 31):
        company.run(NIGHT, day + 0.05)

    attack = company.call(
        30.6, user("alice"), "ec2:RunInstances", sourceIPAddress=LISTED, userAgent="curl/8.1", awsRegion="sa-east-1"
    )
    repeated = {**attack, "eventName": "CreateUser", "eventSource": "iam.amazonaws.com"}

    assert company.flags(attack) == ["true", "true", "true"]
    assert company.flags(repeated) == ["true", "true", None]
    assert [row["value"] for row in company.rows() if row["value"] in ("iam:CreateUser", "curl", "sa-east-1")] == []


def test_a_match_that_the_team_allows_teaches(company: Company) -> None:
    company.listed((f"{LISTED}/32", "bad", "c2", "90"))
    company.allow({"indicator": LISTED, "owner": "us"})
    company.did(EVERY_DAY, user("alice"), "s3:GetObject", sourceIPAddress=LISTED)
    company.run(MONTH, 30)

    assert company.flags(company.call(30.5, user("alice"), "s3:GetObject", sourceIPAddress=LISTED)) == ["false", "false", "false"]


def test_a_stolen_key_never_gets_back_to_learning(company: Company) -> None:
    """Whatever it mints: federated names, role sessions, user agents."""
    company.did(EVERY_DAY, user("alice"), "s3:GetObject")
    company.did(EVERY_DAY, role("deploy"), "s3:GetObject")
    company.run(MONTH, 30)
    issuer = {"userIdentity.sessionContext.sessionIssuer.arn": f"arn:aws:iam::{ACCOUNT}:user/alice"}
    minted = [
        company.call(
            30.5,
            {"userIdentity.type": "FederatedUser", "userIdentity.arn": f"arn:aws:sts::{ACCOUNT}:federated-user/{name}", **issuer},
            "ec2:RunInstances",
        )
        for name in ("a", "b", "AWSReservedSSO_x")
    ]
    sessions = [company.call(30.5, role("deploy", session=name), "ec2:RunInstances") for name in ("x", "i-0abc", "y/z")]
    agents = [company.call(30.5, user("alice"), "ec2:RunInstances", userAgent=f"tool{name}/1") for name in ("A", "B", "C")]

    for event in minted + sessions + agents:
        assert company.flags(event)[0] == "true"
