"""Networks that many share and nobody should block unseen: how many of a feed's indicators lie in them, for its status event.

In: a feed's indicators, and aws_ip_ranges.csv. Out: counts by name. A list that accuses whole clouds or public resolvers shows here
before it shows as false alarms [feeds 1.8, 6]. Nothing is dropped: an attacker rents where everybody does.

The table is ours and small on purpose: the allocations in which the providers' published ranges lie, not the ranges themselves.
They change by the week and come in thousands; these have been theirs for years. A test compares them with published ranges.
"""

from __future__ import annotations

import csv
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from callerintel.address import Range, key_number, parse_range
from callerintel.feeds.document import Indicator
from callerintel.feeds.range_sets import RangeSet, joined
from callerintel.feeds.segments import Entry, segments
from callerintel.lookups import AWS_IP_RANGES

WELL_KNOWN: dict[str, str] = {
    "public_dns": """
        1.0.0.1 1.1.1.1 4.2.2.1-4.2.2.6 8.8.4.4 8.8.8.8 8.20.247.20 8.26.56.26 9.9.9.9-9.9.9.12 64.6.64.6 64.6.65.6
        74.82.42.42 76.76.2.0/24 76.76.10.0/24 77.88.8.0/27 80.80.80.80 80.80.81.81 84.200.69.80 84.200.70.40 94.140.14.0/24
        94.140.15.0/24 114.114.114.114 114.114.115.115 119.29.29.29 149.112.112.9-149.112.112.12 149.112.112.112 156.154.70.1
        156.154.71.1 180.76.76.76 185.222.222.222 185.228.168.0/24 185.228.169.0/24 195.46.39.39 195.46.39.40 208.67.220.220
        208.67.222.222 223.5.5.5 223.6.6.6 2001:470:20::2 2001:4860:4860::8844 2001:4860:4860::8888 2400:3200::1
        2400:3200:baba::1 2606:4700:4700::1001 2606:4700:4700::1111 2620:fe::9 2620:fe::fe 2620:119:35::35 2620:119:53::53
        2a0d:2a00:1::2 2a0d:2a00:2::2 2a10:50c0::ad1:ff 2a10:50c0::ad2:ff
        """,
    "cloudflare": """
        103.21.244.0/22 103.22.200.0/22 103.31.4.0/22 104.16.0.0/13 104.24.0.0/14 108.162.192.0/18 131.0.72.0/22 141.101.64.0/18
        162.158.0.0/15 172.64.0.0/13 173.245.48.0/20 188.114.96.0/20 190.93.240.0/20 197.234.240.0/22 198.41.128.0/17
        2400:cb00::/32 2405:8100::/32 2405:b500::/32 2606:4700::/32 2803:f800::/32 2a06:98c0::/29 2c0f:f248::/32
        """,
    "github": """
        140.82.112.0/20 143.55.64.0/20 185.199.108.0/22 192.30.252.0/22 2606:50c0::/32 2a0a:a440::/29
        """,
    "google": """
        8.8.4.0/24 8.8.8.0/24 8.34.208.0/20 8.35.192.0/20 8.228.0.0/14 8.232.0.0/14 23.236.48.0/20 23.251.128.0/19 34.0.0.0/10
        34.64.0.0/10 34.128.0.0/10 35.184.0.0/13 35.192.0.0/12 35.208.0.0/12 35.224.0.0/12 35.240.0.0/13 35.252.0.0/14
        64.233.160.0/19 66.102.0.0/20 66.249.64.0/19 70.32.128.0/19 72.14.192.0/18 74.125.0.0/16 104.154.0.0/15 104.196.0.0/14
        104.237.160.0/19 107.167.160.0/19 107.178.192.0/18 108.59.80.0/20 108.170.192.0/18 108.177.0.0/17 130.211.0.0/16
        136.64.0.0/11 136.108.0.0/14 136.112.0.0/13 142.250.0.0/15 146.148.0.0/17 162.216.148.0/22 162.222.176.0/21
        172.110.32.0/21 172.217.0.0/16 172.253.0.0/16 173.194.0.0/16 173.255.112.0/20 192.158.28.0/22 192.178.0.0/15
        199.36.154.0/23 199.36.156.0/24 199.192.112.0/22 199.223.232.0/21 207.175.0.0/16 207.223.160.0/20 208.68.108.0/22
        208.81.188.0/22 208.117.224.0/19 209.85.128.0/17 216.58.192.0/19 216.239.32.0/19 2001:4860::/32 2404:6800::/32
        2404:f340::/32 2600:1900::/28 2605:ef80::/32 2607:f8b0::/32 2620:120:e000::/40 2800:3f0::/32 2a00:1450::/32
        2a00:79e0::/31 2c0f:fb50::/32
        """,
    "azure": """
        4.144.0.0/12 4.160.0.0/11 4.192.0.0/10 9.141.0.0/16 9.160.0.0/16 9.163.0.0/16 9.169.0.0/16 9.205.0.0/16 9.223.0.0/16
        13.64.0.0/11 13.96.0.0/13 13.104.0.0/14 20.0.0.0/11 20.32.0.0/11 20.64.0.0/10 20.128.0.0/16 20.135.0.0/16
        20.136.0.0/16 20.143.0.0/16 20.150.0.0/15 20.152.0.0/15 20.157.0.0/16 20.160.0.0/12 20.176.0.0/14 20.180.0.0/14
        20.184.0.0/13 20.192.0.0/10 23.96.0.0/13 40.64.0.0/10 48.192.0.0/10 50.85.0.0/16 51.4.0.0/15 51.8.0.0/16 51.10.0.0/15
        51.12.0.0/15 51.53.0.0/16 51.54.0.0/15 51.56.0.0/14 51.103.0.0/16 51.104.0.0/15 51.107.0.0/16 51.116.0.0/16
        51.120.0.0/16 51.124.0.0/16 51.132.0.0/16 51.136.0.0/15 51.138.0.0/16 51.140.0.0/14 51.144.0.0/15 52.96.0.0/12
        52.112.0.0/14 52.120.0.0/14 52.125.0.0/16 52.126.0.0/15 52.130.0.0/15 52.132.0.0/14 52.136.0.0/13 52.145.0.0/16
        52.146.0.0/15 52.148.0.0/14 52.152.0.0/13 52.160.0.0/11 52.224.0.0/11 57.150.0.0/15 57.152.0.0/14 57.158.0.0/15
        64.4.0.0/18 64.236.0.0/16 65.52.0.0/14 68.154.0.0/15 68.210.0.0/15 68.218.0.0/15 68.220.0.0/15 70.37.0.0/17
        70.37.128.0/18 70.152.0.0/15 70.156.0.0/15 72.144.0.0/14 72.152.0.0/14 74.160.0.0/14 74.176.0.0/14 74.224.0.0/14
        74.234.0.0/15 74.240.0.0/14 74.248.0.0/15 85.210.0.0/15 94.245.64.0/18 98.64.0.0/14 98.70.0.0/15 102.37.0.0/16
        102.133.0.0/16 104.40.0.0/13 104.208.0.0/13 108.140.0.0/14 111.221.16.0/20 111.221.64.0/18 128.24.0.0/16 128.85.0.0/16
        128.203.0.0/16 128.251.0.0/16 130.33.0.0/16 130.107.0.0/16 131.253.0.0/16 134.170.0.0/16 135.220.0.0/14 135.224.0.0/15
        135.232.0.0/14 135.236.0.0/15 137.116.0.0/15 137.135.0.0/16 138.91.0.0/16 147.243.0.0/16 150.171.0.0/16 151.206.0.0/16
        157.55.0.0/16 157.56.0.0/14 158.23.0.0/16 158.158.0.0/16 167.105.0.0/16 168.61.0.0/16 168.62.0.0/15 172.128.0.0/10
        172.200.0.0/13 172.208.0.0/13 191.232.0.0/13 193.149.64.0/19 199.30.16.0/20 204.79.180.0/24 204.152.18.0/23
        207.46.0.0/16 207.68.128.0/18 209.199.0.0/16 209.240.192.0/19 213.199.128.0/18 216.220.208.0/20 2603:1000::/24
        2620:1ec::/36 2a01:111::/32
        """,
}


def count_inside(indicators: Iterable[Indicator], lookups: Path) -> dict[str, int]:
    """Name → how many of the indicators lie wholly in its networks; `aws` only where its ranges are known. Zeros are left out."""
    networks = {name: joined(_parsed(text.split())) for name, text in WELL_KNOWN.items()}
    networks["aws"] = _aws_ranges(lookups)
    # One bisect for an address, however many networks there are.
    pieces = list(segments([Entry(name, "", *found, ()) for name, ranges in networks.items() for found in ranges]))
    firsts, lasts = [piece.first for piece in pieces], [piece.last for piece in pieces]
    sets = {name: RangeSet(ranges) for name, ranges in networks.items()}
    by_piece: Counter[int] = Counter()
    counts: Counter[str] = Counter()
    for first, last, *_ in indicators:
        if first == last:
            at = bisect_left(lasts, first)
            if at < len(lasts) and firsts[at] <= first:
                by_piece[at] += 1
        else:
            counts.update(name for name, ranges in sets.items() if ranges.covers(first, last))
    for at, count in by_piece.items():
        counts.update({entry.feed: count for entry in pieces[at].entries})
    return dict(sorted(counts.items()))


def _parsed(texts: Iterable[str]) -> Iterator[Range]:
    for text in texts:
        found = parse_range(text)
        assert found is not None, text
        yield found


def _aws_ranges(lookups: Path) -> tuple[Range, ...]:
    """AWS's own ranges as they are in place; none where there are none yet, or what is there cannot be read."""
    try:
        with open(lookups / AWS_IP_RANGES.name, encoding="utf-8", errors="replace", newline="") as file:
            rows = csv.DictReader(file)
            return joined((key_number(row["start"]), key_number(row["end"] or row["start"])) for row in rows)
    except (OSError, csv.Error, ValueError, KeyError, TypeError):
        return ()
