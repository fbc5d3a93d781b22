"""Which files of a search head travel to its indexers in the knowledge bundle.

Source: distsearch.conf.spec and default/distsearch.conf of Splunk 10.2.3 [platform 2.1, 2.2]. In: paths relative to
$SPLUNK_HOME/etc with `/`. Rules of all apps are merged and apply to everything; a rule for one file beats deny, deny
beats allow, what nothing names stays home. The tables below are Splunk's defaults; a test compares them with that file.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from .conf import Stanzas, is_true

ALLOWLIST = {
    "refine.conf": "(system|(apps/*)|users(/_reserved)?/*/*)/(default|local)/*.conf",
    "refine.metadata": "(system|(apps/*)|users(/_reserved)?/*/*)/metadata/*.meta",
    "other": "(system|(apps/(?!pdfserver)*)|users(/_reserved)?/*/*)/(bin|lookups)/...",
    "kvstore": "kvstore_*/...",
}
DENYLIST = {
    "lookupindexfiles": "(system|apps/*|users(/_reserved)?/*/*)/lookups/*.(tmp$|index((|.alive|.lock)$|/...))",
    "sampleapp": "apps/sample_app/...",
    "conf": "(system|(apps/*))/(default|local)/server.conf",
    "user_specific_meta": "users(/_reserved)?/*/*/metadata/local.meta",
    "framework": "apps/framework/...",
    "precompiled_python": "....pyc$",
    "splunkvisualexporter": "apps/splunk-visual-exporter/...",
}
REPLICATED_CONFS = (
    "app",
    "authorize",
    "collections",
    "commands",
    "eventtypes",
    "fields",
    "field_filters",
    "segmenters",
    "lookups",
    "macros",
    "multikv",
    "props",
    "tags",
    "transforms",
    "transactiontypes",
)

_TOKEN = re.compile(r"\\.|\.\.\.|\*|\.|[^\\.*]+|\\", re.DOTALL)


def pattern_regex(pattern: str) -> re.Pattern[str]:
    """Compiles Splunk's pattern: `...` is anything, `*` anything but a separator, `.` a dot, the rest is regex.

    It is matched from the start of a path; only a `$` in the pattern ties it to the end (Splunk's own defaults
    write that `$` where they want it).
    """
    special = {"...": ".*", "*": "[^/]*", ".": r"\."}
    return re.compile("".join(special.get(token, token) for token in _TOKEN.findall(pattern)), re.DOTALL)


class BundleRules(NamedTuple):
    """The merged rules of one search head: patterns by name, rules for single files, confs and size that may travel."""

    allow: Mapping[str, re.Pattern[str]]
    deny: Mapping[str, re.Pattern[str]]
    single_files: Mapping[str, str]
    confs: Iterable[str]
    largest_lookup_bytes: int

    def travels(self, path: str, size: int = 0) -> bool:
        """Tells whether the file goes into the bundle; `size` in bytes matters for lookups only."""
        single = self.single_files.get(path)
        if single:
            return single == "allow"
        if any(pattern.match(path) for pattern in self.deny.values()):
            return False
        names = [name for name, pattern in self.allow.items() if pattern.match(path)]
        if "/lookups/" in path and 0 < self.largest_lookup_bytes < size:
            return False  # excludeReplicatedLookupSize: left out silently [platform 2.2]
        return any(not name.startswith("refine.") or self._is_refined(path) for name in names)

    def _is_refined(self, path: str) -> bool:
        """The second filter of `refine.` rules: a .conf must be named; a .meta passes and is pruned inside."""
        name = path.rpartition("/")[2]
        return name.endswith(".meta") or (name.endswith(".conf") and name[: -len(".conf")] in self.confs)


def merge_rules(distsearch_confs: Iterable[Stanzas]) -> BundleRules:
    """Returns Splunk's defaults with every app's distsearch.conf over them, key by key."""
    merged: dict[str, dict[str, str]] = {
        "replicationAllowlist": dict(ALLOWLIST),
        "replicationDenylist": dict(DENYLIST),
        "replicationSettings:refineConf": {f"replicate.{name}": "true" for name in REPLICATED_CONFS},
    }
    for conf in distsearch_confs:
        for stanza, settings in conf.items():
            merged.setdefault(stanza, {}).update(settings)
    refine = merged["replicationSettings:refineConf"]
    megabytes = merged.get("replicationSettings", {}).get("excludeReplicatedLookupSize", "0")
    return BundleRules(
        allow={name: pattern_regex(pattern) for name, pattern in merged["replicationAllowlist"].items()},
        deny={name: pattern_regex(pattern) for name, pattern in merged["replicationDenylist"].items()},
        single_files=merged.get("replicationSettings:fileSpecific", {}),
        confs=frozenset(key[len("replicate.") :] for key, value in refine.items() if is_true(value)),
        largest_lookup_bytes=int(megabytes) << 20,
    )
