"""User agents and their families, through the real command; the families are spelled by hand."""

from __future__ import annotations

import pytest

from .conftest import Command, event

UUID = "68319f60-9dec-43b2-9702-de3a08c9d8a3"
CHROME = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36"
FAMILIES = [
    ("", "(none)"),
    ("-", "(none)"),
    ("[]", "(none)"),
    ("AWS Internal", "AWS Internal"),
    ("cloudtrail.amazonaws.com", "cloudtrail.amazonaws.com"),
    ("console.amazonaws.com", "AWS console"),
    ("signin.amazonaws.com", "AWS console"),
    ("console.ec2.amazonaws.com", "AWS console"),
    ("[S3Console/0.4, aws-internal/3 aws-sdk-java/1.12.488 Linux/5.4]", "AWS console"),
    ("EC2ConsoleFrontend, aws-internal/3 aws-sdk-java/1.11", "AWS console"),
    ("RDS Console, aws-internal/3", "AWS console"),
    ("aws-internal/3 aws-sdk-java/1.12.124 Linux/4.9", "aws-internal"),
    ("[aws-cli/2.2.16 Python/3.8.8 Darwin/20.5.0 exe/x86_64 prompt/off command/s3.sync]", "aws-cli/2"),
    ("aws-cli/2.36.17 md/awscrt#0.36.0 ua/2.1 os/linux#6.19.14 lang/python#3.14.6 m/Z,g,E sid/4c55b1738b6d md/command#s3.ls", "aws-cli/2"),
    ("aws-cli/1.18.136 Python/3.8.5 Darwin/19.5.0 botocore/1.17.59", "aws-cli/1"),
    ("aws-cli/2.23.6 md/awscrt#1.0.0.dev0 os/linux#6.12.13-cloud-amd64 md/distrib#kali.2025", "aws-cli/2 on Kali"),
    ("Boto3/1.16.18 Python/3.9.1 Linux/5.2.0-kali2-amd64 Botocore/1.19.18", "Boto3 on Kali"),
    ("Boto3/1.26.165 Python/3.10.6 Linux/5.19.0-46-generic Botocore/1.29.165", "Boto3"),
    ("aiobotocore/2.5.0 Python/3.11", "Boto3"),
    (f"Boto3/1.34.1 Python/3.11.2 Botocore/1.34.1 Pacu-Session-{UUID}", "Pacu"),
    ("Boto3/1.34.1 md/Botocore#1.34.1 ua/2.0 Botocore/1.34.1 APN_1826889", "Prowler"),
    (f"stratus-red-team_{UUID}", "Stratus Red Team"),
    (f"APN/1.0 HashiCorp/1.0 Terraform/1.1.2 (+https://www.terraform.io) terraform-provider-aws/4.67.0 stratus-red-team_{UUID}", "Stratus Red Team"),
    (f"aws-sdk-go-v2/1.32.3 os/linux exec-env/grimoire_{UUID} api/sts#1.26.2", "Grimoire"),
    ("[aws-sdk-go/1.25.38 (go1.13.4; darwin; amd64) APN/1.0 HashiCorp/1.0 Terraform/0.12.16 (+https://www.terraform.io)]", "Terraform"),
    ("APN/1.0 HashiCorp/1.0 Terraform/1.15.0 terraform-provider-aws/6.32.1 aws-sdk-go-v2/1.41.1 my-suffix/1.0", "Terraform"),
    ("CloudCustodian(net-change-encryption)/0.9.2 Python/3.8.3 Botocore/1.17", "CloudCustodian"),
    ("aws-sdk-go/1.55.5 (go1.22; linux; amd64) exec-env/EC2 amazon-ssm-agent/3.3.2471.0", "amazon-ssm-agent"),
    ("aws-sdk-go/1.44.157 (go1.19.3; linux; amd64) exec-env/AWS_Lambda_go1.x", "aws-sdk-go/1"),
    ("aws-sdk-go-v2/1.17.0 os/linux lang/go/1.18.10", "aws-sdk-go-v2"),
    ("aws-sdk-java/2.17.295 Linux/4.14.291 md/internal exec-env/AWS_ECS_FARGATE", "aws-sdk-java/2"),
    ("aws-sdk-nodejs/2.1691.0 linux/v20.15.0", "aws-sdk-js/2"),
    ("aws-sdk-js/3.632.0 ua/2.0 os/linux#5.10", "aws-sdk-js/3"),
    ("aws-sdk-rust/1.3.14 os/linux lang/rust/1.94.1", "aws-sdk-rust/1"),
    (CHROME, "Chrome on macOS"),
    (CHROME + " Edg/131.0.0.0", "Edge on macOS"),
    ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) CriOS/120.0 Mobile/15E148 Safari/604.1", "Chrome on iOS"),
    ("Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:102.0) Gecko/20100101 Firefox/102.0", "Firefox on Linux"),
    ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/17.0 Safari/605.1.15", "Safari on macOS"),
    ("Mozilla", "browser"),
    ("curl/8.1", "curl"),
    ("Go-http-client/1.1", "Go-http-client"),
    ("python-requests/2.28.0", "python-requests"),
    ("Jersey/${project.version} (HttpUrlConnection 17.0.12)", "Jersey"),
    (UUID, "other"),
    ("12345678", "other"),
    ("my tool\x1b[31m\n/1.0", "my tool m"),
]  # fmt: skip


def test_every_agent_has_its_family(command: Command) -> None:
    judged = command.judge(*(event(userAgent=agent) for agent, _ in FAMILIES))

    found = [(agent, one["call_user_agent"]) for (agent, _), one in zip(FAMILIES, judged)]
    assert found == FAMILIES


@pytest.mark.parametrize(
    "shape",
    [
        "aws-cli/2.{n}.1 Python/3.{n}.8 Linux/5.{n}-generic sid/{uuid} md/command#s{n}.ls",
        "Boto3/1.{n}.165 Python/3.{n}.6 Linux/5.{n} Botocore/1.{n}.165 exec-env/{uuid}",
        "stratus-red-team_{uuid}",
        "tool-{uuid}/1.{n}",
        "{uuid}",
    ],
)
def test_what_differs_from_run_to_run_makes_no_new_family(command: Command, shape: str) -> None:
    agents = [shape.format(n=n, uuid=f"{n:08x}-{n:04x}-4000-8000-{n * 7919:012x}") for n in range(1, 40)]

    judged = command.judge(*(event(userAgent=agent) for agent in agents))

    assert len({one["call_user_agent"] for one in judged}) == 1


def test_a_family_is_short_and_printable_whatever_the_agent(command: Command) -> None:
    agents = ["x" * 100_000, "\x1b]0;title\x07" * 50, "é" * 5000, "/" * 5000, "a/" * 5000, "\u202eevil/1", "(((((" * 2000]

    judged = command.judge(*(event(userAgent=agent) for agent in agents))

    for one in judged:
        assert 0 < len(one["call_user_agent"]) <= 60
        assert one["call_user_agent"].isprintable()
