"""The feeds of the demo, each run once through the real modular input.

In: the user's lists, or none for the samples, which a web server on this host serves as a publisher would. Out: what each run
reported. A feed that is refused is no failure of the demo: the input says why, and the other feeds go on.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import unquote, urlsplit

from demo import SAMPLES
from demo.settings import is_url
from tests.splunkd import InputResult, Splunkd, SplunkdError

SCHEME = "intel_feed"
AWS_FEED = "aws_ip_ranges"
_TAKEN = ("catalog",)  # lookups/intel_feed_catalog.csv is no feed
_LONGEST_RUN_SECONDS = 900


class Feed(NamedTuple):
    """One stanza: its name and parameters."""

    name: str
    params: dict[str, str]


class FeedResult(NamedTuple):
    """What a run reported: `status` ok, unchanged, refused or failed; `rejected` counts by reason; a sentence if not ok."""

    name: str
    status: str
    format: str
    kept: int
    rejected: dict[str, int]
    reason: str
    message: str

    @property
    def is_in_use(self) -> bool:
        """Whether its list is in the lookups now."""
        return self.status in ("ok", "unchanged")


def sample_feeds(url: str) -> list[Feed]:
    """The stanzas of the sample lists; `url` is where they are served. Documentation addresses are kept on purpose."""
    return [
        Feed("sample_tor_exits", _sample(f"{url}/tor_exits.txt", "plain", "tor", "90", "Tor exit (sample)")),
        Feed("sample_networks", _sample(f"{url}/networks.txt", "plain", "hijacked", "75", "hijacked network (sample)")),
        sample_aws_ranges(url),
    ]


def sample_aws_ranges(url: str) -> Feed:
    """The stanza of the sample of AWS's ranges."""
    return Feed(AWS_FEED, _sample(f"{url}/ip-ranges.json", "aws", "aws", "0", ""))


def _sample(url: str, format_name: str, category: str, confidence: str, description: str) -> dict[str, str]:
    values = {"category": category, "confidence": confidence, "description": description, "keep_reserved": "true"}
    return {"url": url, "format": format_name, **values}


def user_feeds(lists: Iterable[str], aws_ranges: str) -> list[Feed]:
    """One stanza for each list; its name is made from the list's file name, unlike every other."""
    feeds: list[Feed] = []
    taken = set(_TAKEN)
    for url in lists:
        name = _unused(_name_of(url), taken)
        taken.add(name.lower())
        feeds.append(Feed(name, {"url": url, "format": "auto", **_PLAIN}))
    if aws_ranges:
        feeds.append(Feed(_unused(AWS_FEED, taken), {"url": aws_ranges, "format": "aws", **_PLAIN}))
    return feeds


# All of them, so that nothing comes from a catalogue stanza of the same name.
_PLAIN = {"category": "other", "confidence": "50", "description": "", "keep_reserved": "false"}


def _name_of(url: str) -> str:
    path = unquote(urlsplit(url).path) if is_url(url) else url
    name = path.rstrip("/").rpartition("/")[2] or (urlsplit(url).hostname if is_url(url) else "") or ""
    stem = re.sub(r"\.[A-Za-z]{1,8}$", "", re.sub(r"\.(?:gz|zip)$", "", name, flags=re.IGNORECASE))
    return re.sub(r"[^A-Za-z0-9]+", "_", stem).strip("_")[:58] or "feed"


def _unused(name: str, taken: set[str]) -> str:
    number, unused = 1, name
    while unused.lower() in taken:
        number += 1
        unused = f"{name}_{number}"
    return unused


def run_feeds(splunkd: Splunkd, app: Path, feeds: Iterable[Feed]) -> Iterator[FeedResult]:
    """Runs each feed once and yields what it reported."""
    with splunkd.rest() as rest:
        for feed in feeds:
            process = splunkd.start_input(app, SCHEME, feed.name, feed.params, rest=rest)
            try:
                process.process.wait(_LONGEST_RUN_SECONDS)
            finally:
                process.kill()  # it has ended, unless the user interrupted us or it hangs
            try:
                yield _result(feed, process.wait())
            except SplunkdError as error:
                yield FeedResult(feed.name, "failed", "", 0, {}, "internal", str(error))


def _result(feed: Feed, run: InputResult) -> FeedResult:
    """What the status event of a run says; without one, what the run's log says."""
    says: dict[str, Any] = {}
    for event in run.events:
        if event.sourcetype == "maliciouscaller:feed":
            says = json.loads(event.data)
    if not says:
        last = run.stderr[-1] if run.stderr else f"exit status {run.exit_status}"
        return FeedResult(feed.name, "failed", "", 0, {}, "internal", f"The input ended without a report: {last}")
    return FeedResult(
        feed.name,
        says.get("status", "failed"),
        says.get("format", ""),
        says.get("kept", 0),
        says.get("rejected", {}),
        says.get("reason", ""),
        says.get("message", ""),
    )


@contextmanager
def served_samples() -> Iterator[str]:
    """A web server on this host that serves the sample lists; gives its address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(SAMPLES / "feeds")))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: the demo's output is about feeds, not about requests."""
