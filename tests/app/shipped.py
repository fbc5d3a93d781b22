"""The app's files as tests read them: the conf files, strictly, Splunk's own spec files, and our scripts."""

from __future__ import annotations

import configparser
import importlib.util
import os
import re
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
DEFAULT = ROOT / "default"
CONF_FILES = sorted(path.name for path in DEFAULT.glob("*.conf"))
SPECS = Path(os.environ.get("TA_SHARED_DATA") or ROOT.parent / "shared" / "data") / "specs" / "10.2.3"

Settings = dict[str, dict[str, str]]


def parse_strictly(text: str) -> Settings:
    """{stanza: {key: value}}; raises for a stanza or key that comes twice, a line that is neither, and a key outside a stanza."""
    joined = re.sub(r"\\\n\s*", "", text)
    indented = [line for line in joined.splitlines() if line[:1].isspace() and line.strip()]
    if indented:
        raise ValueError(f"An indented line that continues nothing: {indented[0]!r}")
    parser = configparser.ConfigParser(
        delimiters=("=",), comment_prefixes=("#",), strict=True, interpolation=None, default_section="never"
    )
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read_string(joined)
    return {stanza: dict(parser[stanza]) for stanza in parser.sections()}


def conf(name: str) -> Settings:
    """One file of default/."""
    return parse_strictly((DEFAULT / name).read_text(encoding="utf-8"))


def load_script(name: str) -> ModuleType:
    """A script of scripts/, as a module; its `main` is not called."""
    spec = importlib.util.spec_from_file_location(f"{name}_script", ROOT / "scripts" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class Spec(NamedTuple):
    """One .conf.spec file: the keys before any stanza, and those of each stanza; `<...>` in a name stands for anything."""

    common: list[str]
    stanzas: dict[str, list[str]]

    def keys_of(self, stanza: str) -> list[str] | None:
        """The keys that a stanza of this name may have; None if no such stanza is in the spec."""
        names = [name for name in self.stanzas if matches(name, stanza)]
        if not names and self.stanzas:
            return None
        # A stanza that is named in the spec has its own keys; the rest are for stanzas of any name.
        exact = [name for name in names if name == stanza] or names
        return self.common + [key for name in exact for key in self.stanzas[name]]


def read_spec(path: Path) -> Spec:
    """A spec file as `Spec`. Prose (lines with * or #) is skipped."""
    spec = Spec([], {})
    keys = spec.common
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            keys = spec.stanzas.setdefault(line.strip().strip("[]"), [])
        elif re.match(r"[A-Za-z<][^*#]*?=", line):
            keys.append(line.partition("=")[0].strip())
    return spec


def matches(pattern: str, name: str) -> bool:
    """Whether a name is what a spec writes with `<placeholders>`."""
    return re.fullmatch(re.sub(r"<[^<>]*>", ".+", re.sub(r"[.*+?()|^$]", r"\\\g<0>", pattern)), name) is not None


def settings() -> Iterator[tuple[str, str, str, str]]:
    """(file, stanza, key, value) of everything in default/."""
    for name in CONF_FILES:
        for stanza, keys in conf(name).items():
            for key, value in keys.items():
                yield name, stanza, key, value
