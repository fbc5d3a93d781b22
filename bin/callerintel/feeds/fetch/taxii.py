"""TAXII 2.1: the STIX objects of a collection, what is new since the last run, in pages.

In: the address of a server, an API root or a collection. Out: one document, a bundle of all indicators known so far that could name an
address. Source: https://docs.oasis-open.org/cti/taxii/v2.1/os/taxii-v2.1-os.html; traps [feeds 2, TAXII 2.1]. The server says with
X-TAXII-Date-Added-Last from where to go on (`added_after`), also within a poll that broke off; one that does not say so is read
from the beginning every time. An answer without objects is `{}`. TAXII tells nobody what was deleted: so everything is read again once in
FULL_DAYS, and what is not found then leaves. TAXII 2.0 and 1 are other protocols and not spoken.
"""

from __future__ import annotations

import json
import re
import time
import uuid
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from callerintel.errors import FeedError, shown
from callerintel.feeds.document import Document
from callerintel.feeds.feed_config import FeedConfig
from callerintel.feeds.fetch import Download
from callerintel.feeds.fetch.client import Client
from callerintel.feeds.fetch.paging import MOST_IDLE_PAGES, Paging, below, iso_time, joined, since_seconds, with_parameters
from callerintel.feeds.fetch.store import Store, read_store, write_store
from callerintel.feeds.formats.stix import is_over
from callerintel.feeds.json_text import dicts, text_of
from callerintel.feeds.rows import read_time
from callerintel.feeds.stix_pattern import may_name_addresses

FULL_DAYS = 7
PAGE_OBJECTS = 1000
_ACCEPT = {"Accept": "application/taxii+json;version=2.1"}
_ADDED_LAST = "X-TAXII-Date-Added-Last"
_is_collection = re.compile(r"(?P<path>.*/collections/[^/]+)(?:/objects)?/?").fullmatch
# What `formats.stix` reads of an indicator; the rest is not kept.
_KEPT = (
    *("type", "id", "created", "modified", "revoked", "name", "pattern", "pattern_type", "valid_from", "valid_until"),
    *("confidence", "labels", "indicator_types"),
)


def fetch(config: FeedConfig, conditions: Mapping[str, str], download: Download) -> Iterator[Document]:
    """The bundle of the collection's indicators. What was read before a failure is kept for the next run. FeedError."""
    store = read_store(download.folder, config)
    with Client(config, download) as client:
        paging = Paging(client, config)
        address = objects_address(paging, config)
        try:
            poll(paging, address, store, config)
        finally:
            write_store(download.folder, config, store)
    download.conditions = {}
    yield Document(bundle(store, config), "collection")


def objects_address(paging: Paging, config: FeedConfig) -> str:
    """Where the objects of the feed's collection are. FeedError("configuration") lists the collections to choose from."""
    parts = urlsplit(config.url)
    named = _is_collection(parts.path)
    if named:
        return urlunsplit(parts._replace(path=f"{named.group('path')}/objects/"))
    body = _json(paging, below(config.url, ""))
    roots = (
        [text for text in body["api_roots"] if isinstance(text, str)] if isinstance(body.get("api_roots"), list) else [config.url]
    )
    found = [(root, item) for root in roots for item in _collections(paging, joined(config.url, root), len(roots) > 1)]
    wanted = config.collection.lower()
    chosen = [(root, item) for root, item in found if wanted in _names(item)] if wanted else found
    if len(chosen) != 1:
        offered = "; ".join(f"{text_of(item, 'title')} ({text_of(item, 'id')})" for _, item in found) or "none"
        raise FeedError("configuration", f"Set collection to one of those that can be read there: {shown(offered)}.")
    root, item = chosen[0]
    return below(joined(config.url, root), f"collections/{text_of(item, 'id')}/objects/")


def poll(paging: Paging, address: str, store: Store, config: FeedConfig) -> None:
    """Read what was added since the store's position, or everything where that is due. FeedError."""
    now = time.time()
    if store.complete and (not store.position or not 0 <= now - store.begun < FULL_DAYS * 86400):
        store.complete = False
        store.position = ""
    if not store.complete and not store.position:
        since = since_seconds(config)
        store.begin(now, "" if since is None else iso_time(since))
    is_dated = _read_pages(paging, address, store)
    store.sweep()
    if not is_dated:
        store.position = ""


def _read_pages(paging: Paging, address: str, store: Store) -> bool:
    """Take all pages into the store; whether the server said from where to go on next time."""
    parameters = {"limit": str(PAGE_OBJECTS), "match[type]": "indicator", "added_after": store.position}
    asked: set[tuple[str, ...]] = set()
    idle, is_dated = 0, True
    while True:
        page = paging.page(with_parameters(address, **{name: value for name, value in parameters.items() if value}), _ACCEPT)
        envelope = page.json()
        if not isinstance(envelope, dict) or not isinstance(envelope.get("objects", []), list):
            raise FeedError("unparsable", "It is no TAXII envelope.")
        objects = dicts(envelope.get("objects", []))
        for item in objects:
            _take(store, item)
        last = page.headers.get(_ADDED_LAST, "").strip()
        store.position = last or store.position
        is_dated = is_dated and bool(last or not objects)
        if envelope.get("more") is not True:
            return is_dated
        idle = 0 if objects else idle + 1
        asked.add(tuple(parameters.values()))
        parameters["next"] = text_of(envelope, "next")
        if not parameters["next"]:  # then the next page is what was added after this one
            parameters["added_after"] = last
        if tuple(parameters.values()) in asked or idle >= MOST_IDLE_PAGES or not (parameters["next"] or last):
            raise FeedError("endless", "The server says that there is more, but its pages lead nowhere.")


def _take(store: Store, item: dict[str, Any]) -> None:
    name = text_of(item, "id")
    if item.get("type") != "indicator" or not name:
        return
    known = store.parts.get(name)
    if known and text_of(item, "modified") < text_of(known[1], "modified"):
        known[0] = store.round
    elif known or may_name_addresses(text_of(item, "pattern")):
        store.parts[name] = [store.round, {key: item[key] for key in _KEPT if key in item}]


def bundle(store: Store, config: FeedConfig) -> bytes:
    """The store as a STIX bundle, in the order of ids. What expired since is not in it, so that its going is a change."""
    now, since = time.time(), since_seconds(config) or 0
    objects = [
        item
        for _, (_, item) in sorted(store.parts.items())
        if item.get("revoked") is True or not (is_over(item, now) or (read_time(text_of(item, "modified")) or now) < since)
    ]
    name = f"bundle--{uuid.uuid5(uuid.NAMESPACE_URL, store.key)}"
    return json.dumps({"type": "bundle", "id": name, "objects": objects}).encode()


def _collections(paging: Paging, root: str, may_fail: bool) -> list[dict[str, Any]]:
    try:
        listed = _json(paging, below(root, "collections/"))
    except FeedError as error:
        if may_fail and error.reason in ("not_found", "denied"):
            return []  # an API root that is not for us
        raise
    return [item for item in dicts(listed.get("collections")) if item.get("can_read") is True and text_of(item, "id")]


def _names(item: dict[str, Any]) -> list[str]:
    return [text_of(item, name).lower() for name in ("id", "title", "alias")]


def _json(paging: Paging, url: str) -> dict[str, Any]:
    body = paging.page(url, _ACCEPT).json()
    if not isinstance(body, dict):
        raise FeedError("unparsable", "It does not answer as a TAXII 2.1 server does.")
    return body
