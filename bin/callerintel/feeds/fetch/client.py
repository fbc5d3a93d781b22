"""The HTTP client of all sources: polite to publishers, suspicious of what they send [feeds 8].

Verified TLS only; no `.netrc`, proxy or certificate setting of the environment is ever used (`session`); redirects are followed
here, https only, at most five, and a secret never leaves the feed's own origin; bytes, attempts and the whole transfer have limits. 429, 5xx and broken connections are tried again
within these limits, as late as `Retry-After` says, else after a growing random pause. Messages name the host only.
Content-Encoding is not decoded here: `unpack` looks at the bytes.
"""

from __future__ import annotations

import random
import socket
import time
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from types import TracebackType
from typing import NamedTuple
from urllib.parse import urljoin, urlsplit

import requests
import urllib3

from callerintel.errors import FeedError, shown
from callerintel.feeds import PRODUCT
from callerintel.feeds.credentials import Access
from callerintel.feeds.document import whole_number
from callerintel.feeds.feed_config import FeedConfig, is_loopback
from callerintel.feeds.fetch import Download
from callerintel.feeds.fetch.session import READ_SECONDS, open_session, proxies_for

ATTEMPTS = 3
MOST_REDIRECTS = 5
FIRST_PAUSE_SECONDS = 0.5
LONGEST_PAUSE_SECONDS = 60.0
CONNECT_SECONDS = 20.0
_STEP_BYTES = 1 << 16

_REDIRECTS = (301, 302, 303, 307, 308)
_TRY_AGAIN = (429, 500, 502, 503, 504)
_REASONS = {401: "denied", 403: "denied", 407: "denied", 404: "not_found", 410: "not_found", 429: "rate_limited"}
_CONDITION_HEADERS = (("ETag", "If-None-Match"), ("Last-Modified", "If-Modified-Since"))


class Answer(NamedTuple):
    """A body that arrived whole, when the publisher says it changed last, and the headers it came with."""

    body: bytes
    date: int | None
    headers: Mapping[str, str] = {}


class Failure(Exception):
    """One attempt failed: with what, whether another may help, and how long to wait before it (None: our own pause)."""

    def __init__(self, error: FeedError, again: bool, wait: float | None = None) -> None:
        super().__init__(str(error))
        self.error, self.again, self.wait = error, again, wait


class Client:
    """A session with one publisher; its limits are those of the feed, counted from its making."""

    def __init__(self, config: FeedConfig, download: Download) -> None:
        self._config, self._download = config, download
        self._read_whole = 0  # bytes of the bodies that arrived
        self._deadline = time.monotonic() + config.timeout_seconds
        self._access = download.access or Access(config)
        self._session = open_session(config, self._access, self._seconds_left)
        contact = f"; {config.contact}" if config.contact else ""
        self._session.headers.update({"User-Agent": f"{PRODUCT}{contact})", "Accept": "*/*", "Accept-Encoding": "gzip"})

    def __enter__(self) -> Client:
        return self

    def __exit__(self, kind: type[BaseException] | None, value: object, trace: TracebackType | None) -> None:
        self._session.close()

    def get(self, url: str, conditions: Mapping[str, str]) -> Answer | None:
        """The body at `url`, or None when it is as the `conditions` (request headers) say. FeedError says why not."""
        for attempt in range(ATTEMPTS):
            try:
                return self._attempt(url, conditions)
            except Failure as failure:
                pause = random.uniform(0.5, 1) * FIRST_PAUSE_SECONDS * 2**attempt
                wait = pause if failure.wait is None else failure.wait
                if failure.wait is not None:
                    self._download.not_before = time.time() + failure.wait
                last = attempt == ATTEMPTS - 1
                if last or not failure.again or wait > min(LONGEST_PAUSE_SECONDS, self._seconds_left()):
                    raise failure.error from None
                time.sleep(wait)
                self._download.not_before = None
        raise AssertionError("the last attempt returns or raises")

    def _attempt(self, url: str, conditions: Mapping[str, str]) -> Answer | None:
        host = urlsplit(url).hostname or ""
        try:
            with self._follow(url, conditions) as response:
                self._download.http_status = response.status_code
                if response.status_code == 304 and conditions:
                    return None
                if response.status_code != 200:
                    raise _status_failure(response, host)
                body = self._body(response)
                self._download.conditions = _next_conditions(response)
                return Answer(body, _date_seconds(response.headers.get("Last-Modified")), response.headers)
        except (requests.Timeout, urllib3.exceptions.TimeoutError, TimeoutError, socket.timeout):
            raise Failure(FeedError("timeout", f"{host} did not answer in time."), again=True) from None
        except (requests.exceptions.SSLError, urllib3.exceptions.SSLError):
            detail = f"The certificate of {host} is not valid for it, or no TLS connection can be made."
            raise Failure(FeedError("tls", detail), again=False) from None
        except requests.exceptions.ProxyError as error:
            raise _proxy_failure(host, error) from None
        except (urllib3.exceptions.IncompleteRead, urllib3.exceptions.ProtocolError) as error:
            raise Failure(_broken(host, error), again=True) from None
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
            detail = f"No connection to {host} ({type(error).__name__})."
            raise Failure(FeedError("network", detail), again=True) from None

    def _follow(self, url: str, conditions: Mapping[str, str]) -> requests.Response:
        for _ in range(MOST_REDIRECTS + 1):
            left = max(0.1, self._seconds_left())
            asked, credentials = self._access.request(url)
            response = self._session.get(
                asked,
                headers={**conditions, **credentials},
                proxies=proxies_for(self._config, url),
                stream=True,
                allow_redirects=False,
                timeout=(min(CONNECT_SECONDS, left), min(READ_SECONDS, left)),
            )
            if response.status_code not in _REDIRECTS or "Location" not in response.headers:
                return response
            response.close()
            url = self._redirected(url, response.headers["Location"])
        raise Failure(FeedError("redirect", f"It was redirected more than {MOST_REDIRECTS} times."), again=False)

    def _redirected(self, url: str, location: str) -> str:
        old_host = urlsplit(url).hostname or ""
        try:
            target = urljoin(url, location)
            new = urlsplit(target)
            new_host, _ = new.hostname or "", new.port
        except ValueError:
            raise Failure(FeedError("redirect", f"{old_host} redirects to what is no address."), again=False) from None
        if is_loopback(old_host) and is_loopback(new_host):
            followed = new.scheme in ("http", "https")
        else:  # a publisher must not send us to a service of this very host
            followed = new.scheme == "https" and bool(new_host) and not is_loopback(new_host)
        if not followed or new.username is not None:
            detail = f"{old_host} redirects to {shown(f'{new.scheme}://{new_host}')}; only https:// is followed."
            raise Failure(FeedError("redirect", detail), again=False)
        without = self._access.elsewhere(target)
        if without is None:
            detail = f"{old_host} redirects to {shown(f'{new.scheme}://{new_host}')} with the feed's credential in the address."
            raise Failure(FeedError("redirect", detail), again=False)
        return without

    def _body(self, response: requests.Response) -> bytes:
        limit = self._config.max_bytes
        chunks: list[bytes] = []
        size = self._read_whole
        while True:
            # read1 returns what has come, so that a stream of single bytes meets the deadline as well.
            chunk = response.raw.read1(_STEP_BYTES, decode_content=False)
            if not chunk:
                self._read_whole = size
                return b"".join(chunks)
            size += len(chunk)
            self._download.bytes = size
            chunks.append(chunk)
            if size > limit:
                detail = f"It is larger than max_megabytes = {self._config.max_megabytes}."
                raise Failure(FeedError("too_large", detail), again=False)
            if self._seconds_left() <= 0:
                detail = f"The download took longer than timeout_seconds = {self._config.timeout_seconds}."
                raise Failure(FeedError("timeout", detail), again=False)

    def _seconds_left(self) -> float:
        return self._deadline - time.monotonic()


def _status_failure(response: requests.Response, host: str) -> Failure:
    status = response.status_code
    reason = _REASONS.get(status, "http_status")
    wait = _retry_after(response.headers.get("Retry-After")) if status in _TRY_AGAIN else None
    return Failure(FeedError(reason, f"{host} answered {status}."), again=status in _TRY_AGAIN, wait=wait)


def _proxy_failure(host: str, error: Exception) -> Failure:
    if "407" in repr(error):  # the error holds the status of CONNECT in its text only
        return Failure(FeedError("denied", "The proxy wants other credentials (407): see proxy_credential."), again=False)
    return Failure(FeedError("network", f"The proxy made no connection to {host}."), again=True)


def _broken(host: str, error: Exception) -> FeedError:
    inner = error.args[-1] if error.args else error
    if isinstance(error, urllib3.exceptions.IncompleteRead) or "IncompleteRead" in repr(inner):
        return FeedError("truncated", f"The transfer from {host} ended before the end of the list.")
    return FeedError("network", f"The connection to {host} broke off.")


def _retry_after(text: str | None) -> float | None:
    if text is None:
        return None
    seconds = whole_number(text.strip())
    if seconds is not None:
        return float(seconds)
    date = _date_seconds(text)
    return None if date is None else max(0.0, date - time.time())


def _date_seconds(text: str | None) -> int | None:
    try:
        return int(parsedate_to_datetime(text).timestamp()) if text else None
    except (TypeError, ValueError, IndexError, OverflowError):
        return None


def _next_conditions(response: requests.Response) -> dict[str, str]:
    return {asks: response.headers[says] for says, asks in _CONDITION_HEADERS if says in response.headers}
