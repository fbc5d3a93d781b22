"""The formats of lines: ranges, scores, reputation, DataPlane, URLs. Excerpts in the publishers' shapes [feeds 2]."""

from __future__ import annotations

import pytest

from tests.feeds.formats.reading import Row, read


def test_dat_and_p2p_ranges_are_decimal_whatever_their_zeros() -> None:
    text = """\
# a comment
192.000.002.000 - 192.000.002.255 , 000 , A name, with: all, in it
198.51.100.1 - 198.51.100.4 , 127 ,
198.51.100.9 - 198.51.100.9 , 128 , allowed
198.51.100.9 - 198.51.100.1 , 0 , the wrong way round
198.51.100.300 - 198.51.100.301 , 0 , x
Some Org: with a colon:203.0.113.8-203.0.113.15
example.com
"""
    rows = [
        Row("192.0.2.0/24", "A name, with: all, in it"),
        Row("198.51.100.1-198.51.100.4"),
        Row("203.0.113.8/29", "Some Org: with a colon"),
    ]
    assert read(text) == ("ranges", rows, ["inactive", "malformed_address", "malformed_address", "host_name"])


@pytest.mark.parametrize("line", ["192.0.2.0 - 192.0.2.255 , 0 , x", "192.0.2.0-192.0.2.255,100", "name:192.0.2.0-192.0.2.255"])
def test_ranges_are_known_by_their_first_entry(line: str) -> None:
    assert read(f"; comment\n\n{line}\n") == ("ranges", [Row("192.0.2.0/24", read(line).rows[0].description)], [])


def test_plain_lists_of_ranges_stay_plain() -> None:
    assert read("192.0.2.0 - 192.0.2.255\n").format == "plain"
    assert read("192.0.2.1\nname:192.0.2.0-192.0.2.255\n") == ("plain", [Row("192.0.2.1")], ["not_an_address"])


def test_the_number_of_lists_becomes_the_confidence() -> None:
    text = "# IPsum\n# IP\tnumber of (black)lists\n192.0.2.1\t10\n192.0.2.2\t2\n192.0.2.3\t1\n192.0.2.4\n192.0.2.300\t1\nexample.com\t3\n"
    rows = [Row("192.0.2.1", "on 10 lists", 95), Row("192.0.2.2", "on 2 lists", 54), Row("192.0.2.3", "on 1 lists", 42)]
    faults = ["not_an_address", "malformed_address", "host_name"]
    assert read(text) == ("scored", rows, faults)
    assert read(text, min_confidence="54") == ("scored", rows[:2], ["left_out", *faults])
    assert read("192.0.2.1\t1467\n").format == "plain", "nobody says what the number is"


def test_dataplane_rows_may_have_bars_in_a_name() -> None:
    text = """\
# DataPlane.org - for operators, by operators
#   saddr     The source address. Each field is separated by a pipe symbol ('|')
NA           |  NA                              |  192.0.2.1        |  2016-12-01 04:26:48  |  sshpwauth
1            |  TEST-AS company | With | pipe   |   2001:db8::1     |  2016-12-06 02:35:38  |  sshpwauth
1            |  TEST-AS                         |  example.com      |  2016-12-06 02:35:38  |  sshpwauth
something else
"""
    rows = [Row("192.0.2.1", "sshpwauth", last_seen=1480566408), Row("2001:db8::1", "sshpwauth", last_seen=1480991738)]
    assert read(text) == ("dataplane", rows, ["host_name", "not_an_address"])


def test_alienvault_rows_are_separated_by_hashes() -> None:
    text = """\
192.0.2.1#4#2#Malicious Host#KR##37.5,126.9#3
192.0.2.2#10#2#Malicious Host;Scanning Host#IN#Gurgaon#28.4,77.0#3;11
192.0.2.3#1#2##CN#Guangzhou#23.1,113.25#3
www.test.org#4#2#Malicious Host#CA#Brossard#45.4,-73.4#3
"""
    rows = [
        Row("192.0.2.1", "Malicious Host", 40),
        Row("192.0.2.2", "Malicious Host, Scanning Host", 100),
        Row("192.0.2.3", "", 10),
    ]
    assert read(text) == ("alienvault", rows, ["host_name"])
    assert read(text, min_confidence="40") == ("alienvault", rows[:2], ["left_out", "host_name"])


def test_alienvaults_generic_form_has_a_banner() -> None:
    text = "\n###\n# Alienvault IP Reputation Database\n###\n\n192.0.2.1 # Malicious Host DE,,51.2,9.4\n192.0.2.2 # Scanning Host KR,Seoul,37.5,126.9\n"
    assert read(text) == ("alienvault", [Row("192.0.2.1", "Malicious Host"), Row("192.0.2.2", "Scanning Host")], [])


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://192.0.2.1:38944/bin.sh", "192.0.2.1"),
        ("https://192.0.2.1", "192.0.2.1"),
        ("hxxp://192[.]0[.]2[.]1/a", "192.0.2.1"),
        ("http://user:pass@192.0.2.1:80/x", "192.0.2.1"),
        ("http://example.com@192.0.2.1/x", "192.0.2.1"),
        ("http://192.0.2.1@example.com/x", "host_name"),
        ("http://[2001:db8::9]:8080/x?y#z", "2001:db8::9"),
        ("http://192%2E0%2e2%2E1/x", "192.0.2.1"),
        ("http://192.0.2.1/with a blank, and more", "192.0.2.1"),
        ("http://192.0.2.1?x=198.51.100.1", "192.0.2.1"),
        ("http://example.com/192.0.2.1", "host_name"),
        ("http://192.0.2.1.example.com/", "host_name"),
        ("http://3221225985/", "not_an_address"),
        ("http://0xC0000201/", "not_an_address"),
        ("http://192.0.2.01/", "malformed_address"),
        ("http:///x", "not_an_address"),
        ("192.0.2.1:8080", "192.0.2.1"),
    ],
)
def test_a_url_counts_where_its_host_is_an_address(url: str, expected: str) -> None:
    found = read(f"# comment\nhttp://192.0.2.9/\n{url}\n")
    assert found.format == "urls"
    assert [*found.indicators[1:], *found.reasons] == [expected]
