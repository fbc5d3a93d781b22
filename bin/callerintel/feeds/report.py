"""The status event: what one run of a feed did, as one JSON object of sourcetype maliciouscaller:feed.

The field list is public: the feeds page, the alerts on stale feeds and people's own searches read it. Fields are added, never
renamed. Times are epoch seconds. A field that does not apply to a run is left out.

    feed, format, category     the stanza's name; the format found or given; the category
    status                     ok: a new list is in place · unchanged: the one in place is still right
                               refused: a list came and was not trusted · failed: none came, or it could not be written
    reason, message            why, unless ok: one of errors.FEED_REASONS (refused, failed) or UNCHANGED_REASONS; a sentence
    listed, kept               entries in the list; indicators in the feed's lookup now
    duplicates, cut            entries listed more than once; networks cut at the border of reserved space
    added, removed             indicators that came and went
    expired                    those of the removed whose expire_days were over
    unlisted                   indicators that are kept although they are listed no longer (expire_days)
    inside                     object: aws, public_dns, cloudflare, github, google, azure → number of indicators in their networks
    rejected                   object: reason (document.REJECT_REASONS) → number of lines or entries
    publisher_date             when the publisher says the content was made
    stale                      whether the content in use is older than stale_days by that date
    bytes, http_status         as transferred; the last answer
    duration_seconds           of the whole run
    lookup_rows, lookup_bytes  of malicious_ips.csv (of aws_ip_ranges.csv for the format aws)
    lookup_changed             whether this run put a new malicious_ips.csv or aws_ip_ranges.csv in place
    generation                 the first digits of the SHA-256 of malicious_ips.csv: the same content has the same
    left                       feeds whose indicators are no part of it because they were disabled or removed
    note                       what else should be known of the run
    next_try                   before this time the publisher is not asked again
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field, fields

from callerintel.errors import FeedError

SOURCETYPE = "maliciouscaller:feed"
UNCHANGED_REASONS: tuple[str, ...] = (
    "not_modified",  # the publisher says so (304)
    "same_content",  # the same documents, or the same indicators in them
    "waiting",  # the publisher asked not to be asked yet
    "too_soon",  # the publisher may not be asked so often
    "not_captain",  # another member of the search head cluster runs the feeds
)
_ADVICE = {
    "not_found": "Check the feed's List setting; the publisher may have moved or ended the list.",
    "denied": "Check whether the publisher wants a key, or has blocked this host for asking too often.",
    "rate_limited": "Give the feed a longer interval.",
    "credential": "Store it as docs/feeds.md says, or correct the feed's Credential setting.",
    "splunkd": "It is tried again at the next run.",
    "tls": "Check the publisher's certificate; ca_bundle names the authorities of a private one.",
    "network": "Check that this host can reach the publisher, and through which proxy.",
    "timeout": "It is tried again at the next run; raise timeout_seconds if the list is that large.",
    "too_large": "If the list is meant to be that large, raise that limit.",
    "tombstone": "Disable the feed or choose its successor.",
    "empty": "Set min_entries to 0 if the list may be empty.",
    "unparsable": "Check the feed's Format setting and the list itself.",
    "shrunk": "It is accepted once it was served three times; raise max_shrink to accept it now.",
    "internal": "Please report this, with the line in splunkd.log.",
}
_REFUSALS = frozenset(("truncated", "html", "tombstone", "empty", "unparsable", "too_wide", "shrunk", "older"))


@dataclass
class Report:
    """One run's status event in the making; the fields are the event's."""

    feed: str
    format: str = ""
    category: str = ""
    status: str = "ok"
    reason: str = ""
    message: str = ""
    listed: int | None = None
    kept: int | None = None
    duplicates: int | None = None
    cut: int | None = None
    added: int | None = None
    removed: int | None = None
    expired: int | None = None
    unlisted: int | None = None
    rejected: dict[str, int] = field(default_factory=dict)
    inside: dict[str, int] = field(default_factory=dict)
    publisher_date: int | None = None
    stale: bool | None = None
    bytes: int | None = None
    http_status: int | None = None
    duration_seconds: float = 0.0
    lookup_rows: int | None = None
    lookup_bytes: int | None = None
    lookup_changed: bool | None = None
    generation: str = ""
    left: list[str] = field(default_factory=list)
    next_try: int | None = None
    note: str = ""

    def unchanged(self, reason: str, message: str) -> None:
        """The list in place is still right."""
        assert reason in UNCHANGED_REASONS, reason
        self.status, self.reason, self.message = "unchanged", reason, f"Feed {self.feed}: {message}"

    def fail(self, error: FeedError, what_stays: str) -> None:
        """The list could not be had or trusted; `what_stays` says what is in use instead."""
        self.status = "refused" if error.reason in _REFUSALS else "failed"
        self.reason = error.reason
        advice = _ADVICE.get(error.reason, "It is tried again at the next run.")
        self.message = f"Feed {self.feed}: {error.detail} {what_stays} {advice}"

    def judge_age(self, publisher_date: int | None, stale_days: int, now: float) -> None:
        """Whether the content in use is stale, however well its download works [feeds 1.4]."""
        if publisher_date is None or not stale_days or self.reason == "not_captain":
            return
        days = (now - publisher_date) / 86400
        self.stale = days > stale_days
        if self.stale:
            self.note = f"{self.note} The content is {days:.0f} days old by the publisher's own date.".strip()

    def to_json(self) -> str:
        """The event's text: ASCII, one line, fields in the order of the docstring."""
        values = {item.name: getattr(self, item.name) for item in fields(self)}
        return json.dumps({name: value for name, value in values.items() if value not in (None, "", {}, [])})

    def log_values(self) -> dict[str, object]:
        """The same for the log: what machines look for, and the sentence."""
        names = ("listed", "kept", "added", "removed", "http_status", "bytes", "duration_seconds", "next_try")
        message = " ".join(f"{self.message} {self.note}".split()) or f"Feed {self.feed}: a new list is in place."
        found = {name: getattr(self, name) for name in names}
        return {"status": self.status, "reason": self.reason, **found, "message": message}
