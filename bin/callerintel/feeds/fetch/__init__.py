"""Fetching: documents, however they arrive. What they mean is for `formats`; the two vary independently.

A source is a function `fetch(config, conditions, download) -> Iterator[Document]`. `conditions` is what the last download
taught (ETag, Last-Modified); `download` is filled on the way. A source that finds nothing changed yields nothing and sets
`download.unchanged`.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from callerintel.feeds.credentials import Access
from callerintel.feeds.document import Document
from callerintel.feeds.feed_config import FeedConfig


@dataclass
class Download:
    """What a transfer taught us: for the report, and for the conditions of the next one.

    `bytes` as transferred (compressed); `not_before`: epoch seconds, when the publisher wants to be asked again at the
    earliest; `conditions`: headers for the next request. `folder` is where a source that reads only what is new keeps what it has
    read (`store`); without one it reads everything. `access` are the feed's secrets, for the client.
    """

    folder: Path | None = None
    access: Access | None = None
    http_status: int | None = None
    bytes: int = 0
    unchanged: bool = False
    not_before: float | None = None
    conditions: dict[str, str] = field(default_factory=dict)


def fetch(config: FeedConfig, conditions: Mapping[str, str], download: Download) -> Iterator[Document]:
    """The documents of a feed, from wherever its `url` says. FeedError says why there are none."""
    if config.is_file:
        from callerintel.feeds.fetch import file

        return file.fetch(config, download)
    # Imported here: a list in a file needs no network, and requests costs 90 ms at each start [style 5].
    source = importlib.import_module(f"{__name__}.{'url' if config.delivery == 'list' else config.delivery}")
    documents: Iterator[Document] = source.fetch(config, conditions, download)
    return documents
