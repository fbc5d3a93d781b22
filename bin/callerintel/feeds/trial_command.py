"""The search command `| tryintelfeed url="..." [setting="..."]`: a list looked at before it is a feed, for the set-up page.

In: one execute request of splunkd's chunked protocol [platform 1.2]; settings of a feed as in inputs.conf.spec, percent-encoded, so that
none needs quoting. Out: rows of COLUMNS: a verdict, the format, counts, the first kept and rejected entries. Nothing is stored.

It makes this search head ask another host, so it asks splunkd what the searching user may do, and refuses where that does not include
feeds or cannot be told; metadata/default.meta hides it from everybody else anyway. A search string lands in the audit log, so a credential
is only ever named. What a file, or a service of this very host, holds is not shown: that would be a way to read files. All limits are those of a run.
A generating command of the type `stateful` runs on the search head alone [platform 1.4]; the knowledge bundle does not carry it.
"""

from __future__ import annotations

import csv
import io
import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, BinaryIO
from urllib.parse import unquote

from callerintel.errors import CallerIntelError, FeedError, OptionError, shown
from callerintel.feeds.arguments import ARGUMENTS
from callerintel.feeds.feed_config import FeedConfig, is_loopback, read_feed_config
from callerintel.feeds.publishers import minimum_interval
from callerintel.feeds.shared_settings import read_shared_settings
from callerintel.feeds.splunkd import Splunkd, SplunkdFailure, open_splunkd
from callerintel.feeds.trial import NOT_HAD, SHOWN_LINES, Trial, try_list
from callerintel.frames import be_quiet, read_frame, write_frame
from callerintel.lookups import lookups_folder

COLUMNS = ("part", "count", "line", "text", "reason")
CAPABILITIES = ("edit_modinput_intel_feed", "admin_all_objects")  # either lets a user make the feed that is tried
LONGEST_SECONDS = 120
_NAME = "name"
_SETTINGS = (_NAME, *(argument.name for argument in ARGUMENTS))

Row = Mapping[str, object]


def try_feed(words: Sequence[str], splunkd: Splunkd | None) -> list[Row]:
    """The rows for the settings in `words` (`name=value`). CallerIntelError says why nothing was fetched."""
    _check_permission(splunkd)
    config = read_config(words, splunkd)
    return list(rows_of(config, try_list(config, LONGEST_SECONDS, splunkd)))


def read_config(words: Sequence[str], splunkd: Splunkd | None) -> FeedConfig:
    """The settings, completed by those for all feeds, as at a run. OptionError."""
    given: dict[str, str] = {}
    for word in words:
        name, equals, value = word.partition("=")
        if not equals or name not in _SETTINGS:
            raise OptionError(name, value, f"settings of a feed: {', '.join(_SETTINGS)}")
        given[name] = unquote(value)
    return read_feed_config(given.pop(_NAME, "") or "trial", read_shared_settings(splunkd).for_feed(given))


def rows_of(config: FeedConfig, trial: Trial) -> Iterator[Row]:
    """A trial as rows. part: verdict, note, format, kept, rejected, reason, kept_entry, rejected_entry."""
    is_here = config.is_file or is_loopback(config.host)
    yield {"part": "verdict", "text": _verdict(trial, is_here), "reason": trial.error.reason if trial.error else ""}
    seconds = minimum_interval(lookups_folder(), config.url)
    if seconds:
        yield {"part": "note", "text": f"Its publisher may be asked once in {seconds} seconds. It was asked just now."}
    if trial.error is not None and trial.error.reason in NOT_HAD:
        return
    yield {"part": "format", "text": trial.format}
    yield {"part": "kept", "count": len(trial.indicators)}
    yield {"part": "rejected", "count": len(trial.rejected)}
    yield from ({"part": "reason", "reason": reason, "count": count} for reason, count in trial.reasons.items())
    yield from ({"part": "kept_entry", "text": text} for text in trial.indicators[:SHOWN_LINES])
    for entry in trial.rejected[:SHOWN_LINES]:
        text = "(not shown: it is on this host)" if is_here else shown(entry.text)
        yield {"part": "rejected_entry", "line": entry.line or "", "text": text, "reason": entry.reason}


def _verdict(trial: Trial, is_here: bool) -> str:
    if trial.error is None:
        return "The list would be accepted."
    if trial.error.reason in NOT_HAD:
        return f"The list could not be had: {trial.error.detail}"
    # The sentence of a refusal quotes the list.
    return f"The list would be refused ({trial.error.reason})" + ("." if is_here else f": {trial.error.detail}")


def _check_permission(splunkd: Splunkd | None) -> None:
    """FeedError unless splunkd says that the searching user may make feeds."""
    try:
        found = splunkd.capabilities() if splunkd else None
    except SplunkdFailure:
        found = None
    if found is None:
        raise FeedError("splunkd", "Splunk did not say what you may do, so nothing was fetched. Try again.")
    if not found.intersection(CAPABILITIES):
        needs = " or ".join(CAPABILITIES)
        raise FeedError(
            "configuration", f"Trying a feed makes this search head ask other hosts, which you may not: it needs {needs}."
        )


def converse(requests: BinaryIO, replies: BinaryIO) -> None:
    """Answer splunkd: getinfo with what kind of command this is, each time that it asks; execute with the rows, once."""
    info: Mapping[str, Any] = {}
    while True:
        frame = read_frame(requests)
        if frame is None:
            return
        if frame.metadata.get("action") == "getinfo":
            info = frame.metadata.get("searchinfo") or {}
            write_frame(replies, {"type": "stateful", "generating": True}, b"")
            continue
        splunkd = open_splunkd(info.get("splunkd_uri"), info.get("session_key"))
        metadata, rows = _answer(info.get("args") or [], splunkd)
        write_frame(replies, metadata, _written(rows))
        return


def _answer(words: Sequence[str], splunkd: Splunkd | None) -> tuple[Mapping[str, Any], Sequence[Row]]:
    try:
        return {"finished": True}, try_feed(words, splunkd)
    except CallerIntelError as error:
        return {"finished": True, "error": " ".join(str(error).split())}, []
    except Exception as error:  # the entry point; not the error's own text, which could hold what a publisher wrote
        return {"finished": True, "error": f"The add-on failed ({type(error).__name__}); nothing was stored."}, []


def _written(rows: Sequence[Row]) -> bytes:
    body = io.StringIO(newline="")
    if rows:
        writer = csv.DictWriter(body, COLUMNS, restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return body.getvalue().encode("utf-8", "replace")


def main() -> int:
    """The whole life of one process of the command."""
    try:
        converse(sys.stdin.buffer, sys.stdout.buffer)
    except (BrokenPipeError, ConnectionResetError):
        be_quiet()  # the search was cancelled
    return 0
