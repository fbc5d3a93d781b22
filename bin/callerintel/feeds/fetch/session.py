"""The connections of a feed's client: verified TLS, the feed's own CA bundle, client certificate and proxy, and a clock that
no publisher can stop.

In: a feed's settings, its secrets, and how many seconds are left. Out: a requests session, and the proxy for a URL. requests limits
each read of a socket, so headers that drip in byte by byte would hold a run for ever: here every read looks at the clock.
Nothing of the environment is used. What is asked, and what an answer means, is for `client`.
"""

from __future__ import annotations

import http.client
import io
import socket
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.util.ssl_ import create_urllib3_context

from callerintel.address import parse_address, parse_range
from callerintel.errors import FeedError, shown
from callerintel.feeds.credentials import Access, origin
from callerintel.feeds.feed_config import FeedConfig, is_loopback
from callerintel.feeds.setting_checks import real_path

READ_SECONDS = 60.0

Clock = Callable[[], float]  # → seconds left


def open_session(config: FeedConfig, access: Access, clock: Clock) -> requests.Session:
    """A session that keeps to the feed's settings; the client certificate is shown at the feed's own origin alone. FeedError for one,
    or a `ca_bundle`, that cannot be used."""
    session = requests.Session()
    session.trust_env = False
    session.verify = _ca_bundle(config)
    pools = _pools(clock)
    for prefix in ("https://", "http://"):
        session.mount(prefix, _Adapter(access, pools))
    if access.has_certificate():
        scheme, host, port = origin(config.url)
        for spelling in (f"{scheme}://{host}:{port}/", f"{scheme}://{host}/"):
            if origin(spelling) == origin(config.url):
                session.mount(spelling, _Adapter(access, pools, with_certificate=True))
    return session


def proxies_for(config: FeedConfig, url: str) -> dict[str, str]:
    """The proxies argument of a request for a URL; empty where none is to be used: never for this host."""
    host = (urlsplit(url).hostname or "").lower()
    direct = not config.proxy or is_loopback(host) or any(_names(entry, host) for entry in config.no_proxy)
    return {} if direct else {"https": config.proxy, "http": config.proxy}


def _names(entry: str, host: str) -> bool:
    """Whether an entry of no_proxy means a host: `*`, a network, or a domain with all hosts in it."""
    network = parse_range(entry)
    if network is not None:
        number = parse_address(host)
        return number is not None and network.first <= number <= network.last
    domain = entry.lstrip(".")
    return entry == "*" or host == domain or host.endswith("." + domain)


def _ca_bundle(config: FeedConfig) -> bool | str:
    if not config.ca_bundle:
        return True
    path = real_path(config.ca_bundle)
    try:
        create_urllib3_context().load_verify_locations(path)
    except OSError as error:  # an SSLError is one
        detail = f"ca_bundle {shown(config.ca_bundle)} cannot be used ({type(error).__name__}); it must be a PEM file."
        raise FeedError("configuration", detail) from None
    return path


class _Adapter(HTTPAdapter):
    """requests' own, with our connections, proxy headers and certificate."""

    def __init__(self, access: Access, pools: Mapping[str, type], with_certificate: bool = False) -> None:
        self._access, self._pools = access, dict(pools)
        self._context: dict[str, Any] = {}
        if with_certificate:
            self._context["ssl_context"] = create_urllib3_context()
            access.load_certificate(self._context["ssl_context"])
        super().__init__(max_retries=0)

    def init_poolmanager(self, connections: int, maxsize: int, block: bool = False, **kwargs: Any) -> None:
        super().init_poolmanager(connections, maxsize, block, **kwargs, **self._context)  # type: ignore[no-untyped-call]
        self.poolmanager.pool_classes_by_scheme = self._pools

    def proxy_manager_for(self, proxy: str, **kwargs: Any) -> Any:
        manager = super().proxy_manager_for(proxy, **kwargs, **self._context)  # type: ignore[no-untyped-call]
        manager.pool_classes_by_scheme = self._pools
        return manager

    def proxy_headers(self, proxy: str) -> dict[str, str]:
        return self._access.proxy_headers()


def _pools(clock: Clock) -> dict[str, type]:
    """urllib3's connection pools by scheme, with connections whose answers look at the clock."""

    class Response(http.client.HTTPResponse):
        def __init__(self, sock: socket.socket, *args: Any, **kwargs: Any) -> None:
            super().__init__(sock, *args, **kwargs)
            self.fp: io.BufferedReader = io.BufferedReader(_TimedReader(self.fp.detach(), sock, clock))

    class Plain(HTTPConnection):
        response_class = Response

    class Secure(HTTPSConnection):
        response_class = Response

    class PlainPool(HTTPConnectionPool):
        ConnectionCls = Plain

    class SecurePool(HTTPSConnectionPool):
        ConnectionCls = Secure

    return {"http": PlainPool, "https": SecurePool}


class _TimedReader(io.RawIOBase):
    """A socket's bytes, as long as there is time left."""

    def __init__(self, raw: io.RawIOBase, sock: socket.socket, clock: Clock) -> None:
        self._raw, self._sock, self._clock = raw, sock, clock

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        left = self._clock()
        if left <= 0:
            raise socket.timeout("the time of the download is over")
        self._sock.settimeout(min(READ_SECONDS, left))
        return self._raw.readinto(buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()
