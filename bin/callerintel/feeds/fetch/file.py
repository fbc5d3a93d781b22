"""A list in a file of this host: an absolute path, or a `file:` URL. For lists that other programs make.

`$SPLUNK_HOME` at the beginning of the path is replaced, because inputs.conf is the same on hosts that differ there. Only
regular files are read: a pipe or a device would never end.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from urllib.parse import urlsplit
from urllib.request import url2pathname

from callerintel.errors import FeedError, shown
from callerintel.feeds.document import Document
from callerintel.feeds.feed_config import FeedConfig
from callerintel.feeds.fetch import Download
from callerintel.feeds.fetch.unpack import unpack


def fetch(config: FeedConfig, download: Download) -> Iterator[Document]:
    """The document in the file, or the documents in the archive that it is."""
    path = _path(config.url)
    try:
        with open(path, "rb") as file:
            status = os.fstat(file.fileno())
            body = file.read(config.max_bytes + 1)
    except OSError as error:
        reason = "not_found" if isinstance(error, FileNotFoundError) else "denied"
        raise FeedError(reason, f"The file {shown(path)} cannot be read ({error.strerror}).") from None
    if len(body) > config.max_bytes:
        raise FeedError("too_large", f"The file {shown(path)} is larger than max_megabytes = {config.max_megabytes}.")
    download.bytes = len(body)
    yield from unpack(body, os.path.basename(path), int(status.st_mtime), config.max_bytes)


def _path(url: str) -> str:
    path = url2pathname(urlsplit(url).path) if url.lower().startswith("file:") else url
    for prefix in ("/$SPLUNK_HOME", "$SPLUNK_HOME"):
        if path.startswith(prefix):
            path = os.environ.get("SPLUNK_HOME", "") + path[len(prefix) :]
    try:
        if not stat.S_ISREG(os.stat(path).st_mode):
            raise FeedError("denied", f"{shown(path)} is no regular file.")
    except FileNotFoundError:
        raise FeedError("not_found", f"There is no file {shown(path)}.") from None
    except (OSError, ValueError) as error:
        raise FeedError("denied", f"The file {shown(path)} cannot be read ({shown(error)}).") from None
    return path
