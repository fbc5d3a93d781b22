"""The options of `| maliciouscaller`: what a search may ask for, checked once and said clearly.

In: the arguments as splunkd hands them over, `name=value` with quotes already taken off. Out: `Options`, or an OptionError that
names the option and what it may be. The SDK's own option classes are not used: they say "Illegal value: x=y" and keep what
would be legal to themselves, and they bring options of their own that write files.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Callable, NamedTuple

from callerintel.errors import CallerIntelError, OptionError, shown
from callerintel.search.cloudtrail import PATHS
from callerintel.search.severity import LEVELS

_TRUE = frozenset(("true", "t", "1", "yes", "y"))
_FALSE = frozenset(("false", "f", "0", "no", "n"))
_MOST_DAYS = 3650
_LEVEL_NAMES = tuple(level.name for level in LEVELS)

# The options that say under which name the events have one of CloudTrail's fields: called as CloudTrail calls it.
FIELD_OPTIONS: tuple[str, ...] = tuple(dict.fromkeys(path.partition(".")[0] for path in PATHS))


class Options(NamedTuple):
    """What a search asked for. `renamed` maps CloudTrail's field names to the events'; see `cloudtrail.field_names`."""

    matches_only: bool = False
    min_severity: str = ""
    learning_days: int = 3
    settle_days: int = 2
    raw: bool = False
    explain: bool = False
    learn: bool = False
    prefix: str = ""
    renamed: tuple[tuple[str, str], ...] = ()


def _parse_bool(value: str) -> bool:
    lowered = value.lower()
    if lowered not in _TRUE | _FALSE:
        raise ValueError(value)
    return lowered in _TRUE


def _parse_days(value: str) -> int:
    days = int(value) if re.fullmatch(r"\d{1,4}", value, re.ASCII) else -1
    if not 0 <= days <= _MOST_DAYS:
        raise ValueError(value)
    return days


def _parse_level(value: str) -> str:
    if value.lower() not in _LEVEL_NAMES:
        raise ValueError(value)
    return value.lower()


def _parse_prefix(value: str) -> str:
    if not re.fullmatch(r"(?:[A-Za-z][0-9A-Za-z_]{0,63})?", value):
        raise ValueError(value)
    return value


def _parse_field(value: str) -> str:
    if not value or value != value.strip() or "*" in value or "," in value or not value.isprintable():
        raise ValueError(value)
    return value


_BOOL = (_parse_bool, "true or false")
_DAYS = (_parse_days, f"a whole number of days from 0 to {_MOST_DAYS}")
_PARSERS: dict[str, tuple[Callable[[str], Any], str]] = {
    "matches_only": _BOOL,
    "min_severity": (_parse_level, ", ".join(_LEVEL_NAMES)),
    "learning_days": _DAYS,
    "settle_days": _DAYS,
    "raw": _BOOL,
    "explain": _BOOL,
    "learn": _BOOL,
    "prefix": (_parse_prefix, "up to 64 letters, digits and underscores that begin with a letter"),
    **dict.fromkeys(FIELD_OPTIONS, (_parse_field, "the name of a field, without * and commas")),
}
OPTION_NAMES: tuple[str, ...] = tuple(_PARSERS)


def parse_options(arguments: Sequence[str]) -> Options:
    """The options that the arguments spell; an argument that comes twice counts as it comes last. OptionError for a value, and
    CallerIntelError for a name, that cannot be used."""
    given: dict[str, Any] = {}
    renamed: dict[str, str] = {}
    for argument in arguments:
        name, equals, value = argument.partition("=")
        if not name or not equals or (not value and name != "prefix"):
            # splunkd splits `a = b` into three arguments [platform 1.3].
            raise CallerIntelError(
                f"The argument {shown(argument)} is not of the form option=value; write it without blanks around the =."
                f" Options: {', '.join(OPTION_NAMES)}."
            )
        if name not in _PARSERS:
            raise CallerIntelError(f"There is no option {shown(name)}. Options: {', '.join(OPTION_NAMES)}.")
        parse, allowed = _PARSERS[name]
        try:
            parsed = parse(value)
        except ValueError:
            raise OptionError(name, value, allowed) from None
        (renamed if name in FIELD_OPTIONS else given)[name] = parsed
    return Options(renamed=tuple(renamed.items()), **given)
