"""What is done to files while others use them, as a full disk, another app, a restore or a person with a shell would.

In: the site, the ledger, chance. Each kind tells the ledger what may be missing from then on. What needs mending by hand is mended at the next
`mend`; the rest is for the next update to make good. Truncation in place is no part of it: what a search may then see is nothing that a sight
could tell from a fault of ours; tests/faults has it.
"""

from __future__ import annotations

import os
import random
import shutil
from pathlib import Path

from soak.ledger import Ledger
from soak.lists import AWS, INTEL_FEEDS
from soak.probes import BASELINE, baseline_file
from soak.site import Site
from soak.tally import Tally

_COMPILED = "malicious_ips.csv"
_GARBAGE = b'{"kept": 5, "serial": 99999, "half of a fi'


class Damage:
    """`blocks`: whether something stands in the place of a lookup, so that no update can write it; `forgetful`: the feeds whose memory of
    the last good list is gone, so that a shrunken or an older one is the first that they know."""

    def __init__(self, site: Site, ledger: Ledger, tally: Tally, chance: random.Random) -> None:
        self._site, self._ledger, self._tally, self._chance = site, ledger, tally, chance
        self.blocks = self.is_captain = False
        self.forgetful: set[str] = set()
        self._kinds = (
            ("lookup deleted", self._delete_compiled),
            ("AWS ranges deleted", self._delete_aws),
            ("a feed's lookup deleted", self._delete_feed),
            ("lookup unreadable", self._block),
            ("baseline replaced", self.replace_baseline),
            ("baseline replaced", self.replace_baseline),
            ("baseline deleted", self._delete_baseline),
            ("stale staging files", self._leave_staging),
            ("checkpoint truncated", self._truncate_checkpoint),
            ("memory of generations truncated", self._truncate_memory),
        )

    def deal(self) -> str:
        """Do one kind of damage, drawn by chance; its name."""
        name, deal = self._chance.choice(self._kinds)
        self._tally.faults[name] += 1
        deal()
        return name

    def mend(self) -> None:
        """Take away what stands in the way, and bring the baseline back."""
        if self.blocks:
            shutil.rmtree(self._site.lookups / _COMPILED)
            self._ledger.damage_compiled()
            self.blocks = False
        if not (self._site.lookups / "caller_baseline.csv").exists():
            self.replace_baseline()

    def replace_baseline(self) -> None:
        """A new generation of the baseline, put into place as outputlookup does: by a rename [platform 4.3]."""
        path = self._site.lookups / "caller_baseline.csv"
        generation = self._ledger.offer(BASELINE, may_be_taken=True)
        staged = path.with_name("caller_baseline.csv.outputlookup")
        staged.write_bytes(baseline_file(generation))
        os.replace(staged, path)
        self._ledger.written(BASELINE, generation)

    def _delete_compiled(self) -> None:
        if not self.blocks:
            (self._site.lookups / _COMPILED).unlink(missing_ok=True)
            self._ledger.damage_compiled()

    def _delete_aws(self) -> None:
        (self._site.lookups / "aws_ip_ranges.csv").unlink(missing_ok=True)
        self._ledger.damage([AWS])

    def _delete_feed(self) -> None:
        feed = self._chance.choice(INTEL_FEEDS)
        (self._site.lookups / f"intel_feed_{feed}.csv").unlink(missing_ok=True)
        self._ledger.damage([feed])
        self.forgetful.add(feed)

    def _block(self) -> None:
        """A folder in its place: root may read any file, but this one nobody."""
        path = self._site.lookups / _COMPILED
        if self.blocks or self.is_captain:  # no source says what splunkd does with a folder there
            return
        self._ledger.damage_compiled()
        while not self.blocks:
            path.unlink(missing_ok=True)
            try:
                path.mkdir()
            except FileExistsError:
                continue  # an update was faster
            self.blocks = True

    def _delete_baseline(self) -> None:
        (self._site.lookups / "caller_baseline.csv").unlink(missing_ok=True)
        self._ledger.damage([BASELINE])

    def _leave_staging(self) -> None:
        """What a killed run leaves, and a link that leads to somebody's file."""
        for name in (_COMPILED, "intel_feed_beta.csv"):
            path = self._site.lookups / f"{name}.tmp"
            if not path.exists():
                path.write_bytes(b"start,end\n4000000")
        link = self._site.lookups / "intel_feed_gamma.csv.tmp"
        if not link.is_symlink() and not link.exists():
            link.symlink_to(self.bystander())

    def bystander(self) -> Path:
        """A file that nobody may touch."""
        path = self._site.folder / "bystander"
        if not path.exists():
            path.write_bytes(b"not yours\n")
        return path

    def _truncate_checkpoint(self) -> None:
        feed = self._chance.choice((*INTEL_FEEDS, AWS))
        self._spoil(self._site.checkpoints / f"feed_{feed}.json")
        self.forgetful.add(feed)

    def _truncate_memory(self) -> None:
        self._spoil(self._site.checkpoints / "generation.json")

    def _spoil(self, path: Path) -> None:
        if path.exists():
            data = path.read_bytes()
            path.write_bytes(self._chance.choice((b"", _GARBAGE, data[: len(data) // 2], b"\0" * 4096)))
