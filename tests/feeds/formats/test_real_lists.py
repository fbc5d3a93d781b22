"""Every real list of a format that we read: how much of it is kept, and why what is not is not.

`distinct` agrees with the counts that were made of the same files with Python's ipaddress [feeds 6], where it has them; each
reason was looked at. The lists are not ours to give away, so these tests run where they are.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from callerintel.errors import FeedError
from callerintel.feeds import trust
from callerintel.feeds.document import Document
from callerintel.feeds.feed import read_list
from callerintel.feeds.feed_config import FeedConfig
from callerintel.feeds.report import Report

# file → format, entries, distinct indicators kept, rejected by reason
KEPT: dict[str, tuple[str, int, int, dict[str, int]]] = {
    "agg_abuseipdbhourly.txt": ("plain", 9979, 9979, {}),
    "agg_alienvaultotxhourly.txt": ("plain", 372, 372, {}),
    "agg_binarydefensehourly.txt": ("plain", 2783, 2783, {}),
    "agg_blocklistdebruteforceloginhourly.txt": ("plain", 1159, 1159, {}),
    "agg_blocklistdesshhourly.txt": ("plain", 9025, 9025, {}),
    "agg_blocklistdestrongipshourly.txt": ("plain", 342, 342, {}),
    "agg_cinsarmyhourly.txt": ("plain", 15000, 15000, {}),
    "agg_emergingthreatshourly.txt": ("plain", 613, 613, {}),
    "agg_greensnowhourly.txt": ("plain", 6289, 6289, {}),
    "agg_ipv6_blacklist.txt": ("plain", 115, 115, {}),
    "agg_sgbturkiyehourly.txt": ("plain", 10000, 10000, {}),
    "agg_spamhausdrophourly.txt": ("plain", 1682, 1682, {}),
    "agg_torexitnodeshourly.txt": ("plain", 1319, 1319, {}),
    "alienvault_reputation.data.first20000": ("plain", 20000, 20000, {}),
    "aws_ip-ranges.json": ("aws", 16828, 11013, {}),
    "bitwire_outbound.first20000.txt": ("plain", 20000, 20000, {}),
    "c2tracker_all.txt": ("plain", 2347, 2347, {}),
    "cps_AtomSpam.txt": ("plain", 2792, 30, {"host_name": 2674, "not_an_address": 83}),
    "cps_abuse-ch-ipblocklist.txt": ("plain", 7980, 7607, {}),
    "cps_alienvault.txt": ("plain", 609, 609, {}),
    "cps_binarydefense.txt": ("plain", 2662, 2659, {}),
    "cps_compromised-ips.txt": ("plain", 539, 539, {}),
    "cps_rutgers.txt": ("plain", 1333, 1333, {}),
    "cps_sans.first20000.txt": ("plain", 20000, 20000, {}),
    "cps_threatfox.txt": ("plain", 3483, 2337, {"not_routable": 1}),
    "cps_tor-exit.txt": ("plain", 3251, 1372, {}),
    "datashield_prod_aa.txt": ("plain", 30000, 30000, {}),
    "firehol_level1_2017.netset": ("plain", 6612, 6599, {"not_routable": 13}),
    "firehol_level1_2020.netset": ("plain", 1802, 1789, {"not_routable": 13}),
    "firehol_level1_2021.netset": ("plain", 2892, 2879, {"not_routable": 13}),
    "ipsum.first20000.txt": ("plain", 19993, 19993, {}),
    "ipsum_levels_3.txt": ("plain", 14217, 14217, {}),
    "loki_c2-iocs.txt": ("plain", 1844, 118, {"host_name": 1709}),
    "maltrail_static_adaptix_c2.txt": ("plain", 1672, 603, {"host_name": 922}),
    "maltrail_static_caldera_c2.txt": ("plain", 267, 233, {}),
    "p2p_bt_list_1.first15000.txt": ("plain", 15000, 15000, {}),
    "p2p_ipfilter.dat.first5000": ("plain", 5000, 5000, {}),
    "pallebone_BlockIP.first10000.txt": ("plain", 9990, 9990, {}),
    "romainmarcoux_full-40k.txt": ("plain", 40000, 40000, {}),
    "rows_quoted/alienvault_reputation.generic": ("plain", 4, 4, {}),
    "rows_quoted/feodo_ipblocklist.json": ("feodo", 2, 2, {}),
    "rows_quoted/onionoo_details_one_relay.json": ("onionoo", 3, 2, {}),
    "sample_bambenek_c2-ipmasterlist.txt": ("plain", 1, 1, {}),
    "sample_dshield_block_2015.txt": ("dshield", 2, 2, {}),
    "sample_spamhaus_drop_2015.txt": ("plain", 2, 2, {}),
    "served_2026-07-04/binarydefense_banlist.selected_lines.txt": ("plain", 20, 20, {}),
    "served_2026-07-04/feodo_ipblocklist_recommended.txt": ("plain", 1, 1, {}),
    "served_2026-07-04/isc_block.txt": ("dshield", 20, 20, {}),
    "served_2026-07-04/urlhaus_text_recent.selected_lines.txt": ("plain", 20, 14, {"host_name": 5}),
    "shadowwhisperer_Threats.first10000.csv": ("plain", 10000, 9999, {"not_an_address": 1}),
    "spamhaus_2024_drop.txt": ("plain", 989, 989, {}),
    "spamhaus_2024_drop_ipv6.txt": ("plain", 51, 51, {}),
    "spamhaus_2024_edrop.txt": ("plain", 322, 322, {}),
    "spamhaus_drop_plain_2025.txt": ("plain", 1406, 1406, {}),
    "spamhaus_drop_v4_2025.json": ("spamhaus", 1406, 1406, {}),
    "threatfox_ips_elliotwutingfeng.txt": ("plain", 19863, 19856, {"not_routable": 7}),
    "tor_exit-addresses_2024.txt": ("tor", 2378, 1174, {}),
    "tor_exit_nodes_secops_2024.lst": ("plain", 1746, 1746, {}),
    "tor_torbulkexitlist_2024.txt": ("plain", 1174, 1174, {}),
    "x4bnet_input_apple_private_relay.txt": ("plain", 3290, 3290, {}),
    "x4bnet_input_mullvad.txt": ("plain", 566, 566, {}),
    "x4bnet_vpn_ipv4.txt": ("plain", 10862, 10862, {}),
    "x4bnet_vpn_ipv6.txt": ("plain", 498, 498, {}),
}

# file → why the list is refused
REFUSED: dict[str, str] = {
    "agg_spamhausdropv6hourly.txt": "empty",
    "cps_predict.txt": "empty",  # 122 names, www.update.microsoft.com among them
    "guardduty_examples/txt_entitylist.txt": "empty",  # documentation addresses
    "guardduty_examples/txt_iplist.txt": "empty",
    "made_by_hand/quirks_mixed.txt": "too_wide",
    "made_by_hand/abuseipdb_429.json": "unparsable",
    "rows_quoted/sslbl_sslipblacklist_deprecated_2025.csv": "tombstone",
    "served_2026-07-04/bruteforceblocker_blist.selected_lines.txt": "truncated",  # 647 were counted, the copy was cut
    "served_2026-07-04/darklist_raw.txt": "empty",
    "served_2026-07-04/isc_threatlist_miner.xml": "tombstone",
    "served_2026-07-04/projecthoneypot_list_of_ips.cut.html": "html",
    "served_2026-07-04/spamhaus_edrop.txt": "tombstone",
    "spamhaus_2024_asn_drop.json": "unparsable",  # networks' numbers, no addresses
    "sample_spamhaus_asndrop.txt": "unparsable",
}


def run(path: Path) -> tuple[Report, int]:
    config = FeedConfig("some_list", str(path))
    report = Report("some_list")
    found = read_list(config, [Document(path.read_bytes(), path.name)], report)
    trust.check_list(config, len(found.indicators), found.rejected, found.says, found.listed, trust.Before())
    return report, len({(item.first, item.last) for item in found.indicators})


@pytest.mark.parametrize("name", KEPT)
def test_a_real_list_is_kept(real_feeds: Path, name: str) -> None:
    report, distinct = run(real_feeds / name)
    assert (report.format, report.listed, distinct, dict(Counter(report.rejected))) == KEPT[name]


@pytest.mark.parametrize("name", REFUSED)
def test_a_real_list_that_is_none_is_refused(real_feeds: Path, name: str) -> None:
    with pytest.raises(FeedError) as caught:
        run(real_feeds / name)
    assert caught.value.reason == REFUSED[name]
