"""Measures a million indicators of 20 overlapping feeds, both families, from parsed to published: seconds and memory.

No test: speed depends on the machine. The goal is at most 15 seconds and 600 MB.

    python -m tests.feeds.million [rows of each feed, 50000]
"""

from __future__ import annotations

import random
import resource
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]
if __name__ == "__main__":
    sys.path[0:0] = [str(ROOT / folder) for folder in ("bin", "bin/lib", "lib")]

from callerintel.address import V6  # noqa: E402
from callerintel.feeds import hygiene, trust  # noqa: E402
from callerintel.feeds.checkpoint import Checkpoint  # noqa: E402
from callerintel.feeds.document import Indicator  # noqa: E402
from callerintel.feeds.feed import compile_lookups, write_indicators  # noqa: E402
from callerintel.feeds.feed_config import FeedConfig  # noqa: E402
from callerintel.feeds.feed_list import FeedList  # noqa: E402
from callerintel.feeds.generation import without_garbage_collection  # noqa: E402
from callerintel.feeds.place import Place  # noqa: E402
from callerintel.feeds.report import Report  # noqa: E402
from callerintel.feeds.statements import Statement  # noqa: E402

FEEDS = 20


def made_up_feeds(rows: int) -> list[list[Indicator]]:
    """Feeds that share most of what they list: addresses, /24s, IPv6 addresses and /64s."""
    numbers = random.Random(7)
    v4 = [numbers.randrange(1 << 24, 223 << 24) for _ in range(rows * FEEDS * 3 // 5)]
    v6 = [
        V6 + (0x2A00 << 112) + (numbers.randrange(1 << 40) << 72) + numbers.randrange(1 << 20) for _ in range(rows * FEEDS // 10)
    ]
    feeds = []
    for _ in range(FEEDS):
        chosen = [(number, 8, 0.1) for number in numbers.sample(v4, rows * 4 // 5)]
        chosen += [(number, 64, 0.3) for number in numbers.sample(v6, rows - rows * 4 // 5)]
        bits = [(number, size if numbers.random() < share else 0) for number, size, share in chosen]
        feeds.append([Indicator(number >> size << size, (number >> size << size) + (1 << size) - 1) for number, size in bits])
    return feeds


def main(rows: int) -> None:
    """Measure and print."""
    feeds = made_up_feeds(rows)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with tempfile.TemporaryDirectory() as folder, without_garbage_collection():
        place = Place(Path(folder) / "lookups", Path(folder) / "checkpoints")
        place.lookups.mkdir()
        started, used = time.perf_counter(), time.process_time()
        for number, parsed in enumerate(feeds):
            config = FeedConfig(f"feed_{number:02}", "https://example.com/list", description=f"Listed by feed {number}")
            clean = hygiene.clean(parsed, keep_reserved=False)
            found = FeedList(clean.indicators, clean.rejected, Statement(), len(parsed))
            trust.check_list(config, len(found.indicators), found.rejected, found.says, found.listed, trust.Before())
            write_indicators(config, place, Checkpoint(), found, 1_700_000_000, Report(config.name))
        report = Report(config.name)
        compile_lookups(config, place, None, report)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{sum(map(len, feeds)):,} indicators → {report.lookup_rows:,} rows, {(report.lookup_bytes or 0) / 1e6:.1f} MB")
    print(f"{time.perf_counter() - started:.1f} s ({time.process_time() - used:.1f} s of processor time)")
    print(f"{memory:.0f} MB at most, {before / 1024:.0f} MB of it the parsed lists themselves")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 50_000)
