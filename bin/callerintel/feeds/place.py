"""Where a feed runs: its folders, the splunkd that started it, and what part this search head plays.

In a search head cluster every member runs every enabled stanza [platform 3.6]: the captain alone works, and what it publishes
goes through splunkd. Who the captain is may change at any time, so each run asks. A splunkd that does not answer is taken for what
it was the last time. Where Splunk starts an input on one member only, that one is to work, captain or not: `run_on` in
maliciouscaller.conf says so, since splunkd does not tell [platform 3.6].
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from callerintel.errors import FeedError
from callerintel.feeds.log import Log
from callerintel.feeds.memory_file import read_memory_file, write_memory_file
from callerintel.feeds.shared_settings import CAPTAIN_ONLY
from callerintel.feeds.splunkd import Splunkd, SplunkdFailure

SINGLE, CAPTAIN, MEMBER = "single", "captain", "member"
_MEMORY_NAME = "search_head.json"


class Place(NamedTuple):
    """The app's `lookups` folder, splunkd's `checkpoints` folder, and splunkd itself; without one, for a trial, all is local.

    `replicator` is the same splunkd where a cluster must be given each lookup; `run_on`: which member is to work; `log`: where each
    step is told.
    """

    lookups: Path
    checkpoints: Path
    splunkd: Splunkd | None = None
    replicator: Splunkd | None = None
    run_on: str = CAPTAIN_ONLY
    log: Log = Log()


def part_played(place: Place) -> str:
    """SINGLE, CAPTAIN or MEMBER. FeedError("splunkd") when a cluster's splunkd does not say which."""
    if place.splunkd is None:
        return SINGLE
    memory = place.checkpoints / _MEMORY_NAME
    try:
        roles = place.splunkd.server_roles()
    except SplunkdFailure as failure:
        if _was_clustered(memory):
            detail = f"This is a search head cluster, and who its captain is cannot be told: {failure}."
            raise FeedError("splunkd", detail) from None
        return SINGLE
    clustered = "shc_member" in roles or "shc_captain" in roles
    if clustered != _was_clustered(memory):
        write_memory_file(memory, {"clustered": clustered})
    if not clustered:
        return SINGLE
    return CAPTAIN if "shc_captain" in roles else MEMBER


def enabled_stanzas(place: Place) -> dict[str, bool] | None:
    """The feeds' stanzas and whether each is enabled; None when splunkd does not say."""
    if place.splunkd is None:
        return None
    try:
        return place.splunkd.feeds()
    except SplunkdFailure:
        return None


def _was_clustered(memory: Path) -> bool:
    return read_memory_file(memory).get("clustered") is True
