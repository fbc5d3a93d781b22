"""Values as SPL knows them: nothing, a text, a number, or several texts; and how two of them compare [spl 5, 5.1].

A field of an event is a text; a text that looks like a number is one where a number is needed. Empty text is a value,
None is none. Where the documentation does not say what happens (mixed kinds, several values), Unsupported is raised.
"""

from __future__ import annotations

import re
from typing import Optional, Union

from .errors import Unsupported

Scalar = Union[str, int, float]
Value = Union[str, int, float, "list[str]"]
Row = dict[str, Value]
Maybe = Optional[Value]

looks_like_number = re.compile(r"[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?").fullmatch
starts_like_number = re.compile(r"[-+.]?\d").match


def number_of(value: Maybe) -> int | float | None:
    """Returns the number that a value is or looks like, else None; Unsupported on several values."""
    if isinstance(value, (int, float)):
        return value
    if isinstance(value, list):
        raise Unsupported(f"several values where one number is needed: {value[:5]!r}")
    if value is not None and value.isdigit() and value.isascii():
        return int(value)
    if value is None or not looks_like_number(value):
        return None
    try:
        return int(value)
    except ValueError:
        return float(value)


def simplest(number: int | float) -> int | float:
    """Returns a whole float as an int: Splunk prints 10/2 as 5."""
    return int(number) if isinstance(number, float) and number.is_integer() and abs(number) < 1e15 else number


def text_of(value: Value) -> str:
    """Returns a value as Splunk writes it. Unsupported on several values, and on fractions with more than six decimals:
    how many of them are printed is not documented, so round first [spl 6.2 numbers]."""
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        raise Unsupported(f"several values where one text is needed: {value[:5]!r}")
    value = simplest(value)
    if isinstance(value, int):
        return str(value)
    text = repr(value)
    if "e" in text or "n" in text or len(text.partition(".")[2]) > 6:
        raise Unsupported(f"how Splunk prints {text} is not documented: round() it first")
    return text


def texts_of(value: Maybe) -> list[str]:
    """Returns the values of a field: none, one or several texts."""
    if value is None:
        return []
    return value if isinstance(value, list) else [text_of(value)]


def of_texts(values: list[str]) -> Maybe:
    """Returns several texts as one value: one of them is single, none of them is nothing."""
    return values if len(values) > 1 else values[0] if values else None


def equal(left: Scalar, right: Scalar) -> bool:
    """Tells whether two single values are equal. Unsupported where numbers and texts disagree ("010" and "10"):
    which of them Splunk compares is an inference [spl 5.1 number vs string compare]."""
    if isinstance(left, str) and isinstance(right, str):
        if left == right:
            return True
        if not (left[:1] in _NUMERIC_STARTS and right[:1] in _NUMERIC_STARTS):
            return False
    first, second = number_of(left), number_of(right)
    if first is None or second is None or first != second:
        return False
    if isinstance(left, str) and isinstance(right, str):
        raise Unsupported(f"{left!r} and {right!r} are equal as numbers and not as texts: use tonumber() or tostring()")
    return True


_NUMERIC_STARTS = frozenset("0123456789+-.")


def order(left: Scalar, right: Scalar) -> int:
    """Returns -1, 0 or 1: numbers by value, texts by their bytes. Unsupported for a number and a text."""
    first, second = number_of(left), number_of(right)
    if first is not None and second is not None:
        return (first > second) - (first < second)
    if first is None and second is None:
        one, other = text_of(left), text_of(right)
        return (one > other) - (one < other)
    raise Unsupported(f"{left!r} and {right!r}: how a number and a text compare is not documented")


def is_equal(left: Maybe, right: Maybe) -> bool:
    """[spl 5.1 comparison with null, mv =] False with null; of several values any may be equal to a single one."""
    if left is None or right is None:
        return False
    if isinstance(left, list):
        if isinstance(right, list):
            raise Unsupported("= with several values on both sides")
        return any(equal(each, right) for each in left)
    if isinstance(right, list):
        return any(equal(left, each) for each in right)
    return equal(left, right)
