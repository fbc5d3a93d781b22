"""A secret that a test uses is a canary: afterwards it is searched for in everything that anybody could read."""

from __future__ import annotations

import base64

from tests.feeds.conftest import Input
from tests.feeds.server import Publisher


def told_and_kept(feed_input: Input, status: object, *publishers: Publisher) -> list[str]:
    """Everything that anybody could read afterwards: event, log, every file below splunkd's home, what other servers got."""
    libraries = (feed_input.app / "lib", feed_input.app / "bin" / "lib")
    files = [path for path in feed_input.splunkd.home.rglob("*") if path.is_file() and not set(libraries) & set(path.parents)]
    assert any("modinputs" in path.parts for path in files)
    texts = [str(status), *feed_input.stderr, *(path.read_bytes().decode("latin-1") for path in files), *map(str, files)]
    return texts + [f"{request.path} {request.headers}" for publisher in publishers for request in publisher.requests]


def holds(texts: list[str], secret: str) -> list[str]:
    """The texts that hold a secret or what it is in base64, wherever its bytes begin."""
    coded = [base64.b64encode(b"_" * shift + secret.encode()).decode()[4:40] for shift in range(3)]
    return [text[:200] for text in texts if any(part in text for part in (secret, secret[:20], secret[-40:], *coded))]
