"""Requests that belong together: the pages of a list, the objects of a collection, the events of a feed.

What the sources with more than one request share: bodies unpacked within the feed's limit for all of them together, never more
than MOST_REQUESTS, and never to another origin than the feed's: a next page is named by the publisher's answer, and it is not for an answer to
send us, or our key, elsewhere.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

from callerintel.errors import FeedError
from callerintel.feeds.document import Document
from callerintel.feeds.feed_config import FeedConfig
from callerintel.feeds.fetch.client import Client
from callerintel.feeds.fetch.unpack import unpack
from callerintel.feeds.json_text import read_json

MOST_REQUESTS = 10_000
MOST_IDLE_PAGES = 3  # pages one after the other that bring nothing, although there is said to be more
SINCE_PLACE = "{since}"
DAY_SECONDS = 86400


class Page(NamedTuple):
    """One answer: its body, unpacked; its headers; when the publisher says it changed."""

    body: bytes
    headers: Mapping[str, str]
    date: int | None

    def json(self) -> Any:
        """The body as a JSON value. FeedError("unparsable") when it is none."""
        return read_json(Document(self.body, "page"))


class Paging:
    """The requests of one run of a feed to its publisher."""

    def __init__(self, client: Client, config: FeedConfig) -> None:
        self._client, self._config = client, config
        self._requests = self._bytes = 0

    def get(self, url: str, headers: Mapping[str, str] | None = None) -> Page | None:
        """The answer at a URL of the feed's origin; None when the publisher says that it did not change. FeedError."""
        self._requests += 1
        if self._requests > MOST_REQUESTS:
            raise FeedError("endless", f"It did not end after {MOST_REQUESTS} requests.")
        answer = self._client.get(own_url(self._config, url), headers or {})
        if answer is None:
            return None
        left = self._config.max_bytes - self._bytes
        body = b"\n".join(document.body for document in unpack(answer.body, "page", answer.date, left))
        self._bytes += len(body)
        if self._bytes > self._config.max_bytes:
            raise FeedError("too_large", f"All its pages are larger than max_megabytes = {self._config.max_megabytes}.")
        return Page(body, answer.headers, answer.date)

    def page(self, url: str, headers: Mapping[str, str] | None = None) -> Page:
        """The same where nothing is asked that could be unchanged. FeedError."""
        page = self.get(url, headers)
        if page is None:
            raise FeedError("http_status", "The publisher answers 304 to a question without conditions.")
        return page


def own_url(config: FeedConfig, url: str) -> str:
    """A URL as it may be asked: of the feed's origin. FeedError("redirect") for any other.

    http: to the feed's own host becomes https: again: servers behind a proxy name their pages like that.
    """
    own, other = urlsplit(config.url), urlsplit(joined(config.url, url))
    if (other.scheme, own.scheme) == ("http", "https") and other.hostname == own.hostname and not other.port:
        other = other._replace(scheme="https", netloc=own.netloc)
    if (other.scheme, other.hostname, other.port, other.username) != (own.scheme, own.hostname, own.port, None):
        raise FeedError("redirect", f"{own.hostname} names a page of another host; only its own are asked for.")
    return urlunsplit(other)


def joined(url: str, named: str) -> str:
    """The URL that a publisher names on a page at `url`, whole or in part. FeedError("redirect") for what is none."""
    try:
        found = urljoin(url, named)
        int(urlsplit(found).port or 0)  # read, because only then it is looked at
    except ValueError:
        raise FeedError("redirect", f"{urlsplit(url).hostname} names a page by what is no address.") from None
    return found


def with_parameters(url: str, **parameters: str) -> str:
    """A URL with these parameters instead of what it has under their names."""
    parts = urlsplit(url)
    kept = [(name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True) if name not in parameters]
    # Braces stay: {credential} is replaced where the secret is known.
    return urlunsplit(parts._replace(query=urlencode([*kept, *parameters.items()], safe="{}:", errors="replace")))


def below(url: str, name: str) -> str:
    """The URL of what is called `name` in the folder `url`; parameters stay."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(path=f"{parts.path.rstrip('/')}/{name}"))


def since_seconds(config: FeedConfig) -> int | None:
    """Before when nothing is read, epoch seconds at the beginning of a day; None for everything."""
    if not config.history_days:
        return None
    seconds = int(time.time()) - config.history_days * DAY_SECONDS
    return max(0, seconds - seconds % DAY_SECONDS)


def iso_time(seconds: int) -> str:
    """Epoch seconds as TAXII and others write them."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))
