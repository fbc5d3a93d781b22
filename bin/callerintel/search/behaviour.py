"""What was done, in the three properties that are judged and learned: the action, the tool, the region.

In: the parts of an event that say it. Out: a `Behaviour`. Which of the three say anything of the caller is decided here once, for judging and
for learning alike, so that the two cannot disagree.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from callerintel.search import user_agent
from callerintel.search.cloudtrail import one_line

# Recorded in us-east-1, or in whichever region was near, wherever the caller is [cloudtrail 6].
_GLOBAL_SERVICES = frozenset(("iam", "organizations", "cloudfront", "route53", "route53domains", "support", "health", "signin"))
# AWS numbers some names: UpdateFunctionCode20150331v2, CreateFunction2020_05_31 [cloudtrail 0.10].
_VERSION = r"(?:\d{8}|\d{4}_\d{2}_\d{2})(?:v\d)?\Z"
_DOMAINS = (".amazonaws.com", ".amazonaws.com.cn")


class Action(NamedTuple):
    """`service:Operation`; `is_global` where its region says nothing of the caller."""

    text: str
    is_global: bool


class Agent(NamedTuple):
    """A user agent's family; `is_judged` where it says anything of the caller."""

    family: str
    is_judged: bool


class Behaviour(NamedTuple):
    """What a call did: `region` as the event has it, in one line."""

    action: Action
    agent: Agent
    region: str

    @property
    def shown(self) -> tuple[str, str, str]:
        """The values as they are shown, in the order of `baseline.PROPERTIES`, "" where the event has none."""
        return self.action.text, self.agent.family, self.region

    @property
    def judged(self) -> tuple[str, str, str]:
        """The values to judge and to learn, "" for one that says nothing of the caller; an action always does."""
        return (
            self.action.text,
            self.agent.family if self.agent.is_judged else "",
            "" if self.action.is_global else self.region,
        )


def find_action(event_source: str, event_name: str) -> Action:
    """The action of a call, without AWS's domain and the version in its name."""
    domain = next(filter(event_source.endswith, _DOMAINS), "")
    service = event_source.removesuffix(domain)
    name = re.sub(_VERSION, "", event_name) if event_name[-1:].isdigit() else event_name
    return Action(one_line(f"{service}:{name}" if service and name else name), service in _GLOBAL_SERVICES)


def find_agent(raw: str) -> Agent:
    """The agent of a call, given its userAgent."""
    family = user_agent.find_family(raw)
    return Agent(family, user_agent.is_judged(family))


def find_region(raw: str) -> str:
    """The region of a call, given its awsRegion."""
    return one_line(raw)
