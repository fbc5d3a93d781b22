"""STIX 2.0 and 2.1 objects, STIX 1 and OpenIOC in XML."""

from __future__ import annotations

import json
import time

import pytest

from callerintel.errors import FeedError
from callerintel.feeds import trust
from callerintel.feeds.document import Document
from callerintel.feeds.formats import FORMATS
from tests.feeds.formats.reading import Row, read

DAY = 86400


def at(days: float) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime(time.time() + days * DAY))


def indicator(number: int, address: str = "", **more: object) -> dict[str, object]:
    return {
        "type": "indicator",
        "id": f"indicator--00000000-0000-4000-8000-{number:012d}",
        "modified": "2026-01-02T00:00:00.000Z",
        "valid_from": "2026-01-01T00:00:00Z",
        "pattern": f"[ipv4-addr:value = '{address or f'192.0.2.{number}'}']",
        "pattern_type": "stix",
        **more,
    }


def bundle(*objects: object) -> str:
    return json.dumps({"type": "bundle", "id": "bundle--00000000-0000-4000-8000-000000000000", "objects": objects})


def test_an_indicator_says_what_it_says() -> None:
    text = bundle(indicator(1, name="C2", description="x", confidence=85, indicator_types=["anonymization"], labels=["y"]))
    assert read(text) == ("stix", [Row("192.0.2.1", "C2", 85, 1767225600, 1767312000, "anonymizer")], [])
    old = indicator(1, labels=["malicious-activity", "botnet"])
    del old["pattern_type"]
    assert read(bundle(old)).rows == [Row("192.0.2.1", "malicious-activity, botnet", None, 1767225600, 1767312000)]
    assert FORMATS["stix"].says(Document(text.encode(), "x")).date == 1767312000


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({"revoked": True}, "inactive"),
        ({"valid_until": at(-1)}, "inactive"),
        ({"valid_until": at(1)}, ""),
        ({"valid_from": at(2)}, "inactive"),
        ({"valid_from": at(0.5)}, ""),
        ({"valid_from": "2026-01-01T00:00:00Z", "valid_until": "2026-01-01T00:00:00Z"}, ""),
        ({"indicator_types": ["benign"]}, "inactive"),
        ({"labels": ["benign"]}, "inactive"),
        ({"pattern_type": "snort", "pattern": "alert tcp any any -> 192.0.2.1 443"}, "other_type"),
        ({"pattern": "[ipv4-addr:value != '192.0.2.1']"}, "other_type"),
        ({"pattern": "[file:name = 'x']"}, "other_type"),
        ({"pattern": "[ipv4-addr:value = "}, "not_an_address"),
        ({"pattern": None}, "not_an_address"),
        ({"confidence": 49}, "left_out"),
        ({"confidence": 50}, ""),
    ],
)
def test_an_indicator_is_taken_or_left_out_with_a_reason(more: dict[str, object], reason: str) -> None:
    found = read(bundle(indicator(1, **more)), min_confidence="50")
    assert (found.indicators, found.reasons) == (([], [reason]) if reason else (["192.0.2.1"], []))


def test_of_several_versions_the_newest_counts() -> None:
    old, new = indicator(1, "192.0.2.1"), indicator(1, "192.0.2.2", modified="2026-01-03T00:00:00.000Z")
    for objects in ([old, new], [new, old]):
        assert read(bundle(*objects, indicator(3))).indicators == ["192.0.2.2", "192.0.2.3"]
    gone = indicator(1, revoked=True, modified="2026-01-04T00:00:00.000Z")
    assert read(bundle(new, gone, old)) == ("stix", [], ["inactive"])


def test_observables_accuse_nobody() -> None:
    address = {"type": "ipv4-addr", "id": "ipv4-addr--00000000-0000-4000-8000-000000000001", "value": "192.0.2.1"}
    observed = {"type": "observed-data", "id": "observed-data--00000000-0000-4000-8000-000000000001", "objects": {"0": address}}
    malware = {"type": "malware", "id": "malware--00000000-0000-4000-8000-000000000001"}
    for text in (bundle(address, observed, malware, 7), json.dumps([address, observed, malware])):
        assert read(text) == ("stix", [], ["other_type", "other_type"])


@pytest.mark.parametrize("text", ["{}", '{"more": false}', '{"type": "bundle", "id": "x"}', '{"objects": []}', "[]"])
def test_an_empty_envelope_is_an_empty_list(text: str) -> None:
    assert read(text, "stix") == ("stix", [], [])


@pytest.mark.parametrize("text", ["", "7", "null", '{"a": 1}', '{"objects": 7}', '{"objects": {"id": 1}}', "<stix/>"])
def test_what_is_no_stix_is_unparsable(text: str) -> None:
    with pytest.raises(FeedError) as caught:
        read(text, "stix")
    assert caught.value.reason == "unparsable"


PACKAGE = """<?xml version="1.0" encoding="UTF-8"?>
<stix:STIX_Package xmlns:stix="http://stix.mitre.org/stix-1" xmlns:cybox="http://cybox.mitre.org/cybox-2"
  xmlns:a="http://cybox.mitre.org/objects#AddressObject-2" xmlns:i="http://stix.mitre.org/Indicator-2" timestamp="2026-01-02T03:04:05Z">
  {}
</stix:STIX_Package>
"""


def observable(value: str, condition: str = ' condition="Equals"', category: str = "ipv4-addr", attributes: str = "") -> str:
    return (
        f'<cybox:Observable{attributes}><cybox:Object><cybox:Properties category="{category}">'
        f"<a:Address_Value{condition}>{value}</a:Address_Value></cybox:Properties></cybox:Object></cybox:Observable>"
    )


@pytest.mark.parametrize(
    ("item", "indicators", "reasons"),
    [
        (observable("192.0.2.1", ""), ["192.0.2.1"], []),
        (observable("192.0.2.0/24", category="cidr"), ["192.0.2.0/24"], []),
        (observable("192.0.2.0##comma##192.0.2.255", ' condition="InclusiveBetween"'), ["192.0.2.0/24"], []),
        (observable("192.0.2.1##comma## 192.0.2.9", ' condition="Equals" apply_condition="ANY"'), ["192.0.2.1", "192.0.2.9"], []),
        (observable("2001:db8::1", category="ipv6-addr"), ["2001:db8::1"], []),
        (observable("192.0.2.1", ' condition="DoesNotEqual"'), [], ["other_type"]),
        (observable("x@example.com", category="e-mail"), [], ["other_type"]),
        (observable("example.com"), [], ["host_name"]),
        (observable("192.0.2.1", attributes=' negate="true"'), [], []),
    ],
)
def test_a_package_of_observables_is_a_list(item: str, indicators: list[str], reasons: list[str]) -> None:
    found = read(PACKAGE.format(f"<stix:Observables>{item}</stix:Observables>"))
    assert (found.format, found.indicators, found.reasons) == ("stix1", indicators, reasons)


def test_where_there_are_indicators_only_they_count() -> None:
    inner = f"<i:Observable><cybox:Observable_Composition>{observable('192.0.2.1')}</cybox:Observable_Composition></i:Observable>"
    confidence = "<i:Confidence><c>x</c><Value>High</Value></i:Confidence>"
    item = f'<i:Indicator timestamp="2026-01-01T00:00:00"><i:Title>C2</i:Title>{inner}{confidence}</i:Indicator>'
    negated = f'<i:Indicator negate="true"><i:Observable>{observable("192.0.2.3")}</i:Observable></i:Indicator>'
    text = PACKAGE.format(f"{observable('192.0.2.2')}{item}{negated}")
    assert read(text) == ("stix1", [Row("192.0.2.1", "C2", 90, 1767225600)], [])
    assert read(text, min_confidence="91").reasons == ["left_out"]
    assert FORMATS["stix1"].says(Document(text.encode(), "x")).date == 1767323045


def test_openioc_items_count_and_metadata_do_not() -> None:
    def item(search: str, value: str, kind: str = "string", attributes: str = "") -> str:
        return f'<IndicatorItem condition="is"{attributes}><Context search="{search}"/><Content type="{kind}">{value}</Content></IndicatorItem>'

    items = (
        item("PortItem/remoteIP", "192.0.2.1", "IP")
        + item("Network/Connection/RemoteIP", "192.0.2.2")
        + item("DnsEntryItem/RecordData/IPv4Address", "192.0.2.3", "string", ' negate="true"')
        + item("Network/DNS", "example.com")
        + item("FileItem/Md5sum", "00ff", "md5")
    )
    text = (
        '<?xml version="1.0"?>\n<OpenIOC xmlns="http://openioc.org/schemas/OpenIOC_1.1" last-modified="2026-01-02T03:04:05.181Z"><metadata>'
        '<description>Emotet</description><links><link rel="src_ip">203.0.113.1</link></links></metadata>'
        f'<criteria><Indicator operator="OR">{items}</Indicator></criteria></OpenIOC>'
    )
    assert read(text) == (
        "openioc",
        [Row("192.0.2.1", "Emotet"), Row("192.0.2.2", "Emotet")],
        ["other_type", "host_name", "other_type"],
    )


@pytest.mark.parametrize(
    "text",
    [
        '<!DOCTYPE x [<!ENTITY a "192.0.2.1">]><stix:STIX_Package>&a;</stix:STIX_Package>',
        '<!DOCTYPE x SYSTEM "file:///etc/passwd"><stix:STIX_Package/>',
        '<!DOCTYPE x [<!ENTITY % a SYSTEM "http://127.0.0.1/x"> %a;]><stix:STIX_Package/>',
        "<stix:STIX_Package>&a;</stix:STIX_Package>",
        "<stix:STIX_Package>" + "<a>" * 1000 + "</a>" * 1000 + "</stix:STIX_Package>",
        "<stix:STIX_Package>",
        "<stix:STIX_Package></a>",
        "<stix:STIX_Package/><b/>",
        "",
        "x",
    ],
)
@pytest.mark.parametrize("format_name", ["stix1", "openioc"])
def test_xml_that_is_broken_or_could_do_harm_is_unparsable(text: str, format_name: str) -> None:
    with pytest.raises(FeedError) as caught:
        read(text, format_name)
    assert caught.value.reason == "unparsable"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "latin-1"])
def test_xml_says_its_own_encoding(encoding: str) -> None:
    declared = {"utf-8-sig": "utf-8", "latin-1": "iso-8859-1"}.get(encoding, encoding)
    text = PACKAGE.format(observable("192.0.2.1")).replace('"UTF-8"', f'"{declared}"')
    assert read(text.encode(encoding), "stix1").indicators == ["192.0.2.1"]


def test_xml_of_a_format_is_no_web_page() -> None:
    trust.check_body([Document(PACKAGE.format(observable("192.0.2.1")).encode(), "x")])
    for text in ("<html>", "<?xml version='1.0'?><rss/>", "<!DOCTYPE html><ioc>"):
        with pytest.raises(FeedError) as caught:
            trust.check_body([Document(text.encode(), "x")])
        assert caught.value.reason == "html"
