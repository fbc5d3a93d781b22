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


def find_behaviour(call: Call, family: str) -> Behaviour:
    """The behaviour of one call, whose user agent is of that family."""
    service = _service_suffix.sub("", call.event_source)
    name = _version_suffix.sub("", call.event_name)
    region = one_line(call.region)
    return Behaviour(
        action=one_line(f"{service}:{name}" if service and name else name),
        user_agent=family,
        region=region,
        judged_user_agent=family if user_agent.is_judged(family) else "",
        judged_region="" if service in _GLOBAL_SERVICES else region,
    )
