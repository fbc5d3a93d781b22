"""The searches that learn: what they keep, what running them twice or without events does, and how large the baseline gets."""

from __future__ import annotations

import random
from typing import Any

import pytest

from .conftest import ACCOUNT, DAY, MONTH, NIGHT, START, WEEK, Company, role, user

ALL = (MONTH, NIGHT, WEEK)


def without_count(company: Company) -> list[tuple[str, ...]]:
    return [
        (row["key"], row["caller"], row["property"], row["value"], row["first_seen"], row["last_seen"]) for row in company.rows()
    ]


def a_company(company: Company) -> None:
    company.did(range(30), user("alice"), "s3:GetObject", "s3:ListBuckets")
    company.did(range(0, 30, 3), role("deploy"), "ec2:RunInstances", userAgent="Boto3/1.2")


def test_the_file_is_what_the_command_bisects(company: Company) -> None:
    a_company(company)
    company.run(MONTH, 30)

    header, *lines = (company.lookups / "caller_baseline.csv").read_text().splitlines()
    keys = [line.split(",")[0] for line in lines]
    assert header.replace('"', "") == "key,caller,property,value,first_seen,last_seen,count,cut"
    assert keys == sorted(keys)
    assert len(set(keys)) == len(keys)
    assert all(len(key) == 33 and key.isalnum() for key in keys)


@pytest.mark.parametrize("empty", ["null", "empty"])
@pytest.mark.parametrize("seed", [1, 2])
def test_neither_the_order_of_rows_nor_how_an_empty_cell_is_read_matters(company: Company, seed: int, empty: str) -> None:
    """The interpreter shuffles rows wherever SPL promises no order, and plays both readings of an empty cell, which no source tells."""
    a_company(company)
    for search, day in ((MONTH, 20), (NIGHT, 30), (WEEK, 30)):
        company.run(search, day)
    expected = (company.lookups / "caller_baseline.csv").read_bytes()
    company.write("caller_baseline", [])

    for search, day in ((MONTH, 20), (NIGHT, 30), (WEEK, 30)):
        company.run(search, day, shuffle=seed, empty=empty)

    assert (company.lookups / "caller_baseline.csv").read_bytes() == expected


@pytest.mark.parametrize("search", ALL)
def test_running_a_search_twice_changes_no_time(company: Company, search: str) -> None:
    a_company(company)
    company.run(MONTH, 20)
    company.run(search, 30)
    once = without_count(company)

    company.run(search, 30)

    assert without_count(company) == once
    assert len(once) > 10


def test_night_after_night_learns_what_one_month_does(company: Company) -> None:
    """Windows tile exactly on index time, whatever the delay of an event; none is lost, whenever in its day the search runs."""
    chance = random.Random(7)
    for day in range(20):
        for number in range(5):
            time = day + chance.random()
            company.history.append(
                company.call(
                    time, user(f"u{number}"), f"s3:Action{chance.randrange(8)}", delay=chance.choice([1, 300, 5000, 90_000])
                )
            )
    company.run(MONTH, 24)
    expected = without_count(company)
    company.write("caller_baseline", [])

    for day in range(1, 25):
        company.run(NIGHT, day + chance.random() * 0.99)

    assert without_count(company) == expected


@pytest.mark.parametrize("search", ALL)
def test_without_events_the_baseline_stays_as_it_is(company: Company, search: str) -> None:
    """An index that is down for months must not make everybody a stranger."""
    a_company(company)
    company.run(MONTH, 30)
    before = (company.lookups / "caller_baseline.csv").read_bytes()
    company.history = []

    for day in (31, 60, 200):
        company.run(search, day)

        assert (company.lookups / "caller_baseline.csv").read_bytes() == before


def test_without_events_and_without_a_baseline_no_file_is_made_empty(company: Company) -> None:
    header = (company.lookups / "caller_baseline.csv").read_bytes()
    company.run(MONTH, 30)

    assert (company.lookups / "caller_baseline.csv").read_bytes() == header


def test_the_month_needs_no_file_and_the_others_refuse_to_start_one(company: Company) -> None:
    """A lookup that is missing for a moment must not become the baseline of one day."""
    from tests.spl import SplError

    a_company(company)
    (company.lookups / "caller_baseline.csv").unlink()
    for search in (NIGHT, WEEK):
        with pytest.raises(SplError):
            company.run(search, 30)
    assert not (company.lookups / "caller_baseline.csv").exists()

    company.run(MONTH, 30)

    assert len(company.rows()) > 10


def test_what_nobody_used_for_90_days_is_forgotten(company: Company) -> None:
    company.did(range(3), user("alice"), "s3:GetObject", "s3:ListBuckets")
    company.did(range(0, 100, 5), user("alice"), "s3:GetObject")
    for day in range(1, 97):
        if day % 5 == 1 or day < 4:
            company.run(NIGHT, day + 0.05)

    actions = {
        row["value"]: row for row in company.rows() if row["caller"].endswith("user/alice") and row["property"] == "action"
    }
    assert set(actions) == {"s3:GetObject"}
    assert int(actions["s3:GetObject"]["first_seen"]) == START + 0.4 * DAY


def test_relearning_keeps_what_began_before_its_window(company: Company) -> None:
    company.did(range(2), user("alice"), "s3:GetObject")
    company.did(range(2, 58, 2), user("alice"), "s3:GetObject", "s3:ListBuckets")
    for day in range(1, 59):
        company.run(NIGHT, day + 0.05) if day % 4 == 1 or day < 4 else None
    since = {row["value"]: row["first_seen"] for row in company.rows()}

    company.run(WEEK, 58)

    assert {row["value"]: row["first_seen"] for row in company.rows()}["s3:GetObject"] == since["s3:GetObject"]


def test_of_more_than_500_values_the_least_used_are_cut_and_counted(company: Company) -> None:
    for number in range(700):
        company.did((1 + number / 1000,), role("scanner"), *[f"ec2:Describe{number}"] * (2 if number >= 300 else 1))
    company.run(MONTH, 30)

    rows = [row for row in company.rows() if row["property"] == "action" and row["caller"].endswith("role/scanner")]
    kept = {row["value"] for row in rows}
    assert len(kept) == 500
    assert {f"ec2:Describe{number}" for number in range(300, 700)} <= kept
    assert [row["cut"] for row in rows if row["cut"]] == ["200"]


def test_five_thousand_callers_are_learned_as_counted_by_hand_and_stay_under_25_mib(company: Company) -> None:
    """Five events each; every value's first and last time is counted beside the search, from what was generated."""
    chance = random.Random(5)
    counted: dict[tuple[str, str, str], list[int]] = {}

    def seen(caller: str, prop: str, value: str, time: int) -> None:
        span = counted.setdefault((caller, prop, value), [time, time])
        span[0], span[1] = min(span[0], time), max(span[1], time)

    def events() -> Any:
        for number in range(5000):
            arn = f"arn:aws:iam::{ACCOUNT}:user/u{number}"
            for _ in range(5):
                day, action, region = chance.random() * 30, chance.randrange(40), chance.choice(("eu-west-1", "us-east-1"))
                made = company.call(day, user(f"u{number}"), f"s3:Action{action}", awsRegion=region)
                time = int(made["_time"])
                for prop, value in (("action", f"s3:Action{action}"), ("user_agent", "aws-cli/2"), ("region", region)):
                    seen(arn, prop, value, time)
                    seen(f"class:{ACCOUNT}:user", prop, value, time)
                seen(f"account:{ACCOUNT}", "action", f"s3:Action{action}", time)
                yield made

    company.history = list(events())
    company.run(MONTH, 30.1)

    learned = {
        (row["caller"], row["property"], row["value"]): [int(row["first_seen"]), int(row["last_seen"])] for row in company.rows()
    }
    assert learned == counted
    assert len(learned) > 35_000
    size = (company.lookups / "caller_baseline.csv").stat().st_size
    assert size < 25 * 1024 * 1024
