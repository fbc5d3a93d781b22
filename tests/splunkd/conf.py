"""Reads Splunk's .conf and .spec files: stanzas of `key = value`, the layers of one app put over one another.

A trailing backslash continues a value on the next line; `#` starts a comment only at the start of a line; local/
overrides default/ key by key. Keys before the first stanza belong to `[default]`. It checks nothing.
"""

from __future__ import annotations

from pathlib import Path

Stanzas = dict[str, dict[str, str]]


def parse_conf(text: str) -> Stanzas:
    """Returns {stanza: {key: value}} in the order of the file; of a key that comes twice the last one counts."""
    stanzas: Stanzas = {}
    stanza = "default"
    lines = iter(text.lstrip("\ufeff").splitlines())
    for line in lines:
        while line.endswith("\\"):
            line = line[:-1] + "\n" + next(lines, "")
        bare = line.strip()
        if not bare or bare.startswith("#"):
            continue
        if bare.startswith("[") and "]" in bare:
            stanza = bare[1 : bare.rindex("]")]
            stanzas.setdefault(stanza, {})
        elif "=" in bare:
            key, _, value = bare.partition("=")
            stanzas.setdefault(stanza, {})[key.strip()] = value.strip()
    return stanzas


def read_conf(app: Path, name: str) -> Stanzas:
    """Returns `<name>.conf` of an app folder: default/ with local/ over it; empty where the app has neither."""
    merged: Stanzas = {}
    for layer in ("default", "local"):
        path = app / layer / f"{name}.conf"
        if path.is_file():
            for stanza, settings in parse_conf(path.read_text(encoding="utf-8")).items():
                merged.setdefault(stanza, {}).update(settings)
    return merged


def is_true(value: str) -> bool:
    """Tells whether a setting's value means yes, in the spellings that Splunk takes."""
    return value.strip().lower() in ("1", "true", "t", "yes", "y", "on")
