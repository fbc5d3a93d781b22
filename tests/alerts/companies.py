"""How often the alert to page on would page: generated companies with a week of ordinary life from listed addresses, and attacks.

In: a seed. Out: the plan, by caller and day: who was at high, for whom somebody must be paged, and which of them are attacks. What is assumed
is written here and in docs/alerts.md: three in ten callers work from a listed address on a day (a VPN, a hotel, Tor), each makes four
calls there, and one ordinary call in thirty is new to its caller in its action, agent or region.

    PYTHONPATH=bin python -m tests.alerts.companies [how many]      measures that many companies, and prints a line for each and the total
"""

from __future__ import annotations

import random
import sys
import tempfile
from collections.abc import Mapping
from datetime import datetime, timezone
from pathlib import Path
from typing import NamedTuple

from tests.baseline.conftest import ACCOUNT, MONTH, START, Company, role, user

from .conftest import DAY, HIGH, PAGE, Scheduler

LISTED = [f"203.0.113.{number}" for number in range(20, 40)]
ACTIONS = ["s3:GetObject", "s3:ListBuckets", "s3:PutObject", "ec2:DescribeInstances", "lambda:ListFunctions", "sqs:SendMessage"]
NEW = [{"action": "kms:Decrypt"}, {"action": "ecs:RunTask"}, {"userAgent": "Boto3/1.2"}, {"awsRegion": "sa-east-1"}]
ATTACK = ["iam:CreateUser", "iam:AttachUserPolicy", "secretsmanager:ListSecrets"]
FROM_LISTED, CALLS, IS_NEW = 0.3, 4, 1 / 30

Told = tuple[str, str]  # caller, day


class Plan(NamedTuple):
    """What must come of a company's week."""

    high: set[Told]
    pages: set[Told]
    attacks: set[Told]


def plan_week(company: Company, seed: int) -> Plan:
    """Fill the company with a month that it learns, then with a week that its alerts see."""
    chance = random.Random(seed)
    company.listed(*((f"{address}/32", "vpn_list", "vpn", "60") for address in LISTED))
    callers = [user(f"person{number}") for number in range(7)] + [role(f"service{number}") for number in range(3)]
    habits = {who["userIdentity.arn"]: chance.sample(ACTIONS, 3) for who in callers}
    for who in callers:
        company.did(range(30), who, *habits[who["userIdentity.arn"]])
    company.run(MONTH, 30)
    company.history = []
    plan = Plan(set(), set(), set())
    victim = chance.choice(callers[:7])
    for day in range(31, 38):
        for who in callers:
            if chance.random() < FROM_LISTED:
                calls = [{"action": chance.choice(habits[who["userIdentity.arn"]])} for _ in range(CALLS)]
                told = _calls(company, day, who, [{**call, **_novelty(chance)} for call in calls], chance.choice(LISTED))
                plan.high.add(told)
                if any(call["_new"] for call in company.history[-CALLS:]):
                    plan.pages.add(told)
        if day == 34:
            told = _calls(company, day, victim, [{"action": action, "userAgent": "curl/8.5"} for action in ATTACK], LISTED[0])
            for kind in plan:
                kind.add(told)
    for event in company.history:
        del event["_new"]
    return plan


def _novelty(chance: random.Random) -> dict[str, str]:
    return {**chance.choice(NEW), "_new": "yes"} if chance.random() < IS_NEW else {}


def _calls(company: Company, day: int, who: Mapping[str, str], calls: list[dict[str, str]], address: str) -> Told:
    """One caller's calls from one address on one day; all of the day are indexed at its end. Returns the caller and the day."""
    for call in calls:
        at = day + 0.3 + len(company.history) / 10_000
        made = {"_new": "", **call}
        event = company.call(
            at,
            who,
            made.pop("action"),
            sourceIPAddress=address,
            recipientAccountId=ACCOUNT,
            eventID=f"e{len(company.history)}",
            delay=int((day + 0.9 - at) * DAY),
            **made,
        )
        company.history.append(event)
    caller = who["userIdentity.arn"].replace(":sts:", ":iam:").replace("assumed-role", "role")
    caller = caller.rpartition("/")[0] if ":role/" in caller else caller
    return caller, datetime.fromtimestamp(int(START + day * DAY), timezone.utc).strftime("%Y-%m-%d")


def raised(company: Company) -> dict[str, set[Told]]:
    """Who was told by the two alerts, and on which day."""
    scheduler = Scheduler(company)
    scheduler.run_windows_with_events([HIGH, PAGE])
    return {
        search: {(each.row["caller"], each.row["day"]) for each in scheduler.raised if each.search == search}
        for search in (HIGH, PAGE)
    }


def main(count: int) -> None:
    """Measure and print."""
    total = [0, 0, 0, 0]
    with tempfile.TemporaryDirectory() as folder:
        company = Company(Path(folder))
        for seed in range(1, count + 1):
            company.begin()
            plan = plan_week(company, seed)
            told = raised(company)
            unwanted = told[HIGH] - plan.attacks
            figures = [len(plan.attacks), len(plan.attacks & told[PAGE]), len(unwanted), len(unwanted & told[PAGE])]
            total = [one + other for one, other in zip(total, figures)]
            print("company {}: {} planted, {} of them page; {} unwanted, {} of them page".format(seed, *figures))
    dropped = 100 * (1 - total[3] / max(1, total[2]))
    print("all: {} planted, {} of them page; {} unwanted, {} of them page".format(*total) + f": {dropped:.0f} % dropped")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10)
