"""The settings of one feed: a stanza `intel_feed://<name>` of inputs.conf as a value that needs no further checking.

In: the stanza's parameters as splunkd hands them over, all text. Out: a FeedConfig, or an OptionError with the sentence for
the administrator. splunkd asks for a check when a stanza is made in Splunk Web or by REST, never for one that is read from
a file [platform 3.1]: so each run checks again.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any
from urllib.parse import urlsplit

from callerintel.address import Range, parse_address, reserved_name
from callerintel.errors import OptionError
from callerintel.feeds.arguments import ARGUMENTS
from callerintel.feeds.setting_checks import is_path

_is_name = re.compile(r"[A-Za-z0-9_]{1,64}").fullmatch
_TAKEN_NAMES = ("catalog",)  # lookups/intel_feed_catalog.csv is no feed

PATH_PLACE = "{credential}"  # where the secret goes in the address, for publishers that want it there

# Raised when the meaning of a lookup's rows changes, so that every list is read again after an upgrade.
ROWS_VERSION = 2
# All settings that shape the rows: where the list is, how it is read, what is said of its entries, and what stays of them.
_SHAPING = (
    *("url", "format", "delivery", "collection", "history_days", "fields", "records", "separator", "where", "min_confidence"),
    *("category", "confidence", "description", "max_severity", "keep_reserved", "own_networks"),
    *("exclude", "expire_days"),
)


@dataclass(frozen=True)
class FeedConfig:
    """One feed's settings, checked. Names and meanings are those of `arguments.ARGUMENTS`."""

    name: str
    url: str
    format: str = "auto"
    delivery: str = "list"
    collection: str = ""
    history_days: int = 0
    fields: tuple[tuple[str, tuple[str, ...]], ...] = ()
    records: tuple[str, ...] = ()
    separator: str = ""
    where: tuple[tuple[str, tuple[str, ...]], ...] = ()
    min_confidence: int = 0
    category: str = "other"
    confidence: int = 50
    description: str = ""
    keep_reserved: bool = False
    min_entries: int = 1
    max_shrink: int = 80
    timeout_seconds: int = 300
    max_megabytes: int = 100
    max_severity: str = ""
    own_networks: tuple[Range, ...] = ()
    exclude: tuple[tuple[Range, ...], tuple[str, ...]] = ((), ())
    expire_days: int = 0
    stale_days: int = 30
    auth: str = "none"
    auth_name: str = ""
    credential: str = ""
    proxy: str = ""
    proxy_credential: str = ""
    no_proxy: tuple[str, ...] = ()
    ca_bundle: str = ""
    contact: str = ""

    @property
    def max_bytes(self) -> int:
        """The size limit of a body, before and after decompression."""
        return self.max_megabytes * 1_000_000

    def fingerprint(self) -> str:
        """Changes whenever a setting that shapes the lookup's rows changes."""
        shaping = (ROWS_VERSION, *(getattr(self, name) for name in _SHAPING))
        return hashlib.sha256(repr(shaping).encode()).hexdigest()

    @property
    def is_file(self) -> bool:
        """Whether the list is a file of this host."""
        return is_path(self.url) or self.url.lower().startswith("file:")

    @property
    def host(self) -> str:
        """The host that is asked for the list, in lower case; '' for a file."""
        return "" if self.is_file else (urlsplit(self.url).hostname or "")


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
    if values.get("auth", "none") != "none":
        values.setdefault("credential", name)
    config = FeedConfig(name=name, **values)
    _check_authentication(config)
    return config


def _check_authentication(config: FeedConfig) -> None:
    """The settings of authentication must fit together; what is missing would only be seen as the publisher's 401."""
    if config.auth == "none":
        if config.credential:
            raise OptionError("auth", "none", "how the credential is shown to the publisher, as one is named")
        return
    if config.is_file or (not config.url.lower().startswith("https:") and not is_loopback(config.host)):
        raise OptionError("auth", config.auth, "none for a list that does not come over https://")
    if config.auth in ("header", "query") and not config.auth_name:
        raise OptionError("auth_name", "", f"the name of the {config.auth} that takes the secret")
    if config.auth == "path" and PATH_PLACE not in config.url:
        raise OptionError("url", shown_url(config.url), f"an address with {PATH_PLACE} in it, as auth is path")


def is_loopback(host: str) -> bool:
    """Whether a URL's host is this very machine."""
    number = parse_address(host)
    return host.lower() in ("localhost", "::1") or (number is not None and reserved_name(number) == "loopback")


def shown_url(url: str) -> str:
    """A URL for messages: scheme and host only, because a path or a query may hold a key; a file's whole path."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.hostname}/..." if parts.hostname and parts.scheme != "file" else url


def _checked_url(url: str) -> str:
    allowed = "an https:// address, or the absolute path of a file or folder (http:// only to this host)"
    if is_path(url):
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
