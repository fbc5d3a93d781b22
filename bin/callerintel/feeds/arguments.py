"""The settings of a feed: one table for the scheme that splunkd shows, for the checks, and for inputs.conf.spec.

Each row says what an administrator reads beside the box, how the text is checked, and what an empty box means. `interval`,
`index`, `disabled` and their like are splunkd's own and not listed [platform 3.1].
"""

from __future__ import annotations

import os
import re
from typing import Any, Callable, NamedTuple
from urllib.parse import urlsplit

from callerintel.address import Range, parse_range
from callerintel.errors import OptionError
from callerintel.feeds.categories import CATEGORIES
from callerintel.feeds.formats import AUTO, FORMATS
from callerintel.feeds.range_sets import joined

Check = Callable[[str, str], Any]  # (name, text that is not blank) → value; OptionError

AUTHENTICATIONS = ("none", "basic", "bearer", "header", "query", "path", "client_certificate")
SEVERITIES = ("informational", "low", "high")

_is_credential_name = re.compile(r"[A-Za-z0-9_-]{1,64}").fullmatch
_is_feed_name = re.compile(r"[A-Za-z0-9_]{1,64}").fullmatch
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


def absolute_path(name: str, text: str) -> str:
    """The absolute path of a file; `$SPLUNK_HOME` at its beginning is replaced when it is used."""
    if not os.path.isabs(text) and not text.startswith("$SPLUNK_HOME"):
        raise OptionError(name, text, "the absolute path of a file; it may begin with $SPLUNK_HOME")
    return text


def field_names(name: str, text: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """`indicator=dst_ip, confidence=score` → (("indicator", ("dst_ip",)), ("confidence", ("score",))); `a|b` are alternatives."""
    pairs = _pairs(text)
    known = ("indicator", "last", "confidence", "description", "first_seen", "last_seen")
    if not pairs or not {key for key, _ in pairs} <= set(known) or "indicator" not in dict(pairs) or len(dict(pairs)) < len(pairs):
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


# `url` is checked by feed_config, which knows what may be fetched.
ARGUMENTS: tuple[Argument, ...] = (
    Argument(
        "url",
        "List",
        "Where the list is: an https:// address, or the absolute path of a file on this host. Plain http:// is accepted for"
        " this host only.",
        some_text,
        required=True,
    ),
    Argument(
        "format",
        "Format",
        "How the list is written: auto looks at the list itself. plain is one address, network or range a line; aws is AWS's"
        " ip-ranges.json and fills aws_ip_ranges instead of malicious_ips. All: " + ", ".join((AUTO, *FORMATS)) + ".",
        one_of((AUTO, *FORMATS)),
        "auto",
    ),
    Argument(
        "delivery",
        "Delivery",
        "How the list is delivered: list, one list or an archive of lists; pages, a list in pages (the answer names the next"
        " one, or the address has a parameter named page); taxii, a TAXII 2.1 server, API root or collection; misp, the"
        " folder of a MISP feed, where manifest.json is.",
        one_of(("list", "pages", "taxii", "misp")),
        "list",
    ),
    Argument(
        "collection",
        "TAXII collection",
        "The id, alias or title of the collection to read, where the address does not name one.",
        some_text,
    ),
    Argument(
        "history_days",
        "History, in days",
        "Leave out what changed last before so many days: MISP events, TAXII objects. {since} in the address becomes the day"
        " that it was then. 0 reads everything.",
        whole_number(0, 36500),
        "0",
        kind="integer",
    ),
    Argument(
        "fields",
        "Columns or fields",
        "For the formats delimited and json_records: which column or field holds what, as indicator=dst_ip, confidence=score,"
        " description=malware|tags, first_seen=added, last_seen=seen; last=end where a row has the first and the last address of a"
        " range. Columns by name, or by number from 1; fields by name, with dots between nested ones. Empty: found by their names.",
        field_names,
    ),
    Argument(
        "records",
        "Path to the records",
        "For the format json_records: where in the document the records are, as data.items; * stands for every value of an object."
        " Empty: found by their names.",
        record_path,
    ),
    Argument(
        "separator",
        "Separator",
        "For the format delimited: the character between columns, or its name: comma, semicolon, tab, pipe, blank, hash. Empty:"
        " found.",
        separator,
    ),
    Argument(
        "where",
        "Only rows where",
        "For the formats delimited and json_records: only rows with these values are read, as status=online, type=ip|cidr.",
        conditions,
    ),
    Argument(
        "min_confidence",
        "Least confidence",
        "Leave out entries to which the list itself gives less confidence than this, 0 to 100.",
        whole_number(0, 100),
        "0",
        kind="integer",
    ),
    Argument(
        "category",
        "Category",
        "What the addresses are listed for: " + ", ".join(CATEGORIES) + ". Shown with each match as intel_category.",
        one_of(tuple(CATEGORIES)),
        "other",
    ),
    Argument(
        "confidence",
        "Confidence",
        "How sure a call from a listed address is unwanted, 0 to 100. Used where the list itself gives no confidence.",
        whole_number(0, 100),
        "50",
        kind="integer",
    ),
    Argument(
        "description",
        "Description",
        "A few words shown with each match as intel_description. Used where the list itself gives none.",
        some_text,
    ),
    Argument(
        "keep_reserved",
        "Keep reserved addresses",
        "true keeps private, documentation and other addresses that are not routed on the internet. For laboratories and"
        " samples only.",
        true_or_false,
        "false",
        kind="boolean",
    ),
    Argument(
        "min_entries",
        "Fewest entries",
        "A list with fewer entries is refused and the last good one stays. 0 accepts an empty list.",
        whole_number(0, 100_000_000),
        "1",
        kind="integer",
    ),
    Argument(
        "max_shrink",
        "Largest shrink, in percent",
        "A list that lost more than this share of its entries is refused and the last good one stays; the same list is"
        " accepted when the publisher serves it for the third time. 100 accepts any shrink.",
        whole_number(0, 100),
        "80",
        kind="integer",
    ),
    Argument(
        "timeout_seconds",
        "Longest download, in seconds",
        "A download that takes longer, retries included, is given up and the last good list stays.",
        whole_number(1, 3600),
        "300",
        kind="integer",
    ),
    Argument(
        "max_megabytes",
        "Largest list, in megabytes",
        "A list that is larger, before or after decompression, is refused and the last good one stays.",
        whole_number(1, 2000),
        "100",
        kind="integer",
    ),
    Argument(
        "max_severity",
        "Highest severity",
        "The highest severity that a match of this list alone may cause: informational, low or high. Empty: no limit. A match"
        " of several lists has the highest of theirs. For lists on which your own people may be, such as those of VPNs.",
        one_of(SEVERITIES),
    ),
    Argument(
        "own_networks",
        "Own networks",
        "Addresses and networks of your own, separated by commas: they are taken out of the list. Set it in [intel_feed] of"
        " local/inputs.conf to have it for all feeds.",
        networks,
    ),
    Argument(
        "exclude",
        "Left out",
        "Addresses and networks to take out of the list, and names of other feeds whose indicators are taken out of it, separated"
        " by commas: a list of VPNs without Apple's Private Relay, for example.",
        networks_and_feeds,
    ),
    Argument(
        "expire_days",
        "Days to keep what left the list",
        "An indicator that is no longer listed stays for so many days after it was last listed. 0: it leaves at once.",
        whole_number(0, 3650),
        "0",
        kind="integer",
    ),
    Argument(
        "stale_days",
        "Days until the content is stale",
        "The status event says stale = true when the publisher's own date of the list is older than so many days, however"
        " well its download works. 0: never.",
        whole_number(0, 3650),
        "30",
        kind="integer",
    ),
    Argument(
        "auth",
        "Authentication",
        "How the publisher wants to be shown the secret: none, basic (user and password), bearer (Authorization: Bearer),"
        " header (a header of your choice), query (a parameter of the address), path (in place of {credential} in the"
        " address), client_certificate (certificate and key in PEM form).",
        one_of(AUTHENTICATIONS),
        "none",
    ),
    Argument(
        "auth_name",
        "User, header or parameter",
        "The user name for basic, the header's name for header, the parameter's name for query. For basic it may be empty;"
        " the secret is then user:password.",
        header_or_parameter,
    ),
    Argument(
        "credential",
        "Credential",
        "The name under which the secret is stored in Splunk's credential store, in the realm TA-maliciouscaller; never the"
        " secret itself. Empty: the feed's own name. docs/feeds.md says how to store one.",
        credential_name,
    ),
    Argument(
        "proxy",
        "Proxy",
        "http://host:port or https://host:port of the proxy that leads to the publisher. The environment's proxies are never"
        " used. Set it in [intel_feed] of local/inputs.conf to have it for all feeds.",
        proxy_url,
    ),
    Argument(
        "proxy_credential",
        "Proxy credential",
        "The name of the stored credential for the proxy, whose secret is user:password. Empty: the proxy wants none.",
        credential_name,
    ),
    Argument(
        "no_proxy",
        "No proxy for",
        "Hosts, domains (.example.com) and networks that are asked without the proxy, separated by commas; * means all. This"
        " host never needs to be named.",
        host_list,
    ),
    Argument(
        "ca_bundle",
        "CA certificates",
        "The path of a PEM file with the certificate authorities to trust instead of the public ones, for a publisher or a"
        " proxy with a private one. Certificates are always verified.",
        absolute_path,
    ),
    Argument(
        "contact",
        "Contact",
        "A mail address or web page that is sent to the publisher with the User-Agent. Some publishers ask for one.",
        printable_ascii,
    ),
)
