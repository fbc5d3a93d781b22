"""Targets: what else the input reads. Archives, STIX patterns, entries and dates of lists, settings, splunkd's XML, its own lookups on disk."""

from __future__ import annotations

import io
import json
import tempfile
import xml.etree.ElementTree as ElementTree
from pathlib import Path

from splunklib.modularinput import InputDefinition, ValidationDefinition

from callerintel.address import address_text, parse_address, parse_range, range_text
from callerintel.errors import FeedError, OptionError
from callerintel.feeds.checkpoint import Checkpoint, checkpoint_path, read_checkpoint
from callerintel.feeds.document import REJECT_REASONS
from callerintel.feeds.entry import find_range, reject_reason
from callerintel.feeds.feed_config import read_feed_config
from callerintel.feeds.feed_lookup import read_feed_rows
from callerintel.feeds.fetch.unpack import unpack
from callerintel.feeds.statements import parse_date
from callerintel.feeds.stix_pattern import PatternError, pattern_ranges
from tests.hostile import has_controls

from .target import Target

UNPACKED_LIMIT = 300_000


def _archive(data: bytes) -> None:
    """No more comes out than allowed, whatever an archive says of itself; and nothing is ever written."""
    try:
        bodies = [len(document.body) for document in unpack(data, "x", None, UNPACKED_LIMIT)]
    except FeedError as error:
        assert not has_controls(str(error)), error
    else:
        assert sum(bodies) <= max(UNPACKED_LIMIT, len(data))


def _stix_pattern(data: bytes) -> None:
    try:
        ranges = pattern_ranges(data.decode("utf-8", "replace"))
    except PatternError:
        return
    assert all(first <= last for first, last in ranges)


def _entry(data: bytes) -> None:
    """An entry names addresses or there is a reason; what it names can be spelled and is read back as the same."""
    for text in data.decode("utf-8", "replace").split("\n"):
        found = find_range(text)
        if found is None:
            assert reject_reason(text) in REJECT_REASONS
        else:
            assert parse_range(range_text(*found)) == found
        number = parse_address(text)
        assert number is None or parse_address(address_text(number)) == number


def _date(data: bytes) -> None:
    for text in data.decode("utf-8", "replace").split("\n"):
        seconds = parse_date(text)
        assert seconds is None or 0 <= seconds < 1 << 40


def _settings(data: bytes) -> None:
    """Any values for any settings: a configuration, or a sentence that shows no more than it should."""
    params = {}
    for line in data.decode("utf-8", "replace").split("\n"):
        name, _, value = line.partition("=")
        params[name] = value
    _read_settings("some_list", params)


def _input_xml(data: bytes) -> None:
    """The stanza that splunkd sends, through the SDK as in a run; what is no XML is the SDK's to refuse."""
    for definition in (InputDefinition, ValidationDefinition):
        try:
            found = definition.parse(io.BytesIO(data))
        except (ElementTree.ParseError, ValueError, LookupError, AttributeError):  # the SDK's own
            continue
        stanzas = found.inputs.items() if isinstance(found, InputDefinition) else [("", found.parameters)]
        for stanza, params in stanzas:
            _read_settings(str(stanza).partition("://")[2] or "some_list", {str(key): value for key, value in params.items()})


def _read_settings(name: str, params: dict[str, object]) -> None:
    try:
        config = read_feed_config(name, {key: value for key, value in params.items() if isinstance(value, (str, type(None)))})
    except OptionError as error:
        assert not has_controls(str(error)), error
    else:
        assert config.url
        json.dumps(config.fingerprint())


def _own_lookup(data: bytes) -> None:
    """A feed's lookup as a damaged disk or an administrator left it."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "intel_feed_x.csv"
        path.write_bytes(data)
        for row in read_feed_rows(path):
            assert row.first <= row.last
            assert min(row.confidence, row.first_seen, row.last_seen, row.left) >= 0


def _checkpoint(data: bytes) -> None:
    """What one run tells the next, as somebody left it: it is believed or forgotten, never the end of a feed."""
    with tempfile.TemporaryDirectory() as folder:
        path = checkpoint_path(Path(folder), "x")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        assert isinstance(read_checkpoint(path), Checkpoint)


TARGETS = [
    Target("archive", _archive, tokens=(b"PK\x03\x04", b"PK\x01\x02", b"\x1f\x8b\x08", b"ustar", b"0" * 12, b"\xff" * 8), weight=3000),
    Target("stix_pattern", _stix_pattern, tokens=(b"[", b"(" * 60, b" AND ", b" FOLLOWEDBY ", b"ipv4-addr:value = ", b" NOT IN (", b"'\\'"), weight=2000),
    Target("entry", _entry, tokens=(b"a.", b"1.", b"a-", b"0.0.0.0-", b"[.]", b"hxxp", b"://", b"@", b"%", b"\xc2\xa0")),
    Target("date", _date, tokens=(b"2026-", b"T", b"+00:00", b"Mon, ", b" GMT", b"0" * 20)),
    Target("settings", _settings, tokens=(b"\nurl=", b"\nauth=path", b"\nfields=", b"\nwhere=", b"\nexclude=", b"\nproxy=", b"{credential}")),
    Target("input_xml", _input_xml, tokens=(b"<stanza name=", b"<param name=", b"<param_list", b"</input>", b"<!ENTITY a 'b'>"), weight=3000),
    Target("own_lookup", _own_lookup, tokens=(b'"', b",left", b"max_severity", b'"192.0.2.1",')),
    Target("checkpoint", _checkpoint, tokens=(b'"written":', b'"lookup":', b"1e999", b"[[", b'"conditions":')),
]  # fmt: skip
