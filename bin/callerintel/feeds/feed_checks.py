"""What is checked when a stanza is saved in Splunk Web or over REST, beyond its settings one by one (`feed_config`).

In: the settings, splunkd. Out: nothing, or an error whose sentence splunkd shows to the administrator. A run checks what matters again,
because stanzas in files are never validated [platform 3.1].

A list is looked at here only where that costs nobody anything: in a file, or on this very host. A publisher is not asked: some
count every request and lock out who asks twice within the half hour [feeds 3], a page of Splunk Web must not wait for a slow
one, and the first run, seconds later, makes the same checks and reports them.
"""

from __future__ import annotations

from callerintel.errors import FeedError, OptionError
from callerintel.feeds.credentials import has_credential
from callerintel.feeds.feed_config import FeedConfig, is_loopback
from callerintel.feeds.publishers import minimum_interval
from callerintel.feeds.schedule import shortest_gap
from callerintel.feeds.splunkd import Splunkd, SplunkdFailure
from callerintel.feeds.trial import counts, try_list
from callerintel.lookups import lookups_folder

LONGEST_LOOK_SECONDS = 10
_CONTENT_REASONS = ("truncated", "html", "tombstone", "empty", "unparsable", "too_wide", "too_large")
HOW_TO_STORE = (
    "Store the secret first, in the realm TA-maliciouscaller: docs/feeds.md says how. The box takes the name, never the secret."
)


def check_interval(config: FeedConfig, interval: str) -> None:
    """OptionError when the schedule asks a publisher more often than the catalogue says it allows."""
    minimum = minimum_interval(lookups_folder(), config.url)
    gap = shortest_gap(interval)
    if minimum and gap is not None and gap < minimum:
        allowed = f"{minimum} seconds or longer, or a cron schedule as slow, because the publisher allows no more (lookup intel_feed_catalog)"
        raise OptionError("interval", interval, allowed)


def check_credentials(config: FeedConfig, splunkd: Splunkd | None) -> None:
    """OptionError when splunkd says that a credential is not there. What was typed is not repeated: it may be the secret."""
    for setting, name in (("credential", config.credential), ("proxy_credential", config.proxy_credential)):
        if name and splunkd:
            try:
                is_there = has_credential(splunkd, name)
            except SplunkdFailure:
                return  # the run will tell
            if not is_there:
                raise OptionError(setting, "(not shown)", f"the name of a stored credential. {HOW_TO_STORE}")


def check_list(config: FeedConfig) -> None:
    """FeedError with the verdict when the list is at hand and would be refused; a list that is not there yet is no error.

    What such a list holds is counted and not shown: a stanza would be a way to read the files of this host.
    """
    if not (config.is_file or is_loopback(config.host)) or config.auth != "none":
        return
    trial = try_list(config, LONGEST_LOOK_SECONDS)
    if trial.error is not None and trial.error.reason in _CONTENT_REASONS:
        reason = trial.error.reason
        raise FeedError(
            reason, f"The list would be refused ({reason}). {counts(trial)} Its lines are on this host and are not shown."
        )
