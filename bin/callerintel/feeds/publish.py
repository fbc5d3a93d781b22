"""A lookup file in place: whole and new, or untouched. And one writer at a time, over all feeds' processes.

A file is staged beside its place as `<name>.tmp` (never in a bundle, never replicated [platform 2.1, 4.3]), flushed to disk
and renamed; whatever happens in between, the file in place is one whole generation. It is replaced only when its bytes
differ, because a rewritten lookup travels to every indexer even if it is the same [platform 2.3].

In a search head cluster a file that is renamed into place reaches no other member. There it is staged in splunkd's own staging
folder and handed to its REST endpoint, which moves it into place and replicates it [platform 4.2].
"""

from __future__ import annotations

import contextlib
import errno
import filecmp
import hashlib
import os
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import IO, NamedTuple

from callerintel.errors import FeedError, shown
from callerintel.feeds.splunkd import APP, Splunkd, SplunkdFailure
from callerintel.lookups import DATA_LOOKUPS, intel_feed_lookup
from callerintel.sorted_csv import csv_lines

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

_MODE = 0o644  # less the umask; peers and people read lookups
_LINES_AT_ONCE = 10_000
_STAGED = f"{APP}_"  # splunkd's staging folder is for all apps
_DIGEST_CHARACTERS = 12


class Published(NamedTuple):
    """What is in place now: whether it is new, its rows (without the header), its bytes, the first digits of their SHA-256."""

    changed: bool
    rows: int
    bytes: int
    digest: str


def publish(path: Path, lines: Iterable[bytes], replicator: Splunkd | None = None) -> Published:
    """Put a file with these lines (header first) at `path`, unless they are there already. FeedError("publish").

    `replicator` is the splunkd of a search head cluster's captain.
    """
    with _staged(path, lines, replicator) as (staged, published):
        written = _identity(staged)
        changed = not (path.exists() and filecmp.cmp(staged, path, shallow=False))
        _check_identity(staged, written)
        if changed and replicator:
            _hand_over(replicator, path.name, staged)
        elif changed:
            os.replace(staged, path)
            _check_identity(path, written)
            _flush_folder(path.parent)
    return published._replace(changed=changed)


def create_missing_lookups(folder: Path, replicator: Splunkd | None = None) -> None:
    """Put a header alone in the place of each data lookup that is not there.

    They are not shipped, because an upgrade would overwrite them [platform 4.7]; but `inputlookup` fails without a file.
    The folder is there: the catalogue is shipped in it.
    """
    for lookup in DATA_LOOKUPS:
        path = folder / lookup.name
        if not path.exists():
            with _staged(path, csv_lines(lookup.columns, ()), replicator) as (staged, _):
                _create(path, staged, replicator)


def _create(path: Path, staged: Path, replicator: Splunkd | None) -> None:
    """Put a new file in place; whoever was faster, as the search that writes the baseline, keeps theirs."""
    if replicator:
        try:
            replicator.post("data/lookup-table-files", name=path.name, **{"eai:data": str(staged)})
        except SplunkdFailure as failure:
            if failure.status != 409:
                raise
        return
    try:
        os.link(staged, path)
    except FileExistsError:
        return
    except OSError:  # a file system without hard links
        os.replace(staged, path)


@contextlib.contextmanager
def _staged(path: Path, lines: Iterable[bytes], replicator: Splunkd | None) -> Iterator[tuple[Path, Published]]:
    """The lines in a file beside its place, for as long as the block; what goes wrong until its end is a FeedError("publish")."""
    staged = _staging_folder(path) / f"{_STAGED}{path.name}.tmp" if replicator else path.with_name(path.name + ".tmp")
    try:
        yield staged, _stage(staged, lines)
    except OSError as error:
        detail = f"The lookup {path.name} could not be written ({shown(error.strerror)}); check the app's lookups folder."
        raise FeedError("publish", detail) from None
    except SplunkdFailure as failure:
        raise FeedError("publish", f"The lookup {path.name} could not be handed to the cluster: {failure}.") from None
    finally:
        with contextlib.suppress(OSError):
            staged.unlink()


def remove_left_over(folder: Path) -> None:
    """Take away what runs that were killed left staged, whatever became of their feeds since. Call it as the one writer."""
    names = [lookup.name for lookup in DATA_LOOKUPS] + [intel_feed_lookup("*").name]
    left = [path for name in names for path in folder.glob(f"{name}.tmp")] + list(_shared_staging(folder).glob(f"{_STAGED}*.tmp"))
    for path in left:
        with contextlib.suppress(OSError):
            path.unlink()


@contextlib.contextmanager
def one_writer(folder: Path) -> Iterator[None]:
    """Wait until no other process writes lookups, and keep others waiting until the block ends; `folder` holds the lock."""
    with locked(folder / "lookups.lock"):
        yield


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    """Wait for the lock that a file stands for, and hold it until the block ends.

    The lock is the kernel's: it goes with its process, however that ends. FeedError("publish") when there can be no such file.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        file = open(path, "a+b")  # noqa: SIM115  # closed below
    except OSError as error:
        raise FeedError("publish", f"The checkpoint folder cannot be written ({shown(error.strerror)}).") from None
    with file:
        _lock(file)
        yield


def _lock(file: IO[bytes]) -> None:
    if fcntl is not None:
        fcntl.flock(file, fcntl.LOCK_EX)
        return
    import msvcrt

    file.seek(0)
    while True:
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_LOCK, 1)  # type: ignore[attr-defined,unused-ignore]
            return
        except OSError:  # it gives up after ten tries of a second each
            continue


def _stage(path: Path, lines: Iterable[bytes]) -> Published:
    with contextlib.suppress(FileNotFoundError):
        path.unlink()  # left by a process that was killed
    count = size = 0
    digest = hashlib.sha256()
    # O_EXCL: a link that somebody put there is not followed.
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), _MODE)
    with open(descriptor, "wb") as file:
        rest = iter(lines)
        while some := list(islice(rest, _LINES_AT_ONCE)):
            data = b"".join(some)
            file.write(data)
            digest.update(data)
            count += len(some)
            size += len(data)
        file.flush()
        os.fsync(file.fileno())
        _check_identity(path, _identity(file.fileno()))
    return Published(True, count - 1, size, digest.hexdigest()[:_DIGEST_CHARACTERS])


def _identity(file: Path | int) -> tuple[int, ...]:
    status = os.stat(file)
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns


def _check_identity(path: Path, written: tuple[int, ...]) -> None:
    """OSError when this is not the file that we wrote: the lock is a file in the checkpoint folder, and who removes that folder while
    feeds run takes the lock away; then two processes may stage under one name."""
    if _identity(path) != written:
        raise OSError(errno.EBUSY, "another process writes it at the same time")


def _staging_folder(path: Path) -> Path:
    """splunkd's folder for lookups that are handed to it; lookup-editor makes it as well where it is missing [platform 4.2]."""
    folder = _shared_staging(path.parent)
    with contextlib.suppress(OSError):  # what is wrong with it shows when it is used
        folder.mkdir(parents=True, exist_ok=True)
    return folder


def _shared_staging(lookups: Path) -> Path:
    home = os.environ.get("SPLUNK_HOME") or str(Path(*lookups.parts[:-4]))  # <home>/etc/apps/<app>/lookups
    return Path(home) / "var" / "run" / "splunk" / "lookup_tmp"


def _hand_over(splunkd: Splunkd, name: str, staged: Path) -> None:
    """Replace the lookup, or create it where there is none."""
    data = {"eai:data": str(staged)}
    try:
        splunkd.post(f"data/lookup-table-files/{name}", **data)
    except SplunkdFailure as failure:
        if failure.status != 404:
            raise
        splunkd.post("data/lookup-table-files", name=name, **data)


def _flush_folder(folder: Path) -> None:
    with contextlib.suppress(OSError):  # Windows cannot open folders; the rename is then as durable as it gets
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
