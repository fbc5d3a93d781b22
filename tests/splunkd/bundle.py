"""Cuts a search head's knowledge bundle and unpacks it as an indexer has it.

Source: [platform 2.1 to 2.4, 9.5]. The indexer is another machine with a $SPLUNK_HOME of its own, in which the search head's
apps exist only below var/run/searchpeers/<server>-<epoch>/. Unchanged files of a new generation are hard links to the
one before: who writes into one changes both. Files and folders are read-only here; because that does not stop root,
`contents` lets a search check that nothing was changed. Deltas and throttling are not played.
"""

from __future__ import annotations

import filecmp
import os
from collections.abc import Iterator
from pathlib import Path

from .bundle_rules import BundleRules, merge_rules
from .conf import is_true, read_conf

FIRST_EPOCH = 1700000000
BUNDLE_SECONDS = 60  # replication_period_sec: at most one generation a minute [platform 2.3]


def apps_of(etc: Path) -> list[Path]:
    """Returns the folders of all apps, sorted."""
    return sorted(path for path in (etc / "apps").iterdir() if path.is_dir())


def rules_of(etc: Path) -> BundleRules:
    """Returns the rules in force: Splunk's defaults, every app's distsearch.conf, the admin's in etc/system/local."""
    return merge_rules(read_conf(folder, "distsearch") for folder in [*apps_of(etc), etc / "system"])


def bundle_files(etc: Path, rules: BundleRules) -> Iterator[tuple[str, Path]]:
    """Yields (path relative to etc, file) of all that travels, of every app, sorted."""
    for app in apps_of(etc):
        stays = unreplicated_lookups(app)
        for path in sorted(app.rglob("*")):
            if not path.is_file() or (path.parent == app / "lookups" and path.name in stays):
                continue
            relative = path.relative_to(etc).as_posix()
            if rules.travels(relative, path.stat().st_size):
                yield relative, path


def unreplicated_lookups(app: Path) -> set[str]:
    """Returns the file names of lookups whose definition says `replicate = false` [platform 2.1, 4.1]."""
    return {
        settings["filename"]
        for settings in read_conf(app, "transforms").values()
        if "filename" in settings and not is_true(settings.get("replicate", "true"))
    }


def prune_meta(text: str, rules: BundleRules) -> str:
    """Returns a .meta file's text without the stanzas of confs that do not travel (sanitizeMetaFiles)."""
    kept: list[str] = []
    keep = True
    for line in text.splitlines(keepends=True):
        if line.startswith("["):
            kind = line[1:].partition("]")[0].partition("/")[0]
            keep = not kind or kind in rules.confs
        if keep:
            kept.append(line)
    return "".join(kept)


def unpack(etc: Path, peer_home: Path, server: str) -> Path:
    """Cuts the bundle of `etc` and unpacks it on the peer as its next generation; returns that folder.

    It is newer than the newest that is there, whichever of the older ones are gone: a peer reaps them [platform 2.4].
    """
    peers = peer_home / "var" / "run" / "searchpeers"
    generations = generations_of(peers, server)
    before = generations[max(generations)] if generations else None
    target = peers / f"{server}-{max(generations) + BUNDLE_SECONDS if generations else FIRST_EPOCH}"
    rules = rules_of(etc)
    for relative, source in bundle_files(etc, rules):
        path = target / relative
        path.parent.mkdir(parents=True, exist_ok=True)
        data = source.read_bytes()
        if relative.endswith(".meta"):
            data = prune_meta(data.decode("utf-8"), rules).encode("utf-8")
        path.write_bytes(data)
        os.utime(path, ns=(source.stat().st_atime_ns, source.stat().st_mtime_ns))
        old = before / relative if before else None
        if old and old.is_file() and filecmp.cmp(old, path, shallow=False):
            path.unlink()
            os.link(old, path)
        path.chmod(0o444)
    for folder in sorted((path for path in target.rglob("*") if path.is_dir()), reverse=True):
        folder.chmod(0o555)
    return target


def generations_of(peers: Path, server: str) -> dict[int, Path]:
    """Returns {epoch: folder} of the generations that a server's bundles have on a peer."""
    found = {path.name[len(server) + 1 :]: path for path in peers.glob(f"{server}-*")}
    return {int(epoch): path for epoch, path in found.items() if epoch.isdigit()}


def contents(folder: Path) -> dict[str, tuple[int, int]]:
    """Returns {path: (size, mtime in ns)} of all below `folder`, without what the interpreter itself caches.

    Python writes __pycache__ wherever it may; an indexer's bundle folder may be writable for it [platform 1.7].
    """
    found = {}
    for path in folder.rglob("*"):
        if "__pycache__" not in path.parts:
            status = path.stat()
            found[path.relative_to(folder).as_posix()] = (status.st_size, status.st_mtime_ns) if path.is_file() else (0, 0)
    return found
