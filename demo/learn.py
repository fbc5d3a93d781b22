"""The baseline, learned from history: what each caller was seen to do, and since when.

In: the fields of annotated events. Out: the lookup caller_baseline.csv. A value is learned where the command says that it is judged (its
`unexpected_*` field is filled), unless the call was denied, was a failed sign-in, was made by a service, or came from a
listed address that nobody allowed: an attacker must not become normal [cloudtrail 9].
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from callerintel.lookups import CALLER_BASELINE
from callerintel.search.baseline import PROPERTIES, baseline_key
from callerintel.search.cloudtrail import parse_time
from callerintel.sorted_csv import sorted_csv_lines
from demo.annotate import Fields, one

# [cloudtrail 7]. Other errors prove that the caller had the right, and are part of what is usual.
is_denial = re.compile(
    r"AccessDenied|AccessDeniedException|.*UnauthorizedOperation|VpceAccessDenied|AuthorizationError|NotAuthorized.*"
    r"|UnauthorizedAccess|InvalidClientTokenId|.*SignatureDoesNotMatch|failure"
).fullmatch
_BY_SERVICES = ("AwsServiceEvent", "AwsCloudTrailInsight")


class Seen(NamedTuple):
    """When a value was seen, UTC epoch seconds, and how often."""

    first: float
    last: float
    count: int


class Learner:
    """Takes annotated events; `events` counts them, `taught` those that taught something."""

    def __init__(self) -> None:
        self.events = 0
        self.taught = 0
        self._seen: dict[tuple[str, str, str], Seen] = {}

    @property
    def values(self) -> int:
        """How many values are known, over all callers."""
        return len(self._seen)

    @property
    def callers(self) -> int:
        """How many callers are known."""
        return len({caller for caller, _, _ in self._seen})

    @property
    def span(self) -> tuple[float, float]:
        """The first and the last moment at which anything was seen; (0, 0) if nothing was."""
        seen = self._seen.values()
        return (min(each.first for each in seen), max(each.last for each in seen)) if seen else (0.0, 0.0)

    def take(self, fields: Fields) -> None:
        """Learn from one event."""
        self.events += 1
        time = parse_time(one(fields, "eventTime"))
        if time is None or not may_teach(fields):
            return
        learned = False
        for prop in PROPERTIES:
            value = one(fields, f"call_{prop}")
            if value and one(fields, f"unexpected_{prop}"):
                key = (one(fields, "caller"), prop, value)
                before = self._seen.get(key, Seen(time, time, 0))
                self._seen[key] = Seen(min(before.first, time), max(before.last, time), before.count + 1)
                learned = True
        self.taught += learned

    def rows(self) -> Iterator[tuple[str, ...]]:
        """The lookup's rows, in its order."""
        keyed = sorted((baseline_key(*key), key) for key in self._seen)
        for text, key in keyed:
            seen = self._seen[key]
            yield (text, *key, f"{seen.first:.0f}", f"{seen.last:.0f}", str(seen.count))

    def write(self, lookups: Path) -> None:
        """Write the lookup into the app's folder."""
        with open(lookups / CALLER_BASELINE.name, "wb") as file:
            file.writelines(sorted_csv_lines(CALLER_BASELINE.columns, self.rows()))


def may_teach(fields: Fields) -> bool:
    """Whether an event shows what is usual for its caller."""
    if is_denial(one(fields, "errorCode")) or one(fields, "userIdentity.type") == "AWSService":
        return False
    if one(fields, "eventType") in _BY_SERVICES or _is_failed_sign_in(fields):
        return False
    return not one(fields, "intel_match") or bool(one(fields, "suppressed_by"))


def _is_failed_sign_in(fields: Fields) -> bool:
    if one(fields, "eventName") != "ConsoleLogin":
        return False
    return one(fields, "responseElements.ConsoleLogin") == "Failure" or one(fields, "errorMessage") not in ("", "null")
