"""The settings of one feed: a stanza `intel_feed://<name>` of inputs.conf as a value that needs no further checking.

In: the stanza's parameters as splunkd hands them over, all text. Out: a FeedConfig, or an OptionError with the sentence for
the administrator. splunkd asks for a check when a stanza is made in Splunk Web or by REST, never for one that is read from
a file [platform 3.1]: so each run checks again.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any
from urllib.parse import urlsplit

from callerintel.address import parse_address, reserved_name
from callerintel.errors import OptionError
from callerintel.feeds.arguments import ARGUMENTS

_is_name = re.compile(r"[A-Za-z0-9_]{1,64}").fullmatch
_TAKEN_NAMES = ("catalog",)  # lookups/intel_feed_catalog.csv is no feed

# Raised when the meaning of a lookup's rows changes, so that every list is read again after an upgrade.
ROWS_VERSION = 1


@dataclass(frozen=True)
class FeedConfig:
    """One feed's settings, checked. Names and meanings are those of `arguments.ARGUMENTS`."""

    name: str
    url: str
    format: str = "auto"
    category: str = "other"
    confidence: int = 50
    description: str = ""
    keep_reserved: bool = False
    min_entries: int = 1
    max_shrink: int = 80
    timeout_seconds: int = 300
    max_megabytes: int = 100
    contact: str = ""

    @property
    def max_bytes(self) -> int:
        """The size limit of a body, before and after decompression."""
        return self.max_megabytes * 1_000_000

    def fingerprint(self) -> str:
        """Changes whenever a setting that shapes the lookup's rows changes."""
        shaping = (ROWS_VERSION, self.url, self.format, self.category, self.confidence, self.description, self.keep_reserved)
        return hashlib.sha256(repr(shaping).encode()).hexdigest()


def read_feed_config(name: str, params: Mapping[str, Any]) -> FeedConfig:
    """The settings in a stanza's parameters; an empty or missing one has its default. OptionError says what is wrong."""
    if not _is_name(name) or name.lower() in _TAKEN_NAMES:
        raise OptionError("name", name, "letters, digits and underscores, at most 64, and not 'catalog'")
    values: dict[str, Any] = {}
    for argument in ARGUMENTS:
        text = str(params.get(argument.name) or "").strip() or argument.default
        if argument.name == "url":
            values["url"] = _checked_url(text)
        elif text:
            values[argument.name] = argument.check(argument.name, text)
    return FeedConfig(name=name, **values)


def is_loopback(host: str) -> bool:
    """Whether a URL's host is this very machine."""
    number = parse_address(host)
    return host.lower() in ("localhost", "::1") or (number is not None and reserved_name(number) == "loopback")


def shown_url(url: str) -> str:
    """A URL for messages: scheme and host only, because a path or a query may hold a key; a file's whole path."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.hostname}/..." if parts.hostname and parts.scheme != "file" else url


def _checked_url(url: str) -> str:
    allowed = "an https:// address, or the absolute path of a file (http:// only to this host)"
    if os.path.isabs(url):
        return url
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        raise OptionError("url", "(not shown)", allowed) from None
    if parts.username is not None or parts.password is not None:
        raise OptionError("url", shown_url(url), "an address without a user name or password in it")
    if any(character.isspace() or not character.isprintable() for character in url):
        raise OptionError("url", shown_url(url), "an address without blanks")
    if parts.scheme == "file" and host in ("", "localhost") and parts.path[:1] == "/" != parts.path:
        return url
    if host and (parts.scheme == "https" or (parts.scheme == "http" and is_loopback(host))):
        return url
    raise OptionError("url", shown_url(url), allowed)


assert {field.name for field in fields(FeedConfig)} == {"name"} | {argument.name for argument in ARGUMENTS}
