"""A MISP feed: the manifest names its events and when each was changed; only those that changed are asked for.

In: the address of the folder (or of manifest.json in it). Out: one document, all events that the manifest names, cut down to the attributes that
`formats.misp` can read; thousands of events are small then. Shape [feeds 2, MISP feed]. An event that is named but not there (404), or is
none, keeps its last version where there is one, and is reported as missing. `history_days` leaves old events out: feeds keep theirs for
years. What was read before a failure is kept, so a large feed is read in as many runs as it takes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from callerintel.errors import FeedError
from callerintel.feeds.document import Document
from callerintel.feeds.feed_config import FeedConfig
from callerintel.feeds.fetch import Download
from callerintel.feeds.fetch.client import Client
from callerintel.feeds.fetch.paging import Paging, below, since_seconds
from callerintel.feeds.fetch.store import Store, read_store, write_store
from callerintel.feeds.formats.misp import ADDRESS_TYPES, attributes, events
from callerintel.feeds.json_text import text_of
from callerintel.feeds.rows import read_time

_MANIFEST = "manifest.json"
_is_uuid = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}").fullmatch  # anything else would be a path
_KEPT = ("type", "value", "to_ids", "timestamp", "comment", "deleted", "first_seen", "last_seen")


def fetch(config: FeedConfig, conditions: Mapping[str, str], download: Download) -> Iterator[Document]:
    """The events of the feed, in the order of their names; nothing when the manifest did not change and all its events are known.
    FeedError."""
    store = read_store(download.folder, config)
    folder = _folder(config.url)
    with Client(config, download) as client:
        paging = Paging(client, config)
        page = paging.get(below(folder, _MANIFEST), conditions if store.complete else {})
        if page is None:
            download.unchanged = True
            return
        next_conditions = download.conditions
        manifest = read_manifest(page.json(), config)
        store.parts = {name: part for name, part in store.parts.items() if name in manifest}
        store.complete = False
        try:
            missing = _read_events(paging, folder, manifest, store)
            store.complete = not missing
        finally:
            write_store(download.folder, config, store)
    # Events that were missing may be there next time, although the manifest is the same.
    download.conditions = next_conditions if store.complete else {}
    yield Document(_document(store, missing), _MANIFEST, page.date)


def read_manifest(body: Any, config: FeedConfig) -> dict[str, str]:
    """The events that are new enough to be read: name → when it was changed, as written. FeedError("unparsable")."""
    if not isinstance(body, dict) or not all(isinstance(entry, dict) for entry in body.values()):
        raise FeedError("unparsable", "Its manifest.json is no manifest of a MISP feed.")
    since = since_seconds(config) or 0
    stamps = {name: text_of(entry, "timestamp") for name, entry in body.items() if _is_uuid(name)}
    if body and not stamps:
        raise FeedError("unparsable", "Its manifest.json names no events.")
    return {name: stamp for name, stamp in stamps.items() if not since or (read_time(stamp) or 0) >= since}


def _read_events(paging: Paging, folder: str, manifest: Mapping[str, str], store: Store) -> list[str]:
    """Take the events that changed into the store, newest first; the names of those that are not there."""
    changed = [name for name, stamp in manifest.items() if store.parts.get(name, [""])[0] != stamp]
    missing: list[str] = []
    for done, name in enumerate(sorted(changed, key=lambda name: (manifest[name].zfill(12), name), reverse=True)):
        try:
            store.parts[name] = [manifest[name], _small_event(paging.page(below(folder, f"{name}.json")).json())]
        except FeedError as error:
            if error.reason not in ("not_found", "unparsable"):
                detail = f"{error.detail} {done} of {len(changed)} changed events were read; the next run goes on from there."
                raise FeedError(error.reason, detail) from None
            missing.append(name)
    if missing and len(missing) == len(changed) and not store.parts:
        raise FeedError("not_found", f"None of the {len(missing)} events that its manifest names is there.")
    return sorted(missing)


def _small_event(body: Any) -> dict[str, Any]:
    """What of an event is kept: nothing that `formats.misp` would reject for its type."""
    event = events(body)[0]
    kept = [
        {key: attribute[key] for key in _KEPT if key in attribute}
        for attribute in attributes(event)
        if text_of(attribute, "type").lower() in ADDRESS_TYPES
    ]
    return {"info": text_of(event, "info"), "timestamp": text_of(event, "timestamp"), "Attribute": kept}


def _document(store: Store, missing: list[str]) -> bytes:
    known = [{"Event": event} for _, (_, event) in sorted(store.parts.items()) if event.get("Attribute")]
    return json.dumps({"response": known, "missing": missing}).encode()


def _folder(url: str) -> str:
    parts = urlsplit(url)
    path = parts.path[: -len(_MANIFEST)] if parts.path.endswith(f"/{_MANIFEST}") else parts.path
    return urlunsplit(parts._replace(path=path.rstrip("/")))
