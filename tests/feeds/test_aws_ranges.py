"""AWS's prefixes flattened: AMAZON only where nothing else is, GLOBAL only where no real region is."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from netaddr import IPSet

from callerintel.address import key_number, parse_range
from callerintel.errors import FeedError
from callerintel.feeds.aws_ranges import aws_rows
from callerintel.feeds.document import Document, Indicator, Rejected
from callerintel.feeds.feed_config import FeedConfig
from callerintel.feeds.formats.aws import parse, says

CONFIG = FeedConfig("aws", "https://example.com/", format="aws")


def prefix(text: str, service: str, region: str) -> Indicator:
    found = parse_range(text)
    assert found is not None
    return Indicator(*found, labels=(service, region))


def test_a_service_hides_amazon_and_a_region_hides_global() -> None:
    rows = list(
        aws_rows(
            [
                prefix("192.0.2.0/24", "AMAZON", "us-east-1"),
                prefix("192.0.2.0/25", "EC2", "us-east-1"),
                prefix("192.0.2.64/26", "CLOUDFRONT", "GLOBAL"),
            ]
        )
    )
    assert rows == [
        ("4c0000200", "4c000023f", "192.0.2.0/25", "EC2", "us-east-1"),
        ("4c0000240", "4c000027f", "192.0.2.64/26", "CLOUDFRONT|EC2", "us-east-1"),
        ("4c0000280", "4c00002ff", "192.0.2.0/24", "AMAZON", "us-east-1"),
    ]


def test_an_address_alone_has_no_end_and_the_same_prefix_twice_is_once() -> None:
    entries = [prefix("192.0.2.1", "S3", "eu-west-1"), prefix("192.0.2.1", "S3", "eu-west-1")]
    assert list(aws_rows(entries)) == [("4c0000201", "", "192.0.2.1", "S3", "eu-west-1")]


def test_the_serial_and_the_date_are_read() -> None:
    body = json.dumps({"syncToken": "1787408225", "createDate": "2026-08-22-14-17-05", "prefixes": [], "ipv6_prefixes": []})
    said = says(Document(body.encode(), "x"))
    assert (said.serial, said.date) == (1787408225, 1787408225)


def test_a_prefix_that_is_none_is_rejected_and_the_others_stay() -> None:
    body = {
        "syncToken": "1",
        "prefixes": [
            {"ip_prefix": "192.0.2.0/33", "service": "S3", "region": "x"},
            {"service": "S3", "region": "x"},
            "words",
            {"ip_prefix": "192.0.2.0/24", "service": "S3|EC2", "region": "x"},
        ],
        "ipv6_prefixes": [{"ipv6_prefix": "2001:db8::/32", "service": "S3", "region": "x"}],
    }
    found = list(parse(Document(json.dumps(body).encode(), "x"), CONFIG))
    assert [item.reason for item in found if isinstance(item, Rejected)] == [
        "malformed_address",
        "not_an_address",
        "not_an_address",
        "malformed_address",
    ]
    assert found[-1] == prefix("2001:db8::/32", "S3", "x")


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'{"prefixes": []}', b"[" * 100_000])
def test_what_is_no_such_file_is_refused(body: bytes) -> None:
    with pytest.raises(FeedError) as caught:
        list(parse(Document(body, "x"), CONFIG))
    assert caught.value.reason == "unparsable"


def test_the_real_file_is_flattened_completely(real_feeds: Path) -> None:
    document = Document((real_feeds / "aws_ip-ranges.json").read_bytes(), "ip-ranges.json")
    found = [item for item in parse(document, CONFIG) if isinstance(item, Indicator)]
    assert len(found) == 10_668 + 6_160
    rows = list(aws_rows(found))
    ranges = [(key_number(start), key_number(end or start)) for start, end, *_ in rows]
    assert all(a <= b for a, b in ranges)
    assert all(before[1] < after[0] for before, after in zip(ranges, ranges[1:]))
    prefixes = json.loads(document.body)
    listed = [item["ip_prefix"] for item in prefixes["prefixes"]] + [item["ipv6_prefix"] for item in prefixes["ipv6_prefixes"]]
    assert sum(last - first + 1 for first, last in ranges) == IPSet(listed).size
    assert not [row for row in rows if "AMAZON" in row[3].split("|") and row[3] != "AMAZON"]
    assert not [row for row in rows if "GLOBAL" in row[4].split("|") and row[4] != "GLOBAL"]
