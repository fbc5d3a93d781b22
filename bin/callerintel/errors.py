"""What can go wrong in a way that somebody must be told about, as exceptions that carry the sentence.

Every message says what happened, what was done instead, and what the reader can do. Nothing here knows Splunk: the two
entry points decide where a message goes. Data never raises in the search half, so only :class:`OptionError` is used
there.
"""

from __future__ import annotations

SHOWN_CHARACTERS = 200


def shown(value: object) -> str:
    """`value` as it may stand in a message: one line, printable, quoted, at most 200 characters.

    >>> shown("a\\nb")
    "'a b'"
    """
    text = "".join(character if character.isprintable() else " " for character in str(value))
    if len(text) > SHOWN_CHARACTERS:
        text = text[: SHOWN_CHARACTERS - 3] + "..."
    return f"'{text}'"


class CallerIntelError(Exception):
    """Root of our own errors; `str()` gives the sentence for the reader."""


class OptionError(CallerIntelError):
    """An option of the search command or of a feed has a value that cannot be used.

    Attributes: `option` (its name), `value` (as given), `allowed` (a phrase: "a whole number from 0 to 3650").
    """

    def __init__(self, option: str, value: str, allowed: str) -> None:
        self.option, self.value, self.allowed = option, value, allowed
        super().__init__(f"The option {option} cannot be {shown(value)}. Allowed: {allowed}.")


# What became of a feed's run, for machines: the status event's `reason`. A closed list, so that alerts can name them.
FEED_REASONS: tuple[str, ...] = (
    "configuration",  # the stanza cannot be used
    "not_found",  # no such file, or the publisher answered 404 or 410
    "denied",  # the publisher answered 401, 403 or 407
    "rate_limited",  # the publisher answered 429
    "http_status",  # any other answer than success
    "credential",  # a secret that the stanza names is not in Splunk's credential store, or cannot be used
    "network",  # no connection, a name that does not resolve, a transfer that broke off
    "tls",  # the certificate is not valid: expired, for another name, of an unknown authority
    "timeout",  # the connection, a read or the whole transfer took too long
    "too_large",  # more bytes than the limit, before or after decompression, or more than fits into memory
    "redirect",  # a loop, too many of them, or to where a feed must not come from
    "endless",  # pages that go round in a circle, bring nothing, or do not end
    "truncated",  # the body is shorter than the publisher said, by length, trailer or checksum
    "html",  # a web page instead of a list
    "tombstone",  # the publisher says that the list is no longer made
    "empty",  # fewer entries than min_entries
    "unparsable",  # most lines are no indicators
    "too_wide",  # the list holds 0.0.0.0/0 or ::/0
    "shrunk",  # it lost more than max_shrink of its entries
    "older",  # the publisher's own serial is older than the one in use
    "splunkd",  # splunkd did not say what a cluster's member must know
    "publish",  # the lookup could not be written
    "stopped",  # splunkd asked the input to end
    "internal",  # a fault of ours
)


class FeedError(CallerIntelError):
    """A feed's run could not replace its lookup; the last good one stays.

    `reason` is one of FEED_REASONS; `detail` is the sentence.
    """

    def __init__(self, reason: str, detail: str) -> None:
        if reason not in FEED_REASONS:
            raise ValueError(f"{reason!r} is not in FEED_REASONS")
        self.reason, self.detail = reason, detail
        super().__init__(detail)
