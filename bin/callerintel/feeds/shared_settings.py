"""What an administrator sets once, for all feeds and for the input itself: maliciouscaller.conf.

In: splunkd, which merges default/ and local/ of the conf and answers over REST. Out: SharedSettings, as text: what a feed's own stanza, or
[intel_feed] of inputs.conf, does not say is filled in from them and checked there. The search command reads none of it.

A splunkd that does not answer is taken to say what it said the last time, which is kept beside the checkpoints: a site whose own networks or
proxy are set here must not lose them for one run. Nothing secret is in it: `proxy_credential` is a name.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from callerintel.errors import OptionError
from callerintel.feeds.arguments import ARGUMENTS
from callerintel.feeds.log import LEVELS
from callerintel.feeds.memory_file import read_memory_file, write_memory_file
from callerintel.feeds.setting_checks import Argument, one_of
from callerintel.feeds.splunkd import Splunkd, SplunkdFailure

CONF = "maliciouscaller"
CAPTAIN_ONLY, ANY_MEMBER = "captain", "any_member"

_FOR_FEEDS = ("proxy", "proxy_credential", "no_proxy", "ca_bundle", "own_networks", "contact")
# They come with the proxy that they were set for: a stanza with a proxy of its own must not send it another one's password.
_WITH_PROXY = ("proxy_credential", "no_proxy")
_FEED_ARGUMENTS = {argument.name: argument for argument in ARGUMENTS if argument.name in _FOR_FEEDS}

# stanza → its settings
SHARED: dict[str, tuple[Argument, ...]] = {
    "logging": (
        Argument(
            "level",
            "Log level",
            "The least important lines that the input writes to splunkd.log: DEBUG (each step of a run), INFO (what became of each"
            " run), WARN (what somebody should know), ERROR (what somebody must do something about).",
            one_of(tuple(level.lower() for level in LEVELS)),
            "INFO",
        ),
    ),
    "feeds": (
        Argument(
            "run_on",
            "Search head cluster: where feeds run",
            "captain: of all members on which Splunk starts a feed, the captain alone runs it. any_member: each member on which"
            " Splunk starts a feed runs it and hands the lookups to the others; for a stack that starts inputs on one member"
            " only, so that nobody would be the captain. Without a cluster it means nothing.",
            one_of((CAPTAIN_ONLY, ANY_MEMBER)),
            CAPTAIN_ONLY,
        ),
        *(_FEED_ARGUMENTS[name] for name in _FOR_FEEDS),
    ),
}

Stanzas = dict[str, dict[str, str]]


@dataclass(frozen=True)
class SharedSettings:
    """`level` and `run_on`; `feeds`: setting of a feed → its text; `note`: what was wrong with the conf, a sentence or ''."""

    level: str = "INFO"
    run_on: str = CAPTAIN_ONLY
    feeds: Mapping[str, str] = field(default_factory=dict)
    note: str = ""

    def for_feed(self, params: Mapping[str, Any]) -> dict[str, Any]:
        """A stanza's parameters with what they leave empty filled in. OptionError for a text of the conf that cannot be used."""
        own = {name for name, text in params.items() if str(text or "").strip()}
        if "proxy" in own:
            own.update(_WITH_PROXY)
        taken = {name: text for name, text in self.feeds.items() if name not in own}
        for name, text in taken.items():
            _FEED_ARGUMENTS[name].check(f"{name} in [feeds] of {CONF}.conf", text)
        return {**params, **taken}


def described(argument: Argument) -> str:
    """A feed's setting for who fills in a stanza: its description, and where it comes from when the box stays empty."""
    return (
        f"{argument.description} Empty: what {CONF}.conf says for all feeds."
        if argument.name in _FOR_FEEDS
        else argument.description
    )


def read_shared_settings(splunkd: Splunkd | None, checkpoints: Path | None = None) -> SharedSettings:
    """The conf's settings, or those of the last time where splunkd does not answer. Never raises for what is in them."""
    if splunkd is None:
        return SharedSettings()
    try:
        stanzas = _known(splunkd.conf(CONF))
    except SplunkdFailure as failure:
        remembered = _remembered(checkpoints)
        instead = "its settings are those of the last time" if remembered else "the feed's own settings hold alone"
        return _shared(remembered, f"{CONF}.conf could not be read ({failure}): {instead}.")
    if checkpoints is not None and _is_usable(stanzas) and stanzas != _remembered(checkpoints):
        _remember(checkpoints, stanzas)
    return _shared(stanzas, "")


def _shared(stanzas: Stanzas, note: str) -> SharedSettings:
    notes = [note] if note else []
    words = {}
    for stanza, argument in (("logging", SHARED["logging"][0]), ("feeds", SHARED["feeds"][0])):
        text = stanzas.get(stanza, {}).get(argument.name) or argument.default
        try:
            words[argument.name] = argument.check(f"{argument.name} in [{stanza}] of {CONF}.conf", text)
        except OptionError as error:
            words[argument.name] = argument.default
            notes.append(f"{error} It is taken for {argument.default}.")
    feeds = {name: text for name, text in stanzas.get("feeds", {}).items() if name in _FOR_FEEDS}
    return SharedSettings(words["level"].upper(), words["run_on"], feeds, " ".join(notes))


def _known(stanzas: Mapping[str, Mapping[str, Any]]) -> Stanzas:
    """Our settings that are not empty, without what splunkd adds (eai:acl, disabled, ...)."""
    found: Stanzas = {}
    for stanza, arguments in SHARED.items():
        content = stanzas.get(stanza, {})
        texts = {argument.name: str(content.get(argument.name) or "").strip() for argument in arguments}
        found[stanza] = {name: text for name, text in texts.items() if text}
    return found


def _is_usable(stanzas: Stanzas) -> bool:
    """Whether each text is one that its setting may have. One that is not may be a password in the wrong place: it is not kept."""
    try:
        for stanza, arguments in SHARED.items():
            for argument in arguments:
                text = stanzas[stanza].get(argument.name)
                if text:
                    argument.check(argument.name, text)
    except OptionError:
        return False
    return True


def _memory(checkpoints: Path) -> Path:
    return checkpoints / "settings.json"


def _remembered(checkpoints: Path | None) -> Stanzas:
    stored = read_memory_file(_memory(checkpoints)) if checkpoints else {}
    whole = all(isinstance(settings, dict) for settings in stored.values())
    known = _known(stored) if whole and stored else {}
    return known if known and _is_usable(known) else {}


def _remember(checkpoints: Path, stanzas: Stanzas) -> None:
    write_memory_file(_memory(checkpoints), stanzas)  # where that fails, the next run asks again anyway
