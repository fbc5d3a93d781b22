"""Only what can call anything on the internet stays: the addresses of a list cleaned by our own table [feeds 1.7, 1.14].

An entry that lies wholly in reserved space is left out; one that straddles the border is cut; a network wider than anything a
publisher means is left out; and a list that names the whole internet is refused altogether. The team's own networks, and what
the feed's settings exclude, are taken out of every entry in the same way.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from callerintel.address import NOT_ROUTABLE, V6, range_text
from callerintel.errors import FeedError
from callerintel.feeds.document import Indicator, Parsed, Rejected, rejected
from callerintel.feeds.range_sets import RangeSet, joined

Pair = tuple[int, int]
Ranges = Sequence[Pair]

WIDEST_V4 = 1 << (32 - 8)  # a /8; the widest network of a list worth having is a /12 [feeds 1.7]
WIDEST_V6 = 1 << (128 - 19)  # a /19; the widest is a /29

_EVERYTHING = frozenset(((0, (1 << 32) - 1), (V6, V6 + (1 << 128) - 1)))
_RESERVED = RangeSet([(first, last) for first, last, _ in NOT_ROUTABLE])


class Clean(NamedTuple):
    """What is left of a list: the indicators in the order they came, the rejected, and how many networks were cut."""

    indicators: list[Indicator]
    rejected: list[Rejected]
    cut: int


def clean(parsed: Iterable[Parsed], keep_reserved: bool, own: Ranges = (), excluded: Ranges = ()) -> Clean:
    """Sort what a format found into kept and rejected. `own` are the team's own networks, which no list may accuse; `excluded`
    is what the feed's settings take out of it.

    FeedError("too_wide") when 0.0.0.0/0 or ::/0 is in the list.
    """
    kept: list[Indicator] = []
    dropped: list[Rejected] = []
    cut = 0
    unwanted = RangeSet(joined((*own, *excluded)))
    sets = (("own_network", RangeSet(joined(own))), ("excluded", RangeSet(joined(excluded))))
    for entry in parsed:
        if isinstance(entry, Rejected):
            dropped.append(entry)
            continue
        first, last = entry.first, entry.last
        width = last - first
        if (
            (keep_reserved or not _RESERVED.overlaps(first, last))
            and not (unwanted and unwanted.overlaps(first, last))
            and width < (WIDEST_V4 if first < V6 else WIDEST_V6)
        ):
            kept.append(entry)
            continue
        pieces, reason = _pieces(entry, keep_reserved, sets)
        if reason:
            dropped.append(rejected(0, range_text(first, last), reason))
            continue
        cut += pieces != [(first, last)]
        kept.extend(entry._replace(first=start, last=end) for start, end in pieces)
    return Clean(kept, dropped, cut)


def _pieces(entry: Indicator, keep_reserved: bool, sets: Iterable[tuple[str, RangeSet]]) -> tuple[list[tuple[int, int]], str]:
    """What is left of an entry, and why nothing is."""
    if (entry.first, entry.last) in _EVERYTHING:
        raise FeedError("too_wide", f"It holds {range_text(entry.first, entry.last)}, which is every address there is.")
    pieces = [(entry.first, entry.last)] if keep_reserved else _RESERVED.outside(entry.first, entry.last)
    if not pieces:
        return [], "not_routable"
    if entry.last - entry.first >= (WIDEST_V4 if entry.first < V6 else WIDEST_V6):
        return [], "too_wide"
    for reason, unwanted in sets:
        pieces = [piece for first, last in pieces for piece in unwanted.outside(first, last)]
        if not pieces:
            return [], reason
    return pieces, ""
