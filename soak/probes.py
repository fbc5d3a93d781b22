"""The events of a search, what each of them must be answered, and which generations an answer shows.

In: the replies to a chunk of probes. Out: a `Sight` (the generation of each list and of the baseline, None where there is none of it), and a
sentence for each field of each event that is not what those generations make of it. The rules are those of README.md, worked out here once more.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from soak.lists import AWS, BETA, CATEGORY, CONFIDENCE, INTEL_FEEDS, ITEMS, REGION, Item, Lists, note, spelled_number
from tests.splunkd import Event

BASELINE = "baseline"
LISTS = (*INTEL_FEEDS, AWS, BASELINE)
# Which file shows which lists.
FILES = {"malicious_ips.csv": INTEL_FEEDS, "aws_ip_ranges.csv": (AWS,), "caller_baseline.csv": (BASELINE,)}
Sight = dict[str, "int | None"]

_BASELINE_BITS, _BASELINE_CHANCE = 16, 16
CALLERS = [f"arn:aws:iam::111122223333:user/soak{number:02d}" for number in range(_BASELINE_BITS + _BASELINE_CHANCE)]
_ACTION = "ec2:RunInstances"
_USUAL = (("region", "eu-west-1"), ("user_agent", "Boto3"))
_AGENT = "Boto3/1.26.165 Python/3.10.6"
_UNLISTED = [f"22.0.{at}.1" for at in range(10)]
# Every address that some list may have, once; and some that none has.
ADDRESSES = list(dict.fromkeys([item.probe for items in ITEMS.values() for item in items] + _UNLISTED))
_ITEMS_AT: dict[str, list[tuple[str, Item]]] = {address: [] for address in ADDRESSES}
for _feed in (*INTEL_FEEDS, AWS):
    for _item in ITEMS[_feed]:
        _ITEMS_AT[_item.probe].append((_feed, _item))


def events() -> list[dict[str, str]]:
    """One call from each address, by one caller after the other: so every caller calls."""
    return [
        {
            "_time": "1780315200",
            "eventTime": "2026-06-01T12:00:00Z",
            "sourceIPAddress": address,
            "userAgent": _AGENT,
            "awsRegion": "eu-west-1",
            "eventSource": "ec2.amazonaws.com",
            "eventName": "RunInstances",
            "userIdentity.type": "IAMUser",
            "userIdentity.arn": CALLERS[number % len(CALLERS)],
            "userIdentity.accountId": "111122223333",
        }
        for number, address in enumerate(ADDRESSES)
    ]


def is_usual(generation: int, caller: int) -> bool:
    """Whether a generation of the baseline knows the action of a caller; the first callers spell its number."""
    if caller < _BASELINE_BITS:
        return bool(generation >> caller & 1)
    return hashlib.sha256(f"{generation} {caller}".encode()).digest()[0] % 2 == 0


def baseline_file(generation: int) -> bytes:
    """caller_baseline.csv of a generation, as splunkd writes it [platform 1.6]; every caller is old and has a usual agent and region."""
    rows = []
    for number, caller in enumerate(CALLERS):
        values = [*_USUAL, *([("action", _ACTION)] if is_usual(generation, number) else [])]
        for prop, value in values:
            key = f"{_digest(caller)}{prop[0]}{_digest(value)}"
            rows.append(",".join([key, *map(_quoted, (caller, prop, value)), "1000000000", "1780000000", "9"]))
    head = 'key,caller,property,value,"first_seen","last_seen",count'
    return ("\n".join([head, *sorted(rows)]) + "\n").encode()


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _quoted(text: str) -> str:
    return text if text.isascii() and text.isalnum() else f'"{text}"'


def sight_of(answers: Sequence[Event]) -> tuple[Sight, list[str]]:
    """What the answers to `events()` show, and what makes them no single generation."""
    sight: Sight = {}
    mixed: list[str] = []
    for feed in (*INTEL_FEEDS, AWS):
        found = {item for address, answer in zip(ADDRESSES, answers) for item in _shown(feed, address, answer)}
        sight[feed], wrong = spelled_number(feed, found)
        mixed += [wrong] if wrong else []
    sight[BASELINE], wrong = _baseline_sight(answers)
    return sight, mixed + ([wrong] if wrong else [])


def _shown(feed: str, address: str, answer: Event) -> list[Item]:
    shows = answer.get("aws_address") == "true" if feed == AWS else feed in _values(answer, "intel_feed")
    return [item for name, item in _ITEMS_AT[address] if shows and name == feed and item.bit >= 0]


def _baseline_sight(answers: Sequence[Event]) -> tuple[int | None, str]:
    flags = [str(answer.get("unexpected_action", "")) for answer in answers[:_BASELINE_BITS]]
    if set(flags) == {"learning"}:
        return None, ""
    if not set(flags) <= {"true", "false"}:
        return None, f"the baseline answers {sorted(set(flags))} at once"
    return sum((flag == "false") << bit for bit, flag in enumerate(flags)), ""


def mistakes(lists: Lists, sight: Sight, asked: Sequence[Event], answers: Sequence[Event]) -> list[str]:
    """What in the answers is not as the generations of the sight have it."""
    if len(asked) != len(answers):
        return [f"{len(asked)} events went in and {len(answers)} came out"]
    found = []
    for number, (before, after) in enumerate(zip(asked, answers)):
        expected = {**before, **expected_fields(lists, sight, number)}
        wrong = [name for name, value in expected.items() if after.get(name, "") != value]
        found += [
            f"event {number} ({before['sourceIPAddress']}): {name} is {after.get(name, '')!r}, not {expected[name]!r}"
            for name in wrong
        ]
    return found


def expected_fields(lists: Lists, sight: Sight, number: int) -> Mapping[str, Any]:
    """Our fields on the `number`-th event, as far as they are compared: "" for absent, a list for several values."""
    entries = _entries(lists, sight, ADDRESSES[number])
    in_aws, region = _in_aws(lists, sight, ADDRESSES[number])
    unexpected = _unexpected(sight, number % len(CALLERS))
    return {
        "caller": CALLERS[number % len(CALLERS)],
        "intel_match": "true" if entries else "",
        "intel_feed": _joined(feed for feed, _ in entries),
        "intel_indicator": _joined(item.indicator for _, item in entries),
        "intel_category": _joined(CATEGORY[feed] for feed, _ in entries),
        "intel_confidence": _joined(CONFIDENCE[feed] for feed, _ in entries),
        "intel_description": _descriptions(sight, [feed for feed, _ in entries]),
        "aws_address": in_aws,
        "aws_address_region": region,
        "unexpected_action": unexpected,
        "unexpected_count": "1" if unexpected == "true" else "0",
        "severity": _severity(in_aws, unexpected) if entries else "",
    }


def _entries(lists: Lists, sight: Sight, address: str) -> list[tuple[str, Item]]:
    """The (feed, item) of the lists that have an address, in the order of the feeds' names."""
    at = [(feed, item) for feed, item in _ITEMS_AT[address] if feed != AWS]
    return [
        (feed, item) for feed, item in at if (generation := sight[feed]) is not None and item in lists.listed(feed, generation)
    ]


def _in_aws(lists: Lists, sight: Sight, address: str) -> tuple[str, str]:
    generation = sight[AWS]
    if generation is None:
        return "unknown", ""
    listed = any(feed == AWS and item in lists.listed(AWS, generation) for feed, item in _ITEMS_AT[address])
    return ("true", REGION.format(generation)) if listed else ("false", "")


def _unexpected(sight: Sight, caller: int) -> str:
    generation = sight[BASELINE]
    if generation is None:
        return "learning"
    return "false" if is_usual(generation, caller) else "true"


def _severity(in_aws: str, unexpected: str) -> str:
    if in_aws == "false":
        return "high"
    return "low" if unexpected == "true" else "informational"


def _descriptions(sight: Sight, feeds: Sequence[str]) -> Any:
    """Only beta says something; where several lists match, the others' parts are empty."""
    texts = [note(sight[feed] or 0) if feed == BETA else "" for feed in feeds]
    return "" if not any(texts) else _joined(texts)


def _joined(values: Iterable[str]) -> Any:
    found = list(values)
    return found if len(found) > 1 else "".join(found)


def _values(answer: Event, name: str) -> list[str]:
    value = answer.get(name, [])
    return [value] if isinstance(value, str) else list(value)
