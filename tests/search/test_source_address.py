"""What `sourceIPAddress` may hold, and which address of it is looked up."""

from __future__ import annotations

import pytest

from .conftest import Command, event, range_cells

# Everything is listed here, so only what can be no match stays without one.
EVERYTHING = (("0.0.0.0/1", "all", "other"), ("128.0.0.0/1", "all", "other"), ("::/0", "all", "other"))

CASES = [
    # what CloudTrail wrote, source_address_type, does it match
    ("203.0.113.9", "public", True),
    ("8.8.8.8", "public", True),
    ("2001:db8::9", "public", True),
    ("2600:1F18::ABCD", "public", True),
    ("::ffff:203.0.113.9", "public", True),
    ("ec2.amazonaws.com", "aws_service", False),
    ("ec2.amazonaws.com.cn", "aws_service", False),
    ("AWS Internal", "aws_internal", False),
    ("", None, False),
    (None, None, False),
    ("null", None, False),
    ("-", None, False),
    ("redacted", "invalid", False),
    ("<Victim source IP>", "invalid", False),
    ("203.0.113.9:443", "invalid", False),
    ("203.0.113", "invalid", False),
    ("203.0.113.9.9", "invalid", False),
    ("203.0.113.256", "invalid", False),
    ("203.000.113.009", "invalid", False),
    ("010.8.8.8", "invalid", False),
    ("2001:db8:::9", "invalid", False),
    ("fe80::1%eth0", "invalid", False),
    ("::ffff:010.0.0.1", "invalid", False),
    ("٨.8.8.8", "invalid", False),
    ("\ud800".encode("utf-8", "surrogatepass").decode("utf-8", "replace"), "invalid", False),
    ("10.1.2.3", "private", False),
    ("172.31.255.255", "private", False),
    ("192.168.10.10", "private", False),
    ("100.64.0.1", "private", False),
    ("127.0.0.1", "private", False),
    ("169.254.169.254", "private", False),
    ("::1", "private", False),
    ("fd00::1", "private", False),
    ("fe80::1", "private", False),
    ("240.1.2.3", "private", False),
    ("0.1.2.3", "private", False),
    ("224.0.0.1", "private", False),
    ("::ffff:10.0.0.1", "private", False),
    ("81.2.69.142, 192.168.10.10", "public", True),
    ("192.168.10.10,  unknown, 81.2.69.142", "public", True),
    ("192.168.10.10, 10.0.0.1", "private", False),
    (["8.8.8.8", "8.8.8.8"], "public", True),
    (["192.168.10.10", "8.8.4.4"], "public", True),
]


@pytest.mark.parametrize(("text", "kind", "matches"), CASES, ids=[str(case[0]) for case in CASES])
def test_only_a_public_address_can_match(command: Command, text: object, kind: str | None, matches: bool) -> None:
    """Whatever else stands there never matches, has no severity, and is no error."""
    command.write(
        "malicious_ips",
        sorted([*range_cells(network), "", feed, category, "", "", "", ""] for network, feed, category in EVERYTHING),
    )

    (judged,) = command.judge(event(sourceIPAddress=text))

    assert judged.get("source_address_type") == kind
    assert judged.get("intel_match") == ("true" if matches else None)
    assert bool(judged.get("severity")) == matches


def test_of_a_list_of_addresses_the_first_globally_routable_one_is_looked_up(command: Command) -> None:
    command.listed(("81.2.69.142/32", "second", "c2"), ("203.0.113.9/32", "first", "c2"))

    (judged,) = command.judge(event(sourceIPAddress="10.0.0.1, 203.0.113.9, 81.2.69.142, 8.8.8.8"))

    assert judged["intel_feed"] == "second"


def test_a_mapped_address_is_its_ipv4_address(command: Command) -> None:
    command.listed(("203.0.113.9/32", "bad", "c2"))

    judged = command.judge(
        *(event(sourceIPAddress=text) for text in ("::ffff:203.0.113.9", "::FFFF:CB00:7109", "::ffff:203.0.113.8"))
    )

    assert [each.get("intel_feed") for each in judged] == ["bad", "bad", None]
