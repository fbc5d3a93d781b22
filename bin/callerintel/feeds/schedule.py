"""How often a stanza's `interval` may start its feed: the shortest time between two starts.

In: the text of the setting, seconds or a cron schedule in splunkd's words [platform 3.3]. Out: seconds, None where no time can be
told. The setting is splunkd's, who also checks it; this only answers whether a publisher would be asked too often.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterable

_FIELDS = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 7))  # minute, hour, day of month, month, day of week (7 is Sunday as well)
_DAY = 86400
_part = re.compile(r"(?:\*|([0-9]{1,2})(?:-([0-9]{1,2}))?)(?:/([0-9]{1,4}))?").fullmatch


def shortest_gap(interval: str) -> float | None:
    """The fewest seconds between two starts. None for -1 (once at each start of splunkd) and for what is no interval."""
    text = interval.strip()
    if re.fullmatch(r"[0-9]{1,12}(?:\.[0-9]*)?", text):
        return float(text)
    fields = text.split()
    if len(fields) != len(_FIELDS):
        return None
    sets = [_values(field, *bounds) for field, bounds in zip(fields, _FIELDS)]
    if not all(sets):
        return None
    return _cron_gap(sets, any_day=fields[2] == "*", any_weekday=fields[4] == "*")


def _values(field: str, lowest: int, highest: int) -> set[int]:
    """The numbers that a field of a cron schedule names; empty when it is none."""
    found: set[int] = set()
    for part in field.split(","):
        match = _part(part)
        if match is None:
            return set()
        first, last, step = (int(group) if group else None for group in match.groups())
        low = lowest if first is None else first
        high = highest if first is None or (step and last is None) else (first if last is None else last)
        if not lowest <= low <= high <= highest or step == 0:
            return set()
        found.update(range(low, high + 1, step or 1))
    return found


def _cron_gap(sets: list[set[int]], any_day: bool, any_weekday: bool) -> float | None:
    minutes, hours, days, months, weekdays = sets
    starts = sorted(hour * 3600 + minute * 60 for hour in hours for minute in minutes)
    gaps = [after - before for before, after in zip(starts, starts[1:])]
    dates = list(_dates(days, months, {day % 7 for day in weekdays}, any_day, any_weekday))
    gaps += [(after - before) * _DAY - starts[-1] + starts[0] for before, after in zip(dates, dates[1:])]
    return float(min(gaps)) if gaps else None


def _dates(days: set[int], months: set[int], weekdays: set[int], any_day: bool, any_weekday: bool) -> Iterable[int]:
    """The days of eight years that a schedule names, as numbers. Where both kinds of day are named, either will do."""
    number = 0
    for year in range(2024, 2032):
        for month in range(1, 13):
            for day in range(1, calendar.monthrange(year, month)[1] + 1):
                number += 1
                by_day = any_day or day in days
                by_weekday = any_weekday or (calendar.weekday(year, month, day) + 1) % 7 in weekdays
                either = not any_day and not any_weekday
                if month in months and ((by_day or by_weekday) if either else (by_day and by_weekday)):
                    yield number
