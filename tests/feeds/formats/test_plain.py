"""Every spelling that lists called plain hold [feeds 2], and what is none."""

from __future__ import annotations

import pytest

from callerintel.address import range_text
from callerintel.feeds.document import Document, Rejected
from callerintel.feeds.entry import find_range, reject_reason
from callerintel.feeds.feed_config import FeedConfig
from callerintel.feeds.formats import detect_format
from callerintel.feeds.formats.plain import parse
from tests.feeds.formats import reading

CONFIG = FeedConfig("some_list", "https://example.com/")


def read(body: bytes) -> list[str]:
    return [
        item.reason if isinstance(item, Rejected) else range_text(item.first, item.last)
        for item in parse(Document(body, "some.txt"), CONFIG)
    ]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("198.51.100.1", "198.51.100.1"),
        ("198.51.100.0/24", "198.51.100.0/24"),
        ("198.51.100.202/24", "198.51.100.0/24"),
        ("2001:DB8::A", "2001:db8::a"),
        ("2001:db8:1::/48", "2001:db8:1::/48"),
        ("::ffff:198.51.100.204", "198.51.100.204"),
        ("198.51.100.16 - 198.51.100.31", "198.51.100.16/28"),
        ("198.51.100.33-198.51.100.63", "198.51.100.33-198.51.100.63"),
        ("198.51.100.64 - 198.51.100.127 , 000 , a name", "198.51.100.64/26"),
        ("2001:db8::1-2001:db8::4 x", "2001:db8::1-2001:db8::4"),
        ("  198.51.100.1\t", "198.51.100.1"),
        ("198.51.100.2 # inline", "198.51.100.2"),
        ("198.51.100.2\t\t# 2026-06-22 07:49:34\t\t23\t2834461", "198.51.100.2"),
        ("198.51.100.2#4#2#Malicious Host#DE##51.0,9.0#3;11", "198.51.100.2"),
        ("198.51.100.0/25 ; SBL256893", "198.51.100.0/25"),
        ("198.51.100.2 // inline", "198.51.100.2"),
        ("198.51.100.3\t10", "198.51.100.3"),
        ("198.51.100.3 10", "198.51.100.3"),
        ("198.51.100.3,used by something,2016-11-12 18:02", "198.51.100.3"),
        ('"198.51.100.3"', "198.51.100.3"),
        ("198.51.100[.]5", "198.51.100.5"),
        ("198[.]51[.]100[.]6", "198.51.100.6"),
        ("198(.)51(.)100(.)6", "198.51.100.6"),
        ("hxxp://198.51.100.7:8080/a.sh", "198.51.100.7"),
        ("hXXps[://]198[.]51[.]100[.]7/", "198.51.100.7"),
        ("http://user:word@198.51.100.7/x", "198.51.100.7"),
        ("http://[2001:db8::9]:80/x", "2001:db8::9"),
        ("198.51.100.8:443", "198.51.100.8"),
        ("[2001:db8::9]:443", "2001:db8::9"),
        ("198.51.100.4 - and some words", "198.51.100.4"),
        ("# a comment", None),
        ("; a comment", None),
        ("// a comment", None),
        ("", None),
        ("198.051.100.200", "malformed_address"),
        ("198.51.100.201/33", "malformed_address"),
        ("198.51.100.256", "malformed_address"),
        ("198.51.100.9-198.51.100.1", "malformed_address"),
        ("198.51.100.9-2001:db8::1", "malformed_address"),
        ("1.2.3", "malformed_address"),
        ("192.0.2.1.example.net", "host_name"),
        ("23-227-203-191.example.com", "host_name"),
        ("example.com", "host_name"),
        ("*.example.org", "host_name"),
        ("https://example.com/198.51.100.1", "host_name"),
        ("=cmd|x,198.51.100.203", "not_an_address"),
        ("name 198.51.100.203", "not_an_address"),
        ("<td>198.51.100.203</td>", "not_an_address"),
        ('{"ip": "198.51.100.203"}', "not_an_address"),
        ("You can only fetch the data every 30 minutes.", "not_an_address"),
        ("1" * 5000, "line_too_long"),
        ("," * 50, "not_an_address"),
    ],
)
def test_a_line_is_read_as(line: str, expected: str | None) -> None:
    assert read(line.encode()) == ([] if expected is None else [expected])


def test_line_numbers_are_those_of_the_list() -> None:
    [first, second] = parse(Document(b"# x\r\n\r\nbad line\r\nworse line", "some.txt"), CONFIG)
    assert isinstance(first, Rejected)
    assert isinstance(second, Rejected)
    assert (first.line, first.text, second.line) == (3, "bad line", 4)


def test_lines_end_only_where_lines_end() -> None:
    assert read("192.0.2.1\u2028x\x0by\x85z\n192.0.2.2".encode()) == ["192.0.2.1", "192.0.2.2"]


@pytest.mark.parametrize("body", [b"", b"\n\n", b"\x00\x00", b"\xef\xbb\xbf"])
def test_nothing_is_nothing(body: bytes) -> None:
    assert read(body) == []


def test_any_bytes_are_read_without_an_error() -> None:
    body = bytes(range(256)) * 64
    assert all(item in ("not_an_address", "line_too_long", "malformed_address", "host_name") for item in read(body))


def test_plain_is_what_is_left() -> None:
    assert detect_format(Document(b"192.0.2.1\n", "list.json")) == "plain"
    assert detect_format(Document(b'{"syncToken": "1", "prefixes": []', "list.txt")) == "aws"


BLANKS = [chr(code) for code in range(0x3001) if chr(code).isspace()]


@pytest.mark.parametrize("shape", ["{}", "{},", ",{}", "{}{}", ",", ",,", ""])
def test_an_entry_of_blanks_of_any_kind_and_commas_is_no_address(shape: str) -> None:
    """Found by fuzzing: a carriage return alone raised IndexError. Every format strips its entries before it asks, as the next test shows."""
    for blank in BLANKS:
        entry = shape.replace("{}", blank)
        assert (find_range(entry), reject_reason(entry)) == (None, "not_an_address"), repr(entry)


@pytest.mark.parametrize("blank", [blank for blank in BLANKS if blank not in "\n\r"], ids=repr)
def test_a_cell_of_blanks_rejects_its_row_alone(blank: str) -> None:
    found = reading.read(f'note,ip\na,"{blank}"\nb,192.0.2.1\n', "delimited")
    assert (found.indicators, len(found.reasons)) == (["192.0.2.1"], 1)
