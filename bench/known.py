"""The generated lookups: indicators, AWS ranges and baselines of any size, in which the traffic's addresses and callers are.

In: a seed and sizes. Out: files in the formats of `callerintel.lookups`, and the same indicators as the one-column lists that
other people's commands load. One indicator for each /24 at most, one in twenty of them the whole /24: so nothing overlaps, lists
of every size are the beginning of the longest, and whether an address is listed is known without looking it up.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Sequence
from itertools import cycle
from pathlib import Path
from typing import NamedTuple

from bench.traffic import ACTIONS, ADDRESSES, Caller
from callerintel.address import address_key, address_text, range_text
from callerintel.lookups import AWS_IP_RANGES, CALLER_ALLOWLIST, CALLER_BASELINE, MALICIOUS_IPS
from callerintel.search.baseline import PROPERTIES, baseline_key
from callerintel.sorted_csv import csv_lines, sorted_csv_lines

# Octets without anything reserved, AWS's share apart from the rest.
_OTHERS, _AWS = (20 << 16, 96 << 16), (13 << 16, 14 << 16)
_AWS_PREFIXES = 2_000
_IPV6 = 0x2A00 << 112
_FEEDS = ("scanners", "botnets", "tor_exits", "bruteforce")
_FIRST_SEEN, _LAST_SEEN = 1_735_689_600, 1_769_817_600  # the whole of 2025, and January
_ROWS_OF_A_CALLER = 20


class Indicator(NamedTuple):
    """A /24 or one address in it, as numbers, and which feed lists it."""

    first: int
    last: int
    feed: str


class Known(NamedTuple):
    """What is known: indicators in random order, and pools of addresses (listed ones are in any beginning of `indicators`
    that has at least as many as the shortest list); `single` are those that are listed by themselves."""

    indicators: list[Indicator]
    addresses: list[str]
    fresh: list[str]
    listed: frozenset[str]
    in_aws: frozenset[str]
    single: frozenset[str]


def make_known(seed: int, shortest: int, longest: int, fresh: int) -> Known:
    """`longest` indicators; a pool of addresses that repeat, and `fresh` ones of which each is there for one call."""
    chance = random.Random(seed)
    networks = chance.sample(range(*_OTHERS), longest + (ADDRESSES + fresh) * 9 // 10)
    indicators = [_indicator(chance, network) for network in networks[:longest]]
    unlisted = iter(networks[longest:])
    of_aws = iter(chance.sample(range(_AWS_PREFIXES * 1024), (ADDRESSES + fresh) // 5 + 2))
    on_lists = cycle(indicators[:shortest])
    listed: set[str] = set()
    in_aws: set[str] = set()
    single: set[str] = set()

    def address(number: int) -> str:
        if number % 50 == 0:
            indicator = next(on_lists)
            text = address_text(indicator.first)
            listed.add(text)
            if indicator.first == indicator.last:
                single.add(text)
        elif number % 5 == 1:
            text = address_text((_AWS[0] << 8) + next(of_aws))
            in_aws.add(text)
        elif number % 25 == 2:
            text = address_text((1 << 128) + _IPV6 + chance.getrandbits(100))
        else:
            text = address_text((next(unlisted) << 8) + chance.randrange(256))
        return text

    pool = [address(number) for number in range(ADDRESSES)]
    each = [address(number) for number in range(fresh)]
    return Known(indicators, pool, each, frozenset(listed), frozenset(in_aws), frozenset(single))


def _indicator(chance: random.Random, network: int) -> Indicator:
    feed = chance.choice(_FEEDS)
    if chance.random() < 1 / 20:
        return Indicator(network << 8, (network << 8) + 255, feed)
    address = (network << 8) + chance.randrange(256)
    return Indicator(address, address, feed)


def write(path: Path, lines: Iterable[bytes]) -> None:
    """Write a file of these lines."""
    with open(path, "wb", buffering=1 << 20) as file:
        file.writelines(lines)


def write_indicators(path: Path, indicators: Sequence[Indicator]) -> None:
    """malicious_ips.csv of these indicators."""

    def rows() -> Iterator[tuple[str, ...]]:
        for first, last, feed in sorted(indicators):
            end = "" if first == last else address_key(last)
            yield address_key(first), end, "", feed, "scanner", "70", "", str(_FIRST_SEEN), str(_LAST_SEEN)

    write(path, sorted_csv_lines(MALICIOUS_IPS.columns, rows()))


def write_plain_indicators(path: Path, indicators: Sequence[Indicator]) -> None:
    """The same indicators for commands that know no other form: `indicator,feed`."""
    write(path, csv_lines(("indicator", "feed"), ((range_text(first, last), feed) for first, last, feed in indicators)))


def write_aws_ranges(path: Path) -> None:
    """aws_ip_ranges.csv: 2,000 prefixes side by side, in which the traffic's AWS addresses are."""

    def rows() -> Iterator[tuple[str, ...]]:
        for number in range(_AWS_PREFIXES):
            first = (_AWS[0] + number * 4) << 8
            last = first + 1023
            yield address_key(first), address_key(last), range_text(first, last), "EC2" if number % 2 else "S3", "us-east-1"

    write(path, sorted_csv_lines(AWS_IP_RANGES.columns, rows()))


def write_allowlist(path: Path) -> None:
    """caller_allowlist.csv with no rows."""
    write(path, csv_lines(CALLER_ALLOWLIST.columns, ()))


def write_baseline(path: Path, callers: Sequence[Caller], rows: int, seed: int) -> None:
    """caller_baseline.csv: what is usual for the callers, and as many rows of strangers as make it `rows` long."""
    chance = random.Random(seed)
    found = [row for caller in callers for row in _habits(caller)]
    while len(found) < rows:
        found += _stranger(chance, min(_ROWS_OF_A_CALLER, rows - len(found)))
    write(path, sorted_csv_lines(CALLER_BASELINE.columns, sorted(found)))


_BaselineRow = tuple[str, ...]


def _habits(caller: Caller) -> Iterator[_BaselineRow]:
    values = (
        *((PROPERTIES[0], "{}:{}".format(*ACTIONS[action])) for action in caller.actions),
        *((PROPERTIES[1], family) for family in caller.families),
        *((PROPERTIES[2], region) for region in caller.regions),
    )
    for prop, value in values:
        yield baseline_key(caller.name, prop, value), caller.name, prop, value, str(_FIRST_SEEN), str(_LAST_SEEN), "31"


def _stranger(chance: random.Random, rows: int) -> list[_BaselineRow]:
    """Rows of a caller that never calls: random digests in place of computed ones, which look the same."""
    digest = f"{chance.getrandbits(64):016x}"
    name = f"arn:aws:iam::111122223333:role/Stranger{digest[:6]}"
    found: dict[str, _BaselineRow] = {}
    while len(found) < rows:
        prop = PROPERTIES[len(found) * 3 // rows]
        key = f"{digest}{prop[0]}{chance.getrandbits(64):016x}"
        found[key] = (key, name, prop, f"value:{key[-12:]}", str(_FIRST_SEEN), str(_LAST_SEEN), "31")
    return list(found.values())
