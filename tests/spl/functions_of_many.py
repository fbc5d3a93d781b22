"""Eval functions of several values [spl 5.1, DOC! multivalue-eval-functions].

A field with one value is a list of one here, null a list of none; a list of one comes out as a single value.
"""

from __future__ import annotations

from typing import Any, Callable

from . import patterns
from .context import Context
from .errors import Unsupported
from .values import Maybe, number_of, of_texts, simplest, text_of, texts_of


def mvappend(*values: Maybe) -> Maybe:
    """All values of all arguments, null left out; null if nothing is left."""
    return of_texts([text for value in values for text in texts_of(value)])


def mvcount(value: Maybe) -> Maybe:
    """How many; null for none."""
    return len(texts_of(value)) or None


def mvindex(value: Maybe, start: Maybe, end: Maybe = None) -> Maybe:
    """From 0, -1 is the last, `end` is included; out of range: null."""
    texts, first = texts_of(value), _whole(start)
    last = first if end is None else _whole(end)
    first, last = (at + len(texts) if at < 0 else at for at in (first, last))
    if first < 0 or first >= len(texts) or last < first:
        return None
    return of_texts(texts[first : last + 1])


def _whole(value: Maybe) -> int:
    number = number_of(value)
    if number is None or number != int(number):
        raise Unsupported(f"an index that is no whole number: {value!r}")
    return int(number)


def mvjoin(value: Maybe, delimiter: Maybe) -> Maybe:
    """All values as one text; null for null."""
    if value is None or delimiter is None:
        return None
    return text_of(delimiter).join(texts_of(value))


def split(value: Maybe, delimiter: Maybe) -> Maybe:
    """One text as several, empty ones kept."""
    if value is None or delimiter is None:
        return None
    if delimiter == "":
        raise Unsupported("split() with an empty delimiter")
    return of_texts(text_of(value).split(text_of(delimiter)))


def mvdedup(context: Context, value: Maybe) -> Maybe:
    """Each value once. In what order is an inference, so a shuffled run takes any: mvsort() it."""
    texts = texts_of(value)
    distinct = list(dict.fromkeys(texts))
    return of_texts(context.in_any_order_of(distinct) if len(distinct) < len(texts) else texts)


def mvsort(value: Maybe) -> Maybe:
    """By bytes: 10 before 9."""
    return of_texts(sorted(texts_of(value)))


def mvfind(value: Maybe, pattern: Maybe) -> Maybe:
    """The number, from 0, of the first value in which the regex is found; null for none."""
    if pattern is None:
        return None
    search = patterns.regex(text_of(pattern)).search
    return next((at for at, text in enumerate(texts_of(value)) if search(text)), None)


def mvzip(left: Maybe, right: Maybe, delimiter: Maybe = ",") -> Maybe:
    """The first with the first, the second with the second, as far as both have one."""
    glue = text_of(delimiter if delimiter is not None else ",")
    return of_texts([one + glue + other for one, other in zip(texts_of(left), texts_of(right))])


def mvrange(start: Maybe, end: Maybe, step: Maybe = 1) -> Maybe:
    """Numbers from start, end excluded. A step in time: Unsupported."""
    numbers = [number_of(each) for each in (start, end, step)]
    if any(each is None for each in numbers) or not numbers[2] or numbers[2] < 0:
        raise Unsupported(f"mvrange({start!r}, {end!r}, {step!r})")
    at, last, by = (each or 0 for each in numbers)
    found = []
    while at < last:
        found.append(text_of(simplest(at)))
        at += by
    return of_texts(found)


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "mvappend": mvappend,
    "mvcount": mvcount,
    "mvindex": mvindex,
    "mvjoin": mvjoin,
    "mvfind": mvfind,
    "mvrange": mvrange,
    "mvsort": mvsort,
    "mvzip": mvzip,
    "split": split,
}
WITH_CONTEXT: dict[str, Callable[..., Any]] = {"mvdedup": mvdedup}
