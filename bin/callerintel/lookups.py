"""The lookups: where the two halves of the add-on meet. File names, columns, and the folder they lie in.

Each lookup that the command reads is an ordinary CSV file whose rows are sorted by their first column as bytes
(`sorted_csv`), but for the allowlist, which people edit and which is read whole. An address range is a pair of keys
(`address.address_key`), `end` left empty where it equals `start`. Where several entries cover a range, each column
holds one part per entry, joined by `PART_SEPARATOR`.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import NamedTuple

PART_SEPARATOR = "|"


class Lookup(NamedTuple):
    """One lookup: `name` of its file in the lookups folder, `columns` in the order of its header.

    `optional`: columns that follow only where some row has something in them.
    """

    name: str
    columns: tuple[str, ...]
    optional: tuple[str, ...] = ()

    def path(self) -> Path:
        """Where its file is, whether it exists or not."""
        return lookups_folder() / self.name


MALICIOUS_IPS = Lookup(
    "malicious_ips.csv",
    ("start", "end", "indicator", "feed", "category", "confidence", "description", "first_seen", "last_seen"),
    ("max_severity",),
)
AWS_IP_RANGES = Lookup("aws_ip_ranges.csv", ("start", "end", "prefix", "service", "region"))
CALLER_BASELINE = Lookup(
    "caller_baseline.csv", ("key", "caller", "property", "value", "first_seen", "last_seen", "count"), ("cut",)
)
CALLER_ALLOWLIST = Lookup(
    "caller_allowlist.csv", ("indicator", "caller", "account", "feed", "category", "owner", "reason", "expires")
)
DATA_LOOKUPS = (MALICIOUS_IPS, AWS_IP_RANGES, CALLER_BASELINE, CALLER_ALLOWLIST)
_INTEL_FEED_COLUMNS = ("indicator", "category", "confidence", "description", "first_seen", "last_seen")


def intel_feed_lookup(feed: str) -> Lookup:
    """The lookup of one feed: what the feed of this name lists now."""
    return Lookup(f"intel_feed_{feed}.csv", _INTEL_FEED_COLUMNS, ("max_severity", "left"))


def lookups_folder() -> Path:
    """The app's own `lookups` folder, from where this file lies.

    Never from SPLUNK_HOME or the app's name: on an indexer the app is below var/run/searchpeers [platform 2.4].
    """
    return Path(os.path.abspath(__file__)).parents[2] / "lookups"


def split_parts(cell: str, count: int) -> list[str]:
    """The `count` parts of a joined cell; an empty cell is `count` empty parts; a ragged one is cut or filled up."""
    parts = cell.split(PART_SEPARATOR) if cell else []
    return (parts + [""] * count)[:count]
