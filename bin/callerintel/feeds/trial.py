"""A list looked at without using it: what format it is in, what would be kept and what rejected, and whether it would be trusted.

In: the settings of a feed. Out: a Trial, and its summary as lines for people. Nothing is written and nothing remembered; the
checks are those of a feed's first run. Shared by `make try-feed`, by the check of a new stanza and by the search command `tryintelfeed`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

from callerintel.address import range_text
from callerintel.errors import FeedError, shown
from callerintel.feeds import trust
from callerintel.feeds.credentials import open_access
from callerintel.feeds.document import Rejected
from callerintel.feeds.feed_config import FeedConfig
from callerintel.feeds.feed_list import read_list, receive
from callerintel.feeds.fetch import Download
from callerintel.feeds.report import Report
from callerintel.feeds.splunkd import Splunkd

SHOWN_LINES = 20
# Nothing arrived that could be looked at; every other reason is a verdict on what arrived.
NOT_HAD = (
    *("configuration", "credential", "not_found", "denied", "rate_limited", "http_status", "network", "tls", "timeout"),
    *("redirect", "endless"),
)


class Trial(NamedTuple):
    """`indicators`: what would be kept, each once, as text, in the order of the list; `reasons`: reason → number of rejected;
    `error`: why the list cannot be had or would be refused, or None."""

    format: str
    indicators: list[str]
    rejected: list[Rejected]
    reasons: dict[str, int]
    error: FeedError | None


def try_list(config: FeedConfig, longest_seconds: int | None = None, splunkd: Splunkd | None = None) -> Trial:
    """Fetch and read a list as its first run would, with the credentials that `splunkd` has, and for at most
    `longest_seconds`. Never raises for what a list or a publisher does."""
    if longest_seconds:
        config = replace(config, timeout_seconds=min(config.timeout_seconds, longest_seconds))
    report = Report(config.name, config.format, config.category)
    try:
        download = Download(access=open_access(config, splunkd) if splunkd else None)
        found = read_list(config, receive(config, {}, download, report), report)
    except FeedError as error:
        return Trial(report.format, [], [], {}, error)
    problem: FeedError | None = None
    try:
        trust.check_list(config, len(found.indicators), found.rejected, found.says, found.listed, trust.Before())
    except FeedError as error:
        problem = error
    indicators = dict.fromkeys(range_text(entry.first, entry.last) for entry in found.indicators)
    return Trial(report.format, list(indicators), found.rejected, report.rejected, problem)


def counts(trial: Trial) -> str:
    """How much of the list would be kept and how much not, in one sentence without a word from the list."""
    reasons = ", ".join(f"{count} {reason}" for reason, count in trial.reasons.items())
    return f"Format {trial.format}: {len(trial.indicators)} kept, {len(trial.rejected)} rejected" + (
        f" ({reasons})." if reasons else "."
    )


def summary_lines(trial: Trial) -> Iterator[str]:
    """The trial for people: the verdict, the format, counts, and the first of the kept and of the rejected."""
    if trial.error is not None:
        verdict = "could not be had" if trial.error.reason in NOT_HAD else "would be refused"
        yield f"The list {verdict} ({trial.error.reason}): {trial.error.detail}"
        if trial.error.reason in NOT_HAD:
            return
    yield counts(trial)
    yield from _shown("Kept", trial.indicators, len(trial.indicators))
    rejected = [
        f"{f'line {entry.line}' if entry.line else 'entry'}: {shown(entry.text)}: {entry.reason}"
        for entry in trial.rejected[:SHOWN_LINES]
    ]
    yield from _shown("Rejected", rejected, len(trial.rejected))


def _shown(title: str, lines: list[str], total: int) -> Iterator[str]:
    if total:
        yield f"{title}:" if total <= SHOWN_LINES else f"{title}, the first {SHOWN_LINES} of {total}:"
    yield from (f"  {line}" for line in lines[:SHOWN_LINES])
