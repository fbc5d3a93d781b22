"""The sorted CSV: a lookup file whose rows are sorted by their first column as bytes, and how one row is found in it.

The order is all the index there is. `SortedCsv` bisects the file in place, line by line: opening it costs one read, a
look-up some fifteen small ones, and memory does not grow with the file. Files are read with `pread`, not mapped: a
cluster resync may shorten a file in place, and a mapping that shrinks kills the process [style 0.6].

The dialect is splunkd's own [platform 1.6]: `,` and `"`, a value quoted if and only if it is not empty and holds a byte
outside 0-9A-Za-z; lines end `\\n`. Files that people or other tools wrote (`\\r\\n`, other quoting) are read as well. No value
holds a line break. A file that is not what it should be answers nothing and says why in `problem`.
"""

from __future__ import annotations

import csv
import os
import re
from collections.abc import Iterable, Iterator, Sequence
from operator import gt

Row = Sequence[str]

_WINDOW_BYTES = 4096
_PROBE_BYTES = 512
_OPENING_BYTES = 65_536
_REMEMBERED_PROBES = 4096
_BOM = b"\xef\xbb\xbf"
_UNSORTED = "is not sorted by its first column"

_plain = re.compile(r"[0-9A-Za-z]*").fullmatch
_line_breaks = re.compile(r"[\r\n\x00]+")


def _cell(value: str) -> str:
    if _plain(value):
        return value
    return '"' + _line_breaks.sub(" ", value).replace('"', '""') + '"'


def csv_lines(columns: Sequence[str], rows: Iterable[Row]) -> Iterator[bytes]:
    """The lines of a CSV file in splunkd's dialect, header first, each with its `\\n`.

    Line breaks and NULs in a value become one blank. Each row has one string per column.
    """
    yield (",".join(map(_cell, columns)) + "\n").encode("utf-8")
    for row in rows:
        # Lone surrogates can come from JSON escapes in a feed; they are no UTF-8.
        yield (",".join(map(_cell, row)) + "\n").encode("utf-8", "replace")


def sorted_csv_lines(columns: Sequence[str], rows: Iterable[Row]) -> Iterator[bytes]:
    """The same for rows that must ascend strictly by their first column.

    ValueError names the first row whose key is empty, not alphanumeric, or not above the one before.
    """

    def checked() -> Iterator[Row]:
        before = ""
        for row in rows:
            key = row[0]
            if not key or not _plain(key) or key <= before:
                raise ValueError(f"the key {key!r} must be alphanumeric and above {before!r}")
            before = key
            yield row

    return csv_lines(columns, checked())


def _seek_and_read(descriptor: int, size: int, offset: int) -> bytes:
    os.lseek(descriptor, offset, os.SEEK_SET)
    return os.read(descriptor, size)


_pread = getattr(os, "pread", _seek_and_read)  # Windows has no pread; a search process has one thread


def _key_of(line: bytes) -> bytes:
    """The first cell of a line; keys are alphanumeric, so there is nothing to unescape."""
    if line[:1] == b'"':
        return line[1:].partition(b'"')[0]
    return line.partition(b",")[0].rstrip(b"\r")


class SortedCsv:
    """A sorted CSV file opened for look-ups; every answer is a list of cells in the order of `columns`, then `optional`.

    An optional column that the file lacks is an empty cell.

    `problem` is a phrase ("is not sorted by its first column") as soon as the file is found unusable, else "". From then
    on it answers nothing. A file that is not there raises FileNotFoundError, one that cannot be read OSError.
    """

    def __init__(self, path: str, columns: Sequence[str], optional: Sequence[str] = ()) -> None:
        self.path = path
        self.problem = ""
        self._descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0))
        self._size = os.fstat(self._descriptor).st_size
        self._probes: dict[int, tuple[int, bytes]] = {}
        self._picked: list[int] = []
        self._start = self._read_header(columns, optional)

    def close(self) -> None:
        """Give the file back; no look-up may follow."""
        os.close(self._descriptor)

    @property
    def is_empty(self) -> bool:
        """Whether there is no row at all."""
        return self._start >= self._size

    @property
    def is_cut(self) -> bool:
        """Whether the last line has no end: the file is half of what was to be written."""
        return self._size > 0 and _pread(self._descriptor, 1, self._size - 1) != b"\n"

    def find(self, key: str) -> list[str] | None:
        """The last row whose key is not above `key`, or None."""
        if self.problem:
            return None
        target = key.encode("ascii")
        found = b""
        for line in self._lines_from(self._before(target)):
            if _key_of(line) > target:
                break
            found = line
        return self._cells(found) if found and not self.problem else None

    def starting_with(self, prefix: str) -> list[list[str]]:
        """All rows whose key starts with `prefix`, in their order."""
        if self.problem:
            return []
        wanted = prefix.encode("ascii")
        rows: list[bytes] = []
        for line in self._lines_from(self._before(wanted)):
            key = _key_of(line)
            if key.startswith(wanted):
                rows.append(line)
            elif key > wanted:
                break
        if self.problem:
            return []
        return [cells for cells in map(self._cells, rows) if cells is not None]

    def _read_header(self, columns: Sequence[str], optional: Sequence[str]) -> int:
        """Where the rows begin; sets the columns to pick, or `problem`."""
        first = _pread(self._descriptor, _OPENING_BYTES, 0)
        line, newline, rows = first.partition(b"\n")
        names = self._parse(line[len(_BOM) :] if line.startswith(_BOM) else line)
        if not names or not any(names):
            self.problem = "has no header"
        elif names[0] != columns[0]:
            self.problem = f"does not begin with the column {columns[0]}"
        elif not set(columns) <= set(names):
            self.problem = "lacks the column " + ", ".join(name for name in columns if name not in names)
        else:
            self._picked = [names.index(name) if name in names else -1 for name in (*columns, *optional)]
            # What was sorted by the wrong rule is out of order everywhere, so also here, where a look costs nothing.
            keys = [_key_of(each) for each in rows.split(b"\n")[:-1] if each.rstrip(b"\r")]
            if any(map(gt, keys, keys[1:])):
                self.problem = _UNSORTED
        return len(line) + len(newline)

    @staticmethod
    def _parse(line: bytes) -> list[str]:
        try:
            return next(csv.reader([line.decode("utf-8", "replace").rstrip("\r\n")]), [])
        except csv.Error:
            return []

    def _cells(self, line: bytes) -> list[str] | None:
        """The picked cells of a line, or None when it is cut short."""
        cells = self._parse(line)
        try:
            return [cells[at] if at >= 0 else "" for at in self._picked]
        except IndexError:
            return None

    def _before(self, target: bytes) -> int:
        """The offset of a line at most a window before the last line whose key is not above `target`.

        The bisection. `low` is the start of a line whose key is not above the target (or of the first line), `high` the
        start of one whose key is above it (or the end); neighbours out of order are noticed on the way.
        """
        low, high = self._start, self._size
        low_key, high_key = b"", b"\xff"
        edge = high
        while edge - low > _WINDOW_BYTES:
            middle = (low + edge) // 2
            probe = self._probe(middle, high)
            if probe is None:
                edge = middle  # one long line reaches from before the middle to `high`
                continue
            start, key = probe
            if not low_key <= key <= high_key:
                self.problem = _UNSORTED
                return self._size
            if key <= target:
                low, low_key = start, key
            else:
                high = edge = start
                high_key = key
        return low

    def _probe(self, middle: int, high: int) -> tuple[int, bytes] | None:
        """The first line that starts after `middle` and before `high`: its offset and key."""
        known = self._probes.get(middle)
        if known is None:
            size, data = _PROBE_BYTES, b""
            newline = end = -1
            while end < 0 and len(data) < high - middle:
                data = _pread(self._descriptor, size, middle)
                newline = data.find(b"\n")
                end = data.find(b"\n", newline + 1) if newline >= 0 else -1
                if len(data) < size:
                    break
                size *= 8
            if newline < 0 or newline + 1 == len(data):
                return None
            known = middle + newline + 1, _key_of(data[newline + 1 : end if end >= 0 else len(data)])
            if len(self._probes) < _REMEMBERED_PROBES:
                self._probes[middle] = known
        return known if known[0] < high else None

    def _lines_from(self, offset: int) -> Iterator[bytes]:
        """The lines from `offset` on, checked to ascend; ends where they do not, and sets `problem`."""
        rest, before, size = b"", b"", _WINDOW_BYTES
        while offset < self._size and not self.problem:
            data = _pread(self._descriptor, size, offset)
            if not data:
                break  # the file was cut under us: what is gone is no match
            offset += len(data)
            size = 16 * _WINDOW_BYTES
            lines = (rest + data).split(b"\n")
            rest = lines.pop()
            if offset >= self._size and rest:
                lines.append(rest)
            for line in lines:
                if not line.rstrip(b"\r"):
                    continue
                key = _key_of(line)
                if key < before:
                    self.problem = _UNSORTED
                    return
                before = key
                yield line
