"""A feed's list, from the publisher to clean indicators: asked for politely, parsed, and cleaned.

In: the feed's settings, and what is remembered of the last list. Out: documents, or a FeedList; what happened on the way is
written into the report. Whether a list may be used is for `trust`; nothing here writes a lookup.
"""

from __future__ import annotations

import hashlib
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from callerintel.errors import FeedError
from callerintel.feeds import hygiene, trust
from callerintel.feeds.checkpoint import Checkpoint
from callerintel.feeds.credentials import open_access
from callerintel.feeds.document import Document, Indicator, Rejected
from callerintel.feeds.feed_config import FeedConfig
from callerintel.feeds.feed_lookup import read_feed_rows
from callerintel.feeds.fetch import Download, fetch
from callerintel.feeds.formats import AUTO, FORMATS, detect_format
from callerintel.feeds.place import Place
from callerintel.feeds.publishers import minimum_interval, turn_with
from callerintel.feeds.report import Report
from callerintel.feeds.statements import Statement, read_statement
from callerintel.lookups import intel_feed_lookup


class FeedList(NamedTuple):
    """A list that was read: its clean indicators, what was rejected, what the publisher says, how many entries it has."""

    indicators: list[Indicator]
    rejected: list[Rejected]
    says: Statement
    listed: int


def ask_publisher(
    config: FeedConfig, place: Place, memory: Checkpoint, current: bool, report: Report
) -> tuple[list[Document], Download] | None:
    """The documents of the feed, none where the publisher says that nothing changed, and what the transfer taught.

    `current`: the lookup in place is of the last list, so that only another one is wanted. None (and the report says so) where it
    is too soon to ask. One feed at a time asks a publisher. FeedError.
    """
    download = Download(place.checkpoints, open_access(config, place.splunkd))
    conditions = memory.conditions if current else {}
    if config.is_file:
        return receive(config, conditions, download, report), download
    minimum = minimum_interval(place.lookups, config.url)
    with turn_with(place.checkpoints, config.url) as turn:
        now = time.time()
        wait = turn.seconds_to_wait(minimum, now)
        if wait > 0:
            report.unchanged("too_soon", f"its publisher may be asked once in {minimum} seconds, and was.")
            report.next_try = int(now + wait)
            return None
        turn.begin(now)
        try:
            return receive(config, conditions, download, report), download
        finally:
            memory.not_before = download.not_before or 0.0
            allowed = now + minimum if minimum and download.http_status else 0
            if download.http_status is None:
                turn.withdraw()
            report.next_try = int(max(memory.not_before, allowed)) or None


def receive(config: FeedConfig, conditions: Mapping[str, str], download: Download, report: Report) -> list[Document]:
    """All documents of the feed, from wherever they come; the report tells how far it came, also when that
    failed. FeedError."""
    try:
        documents = list(fetch(config, conditions, download))
    finally:
        report.bytes, report.http_status = download.bytes, download.http_status
    if not documents and not download.unchanged:
        raise FeedError("empty", "The archive holds no file.")
    return documents


def content_digest(documents: Sequence[Document]) -> str:
    """SHA-256 over the documents' bodies: what "the same content" means."""
    digest = hashlib.sha256()
    for document in documents:
        digest.update(b"%d\n" % len(document.body))
        digest.update(document.body)
    return digest.hexdigest()


def read_list(config: FeedConfig, documents: Sequence[Document], report: Report, lookups: Path | None = None) -> FeedList:
    """Parse and clean the documents. Fills the report with the format found and what was kept and rejected, and why.
    FeedError says why it is no list.

    `lookups` is the folder with what other feeds list, where the settings exclude some of that.
    """
    trust.check_body(documents)
    report.format = detect_format(documents[0]) if config.format == AUTO else config.format
    module = FORMATS[report.format]
    says = combined([getattr(module, "says", read_statement)(document) for document in documents])
    report.publisher_date = says.date or max((document.date or 0 for document in documents), default=0) or None
    parsed = [entry for document in documents for entry in module.parse(document, config)]
    report.listed = len(parsed)
    clean = hygiene.clean(parsed, config.keep_reserved, *_unwanted(config, report.format, lookups))
    report.rejected = dict(sorted(Counter(entry.reason for entry in clean.rejected).items()))
    report.cut = clean.cut
    return FeedList(clean.indicators, clean.rejected, says, len(parsed))


def combined(statements: Sequence[Statement]) -> Statement:
    """What the documents of one feed say together. A count or serial is of one document, so several have none."""
    if len(statements) == 1:
        return statements[0]
    return Statement(
        end_mark=any(said.end_mark for said in statements),
        date=max((said.date for said in statements if said.date is not None), default=None),
        tombstone=next((said.tombstone for said in statements if said.tombstone), ""),
    )


def _unwanted(config: FeedConfig, format_name: str, lookups: Path | None) -> tuple[list[hygiene.Pair], list[hygiene.Pair]]:
    """The team's own networks, and what is excluded. AWS's own ranges accuse nobody and must be complete."""
    if format_name == "aws":
        return [], []
    networks, feeds = config.exclude
    paths = [lookups / intel_feed_lookup(feed).name for feed in feeds] if lookups else []
    listed = [(row.first, row.last) for path in paths for row in read_feed_rows(path)]
    return list(config.own_networks), [*networks, *listed]
