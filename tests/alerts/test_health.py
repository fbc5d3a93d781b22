"""The alerts on the add-on itself: each tells what is wrong and what to do, and is silent while all is well."""

from __future__ import annotations

from typing import Any

from tests.baseline.conftest import START, Company, user

from .conftest import DAY, HEALTH, Scheduler

NOW = START + 40 * DAY
FAILED, STALE, MISSING, NOT_LEARNING, TOO_BIG = (
    HEALTH + name
    for name in ("1 Feed failed", "2 Feed stale", "3 Lookups missing", "4 Baseline not learning", "5 Baseline too big")
)


def ran(company: Company, hours_ago: float, feed: str, status: str = "ok", **fields: Any) -> None:
    company.feed_ran(NOW - hours_ago * 3600, feed, status, **fields)


def problems(company: Company, search: str) -> list[str]:
    rows = Scheduler(company, shuffle=1).rows(search, NOW)
    assert all(row["advice"] for row in rows)
    return [row["problem"] for row in rows]


def test_a_feed_that_fails_for_a_day_is_told_with_its_own_message(company: Company) -> None:
    for hours in range(1, 31):
        ran(
            company, hours, "down", "failed", reason="network", message="Feed down: no answer. It is tried again at the next run."
        )
        ran(company, hours, "well")
    ran(company, 31, "down")
    rows = Scheduler(company, shuffle=1).rows(FAILED, NOW)

    assert [(row["feed"], row["failures"], row["advice"]) for row in rows] == [
        ("down", 30, "Feed down: no answer. It is tried again at the next run.")
    ]
    assert problems(company, FAILED) == [
        "The feed down has failed 30 times within 7 days, the last success was 2026-02-08 17:00:00 +0000."
    ]


def test_a_feed_that_failed_once_or_recovered_is_not_told(company: Company) -> None:
    ran(company, 1, "once", "refused", reason="html", message="x")
    ran(company, 4, "once")
    for hours in range(2, 60):
        ran(company, hours, "recovered", "failed", reason="network", message="x")
    ran(company, 1, "recovered", "unchanged")

    assert problems(company, FAILED) == []


def test_a_feed_that_never_worked_is_told(company: Company) -> None:
    ran(company, 1, "new", "failed", reason="denied", message="Feed new: the publisher wants a key.")

    assert problems(company, FAILED) == ["The feed new has failed 1 times within 7 days, never with success."]


def test_a_feed_that_stopped_running_and_one_with_old_content_are_stale(company: Company) -> None:
    ran(company, 60, "silent")
    ran(company, 1, "old", stale=True, publisher_date=START)
    ran(company, 1, "fresh", stale=False, publisher_date=NOW)
    ran(company, 1, "undated")

    assert problems(company, STALE) == [
        "The feed old serves what its publisher made on 2026-01-01.",
        "The feed silent has not run since 2026-02-07 12:00:00 +0000.",
    ]


def test_members_that_only_wait_do_not_hide_that_the_captain_fails(company: Company) -> None:
    for hours in range(1, 31):
        ran(company, hours, "down", "failed", reason="network", message="Feed down: no answer.")
        ran(company, hours - 0.5, "down", "unchanged", reason="not_captain")

    assert problems(company, FAILED) == ["The feed down has failed 30 times within 7 days, never with success."]


def test_a_feed_that_only_members_start_which_are_not_the_captain_is_told(company: Company) -> None:
    for hours in range(1, 60):
        ran(company, hours, "nobody", "unchanged", reason="not_captain")
        ran(company, hours, "somebody", "unchanged", reason="not_captain")
        ran(company, hours, "started_lately" if hours < 40 else "somebody", "unchanged", reason="not_captain")
    ran(company, 3, "somebody", "unchanged", reason="not_modified")
    ran(company, 55, "ended", "unchanged", reason="not_captain")
    rows = Scheduler(company, shuffle=1).rows(STALE, NOW)

    assert [(row["feed"], row["problem"]) for row in rows] == [
        ("ended", "The feed ended has not run since 2026-02-07 17:00:00 +0000."),
        ("nobody", "The feed nobody is started, but no member that starts it is the cluster's captain."),
    ]
    assert "run_on" in rows[1]["advice"]


def test_each_lookup_that_is_missing_or_empty_is_told(company: Company) -> None:
    company.usual(("x", "action", "s3:GetObject", START))
    assert problems(company, MISSING) == []
    company.write("caller_baseline", [])
    (company.lookups / "malicious_ips.csv").unlink()

    assert problems(company, MISSING) == [
        "The lookup caller_baseline is missing or empty.",
        "The lookup malicious_ips is missing or empty.",
    ]


def test_a_baseline_that_learns_no_more_is_told_and_an_empty_one_is_not_late(company: Company) -> None:
    assert problems(company, NOT_LEARNING) == []
    company.usual(("x", "action", "s3:GetObject", NOW - 2 * DAY))
    assert problems(company, NOT_LEARNING) == []
    company.usual(("x", "action", "s3:GetObject", NOW - 4 * DAY))

    assert problems(company, NOT_LEARNING) == ["The last call that the baseline knows was at 2026-02-06 00:00:00 +0000."]


def test_a_baseline_of_which_values_were_cut_is_told(company: Company) -> None:
    company.usual(("x", "action", "s3:GetObject", NOW))
    assert problems(company, TOO_BIG) == []
    for number in range(510):
        company.did((39,), user("scanner"), f"ec2:Describe{number}")
    company.run("Malicious caller - Baseline - 1 Learn the last 30 days", 40)

    (told,) = problems(company, TOO_BIG)
    assert "; 30 values were cut." in told  # 10 of the caller, 10 of its class, 10 of its account


def test_a_baseline_of_more_than_20_mib_is_told(company: Company) -> None:
    company.usual(*((f"caller{number}-{'x' * 900}", "action", "s3:GetObject", NOW) for number in range(21_500)))

    assert problems(company, TOO_BIG) == ["The baseline has 21500 values of 21500 callers, about 21 MiB; 0 values were cut."]
