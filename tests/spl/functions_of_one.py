"""Eval functions of single values: texts, numbers, addresses, time [spl 5.1].

Null in, null out, where a docstring does not say otherwise; several values where one is expected are Unsupported.
"""

from __future__ import annotations

import hashlib
import math
from functools import wraps
from typing import Any, Callable
from urllib.parse import unquote as percent_decoded

from . import patterns, times
from .context import Context
from .errors import Unsupported
from .values import Maybe, is_equal, number_of, simplest, text_of


def _of_text(function: Callable[..., Maybe]) -> Callable[..., Maybe]:
    """The first argument as text; null in, null out."""

    @wraps(function)
    def run(value: Maybe, *others: Maybe) -> Maybe:
        if value is None or any(other is None for other in others):
            return None
        return function(text_of(value), *others)

    return run


def _of_number(function: Callable[..., Any]) -> Callable[..., Maybe]:
    """All arguments as numbers; null where one is none."""

    @wraps(function)
    def run(*values: Maybe) -> Maybe:
        numbers = [number_of(value) for value in values]
        return None if any(each is None for each in numbers) else simplest(function(*numbers))

    return run


def isnum(value: Maybe) -> bool:
    """Whether the value is a number, or a field's text that looks like one."""
    return value is not None and not isinstance(value, list) and number_of(value) is not None


def match(value: Maybe, pattern: Maybe) -> bool:
    """match(f, "re"): the regex is found anywhere in it; null does not match. Several values: Unsupported (inf.)."""
    if value is None or pattern is None:
        return False
    return patterns.regex(text_of(pattern)).search(text_of(value)) is not None


def like(value: Maybe, pattern: Maybe) -> bool:
    """like(f, "p%"): the whole text; null does not match."""
    if value is None or pattern is None:
        return False
    return patterns.like(text_of(pattern)).fullmatch(text_of(value)) is not None


def cidrmatch(net: Maybe, address: Maybe) -> bool:
    """cidrmatch("net", ip), IPv4 and IPv6. What is no address: Unsupported (inf.), so ask first whether it is one."""
    if net is None or address is None:
        return False
    parsed = patterns.network(text_of(net))
    if parsed is None:
        raise Unsupported(f"cidrmatch() with the network {net!r}")
    inside = patterns.is_in_network(text_of(address), parsed)
    if inside is None:
        raise Unsupported(f"cidrmatch() of {address!r}, which is no address")
    return inside


def nullif(first: Maybe, second: Maybe) -> Maybe:
    """nullif(a, b): null where they are equal, else a."""
    return None if is_equal(first, second) else first


def trimmed(strip: Callable[[str, str], str]) -> Callable[..., Maybe]:
    return _of_text(lambda text, characters=" \t": strip(text, text_of(characters)))


@_of_text
def substr(text: str, start: Maybe, length: Maybe = math.inf) -> Maybe:
    """substr(s, start, length): from 1; a negative start counts from the end (the rules of SQLite)."""
    first, count = number_of(start), number_of(length)
    if first is None or count is None:
        return None
    if first == 0 or count < 0:
        raise Unsupported(f"substr() with the start {start!r} and the length {length!r}")
    at = int(first) - 1 if first > 0 else len(text) + int(first)
    if at < 0:
        raise Unsupported("substr() that starts before the text")
    return text[at:] if count == math.inf else text[at : at + int(count)]


@_of_text
def replace(text: str, pattern: Maybe, new: Maybe) -> Maybe:
    """replace(s, re, new): all matches; \\1 in `new` is the first group."""
    pieces = text_of(new).split("\\") if new is not None else [""]

    def filled(found: Any) -> str:
        out = pieces[0]
        for piece in pieces[1:]:
            if not piece[:1].isdigit():
                raise Unsupported(f"a backslash before {piece[:1]!r} in what replace() puts in")
            out += (found[int(piece[0])] or "") + piece[1:]
        return out

    return patterns.regex(text_of(pattern or "")).sub(filled, text)


def hashed(name: str) -> Callable[..., Maybe]:
    """md5, sha1, sha256, sha512: lower-case hex digits of the UTF-8 bytes."""
    return _of_text(lambda text: hashlib.new(name, text.encode("utf-8", "surrogateescape"), usedforsecurity=False).hexdigest())


def tonumber(value: Maybe, base: Maybe = 10) -> Maybe:
    """tonumber(s, base): null where it is no number."""
    if base == 10 or value is None:
        number = number_of(value)
        return None if number is None else simplest(number)
    try:
        return int(text_of(value), int(number_of(base) or 10))
    except ValueError:
        return None


def tostring(value: Any, form: Maybe = None) -> Maybe:
    """tostring(x, format): True and False for conditions; formats for numbers only. Null: Unsupported."""
    if isinstance(value, bool):
        return "True" if value else "False"
    if value is None:
        raise Unsupported("tostring() of null: use coalesce() first")
    number = number_of(value)
    if form is None or number is None:
        return text_of(value)
    if form not in _FORMATS:
        raise Unsupported(f"tostring() with the format {form!r}")
    return _FORMATS[text_of(form)](number)


def _duration(seconds: float) -> str:
    if seconds >= 86400 or seconds < 0 or seconds != int(seconds):
        raise Unsupported(f'tostring({seconds}, "duration"): a day or more, or parts of a second')
    minutes, second = divmod(int(seconds), 60)
    return f"{minutes // 60:02}:{minutes % 60:02}:{second:02}"


def _whole(form: str, prefix: str) -> Callable[[float], str]:
    def run(number: float) -> str:
        if number < 0 or number != int(number):
            raise Unsupported(f"tostring() of {number} as {prefix or 'binary'} digits")
        return prefix + format(int(number), form)

    return run


_FORMATS: dict[str, Callable[[float], str]] = {
    "duration": _duration,
    "commas": lambda number: f"{number:,}" if number == int(number) else f"{number:,.2f}",
    "hex": _whole("X", "0x"),
    "binary": _whole("b", ""),
}


@_of_number
def rounded(number: float, digits: float = 0) -> float:
    """round(x, n): half is rounded up (3.5 → 4); half of a negative number: Unsupported."""
    scaled = number * 10**digits
    # 2.675 * 100 is 267.49999999999997: what is meant is what is printed.
    scaled = float(f"{scaled:.9f}")
    if scaled < 0 and scaled % 1 == 0.5:
        raise Unsupported(f"round({number}): half of a negative number")
    return math.floor(scaled + 0.5) / 10**digits if digits else math.floor(scaled + 0.5)


def extreme(pick: Callable[[list[Any]], Any], texts_win: bool) -> Callable[..., Maybe]:
    """min and max of their arguments, null left out; texts are greater than numbers."""

    def run(*values: Maybe) -> Maybe:
        present = [value for value in values if value is not None]
        numbers = [number for number in map(number_of, present) if number is not None]
        texts = [text_of(value) for value in present if number_of(value) is None]
        chosen: list[Any] = texts if texts and (texts_win or not numbers) else numbers
        return pick(chosen) if chosen else None

    return run


def relative_time(context: Context, time: Maybe, specifier: Maybe) -> Maybe:
    number = number_of(time)
    if number is None or specifier is None:
        return None
    return simplest(times.relative(number, text_of(specifier), context.zone))


def strftime(context: Context, time: Maybe, form: Maybe) -> Maybe:
    number = number_of(time)
    if number is None or form is None:
        return None
    return times.strftime(number, text_of(form), context.zone)


def strptime(context: Context, text: Maybe, form: Maybe) -> Maybe:
    if text is None or form is None:
        return None
    time = times.strptime(text_of(text), text_of(form), context.zone)
    return None if time is None else simplest(time)


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "isnull": lambda value: value is None,
    "isnotnull": lambda value: value is not None,
    "isnum": isnum,
    "match": match,
    "like": like,
    "cidrmatch": cidrmatch,
    "nullif": nullif,
    "lower": _of_text(str.lower),
    "upper": _of_text(str.upper),
    "len": _of_text(len),
    "trim": trimmed(str.strip),
    "ltrim": trimmed(str.lstrip),
    "rtrim": trimmed(str.rstrip),
    "substr": substr,
    "replace": replace,
    "urldecode": _of_text(percent_decoded),
    "md5": hashed("md5"),
    "sha1": hashed("sha1"),
    "sha256": hashed("sha256"),
    "sha512": hashed("sha512"),
    "tonumber": tonumber,
    "tostring": tostring,
    "abs": _of_number(abs),
    "ceiling": _of_number(math.ceil),
    "ceil": _of_number(math.ceil),
    "floor": _of_number(math.floor),
    "round": rounded,
    "pow": _of_number(pow),
    "sqrt": _of_number(math.sqrt),
    "min": extreme(min, texts_win=False),
    "max": extreme(max, texts_win=True),
}
WITH_CONTEXT: dict[str, Callable[..., Any]] = {
    "relative_time": relative_time,
    "strftime": strftime,
    "strptime": strptime,
}
