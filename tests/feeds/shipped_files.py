"""Makes inputs.conf, maliciouscaller.conf and their .spec files from their sources; a test holds the files to what is made here.

The catalogue of feeds is lookups/intel_feed_catalog.csv, the settings of a feed are callerintel.feeds.arguments.ARGUMENTS, those that hold for
all feeds are callerintel.feeds.shared_settings.SHARED. After a change to one of them, run from the repository's root:

    python -m tests.feeds.shipped_files
"""

from __future__ import annotations

import csv
import sys
import textwrap
from collections.abc import Iterable, Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
if __name__ == "__main__":  # else the test runner has done it
    sys.path[0:0] = [str(ROOT / folder) for folder in ("bin", "bin/lib", "lib")]

from callerintel.feeds.arguments import ARGUMENTS  # noqa: E402
from callerintel.feeds.setting_checks import Argument  # noqa: E402
from callerintel.feeds.shared_settings import SHARED, described  # noqa: E402

CATALOG = ROOT / "lookups" / "intel_feed_catalog.csv"
INPUTS_CONF = ROOT / "default" / "inputs.conf"
INPUTS_SPEC = ROOT / "README" / "inputs.conf.spec"
SHARED_CONF = ROOT / "default" / "maliciouscaller.conf"
SHARED_SPEC = ROOT / "README" / "maliciouscaller.conf.spec"

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


_SHARED_CONF_HEAD = """\
# What is set once, for all feeds and for the input that downloads them. Change it over REST or in
# local/maliciouscaller.conf; README/maliciouscaller.conf.spec explains each setting. A feed that says otherwise, in its own
# stanza or in [intel_feed] of local/inputs.conf, has its own way.
# Where your events are stands in macros, because searches read no conf file: cloudtrail_index says where CloudTrail is,
# feed_events where the status events of the feeds are, maliciouscaller_log where the log is.
"""

_SHARED_SPEC_HEAD = """\
# What is set once, for all feeds and for the input that downloads them. Over REST:
# /servicesNS/nobody/TA-maliciouscaller/configs/conf-maliciouscaller. Each run of a feed reads it; no restart is needed. The
# search command reads none of it. Never put a secret here: whoever may use the app may read it.
# Where your events are is told by the macros cloudtrail_index and feed_events, since searches read no conf file.
"""

_STANZA_NOTES = {
    "logging": "What the input writes to splunkd.log, and so to the index _internal: the macro maliciouscaller_log reads it.",
    "feeds": "What holds for each feed whose stanza, and [intel_feed] of inputs.conf, say nothing of it. proxy_credential and"
    " no_proxy belong to the proxy beside them: a feed with a proxy of its own has its own. no_proxy = * in a feed's stanza"
    " leads it past the proxy.",
}


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
    return _SPEC_HEAD + "".join(_spec_lines(item._replace(description=described(item)) for item in ARGUMENTS)) + _SPEC_TAIL


def shared_conf() -> str:
    """The text of default/maliciouscaller.conf."""
    stanzas = (
        f"\n[{stanza}]\n" + "".join(f"{item.name} = {item.default}".rstrip() + "\n" for item in arguments)
        for stanza, arguments in SHARED.items()
    )
    return _SHARED_CONF_HEAD + "".join(stanzas)


def shared_spec() -> str:
    """The text of README/maliciouscaller.conf.spec."""
    stanzas = (
        f"\n[{stanza}]\n{_wrapped(_STANZA_NOTES[stanza])}\n" + "".join(_spec_lines(arguments))
        for stanza, arguments in SHARED.items()
    )
    return _SHARED_SPEC_HEAD + "".join(stanzas)


def _stanza(feed: dict[str, str]) -> str:
    settings = "".join(f"{name} = {feed[name]}\n" for name in _SETTINGS if feed[name])
    return f"\n[intel_feed://{feed['feed']}]\n{settings}interval = {feed['interval']}\ndisabled = 1\n"


def _spec_lines(arguments: Iterable[Argument]) -> Iterator[str]:
    for item in arguments:
        text = item.description + (" Required." if item.required else f" Default: {item.default or 'empty'}.")
        yield f"\n{item.name} = <{item.kind}>\n{_wrapped(text)}\n"


def _wrapped(text: str) -> str:
    return textwrap.fill(text, 118, initial_indent="* ", subsequent_indent="* ", break_on_hyphens=False)


if __name__ == "__main__":
    INPUTS_CONF.write_text(inputs_conf(), encoding="utf-8")
    INPUTS_SPEC.write_text(inputs_spec(), encoding="utf-8")
    SHARED_CONF.write_text(shared_conf(), encoding="utf-8")
    SHARED_SPEC.write_text(shared_spec(), encoding="utf-8")
