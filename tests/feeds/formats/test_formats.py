"""The formats beside plain and aws, each with an excerpt in its publisher's shape, documentation addresses in it."""

from __future__ import annotations

import json

import pytest

from callerintel.address import range_text
from callerintel.errors import FeedError
from callerintel.feeds import formats
from callerintel.feeds.document import Document, Rejected
from callerintel.feeds.feed_config import FeedConfig
from callerintel.feeds.statements import read_statement

CONFIG = FeedConfig("some_list", "https://example.com/")

TOR = """\
ExitNode 0000000000000000000000000000000000000001
Published 2024-03-11 13:07:19
LastStatus 2024-03-12 08:00:00
ExitAddress 192.0.2.1 2024-03-12 08:10:51
ExitAddress 192.0.2.2 2024-03-12 08:11:51
ExitAddress 192.0.2.300 2024-03-12 08:11:51
Something else
"""
DSHIELD = """\
#   DShield.org Recommended Block List
#    updated: 2026-07-04T11:30:33.738855
Start\tEnd\tNetblock\tAttacks\tName\tCountry\temail
192.0.2.0\t192.0.2.255\t24\t580\tEXAMPLE-NET Some, Network\tSG\tabuse@example.com
198.51.100.0\t198.51.100.255\t24\t349\tNone\tUS\t-
203.0.113.9\t203.0.113.1\t24\t349\t\t\t
"""
SPAMHAUS = """\
{"cidr":"192.0.2.0/24","sblid":"SBL256894","rir":"apnic"}
{"cidr":"2001:db8::/32","rir":"arin"}
{"asn":64496,"rir":"arin"}
{"type":"metadata","timestamp":1744682874,"size":85741,"records":3,"copyright":"(c)","terms":"https://www.example.com/"}
"""
FEODO = json.dumps(
    [
        {"ip_address": "192.0.2.1", "port": 443, "status": "online", "hostname": None, "first_seen": "2021-01-17 07:44:46",
         "last_online": "2022-11-15", "malware": "Dridex"},
        {"ip_address": "192.0.2.2", "status": "offline", "malware": "Emotet"},
        {"ip_address": "192.0.2.3", "status": "online", "last_online": None, "malware": None},
        {"ip_address": "example.com", "status": "online"},
        7,
    ]
)  # fmt: skip
ONIONOO = json.dumps(
    {
        "version": "8.0",
        "relays_published": "2026-10-04 04:00:00",
        "relays": [
            {
                "or_addresses": ["192.0.2.1:444", "[2001:db8::141]:81"],
                "exit_addresses": ["192.0.2.9"],
                "last_seen": "2026-10-04 04:00:00",
            },
            {"or_addresses": ["192.0.2.7:9001"], "flags": ["Fast", "Running"], "nickname": "middle"},
            {"or_addresses": ["192.0.2.8:9001", None], "flags": ["Exit"]},
        ],
        "bridges": [],
    }
)

Row = tuple[str, str, "int | None", "int | None"]


def read(text: str) -> tuple[str, list[Row], list[str]]:
    """The format found, the indicators (text, description, first_seen, last_seen), and the reasons of what was rejected."""
    document = Document(text.encode(), "some.txt")
    name = formats.detect_format(document)
    parsed = list(formats.FORMATS[name].parse(document, CONFIG))
    rows = [
        (range_text(item.first, item.last), item.description, item.first_seen, item.last_seen)
        for item in parsed
        if not isinstance(item, Rejected)
    ]
    return name, rows, [item.reason for item in parsed if isinstance(item, Rejected)]


def test_tor_exits_have_the_time_of_the_last_test() -> None:
    rows: list[Row] = [("192.0.2.1", "", None, 1710231051), ("192.0.2.2", "", None, 1710231111)]
    assert read(TOR) == ("tor", rows, ["malformed_address", "not_an_address"])


def test_dshield_rows_are_networks_with_names() -> None:
    rows: list[Row] = [("192.0.2.0/24", "EXAMPLE-NET Some, Network", None, None), ("198.51.100.0/24", "", None, None)]
    assert read(DSHIELD) == ("dshield", rows, ["malformed_address"])
    assert read_statement(Document(DSHIELD.encode(), "x")).date == 1783164633


def test_spamhaus_lines_are_networks_and_the_last_line_counts_them() -> None:
    rows: list[Row] = [("192.0.2.0/24", "Spamhaus DROP SBL256894", None, None), ("2001:db8::/32", "Spamhaus DROP", None, None)]
    assert read(SPAMHAUS) == ("spamhaus", rows, ["not_an_address"])
    said = formats.FORMATS["spamhaus"].says(Document(SPAMHAUS.encode(), "x"))
    assert (said.entries, said.end_mark, said.date) == (3, True, 1744682874)


def test_feodo_servers_count_while_they_are_online() -> None:
    rows: list[Row] = [("192.0.2.1", "Dridex", 1610869486, 1668470400), ("192.0.2.3", "", None, None)]
    assert read(FEODO) == ("feodo", rows, ["inactive", "malformed_address", "not_an_address"])


def test_onionoo_gives_all_addresses_of_exits_and_none_of_other_relays() -> None:
    seen = 1791086400
    rows: list[Row] = [
        ("192.0.2.9", "", None, seen),
        ("192.0.2.1", "", None, seen),
        ("2001:db8::141", "", None, seen),
        ("192.0.2.8", "", None, None),
    ]
    assert read(ONIONOO) == ("onionoo", rows, ["inactive", "malformed_address"])


@pytest.mark.parametrize("name", ["feodo", "onionoo", "aws"])
@pytest.mark.parametrize("body", [b"", b"{", b"{}", b'"x"', b"null", b"[" * 100_000], ids=range(6))
def test_json_that_is_not_the_formats_is_unparsable(name: str, body: bytes) -> None:
    with pytest.raises(FeedError) as caught:
        list(formats.FORMATS[name].parse(Document(body, "x"), CONFIG))
    assert caught.value.reason == "unparsable"


@pytest.mark.parametrize("text", [TOR, DSHIELD, SPAMHAUS, FEODO, ONIONOO, "192.0.2.1\n", '{"syncToken": "1"}'], ids=range(7))
def test_at_most_one_format_recognises_a_list(text: str) -> None:
    assert len([name for name, module in formats.FORMATS.items() if module.recognises(text)]) <= 1


@pytest.mark.parametrize("name", formats.FORMATS)
def test_every_format_has_what_the_folder_asks_for_and_takes_any_bytes(name: str) -> None:
    module = formats.FORMATS[name]
    assert name == module.NAME == module.__name__.rpartition(".")[2]
    assert module.__doc__
    assert not module.recognises("")
    reasons: list[str] = []
    try:
        list(module.parse(Document(bytes(range(256)) * 50, "x"), CONFIG))
    except FeedError as error:
        reasons.append(error.reason)
    assert reasons in ([], ["unparsable"])
