"""A generated month: every planted finding is reported exactly once, and nothing else, however its events come."""

from __future__ import annotations

import random
from collections.abc import Mapping
from datetime import datetime, timezone
from typing import Any

from tests.baseline.conftest import ACCOUNT, MONTH, START, Company, role, user

from .conftest import DAY, DRY_RUN, HIGH, INFORMATIONAL, LIVE, LOW, PAGE, Scheduler

ALICE, BOB, DEPLOY, BATCH, NEW = user("alice"), user("bob"), role("deploy"), role("batch"), user("new")
OUTSIDE, IN_AWS, VPN, ALLOWED = "203.0.113.9", "198.51.100.7", "203.0.113.77", "203.0.113.99"
UNLISTED = "192.0.2.10"
SEARCH_OF = {"high": HIGH, "low": LOW, "informational": INFORMATIONAL}


class Plan:
    """Puts calls into the company's index, late, twice and out of order, and counts by hand what must be reported."""

    def __init__(self, company: Company, seed: int) -> None:
        self.company = company
        self.chance = random.Random(seed)
        self.expected: set[tuple[str, str, str, str]] = set()  # search, caller, severity, day
        self.number = 0

    def call(self, day: float, who: Mapping[str, str], address: str, action: str = "s3:GetObject", **changes: Any) -> str:
        """One event, perhaps delivered again later. Returns its day."""
        self.number += 1
        # Most within minutes, some after hours, few after almost three days; a second delivery whenever it likes within them.
        delays = [self.chance.choice([30, 240, 900, 9_000, 80_000, 250_000])]
        if self.chance.random() < 0.3:
            delays.append(self.chance.choice([31, 600, 90_000, 255_000]))
        for delay in delays:
            self.company.history.append(
                self.company.call(
                    day,
                    who,
                    action,
                    sourceIPAddress=address,
                    eventID=f"e{self.number}",
                    delay=delay,
                    recipientAccountId=ACCOUNT,
                    **changes,
                )
            )
        return datetime.fromtimestamp(int(START + day * DAY), timezone.utc).strftime("%Y-%m-%d")

    def finding(
        self, day: float, who: Mapping[str, str], severity: str, pages: bool, *calls: tuple[str, str, dict[str, Any]]
    ) -> None:
        """Calls of one caller on one day, (address, action, changes) each, a minute apart."""
        for number, (address, action, changes) in enumerate(calls):
            when = self.call(day + number / 1440, who, address, action, **changes)
            caller = who["userIdentity.arn"].replace(":sts:", ":iam:").replace("assumed-role", "role")
            caller = caller.rpartition("/")[0] if ":role/" in caller else caller
            self.expected.add((SEARCH_OF[severity], caller, severity, when))
            if pages:
                self.expected.add((PAGE, caller, severity, when))


def plan_month(company: Company, seed: int) -> Plan:
    company.listed(
        (f"{IN_AWS}/32", "hijacked_list", "hijacked", "90"),
        (f"{OUTSIDE}/32", "tor_list|other_list", "tor|spam", "80|40", "exit|x"),
        (f"{VPN}/32", "vpn_list", "vpn", "30"),
        (f"{ALLOWED}/32", "tor_list", "tor", "80"),
    )
    company.allow({"indicator": ALLOWED, "owner": "bob", "reason": "our own exit"})
    for who in (ALICE, BOB, DEPLOY, BATCH):
        company.did(range(30), who, "s3:GetObject", "s3:ListBuckets")
    company.run(MONTH, 30)
    company.history = []
    plan = Plan(company, seed)
    usual, region = ("s3:GetObject", {}), {"awsRegion": "ap-southeast-2"}
    agent = {"userAgent": "Boto3/1.2"}
    plan.finding(31.2, ALICE, "high", False, (OUTSIDE, *usual), (OUTSIDE, *usual), (OUTSIDE, "s3:ListBuckets", {}))
    plan.finding(31.9993, ALICE, "high", False, (OUTSIDE, *usual))  # the same day, much later
    plan.finding(33.5, ALICE, "high", True, (OUTSIDE, "iam:CreateUser", {}))
    plan.finding(35.1, DEPLOY, "informational", False, *[(IN_AWS, *usual)] * 12)
    plan.finding(35.4, DEPLOY, "low", False, (IN_AWS, "s3:GetObject", region))  # an escalation within hours
    plan.finding(35.6, DEPLOY, "high", True, (IN_AWS, "ec2:RunInstances", {**region, **agent}))  # and another
    plan.finding(38.3, BATCH, "low", False, (IN_AWS, "kms:Decrypt", {}))
    plan.finding(41.7, BOB, "high", True, (VPN, "s3:GetObject", region))
    plan.finding(44.0, BOB, "high", False, (VPN, *usual))
    plan.finding(47.25, NEW, "high", False, (OUTSIDE, *usual))  # nobody knows the caller: learning is not unexpected
    plan.finding(52.0, BATCH, "informational", False, (IN_AWS, "s3:ListBuckets", {}), (IN_AWS, *usual))
    plan.finding(58.9, BATCH, "informational", False, (IN_AWS, *usual))
    for day in (34.2, 43.3, 55.5):
        plan.call(day, BOB, ALLOWED, "iam:CreateUser")  # allowed
        plan.call(day + 0.01, BOB, UNLISTED, "iam:CreateUser", **region)  # unexpected, and on no list
        plan.call(day + 0.02, ALICE, "198.51.100.8")  # AWS, on no list
        plan.call(day + 0.03, ALICE, "cloudformation.amazonaws.com")
    return plan


def test_every_planted_finding_is_reported_exactly_once_and_nothing_else(company: Company) -> None:
    """Rows are shuffled wherever Splunk promises no order. The throttle has work: late and second deliveries are in other windows."""
    plan = plan_month(company, 1)
    scheduler = Scheduler(company, shuffle=1)
    plan.chance.shuffle(company.history)
    scheduler.run_windows_with_events(LIVE)

    told = [(each.search, *each.key) for each in scheduler.raised]
    assert sorted(told) == sorted(plan.expected)
    assert scheduler.throttled > 5


def test_the_dry_run_says_what_the_alerts_would_have_raised(company: Company) -> None:
    """Each day's alerts by severity, feed and category; the search looks back 14 days."""
    plan = plan_month(company, 3)
    now = START + 48 * DAY + 3600
    for event in company.history:
        event["_indextime"] = event["_time"]
    rows = Scheduler(company, shuffle=3).rows(DRY_RUN, now)

    counted = {(row["day"], row["severity"], row["feed"]): (row["alerts"], row["pages"]) for row in rows}
    assert counted == {
        ("2026-02-05", "informational", "hijacked_list"): (1, 0),
        ("2026-02-05", "low", "hijacked_list"): (1, 0),
        ("2026-02-05", "high", "hijacked_list"): (1, 1),
        ("2026-02-08", "low", "hijacked_list"): (1, 0),
        ("2026-02-11", "high", "vpn_list"): (1, 1),
        ("2026-02-14", "high", "vpn_list"): (1, 0),
        ("2026-02-17", "high", "tor_list"): (1, 0),
        ("2026-02-17", "high", "other_list"): (1, 0),
    }
    expected = {key for key in plan.expected if key[0] != PAGE and "2026-02-04" <= key[3] < "2026-02-18"}
    assert sum(alerts for (_, _, feed), (alerts, _) in counted.items() if feed != "other_list") == len(expected)


def test_a_window_without_events_raises_nothing(company: Company) -> None:
    plan_month(company, 4)
    company.history = []
    for name in LIVE:
        assert Scheduler(company).rows(name, START + 40 * DAY) == []


def test_a_result_has_what_somebody_needs_to_decide(company: Company) -> None:
    plan_month(company, 5)
    company.history = []
    for number, (action, error) in enumerate(
        [("iam:CreateUser", None), ("iam:CreateUser", "AccessDenied"), ("s3:GetObject", None)]
    ):
        company.history.append(
            company.call(
                40 + number / 86400, ALICE, action, sourceIPAddress=OUTSIDE, errorCode=error, eventID=f"x{number}", delay=60,
                recipientAccountId=ACCOUNT, **{"userIdentity.accessKeyId": "AKIAIOSFODNN7EXAMPLE"},
            )
        )  # fmt: skip
    (row,) = Scheduler(company).rows(HIGH, START + 40 * DAY + 300)

    expected = {
        "severity": "high", "caller": ALICE["userIdentity.arn"], "day": "2026-02-10", "calls": 3, "succeeded": 2, "refused": 1,
        "addresses": OUTSIDE, "address_count": 1, "feeds": "other_list, tor_list", "categories": "spam, tor", "confidence": "80",
        "unexpected": "action iam:CreateUser", "unexpected_count": "1", "actions": "iam:CreateUser, s3:GetObject",
        "regions": "eu-west-1", "accounts": ACCOUNT, "access_keys": "AKIAIOSFODNN7EXAMPLE", "caller_type": "IAMUser",
        "first_call": "2026-02-10 00:00:00 +0000", "last_call": "2026-02-10 00:00:02 +0000", "severity_id": "5",
        "user": ALICE["userIdentity.arn"], "src": OUTSIDE, "mitre_technique_id": "T1078.004", "mitre_tactic_id": "TA0001",
    }  # fmt: skip
    assert {name: row[name] for name in expected} == expected
    assert "listed_outside_aws: 203.0.113.9 is on other_list (spam), tor_list (tor)" in row["reason"]
