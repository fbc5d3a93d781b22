"""Which format a document is in, and that a guess which would be wrong is not made."""

from __future__ import annotations

import contextlib
import json
import time

import pytest

from callerintel.errors import FeedError
from callerintel.feeds.document import Document
from callerintel.feeds.feed_config import FeedConfig
from callerintel.feeds.formats import FORMATS, HEAD_CHARACTERS
from tests.feeds.formats.reading import read


@pytest.mark.parametrize(
    "text",
    [
        '{"prefixes": [{"ipv4Prefix": "192.0.2.0/24"}]}',
        '{\n "description": "Known ranges",\n "list": [\n  "192.0.2.0/24",\n  "198.51.100.0/24"\n ]\n}',
        '[\n {"Feed": {"name": "x"}}\n]',
        '{"errors": [{"detail": "Daily rate limit exceeded", "status": 429}]}',
        "{}",
        "[]",
        '{"asn":64496,"rir":"arin"}\n{"asn":64497,"rir":"arin"}\n',
    ],
)
def test_json_of_an_unknown_shape_is_refused(text: str) -> None:
    with pytest.raises(FeedError) as caught:
        read(text)
    assert caught.value.reason == "unparsable"


@pytest.mark.parametrize(
    "text",
    [
        "127.0.0.1\tlocalhost\n127.0.0.1\tads.example.com\n127.0.0.1\tads.example.net # x\n",
        "# hosts\r\n0.0.0.0 ads.example.com\r\n0.0.0.0 ads.example.net\r\n",
        "127.0.0.1 localhost\n::1 localhost\n192.0.2.1 www.example.com\n",
    ],
)
def test_a_hosts_file_lists_names(text: str) -> None:
    with pytest.raises(FeedError) as caught:
        read(text)
    assert "hosts file" in caught.value.detail


@pytest.mark.parametrize(
    "text",
    [
        "[2001:db8::1]:443\n",
        "0.0.0.0/8\n127.0.0.0/8\n192.0.2.0/24\n",
        "127.0.0.1\n192.0.2.1\n",
        "{192.0.2.1}\n",
        "192.0.2.1 www.example.com\n",
    ],
)
def test_what_only_looks_like_these_is_plain(text: str) -> None:
    assert read(text).format == "plain"


@pytest.mark.parametrize(
    "piece",
    ["#", "# ", "#\n", " ", "\t", "1.2.3.4 ", "a|", "1,", "(", "[.]", "{", '{"a":', "http://", "1", "1 | ", "1  |  ", "'", '"', "a:1.1.1.1-",
     "1,2\n", ":", "<", "<a>", '"type"', '"a--', "<!--", "<?xml ", "1#", "::1 ", "127.0.0.1 a\n", '["1.1.1.1"'],
)  # fmt: skip
def test_no_text_makes_detection_slow(piece: str) -> None:
    """Publishers, or whoever took over their name, choose the text: nothing in it may cost more than its length."""
    text = (piece * HEAD_CHARACTERS)[:HEAD_CHARACTERS]
    began = time.process_time()
    for module in FORMATS.values():
        module.recognises(text)
        module.recognises("ip,port\n" + text)
    assert time.process_time() - began < 2


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("piece", [" ", "a.", "a", "[.]", "1.", "-", ":", ",", "%41", "@", "x|", "'", "://", "=+-@ "])
def test_no_line_makes_reading_slow(name: str, piece: str) -> None:
    """A list of lines that are long and nearly something costs no more than its length."""
    line = "1.2.3.4" + piece * 2000 + "x"
    rows = [line[:4000]] * 20
    texts = [
        "\n".join(rows),
        json.dumps([{"ipAddress": row, "abuseConfidenceScore": row, "lastReportedAt": row} for row in rows]),
    ]
    config = FeedConfig("some_list", "https://example.com/", fields=(("indicator", ("1",)),) if name == "delimited" else ())
    began = time.process_time()
    for text in texts:
        with contextlib.suppress(FeedError):
            list(FORMATS[name].parse(Document(text.encode(), "x"), config))
    assert time.process_time() - began < 1
