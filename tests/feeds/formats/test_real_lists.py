"""Every real list that we have: how much of it is kept, and why what is not is not.

`distinct` agrees with the counts that were made of the same files with Python's ipaddress [feeds 6], where it has them; each
reason was looked at, and what was found stands beside it. The lists are not ours to give away, so these tests run where they are.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from callerintel.errors import FeedError
from callerintel.feeds import trust
from callerintel.feeds.document import Document
from callerintel.feeds.feed import read_list
from callerintel.feeds.feed_config import FeedConfig
from callerintel.feeds.formats import FORMATS, HEAD_CHARACTERS
from callerintel.feeds.report import Report

# file → format, entries, distinct indicators kept, rejected by reason
KEPT: dict[str, tuple[str, int, int, dict[str, int]]] = {
    "abusech_sslipblacklist_2020.csv": ("delimited", 114, 109, {}),
    "agg_abuseipdb_cache.json": ("json_records", 10000, 10000, {}),
    "agg_abuseipdbhourly.txt": ("plain", 9979, 9979, {}),
    "agg_alienvaultotxhourly.txt": ("plain", 372, 372, {}),
    "agg_binarydefensehourly.txt": ("plain", 2783, 2783, {}),
    "agg_blocklistdebruteforceloginhourly.txt": ("plain", 1159, 1159, {}),
    "agg_blocklistdesshhourly.txt": ("plain", 9025, 9025, {}),
    "agg_blocklistdestrongipshourly.txt": ("plain", 342, 342, {}),
    "agg_cache_feodo_tracker.json": ("json_records", 1, 1, {}),
    "agg_cache_spamhaus_dropv6.json": ("json_records", 94, 94, {}),
    "agg_cache_usom.json": ("json_records", 2840, 2840, {}),
    "agg_cinsarmyhourly.txt": ("plain", 15000, 15000, {}),
    "agg_emergingthreatshourly.txt": ("plain", 613, 613, {}),
    "agg_greensnowhourly.txt": ("plain", 6289, 6289, {}),
    "agg_ipv6_blacklist.txt": ("plain", 115, 115, {}),
    "agg_otx_cache.json": ("json_records", 372, 372, {}),
    "agg_sgbturkiyehourly.txt": ("plain", 10000, 10000, {}),
    "agg_spamhausdrophourly.txt": ("plain", 1682, 1682, {}),
    "agg_torexitnodeshourly.txt": ("plain", 1319, 1319, {}),
    "alienvault_reputation.data.first20000": ("alienvault", 20000, 20000, {}),
    "aws_ip-ranges.json": ("aws", 16828, 11013, {}),
    "bitwire_outbound.first20000.txt": ("plain", 20000, 20000, {}),
    "c2tracker_all.txt": ("plain", 2347, 2347, {}),
    "cps_AtomSpam.txt": (
        "urls",
        2792,
        30,
        {"host_name": 2674, "not_an_address": 83},
    ),  # names; 83 of them were cut by the publisher, with an ellipsis in the host
    "cps_abuse-ch-ipblocklist.txt": ("plain", 7980, 7607, {}),
    "cps_alienvault.txt": ("plain", 609, 609, {}),
    "cps_binarydefense.txt": ("plain", 2662, 2659, {}),
    "cps_compromised-ips.txt": ("plain", 539, 539, {}),
    "cps_rutgers.txt": ("plain", 1333, 1333, {}),
    "cps_sans.first20000.txt": ("plain", 20000, 20000, {}),
    "cps_threatfox.txt": ("plain", 3483, 2337, {"not_routable": 1}),  # 100.82.195.65, carrier-grade NAT
    "cps_tor-exit.txt": ("plain", 3251, 1372, {}),
    "datashield_prod_aa.txt": ("plain", 30000, 30000, {}),
    "firehol_level1_2017.netset": ("plain", 6612, 6599, {"not_routable": 13}),  # bogons, 0.0.0.0/8 to 224.0.0.0/3
    "firehol_level1_2020.netset": ("plain", 1802, 1789, {"not_routable": 13}),  # the same
    "firehol_level1_2021.netset": ("plain", 2892, 2879, {"not_routable": 13}),  # the same
    "guardduty_examples/alienvault.txt": ("alienvault", 5, 3, {"host_name": 2}),  # www.test.org, www.example.com
    "guardduty_examples/fireeye_csv.csv": ("delimited", 3, 3, {}),
    "guardduty_examples/otx_csv.csv": ("delimited", 4, 3, {"host_name": 1}),  # example.net
    "guardduty_examples/proofpoint_csv.csv": ("delimited", 2, 2, {}),
    "guardduty_examples/stix1_iplist.xml": ("stix1", 2, 2, {}),
    "guardduty_examples/txt_entitylist.txt": ("plain", 5, 2, {"host_name": 3}),  # example.com, example.org, *.example.org
    "guardduty_examples/txt_iplist.txt": ("plain", 3, 3, {}),
    "ipsum.first20000.txt": ("scored", 19993, 19993, {}),
    "ipsum_levels_3.txt": ("plain", 14217, 14217, {}),
    "loki_c2-iocs.txt": ("plain", 1844, 118, {"host_name": 1709}),  # domains between the addresses
    "made_by_hand/abuseipdb_blacklist.json": ("json_records", 2, 2, {}),
    "made_by_hand/stix21_bundle_ip.json": (
        "stix",
        7,
        4,
        {"inactive": 1, "other_type": 2},
    ),  # revoked; a negated pattern, a Snort rule
    "made_by_hand/taxii21_envelope_page1.json": ("stix", 1, 1, {}),
    "maltrail_static_adaptix_c2.txt": ("plain", 1672, 603, {"host_name": 922}),  # domains, 192.153.57.9.sslip.io among them
    "maltrail_static_caldera_c2.txt": ("urls", 267, 233, {}),
    "p2p_bt_list_1.first15000.txt": ("plain", 15000, 15000, {}),
    "p2p_ipfilter.dat.first5000": ("ranges", 5000, 5000, {}),
    "pallebone_BlockIP.first10000.txt": ("plain", 9990, 9990, {}),
    "romainmarcoux_full-40k.txt": ("plain", 40000, 40000, {}),
    "rows_quoted/alienvault_reputation.generic": ("alienvault", 4, 4, {}),
    "rows_quoted/feodo_ipblocklist.csv": ("delimited", 3, 1, {"inactive": 2}),  # two servers are offline
    "rows_quoted/feodo_ipblocklist.json": ("feodo", 2, 2, {}),
    "rows_quoted/onionoo_details_one_relay.json": ("onionoo", 3, 2, {}),
    "rows_quoted/threatfox_recent.csv": ("delimited", 3, 1, {"host_name": 2}),  # a URL and a domain
    "sample_bambenek_c2-ipmasterlist.txt": ("plain", 1, 1, {}),
    "sample_dataplane_sshpwauth.txt": ("dataplane", 3, 3, {}),
    "sample_dataplane_vncrfb.txt": ("dataplane", 1, 1, {}),
    "sample_dshield_block_2015.txt": ("dshield", 2, 2, {}),
    "sample_mispstix_test_attributes_collection_stix11.xml": ("stix1", 1, 1, {}),
    "sample_mispstix_test_attributes_collection_stix21.json": (
        "stix",
        8,
        1,
        {"other_type": 7},
    ),  # observed data, a domain, a file
    "sample_otx_pulses_intelmq.data": (
        "otx",
        95,
        9,
        {"host_name": 26, "other_type": 60},
    ),  # domains and URLs (two with an address); file hashes, mails, CVEs
    "sample_spamhaus_drop_2015.txt": ("plain", 2, 2, {}),
    "sample_stix1_indicators_misp.xml": ("stix1", 18, 3, {"other_type": 8}),  # mail addresses
    "sample_stix20_indicators_misp.json": (
        "stix",
        38,
        3,
        {"other_type": 27},
    ),  # patterns of files, domains, mails, registry keys; valid_until = valid_from is not believed
    "served_2026-07-04/binarydefense_banlist.selected_lines.txt": ("plain", 20, 20, {}),
    "served_2026-07-04/feodo_ipblocklist_recommended.txt": ("plain", 1, 1, {}),
    "served_2026-07-04/isc_block.txt": ("dshield", 20, 20, {}),
    "served_2026-07-04/urlhaus_text_recent.selected_lines.txt": ("urls", 20, 14, {"host_name": 5}),  # names
    "shadowwhisperer_Threats.first10000.csv": ("delimited", 9999, 9999, {}),
    "spamhaus_2024_drop.txt": ("plain", 989, 989, {}),
    "spamhaus_2024_drop_ipv6.txt": ("plain", 51, 51, {}),
    "spamhaus_2024_edrop.txt": ("plain", 322, 322, {}),
    "spamhaus_drop_plain_2025.txt": ("plain", 1406, 1406, {}),
    "spamhaus_drop_v4_2025.json": ("spamhaus", 1406, 1406, {}),
    "threatfox_ips_elliotwutingfeng.txt": ("plain", 19863, 19856, {"not_routable": 7}),  # carrier-grade NAT
    "tor_exit-addresses_2024.txt": ("tor", 2378, 1174, {}),
    "tor_exit_nodes_secops_2024.lst": ("plain", 1746, 1746, {}),
    "tor_relays_exits.csv": ("delimited", 5933, 2277, {}),
    "tor_torbulkexitlist_2024.txt": ("plain", 1174, 1174, {}),
    "x4bnet_input_apple_private_relay.txt": ("plain", 3290, 3290, {}),
    "x4bnet_input_mullvad.txt": ("plain", 566, 566, {}),
    "x4bnet_vpn_ipv4.txt": ("plain", 10862, 10862, {}),
    "x4bnet_vpn_ipv6.txt": ("plain", 498, 498, {}),
}

# file → why the list is refused
REFUSED: dict[str, str] = {
    "agg_health_report.md": "unparsable",  # prose and tables
    "agg_source_health.json": "unparsable",  # health of an aggregator, no addresses
    "agg_spamhausdropv6hourly.txt": "empty",  # 0 bytes
    "cps_predict.txt": "empty",  # 122 names, www.update.microsoft.com among them
    "made_by_hand/abuseipdb_429.json": "unparsable",  # an error message
    "made_by_hand/misp_feed_manifest.json": "unparsable",  # names of events, no events
    "made_by_hand/quirks_mixed.txt": "too_wide",  # holds 0.0.0.0/0
    "made_by_hand/taxii21_envelope_empty.json": "empty",
    "misp_feed_defaults.json": "unparsable",  # a catalogue of feeds
    "rows_quoted/sslbl_sslipblacklist_deprecated_2025.csv": "tombstone",
    "sample_misp_event_57c4445b.json": "empty",  # file hashes and links
    "sample_misp_event_intelmq.json": "empty",  # a URL and a text
    "sample_mispstix_test_attributes_collection_1.json": "empty",  # an AS and a domain
    "sample_mispstix_test_event1_stix21.json": "empty",  # an AS and a domain
    "sample_openioc_fireeye.xml": "empty",  # a host, files; the addresses in its metadata accuse nobody
    "sample_spamhaus_asndrop.txt": "unparsable",  # networks' numbers, no addresses
    "sample_stix21_sco_examples_bundle.json": "empty",  # observables, no indicator
    "sample_stix2_pymisp.json": "empty",  # observed data, no indicator
    "sample_taxii21_medallion_default_data.json": "unparsable",  # what is behind a TAXII server, not what it answers
    "served_2026-07-04/bruteforceblocker_blist.selected_lines.txt": "truncated",  # 647 were counted, the copy was cut
    "served_2026-07-04/darklist_raw.txt": "empty",
    "served_2026-07-04/isc_threatlist_miner.xml": "tombstone",
    "served_2026-07-04/projecthoneypot_list_of_ips.cut.html": "html",
    "served_2026-07-04/spamhaus_edrop.txt": "tombstone",
    "spamhaus_2024_asn_drop.json": "unparsable",  # networks' numbers, no addresses
}
NO_LISTS = ("README.md",)

# What cannot be told from its text: the format that must be given.
GIVEN = {"made_by_hand/taxii21_envelope_empty.json": "stix"}
# Documentation addresses: they are only kept on demand.
DOCUMENTATION = ("guardduty_examples/", "made_by_hand/")


def run(folder: Path, name: str) -> tuple[Report, int]:
    path = folder / name
    config = FeedConfig("some_list", str(path), GIVEN.get(name, "auto"), keep_reserved=name.startswith(DOCUMENTATION))
    report = Report("some_list")
    found = read_list(config, [Document(path.read_bytes(), path.name)], report)
    trust.check_list(config, len(found.indicators), found.rejected, found.says, found.listed, trust.Before())
    return report, len({(item.first, item.last) for item in found.indicators})


@pytest.mark.parametrize("name", KEPT)
def test_a_real_list_is_kept(real_feeds: Path, name: str) -> None:
    report, distinct = run(real_feeds, name)
    assert (report.format, report.listed, distinct, dict(report.rejected)) == KEPT[name]


@pytest.mark.parametrize("name", REFUSED)
def test_a_real_list_that_is_none_is_refused(real_feeds: Path, name: str) -> None:
    with pytest.raises(FeedError) as caught:
        run(real_feeds, name)
    assert caught.value.reason == REFUSED[name]


def test_every_real_list_is_in_a_table(real_feeds: Path) -> None:
    names = {path.relative_to(real_feeds).as_posix() for path in real_feeds.rglob("*") if path.is_file()}
    names = {name for name in names if not name.startswith("warninglists/")}
    assert names == {*KEPT, *REFUSED, *NO_LISTS}


def test_publishers_own_ranges_are_no_feed(real_feeds: Path) -> None:
    """They look like pretty lists of networks; read as one, all of AWS would be malicious."""
    paths = sorted((real_feeds / "warninglists").iterdir())
    assert len(paths) > 10
    for path in paths:
        with pytest.raises(FeedError) as caught:
            run(real_feeds, f"warninglists/{path.name}")
        assert caught.value.reason == "unparsable"


def test_at_most_one_format_recognises_a_real_list(real_feeds: Path) -> None:
    for name in (*KEPT, *REFUSED):
        head = (real_feeds / name).read_bytes()[: 4 * HEAD_CHARACTERS].decode("utf-8", "replace")[:HEAD_CHARACTERS]
        assert len([format_name for format_name, module in FORMATS.items() if module.recognises(head)]) <= 1, name
