"""How fast each peer annotates: every peer over the same inputs, in turns.

In: a site. Out: the inputs (`Input`: name, calls, chunks, which lookups lie under them), the figures of each peer over each of them, and
whether its answers were right. The first 300 events are also checked, untimed; that start leaves the .pyc files behind as well.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from bench import answers, shapes
from bench.run import Figures, interleaved, run, run_together
from bench.settings import Settings
from bench.shapes import Chunks
from bench.site import ECHO, NETADDR, NETADDR_INDICATORS, NOTHING, OURS, Peer, Site
from bench.traffic import Call, Traffic

_CHECKED = 300
Say = Callable[[str], None]


class Input(NamedTuple):
    """One input: its name in the figures, a title for people, the calls and chunks, how many indicators and baseline rows."""

    name: str
    title: str
    calls: list[Call]
    chunks: Chunks
    distinct: int
    indicators: int
    baseline: int


def make_inputs(site: Site) -> list[Input]:
    """The five inputs of the main table."""
    settings = site.settings
    traffic = Traffic(settings.seed, site.callers, site.known.addresses)
    count, least, most, rows = settings.events, settings.rows[0], settings.rows[-1], settings.chunk_rows
    distinct = max(1, count * settings.distinct_percent // 100)
    repeating = traffic.repeating(count, distinct)
    every = traffic.distinct(count)
    percent = f"{settings.distinct_percent} % distinct rows"
    fresh = traffic.from_each(site.known.fresh[:count])
    # The more there is in an event, the fewer of them.
    some = max(1, distinct // 4)
    short = traffic.repeating(max(1, count // 4), some)
    few = max(1, settings.wide_events * settings.distinct_percent // 100)
    full = traffic.repeating(settings.wide_events, few)

    def selected(name: str, title: str, calls: list[Call], different: int, known: int) -> Input:
        return Input(name, title, calls, shapes.selected(calls, site.columns, rows), different, known, known)

    return [
        selected("selected", f"selected columns, {percent}", repeating, distinct, least),
        selected("distinct", "selected columns, every row distinct, its facts repeating", every, count, least),
        selected("fresh", f"selected columns, every address new, {most:,} indicators and baseline rows", fresh, count, most),
        Input("narrow", f"15 short fields and _raw, {percent}", short, shapes.narrow(short, rows), some, least, least),
        Input("wide", f"every field of every event, {percent}", full, shapes.wide(full, rows), few, least, least),
    ]


def measure(site: Site, inputs: Sequence[Input], say: Say) -> dict[str, Any]:
    """The figures of every peer over every input, by their names."""
    found = {}
    for each in inputs:
        say(f"{each.title}: {each.chunks.events:,} events")
        found[each.name] = _over(site, each)
    return found


def _over(site: Site, each: Input) -> dict[str, Any]:
    """The figures of every peer over one input."""
    site.use(each.indicators, each.baseline)
    # A set of so many networks takes netaddr minutes to make, at each start.
    peers = [peer for peer in site.peers if not (peer == NETADDR and each.indicators > NETADDR_INDICATORS)]
    checked = {peer.name: _checked(site, peer, each) for peer in peers}
    frames = each.chunks.frames
    # The echo is over in a moment, so chance weighs most there: it has a turn after every other.
    turns = [one for peer in peers if peer != ECHO for one in (peer, ECHO)] if site.settings.runs > 1 else peers
    taken: dict[Peer, list[Figures]] = {peer: [] for peer in peers}
    for peer, runs in zip(turns, interleaved(turns, site.settings.runs, lambda peer: run(site, peer, frames, len(frames)))):
        taken[peer] += runs
    return {
        "title": each.title,
        "events": each.chunks.events,
        "distinct_rows": each.distinct,
        "columns": each.chunks.columns,
        "bytes_per_event": round(each.chunks.bytes / each.chunks.events),
        "indicators": each.indicators,
        "baseline_rows": each.baseline,
        "peers": {
            peer.name: {"label": peer.label, **_summary(runs, each.chunks.events), "answers": checked[peer.name]._asdict()}
            for peer, runs in taken.items()
        },
    }


def _checked(site: Site, peer: Peer, each: Input) -> answers.Answers:
    calls = each.calls[:_CHECKED]
    make: dict[str, Callable[[], Chunks]] = {
        "narrow": lambda: shapes.narrow(calls, 100),
        "wide": lambda: shapes.wide(calls, 100),
    }
    chunks = make.get(each.name, lambda: shapes.selected(calls, site.columns, 100))()
    return answers.check(site, peer, calls, chunks)


def _summary(runs: Sequence[Figures], events: int) -> dict[str, Any]:
    seconds = statistics.median(each.seconds for each in runs)
    return {
        "events_per_second": round(events / seconds),
        "microseconds_per_event": seconds / events * 1e6,
        "cpu_seconds": statistics.median(each.cpu_seconds for each in runs),
        "peak_bytes": round(statistics.median(each.peak_bytes for each in runs)),
        "reply_bytes": runs[0].reply_bytes,
        "seconds": [each.seconds for each in runs],
    }


def scale(site: Site, main: Input, say: Say) -> list[dict[str, Any]]:
    """Events a second with 1, 2 and 4 processes, each with its share of the same chunks: as many indexers, one machine."""
    site.use(main.indicators, main.baseline)
    cases = [(peer, processes) for peer in (NOTHING, OURS) for processes in (1, 2, 4)]
    bodies = shapes.selected(main.calls, site.columns, max(1, main.chunks.events // 20)).bodies
    say("1, 2 and 4 processes side by side")

    def seconds(case: tuple[Peer, int]) -> float:
        peer, processes = case
        shards = [shapes.frames_of(bodies[at::processes]) for at in range(processes)]
        return max(figures.seconds for figures in run_together(site, peer, [(shard, len(shard)) for shard in shards]))

    results = interleaved(cases, site.settings.runs, seconds)
    return [
        {"peer": peer.name, "processes": processes, "events_per_second": round(main.chunks.events / statistics.median(taken))}
        for (peer, processes), taken in zip(cases, results)
    ]


def memory(site: Site, settings: Settings, say: Say) -> dict[str, Any] | None:
    """The peak of our process over very many events, a tenth of them distinct; None where the settings ask for none."""
    events = settings.memory_events
    if not events:
        return None
    say(f"memory over {events:,} events, {events // 10:,} distinct rows")
    site.use(settings.rows[-1], settings.rows[-1])
    spool = site.folder / "spool"
    traffic = Traffic(settings.seed + 1, site.callers, site.known.addresses)
    rows = min(50_000, max(1, events // 100))
    with open(spool, "wb") as file:
        places = []
        for part in range(max(1, events // 10 // rows)):
            body = shapes.selected(traffic.distinct(rows), site.columns, rows).bodies[0]
            places.append((part, file.tell(), len(body)))
            file.write(body)

    def frames() -> Iterator[bytes]:
        with open(spool, "rb") as file:
            for turn in range(10):
                for part, at, length in places:
                    file.seek(at)
                    yield shapes.frame_of(file.read(length), finished=turn == 9 and part == len(places) - 1)

    figures = run(site, OURS, frames(), 10 * len(places))
    sent = 10 * len(places) * rows
    return {
        "events": sent,
        "distinct_rows": len(places) * rows,
        "peak_bytes": figures.peak_bytes,
        "microseconds_per_event": figures.seconds / sent * 1e6,
    }
