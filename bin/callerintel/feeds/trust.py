"""Whether a new list may replace the old one. A publisher's bad day must not cost anybody a lookup [feeds 1, 7].

In: what was found in the documents, and what is remembered of the last good list. Out: nothing, or a FeedError whose reason
says why the list is refused. What the publisher says (a count, an end mark, a serial number) decides before our thresholds do.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from callerintel.errors import FeedError, shown
from callerintel.feeds.document import FAULTS, Document, Rejected, document_text
from callerintel.feeds.feed_config import FeedConfig
from callerintel.feeds.formats import is_recognised
from callerintel.feeds.statements import Statement, read_statement

MOST_FAULTY_SHARE = 0.5
_WEB_PAGES = ("<!doctype html", "<html")
TIMES_SERVED = 3  # a shrink that is served this often, unchanged, is the new truth [feeds 1.1]


class Before(NamedTuple):
    """What is remembered of the last good list. `times_refused`: how often this very content was refused for its shrink."""

    kept: int = 0
    end_mark: bool = False
    serial: int | None = None
    times_refused: int = 0


def check_body(documents: Sequence[Document]) -> None:
    """Refuse a web page, by FeedError("html"): the body decides, never the Content-Type [feeds 1.5]."""
    for document in documents:
        # What begins like markup, but is in none of the formats that are, is somebody's page or error message.
        start = Document(document.body[:4096], document.name)
        head = document_text(start).lstrip()
        if head.startswith("<") and not is_recognised(head):
            over = read_statement(start).tombstone
            if over and not head.lower().startswith(_WEB_PAGES):
                raise FeedError("tombstone", f"The publisher says that the list is over: {shown(over)}.")
            raise FeedError("html", f"It is a web page, not a list: it begins {shown(head[:80])}.")


def check_list(config: FeedConfig, kept: int, rejected: Sequence[Rejected], says: Statement, listed: int, before: Before) -> None:
    """Refuse a list that cannot be the whole new list, by FeedError. `kept` entries were found good of `listed`."""
    if kept == 0 and says.tombstone:
        raise FeedError("tombstone", f"The publisher says that the list is over: {shown(says.tombstone)}.")
    _check_faults(rejected, listed)
    if says.serial is not None and before.serial is not None and says.serial < before.serial:
        raise FeedError("older", f"Its serial number {says.serial} is older than {before.serial}, which is in use.")
    if says.entries is not None and says.entries != listed:
        raise FeedError("truncated", f"The publisher counts {says.entries} entries, but there are {listed}.")
    if before.end_mark and not says.end_mark:
        raise FeedError("truncated", "The line with which the list has ended so far is missing.")
    if kept < config.min_entries:
        raise FeedError("empty", f"It has {kept} usable entries; min_entries is {config.min_entries}.")
    if says.entries is None:  # a list that is complete by the publisher's own count may shrink as it likes
        _check_shrink(config, kept, before)


def _check_faults(rejected: Iterable[Rejected], listed: int) -> None:
    faulty = [line for line in rejected if line.reason in FAULTS]
    if listed and len(faulty) > MOST_FAULTY_SHARE * listed:
        example = f"line {faulty[0].line} is {shown(faulty[0].text[:80])}"
        raise FeedError("unparsable", f"{len(faulty)} of its {listed} lines are no indicators; {example}.")


def _check_shrink(config: FeedConfig, kept: int, before: Before) -> None:
    least = before.kept * (100 - config.max_shrink) / 100
    if kept < least and before.times_refused + 1 < TIMES_SERVED:
        detail = f"It shrank from {before.kept} to {kept} entries, by more than max_shrink = {config.max_shrink} percent."
        raise FeedError("shrunk", detail)
