"""Kill -9 at random moments of an update: every lookup is the old or the new generation, whole, and the next run makes all good.

A process that has loaded everything forks children; each begins the update of two feeds (one of AWS's ranges) and is killed somewhere
between its first step and its last. The moments are random; the number that begins them is printed with a failure.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
KILLS = 200

DRIVER = """
import os, random, shutil, signal, sys, time
from pathlib import Path
sys.path[0:0] = sys.argv[1].split(os.pathsep)
from callerintel.feeds.feed import run_feed
from callerintel.feeds.feed_config import read_feed_config
from callerintel.feeds.place import Place
import callerintel.feeds.fetch.file

folder, kills = Path(sys.argv[2]), int(sys.argv[3])
(folder / "lookups").mkdir()
place = Place(folder / "lookups", folder / "checkpoints")
AWS = '{"syncToken": "%d", "createDate": "2026-08-22-14-17-05", "prefixes": [%s], "ipv6_prefixes": []}'
PREFIX = '{"ip_prefix": "10.%d.0.0/16", "region": "us-east-1", "service": "EC2", "network_border_group": "x"}'

def lists(generation):
    third = 1 + generation % 2
    (folder / "list").write_text("".join(f"10.{third}.{n // 200}.{n % 200}\\n" for n in range(400)))
    (folder / "ranges").write_text(AWS % (generation, ",".join(PREFIX % n for n in range(third, third + 12))))

def update():
    for name, source in (("some_list", "list"), ("aws", "ranges")):
        run_feed(read_feed_config(name, {"url": str(folder / source), "keep_reserved": "1"}), place)

def state():
    return {path.name: path.read_bytes() for path in place.lookups.iterdir() if not path.name.endswith(".tmp")}

lists(0)
update()
moments = random.Random(int(sys.argv[4]))
started = time.perf_counter()
lists(1)
update()
longest, killed, number = time.perf_counter() - started, 0, 1
before = state()
while killed < kills:
    number += 1
    lists(number)
    child = os.fork()
    if not child:
        update()
        os._exit(0)
    # Half of the moments within the whole update, half within its end, where files are put in place.
    time.sleep(longest * (moments.random() if number % 2 else moments.uniform(0.6, 1)))
    os.kill(child, signal.SIGKILL)
    was_killed = os.waitpid(child, 0)[1] == signal.SIGKILL
    killed += was_killed
    longest *= 1.02 if was_killed else 0.9  # near the end of an update, however fast this machine is now
    found = state()
    update()
    after = state()
    assert not list(place.lookups.glob("*.tmp")), "the next run takes away what was left"
    for name, data in found.items():
        assert data in (before[name], after[name]), (number, name, len(data))
    assert all(after[name] != before[name] for name in ("malicious_ips.csv", "aws_ip_ranges.csv", "intel_feed_some_list.csv")), number
    before = after
print(killed)
"""


@pytest.mark.skipif(not hasattr(__import__("os"), "fork"), reason="children are forked")
def test_a_kill_at_any_moment_leaves_every_lookup_whole(tmp_path: Path) -> None:
    seed = 11
    path = ":".join(str(ROOT / folder) for folder in ("bin", "bin/lib", "lib"))
    argv = [sys.executable, "-c", DRIVER, path, str(tmp_path), str(KILLS), str(seed)]
    done = subprocess.run(argv, capture_output=True, text=True, timeout=300, check=False)
    assert done.stderr == "", f"seed {seed}"
    assert int(done.stdout) == KILLS, "so many were killed on the way; others had finished before"
    assert json.loads((tmp_path / "checkpoints" / "feed_some_list.json").read_text())["kept"] == 400
