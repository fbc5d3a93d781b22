"""Targets: every format of a list, and finding out which one it is.

A document goes the way of a feed: parsed, cleaned, made into the rows of its lookup, and those into segments. What comes out must be
addresses in order, reasons of the closed list, and lines that any CSV reader takes for as many rows with as many cells.
"""

from __future__ import annotations

import csv
import io

from callerintel.address import V6, parse_range
from callerintel.errors import FEED_REASONS, FeedError
from callerintel.feeds.document import FAULTS, REJECT_REASONS, Document, Rejected
from callerintel.feeds.feed_config import FeedConfig, read_feed_config
from callerintel.feeds.feed_list import FeedList, read_list
from callerintel.feeds.feed_lookup import feed_lines, update_rows
from callerintel.feeds.formats import AUTO, FORMATS
from callerintel.feeds.report import Report
from callerintel.feeds.segments import feed_entries, malicious_lines, segments
from callerintel.feeds.trust import Before, check_list
from callerintel.lookups import MALICIOUS_IPS, intel_feed_lookup
from tests.hostile import has_controls, starts_a_formula

from .target import Target

NOW = 1_790_000_000
# What a document is read with beside the defaults.
_SETTINGS = {
    "json_records": [{}, {"records": "data", "fields": "indicator=ip|value, confidence=score, first_seen=since"}],
    "delimited": [{}, {"fields": "indicator=2, confidence=3, description=1", "separator": ";"}, {"where": "type=ip"}],
}
_TOKENS = {
    "json": (b'"value":', b'"ip":', b'"data":', b'"objects":[', b'"type":"indicator",', b'{"a":' * 200, b"[" * 3000, b"1e400", b'"to_ids":true,'),
    "xml": (b"<a>" * 300, b"<Observable>", b'condition="InclusiveBetween"', b"##comma##", b"<!ENTITY x 'y'>", b"&x;", b"<?xml version='1.0' encoding='utf-7'?>"),
    "lines": (b"192.0.2.1,", b"# END 3 entries", b"\t5\n", b"  |  ", b"x" * 5000, b"ip,port,malware\n", b"000.000.000.000 - 1.2.3.4 , 0 ,"),
}  # fmt: skip
_LANGUAGES = {
    "json": ("aws", "feodo", "json_records", "misp", "onionoo", "otx", "spamhaus", "stix"),
    "xml": ("openioc", "stix1"),
}


def read_as(name: str, settings: dict[str, str], data: bytes) -> None:
    """Read a document in this format and hold what must be true of the outcome."""
    config = read_feed_config("some_list", {"url": "/x", "format": name, "keep_reserved": "true", **settings})
    report = Report(config.name, config.format, config.category)
    try:
        found = read_list(config, [Document(data, "some.txt")], report)
    except FeedError as error:
        assert error.reason in FEED_REASONS
        assert not has_controls(str(error)), error
        return
    assert report.format in FORMATS
    _check_parsed(found)
    try:
        check_list(config, len(found.indicators), found.rejected, found.says, found.listed, Before())
    except FeedError as error:
        assert not has_controls(str(error)), error
    if report.format != "aws":
        _check_lookups(found, config)


def _check_parsed(found: FeedList) -> None:
    for indicator in found.indicators:
        assert 0 <= indicator.first <= indicator.last < 2 * V6
        assert (indicator.first < V6) == (indicator.last < V6)
        assert indicator.confidence is None or isinstance(indicator.confidence, int)
    for entry in found.rejected:
        assert isinstance(entry, Rejected)
        assert entry.reason in REJECT_REASONS
        assert len(entry.text) <= 200
    assert found.listed >= len([entry for entry in found.rejected if entry.reason in FAULTS])


def _check_lookups(found: FeedList, config: FeedConfig) -> None:
    """The feed's own lookup and malicious_ips.csv, as any CSV reader sees them."""
    rows = update_rows(found.indicators, (), config, NOW).rows
    names = len(intel_feed_lookup(config.name).columns)
    cells = list(csv.reader(io.StringIO(b"".join(feed_lines(config.name, rows)).decode(), newline="")))[1:]
    assert len(cells) == len(rows)
    for row in cells:
        assert len(row) == names, row
        assert parse_range(row[0]) is not None, row
        assert not any(has_controls(cell) or starts_a_formula(cell) for cell in row), row
    listed = list(segments(list(feed_entries(config.name, [(row[0], tuple(row[1:])) for row in cells]))))
    text = b"".join(malicious_lines(listed, False)).decode()
    written = list(csv.reader(io.StringIO(text, newline="")))[1:]
    assert len(written) == len(listed)
    assert [row[0] for row in written] == sorted({row[0] for row in written})
    assert all(len(row) == len(MALICIOUS_IPS.columns) for row in written)


def _target(name: str) -> Target:
    language = next((language for language, names in _LANGUAGES.items() if name in names), "lines")

    def run(data: bytes) -> None:
        for settings in _SETTINGS.get(name, [{}]):
            read_as(name, settings, data)

    return Target(f"format_{name}", run, name, _TOKENS[language], weight=1500)


def _detect(data: bytes) -> None:
    read_as(AUTO, {}, data)


TARGETS = [*(_target(name) for name in FORMATS), Target("detection", _detect, "*", sum(_TOKENS.values(), ()), weight=1500)]
