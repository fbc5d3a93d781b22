"""How many indicators lie in networks that many share: the table is sane, and the counts are right."""

from __future__ import annotations

import json
from itertools import combinations
from pathlib import Path

import pytest

from callerintel.address import parse_range
from callerintel.feeds.document import Indicator
from callerintel.feeds.range_sets import RangeSet, joined
from callerintel.feeds.well_known import WELL_KNOWN, count_inside

TABLE = {name: [parse_range(text) for text in networks.split()] for name, networks in WELL_KNOWN.items()}


def inside(lookups: Path, *texts: str) -> dict[str, int]:
    found = [parse_range(text) for text in texts]
    return count_inside([Indicator(*each) for each in found if each], lookups)


def test_every_network_of_the_table_is_one_and_no_two_providers_share_any() -> None:
    assert all(found for ranges in TABLE.values() for found in ranges)
    providers = {name: RangeSet(joined(r for r in ranges if r)) for name, ranges in TABLE.items() if name != "public_dns"}
    for one, other in combinations(providers, 2):
        assert not [text for text in WELL_KNOWN[one].split() if providers[other].overlaps(*(parse_range(text) or (0, 0)))], (
            one,
            other,
        )
    assert sum(len(networks.split()) for networks in WELL_KNOWN.values()) < 350, "small on purpose"


def test_addresses_and_networks_are_counted_where_they_lie_wholly(tmp_path: Path) -> None:
    (tmp_path / "aws_ip_ranges.csv").write_text(
        'start,end,prefix,service,region\n"403040000","40304ffff","3.4.0.0/16",EC2,"us-east-1"\n'
    )
    assert inside(
        tmp_path, "8.8.8.8", "104.16.0.1", "104.16.0.0/16", "104.0.0.0/10", "3.4.5.6", "3.4.0.0/15", "192.0.2.1", "2606:4700::/33"
    ) == {
        "aws": 1,
        "cloudflare": 3,
        "google": 1,
        "public_dns": 1,
    }
    assert inside(tmp_path) == {}
    (tmp_path / "aws_ip_ranges.csv").write_text("start,end\nnonsense,\n")
    assert inside(tmp_path, "3.4.5.6") == {}
    (tmp_path / "aws_ip_ranges.csv").unlink()
    assert inside(tmp_path, "3.4.5.6") == {}


@pytest.mark.parametrize(
    ("name", "published", "share"),
    [("cloudflare", "cloudflare", 1.0), ("google", "google-gcp", 0.95), ("azure", "microsoft-azure", 0.95)],
)
def test_the_table_holds_what_the_providers_publish(real_feeds: Path, name: str, published: str, share: float) -> None:
    texts = json.loads((real_feeds / "warninglists" / f"{published}.json").read_text())["list"]
    ranges = [found for found in map(parse_range, texts) if found]
    table = RangeSet(joined(found for found in TABLE[name] if found))
    assert sum(table.covers(*found) for found in ranges) >= share * len(ranges)


def test_the_table_holds_nothing_of_aws(real_feeds: Path) -> None:
    body = json.loads((real_feeds / "aws_ip-ranges.json").read_text())
    prefixes = [entry["ip_prefix"] for entry in body["prefixes"]] + [entry["ipv6_prefix"] for entry in body["ipv6_prefixes"]]
    aws = RangeSet(joined(found for found in map(parse_range, prefixes) if found))
    assert [(name, found) for name, ranges in TABLE.items() for found in ranges if found and aws.overlaps(*found)] == []
