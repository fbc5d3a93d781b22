"""A sorted CSV, read: how one row is found in a lookup file whose rows are sorted by their first column as bytes.

The order is all the index there is. `SortedCsv` bisects the file in place, line by line: opening it costs one read, a
look-up some fifteen probes, most of them remembered, and memory does not grow with the file; a small one is read whole.
Files are read with `pread`, not mapped: a cluster resync may shorten a file in place, and a mapping that shrinks kills the
process [style 0.6].

It reads what `callerintel.sorted_csv` and splunkd write, and what people and other tools make of it (`\\r\\n`, other quoting, further
columns). A file that is not what it should be answers nothing and says why in `problem`.
"""

from __future__ import annotations

import os
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from operator import gt

from callerintel.lookups import Lookup
from callerintel.search.csv_columns import Columns, key_of, parse_line
from callerintel.search.met_lines import MetLines

_WINDOW_BYTES = 2048
_PROBE_BYTES = 256
_RECORD_BYTES = 4096  # a caller's rows are side by side, mostly some dozens
_OPENING_BYTES = 16_384
# Read whole, which takes as long as some fifty look-ups, and from then on each is one bisect in memory.
_SMALL_BYTES = 262_144
_BOM = b"\xef\xbb\xbf"
# Above every key: keys are alphanumeric.
_ABOVE_ALL = b"\x7f"
_UNSORTED = "is not sorted by its first column"


def open_sorted(lookup: Lookup) -> tuple[SortedCsv | None, str]:
    """The lookup opened for look-ups, or None; and a phrase for a message that says why it cannot answer, or "".

    The phrase continues "The lookup x.csv ...": "is missing", "has no rows yet", "lacks the column feed".
    """
    try:
        opened = SortedCsv(str(lookup.path()), lookup.columns, lookup.optional)
    except FileNotFoundError:
        return None, "is missing"
    except OSError as error:
        return None, f"cannot be read ({error.strerror})"
    if opened.problem:
        opened.close()
        return None, opened.problem
    return opened, "has no rows yet" if opened.is_empty else ""


def _seek_and_read(descriptor: int, size: int, offset: int) -> bytes:
    os.lseek(descriptor, offset, os.SEEK_SET)
    return os.read(descriptor, size)


_pread = getattr(os, "pread", _seek_and_read)  # Windows has no pread; a search process has one thread


class SortedCsv:
    """A sorted CSV file opened for look-ups; its answers are lines, of which `cells` gives `columns`, then `optional`.

    An optional column that the file lacks is an empty cell. `is_in_order`: whether the columns stand in the file as they were
    asked for; `is_empty`: whether there is no row at all.

    `problem` is a phrase ("is not sorted by its first column") as soon as the file is found unusable, else "". From then
    on it answers nothing. A file that is not there raises FileNotFoundError, one that cannot be read OSError.
    """

    def __init__(self, path: str, columns: Sequence[str], optional: Sequence[str] = ()) -> None:
        self.path = path
        self.problem = ""
        self._descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0))
        self._size, self._written = self._state()
        self._columns = Columns([], ())
        self.is_in_order = False
        self._quote = b""
        self._after_key = b",\xff"  # above what stands there, below the next key
        # Lines whose key is quoted as the first one is, or is not, are at or above the one and below the other.
        self._spelled = b"#", b"\xff"
        self._lines: list[bytes] | None = None
        self._start = self._read_header(columns, optional)
        self.is_empty = self._start >= self._size
        self._met = MetLines((b"", self._start), (b"\xff", self._size))

    def close(self) -> None:
        """Give the file back; no look-up may follow."""
        os.close(self._descriptor)

    def _state(self) -> tuple[int, int]:
        status = os.fstat(self._descriptor)
        return status.st_size, status.st_mtime_ns

    @property
    def was_changed(self) -> bool:
        """Whether somebody has written to the file since it was opened: then its answers may be of neither version. A file that is
        replaced by a rename, as ours are, or taken away, stays what it was for who has it open."""
        return self._state() != (self._size, self._written)

    @property
    def is_cut(self) -> bool:
        """Whether the last line has no end: the file is half of what was to be written."""
        return self._size > 0 and _pread(self._descriptor, 1, self._size - 1) != b"\n"

    def find(self, target: bytes) -> bytes | None:
        """The line of the last row whose key is not above `target`, or None; for `cells`."""
        lines = self._lines
        if lines is None or self.problem:
            lines = self._lines_near(target)
        at = bisect_right(lines, self._quote + target + self._after_key)
        return lines[at - 1] if at else None

    def starting_with(self, prefix: bytes) -> list[bytes]:
        """The lines of all rows whose key is longer than `prefix` and starts with it, in their order; for `cells` and `number_reader`."""
        beyond = prefix + _ABOVE_ALL
        lines = self._lines_from(prefix, beyond)
        return lines[bisect_left(lines, self._quote + prefix) : bisect_left(lines, self._quote + beyond)]

    def cells(self, line: bytes) -> list[str] | None:
        """The cells of a line in the order of the columns asked for, or None when it is cut short."""
        return self._columns.cells(line)

    def number_reader(self, column: str) -> Callable[[bytes], float]:
        """What reads the number in a column of a line: NaN where there is none."""
        return self._columns.number_reader(column)

    def quoted_key(self, key: bytes) -> bytes:
        """How a line begins whose key begins like this."""
        return self._quote + key

    def _read_header(self, columns: Sequence[str], optional: Sequence[str]) -> int:
        """Where the rows begin; sets the columns to pick, or `problem`."""
        first = _pread(self._descriptor, _OPENING_BYTES, 0)
        line, newline, rows = first.partition(b"\n")
        names = parse_line(line[len(_BOM) :] if line.startswith(_BOM) else line)
        if not names or not any(names):
            self.problem = "has no header"
        elif names[0] != columns[0]:
            self.problem = f"does not begin with the column {columns[0]}"
        elif not set(columns) <= set(names):
            self.problem = "lacks the column " + ", ".join(name for name in columns if name not in names)
        else:
            self._columns = Columns(names, (*columns, *optional))
            self.is_in_order = self._columns.are_in_order
            if rows.startswith(b'"'):
                self._quote, self._after_key, self._spelled = b'"', b'",\xff', (b'"', b"#")
            # What was sorted by the wrong rule is out of order everywhere, so also here, where a look costs nothing.
            self._check(rows.split(b"\n")[:-1])
        return len(line) + len(newline)

    def _around(self, target: bytes) -> tuple[int, int]:
        """The offsets of two lines, the first at or below `target` and the second above, at most a window apart or a long line.

        The bisection. It begins between the two nearest lines that earlier look-ups met, and remembers those that it meets, so a
        search of many addresses soon has little left to read. Neighbours out of order are noticed on the way.
        """
        met = self._met.around(target)
        keys, offsets = met
        at = bisect_right(keys, target)
        low_key, high_key = keys[at - 1], keys[at]
        low, high = offsets[at - 1], offsets[at]
        edge = high
        while edge - low > _WINDOW_BYTES:
            middle = (low + edge) // 2
            start, key = self._first_line_after(middle, high)
            if start >= high:
                edge = middle  # one long line reaches from before the middle to `high`
                continue
            if not low_key <= key <= high_key:
                self.problem = _UNSORTED
                break
            self._met.keep(met, at, key, start)
            if key <= target:
                low, low_key, at = start, key, at + 1
            else:
                high, high_key, edge = start, key, start
        return low, high

    def _first_line_after(self, middle: int, high: int) -> tuple[int, bytes]:
        """The first line that starts after `middle` and is not blank: its offset and key; `high` where it does not start before that."""
        data = _pread(self._descriptor, _PROBE_BYTES, middle)
        start = data.find(b"\n") + 1
        end = data.find(b",", start)
        key = data[start:end]
        if start and end > 0 and key.isalnum():
            return middle + start, key
        return self._first_of_any(middle, high)

    def _first_of_any(self, middle: int, high: int) -> tuple[int, bytes]:
        """The same among lines of any length and quoting, and blank ones."""
        size, data, end = 8 * _PROBE_BYTES, b"", -1
        while end < 0 and len(data) < high - middle:
            data = _pread(self._descriptor, size, middle)
            start = data.find(b"\n") + 1
            end = data.find(b"\n", start) if start else -1
            while end >= 0 and not data[start:end].rstrip(b"\r"):
                start, end = end + 1, data.find(b"\n", end + 1)
            if len(data) < size:
                break
            size *= 8
        if not start or not data[start:].rstrip(b"\r"):
            return high, b""
        return middle + start, key_of(data[start:end] if end >= 0 else data[start:])

    def _lines_near(self, target: bytes) -> list[bytes]:
        """Lines in a row, the last whose key is not above `target` among them."""
        if self.problem:
            return []
        if self._size <= _SMALL_BYTES:
            return self._all_lines()
        low, high = self._around(target)
        # A file that was cut under us ends earlier than it did: what is gone is no match.
        lines = _pread(self._descriptor, high - low, low).split(b"\n")
        if not lines[-1]:
            lines.pop()
        return [] if self.problem else self._check(lines)

    def _lines_from(self, target: bytes, beyond: bytes) -> list[bytes]:
        """Lines in a row: from at most the last whose key is not above `target` on to one whose key is above `beyond`."""
        if self.problem:
            return []
        if self._size <= _SMALL_BYTES:
            return self._all_lines()
        offset, _ = self._around(target)
        size = _RECORD_BYTES
        while not self.problem:
            data = _pread(self._descriptor, size, offset)
            lines = data.split(b"\n")
            rest = lines.pop()
            if len(data) < size or offset + size >= self._size:
                return self._check([*lines, rest] if rest else lines)
            if lines and key_of(lines[-1]) > beyond:
                return self._check(lines)
            size *= 4
        return []

    def _all_lines(self) -> list[bytes]:
        """All lines of a small file, read once."""
        if self._lines is None:
            lines = _pread(self._descriptor, self._size - self._start, self._start).split(b"\n")
            self._lines = self._check(lines if lines[-1] else lines[:-1])
        return self._lines

    def _check(self, lines: list[bytes]) -> list[bytes]:
        """The lines, or none and a problem when they do not ascend.

        Keys of one spelling order their lines as bytes, since a comma is below every letter and digit. Blank lines and keys that
        are sometimes quoted are left out of the lines, and spelled alike.
        """
        least, beyond = self._spelled
        if not lines or (least <= lines[0] and lines[-1] < beyond and sorted(lines) == lines):
            return lines
        filled = [line for line in lines if line.rstrip(b"\r")]
        keys = [key_of(line) for line in filled]
        if any(map(gt, keys, keys[1:])):
            self.problem = _UNSORTED
            return []
        return [
            self._quote + key + self._quote + line[len(key) + (2 if line[:1] == b'"' else 0) :] for key, line in zip(keys, filled)
        ]
