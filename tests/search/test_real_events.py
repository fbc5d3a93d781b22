"""Real CloudTrail events, where a copy of the public sets is at hand: they pass unchanged, and both ways of reading agree."""

from __future__ import annotations

import gzip
import ipaddress
import json
import os
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest

from callerintel.search.fields import FIELDS
from tests.splunkd import extract

from .conftest import REPOSITORY, Command

SHARED = Path(os.environ.get("TA_SHARED_DATA", REPOSITORY.parent / "shared" / "data")) / "cloudtrail"
pytestmark = pytest.mark.skipif(not SHARED.is_dir(), reason="no copy of the public CloudTrail sets (TA_SHARED_DATA)")


def lines() -> Iterator[str]:
    for path in sorted(SHARED.glob("*.ndjson*")):
        opener = gzip.open if path.suffix == ".gz" else open
        with opener(path, "rt", encoding="utf-8") as file:
            yield from (line.rstrip("\n") for line in file if line.strip())


@lru_cache(maxsize=1)
def raws() -> tuple[str, ...]:
    """Every event but the 9 in 10 service calls of the one set that is nearly all service calls."""
    return tuple(raw for n, raw in enumerate(lines()) if '"type":"AWSService"' not in raw or n % 10 == 0)


def addresses(raw: str) -> Iterator[str]:
    text = json.loads(raw).get("sourceIPAddress")
    for part in str(text).split(","):
        try:
            yield str(ipaddress.ip_address(part.strip()))
        except ValueError:
            continue


@pytest.fixture
def prepared(command: Command) -> Command:
    """A third of the addresses listed, a third in AWS, and a baseline that knows two thirds of all values."""
    seen = sorted({address for raw in raws() for address in addresses(raw)})
    command.listed(
        *(
            (f"{address}/{128 if ':' in address else 32}", f"feed{n % 3}", "c2", "90")
            for n, address in enumerate(seen)
            if n % 3 == 0
        )
    )
    command.aws(
        *((f"{address}/{128 if ':' in address else 32}", "EC2", "eu-west-1") for n, address in enumerate(seen) if n % 2 == 0)
    )
    first = command.judge(*({"_raw": raw} for raw in raws()), arguments=["raw=true"])
    properties = {"action": "call_action", "user_agent": "call_user_agent", "region": "call_region"}
    known = {
        (one["caller"], prop, one[field], 0)
        for one in first
        for prop, field in properties.items()
        if "caller" in one and field in one and len(one[field]) % 3
    }
    command.usual(*known)
    return command


def test_extracted_fields_and_raw_alone_give_the_same_verdicts(prepared: Command) -> None:
    from_fields = prepared.search(({**extract(raw), "_time": "1"} for raw in raws()), record=False).events
    from_raw = prepared.search(({"_raw": raw, "_time": "1"} for raw in raws()), "raw=true", record=False).events

    assert len(from_fields) == len(from_raw) == len(raws())
    for raw, one, other in zip(raws(), from_fields, from_raw):
        verdicts = [{name: each[name] for name in FIELDS if name in each} for each in (one, other)]

        assert verdicts[0] == verdicts[1], raw[:500]
    severities = {one.get("severity") for one in from_raw}
    assert severities == {None, "informational", "low", "high"}


def test_events_pass_unchanged(prepared: Command) -> None:
    """With all fields sent, as after a reporting command, for a sample with every odd shape in it."""
    odd = [
        line
        for name in ("awkward", "fivexl", "plaso", "mozdef")
        for line in (SHARED / f"{name}.ndjson").read_text("utf-8").splitlines()
    ]
    events: list[dict[str, Any]] = [{**extract(raw), "_raw": raw, "_time": "1"} for raw in odd]

    result = prepared.search(events, selected=False)

    assert result.error is None
    for before, after in zip(events, result.events):
        present = {name: value for name, value in before.items() if value not in ("", [])}
        assert {name: after.get(name) for name in present} == present
