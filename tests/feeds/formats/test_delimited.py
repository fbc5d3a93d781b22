"""Columns, wherever the header is and whatever separates them. Excerpts in the publishers' shapes [feeds 2]."""

from __future__ import annotations

import pytest

from callerintel.errors import FeedError, OptionError
from tests.feeds.formats.reading import Row, read

THREATFOX = """\
################################################################
# ThreatFox IOCs: recent additions - CSV format                #
################################################################
#
# "first_seen_utc","ioc_id","ioc_value","ioc_type","threat_type","fk_malware","malware_alias","malware_printable","last_seen_utc",\
"confidence_level","is_compromised","reference","tags","anonymous","reporter"
"2026-09-24 09:30:35", "1", "https://www.example.com/", "url", "payload", "unknown", "None", "Unknown", "", "90", "False", "x", "a", "0", "b"
"2026-09-24 09:11:10", "2", "192.0.2.1:14643", "ip:port", "cc", "win.x", "None", "Remcos", "", "100", "False", "None", "c2,rat", "0", "b"
"2026-09-24 09:11:10", "3", "[2001:db8::7]:80", "ip:port", "cc", "win.x", "None", "Mirai", "2026-09-25 09:11:10", "50", "False", "", "", "0", ""
"2026-09-24 09:11:10", "4", "0123456789abcdef0123456789abcdef", "md5_hash", "x", "x", "None", "X", "", "100", "False", "", "", "0", ""
# Number of entries: 4
"""


def test_threatfox_is_known_by_the_header_in_a_comment() -> None:
    rows = [Row("192.0.2.1", "Remcos", 100, 1790241070), Row("2001:db8::7", "Mirai", 50, 1790241070, 1790327470)]
    assert read(THREATFOX) == ("delimited", rows, ["host_name", "other_type"])
    assert read(THREATFOX.replace("\n", "\r\n")) == ("delimited", rows, ["host_name", "other_type"])


def test_a_column_that_a_publisher_inserts_moves_nothing() -> None:
    without = THREATFOX.replace(',"is_compromised"', "").replace(' "False",', "")
    assert read(without) == read(THREATFOX)


def test_feodo_servers_that_are_offline_are_over() -> None:
    text = """\
# Last updated: 2026-03-04 14:28:39 UTC                        #
"first_seen_utc","dst_ip","dst_port","c2_status","last_online","malware"
"2022-06-04 21:24:53","192.0.2.1","8080","offline","2026-03-07","Emotet"
"2025-12-30 13:56:31","192.0.2.2","443","online","2026-03-12","QakBot"
# END 2 entries"""
    assert read(text) == ("delimited", [Row("192.0.2.2", "QakBot", None, 1767102991, 1773273600)], ["inactive"])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Firstseen,DstIP,DstPort\r\n2020-08-10 21:58:27,192.0.2.1,5200\r\n", Row("192.0.2.1", "", None, 1597096707)),
        ("# licence\nAddress,Tags\n192.0.2.1,\"telnet,smtp\"\n", Row("192.0.2.1", "telnet,smtp")),
        ("#ip,ioc\n192.0.2.1,Possible C2\n", Row("192.0.2.1", "Possible C2")),
        ("Family,URL,IP,FirstSeen\nX,http://example.com/a,192.0.2.1,09-11-2026\n", Row("192.0.2.1", "X")),
        ("fingerprint, ipaddr, port\n00FF, 2001:db8::1, 444\n", Row("2001:db8::1")),
        (
            "ip,category,detail,note,tags,first_seen,last_seen\r\n192.0.2.1,botnet node,,,[busybox],2026-05-19,2026-05-20\r\n",
            Row("192.0.2.1", "botnet node", None, 1779148800, 1779235200),
        ),
        (
            '# id,dateadded,url,url_status,last_online,threat\n"1","2026-01-02 03:04:05","http://192.0.2.1:80/x","online","","malware_download"\n',
            Row("192.0.2.1", "malware_download", None, 1767323045),
        ),
        ("IP;Confidence;Last Seen\n192.0.2.1;high;2026-01-02T03:04:05.123Z\n", Row("192.0.2.1", "", 90, None, 1767323045)),
        ("ip\tconfidence\tfirst_seen\n192.0.2.1\t0.75\t1767323045\n", Row("192.0.2.1", "", 75, 1767323045)),
        ("| network | description |\n| 192.0.2.0/24 | a=b |\n", Row("192.0.2.0/24", "a=b")),
    ],
    ids=["sslbl", "turris", "c2intel", "viriback", "tor relays", "shadowwhisperer", "urlhaus", "semicolon", "tab", "pipe"],
)  # fmt: skip
def test_a_header_is_known_by_its_names(text: str, expected: Row) -> None:
    assert read(text) == ("delimited", [expected], [])


def test_the_files_that_guardduty_accepts() -> None:
    """The user guide's examples in columns: blanks behind commas, blank lines between rows, names among the addresses."""
    otx = "Indicator type, Indicator, Description\nCIDR, 192.0.2.0/24, example\nIPv4, 198.51.100.1, x\nDomain name, example.net, x\n"
    assert read(otx) == ("delimited", [Row("192.0.2.0/24", "example"), Row("198.51.100.1", "x")], ["host_name"])
    proofpoint = "ip, category, score, first_seen, last_seen, ports (|)\n198.51.100.1, 1, 127, 2000-01-01, 2000-01-02,\n203.0.113.1, 1, 63, , , 80\n"
    rows = [Row("198.51.100.1", "", 100, 946684800, 946771200), Row("203.0.113.1", "", 50)]
    assert read(proofpoint) == ("delimited", rows, [])
    fireeye = "reportId, title, sourceIp, asn, cidr, domain, ip, malwareFamily\n\n1, a, , , 192.0.2.0/24, , , Ursnif\n\n2, b, 10.0.0.1, , , , 198.51.100.1, Ursnif\n\n3, c, , , , example.com, , Ursnif\n"
    rows = [Row("192.0.2.0/24", "Ursnif"), Row("198.51.100.1", "Ursnif")]
    assert read(fireeye) == ("delimited", rows, ["not_an_address"])


@pytest.mark.parametrize(
    "text",
    [
        "192.0.2.1,a,b\n192.0.2.2,c,d\n",
        "# a comment, with a comma\n192.0.2.1\n",
        "# IP, port\n192.0.2.1\n192.0.2.2\n",
        "name,value\nx,192.0.2.1\n",
        "src_ip,dst_ip\n192.0.2.1,198.51.100.1\n",
        "ip,port\n",
        "# ip,port\n",
        "",
    ],
)
def test_what_is_no_table_with_a_known_header_is_not_taken_for_one(text: str) -> None:
    assert read(text).format == "plain"


@pytest.mark.parametrize(
    ("text", "settings", "expected"),
    [
        ("x 192.0.2.1 5\n", {"fields": "indicator=2, confidence=3"}, Row("192.0.2.1", "", 5)),
        ("x,192.0.2.1,5\n", {"fields": "indicator=2, confidence=3"}, Row("192.0.2.1", "", 5)),
        ("\t192.0.2.1\tseen\n", {"fields": "indicator=2, description=1|3"}, Row("192.0.2.1", "seen")),
        ("x^192.0.2.1^5\n", {"fields": "indicator=2", "separator": "^"}, Row("192.0.2.1")),
        ("192.0.2.0|192.0.2.255|x\n", {"fields": "indicator=1, last=2, description=3"}, Row("192.0.2.0/24", "x")),
        ("Who,Where From\nx,192.0.2.1\n", {"fields": "indicator=where from, description=WHO"}, Row("192.0.2.1", "x")),
        ("#who;where\nx;192.0.2.1\n", {"fields": "indicator=where", "separator": "semicolon"}, Row("192.0.2.1")),
        ("src_ip,dst_ip\n192.0.2.1,198.51.100.1\n", {"fields": "indicator=src_ip"}, Row("192.0.2.1")),
        ("a#192.0.2.1\n", {"fields": "indicator=2", "separator": "hash"}, Row("192.0.2.1")),
    ],
    ids=["blank", "comma", "tab", "given", "range", "names", "comment", "ambiguous", "hash"],
)  # fmt: skip
def test_the_settings_say_which_columns_hold_what(text: str, settings: dict[str, str], expected: Row) -> None:
    assert read(text, "delimited", **settings) == ("delimited", [expected], [])


def test_only_the_rows_asked_for_are_read() -> None:
    text = "ip,kind,confidence\n192.0.2.1,C2,90\n192.0.2.2,scan,90\n192.0.2.3,c2,40\n192.0.2.4,c2,\n"
    found = read(text, where="kind=c2|rat", min_confidence="50")
    assert (found.indicators, found.reasons) == (["192.0.2.1", "192.0.2.4"], ["left_out", "left_out"])


def test_rows_that_are_broken_are_counted_one_by_one() -> None:
    """A stray quote costs its own row, not the rest of the list."""
    text = 'ip,note\n192.0.2.1,"5\n192.0.2.2,ok\n,empty\n192.0.2.300,x\n198.051.100.1,x\nexample.com,x\nNone,x\n' + "x," * 3000
    found = read(text)
    assert found.indicators == ["192.0.2.1", "192.0.2.2"]
    assert found.reasons == [
        *("not_an_address", "malformed_address", "malformed_address", "host_name", "not_an_address", "line_too_long"),
    ]  # fmt: skip


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_encodings_and_line_ends_change_nothing(encoding: str, end: str) -> None:
    body = f"ip,note{end}192.0.2.1,ä{end}192.0.2.2,ö".encode(encoding)
    assert read(body) == ("delimited", [Row("192.0.2.1", "ä"), Row("192.0.2.2", "ö")], [])


@pytest.mark.parametrize(
    ("text", "settings"),
    [
        ("192.0.2.1,x\n", {}),
        ("a,b\n192.0.2.1,x\n", {"fields": "indicator=c"}),
        ("x\ny\n", {"fields": "indicator=2"}),
        ("", {}),
    ],
)
def test_a_list_without_the_columns_is_unparsable(text: str, settings: dict[str, str]) -> None:
    with pytest.raises(FeedError) as caught:
        read(text, "delimited", **settings)
    assert caught.value.reason == "unparsable"
    assert "fields" in caught.value.detail


@pytest.mark.parametrize(
    ("setting", "text"),
    [
        ("fields", "dst_ip"),
        ("fields", "confidence=score"),
        ("fields", "indicator=a, indicator=b"),
        ("fields", "indicator=a, colour=b"),
        ("fields", "indicator="),
        ("separator", "ab"),
        ("separator", "a"),
        ("separator", "."),
        ("where", "online"),
        ("where", "status="),
        ("records", "data..items"),
        ("min_confidence", "101"),
        ("delivery", "mail"),
    ],
)
def test_a_setting_that_says_nothing_is_refused(setting: str, text: str) -> None:
    with pytest.raises(OptionError) as caught:
        read("", "delimited", **{setting: text})
    assert caught.value.option == setting
