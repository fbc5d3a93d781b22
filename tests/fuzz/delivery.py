"""Targets: how lists are delivered in parts. Pages, a MISP manifest with its events, TAXII's envelopes, and the store of what was read.

The publisher is played where the network begins: a client whose answers are the input, in turn. What a page says of the next one may lead
anywhere; it must end, and never at another host.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from callerintel.errors import FEED_REASONS, FeedError
from callerintel.feeds.feed_config import FeedConfig, read_feed_config
from callerintel.feeds.fetch import client, misp, pages, taxii
from callerintel.feeds.fetch.paging import Paging, own_url
from callerintel.feeds.fetch.store import read_store, write_store
from tests.hostile import has_controls

from .target import Target

URL = "https://feeds.example.com/list?page=1"
MOST_ANSWERS = 20


class Answers:
    """A client that answers with the lines of an input, the last one again and again, and ends what does not end by itself."""

    def __init__(self, data: bytes) -> None:
        self._lines = data.split(b"\n\n") or [b""]
        self.asked: list[str] = []

    def get(self, url: str, conditions: Mapping[str, str]) -> client.Answer:
        self.asked.append(url)
        if len(self.asked) > MOST_ANSWERS:
            raise FeedError("timeout", "It does not end.")
        head, _, body = self._lines[min(len(self.asked), len(self._lines)) - 1].partition(b"\n")
        headers = {"x-taxii-date-added-last": head.decode("latin-1")}
        return client.Answer(body, 1_790_000_000, headers)


def _config(**settings: str) -> FeedConfig:
    return read_feed_config("some_list", {"url": URL, **settings})


def _told(error: FeedError) -> None:
    assert error.reason in FEED_REASONS
    assert not has_controls(str(error)), error


def _pages(data: bytes) -> None:
    config, publisher = _config(delivery="pages"), Answers(data)
    paging: Any = Paging(publisher, config)  # type: ignore[arg-type]
    url: str | None = URL
    try:
        while url is not None:
            page = paging.page(url)
            pages.is_empty(page.body)
            url = pages.next_url(url, page)
    except FeedError as error:
        _told(error)
    assert all(own_url(config, asked) == asked for asked in publisher.asked)


def _taxii(data: bytes) -> None:
    config, publisher = _config(delivery="taxii"), Answers(data)
    paging: Any = Paging(publisher, config)  # type: ignore[arg-type]
    store = read_store(None, config)
    try:
        address = taxii.objects_address(paging, config)
        taxii.poll(paging, address, store, config)
    except FeedError as error:
        _told(error)
    json.loads(taxii.bundle(store, config))


def _misp(data: bytes) -> None:
    for text in data.split(b"\n\n"):
        try:
            manifest = misp.read_manifest(json.loads(text), _config(delivery="misp", history_days="30"))
        except FeedError as error:
            _told(error)
        except (ValueError, RecursionError):  # no JSON: `Page.json` refuses it before
            continue
        else:
            assert all(isinstance(stamp, str) for stamp in manifest.values())


def _stored(data: bytes) -> Iterator[bytes]:
    """The input itself, and the input with the key of these settings, without which no store is believed."""
    yield data
    key = read_store(None, _config(delivery="taxii")).key
    yield data.replace(b"KEY", key.encode())


def _store(data: bytes) -> None:
    """A store on a damaged disk is a store, or none; a bundle can be made of it, and it can be written again."""
    config = _config(delivery="taxii")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for text in _stored(data):
            (folder / "store_some_list.json").write_bytes(text)
            store = read_store(folder, config)
            json.loads(taxii.bundle(store, config))
            write_store(folder, config, store)


TARGETS = [
    Target("pages", _pages, tokens=(b'{"links":{"next":"', b'{"next":"', b"http://[", b"?page=", b'"scroll":"', b"\n\n", b"//x/"), weight=3000),
    Target("taxii", _taxii, tokens=(b'{"objects":[', b'"more":true', b'"next":"', b'"api_roots":["', b'"collections":[{', b"\n\n\n"), weight=4000),
    Target("misp_manifest", _misp, tokens=(b'":{"timestamp":"', b"00000000-0000-4000-8000-000000000000", b"\n\n")),
    Target("store", _store, tokens=(b'"parts":{', b'"round":', b"1e999", b'"x":[1,{"id":"x"}]', b"KEY", b"[]"), weight=3000),
]  # fmt: skip
