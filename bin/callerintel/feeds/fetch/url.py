"""A list at a URL: one body, asked for politely and only when it changed."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from urllib.parse import urlsplit

from callerintel.feeds.document import Document
from callerintel.feeds.feed_config import FeedConfig
from callerintel.feeds.fetch import Download
from callerintel.feeds.fetch.client import Client
from callerintel.feeds.fetch.unpack import unpack


def fetch(config: FeedConfig, conditions: Mapping[str, str], download: Download) -> Iterator[Document]:
    """The document at the URL, or the documents in the archive that it is; none when the publisher says 304. FeedError."""
    with Client(config, download) as client:
        answer = client.get(config.url, conditions)
    if answer is None:
        download.unchanged = True
        return
    name = os.path.basename(urlsplit(config.url).path) or "list"
    yield from unpack(answer.body, name, answer.date, config.max_bytes)
