"""How long a search waits for its first annotated event, and what a process weighs then, with lookups of every size.

In: a site. Out: milliseconds from the start of the process to the last byte of the reply to a chunk of one event, whose address is
listed; getinfo comes before it, as in every search. The very first start writes the .pyc files and is not counted.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from typing import Any, NamedTuple

from bench import BenchFailed, shapes
from bench.run import end, interleaved, peak_bytes
from bench.site import DICT, ECHO, NETADDR, NETADDR_INDICATORS, NOTHING, OURS, PYTRICIA, Peer, Site
from bench.traffic import Traffic

_LOADING = (DICT, PYTRICIA, NETADDR)


class _Start(NamedTuple):
    peer: Peer
    indicators: int
    baseline: int


class _Taken(NamedTuple):
    seconds: float
    peak_bytes: int


def measure(site: Site, say: Callable[[str], None]) -> list[dict[str, Any]]:
    """Milliseconds and peak memory of each peer with each size of the lookups."""
    say("start-up to the first annotated event")
    sizes = (0, *site.settings.rows)
    big = sizes[-1]
    light = [_Start(ECHO, 0, 0), _Start(NOTHING, 0, 0), *(_Start(OURS, size, 0) for size in sizes)]
    light += [_Start(OURS, 0, big), _Start(OURS, big, big)]
    heavy = [
        _Start(peer, size, 0)
        for peer in _LOADING
        for size in site.settings.some(sizes[1:])
        if peer in site.peers and not (peer == NETADDR and size > NETADDR_INDICATORS)
    ]
    listed = Traffic(1, site.callers, sorted(site.known.single)).call()
    frame = shapes.selected([listed], site.columns, 1).frames[0]

    def start(case: _Start) -> _Taken:
        site.use(case.indicators, case.baseline)
        return _first_event(site, case.peer, frame)

    site.use(sizes[1], 0)
    for peer in site.peers:
        _first_event(site, peer, frame)
    taken = interleaved(light, site.settings.starts, start) + interleaved(heavy, site.settings.runs, start)
    return [
        {
            "peer": case.peer.name,
            "label": case.peer.label,
            "indicators": case.indicators,
            "baseline_rows": case.baseline,
            "milliseconds": statistics.median(each.seconds for each in each_run) * 1e3,
            "peak_bytes": round(statistics.median(each.peak_bytes for each in each_run)),
        }
        for case, each_run in zip(light + heavy, taken)
    ]


def _first_event(site: Site, peer: Peer, frame: bytes) -> _Taken:
    getinfo = site.getinfo(peer)
    started = time.perf_counter()
    with site.start(peer) as talk:
        talk.send(getinfo)
        talk.receive()
        talk.send_bytes(frame)
        if talk.receive() is None:
            raise BenchFailed(f"{peer.label} did not answer its first event: {talk.finish().stderr[-2000:]}")
        seconds = time.perf_counter() - started
        peak = peak_bytes(talk.process.pid)
        end(talk)
    return _Taken(seconds, peak)
