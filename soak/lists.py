"""What each generation of each list holds, so that a few look-ups tell which generation somebody sees, and whether all of it.

In: a seed. Out: for a feed and a number, the items that this generation lists, and its document. Two kinds of items: of each pair of *bit* items
exactly one is listed, and all pairs together spell the generation's number; the *chance* items are listed by the toss of a coin that
depends on feed and generation alone. A mixture of two generations spells no number, or another toss. Nothing here asks our own code.
"""

from __future__ import annotations

import json
import random
from functools import lru_cache
from typing import NamedTuple

BITS = 16
ALPHA, BETA, GAMMA, AWS = "alpha", "beta", "gamma", "aws"
INTEL_FEEDS = (ALPHA, BETA, GAMMA)
FEEDS = (*INTEL_FEEDS, AWS)
CONFIDENCE = {ALPHA: "60", BETA: "70", GAMMA: "80"}
CATEGORY = {ALPHA: "scanner", BETA: "spam", GAMMA: "bruteforce"}
_CHANCE, _NETWORKS, _IPV6, _SHARED = 40, 10, 10, 40
REGION = "us-soak-{}"


class Item(NamedTuple):
    """`indicator` as the list spells it, `probe` an address in it. `bit` -1: listed by chance; else where bit `bit` of the generation is `value`."""

    probe: str
    indicator: str
    bit: int = -1
    value: int = 0


def _intel_items(number: int) -> list[Item]:
    """The items of an intel feed, the `number`-th; the last ones are on the lists of all, and some of those lie in AWS."""
    own = f"20.{10 + number}"
    items = [_address(f"{own}.0.{2 * bit + value}", bit, value) for bit in range(BITS) for value in (0, 1)]
    items += [_address(f"{own}.1.{at}") for at in range(_CHANCE)]
    items += [Item(f"{own}.{100 + at}.77", f"{own}.{100 + at}.0/24") for at in range(_NETWORKS)]
    items += [_address(f"2a00:{10 + number}::{at + 1:x}") for at in range(_IPV6)]
    return items + [_address(f"20.60.{at}.9") for at in range(_SHARED)]


def _address(text: str, bit: int = -1, value: int = 0) -> Item:
    return Item(text, text, bit, value)


def _aws_items() -> list[Item]:
    items = [
        Item(f"20.61.{bit}.{128 * value + 5}", f"20.61.{bit}.{128 * value}/25", bit, value)
        for bit in range(BITS)
        for value in (0, 1)
    ]
    items += [Item(f"20.60.{at}.9", f"20.60.{at}.0/24") for at in range(_SHARED)]
    return items + [Item(f"2a05:d000:{at + 1:x}::9", f"2a05:d000:{at + 1:x}::/48") for at in range(_IPV6)]


ITEMS: dict[str, list[Item]] = {feed: _intel_items(number) for number, feed in enumerate(INTEL_FEEDS)}
ITEMS[AWS] = _aws_items()


class Lists:
    """All generations of all lists of a seed. `filler`: how many more addresses alpha has, so that its lookup is no small file."""

    def __init__(self, seed: int, filler: int) -> None:
        self._seed = seed
        chance = random.Random(seed)
        numbers = sorted(chance.sample(range(1 << 24), filler))
        self._filler = "".join(f"21.{at >> 16}.{at >> 8 & 255}.{at & 255}\n" for at in numbers)
        self.listed = lru_cache(maxsize=64)(self._listed)

    def _listed(self, feed: str, generation: int) -> frozenset[Item]:
        """The items that a generation of a feed lists."""
        coins = random.Random(f"{self._seed} {feed} {generation}")
        tosses = [(item, coins.random() < 0.5) for item in ITEMS[feed]]
        return frozenset(item for item, heads in tosses if (heads if item.bit < 0 else generation >> item.bit & 1 == item.value))

    def document(self, feed: str, generation: int) -> bytes:
        """The list as its publisher serves it; each feed has a format of its own."""
        listed = self.listed(feed, generation)
        items = [item for item in ITEMS[feed] if item in listed]
        if feed == AWS:
            return _ip_ranges(items, generation)
        if feed == BETA:
            return ("indicator,note\n" + "".join(f"{item.indicator},{note(generation)}\n" for item in items)).encode()
        head = f"# made up list {feed}, generation {generation}\n"
        return (head + "".join(f"{item.indicator}\n" for item in items) + (self._filler if feed == ALPHA else "")).encode()


def note(generation: int) -> str:
    """What beta says of each entry; the others say nothing."""
    return f"generation {generation}"


def spelled_number(feed: str, found: set[Item]) -> tuple[int | None, str]:
    """The generation that the found bit items spell, None where there are none at all; and what is wrong with the spelling, or ""."""
    pairs = [[item.value for item in ITEMS[feed] if item.bit == bit and item in found] for bit in range(BITS)]
    if not any(pairs):
        return None, ""
    wrong = [bit for bit, values in enumerate(pairs) if len(values) != 1]
    if wrong:
        return None, f"{feed} shows {[pairs[bit] for bit in wrong]} for the bits {wrong} of its generation"
    return sum(values[0] << bit for bit, values in enumerate(pairs)), ""


def _ip_ranges(items: list[Item], generation: int) -> bytes:
    def prefixes(name: str, version6: bool) -> list[dict[str, str]]:
        region = REGION.format(generation)
        return [
            {name: item.indicator, "region": region, "service": "EC2", "network_border_group": region}
            for item in items
            if (":" in item.indicator) == version6
        ]

    return json.dumps(
        {
            "syncToken": str(generation),
            "createDate": "2026-01-31-12-00-00",
            "prefixes": prefixes("ip_prefix", False),
            "ipv6_prefixes": prefixes("ipv6_prefix", True),
        }
    ).encode()
