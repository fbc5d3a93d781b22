"""A company as the dashboards show it: a quiet month to learn from, and a week in which four things happen.

alice's access key is used from a Tor exit for something new; a role's credentials are used outside its region from a rented server;
bob signs in through a VPN that is on a list; a build role has an address in AWS that somebody else had when it was listed. An address
of the company's own is allowed. Everything is made up: addresses of documentation ranges, accounts of Amazon's examples.
"""

from __future__ import annotations

import random
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.baseline.conftest import ACCOUNT, DAY, MONTH, NIGHT, OTHER_ACCOUNT, START, Company, role, user

ROOT = Path(__file__).resolve().parents[2]
NOW = START + 37 * DAY + 15 * 3600  # 2026-02-07T15:00:00Z
TOR, RENTED, VPN, REUSED, OWN = "203.0.113.9", "203.0.113.77", "203.0.113.140", "198.51.100.44", "203.0.113.200"
OFFICE = "192.0.2.10"
ALICE_KEY, ALICE = "AKIAIOSFODNN7EXAMPLE", "arn:aws:iam::111122223333:user/alice"
PLACES = {
    TOR: ("Germany", "51.3", "9.5"),
    RENTED: ("Singapore", "1.3", "103.8"),
    VPN: ("Netherlands", "52.4", "4.9"),
    REUSED: ("Ireland", "53.3", "-6.3"),
}
_HTML = "<b>exit</b><script>document.title='gone'</script>"


def prepare(company: Company) -> None:
    """Lists, AWS's ranges, the allowlist, the catalogue, a learned baseline, and the week's events."""
    company.begin()
    shutil.copy(ROOT / "lookups/intel_feed_catalog.csv", company.lookups)
    _lists(company)
    people = [user("alice"), user("bob"), role("order-processor"), role("ci-deploy"), role("backup", OTHER_ACCOUNT)]
    for number, who in enumerate(people):
        company.did(
            range(30), who, "s3:GetObject", "s3:ListBuckets", "sts:GetCallerIdentity", sourceIPAddress=f"192.0.2.{10 + number}"
        )
        company.did(range(0, 30, 4), who, "ec2:DescribeInstances", awsRegion="us-east-1")
    company.did(range(9, 30, 2), role("ci-deploy"), "ecr:GetAuthorizationToken", "sts:AssumeRole")
    company.did(range(16, 30), user("bob"), "cloudwatch:GetMetricData", userAgent="Boto3/1.34")
    company.run(MONTH, 30)
    company.did((35.2, 36.1), user("newcomer"), "iam:ListUsers", "s3:ListBuckets", sourceIPAddress=OFFICE)
    _week(company)
    for day in range(31, 38):
        company.run(NIGHT, day + 0.05)
    company.history = [
        {**event, "eventID": f"id-{number}", "recipientAccountId": event.get("userIdentity.accountId", ACCOUNT)}
        for number, event in enumerate(company.history)
    ]
    _runs(company)


def _lists(company: Company) -> None:
    since = f"{START + 12 * DAY}"
    company.listed(
        (f"{REUSED}/32", "firehol_level2", "bruteforce", "65", "Attacked in the last 48 hours", since, since),
        (f"{TOR}/32", "greensnow|tor_bulk_exit", "bruteforce|tor", "65|80", f"Attacked or scanned hosts|{_HTML}", f"{since}|{START}", f"{since}|{NOW - 3600}"),
        (f"{RENTED}/32", "et_compromised|ipsum_3", "compromised|scanner", "75|70", "Host that is compromised|", f"{since}|{since}", f"{since}|{since}"),
        (f"{VPN}/32", "x4bnet_vpn_v4", "vpn", "30", "Network of a VPN provider", since, since),
        (f"{OWN}/32", "greensnow", "bruteforce", "65", "", since, since),
    )  # fmt: skip
    company.aws(("198.51.100.0/24", "EC2", "eu-west-1"))
    company.allow({"indicator": OWN, "owner": "bob", "reason": "the penetration test of February"})


class _Calls:
    """Adds calls to a company's history; a quarter of them is refused."""

    def __init__(self, company: Company) -> None:
        self.company = company
        self.chance = random.Random(3)

    def __call__(self, day: float, who: Mapping[str, str], count: int, address: str, *actions: str, **changes: Any) -> None:
        for number in range(count):
            refused = "AccessDenied" if self.chance.random() < 0.25 else None
            made = {"sourceIPAddress": address, "errorCode": refused, **changes}
            self.company.history.append(self.company.call(day + number / 1440, who, actions[number % len(actions)], **made))


def _week(company: Company) -> None:
    calls = _Calls(company)
    for day in range(30, 38):
        for who in (user("alice"), user("bob"), role("order-processor"), role("ci-deploy")):
            calls(
                day + 0.3 + calls.chance.random() / 5, who, calls.chance.randrange(3, 9), OFFICE, "s3:GetObject", "s3:ListBuckets"
            )
    _incidents(calls)


def _incidents(calls: _Calls) -> None:
    """What the module says that happens."""
    taken = ("iam:CreateUser", "iam:AttachUserPolicy", "s3:ListBuckets", "secretsmanager:ListSecrets")
    mining = {"awsRegion": "ap-southeast-1", "userAgent": "aws-cli/2.15.0 exe/x86_64.kali"}
    key = {"userIdentity.accessKeyId": ALICE_KEY}
    calls(36.05, user("alice"), 4, TOR, "sts:GetCallerIdentity", "s3:ListBuckets", **key)
    calls(37.1, user("alice"), 23, TOR, *taken, **key)
    calls(37.12, user("alice"), 6, RENTED, "iam:CreateAccessKey", "iam:ListUsers", **key)
    calls(37.35, role("order-processor"), 14, RENTED, "ec2:RunInstances", "ec2:DescribeRegions", **mining)
    calls(36.4, user("bob"), 5, VPN, "s3:GetObject")
    calls(37.4, user("bob"), 7, VPN, "s3:ListBuckets")
    for day in range(31, 38):
        calls(day + 0.2, role("ci-deploy"), 3, REUSED, "s3:GetObject")
    calls(37.3, role("ci-deploy"), 2, REUSED, "kms:Decrypt")
    calls(35.5, user("bob"), 9, OWN, "iam:ListUsers")


_COMPILED = {"lookup_bytes": 1_480_000, "lookup_rows": 21_640}
_UNCHANGED = "Feed aws_ip_ranges: the publisher says that nothing changed."
_FAILED = (
    "Feed et_compromised: the publisher's host did not answer. The list of 2026-02-04 stays in use. "
    "Check that this host can reach the publisher, and through which proxy."
)

_WAITS = "Feed et_compromised: this search head is not the cluster's captain, which runs the feeds for all."


def ran(company: Company, hours_ago: float, feed: str, status: str = "ok", **fields: Any) -> None:
    """Add a run of a feed."""
    company.feed_ran(NOW - hours_ago * 3600, feed, status, **fields)


def _runs(company: Company) -> None:
    """A week of the feeds' status events."""
    for hour in range(0, 168, 6):
        _run_often(company, hour)
    for hour in range(0, 168, 24):
        _run_daily(company, hour)


def _run_often(company: Company, hour: int) -> None:
    tor = {"kept": 1204 + hour % 7, "stale": False}
    greensnow = {"kept": 4410 - hour, "listed": 4500, "duplicates": 12, "inside": {"aws": 31, "google": 12}}
    aws = {"format": "aws", "kept": 11_000, "lookup_rows": 9_800, "lookup_bytes": 610_000}
    published = int(NOW - hour * 3600 - 1800)
    # What was not read again has no counts of its lines.
    end = "ok" if hour % 12 else "unchanged"
    read = {"listed": 1310, "rejected": {"not_routable": 2}} if hour % 12 else {"reason": "not_modified"}
    ran(company, hour + 0.2, "tor_bulk_exit", end, publisher_date=published, **tor, **read, **_COMPILED)
    ran(company, hour + 0.4, "greensnow", **greensnow, **_COMPILED)
    ran(company, hour + 0.5, "aws_ip_ranges", "unchanged", reason="not_modified", message=_UNCHANGED, **aws)


def _run_daily(company: Company, hour: int) -> None:
    ipsum = {"kept": 16_002, "listed": 16_010, "rejected": {"not_an_address": 3, "too_wide": 1}}
    firehol = {"kept": 15_800, "listed": 16_000, "stale": True, "publisher_date": START - 40 * DAY}
    ran(company, hour + 1, "ipsum_3", **ipsum, **_COMPILED)
    ran(company, hour + 2, "firehol_level2", **firehol, **_COMPILED)
    if hour < 72:
        ran(company, hour + 3, "et_compromised", "failed", reason="network", message=_FAILED)
        ran(company, hour + 2.9, "et_compromised", "unchanged", reason="not_captain", message=_WAITS)
    else:
        ran(company, hour + 3, "et_compromised", kept=512, listed=514, **_COMPILED)
