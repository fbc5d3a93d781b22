"""A list in a file of this host, or in all files of a folder: an absolute path, or a `file:` URL. For lists that other programs make.

`$SPLUNK_HOME` at the beginning of the path is replaced, because inputs.conf is the same on hosts that differ there. Only
regular files are read: a pipe or a device would never end. Of a folder the files in it are one list, in the order of their names;
hidden ones and `*.tmp` are what somebody is still writing, and folders in it are left alone.
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
from callerintel.feeds.setting_checks import real_path

_MOST_FILES = 1000  # as in an archive


def fetch(config: FeedConfig, download: Download) -> Iterator[Document]:
    """The document in the file, or the documents in the archive that it is, or all those in the files of the folder.
    FeedError says why there are none."""
    path = _path(config.url)
    if not stat.S_ISDIR(_mode(path)):
        yield from _documents(path, config, config.max_bytes, download)
        return
    left = config.max_bytes
    for file in _files(path):
        try:
            for document in _documents(file, config, left, download):
                left -= len(document.body)
                yield document
        except FeedError as error:
            if error.reason != "too_large":
                raise
            detail = f"The files in {shown(path)} are together larger than max_megabytes = {config.max_megabytes}."
            raise FeedError("too_large", detail) from None


def _documents(path: str, config: FeedConfig, limit: int, download: Download) -> Iterator[Document]:
    """What is in one file, of which at most `limit` bytes may come out."""
    if not stat.S_ISREG(_mode(path)):
        raise FeedError("denied", f"{shown(path)} is no regular file.")
    try:
        with open(path, "rb") as file:
            status = os.fstat(file.fileno())
            body = file.read(limit + 1)
    except OSError as error:
        reason = "not_found" if isinstance(error, FileNotFoundError) else "denied"
        raise FeedError(reason, f"The file {shown(path)} cannot be read ({error.strerror}).") from None
    if len(body) > limit:
        raise FeedError("too_large", f"The file {shown(path)} is larger than max_megabytes = {config.max_megabytes}.")
    download.bytes += len(body)
    yield from unpack(body, os.path.basename(path), int(status.st_mtime), limit)


def _files(folder: str) -> list[str]:
    try:
        names = sorted(name for name in os.listdir(folder) if not name.startswith(".") and not name.endswith(".tmp"))
    except OSError as error:
        raise FeedError("denied", f"The folder {shown(folder)} cannot be read ({error.strerror}).") from None
    files = [path for path in (os.path.join(folder, name) for name in names) if not os.path.isdir(path)]
    if not files:  # perhaps a disk that is not mounted: never an empty list
        raise FeedError("not_found", f"There is no file in the folder {shown(folder)}.")
    if len(files) > _MOST_FILES:
        raise FeedError("too_large", f"The folder {shown(folder)} holds more than {_MOST_FILES} files.")
    return files


def _path(url: str) -> str:
    path = url2pathname(urlsplit(url).path) if url.lower().startswith("file:") else url
    return real_path(path[1:] if path.startswith("/$SPLUNK_HOME") else path)


def _mode(path: str) -> int:
    try:
        return os.stat(path).st_mode
    except FileNotFoundError:
        raise FeedError("not_found", f"There is no file {shown(path)}.") from None
    except (OSError, ValueError) as error:
        raise FeedError("denied", f"The file {shown(path)} cannot be read ({shown(error)}).") from None
