"""The settings of a feed: one table for the scheme that splunkd shows, for the checks, and for inputs.conf.spec.

Each row says what an administrator reads beside the box, how the text is checked, and what an empty box means. `interval`,
`index`, `disabled` and their like are splunkd's own and not listed [platform 3.1].
"""

from __future__ import annotations

from typing import Any, Callable, NamedTuple

from callerintel.errors import OptionError
from callerintel.feeds.categories import CATEGORIES
from callerintel.feeds.formats import AUTO, FORMATS

Check = Callable[[str, str], Any]  # (name, text that is not blank) → value; OptionError


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
        "contact",
        "Contact",
        "A mail address or web page that is sent to the publisher with the User-Agent. Some publishers ask for one.",
        printable_ascii,
    ),
)
