"""Two inputs and twenty searches at once: each search sees one whole generation, and none goes back."""

from __future__ import annotations

import random
from pathlib import Path

from soak.faults import FAULTS
from soak.ledger import Ledger
from soak.lists import ALPHA, BETA, INTEL_FEEDS, Lists
from soak.probes import BASELINE
from soak.searches import Search
from soak.site import Site
from soak.tally import Tally
from soak.updates import Update

SEARCHES, ROUNDS = 20, 1


def test_two_inputs_and_twenty_searches_at_once(tmp_path: Path) -> None:
    lists, ledger, tally, chance = Lists(seed=3, filler=300), Ledger(), Tally(), random.Random(3)

    def update(site: Site, feed: str) -> Update:
        return Update(site, lists, ledger, tally, feed, FAULTS[0], chance)

    def finish(updates: list[Update]) -> None:
        while updates:
            updates[:] = [running for running in updates if not running.poll()]

    with Site(tmp_path) as site:
        finish([update(site, feed) for feed in INTEL_FEEDS])
        seen = []
        for _ in range(ROUNDS):
            updates = [update(site, feed) for feed in (ALPHA, BETA)]
            searches = [Search(site, lists, ledger, tally) for _ in range(SEARCHES)]
            for search in searches:
                search.ask()
            finish(updates)
            for search in searches:
                search.ask(finished=True)
                search.close()
                seen.append(tuple(search.sight[feed] for feed in INTEL_FEEDS))
    assert (tally.sentences, tally.is_clean) == ([], True)
    assert tally.counts["updates_ok"] == len(INTEL_FEEDS) + 2 * ROUNDS
    assert seen == sorted(seen), "each search opened the lookups after the one before"
    assert {generations[2] for generations in seen} == {1}
    assert search.sight[BASELINE] is None
