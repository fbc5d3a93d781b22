"""The nightly alert on calls from addresses that were listed after the call."""

from __future__ import annotations

from collections.abc import Sequence

from tests.baseline.conftest import START, Company, user

from .conftest import DAY, HIGH, RETRO, Scheduler

ALICE = user("alice")
LATE = "203.0.113.9"


def list_since(company: Company, *days: float) -> None:
    """LATE is on one list for each day, since that day."""
    since = [int(START + day * DAY) for day in days]
    names = "|".join(f"list{number}" for number, _ in enumerate(since))
    same: Sequence[str] = ["|".join([cell] * len(since)) for cell in ("tor", "80", "exit")]
    times = "|".join(map(str, since))
    company.listed((f"{LATE}/32", names, *same, times, times))


def called(company: Company, *days: float) -> None:
    for number, day in enumerate(days):
        company.history.append(company.call(day, ALICE, sourceIPAddress=LATE, eventID=f"e{number}", delay=300))


def nights(company: Company, first: int, last: int) -> list[tuple[str, int]]:
    scheduler = Scheduler(company, shuffle=1)
    for day in range(first, last):
        scheduler.run(RETRO, START + day * DAY + 3 * 3600 + 47 * 60)
    return sorted((each.row["day"], each.row["calls"]) for each in scheduler.raised)


def test_calls_before_the_listing_are_told_once_a_day_of_calls_and_later_ones_never(company: Company) -> None:
    called(company, 5.1, 5.2, 12.5, 20.6)
    list_since(company, 20.5)

    assert nights(company, 15, 52) == [("2026-01-06", 2), ("2026-01-13", 1)]


def test_a_call_from_an_address_that_was_on_some_list_then_is_left_to_the_other_alerts(company: Company) -> None:
    called(company, 12.5)
    list_since(company, 10, 20.5)

    assert nights(company, 20, 25) == []


def test_a_list_that_gives_the_address_an_older_date_within_the_week_is_still_found(company: Company) -> None:
    """Publishers date entries by when they saw them, which is before we could know them."""
    called(company, 10.5)
    list_since(company, 14)

    assert nights(company, 20, 22) == [("2026-01-11", 1)]


def test_the_other_alerts_do_not_see_what_was_listed_later(company: Company) -> None:
    """They run while the address is on no list."""
    called(company, 10.5)
    scheduler = Scheduler(company)
    scheduler.run_windows_with_events([HIGH])

    assert scheduler.raised == []
