"""Columns: a table with a separator, its columns known by the header's names or by number.

The header may stand in a comment (ThreatFox, C2IntelFeeds), behind a banner (Feodo, Turris) or on the first line; names are
compared without case and quotes, so a column that a publisher inserts moves nothing [feeds 2]. Quotes, blanks after separators, CRLF
and empty lines are read as they come. Without a header that names an address, the setting `fields` must say which columns
hold what. Each line is a row: a quoted value with a line break in it is not read, because one stray quote would swallow the rest of
the list. Known by their headers, among others: ThreatFox, Feodo, URLhaus, SSLBL, Turris, ShadowWhisperer, and GuardDuty's
OTX, Proofpoint and FireEye files.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from callerintel.errors import FeedError
from callerintel.feeds.document import LONGEST_LINE, Document, Parsed, document_text, rejected
from callerintel.feeds.entry import COMMENT_STARTS, find_range
from callerintel.feeds.formats import dataplane, scored
from callerintel.feeds.rows import FIELD_NAMES, Fields, all_names, configured_fields, present, read_row

if TYPE_CHECKING:
    from callerintel.feeds.feed_config import FeedConfig

NAME = "delimited"

_SEPARATORS = (",", ";", "\t", "|")
_SEARCHED_LINES = 200
_EVIDENCE_LINES = 20
_FITTING_SHARE = 0.75
_line_end = re.compile(r"\r\n|\r|\n")
_is_name = re.compile(r"[A-Za-z_][\w .:/()|-]{0,40}").fullmatch

# What columns are called, in order of preference. `score` and `type` alone say too little to be believed everywhere.
_ADDRESS_NAMES = (
    *(
        "ioc_value",
        "dst_ip",
        "dstip",
        "src_ip",
        "srcip",
        "source_ip",
        "ip",
        "ip_address",
        "ipaddress",
        "ipaddr",
        "ipv4",
        "address",
    ),
    *("addr", "saddr", "host_ip", "attacker_ip", "indicator", "ioc", "cidr", "network", "netblock", "prefix", "subnet", "url"),
)
_CONFIDENCE_NAMES = ("confidence", "confidence_level", "confidence_score", "abuseconfidencescore")
_DESCRIPTION_NAMES = (
    *("malware_printable", "malware", "malwarefamily", "family", "description", "threat", "category", "detail", "tags", "note"),
    *("title", "ioc"),
)
_FIRST_SEEN_NAMES = ("first_seen", "first_seen_utc", "firstseen", "dateadded", "date_added")
_LAST_SEEN_NAMES = ("last_seen", "last_seen_utc", "lastseen", "last_online", "last_reported", "lastreportedat", "observationtime")
_KIND_NAMES = ("ioc_type", "indicator_type")
_STATUS_NAMES = ("c2_status", "url_status", "status")
_PROOFPOINT = ("ip", "category", "score")
_PROOFPOINT_SCALE = 127  # scores go from 0 to 127 [feeds 2, Proofpoint]


class Table(NamedTuple):
    """How a list is laid out: its separator, the names of its columns ('' for those without), where its header is (0: none)."""

    separator: str
    columns: tuple[str, ...]
    header_line: int
    fields: Fields


def recognises(text: str) -> bool:
    """Whether a header names a column of addresses and the first rows have as many columns as it."""
    if dataplane.recognises(text) or scored.recognises(text):  # tables too, and better known
        return False
    return _find_table(_numbered(text), None, "") is not None


def parse(document: Document, config: FeedConfig) -> Iterator[Parsed]:
    """One indicator per row; more where several columns hold addresses (GuardDuty's FireEye files: `cidr` and `ip`).

    FeedError("unparsable") when no columns can be told.
    """
    lines = _numbered(document_text(document))
    fields = configured_fields(config)
    table = _find_table(lines, fields, config.separator) or (_headless_table(lines, fields, config.separator) if fields else None)
    if table is None:
        raise FeedError("unparsable", "No column is known to hold addresses. Name the columns in the setting fields.")
    comments = tuple(start for start in COMMENT_STARTS if start[0] != table.separator)
    places = _places(table, [name for name, _ in config.where])
    fields = present(table.fields, places)
    for number, line in lines:
        if number == table.header_line or not line.strip() or line.lstrip().startswith(comments):
            continue
        if len(line) > LONGEST_LINE:
            yield rejected(number, line, "line_too_long")
            continue
        cells = _cells(line, table.separator)

        def value(name: str, cells: Sequence[str] = cells) -> str:
            at = places.get(name, -1)
            return cells[at] if 0 <= at < len(cells) else ""

        yield from read_row(number, line, value, fields, config)


def _places(table: Table, more: Sequence[str]) -> dict[str, int]:
    """Where each column is that a field or one of `more` names; the first one of that name."""
    places: dict[str, int] = {}
    for name in (*all_names(table.fields), *more):
        if _normal(name) in table.columns:
            places[name] = table.columns.index(_normal(name))
        elif name.isdigit():
            places[name] = int(name[:4]) - 1
    return places


def _numbered(text: str) -> list[tuple[int, str]]:
    # Not document.numbered_lines, which strips blanks: a leading tab is an empty first column.
    return list(enumerate(_line_end.split(text), 1))


def _cells(line: str, separator: str) -> list[str]:
    try:
        row = next(csv.reader([line], delimiter=separator, skipinitialspace=True), [])
    except csv.Error:
        row = line.split(separator)
    return [cell.strip() for cell in row]


def _normal(name: str) -> str:
    return re.sub(r"[\s-]+", "_", name.strip().strip("\"'").lower())


def _find_table(lines: Sequence[tuple[int, str]], fields: Fields | None, separator: str) -> Table | None:
    """The table that a header describes, whose rows are as long as it is; None when there is none."""
    for at, (number, line) in enumerate(lines[:_SEARCHED_LINES]):
        text = line.strip().lstrip("#;/ \t")
        if not text or len(text) > LONGEST_LINE:
            continue
        for candidate in (separator,) if separator else _SEPARATORS:
            columns = _cells(text, candidate)
            if len(columns) > 1 and all(not name or _is_name(name) for name in columns):
                names = tuple(map(_normal, columns))
                found = fields if fields and _are_columns(fields.indicator, names) else None if fields else _known_fields(names)
                if found and _rows_fit(lines[at + 1 :], candidate, len(columns)):
                    return Table(candidate, names, number, found)
    return None


def _are_columns(wanted: Sequence[str], names: Sequence[str]) -> bool:
    return all(_normal(name) in names for name in wanted)


def _known_fields(names: Sequence[str]) -> Fields | None:
    address = next((name for name in _ADDRESS_NAMES if name in names), None)
    both_ends = any(name.startswith(("src", "source")) for name in names) and any(name.startswith("dst") for name in names)
    if address is None or both_ends or ("netblock" in names and "attacks" in names):
        return None  # whose address is meant cannot be told, or it is DShield's, a format of its own
    proofpoint = tuple(names[: len(_PROOFPOINT)]) == _PROOFPOINT
    both = "cidr" in names and "ip" in names
    return Fields(
        indicator=("cidr", "ip") if both else (address,),
        confidence=("score",) if proofpoint else _CONFIDENCE_NAMES,
        description=() if proofpoint else tuple(name for name in _DESCRIPTION_NAMES if name != address),
        first_seen=_FIRST_SEEN_NAMES,
        last_seen=_LAST_SEEN_NAMES,
        kind=_KIND_NAMES,
        status=_STATUS_NAMES,
        scale=_PROOFPOINT_SCALE if proofpoint else 100,
    )


def _rows_fit(lines: Sequence[tuple[int, str]], separator: str, columns: int) -> bool:
    rows = _first_rows(lines, separator)
    # A trailing separator makes one column more; columns at the end may be left out; a row or two may be broken.
    return sum(2 <= len(row) <= columns + 1 for row in rows) > _FITTING_SHARE * len(rows)


def _first_rows(lines: Sequence[tuple[int, str]], separator: str) -> list[list[str]]:
    comments = tuple(start for start in COMMENT_STARTS if start[0] != separator)
    rows = (line for _, line in lines[:_SEARCHED_LINES] if line.strip() and not line.lstrip().startswith(comments))
    return [_cells(line[:LONGEST_LINE], separator) for line, _ in zip(rows, range(_EVIDENCE_LINES))]


def _headless_table(lines: Sequence[tuple[int, str]], fields: Fields, separator: str) -> Table | None:
    """The table of columns known by number: the separator is that with which most of the first rows have an address there."""
    if not all(name.isdigit() for held in FIELD_NAMES for name in getattr(fields, held)):
        return None
    place = int(fields.indicator[0]) - 1
    best, most = "", 0
    for candidate in (separator,) if separator else (*_SEPARATORS, " "):
        rows = _first_rows(lines, candidate)
        hits = sum(place < len(row) and find_range(row[place]) is not None for row in rows)
        if hits > most:
            best, most = candidate, hits
    return Table(best, (), 0, fields) if best else (Table(separator, (), 0, fields) if separator else None)
