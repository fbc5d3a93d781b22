"""Makes default/inputs.conf and README/inputs.conf.spec from their sources; a test holds the files to what is made here.

The catalogue of feeds is lookups/intel_feed_catalog.csv, the settings of a feed are callerintel.feeds.arguments.ARGUMENTS. After a change to
either, run from the repository's root:

    python -m tests.feeds.shipped_files
"""

from __future__ import annotations

import csv
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
if __name__ == "__main__":  # else the test runner has done it
    sys.path[0:0] = [str(ROOT / folder) for folder in ("bin", "bin/lib", "lib")]

from callerintel.feeds.arguments import ARGUMENTS  # noqa: E402

CATALOG = ROOT / "lookups" / "intel_feed_catalog.csv"
INPUTS_CONF = ROOT / "default" / "inputs.conf"
INPUTS_SPEC = ROOT / "README" / "inputs.conf.spec"

# The columns of the catalogue that are settings, in the order of a stanza.
_SETTINGS = (
    *("url", "delivery", "format", "category", "confidence", "description", "min_entries", "min_confidence", "history_days"),
    *("max_severity", "exclude", "auth", "auth_name"),
)

_CONF_HEAD = """\
# The feeds that this app knows, every one of them switched off: enable what you want in Settings > Data inputs > Threat
# intelligence feed, or copy a stanza to local/inputs.conf with disabled = 0. Publishers and their terms are in
# lookups/intel_feed_catalog.csv, of which this file is made; the settings are explained in README/inputs.conf.spec.

[intel_feed]
# Splunk before 10.2 reads python.version, later ones take the highest of python.required that they have.
python.version = python3
python.required = 3.9,3.13
disabled = 1
interval = 86400
sourcetype = maliciouscaller:feed
"""

_SPEC_HEAD = """\
# The settings of a threat intelligence feed. Splunk's own settings of an input, such as interval, index and disabled, are
# explained in Splunk's inputs.conf.spec.

[intel_feed://<name>]
* One feed: one list at one place. <name> is letters, digits and underscores, at most 64; it is shown with each match as
  intel_feed, and the list is kept in the lookup intel_feed_<name>.csv.
* Each run writes one event of sourcetype maliciouscaller:feed that says what was listed, kept and refused, and why.
"""

_SPEC_TAIL = """
python.version = python3
* The interpreter for Splunk before 10.2. Set in [intel_feed]; leave it as it is.

python.required = <comma-separated list>
* The interpreters that the input runs on, for Splunk 10.2 and later: 3.9 and 3.13. Set in [intel_feed]; leave it as it is.
"""


def catalog() -> list[dict[str, str]]:
    """The rows of the catalogue, by column."""
    with CATALOG.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def inputs_conf() -> str:
    """The text of default/inputs.conf."""
    defaults = "".join(f"{item.name} = {item.default}\n" for item in ARGUMENTS if item.default)
    return _CONF_HEAD + defaults + "".join(map(_stanza, catalog()))


def inputs_spec() -> str:
    """The text of README/inputs.conf.spec."""
    return _SPEC_HEAD + "".join(_spec_lines()) + _SPEC_TAIL


def _stanza(feed: dict[str, str]) -> str:
    settings = "".join(f"{name} = {feed[name]}\n" for name in _SETTINGS if feed[name])
    return f"\n[intel_feed://{feed['feed']}]\n{settings}interval = {feed['interval']}\ndisabled = 1\n"


def _spec_lines() -> Iterator[str]:
    for item in ARGUMENTS:
        text = item.description + (" Required." if item.required else f" Default: {item.default or 'empty'}.")
        wrapped = textwrap.fill(text, 118, initial_indent="* ", subsequent_indent="* ", break_on_hyphens=False)
        yield f"\n{item.name} = <{item.kind}>\n{wrapped}\n"


if __name__ == "__main__":
    INPUTS_CONF.write_text(inputs_conf(), encoding="utf-8")
    INPUTS_SPEC.write_text(inputs_spec(), encoding="utf-8")
