"""Write the lookup definitions of the shipped feeds at the end of default/transforms.conf.

In: the stanzas `[intel_feed://<name>]` of default/inputs.conf. Out: everything in transforms.conf after the line that names
this script. Splunk needs one stanza for each lookup that is to stay on the search heads (`replicate = false`), and
patterns do not exist there [platform 4.1]; one source for both files means that nobody forgets one.

    python scripts/feed_lookups.py      after a change of the feeds in default/inputs.conf
"""

from __future__ import annotations

import re
from pathlib import Path

DEFAULT = Path(__file__).resolve().parent.parent / "default"
MARK = "scripts/feed_lookups.py."

STANZA = """
[intel_feed_{name}]
filename = intel_feed_{name}.csv
index_fields_list = indicator
replicate = false
check_permission = true
"""


def feed_names(inputs: str) -> list[str]:
    """The names of the feeds that fill a lookup of their own, sorted; AWS ranges fill aws_ip_ranges.csv instead."""
    stanzas = re.split(r"(?m)^\[", inputs)[1:]
    feeds = {stanza.partition("]")[0]: stanza for stanza in stanzas if stanza.startswith("intel_feed://")}
    return sorted(
        header.partition("://")[2] for header, stanza in feeds.items() if not re.search(r"(?m)^format\s*=\s*aws\s*$", stanza)
    )


def with_feed_lookups(transforms: str, inputs: str) -> str:
    """The text of transforms.conf with the definitions of the feeds in the text of inputs.conf."""
    head, mark, rest = transforms.partition(MARK)
    if not mark:
        raise ValueError(f"default/transforms.conf has no line with {MARK!r}, after which the feeds' lookups are written.")
    comment = rest.partition("\n\n")[0].rstrip("\n")
    return head + mark + comment + "\n" + "".join(STANZA.format(name=name) for name in feed_names(inputs))


if __name__ == "__main__":
    path = DEFAULT / "transforms.conf"
    path.write_text(
        with_feed_lookups(path.read_text(encoding="utf-8"), (DEFAULT / "inputs.conf").read_text(encoding="utf-8")),
        encoding="utf-8",
    )
