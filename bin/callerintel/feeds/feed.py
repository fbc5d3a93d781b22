"""The life of one feed: fetch, parse, hygiene, trust, write, segments, publish, report.

In: the feed's settings and the place it lives in. Out: the report of the run; on disk the new generation of its lookup and
of malicious_ips.csv (or aws_ip_ranges.csv), or the last one untouched. splunkd is asked only through the place; trials and tests
have none and call it alike.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path

from callerintel.errors import FeedError
from callerintel.feeds import trust
from callerintel.feeds.aws_ranges import aws_rows
from callerintel.feeds.checkpoint import Checkpoint, checkpoint_path, read_checkpoint, write_checkpoint
from callerintel.feeds.feed_config import FeedConfig
from callerintel.feeds.feed_list import FeedList, ask_publisher, content_digest, read_list
from callerintel.feeds.feed_lookup import DAY, LAST_SEEN_DAYS, feed_lines, read_feed_rows, update_rows
from callerintel.feeds.generation import file_state, note_stanza, update_generation, without_garbage_collection
from callerintel.feeds.place import MEMBER, SINGLE, Place, enabled_stanzas, part_played
from callerintel.feeds.publish import Published, create_missing_lookups, one_writer, publish
from callerintel.feeds.report import Report
from callerintel.feeds.shared_settings import CAPTAIN_ONLY
from callerintel.feeds.well_known import count_inside
from callerintel.lookups import AWS_IP_RANGES, intel_feed_lookup
from callerintel.sorted_csv import sorted_csv_lines

LONGEST_WAIT_SECONDS = 7 * DAY

# Whether the publisher says so → the report's reason and message.
_SAME = {
    True: ("not_modified", "the publisher says that the list is the same as before."),
    False: ("same_content", "the list is the same as before."),
}
_NOT_CAPTAIN = (
    "this search head is not the cluster's captain, which runs the feeds for all. If every run says so, set run_on = any_member"
    " in maliciouscaller.conf."
)
_NOT_SAID = "Splunk did not say which feeds are enabled: the indicators of all stay until it does."


def run_feed(config: FeedConfig, place: Place) -> Report:
    """One run of one feed, start to end. Never raises for what a publisher or the disk does: the report says it."""
    started = time.monotonic()
    report = Report(config.name, config.format, config.category)
    memory_path = checkpoint_path(place.checkpoints, config.name)
    memory = read_checkpoint(memory_path)
    try:
        with without_garbage_collection():
            play_part(config, place, memory, report)
    except FeedError as error:
        report.fail(error, what_stays(memory))
    report.judge_age(memory.publisher_date, config.stale_days, time.time())
    write_checkpoint(memory_path, memory)
    report.duration_seconds = round(time.monotonic() - started, 3)
    return report


def play_part(config: FeedConfig, place: Place, memory: Checkpoint, report: Report) -> None:
    """The run on a single search head, or on the member of a cluster that is to work; others only take note. FeedError."""
    part, stanzas = part_played(place), enabled_stanzas(place)
    if part == MEMBER and place.run_on == CAPTAIN_ONLY:
        note_stanza(place.checkpoints, config.name, stanzas)
        report.unchanged("not_captain", _NOT_CAPTAIN)
        return
    report.note = _NOT_SAID if place.splunkd and stanzas is None else ""
    place = place._replace(replicator=place.splunkd if part != SINGLE else None)
    try:
        update_feed(config, place, memory, report)
    finally:  # also when this feed failed: others may have changed
        compile_lookups(config, place, stanzas, report)


def update_feed(config: FeedConfig, place: Place, memory: Checkpoint, report: Report) -> None:
    """Bring the feed's own lookup up to date. Changes `memory` and `report`; FeedError says why the lookup is as it was."""
    now = time.time()
    if memory.written:
        report.format, report.kept, report.publisher_date = memory.format, memory.rows, memory.publisher_date
    if now < memory.not_before <= now + LONGEST_WAIT_SECONDS:
        report.next_try = int(memory.not_before)
        report.unchanged("waiting", "the publisher asked to be left alone for now.")
        return
    current = is_current(config, place, memory, now)
    asked = ask_publisher(config, place, memory, current, report)
    if asked is None:
        return
    documents, download = asked
    place.log.debug("fetched", documents=len(documents), bytes=download.bytes, http_status=download.http_status)
    content = content_digest(documents)
    if download.unchanged or (current and content == memory.content):
        memory.conditions, memory.served = download.conditions or memory.conditions, now
        report.unchanged(*_SAME[download.unchanged])
        return
    found = read_list(config, documents, report, place.lookups)
    place.log.debug(
        "parsed", format=report.format, listed=found.listed, clean=len(found.indicators), rejected=len(found.rejected)
    )
    check_trust(config, place, memory, found, content)
    with one_writer(place.checkpoints):
        if report.format == "aws":
            write_aws_ranges(place, memory, found, report)
        else:
            write_indicators(config, place, memory, found, int(now), report)
    remember(config, place, memory, found, report)
    memory.content, memory.conditions, memory.written, memory.served = content, download.conditions, now, now


def is_current(config: FeedConfig, place: Place, memory: Checkpoint, now: float) -> bool:
    """Whether the lookup in place is what the last good run made, with these settings, less than LAST_SEEN_DAYS
    before `now` (epoch seconds), and nothing in it has expired since."""
    return (
        memory.fingerprint == config.fingerprint()
        and memory.lookup == file_state(lookup_path(place, config.name, memory.format))
        and 0 <= now - memory.written < LAST_SEEN_DAYS * DAY
        and not 0 < memory.expires <= now
    )


def lookup_path(place: Place, feed: str, format_name: str) -> Path:
    """The lookup that a feed of this format fills."""
    return place.lookups / (AWS_IP_RANGES if format_name == "aws" else intel_feed_lookup(feed)).name


def check_trust(config: FeedConfig, place: Place, memory: Checkpoint, found: FeedList, content: str) -> None:
    """FeedError when the list must not replace the one in place; counts how often one was refused for its shrink."""
    kept = memory.kept if memory.fingerprint == config.fingerprint() else 0
    if not memory.fingerprint:  # no memory, but perhaps a lookup: another member's, or from before a restore
        kept = sum(not row.left for row in read_feed_rows(lookup_path(place, config.name, config.format)))
    times = memory.times_refused if memory.refused_content == content else 0
    before = trust.Before(kept, memory.end_mark, memory.serial, times)
    try:
        trust.check_list(config, len(found.indicators), found.rejected, found.says, found.listed, before)
    except FeedError as error:
        if error.reason == "shrunk":
            memory.refused_content, memory.times_refused = content, times + 1
        raise


def write_indicators(config: FeedConfig, place: Place, memory: Checkpoint, found: FeedList, now: int, report: Report) -> None:
    """Put the feed's own lookup in place, if its content changed; `now` in epoch seconds. FeedError."""
    path = lookup_path(place, config.name, report.format)
    update = update_rows(found.indicators, read_feed_rows(path), config, now, int(memory.served))
    report.inside = count_inside(found.indicators, place.lookups)
    if update.changed or not path.exists():
        publish(path, feed_lines(config.name, update.rows), place.replicator)
        report.message = f"Feed {config.name}: {len(update.rows)} indicators, {update.added} new, {update.removed} gone."
    else:
        report.unchanged("same_content", "the list says the same as before.")
    report.kept, report.added, report.removed = len(update.rows), update.added, update.removed
    report.duplicates, report.expired, report.unlisted = update.duplicates, update.expired, update.unlisted
    memory.rows, memory.kept = len(update.rows), len(update.rows) - update.unlisted
    first_left = min((row.left for row in update.rows if row.left), default=0)
    ends = [first_left + config.expire_days * DAY] if first_left else []
    ends += [indicator.valid_until for indicator in found.indicators if indicator.valid_until is not None]
    memory.expires = float(min(ends, default=0))


def write_aws_ranges(place: Place, memory: Checkpoint, found: FeedList, report: Report) -> None:
    """Put aws_ip_ranges.csv in place, if it changed. FeedError("publish")."""
    lines = sorted_csv_lines(AWS_IP_RANGES.columns, aws_rows(found.indicators))
    published = publish(place.lookups / AWS_IP_RANGES.name, lines, place.replicator)
    report.kept = memory.rows = memory.kept = len(found.indicators)
    memory.expires = 0.0
    report_lookup(report, published)
    report.message = f"Feed {report.feed}: {report.kept} prefixes of AWS in {published.rows} ranges."
    if not published.changed:
        report.unchanged("same_content", "AWS's ranges are the same as before.")


def remember(config: FeedConfig, place: Place, memory: Checkpoint, found: FeedList, report: Report) -> None:
    """What the next run must know of this list, which is in place now."""
    memory.fingerprint, memory.format = config.fingerprint(), report.format
    memory.lookup = file_state(lookup_path(place, config.name, report.format)) or []
    memory.publisher_date = report.publisher_date
    memory.end_mark, memory.serial = found.says.end_mark, found.says.serial
    memory.refused_content, memory.times_refused = "", 0


def compile_lookups(config: FeedConfig, place: Place, stanzas: Mapping[str, bool] | None, report: Report) -> None:
    """Create what is missing, and make malicious_ips.csv of all feeds' lookups if any of them changed, came or left. FeedError."""
    with one_writer(place.checkpoints):
        create_missing_lookups(place.lookups, place.replicator)
        generation = update_generation(place.lookups, place.checkpoints, config.name, stanzas, place.replicator)
    published = generation.published
    place.log.debug("compiled", lookup_rows=published.rows, lookup_bytes=published.bytes, changed=published.changed)
    report.generation, report.left = published.digest, generation.left
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
