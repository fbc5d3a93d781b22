"""What a setting of a feed is, and how its text becomes a value: one function a kind of text, each raising an OptionError that says
what is allowed.

In: the setting's name and its text, which is not blank. Out: the value that `feed_config.FeedConfig` holds. Which setting is checked by
which is told in `arguments`.
"""

from __future__ import annotations

import os
import re
from typing import Any, Callable, NamedTuple
from urllib.parse import urlsplit

from callerintel.address import Range, parse_range
from callerintel.errors import OptionError
from callerintel.feeds.range_sets import joined

Check = Callable[[str, str], Any]  # (name, text that is not blank) → value; OptionError

_is_credential_name = re.compile(r"[A-Za-z0-9_-]{1,64}").fullmatch
_is_feed_name = re.compile(r"[A-Za-z0-9_]{1,64}").fullmatch
_HOME = "$SPLUNK_HOME"
_is_below_home = re.compile(r"\$SPLUNK_HOME[/\\]").match
_is_host = re.compile(r"\.?[a-z0-9_-]+(?:\.[a-z0-9_-]+)*|\*").fullmatch


class Argument(NamedTuple):
    """One setting: its `name`, `title` and `description` for people, `check`, and the text that an empty box stands for."""

    name: str
    title: str
    description: str
    check: Check
    default: str = ""
    required: bool = False
    kind: str = "string"  # in the words of Splunk's .spec files


def whole_number(lowest: int, highest: int) -> Check:
    """A check for whole numbers from `lowest` to `highest`."""

    def check(name: str, text: str) -> int:
        if not (text.isascii() and text.isdigit()) or not lowest <= int(text[:12]) <= highest:
            raise OptionError(name, text, f"a whole number from {lowest} to {highest}")
        return int(text)

    return check


def true_or_false(name: str, text: str) -> bool:
    """A truth value in any of Splunk's spellings."""
    value = text.lower()
    if value in ("1", "true", "t", "yes", "y", "on"):
        return True
    if value in ("0", "false", "f", "no", "n", "off"):
        return False
    raise OptionError(name, text, "true or false")


def one_of(allowed: tuple[str, ...]) -> Check:
    """A check for one of the words in `allowed`."""

    def check(name: str, text: str) -> str:
        if text.lower() not in allowed:
            raise OptionError(name, text, ", ".join(allowed))
        return text.lower()

    return check


def some_text(name: str, text: str) -> str:
    """Any text of one line; `|` joins feeds in a lookup and so becomes `/`."""
    line = " ".join(text.replace("|", "/").split())
    if len(line) > 200:
        raise OptionError(name, text, "at most 200 characters")
    return line


def credential_name(name: str, text: str) -> str:
    """The name of an entry of splunkd's credential store. What is typed is never shown: it may be the secret itself."""
    if not _is_credential_name(text):
        raise OptionError(name, "(not shown)", "the name of a stored credential: letters, digits, - and _, at most 64")
    return text


def header_or_parameter(name: str, text: str) -> str:
    """A user name, or the name of a header or of a parameter."""
    if not text.isascii() or not text.isprintable() or len(text) > 100 or any(character in text for character in ":|&="):
        raise OptionError(name, text, "at most 100 printable ASCII characters, without : | & =")
    return text


def networks(name: str, text: str) -> tuple[Range, ...]:
    """Addresses, networks (CIDR) or ranges, separated by commas or blanks; sorted, overlapping ones joined."""
    found: list[Range] = []
    for part in text.replace(",", " ").split():
        parsed = parse_range(part)
        if parsed is None:
            raise OptionError(name, part, "addresses and networks such as 192.0.2.0/24, separated by commas")
        found.append(parsed)
    return joined(found)


def networks_and_feeds(name: str, text: str) -> tuple[tuple[Range, ...], tuple[str, ...]]:
    """Addresses, networks, ranges, and names of feeds, separated by commas or blanks: first the joined ranges, then the names."""
    parts = text.replace(",", " ").split()
    found = [parse_range(part) for part in parts]
    feeds = tuple(part for part, parsed in zip(parts, found) if parsed is None)
    for part in feeds:
        if not _is_feed_name(part):
            raise OptionError(name, part, "networks such as 192.0.2.0/24 and names of feeds, separated by commas")
    return joined(parsed for parsed in found if parsed is not None), feeds


def proxy_url(name: str, text: str) -> str:
    """The address of a proxy, without a user or path."""
    try:
        parts = urlsplit(text)
        good = parts.scheme in ("http", "https") and parts.hostname and parts.port and parts.path in ("", "/")
    except ValueError:
        good, parts = False, urlsplit("")
    if not good or "@" in text or parts.query or parts.fragment:
        raise OptionError(name, "(not shown)", "http://host:port or https://host:port; the user goes into proxy_credential")
    return f"{parts.scheme}://{parts.netloc}"


def host_list(name: str, text: str) -> tuple[str, ...]:
    """Host names, domains and networks, separated by commas or blanks, in lower case."""
    hosts = tuple(text.lower().replace(",", " ").split())
    for host in hosts:
        if not _is_host(host) and parse_range(host) is None:
            raise OptionError(name, host, "host names, domains (.example.com) and networks, separated by commas")
    return hosts


def is_path(text: str) -> bool:
    """Whether a text is the path of something on this host: absolute, or below `$SPLUNK_HOME`."""
    return os.path.isabs(text) or _is_below_home(text) is not None


def real_path(path: str) -> str:
    """A path as the system takes it: conf files are the same on hosts whose `$SPLUNK_HOME` differs."""
    return os.environ.get("SPLUNK_HOME", "") + path[len(_HOME) :] if _is_below_home(path) else path


def absolute_path(name: str, text: str) -> str:
    """The absolute path of a file; `$SPLUNK_HOME` at its beginning is replaced when it is used."""
    if not is_path(text):
        raise OptionError(name, text, "the absolute path of a file; it may begin with $SPLUNK_HOME/")
    return text


def field_names(name: str, text: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """`indicator=dst_ip, confidence=score` → (("indicator", ("dst_ip",)), ("confidence", ("score",))); `a|b` are alternatives."""
    pairs = _pairs(text)
    known = ("indicator", "last", "confidence", "description", "first_seen", "last_seen")
    if (
        not pairs
        or not {key for key, _ in pairs} <= set(known)
        or "indicator" not in dict(pairs)
        or len(dict(pairs)) < len(pairs)
    ):
        raise OptionError(name, text, "indicator=<column>, and after a comma each of " + ", ".join(known[1:]) + " as wanted")
    return pairs


def conditions(name: str, text: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """`status=online, type=a|b` → (("status", ("online",)), ("type", ("a", "b")))."""
    pairs = _pairs(text)
    if not pairs:
        raise OptionError(name, text, "<column>=<value>, or <column>=<value>|<value>, several of them after commas")
    return pairs


def separator(name: str, text: str) -> str:
    """The character between columns, from itself or its name."""
    named = {"comma": ",", "semicolon": ";", "tab": "\t", "\\t": "\t", "pipe": "|", "blank": " ", "hash": "#"}
    value = named.get(text.lower(), text)
    if len(value) != 1 or value.isalnum() or value in "\"'.":
        raise OptionError(name, text, "one character, or one of " + ", ".join(named))
    return value


def record_path(name: str, text: str) -> tuple[str, ...]:
    """`data.items` → ("data", "items")."""
    parts = tuple(part.strip() for part in text.split("."))
    if not all(parts) or len(text) > 200:
        raise OptionError(name, text, "names with dots between them, such as data.items; * stands for every value")
    return parts


def _pairs(text: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """The pairs in a text; () when there is something else in it."""
    pairs = []
    for pair in text.split(","):
        key, _, values = pair.partition("=")
        alternatives = tuple(value.strip() for value in values.split("|"))
        if not key.strip() or not all(alternatives):
            return ()
        pairs.append((key.strip(), alternatives))
    return tuple(pairs)


def printable_ascii(name: str, text: str) -> str:
    """Text that may stand in an HTTP header."""
    if not (text.isascii() and text.isprintable()) or len(text) > 100:
        raise OptionError(name, text, "at most 100 printable ASCII characters")
    return text
