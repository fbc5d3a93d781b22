"""A folder for what sources remember, and a way to fetch as a run does."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import pytest

from callerintel.feeds.feed_config import read_feed_config
from callerintel.feeds.fetch import Download, fetch


class Fetched(NamedTuple):
    """The bodies that a fetch yielded, and what it taught."""

    bodies: list[bytes]
    download: Download


class Fetcher:
    """Fetches one feed again and again; `folder` is where its source remembers."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __call__(self, url: str, conditions: Mapping[str, str] | None = None, **settings: object) -> Fetched:
        config = read_feed_config("some_list", {"url": url, **{name: str(value) for name, value in settings.items()}})
        download = Download(self.folder)
        return Fetched([document.body for document in fetch(config, conditions or {}, download)], download)


@pytest.fixture
def fetcher(tmp_path: Path) -> Fetcher:
    return Fetcher(tmp_path / "checkpoints")
