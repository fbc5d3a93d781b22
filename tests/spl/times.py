"""Time: relative specifiers, buckets, and times as text, in the user's time zone [spl 5.1 relative_time, strftime; 5.3 bin].

Times are epoch seconds. Days, weeks, months and years follow the calendar of the time zone; hours and less are so many
seconds. Weeks begin on Sunday (`@w` and `@w0`).
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone, tzinfo
from functools import lru_cache

from .errors import SearchSyntaxError, Unsupported

_UNITS = {
    "s": "s sec secs second seconds",
    "m": "m min mins minute minutes",
    "h": "h hr hrs hour hours",
    "d": "d day days",
    "w": "w week weeks",
    "mon": "mon month months",
    "q": "q qtr qtrs quarter quarters",
    "y": "y yr yrs year years",
}
_UNIT_OF = {spelling: unit for unit, spellings in _UNITS.items() for spelling in spellings.split()}
SECONDS = {"s": 1, "m": 60, "h": 3600}
_step = re.compile(r"([-+])(\d*)([a-zA-Z]+)|@([a-zA-Z]+)(\d?)")
_span = re.compile(r"(\d+)?([a-zA-Z]+)").fullmatch
_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
_DAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]

Time = float
UTC = timezone.utc


def _unit(name: str) -> str:
    if name not in _UNIT_OF:
        raise SearchSyntaxError(f"{name!r} is no unit of time")
    return _UNIT_OF[name]


def resolve(specifier: str | float | None, now: Time, zone: tzinfo) -> Time | None:
    """Returns the time that `earliest=`, `dispatch.latest_time` and the like mean; None for none; epoch seconds pass."""
    if specifier is None or specifier == "":
        return None
    if not isinstance(specifier, str):
        return float(specifier)
    if re.fullmatch(r"\d+(\.\d+)?", specifier):
        return float(specifier)
    return now if specifier in ("now", "now()") else relative(now, specifier, zone)


@lru_cache(maxsize=1000)
def relative(time: Time, specifier: str, zone: tzinfo) -> Time:
    """Returns `time` moved by a specifier such as `-1d@d+2h`, its steps from left to right, snapping down."""
    position = 0
    while match := _step.match(specifier, position):
        position = match.end()
        sign, amount, unit, snap, digit = match.groups()
        if unit:
            time = _shift(time, int(amount or 1) * (-1 if sign == "-" else 1), _unit(unit), zone)
        else:
            if digit and snap != "w":
                raise SearchSyntaxError(f"{specifier!r}: only @w takes a number")
            time = snap_down(time, _unit(snap), zone, int(digit or 0) % 7)
    if position < len(specifier) or not specifier:
        raise SearchSyntaxError(f"{specifier!r} is no relative time")
    return time


def _shift(time: Time, amount: int, unit: str, zone: tzinfo) -> Time:
    if unit in SECONDS:
        return time + amount * SECONDS[unit]
    moment = datetime.fromtimestamp(time, zone)
    if unit in ("d", "w"):
        moved = moment.replace(tzinfo=None) + timedelta(days=amount * (7 if unit == "w" else 1))
    else:
        months = moment.year * 12 + moment.month - 1 + amount * {"mon": 1, "q": 3, "y": 12}[unit]
        if moment.day > 28:
            raise Unsupported(f"{amount} {unit} from day {moment.day} of a month: the month may have no such day")
        moved = moment.replace(tzinfo=None, year=months // 12, month=months % 12 + 1)
    return moved.replace(tzinfo=zone).timestamp()


def snap_down(time: Time, unit: str, zone: tzinfo, weekday: int = 0) -> Time:
    """Returns the beginning of the unit that `time` is in; weekday: 0 Sunday to 6 Saturday, for weeks."""
    moment = datetime.fromtimestamp(time, zone).replace(microsecond=0, tzinfo=None)
    if unit == "s":
        return float(int(time // 1))
    moment = moment.replace(second=0)
    if unit != "m":
        moment = moment.replace(minute=0)
    if unit not in ("m", "h"):
        moment = moment.replace(hour=0)
    if unit == "w":
        moment -= timedelta(days=(moment.isoweekday() % 7 - weekday) % 7)
    elif unit in ("mon", "q", "y"):
        month = {"mon": moment.month, "q": (moment.month - 1) // 3 * 3 + 1, "y": 1}[unit]
        moment = moment.replace(month=month, day=1)
    return moment.replace(tzinfo=zone).timestamp()


@lru_cache(maxsize=100)
def parse_span(text: str) -> tuple[int, str]:
    """Returns (amount, unit) of a span such as `1d` or `5m`."""
    match = _span(text)
    if not match:
        raise SearchSyntaxError(f"{text!r} is no span of time")
    return int(match[1] or 1), _unit(match[2])


def bucket(time: Time, span: str, zone: tzinfo) -> Time:
    """Returns the beginning of the bucket of `bin _time span=`. Unsupported for spans whose alignment is not documented:
    weeks, several days or months, and hours or minutes that do not divide a day."""
    amount, unit = parse_span(span)
    if unit in SECONDS:
        seconds = amount * SECONDS[unit]
        offset = datetime.fromtimestamp(time, zone).utcoffset() or timedelta()
        if 86400 % seconds or offset.total_seconds() % seconds:
            raise Unsupported(f"span={span}: where its buckets begin is not documented")
        return float(time // seconds * seconds)
    if amount != 1 or unit not in ("d", "mon"):
        raise Unsupported(f"span={span}: where its buckets begin is not documented")
    return snap_down(time, unit, zone)


def next_bucket(start: Time, span: str, zone: tzinfo) -> Time:
    """Returns the beginning of the bucket after the one that begins at `start`."""
    amount, unit = parse_span(span)
    return _shift(start, amount, unit, zone)


def strftime(time: Time, form: str, zone: tzinfo) -> str:
    """Returns a time as text; Unsupported for a variable that is not in the table below."""
    moment = datetime.fromtimestamp(time, zone)
    thousandths = int(round((time % 1) * 1e6) // 1000)

    def variable(match: re.Match[str]) -> str:
        values = {
            "Y": f"{moment.year:04}", "m": f"{moment.month:02}", "d": f"{moment.day:02}", "e": f"{moment.day:2}",
            "y": f"{moment.year % 100:02}", "H": f"{moment.hour:02}", "k": f"{moment.hour:2}", "M": f"{moment.minute:02}",
            "S": f"{moment.second:02}", "I": f"{moment.hour % 12 or 12:02}", "p": "AM" if moment.hour < 12 else "PM",
            "j": f"{moment.timetuple().tm_yday:03}", "w": str(moment.isoweekday() % 7), "a": _DAYS[moment.weekday()],
            "b": _MONTHS[moment.month - 1], "F": f"{moment:%Y-%m-%d}", "T": f"{moment:%H:%M:%S}", "z": f"{moment:%z}",
            "Z": moment.tzname() or "", "s": str(int(time // 1)), "3N": f"{thousandths:03}", "3Q": f"{thousandths:03}",
            "Q": f"{thousandths:03}", "%": "%",
        }  # fmt: skip
        if match[1] not in values:
            raise Unsupported(f"%{match[1]} in a time format is not played")
        return values[match[1]]

    return re.sub(r"%(\d?.)", variable, form, flags=re.DOTALL)


_READ = {
    "Y": r"(?P<Y>\d{4})", "m": r"(?P<m>\d{1,2})", "d": r"(?P<d>\d{1,2})", "H": r"(?P<H>\d{1,2})", "M": r"(?P<M>\d{1,2})",
    "S": r"(?P<S>\d{1,2})", "F": r"(?P<Y>\d{4})-(?P<m>\d{1,2})-(?P<d>\d{1,2})",
    "T": r"(?P<H>\d{1,2}):(?P<M>\d{1,2}):(?P<S>\d{1,2})", "z": r"(?P<z>Z|[-+]\d\d:?\d\d)", "b": r"(?P<b>[A-Z][a-z]{2})",
    "3N": r"(?P<f>\d{3})", "Q": r"(?P<f>\d{3})", "3Q": r"(?P<f>\d{3})", "s": r"(?P<s>\d+)", "%": "%",
}  # fmt: skip


@lru_cache(maxsize=100)
def _reader(form: str) -> re.Pattern[str]:
    pieces, position = [], 0
    for match in re.finditer(r"%(\d?.)", form):
        if match[1] not in _READ:
            raise Unsupported(f"%{match[1]} in a time format is not played")
        pieces += [re.escape(form[position : match.start()]), _READ[match[1]]]
        position = match.end()
    return re.compile("".join(pieces) + re.escape(form[position:]))


def strptime(text: str, form: str, zone: tzinfo) -> Time | None:
    """Returns the time that a text says, None where it does not have the form. A `Z` in the form is a letter: without
    `%z` the text is read in the user's time zone."""
    match = _reader(form).fullmatch(text)
    if not match:
        if _reader(form).match(text):
            raise Unsupported(f"{text!r} goes on where the format {form!r} ends: whether that matches is not documented")
        return None
    found = match.groupdict()
    if "s" in found:
        return float(found["s"])
    try:
        month = _MONTHS.index(found["b"]) + 1 if "b" in found else int(found["m"])
        moment = datetime(
            int(found["Y"]), month, int(found["d"]), int(found.get("H", 0)), int(found.get("M", 0)), int(found.get("S", 0))
        )
    except ValueError:
        return None
    except KeyError as error:
        raise Unsupported(f"{form!r} has no year, month or day: what Splunk fills in is not played") from error
    return moment.replace(tzinfo=_zone_of(found.get("z"), zone)).timestamp() + int(found.get("f", 0)) / 1000


def _zone_of(text: str | None, zone: tzinfo) -> tzinfo:
    if text is None:
        return zone
    if text == "Z":
        return timezone.utc
    digits = text[1:].replace(":", "")
    offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return timezone(-offset if text[0] == "-" else offset)
