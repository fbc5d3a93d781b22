"""JSON records: publishers that are known by their fields, paths that the settings say. Shapes [feeds 2]."""

from __future__ import annotations

import json
from typing import Any

import pytest

from callerintel.errors import FeedError
from callerintel.feeds.document import Document
from callerintel.feeds.formats import FORMATS
from tests.feeds.formats.reading import Row, read


def dump(value: Any) -> str:
    return json.dumps(value)


ABUSEIPDB = {
    "meta": {"generatedAt": "2026-11-24T00:00:00+00:00"},
    "data": [
        {
            "ipAddress": "192.0.2.1",
            "countryCode": "DE",
            "abuseConfidenceScore": 100,
            "lastReportedAt": "2026-11-23T23:55:01+00:00",
        },
        {"ipAddress": "2001:db8::7", "countryCode": None, "abuseConfidenceScore": 93, "lastReportedAt": None},
    ],
}
THREATFOX = {
    "1": [{"ioc_value": "192.0.2.1:443", "ioc_type": "ip:port", "malware_printable": "Remcos", "first_seen_utc": "2026-01-02 03:04:05",
           "last_seen_utc": None, "confidence_level": 75}],
    "2": [{"ioc_value": "example.com", "ioc_type": "domain", "malware_printable": "X", "confidence_level": 100}],
    "3": [{"ioc_value": "00ff", "ioc_type": "sha256_hash", "malware_printable": "X", "confidence_level": 100}],
}  # fmt: skip
GREYNOISE = {
    "data": [
        {"ip": "192.0.2.1", "internet_scanner_intelligence": {"classification": "malicious", "first_seen": "2026-01-01",
         "last_seen": "2026-01-02", "actor": "unknown"}},
        {"ip": "192.0.2.2", "internet_scanner_intelligence": {"classification": "benign", "actor": "Censys"}},
        {"ip": "192.0.2.3", "internet_scanner_intelligence": None},
    ],
    "request_metadata": {"complete": True, "scroll": ""},
}  # fmt: skip


def test_abuseipdb_gives_score_and_time() -> None:
    rows = [Row("192.0.2.1", "", 100, None, 1795478101), Row("2001:db8::7", "", 93)]
    assert read(dump(ABUSEIPDB)) == ("json_records", rows, [])
    assert read(dump(ABUSEIPDB), min_confidence="95") == ("json_records", rows[:1], ["left_out"])
    said = FORMATS["json_records"].says(Document(dump(ABUSEIPDB).encode(), "x"))
    assert said.date == 1795478400


def test_threatfox_is_an_object_of_ids() -> None:
    rows = [Row("192.0.2.1", "Remcos", 75, 1767323045)]
    assert read(dump(THREATFOX)) == ("json_records", rows, ["host_name", "other_type"])
    api = {
        "query_status": "ok",
        "data": [{"ioc": "192.0.2.1:443", "ioc_type": "ip:port", "confidence_level": 75, "malware_printable": "Remcos"}],
    }
    assert read(dump(api)).rows == [Row("192.0.2.1", "Remcos", 75)]


def test_greynoise_counts_where_it_says_malicious() -> None:
    rows = [Row("192.0.2.1", "malicious", None, 1767225600, 1767312000)]
    assert read(dump(GREYNOISE)) == ("json_records", rows, ["left_out", "left_out"])
    older = {"complete": True, "data": [{"ip": "192.0.2.1", "classification": "malicious", "last_seen": "2026-01-02", "actor": "X"},
                                        {"ip": "192.0.2.2", "classification": "unknown", "last_seen": "2026-01-02"}]}  # fmt: skip
    assert read(dump(older)) == ("json_records", [Row("192.0.2.1", "X", None, None, 1767312000)], ["left_out"])


def test_crowdsec_counts_where_it_says_malicious() -> None:
    item = {"ip": "192.0.2.1", "reputation": "malicious", "confidence": "high", "background_noise_score": 3,
            "behaviors": [{"name": "ssh:bruteforce", "label": "SSH Bruteforce"}], "history": {"first_seen": "2026-01-01T00:00:00+00:00",
            "last_seen": "2026-01-02T00:00:00+00:00"}}  # fmt: skip
    text = dump({"items": [item, {**item, "ip": "192.0.2.2", "reputation": "safe"}], "total": 2})
    assert read(text) == ("json_records", [Row("192.0.2.1", "SSH Bruteforce", 90, 1767225600, 1767312000)], ["left_out"])


def test_mullvad_relays_have_two_addresses() -> None:
    relays = [
        {"hostname": "a-1", "ipv4_addr_in": "192.0.2.1", "ipv6_addr_in": "2001:db8::1"},
        {"hostname": "a-2", "ipv4_addr_in": "192.0.2.2"},
    ]
    assert read(dump(relays)) == (
        "json_records",
        [Row("192.0.2.1", "a-1"), Row("2001:db8::1", "a-1"), Row("192.0.2.2", "a-2")],
        [],
    )


def test_proofpoint_has_addresses_as_names() -> None:
    text = dump({"192.0.2.1": {"CnC": 127, "Bot": "64"}, "192.0.2.2": {"Scanner": 20}, "x": {"Bot": 100}})
    rows = [Row("192.0.2.1", "CnC, Bot", 100), Row("192.0.2.2", "Scanner", 16)]
    assert read(text) == ("json_records", rows, ["not_an_address"])


def test_a_bare_array_of_addresses_is_a_list() -> None:
    assert read('["192.0.2.1", "2001:db8::/48", 7, null, "x"]') == (
        "json_records",
        [Row("192.0.2.1"), Row("2001:db8::/48")],
        ["not_an_address", "not_an_address", "not_an_address"],
    )
    text = dump({"source": "x", "timestamp": "2026-05-12T20:23:35.838737+00:00", "count": 2, "ips": ["192.0.2.1", "192.0.2.2"]})
    assert read(text).indicators == ["192.0.2.1", "192.0.2.2"]
    said = FORMATS["json_records"].says(Document(text.encode(), "x"))
    assert (said.entries, said.date) == (2, 1778617415)


def test_the_settings_say_where_records_and_fields_are() -> None:
    text = dump(
        {"result": {"items": {"a": {"net": {"cidr": "192.0.2.0/24"}, "sure": "0.8", "on": True}, "b": {"net": {"cidr": "x"}}}}}
    )
    found = read(text, "json_records", records="result.items.*", fields="indicator=net.cidr, confidence=sure, description=@key")
    assert found == ("json_records", [Row("192.0.2.0/24", "a", 80)], ["not_an_address"])
    text = dump([{"from": "192.0.2.0", "to": "192.0.2.255", "list": "a"}, {"from": "192.0.2.9", "to": "192.0.2.1", "list": "b"}])
    found = read(text, "json_records", fields="indicator=from, last=to", where="list=a|c")
    assert found == ("json_records", [Row("192.0.2.0/24")], ["left_out"])
    assert read(dump({"list": ["192.0.2.1"]}), "json_records", records="list").indicators == ["192.0.2.1"]


def test_json_lines_are_records() -> None:
    text = '{"ip": "192.0.2.1", "score": 5}\r\n\r\n{"ip": "192.0.2.2"\n{"ip": "192.0.2.3"}\n'
    found = read(text, "json_records", fields="indicator=ip, confidence=score")
    assert found == ("json_records", [Row("192.0.2.1", "", 5), Row("192.0.2.3")], ["not_an_address"])
    lines = "\n".join(dump(record) for record in ABUSEIPDB["data"])
    assert read(lines).indicators == ["192.0.2.1", "2001:db8::7"]


@pytest.mark.parametrize(
    "text",
    ["", "{", "null", "7", '"x"', "{}", "[]", '{"a": [{"b": 1}]}', "[" * 100_000, '{"errors": [{"detail": "Daily limit"}]}'],
)
def test_json_without_known_records_is_unparsable(text: str) -> None:
    with pytest.raises(FeedError) as caught:
        read(text, "json_records")
    assert caught.value.reason == "unparsable"
    assert ("Daily limit" in caught.value.detail) == ("Daily limit" in text)


def test_otx_pulses_name_addresses_that_are_in_force() -> None:
    def item(value: str, kind: str = "IPv4", **more: object) -> dict[str, object]:
        return {"indicator": value, "type": kind, "created": "2026-01-01T00:00:00.5", **more}

    pulse = {
        "name": "A pulse",
        "modified": "2026-01-02T00:00:00.123456",
        "indicators": [
            item("192.0.2.1", expiration=None, is_active=1),
            item("2001:db8::1", "IPv6", expiration="2999-01-01T00:00:00"),
            item("192.0.2.0/24", "CIDR"),
            item("192.0.2.2", expiration="2020-01-01T00:00:00"),
            item("192.0.2.3", is_active=0),
            item("http://192.0.2.4/x", "URL"),
            item("example.com", "domain"),
            item("00ff", "FileHash-SHA1"),
            item("192.0.2.300"),
        ],
    }
    rows = [Row(text, "A pulse", None, 1767225600, 1767312000) for text in ("192.0.2.1", "2001:db8::1", "192.0.2.0/24")]
    reasons = ["inactive", "inactive", "host_name", "host_name", "other_type", "malformed_address"]
    for body in ({"results": [pulse], "next": None}, [pulse], pulse):
        assert read(dump(body)) == ("otx", rows, reasons)
    assert FORMATS["otx"].says(Document(dump([pulse]).encode(), "x")).date == 1767312000
    assert read(dump({"results": []}), "otx") == ("otx", [], [])
