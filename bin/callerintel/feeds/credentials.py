"""Secrets: the only module that sees one. It reads them from splunkd's credential store and shows them where they are meant to go.

In: the names of credentials in a feed's settings. Out: `Access`, which adds a secret to a request for the feed's own origin
(scheme, host and port) and to nothing else. Never from the environment, a `.netrc` or a setting.

A secret of more than PART_CHARACTERS lies in several entries of the store, NAME, NAME.2, NAME.3, ...: splunkd could not encrypt
longer ones for long [platform 5]. An entry of exactly that length may be followed by another; a shorter one is the last.
"""

from __future__ import annotations

import base64
import contextlib
import os
import ssl
import tempfile
from collections.abc import Iterator
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit, urlunsplit

from callerintel.errors import FeedError, shown
from callerintel.feeds.feed_config import PATH_PLACE, FeedConfig
from callerintel.feeds.splunkd import APP, Splunkd, SplunkdFailure

REALM = APP
PART_CHARACTERS = 255
_MOST_PARTS = 100


def has_credential(splunkd: Splunkd, name: str) -> bool:
    """Whether a secret is stored under a name. SplunkdFailure."""
    return bool(_read(splunkd, name))


def read_credential(splunkd: Splunkd | None, name: str) -> str:
    """The secret stored under a name. FeedError("credential") when there is none."""
    try:
        secret = _read(splunkd, name) if splunkd else ""
    except SplunkdFailure as failure:
        raise FeedError("credential", f"The credential {shown(name)} could not be read: {failure}.") from None
    if not secret:
        detail = f"There is no credential {shown(name)} in the realm {REALM} of Splunk's credential store."
        raise FeedError("credential", detail)
    return secret


def store_credential(splunkd: Splunkd, name: str, secret: str) -> None:
    """Store a secret of any length under a name, in place of what was stored there. SplunkdFailure."""
    count = max(1, -(-len(secret) // PART_CHARACTERS))
    for number in range(1, count + 1):
        part = secret[(number - 1) * PART_CHARACTERS : number * PART_CHARACTERS]
        try:
            splunkd.post(_entity(_part_name(name, number)), password=part)
        except SplunkdFailure as failure:
            if failure.status != 404:
                raise
            splunkd.post("storage/passwords", realm=REALM, name=_part_name(name, number), password=part)
    for number in range(count + 1, _MOST_PARTS + 1):  # what is left of a longer one
        try:
            splunkd.delete(_entity(_part_name(name, number)))
        except SplunkdFailure:
            return


def _read(splunkd: Splunkd, name: str) -> str:
    parts: list[str] = []
    try:
        while len(parts) < _MOST_PARTS and all(len(part) == PART_CHARACTERS for part in parts[-1:]):
            parts.append(_read_part(splunkd, _part_name(name, len(parts) + 1)))
    except SplunkdFailure as failure:
        if failure.status != 404:
            raise
    return "".join(parts).strip()


def _read_part(splunkd: Splunkd, name: str) -> str:
    entries = splunkd.get(_entity(name))
    return str(entries[0].get("content", {}).get("clear_password") or "") if entries else ""


def _part_name(name: str, number: int) -> str:
    return name if number == 1 else f"{name}.{number}"


def _entity(name: str) -> str:
    return f"storage/passwords/{REALM}:{name}:"


def open_access(config: FeedConfig, splunkd: Splunkd | None) -> Access:
    """What the feed's settings say about secrets, with the secrets. FeedError("credential")."""
    secret = read_credential(splunkd, config.credential) if config.auth != "none" else ""
    in_header = config.auth in ("bearer", "header")
    if in_header and not (secret.isascii() and secret.isprintable()):
        raise FeedError("credential", f"The credential {shown(config.credential)} cannot be sent in a header.")
    proxy_secret = read_credential(splunkd, config.proxy_credential) if config.proxy and config.proxy_credential else ""
    return Access(config, secret, proxy_secret)


class Access:
    """The secrets of one feed; without any, its requests are as they are."""

    def __init__(self, config: FeedConfig, secret: str = "", proxy_secret: str = "") -> None:
        self._config, self.__secret, self.__proxy_secret = config, secret, proxy_secret

    def is_own_origin(self, url: str) -> bool:
        """Whether a URL is of the feed's own scheme, host and port."""
        return origin(url) == origin(self._config.url)

    def request(self, url: str) -> tuple[str, dict[str, str]]:
        """The URL to ask and the headers to send for it; with the secret only at the feed's own origin."""
        if not self.__secret or not self.is_own_origin(url):
            return url, {}
        auth, name = self._config.auth, self._config.auth_name
        if auth == "query":
            return _with_parameter(url, name, self.__secret), {}
        if auth == "path":
            return url.replace(PATH_PLACE, quote(self.__secret, safe="")), {}
        if auth == "basic":
            return url, {"Authorization": _basic(f"{name}:{self.__secret}" if name else self.__secret)}
        if auth == "bearer":
            return url, {"Authorization": f"Bearer {self.__secret}"}
        return url, {name: self.__secret} if auth == "header" else {}

    def elsewhere(self, url: str) -> str | None:
        """A URL that the publisher sends us to, without our secret; None where it cannot be taken out of it."""
        if not self.__secret or self.is_own_origin(url):
            return url
        if self._config.auth == "query":
            url = _with_parameter(url, self._config.auth_name, None)
        return None if self.__secret in url or self.__secret in unquote(url) else url

    def proxy_headers(self) -> dict[str, str]:
        """The headers for the feed's proxy."""
        return {"Proxy-Authorization": _basic(self.__proxy_secret)} if self.__proxy_secret else {}

    def has_certificate(self) -> bool:
        """Whether the secret is a client certificate."""
        return self._config.auth == "client_certificate" and bool(self.__secret)

    def load_certificate(self, context: ssl.SSLContext) -> None:
        """Load the client certificate and its key. FeedError("credential")."""
        try:
            with _file_of(self.__secret + "\n") as path:
                context.load_cert_chain(path, password=lambda: b"")  # never asks a terminal
        except (OSError, ValueError):
            detail = f"The credential {shown(self._config.credential)} holds no certificate with its key, both in PEM form."
            raise FeedError("credential", detail) from None


def origin(url: str) -> tuple[str, str, int]:
    """Scheme, host and port of a URL; what is no URL has an origin of its own."""
    try:
        parts = urlsplit(url)
        scheme = parts.scheme.lower()
        return scheme, (parts.hostname or "").lower().rstrip("."), parts.port or {"https": 443, "http": 80}.get(scheme, 0)
    except ValueError:
        return "", "", 0


def _basic(user_and_password: str) -> str:
    return "Basic " + base64.b64encode(user_and_password.encode()).decode()


def _with_parameter(url: str, name: str, value: str | None) -> str:
    parts = urlsplit(url)
    pairs = parts.query.split("&") if parts.query else []
    others = [pair for pair in pairs if dict(parse_qsl(pair, keep_blank_values=True)).keys() != {name}]
    return urlunsplit(parts._replace(query="&".join(others + ([urlencode({name: value})] if value is not None else []))))


@contextlib.contextmanager
def _file_of(text: str) -> Iterator[str]:
    """A path under which OpenSSL can read a text: in memory where the system has that, else a file of our own, gone at the end."""
    if hasattr(os, "memfd_create") and os.path.isdir("/proc/self/fd"):
        descriptor = os.memfd_create("certificate")
        path = f"/proc/self/fd/{descriptor}"
    else:
        descriptor, path = tempfile.mkstemp()  # readable by this user only
    try:
        os.write(descriptor, text.encode())
        yield path
    finally:
        os.close(descriptor)
        if not path.startswith("/proc/"):
            os.unlink(path)
