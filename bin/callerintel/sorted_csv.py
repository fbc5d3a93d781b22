"""The sorted CSV, written: a lookup file whose rows are sorted by their first column as bytes.

The order is all the index there is; the search half bisects the file in place (`search/sorted_lookup`). The dialect is splunkd's own
[platform 1.6]: `,` and `"`, a value quoted if and only if it is not empty and holds a byte outside 0-9A-Za-z; lines end `\\n`. No value
holds a line break. This module makes bytes; who puts them into place is the feeds half's `publish`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

Row = Sequence[str]

_LINE_BREAKS = r"[\r\n\x00]+"


def write_cell(value: str) -> str:
    """A cell as splunkd itself would write it; line breaks stay in a quoted cell."""
    return value if not value or (value.isalnum() and value.isascii()) else '"' + value.replace('"', '""') + '"'


def _cell(value: str) -> str:
    """A cell of a lookup, in which no value holds a line break."""
    return write_cell(value if value.isalnum() or not value else re.sub(_LINE_BREAKS, " ", value))


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
            if not (key.isalnum() and key.isascii()) or key <= before:
                raise ValueError(f"the key {key!r} must be alphanumeric and above {before!r}")
            before = key
            yield row

    return csv_lines(columns, checked())
