"""The life of one feed: fetch, parse, hygiene, trust, write, segments, publish, report.

In: the feed's settings and the two folders it lives in. Out: the report of the run; on disk the new generation of its lookup and
of malicious_ips.csv (or aws_ip_ranges.csv), or the last one untouched. Knows nothing of splunkd: the input, the demo and the
tests call it alike.
"""

from __future__ import annotations

import hashlib
import time
from collections import Counter
from pathlib import Path
from typing import Iterator, List, NamedTuple, Sequence

from callerintel.errors import FeedError
from callerintel.feeds import hygiene, trust
from callerintel.feeds.aws_ranges import aws_rows
from callerintel.feeds.checkpoint import Checkpoint, checkpoint_path, read_checkpoint, write_checkpoint
from callerintel.feeds.document import Document, Indicator, Rejected
from callerintel.feeds.feed_config import FeedConfig
from callerintel.feeds.feed_lookup import LAST_SEEN_DAYS, feed_lines, read_feed_rows, update_rows
from callerintel.feeds.fetch import Download, fetch
from callerintel.feeds.formats import AUTO, FORMATS, detect_format
from callerintel.feeds.generation import file_state, update_generation
from callerintel.feeds.publish import Published, create_missing_lookups, one_writer, publish
from callerintel.feeds.report import Report
from callerintel.feeds.statements import Statement, read_statement
from callerintel.lookups import AWS_IP_RANGES, intel_feed_lookup
from callerintel.sorted_csv import sorted_csv_lines

LONGEST_WAIT_SECONDS = 7 * 86400


class Place(NamedTuple):
    """Where a feed lives: the app's `lookups` folder and splunkd's `checkpoints` folder."""

    lookups: Path
    checkpoints: Path


class FeedList(NamedTuple):
    """A list that was read: its clean indicators, what was rejected, what the publisher says, how many entries it has."""

    indicators: List[Indicator]
    rejected: List[Rejected]
    says: Statement
    listed: int


def run_feed(config: FeedConfig, place: Place) -> Report:
    """One run of one feed, start to end. Never raises for what a publisher or the disk does: the report says it."""
    started = time.monotonic()
    report = Report(config.name, config.format, config.category)
    memory_path = checkpoint_path(place.checkpoints, config.name)
    memory = read_checkpoint(memory_path)
    try:
        try:
            update_feed(config, place, memory, report)
        finally:  # also when this feed failed: others may have changed
            compile_lookups(config, place, report)
    except FeedError as error:
        report.fail(error, what_stays(memory))
    write_checkpoint(memory_path, memory)
    report.duration_seconds = round(time.monotonic() - started, 3)
    return report


def update_feed(config: FeedConfig, place: Place, memory: Checkpoint, report: Report) -> None:
    """Bring the feed's own lookup up to date. Changes `memory` and `report`; FeedError says why the lookup is as it was."""
    now = time.time()
    if now < memory.not_before <= now + LONGEST_WAIT_SECONDS:
        report.next_try = int(memory.not_before)
        report.unchanged("waiting", f"Feed {config.name}: the publisher asked to be left alone for now.")
        return
    current = is_current(config, place, memory, now)
    documents = fetch_documents(config, memory, current, report)
    content = content_digest(documents)
    if not documents or (current and content == memory.content):
        reason = "same_content" if documents else "not_modified"
        report.unchanged(reason, f"Feed {config.name}: the list is the same as before.")
        report.format, report.kept, report.publisher_date = memory.format, memory.kept, memory.publisher_date
        return
    found = read_list(config, documents, report)
    check_trust(config, place, memory, found, content)
    with one_writer(place.checkpoints):
        if report.format == "aws":
            write_aws_ranges(place, found, report)
        else:
            write_indicators(config, place, found, int(now), report)
    remember(config, place, memory, found, report, content, now)


def is_current(config: FeedConfig, place: Place, memory: Checkpoint, now: float) -> bool:
    """Whether the lookup in place is what the last good run made, with these settings, less than LAST_SEEN_DAYS ago."""
    return (
        memory.fingerprint == config.fingerprint()
        and memory.lookup == file_state(lookup_path(place, config.name, memory.format))
        and 0 <= now - memory.written < LAST_SEEN_DAYS * 86400
    )


def lookup_path(place: Place, feed: str, format_name: str) -> Path:
    """The lookup that a feed of this format fills."""
    return place.lookups / (AWS_IP_RANGES if format_name == "aws" else intel_feed_lookup(feed)).name


def fetch_documents(config: FeedConfig, memory: Checkpoint, current: bool, report: Report) -> List[Document]:
    """All documents of the feed; none when the publisher says that nothing changed."""
    download = Download()
    try:
        documents = list(fetch(config, memory.conditions if current else {}, download))
    finally:
        report.bytes, report.http_status = download.bytes, download.http_status
        memory.not_before = download.not_before or 0.0
        report.next_try = int(memory.not_before) or None
    if not download.unchanged:
        # Of no use before the list they belong to is in place; `remember` sets fingerprint and content last.
        memory.conditions = download.conditions if current else {}
        report_conditions[id(memory)] = download.conditions
    return documents
