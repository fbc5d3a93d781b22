"""Time: relative specifiers, formats, and the user's time zone [spl 5.1]."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from tests.test_spl.play import NOW, value_of


def test_now_is_when_the_search_started() -> None:
    assert value_of("now()") == NOW


@pytest.mark.parametrize(
    "specifier, expected",
    [
        ("-1d@d", "2023-11-13T00:00:00"),
        ("-1d@d+2h", "2023-11-13T02:00:00"),
        ("@w0", "2023-11-12T00:00:00"),
        ("@w1", "2023-11-13T00:00:00"),
        ("-1h@h", "2023-11-14T21:00:00"),
        ("+30m", "2023-11-14T22:43:20"),
        ("-1mon@mon", "2023-10-01T00:00:00"),
        ("@q", "2023-10-01T00:00:00"),
        ("@y", "2023-01-01T00:00:00"),
        ("-d", "2023-11-13T22:13:20"),
    ],
)
def test_relative_times_move_and_snap_from_left_to_right(specifier: str, expected: str) -> None:
    moment = datetime.fromisoformat(expected).replace(tzinfo=timezone.utc).timestamp()
    assert value_of(f'relative_time(now(), "{specifier}")') == moment


def test_days_begin_in_the_users_time_zone() -> None:
    tokyo = timezone(timedelta(hours=9))
    assert value_of('strftime(relative_time(now(), "@d"), "%F %T %z")', zone=tokyo) == "2023-11-15 00:00:00 +0900"


def test_times_become_text_and_text_time() -> None:
    assert value_of('strftime(t, "%Y-%m-%dT%H:%M:%S.%3NZ %e %k %s %%")', {"t": "1700000000.25"}) == (
        "2023-11-14T22:13:20.250Z 14 22 1700000000 %"
    )
    assert value_of('strptime("2023-11-14T22:13:20Z", "%Y-%m-%dT%H:%M:%SZ")') == NOW
    assert value_of('strptime("2023-11-14 23:13:20 +0100", "%F %T %z")') == NOW
    assert value_of('strptime("yesterday", "%F")') is None
