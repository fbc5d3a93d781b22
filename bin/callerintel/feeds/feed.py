"""The life of one feed: fetch, parse, hygiene, trust, write, segments, publish, report.

In: the feed's settings and the two folders it lives in. Out: the report of the run; on disk the new generation of its lookup and
of malicious_ips.csv (or aws_ip_ranges.csv), or the last one untouched. Knows nothing of splunkd: the input, the demo and the
tests call it alike.
"""

from __future__ import annotations

import hashlib
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

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

# Whether the publisher says so → the report's reason and message.
_SAME = {
    True: ("not_modified", "the publisher says that the list is the same as before."),
    False: ("same_content", "the list is the same as before."),
}


class Place(NamedTuple):
    """Where a feed lives: the app's `lookups` folder and splunkd's `checkpoints` folder."""

    lookups: Path
    checkpoints: Path


class FeedList(NamedTuple):
    """A list that was read: its clean indicators, what was rejected, what the publisher says, how many entries it has."""

    indicators: list[Indicator]
    rejected: list[Rejected]
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
        report.unchanged("waiting", "the publisher asked to be left alone for now.")
        return
    current = is_current(config, place, memory, now)
    download = Download(place.checkpoints)
    documents = fetch_documents(config, memory, current, download, report)
    content = content_digest(documents)
    if download.unchanged or (current and content == memory.content):
        memory.conditions = download.conditions or memory.conditions
        report.unchanged(*_SAME[download.unchanged])
        report.format, report.kept, report.publisher_date = memory.format, memory.kept, memory.publisher_date
        return
    found = read_list(config, documents, report)
    check_trust(config, place, memory, found, content)
    with one_writer(place.checkpoints):
        if report.format == "aws":
            write_aws_ranges(place, found, report)
        else:
            write_indicators(config, place, found, int(now), report)
    remember(config, place, memory, found, report)
    memory.content, memory.conditions, memory.written = content, download.conditions, now


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


def fetch_documents(config: FeedConfig, memory: Checkpoint, current: bool, download: Download, report: Report) -> list[Document]:
    """All documents of the feed; none when the publisher says that nothing changed."""
    try:
        documents = list(fetch(config, memory.conditions if current else {}, download))
    finally:  # also when it failed: the report tells how far it came
        report.bytes, report.http_status = download.bytes, download.http_status
        memory.not_before = download.not_before or 0.0
        report.next_try = int(memory.not_before) or None
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


def read_list(config: FeedConfig, documents: Sequence[Document], report: Report) -> FeedList:
    """Parse and clean the documents. Fills the report with the format found and what was kept and rejected, and why."""
    trust.check_body(documents)
    report.format = detect_format(documents[0]) if config.format == AUTO else config.format
    module = FORMATS[report.format]
    says = combined([getattr(module, "says", read_statement)(document) for document in documents])
    report.publisher_date = says.date or max((document.date or 0 for document in documents), default=0) or None
    parsed = [entry for document in documents for entry in module.parse(document, config)]
    report.listed = len(parsed)
    clean = hygiene.clean(parsed, config.keep_reserved)
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


def check_trust(config: FeedConfig, place: Place, memory: Checkpoint, found: FeedList, content: str) -> None:
    """FeedError when the list must not replace the one in place; counts how often one was refused for its shrink."""
    kept = memory.kept if memory.fingerprint == config.fingerprint() else 0
    if not memory.fingerprint:  # no memory, but perhaps a lookup: another member's, or from before a restore
        kept = sum(1 for _ in read_feed_rows(lookup_path(place, config.name, config.format)))
    times = memory.times_refused if memory.refused_content == content else 0
    before = trust.Before(kept, memory.end_mark, memory.serial, times)
    try:
        trust.check_list(config, len(found.indicators), found.rejected, found.says, found.listed, before)
    except FeedError as error:
        if error.reason == "shrunk":
            memory.refused_content, memory.times_refused = content, times + 1
        raise


def write_indicators(config: FeedConfig, place: Place, found: FeedList, now: int, report: Report) -> None:
    """Put the feed's own lookup in place, if its content changed."""
    path = lookup_path(place, config.name, report.format)
    update = update_rows(found.indicators, read_feed_rows(path), config, now)
    report.kept, report.added, report.removed = len(update.rows), update.added, update.removed
    report.duplicates = update.duplicates
    report.message = f"Feed {config.name}: {report.kept} indicators, {update.added} new, {update.removed} gone."
    if update.changed or not path.exists():
        publish(path, feed_lines(config.name, update.rows))
    else:
        report.unchanged("same_content", "the list says the same as before.")


def write_aws_ranges(place: Place, found: FeedList, report: Report) -> None:
    """Put aws_ip_ranges.csv in place, if it changed."""
    published = publish(place.lookups / AWS_IP_RANGES.name, sorted_csv_lines(AWS_IP_RANGES.columns, aws_rows(found.indicators)))
    report.kept = len(found.indicators)
    report_lookup(report, published)
    report.message = f"Feed {report.feed}: {report.kept} prefixes of AWS in {published.rows} ranges."
    if not published.changed:
        report.unchanged("same_content", "AWS's ranges are the same as before.")


def remember(config: FeedConfig, place: Place, memory: Checkpoint, found: FeedList, report: Report) -> None:
    """What the next run must know of this list, which is in place now."""
    memory.fingerprint, memory.format = config.fingerprint(), report.format
    memory.lookup = file_state(lookup_path(place, config.name, report.format)) or []
    memory.kept, memory.publisher_date = report.kept or 0, report.publisher_date
    memory.end_mark, memory.serial = found.says.end_mark, found.says.serial
    memory.refused_content, memory.times_refused = "", 0


def compile_lookups(config: FeedConfig, place: Place, report: Report) -> None:
    """Create what is missing, and make malicious_ips.csv of all feeds' lookups if any of them changed."""
    with one_writer(place.checkpoints):
        create_missing_lookups(place.lookups)
        published = update_generation(place.lookups, place.checkpoints)
    if report.format != "aws":
        report_lookup(report, published)


def report_lookup(report: Report, published: Published) -> None:
    """The size of the compiled lookup, for the report."""
    report.lookup_rows, report.lookup_bytes, report.lookup_changed = published.rows, published.bytes, published.changed


def what_stays(memory: Checkpoint) -> str:
    """The sentence that says what is in use instead of a list that could not be had or trusted."""
    if not memory.written:
        return "No earlier list is in use."
    return f"The list of {time.strftime('%Y-%m-%d %H:%MZ', time.gmtime(memory.written))} stays in use."
