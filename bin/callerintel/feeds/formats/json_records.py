"""JSON records: a JSON document, or JSON lines, in which a path leads to records and a record's fields to an indicator.

Known by their fields, so that nothing need be set: AbuseIPDB, ThreatFox, GreyNoise (2 and 3), CrowdSec's CTI, Mullvad, Proofpoint's
iprepdata.json, and a bare array (or a field `ips`) of addresses; shapes [feeds 2]. For anything else the settings `records` and
`fields` say where to look. JSON of an unknown shape is refused, never guessed: AWS's, Google's and others' own ranges look
much like lists. Spamhaus, Feodo, OTX, Onionoo, STIX and MISP have formats of their own.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

from callerintel.errors import FeedError, shown
from callerintel.feeds.document import Document, Parsed, document_text, rejected, whole_number
from callerintel.feeds.json_text import text_of
from callerintel.feeds.rows import Fields, Names, configured_fields, first_of, is_selected, read_row, read_time
from callerintel.feeds.statements import Statement

if TYPE_CHECKING:
    from callerintel.feeds.feed_config import FeedConfig

NAME = "json_records"

ITSELF = "."  # the field that is the record itself, where records are plain values
KEY = "@key"  # the field that is the name under which an object holds the record
LONGEST_RECORD_LINE = 1_000_000
_SEARCHED_RECORDS = 100


class Shape(NamedTuple):
    """One publisher's JSON: the keys that give it away, the path to its records, its fields, and which records count."""

    keys: Names
    records: Names
    fields: Fields
    where: tuple[tuple[str, Names], ...] = ()


_GREYNOISE = "internet_scanner_intelligence"
_THREATFOX = Fields(
    ("ioc_value",),
    confidence=("confidence_level",),
    description=("malware_printable", "malware"),
    first_seen=("first_seen_utc", "first_seen"),
    last_seen=("last_seen_utc", "last_seen"),
    kind=("ioc_type",),
)
SHAPES: tuple[Shape, ...] = (
    Shape(
        ("ipAddress", "abuseConfidenceScore"),
        ("data",),
        Fields(("ipAddress",), confidence=("abuseConfidenceScore",), last_seen=("lastReportedAt",)),
    ),
    Shape(("ioc_value", "ioc_type"), ("*",), _THREATFOX),  # the export: an object of id → array of one record
    Shape(("ioc", "ioc_type"), ("data",), _THREATFOX._replace(indicator=("ioc",))),  # the API
    Shape(
        ("ip", _GREYNOISE),
        ("data",),
        Fields(
            ("ip",),
            description=(f"{_GREYNOISE}.actor", f"{_GREYNOISE}.classification"),
            first_seen=(f"{_GREYNOISE}.first_seen",),
            last_seen=(f"{_GREYNOISE}.last_seen",),
        ),
        ((f"{_GREYNOISE}.classification", ("malicious",)),),
    ),
    Shape(
        ("ip", "classification", "last_seen"),
        ("data",),
        Fields(("ip",), description=("actor", "classification"), first_seen=("first_seen",), last_seen=("last_seen",)),
        (("classification", ("malicious",)),),
    ),
    Shape(
        ("ip", "reputation", "background_noise_score"),
        ("items",),
        Fields(
            ("ip",),
            confidence=("confidence",),
            description=("behaviors.label", "reputation"),
            first_seen=("history.first_seen",),
            last_seen=("history.last_seen",),
        ),
        (("reputation", ("malicious",)),),
    ),
    Shape(("ipv4_addr_in", "hostname"), (), Fields(("ipv4_addr_in", "ipv6_addr_in"), description=("hostname",))),
    Shape(("ips",), ("ips",), Fields((ITSELF,))),
)
_ADDRESSES = Shape((), (), Fields((ITSELF,)))
_PROOFPOINT = Shape((), ("*",), Fields((KEY,), confidence=("@highest",), description=("@keys",), scale=127))  # 0 to 127 [feeds 2]

_quoted_address = r"\"[0-9A-Fa-f]{0,4}[.:][0-9A-Fa-f.:]+(?:/[0-9]{1,3})?\""
_begins_array = re.compile(rf"\s*\[\s*{_quoted_address}").match
_begins_proofpoint = re.compile(rf"\s*\{{\s*{_quoted_address}\s*:\s*\{{").match


def recognises(text: str) -> bool:
    """Whether a text is JSON with the keys of a known shape."""
    if not text.lstrip().startswith(("{", "[")):
        return False
    if _begins_array(text) or _begins_proofpoint(text):
        return True
    ips = re.search(rf"\"ips\"\s*:\s*\[\s*{_quoted_address}", text)
    return ips is not None or any(len(shape.keys) > 1 and _has_keys(text, shape.keys) for shape in SHAPES)


def parse(document: Document, config: FeedConfig) -> Iterator[Parsed]:
    """One indicator per record and address field; a record that is not one of those asked for is left out.

    FeedError("unparsable") when it is no JSON, or of a shape that nobody described.
    """
    body = _read(document)
    shape = _configured_shape(config) or _find_shape(body, config.records)
    if shape is None:
        raise FeedError("unparsable", f"{_error_in(body)}No records are known in this JSON. Set records and fields.")
    for number, (key, record) in enumerate(walk(body, shape.records), 1):

        def value(name: str, key: str = key, record: Any = record) -> str:
            return _value(key, record, name)

        shown_record = first_of(value, shape.fields.indicator) or json.dumps(record)
        if is_selected(value, shape.where):
            yield from read_row(number, shown_record, value, shape.fields, config)
        else:
            yield rejected(number, shown_record, "left_out")


def says(document: Document) -> Statement:
    """When the list was made, and how many entries it has, where a document says so."""
    body = _read(document)
    if not isinstance(body, dict):
        return Statement()
    meta = body["meta"] if isinstance(body.get("meta"), dict) else body
    date = next(filter(None, (read_time(text_of(meta, name)) for name in ("generatedAt", "generated_at", "timestamp"))), None)
    entries = whole_number(text_of(body, "count")) if isinstance(body.get("ips"), list) else None
    return Statement(entries=entries, date=date)


def walk(value: Any, path: Names, key: str = "") -> Iterator[tuple[str, Any]]:
    """The records at the end of a path, each with the name it is under. Arrays are walked through; `*` is every value."""
    if isinstance(value, list):
        for item in value:
            yield from walk(item, path, key)
    elif not path:
        yield key, value
    elif isinstance(value, dict):
        found = value.items() if path[0] == "*" else ((path[0], value.get(path[0])),)
        for name, inner in found:
            if inner is not None:
                yield from walk(inner, path[1:], name)


def _value(key: str, record: Any, name: str) -> str:
    if name == KEY:
        return key
    if name == ITSELF:
        return "" if isinstance(record, (dict, list)) else text_of({"": record}, "")
    if not isinstance(record, dict):
        return ""
    if name == "@keys":
        return ", ".join(record)
    if name == "@highest":
        return str(max((value for value in record.values() if isinstance(value, int)), default=""))
    if name in record:
        return text_of(record, name)
    return next((text for _, inner in walk(record, tuple(name.split("."))) if (text := text_of({"": inner}, ""))), "")


def _read(document: Document) -> Any:
    text = document_text(document)
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        lines = [line for line in text.split("\n") if line.strip()]
        if len(lines) < 2 or not lines[0].lstrip().startswith("{"):
            raise FeedError("unparsable", f"It is no JSON ({shown(error)}).") from None
    return [_read_line(line) for line in lines]


def _read_line(line: str) -> Any:
    try:
        return json.loads(line) if len(line) <= LONGEST_RECORD_LINE else {}
    except (ValueError, RecursionError):
        return {}  # a record that has nothing in it, and so is counted as rejected


def _has_keys(text: str, keys: Names) -> bool:
    return all(re.search(rf"\"{key}\"\s*:", text) for key in keys)


def _configured_shape(config: FeedConfig) -> Shape | None:
    fields = configured_fields(config)
    return Shape((), config.records, fields) if fields else None


def _find_shape(body: Any, records: Names) -> Shape | None:
    first = next((value for _, value in walk(body, records)), None)
    if isinstance(first, str) and (records or isinstance(body, list)):
        return _ADDRESSES._replace(records=records)
    if isinstance(body, dict) and _begins_proofpoint(_beginning(body)):
        return _PROOFPOINT
    for shape in SHAPES:
        # JSON lines have no path to their records: each line is one.
        for path in (records,) if records else (shape.records, ()):
            if any(_is_shaped(body, record, shape) for _, record in islice(walk(body, path), _SEARCHED_RECORDS)):
                return shape._replace(records=path)
    return None


def _beginning(body: dict[str, Any]) -> str:
    return json.dumps(dict(islice(body.items(), 1)))


def _is_shaped(body: Any, record: Any, shape: Shape) -> bool:
    if shape.fields.indicator == (ITSELF,):
        return isinstance(body, dict) and isinstance(record, str)
    return isinstance(record, dict) and all(key in record for key in shape.keys)


def _error_in(body: Any) -> str:
    errors = body.get("errors") if isinstance(body, dict) else None
    detail = (
        next((text_of(error, "detail") for error in errors if isinstance(error, dict)), "") if isinstance(errors, list) else ""
    )
    return f"The publisher answers with an error: {shown(detail)}. " if detail else ""
