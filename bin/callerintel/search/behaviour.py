"""What was done, in the three properties that are judged and learned: the action, the tool, the region.

In: a `Call`. Out: its `Behaviour`. Which of the three say anything of the caller is decided here once, for judging and
for learning alike, so that the two cannot disagree.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from callerintel.search import user_agent
from callerintel.search.cloudtrail import Call, one_line

# Recorded in us-east-1, or in whichever region was near, wherever the caller is [cloudtrail 6].
_GLOBAL_SERVICES = frozenset(("iam", "organizations", "cloudfront", "route53", "route53domains", "support", "health", "signin"))
# AWS numbers some names: UpdateFunctionCode20150331v2, CreateFunction2020_05_31 [cloudtrail 0.10].
_version_suffix = re.compile(r"(?:\d{8}|\d{4}_\d{2}_\d{2})(?:v\d)?\Z")
_service_suffix = re.compile(r"\.amazonaws\.com(?:\.cn)?\Z")
_REMEMBERED = 50_000


class Behaviour(NamedTuple):
    """The three values as they are shown, "" where the event has none; and those that are judged, "" where they are not."""

    action: str
    user_agent: str
    region: str
    judged_user_agent: str
    judged_region: str

    @property
    def judged(self) -> tuple[str, str, str]:
        """The values to judge and to learn, in the order of `baseline.PROPERTIES`; an action always says something."""
        return self.action, self.judged_user_agent, self.judged_region


class Behaviours:
    """Finds behaviours, and remembers them: a search has few, and few user agents."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, str, str, str], Behaviour] = {}
        self._families: dict[str, str] = {}

    def find(self, call: Call) -> Behaviour:
        """The behaviour of one call."""
        asked = (call.user_agent, call.region, call.event_source, call.event_name)
        found = self._found.get(asked)
        if found is None:
            if len(self._found) >= _REMEMBERED:
                self._found.clear()
            found = self._found[asked] = self._find(*asked)
        return found

    def _find(self, raw_user_agent: str, raw_region: str, event_source: str, event_name: str) -> Behaviour:
        service = _service_suffix.sub("", event_source)
        name = _version_suffix.sub("", event_name)
        region = one_line(raw_region)
        family = self._family(raw_user_agent)
        return Behaviour(
            action=one_line(f"{service}:{name}" if service and name else name),
            user_agent=family,
            region=region,
            judged_user_agent=family if user_agent.is_judged(family) else "",
            judged_region="" if service in _GLOBAL_SERVICES else region,
        )

    def _family(self, raw: str) -> str:
        family = self._families.get(raw)
        if family is None:
            if len(self._families) >= _REMEMBERED:
                self._families.clear()
            family = self._families[raw] = user_agent.find_family(raw)
        return family
