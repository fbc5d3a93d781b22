"""What the feeds half costs: a million indicators to segments, against `iprange` and netaddr; and the size of the lookup.

In: a site. Out: seconds, CPU and memory of each over the same generated lists, and bytes of malicious_ips.csv for plain feeds. The
peers only merge ranges; ours keeps who listed what. Whether all cover the same addresses is checked. Lists: ten feeds, one indicator
in seven a network of /20 to /30, overlapping within and between them.
"""

from __future__ import annotations

import random
import shutil
import statistics
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from bench import ROOT, BenchFailed
from bench.cost import output
from bench.known import write
from bench.run import interleaved
from bench.site import Site
from callerintel.address import parse_range
from callerintel.lookups import MALICIOUS_IPS, intel_feed_lookup
from callerintel.sorted_csv import csv_lines

_FEEDS = 10
_SPACE = (20 << 24, 96 << 24)
_ROW = ("scanner", "70", "", "1735689600", "1769817600")
IPRANGE = "iprange"


class _Lists(NamedTuple):
    """The same indicators twice: as the feeds' lookups in a folder, and as one text file."""

    folder: Path
    text: Path


class _Merger(NamedTuple):
    name: str
    label: str
    command: list[str]


def _indicators(count: int, seed: int, networks: float) -> list[list[str]]:
    """The lists of the feeds, each without doubles and in the order of its addresses, as a feed's lookup is; CIDR text."""
    chance = random.Random(seed)
    feeds: list[dict[str, None]] = [{} for _ in range(_FEEDS)]
    for number in range(count):
        prefix = chance.randrange(20, 31) if chance.random() < networks else 32
        address = chance.randrange(*_SPACE) >> (32 - prefix) << (32 - prefix)
        text = f"{address >> 24}.{address >> 16 & 255}.{address >> 8 & 255}.{address & 255}"
        feeds[number % _FEEDS][text if prefix == 32 else f"{text}/{prefix}"] = None
    return [sorted(feed, key=parse_range) for feed in feeds]


def _write_lists(folder: Path, lists: Sequence[Sequence[str]]) -> _Lists:
    folder.mkdir()
    for number, indicators in enumerate(lists):
        lookup = intel_feed_lookup(f"feed_{number}")
        write(folder / lookup.name, csv_lines(lookup.columns, ((text, *_ROW) for text in indicators)))
    text = folder / "indicators.txt"
    text.write_text("\n".join(text for indicators in lists for text in indicators) + "\n", encoding="ascii")
    return _Lists(folder, text)


def measure(site: Site, say: Callable[[str], None]) -> dict[str, Any]:
    """The figures of the three, and the size of the lookup for plain feeds."""
    count = site.settings.rows[-1]
    say(f"segments of {count:,} indicators")
    lists = _write_lists(site.folder / "feeds", _indicators(count, site.settings.seed, 1 / 7))
    mergers = _mergers(site, lists)
    outputs = {merger.name: site.folder / f"merged_{merger.name}" for merger in mergers}

    def taken(merger: _Merger) -> dict[str, Any]:
        if merger.name == "ours":  # which makes nothing twice
            for made in (lists.folder / MALICIOUS_IPS.name, lists.folder / "generation.json"):
                made.unlink(missing_ok=True)
        program = str(ROOT / "bench" / "programs" / "measured.py")
        return output([sys.executable, program, str(outputs[merger.name]), *merger.command])

    results = interleaved(mergers, max(1, site.settings.runs // 2), taken)
    found = [
        {"name": merger.name, "label": merger.label, **{key: statistics.median(run[key] for run in runs) for key in runs[0]}}
        for merger, runs in zip(mergers, results)
    ]
    covered = {merger.name: _covered(outputs[merger.name]) for merger in mergers[1:]}
    covered["ours"] = _covered_by_lookup(lists.folder / MALICIOUS_IPS.name)
    if len(set(covered.values())) > 1:
        raise BenchFailed(f"The segments do not cover the same number of addresses: {covered}.")
    return {"indicators": count, "mergers": found, "plain_lookup": _plain_lookup(site)}


def _mergers(site: Site, lists: _Lists) -> list[_Merger]:
    programs = ROOT / "bench" / "programs"
    python = site.splunkd.python
    ours = [python, str(programs / "make_segments.py"), str(site.ours), str(lists.folder), str(lists.folder)]
    found = [_Merger("ours", "callerintel", ours)]
    if "netaddr" not in site.left_out:
        theirs = [python, str(programs / "merge_netaddr.py"), str(site.others), str(lists.text)]
        found.append(_Merger("netaddr", "netaddr cidr_merge", theirs))
    if shutil.which(IPRANGE):
        found.append(_Merger(IPRANGE, "iprange (C)", [IPRANGE, str(lists.text)]))
    else:
        site.left_out[IPRANGE] = "iprange is not installed, so its row is left out: apt-get install iprange"
    return found


def _covered(merged: Path) -> int:
    """How many addresses the networks in a text file are."""
    lines = merged.read_text(encoding="ascii").split()
    return sum(1 << (32 - int(line.partition("/")[2] or 32)) for line in lines)


def _covered_by_lookup(lookup: Path) -> int:
    """How many addresses the rows of malicious_ips.csv are."""
    total = 0
    with open(lookup, encoding="ascii") as file:
        next(file)
        for line in file:
            start, end, _ = line.split(",", 2)
            total += int(end[1:] or start[1:], 16) - int(start[1:], 16) + 1
    return total


def _plain_lookup(site: Site) -> dict[str, Any]:
    """Rows and bytes of malicious_ips.csv for lists of single addresses, of which feeds share one in a hundred."""
    count = site.settings.size_indicators
    lists = _indicators(count * 99 // 100, site.settings.seed + 1, 0)
    for number, indicators in enumerate(lists):
        indicators += lists[number - 1][: count // 100 // _FEEDS]
    written = _write_lists(site.folder / "plain_feeds", lists)
    programs = ROOT / "bench" / "programs"
    folder = str(written.folder)
    command = [site.splunkd.python, str(programs / "make_segments.py"), str(site.ours), folder, folder]
    output([sys.executable, str(programs / "measured.py"), str(site.folder / "nothing"), *command])
    lookup = written.folder / MALICIOUS_IPS.name
    return {"indicators": sum(map(len, lists)), "bytes": lookup.stat().st_size}
