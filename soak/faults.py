"""What goes wrong with an update: a table. Each row says what the publisher, splunkd, the disk or somebody with a signal does, and what must follow.

In: a list's document. Out: the answers that the publisher gives, the settings of that run, and the ends that are right: (status, reason) of the
status event. The kinds are those seen in public [feeds 7] and those of the issue. `weight` is how often a row is drawn.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Sequence
from typing import Callable, NamedTuple

from soak.lists import ALPHA, AWS, BETA, FEEDS, GAMMA
from tests.feeds.server import Answer, gzipped, ok, redirect

NEVER, MUST, MAY = "never", "must", "may"  # whether the generation that is offered gets into place
Ends = frozenset[tuple[str, str]]
Answers = Callable[[bytes], Sequence[Answer]]
TAKEN: Ends = frozenset({("ok", "")})
ANY_END: Ends = frozenset()  # whatever the event says; or no event at all where the process was killed


class Fault(NamedTuple):
    """One kind of trouble. `answers` gets the whole document. `blow`: what happens to the process, after `blow_share` of a usual run:
    "kill", "term", or "full" (from its beginning no file can grow). `rest`: which management port it is told of."""

    name: str
    answers: Answers
    outcome: str = NEVER
    ends: Ends = TAKEN
    feeds: tuple[str, ...] = FEEDS
    settings: tuple[tuple[str, str], ...] = ()
    blow: str = ""
    rest: str = "good"
    weight: int = 2


def whole(document: bytes) -> Sequence[Answer]:
    """The list as it should come."""
    return (ok(document),)


def _ends(status: str, *reasons: str) -> Ends:
    return frozenset((status, reason) for reason in reasons)


def _always(*answers: Answer) -> Answers:
    return lambda document: answers


_HTML = b"<!DOCTYPE html><html><body>Checking your browser before accessing the site.</body></html>\n"
_QUICK = (("timeout_seconds", "1"),)
_TEXTS = (ALPHA, BETA, GAMMA)

FAULTS: tuple[Fault, ...] = (
    Fault("none", whole, MUST, weight=30),
    Fault("gzip", lambda document: (gzipped(document),), MUST, weight=4),
    Fault("500, then the list", lambda document: (Answer(500), ok(document)), MUST),
    Fault("cut, then the list", lambda document: (Answer(200, document, cut=len(document) // 2), ok(document)), MUST),
    Fault("500", _always(Answer(500, b"", {"Retry-After": "0"})), NEVER, _ends("failed", "http_status")),
    Fault("401", _always(Answer(401, b"no")), NEVER, _ends("failed", "denied")),
    Fault("404", _always(Answer(404, b"no")), NEVER, _ends("failed", "not_found")),
    Fault("429", _always(Answer(429, b"", {"Retry-After": "3"})), NEVER, _ends("failed", "rate_limited"), settings=_QUICK),
    Fault("no body", _always(Answer(200, b"", cut=0, length=9)), NEVER, _ends("refused", "truncated")),
    Fault("stalled", lambda document: (Answer(200, document, cut=40, stall=True),), NEVER, _ends("failed", "timeout"), settings=_QUICK),
    Fault("head that drips", _always(Answer(drip=True)), NEVER, _ends("failed", "timeout"), settings=_QUICK),
    Fault("cut", lambda document: (Answer(200, document, cut=len(document) * 2 // 3),), NEVER, _ends("refused", "truncated")),
    Fault(
        "cut in chunks", lambda document: (Answer(200, document, cut=len(document) // 3, chunked=True),), NEVER,
        _ends("refused", "truncated"),
    ),
    Fault("wrong length", lambda document: (Answer(200, document, length=len(document) + 7),), NEVER, _ends("refused", "truncated")),
    Fault("gzip cut", lambda document: (ok(gzip.compress(document)[:-9]),), NEVER, _ends("refused", "truncated")),
    Fault("gzip damaged", lambda document: (ok(gzip.compress(document)[:30] + bytes(50)),), NEVER, _ends("refused", "truncated")),
    Fault("web page", _always(ok(_HTML, Content_Type="text/plain")), NEVER, _ends("refused", "html")),
    Fault("empty", _always(ok(b"")), NEVER, _ends("refused", "empty", "unparsable"), _TEXTS),
    Fault("shrunk", lambda document: (ok(_beginning(document)),), NEVER, _ends("refused", "shrunk"), _TEXTS),
    Fault("no list", _always(ok(b"Try again in 30 minutes.\n")), NEVER, _ends("refused", "unparsable"), _TEXTS),
    Fault("the whole internet", lambda document: (ok(document + b"0.0.0.0/0\n"),), NEVER, _ends("refused", "too_wide"), (ALPHA, GAMMA)),
    Fault("one line of 5 MB", _always(ok(b"7" * 5_000_000)), NEVER, _ends("refused", "unparsable", "empty"), _TEXTS),
    Fault("too large", _always(ok(b"#" * 1_100_000)), NEVER, _ends("failed", "too_large"), _TEXTS, (("max_megabytes", "1"),)),
    Fault("older", lambda document: (ok(_older(document)),), NEVER, _ends("refused", "older"), (AWS,)),
    Fault("JSON cut", lambda document: (ok(document[: len(document) // 2]),), NEVER, _ends("refused", "unparsable"), (AWS,)),
    Fault("redirect loop", _always(redirect("list")), NEVER, _ends("failed", "redirect")),
    Fault("redirect to another port", whole, MUST, feeds=(GAMMA,)),
    Fault("unknown authority", whole, NEVER, _ends("failed", "tls"), (GAMMA,), weight=4),
    Fault("kill -9", whole, MAY, ANY_END, blow="kill", weight=12),
    Fault("SIGTERM", whole, MAY, TAKEN | _ends("failed", "stopped"), blow="term", weight=8),
    Fault("disk full", whole, NEVER, _ends("failed", "publish"), blow="full", weight=5),
    Fault("REST 401", whole, MUST, feeds=(ALPHA, BETA, AWS), rest="401"),
    Fault("REST 503", whole, MUST, feeds=(ALPHA, BETA, AWS), rest="503"),
    Fault("REST late", whole, MUST, rest="late"),
    Fault("REST 503, with a credential", whole, NEVER, _ends("failed", "splunkd", "credential"), (GAMMA,), rest="503"),
)  # fmt: skip


def _beginning(document: bytes) -> bytes:
    """So few lines of a list that it shrank by more than it may."""
    return b"".join(document.splitlines(keepends=True)[:6])


def _older(document: bytes) -> bytes:
    """AWS's file with a serial number that is below all others."""
    return json.dumps({**json.loads(document), "syncToken": "0"}).encode()
