"""Only what can call anything on the internet stays: the addresses of a list cleaned by our own table [feeds 1.7, 1.14].

An entry that lies wholly in reserved space is left out; one that straddles the border is cut; a network wider than anything a
publisher means is left out; and a list that names the whole internet is refused altogether.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from callerintel.address import NOT_ROUTABLE, V6, range_text
from callerintel.errors import FeedError
from callerintel.feeds.document import Indicator, Parsed, Rejected, rejected

WIDEST_V4 = 1 << (32 - 8)  # a /8; the widest network of a list worth having is a /12 [feeds 1.7]
WIDEST_V6 = 1 << (128 - 19)  # a /19; the widest is a /29

_EVERYTHING = ((0, (1 << 32) - 1), (V6, V6 + (1 << 128) - 1))
_LASTS = [last for _, last, _ in NOT_ROUTABLE]


class Clean(NamedTuple):
    """What is left of a list: the indicators in the order they came, the rejected, and how many networks were cut."""

    indicators: list[Indicator]
    rejected: list[Rejected]
    cut: int


def clean(parsed: Iterable[Parsed], keep_reserved: bool) -> Clean:
    """Sort what a format found into kept and rejected. FeedError("too_wide") when 0.0.0.0/0 or ::/0 is in the list."""
    kept: list[Indicator] = []
    dropped: list[Rejected] = []
    cut = 0
    for entry in parsed:
        if isinstance(entry, Rejected):
            dropped.append(entry)
            continue
        pieces = routable_pieces(entry.first, entry.last) if not keep_reserved else [(entry.first, entry.last)]
        reason = _reason_to_drop(entry, pieces)
        if reason:
            dropped.append(rejected(0, range_text(entry.first, entry.last), reason))
        elif pieces == [(entry.first, entry.last)]:
            kept.append(entry)
        else:
            cut += 1
            kept.extend(entry._replace(first=first, last=last) for first, last in pieces)
    return Clean(kept, dropped, cut)


def routable_pieces(first: int, last: int) -> list[tuple[int, int]]:
    """The parts of a range that are routed on the internet, ascending."""
    return list(_pieces(first, last))


def _pieces(first: int, last: int) -> Iterator[tuple[int, int]]:
    for at in range(bisect_right(_LASTS, first - 1), len(NOT_ROUTABLE)):
        reserved_first, reserved_last, _ = NOT_ROUTABLE[at]
        if reserved_first > last:
            break
        if first < reserved_first:
            yield first, reserved_first - 1
        first = reserved_last + 1
    if first <= last:
        yield first, last


def _reason_to_drop(entry: Indicator, pieces: list[tuple[int, int]]) -> str:
    if (entry.first, entry.last) in _EVERYTHING:
        raise FeedError("too_wide", f"It holds {range_text(entry.first, entry.last)}, which is every address there is.")
    if not pieces:
        return "not_routable"
    size = entry.last - entry.first + 1
    return "too_wide" if size > (WIDEST_V4 if entry.first < V6 else WIDEST_V6) else ""
