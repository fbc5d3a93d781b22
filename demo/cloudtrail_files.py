"""Event files: which files a path stands for, and the CloudTrail events in them, in order.

In: paths of files and folders. Out: Events one at a time, in the order of the paths, a folder's files sorted by name; and a Report of
each file that somebody should hear of. Gzip is known by its content, digests are skipped. Nothing in a file is fatal: what is
broken is counted. A file found in a folder that is plainly something else (no JSON) is passed over without a word.
"""

from __future__ import annotations

import gzip
import io
import json
import os
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from demo.cloudtrail_records import NoRecord, Record, find_records
from demo.json_stream import JsonStream

_DIGEST_FOLDER = "CloudTrail-Digest"
_JSON_NAMES = (".json", ".json.gz", ".ndjson", ".ndjson.gz", ".jsonl", ".jsonl.gz")


class EventFile(NamedTuple):
    """A file to read; `named`: the user named it, and hears of it whatever it is."""

    path: Path
    named: bool


class Event(NamedTuple):
    """One CloudTrail record: as decoded, and its JSON text, which is what Splunk would index."""

    record: Record
    raw: str


@dataclass
class Report:
    """What became of one file."""

    path: Path
    events: int = 0
    digests: int = 0
    others: int = 0
    broken_lines: int = 0
    first_broken_line: int = 0
    problem: str = ""

    def sentence(self, is_expected: bool) -> str:
        """What the user should hear, or "". `is_expected`: it should have held events."""
        parts = []
        if self.problem:
            parts.append(f"{self.problem}; the events before that are used")
        if self.broken_lines:
            lines = "1 line holds" if self.broken_lines == 1 else f"{self.broken_lines} lines hold"
            parts.append(f"{lines} no whole JSON object (left out; the first is line {self.first_broken_line})")
        if self.others and self.events:
            values = (
                "1 JSON value is no CloudTrail event"
                if self.others == 1
                else f"{self.others} JSON values are no CloudTrail events"
            )
            parts.append(f"{values} and left out")
        if not self.events and is_expected:
            parts.append("it holds no CloudTrail event")
        return f"{self.path}: {'; '.join(parts)}." if parts else ""


def find_event_files(paths: Iterable[Path]) -> tuple[list[EventFile], int]:
    """The files that the paths stand for, and how many files in digest folders are left out."""
    found, digests = [], 0
    for path in paths:
        if not path.is_dir():
            found.append(EventFile(path, True))
            continue
        for file in sorted(_files_below(path)):
            if _DIGEST_FOLDER in file.parts:
                digests += 1
            else:
                found.append(EventFile(file, False))
    return found, digests


def _files_below(folder: Path) -> Iterator[Path]:
    for here, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        paths = (Path(here, name) for name in files if not name.startswith("."))
        yield from (path for path in paths if path.is_file())  # a pipe would be waited for


class EventFiles:
    """Iterate over it for the Events. Meanwhile: `files_read`, `bytes_read` of `bytes_total` (as they lie on the disk), `events`;
    afterwards also `digests` left out and `sentences` for the user."""

    def __init__(self, paths: Iterable[Path]) -> None:
        self.files, self.digests = find_event_files(paths)
        self.bytes_total = sum(_size(file.path) for file in self.files)
        self.files_read = self.bytes_read = self.events = 0
        self.sentences: list[str] = []

    def __iter__(self) -> Iterator[Event]:
        for file in self.files:
            report = Report(file.path)
            before = self.bytes_read
            try:
                yield from self._events(file, report)
            except OSError as error:
                report.problem = f"it cannot be read ({error.strerror})"
            self.digests += report.digests
            self.bytes_read = before + _size(file.path)
            is_expected = file.named or (file.path.name.lower().endswith(_JSON_NAMES) and not report.digests)
            sentence = report.sentence(is_expected)
            if sentence and (is_expected or report.events):
                self.sentences.append(sentence)
            self.files_read += 1

    def _events(self, file: EventFile, report: Report) -> Iterator[Event]:
        before = self.bytes_read
        with open(file.path, "rb") as raw:
            zipped = _Unzipped(raw) if raw.peek(2)[:2] == b"\x1f\x8b" else None
            binary = io.BufferedReader(zipped) if zipped else raw
            start = binary.peek(4096)
            if not file.named and not _may_be_json(start):
                return
            stream = JsonStream(io.TextIOWrapper(binary, _encoding(start), errors="replace"))
            for value in stream:
                for record in find_records(value.value):
                    if isinstance(record, NoRecord):
                        report.digests += record.is_digest
                        report.others += not record.is_digest
                        continue
                    report.events += 1
                    self.events += 1
                    self.bytes_read = before + _position(raw)
                    yield Event(record, value.text if record is value.value else _compact(record))
            report.broken_lines, report.first_broken_line = stream.broken_lines, stream.first_broken_line
            report.problem = "it is no whole gzip file" if zipped and zipped.is_broken else ""


class _Unzipped(io.RawIOBase):
    """What a gzip file holds, up to where it breaks off: a copy that was interrupted still has events."""

    def __init__(self, file: io.BufferedReader) -> None:
        self.is_broken = False
        self._unzip = gzip.GzipFile(fileobj=file)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        try:
            data = self._unzip.read1(len(buffer))
        except (EOFError, zlib.error, gzip.BadGzipFile):
            self.is_broken = True
            return 0
        buffer[: len(data)] = data
        return len(data)


def _compact(record: Record) -> str:
    """The record as the Splunk Add-on for AWS would index it: one event of its own."""
    return json.dumps(record, ensure_ascii=False, separators=(",", ":"))


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _position(file: io.BufferedReader) -> int:
    return file.tell() if file.seekable() else 0


def _encoding(start: bytes) -> str:
    return "utf-16" if start[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"


def _may_be_json(start: bytes) -> bool:
    """Whether a file that begins so can hold events; not sure of one that begins with blanks only."""
    text = start.decode(_encoding(start), "replace").lstrip()
    return not start.strip() or text[:1] in ("{", "[")
