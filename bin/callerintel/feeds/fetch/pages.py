"""A list in pages: the answer names the next page (OTX, and most JSON interfaces), or gives a token for it (GreyNoise), or the pages
are counted in the address (CrowdSec).

In: the first page's address; `{since}` in it becomes the day `history_days` ago. Out: a document per page. Shapes [feeds 2]:

    next, links.next            the address of the next page; null or missing on the last one
    scroll, with complete       a token for the parameter `scroll`, at the top or in request_metadata, until complete is true
    page=1 in the address       counted up until a page is empty, shorter than page_size, not there, or the one before again
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

from callerintel.errors import FeedError
from callerintel.feeds.document import Document, whole_number
from callerintel.feeds.feed_config import FeedConfig
from callerintel.feeds.fetch import Download
from callerintel.feeds.fetch.client import Client
from callerintel.feeds.fetch.paging import SINCE_PLACE, Page, Paging, iso_time, joined, since_seconds, with_parameters


def fetch(config: FeedConfig, conditions: Mapping[str, str], download: Download) -> Iterator[Document]:
    """The pages, in order. That the first one did not change says nothing of the others, so conditions are not used. FeedError."""
    url: str | None = config.url.replace(SINCE_PLACE, iso_time(since_seconds(config) or 0)[:10])
    asked: set[str] = set()
    bodies: set[bytes] = set()
    with Client(config, download) as client:
        paging = Paging(client, config)
        while url is not None:
            if url in asked:
                raise FeedError("endless", "A page names one as the next that came before it.")
            asked.add(url)
            page = _page(paging, url, first=len(asked) == 1)
            if page is None or (is_counted(url) and bodies and (page.body in bodies or is_empty(page.body))):
                break
            bodies.add(page.body)
            yield Document(page.body, f"page {len(asked)}", page.date)
            url = next_url(url, page)
    download.conditions = {}


def next_url(url: str, page: Page) -> str | None:
    """The address of the page after this one; None after the last."""
    body = _json(page.body)
    if isinstance(body, dict):
        links = body["links"] if isinstance(body.get("links"), dict) else body
        if "next" in links:
            return _named(url, links["next"])
        meta = body["request_metadata"] if isinstance(body.get("request_metadata"), dict) else body
        if "scroll" in meta or "complete" in meta:
            token = meta.get("scroll")
            return (
                with_parameters(url, scroll=token)
                if isinstance(token, str) and token and meta.get("complete") is not True
                else None
            )
    return _counted_up(url, page.body)


def is_counted(url: str) -> bool:
    """Whether the address counts its pages."""
    return "page" in parse_qs(urlsplit(url).query)


def is_empty(body: bytes) -> bool:
    """Whether a page has nothing on it: no text, or JSON whose lists are all empty."""
    value = _json(body)
    if isinstance(value, dict):
        lists = [inner for inner in value.values() if isinstance(inner, list)]
        return bool(lists) and not any(lists)
    return value == [] or not body.strip()


def _page(paging: Paging, url: str, first: bool) -> Page | None:
    try:
        return paging.page(url)
    except FeedError as error:
        if error.reason == "not_found" and is_counted(url) and not first:
            return None
        raise


def _named(url: str, name: Any) -> str | None:
    if name is None or name == "":
        return None
    text = str(name)
    if text.startswith(("http://", "https://", "/", "?")):
        return joined(url, text)
    raise FeedError("truncated", "The answer names its next page in a way that is not known, so the list would be cut.")


def _counted_up(url: str, body: bytes) -> str | None:
    query = parse_qs(urlsplit(url).query)
    number = whole_number(query.get("page", [""])[0])
    if number is None:
        return None
    size = whole_number(query.get("page_size", [""])[0])
    if size is not None and not body.lstrip().startswith((b"{", b"[")) and len(body.split()) < size:
        return None
    return with_parameters(url, page=str(number + 1))


def _json(body: bytes) -> Any:
    if not body.lstrip().startswith((b"{", b"[")):
        return None
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None
