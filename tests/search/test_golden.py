"""What the command makes of all public events, against tables that a person has read. See tests/golden/README.md.

`python -m tests.search.test_golden` writes the tables anew.
"""

from __future__ import annotations

import csv
import re
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.splunkd import extract

from .conftest import REPOSITORY, Command
from .test_real_events import SHARED, lines

GOLDEN = REPOSITORY / "tests" / "golden"
pytestmark = pytest.mark.skipif(not SHARED.is_dir(), reason="no copy of the public CloudTrail sets (TA_SHARED_DATA)")


def shape_of(caller: str) -> str:
    """A caller without any name in it: what kind of key it is."""
    if not caller or caller.endswith(".amazonaws.com"):
        return caller or "(none)"
    arn = re.match(r"(arn:[a-z-]*:[a-z]*):[^:]*:[^:]*:([^/]*)(/AWSReservedSSO_[^/]*)?(/.*)?", caller)
    if arn:
        return f"{arn[1]}::#:{arn[2]}" + ("/AWSReservedSSO_*" if arn[3] else "") + ("/*" if arn[4] else "")
    return "/".join("*" for _ in caller.split("/"))


def tables(command: Command) -> dict[str, list[list[str]]]:
    callers: Counter[tuple[str, str, str]] = Counter()
    events: Counter[str] = Counter()
    agents: dict[str, set[str]] = defaultdict(set)

    def take(rows: list[dict[str, object]]) -> None:
        for row in rows:
            callers[
                str(row.get("caller_type", "")),
                shape_of(str(row.get("caller", ""))),
                "address" if row.get("unexpected_action") else "none",
            ] += 1
            family = str(row["call_user_agent"])
            events[family] += 1
            agents[family].add(str(row.get("userAgent", "")))

    fields = ({**extract(raw), "_time": "1"} for raw in lines())
    command.splunkd.search(command.app, "maliciouscaller", (), fields, parse_phase=0, on_events=take)
    return {
        "callers": [["type", "shape", "judged", "events"], *([*key, str(count)] for key, count in sorted(callers.items()))],
        "families": [
            ["family", "events", "agents"],
            *([name, str(events[name]), str(len(agents[name]))] for name in sorted(events)),
        ],
    }


@pytest.mark.parametrize("name", ["callers", "families"])
def test_the_public_events_give_what_a_person_has_read(command: Command, name: str) -> None:
    with open(GOLDEN / f"{name}.csv", encoding="utf-8", newline="") as file:
        expected = list(csv.reader(file))

    found = tables(command)[name]

    assert found == expected, "refresh with: python -m tests.search.test_golden"


def test_every_golden_file_is_described() -> None:
    described = set(re.findall(r"`(\w+\.csv)`", (GOLDEN / "README.md").read_text("utf-8")))

    assert described == {path.name for path in GOLDEN.glob("*.csv")}


def refresh(say: Callable[[str], object] = print) -> None:
    with tempfile.TemporaryDirectory() as home:
        for name, rows in tables(Command(Path(home))).items():
            with open(GOLDEN / f"{name}.csv", "w", encoding="utf-8", newline="") as file:
                csv.writer(file, lineterminator="\n").writerows(rows)
            say(f"{name}: {len(rows) - 1} rows")


if __name__ == "__main__":
    sys.exit(refresh())
