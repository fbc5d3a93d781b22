"""Several indexers: each judges its own events, and together they say what one machine says of all of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.deployment.machines import Site
from tests.deployment.traffic import SEARCHES, Event, events, events_for
from tests.splunkd import SearchResult, Splunkd

PEERS = 3


@pytest.fixture(scope="module")
def site(unpacked: Path, tmp_path_factory: pytest.TempPathFactory) -> Site:
    return Site(Splunkd(tmp_path_factory.mktemp("head")), unpacked)


@pytest.fixture(scope="module")
def peer(site: Site) -> Path:
    return site.peer()


def search(site: Site, app: Path, words: str, shard: list[Event], **how: object) -> SearchResult:
    result = site.splunkd.search(app, "maliciouscaller", words, shard, parse_phase=0, **how)  # type: ignore[arg-type]
    assert (result.error, result.exit_status, result.stderr) == (None, 0, "")
    return result


def in_order(results: list[SearchResult]) -> list[dict[str, object]]:
    """The events of all results, in the order of the search head's."""
    return sorted((event for result in results for event in result.events), key=lambda event: int(str(event["n"])))


@pytest.mark.parametrize("words", SEARCHES)
def test_the_peers_together_say_what_one_machine_says(site: Site, peer: Path, words: str) -> None:
    whole = search(site, site.app, words, events_for(words))
    # Cut unevenly, in other chunks, and each peer's events newest first, as indexes give them.
    shards = [[event for event in events_for(words) if int(event["n"]) % 7 % PEERS == number] for number in range(PEERS)]
    parts = [search(site, peer, words, shard[::-1], chunk_rows=11 + number) for number, shard in enumerate(shards)]

    assert whole.events
    assert in_order(parts) == in_order([whole])
    assert {message for part in parts for message in part.messages} == set(whole.messages)


def test_a_peer_without_an_event_of_ours_says_nothing(site: Site, peer: Path) -> None:
    assert search(site, peer, "", []).messages == []


def test_a_search_that_is_no_longer_distributed_says_the_same(site: Site) -> None:
    """After a command that is not streaming, the search head sends all fields and no _chunked_idx [platform 1.5]."""
    narrow = search(site, site.app, "", events())
    wide = search(site, site.app, "", events(), selected=False)

    assert [{name: value for name, value in event.items() if value != ""} for event in wide.events] == [
        {name: value for name, value in event.items() if value != ""} for event in narrow.events
    ]
