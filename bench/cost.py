"""How the cost of an event grows: with events, indicators, baseline rows, distinct rows, fields, and the size of the chunks.

In: a site. Out: for each of those a list of points (`x`, peer, input, microseconds an event), everything else held as in the main input;
and what a look-up of an address costs that was never seen before.
"""

from __future__ import annotations

import json
import statistics
import subprocess
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from bench import ROOT, BenchFailed, shapes
from bench.run import interleaved, run
from bench.shapes import Chunks
from bench.site import NOTHING, OURS, PLAIN, Peer, Site
from bench.throughput import Input
from bench.traffic import Traffic

Say = Callable[[str], None]
_EVENTS = (1_000, 10_000, 50_000)
_CHUNK_ROWS = (50, 500, 5_000, 50_000)
_DISTINCT_PERCENT = (1, 5, 20, 50, 100)
_FRESH_EVENTS = 100_000  # each of them is slow, and no two of a kind
_COLUMNS = (16, 50, 200, 0)


class _Point(NamedTuple):
    x: int
    peer: Peer
    input: str
    chunks: Chunks
    indicators: int
    baseline: int


def measure(site: Site, inputs: Sequence[Input], say: Say) -> dict[str, list[dict[str, Any]]]:
    """The points of each curve by its name."""
    by_name = {each.name: each for each in inputs}
    least, some = site.settings.rows[0], site.settings.some
    curves = {
        "events": _by_events(site),
        "indicators": [_known(by_name[name], rows, least) for name in ("selected", "fresh") for rows in some(site.settings.rows)],
        "baseline_rows": [
            _known(by_name[name], least, rows) for name in ("selected", "fresh") for rows in some(site.settings.rows)
        ],
        "distinct_percent": _by_distinct_rows(site),
        "columns": _by_columns(site, by_name["wide"]),
        "chunk_rows": _by_chunk_rows(site),
    }
    found = {}
    for name, points in curves.items():
        say(f"cost against {name.replace('_', ' ')}")
        found[name] = _points(site, points)
    return found


def _known(each: Input, indicators: int, baseline: int) -> _Point:
    chunks = each.chunks if each.name == "selected" else shapes.beginning(each.chunks, _FRESH_EVENTS)
    return _Point(max(indicators, baseline), OURS, each.name, chunks, indicators, baseline)


def _by_events(site: Site) -> list[_Point]:
    settings = site.settings
    traffic = Traffic(settings.seed + 4, site.callers, site.known.addresses)
    counts = settings.some([count for count in _EVENTS if count < settings.events] + [settings.events])
    return [point for count in counts for point in _repeating(site, traffic, count, count, settings.distinct_percent)]


def _by_distinct_rows(site: Site) -> list[_Point]:
    settings = site.settings
    traffic = Traffic(settings.seed + 2, site.callers, site.known.addresses)
    percents = settings.some(_DISTINCT_PERCENT)
    return [point for percent in percents for point in _repeating(site, traffic, percent, settings.events, percent)]


def _repeating(site: Site, traffic: Traffic, x: int, events: int, percent: int) -> list[_Point]:
    """Three peers over the same events, of which so many per cent are distinct."""
    settings = site.settings
    calls = traffic.repeating(events, max(1, events * percent // 100))
    chunks = shapes.selected(calls, site.columns, settings.chunk_rows)
    return [_Point(x, peer, "", chunks, settings.rows[0], settings.rows[0]) for peer in (NOTHING, PLAIN, OURS)]


def _by_columns(site: Site, each: Input) -> list[_Point]:
    settings = site.settings
    calls = each.calls[: max(100, settings.wide_events // 2)]
    inputs = [shapes.wide(calls, settings.chunk_rows, columns) for columns in settings.some(_COLUMNS)]
    return [
        _Point(chunks.columns, peer, "", chunks, settings.rows[0], settings.rows[0])
        for chunks in inputs
        for peer in (NOTHING, PLAIN, OURS)
    ]


def _by_chunk_rows(site: Site) -> list[_Point]:
    settings = site.settings
    traffic = Traffic(settings.seed + 3, site.callers, site.known.addresses)
    calls = traffic.repeating(settings.chunk_events, settings.chunk_events * settings.distinct_percent // 100)
    sizes = [size for size in _CHUNK_ROWS if size < len(calls)] + [len(calls)]
    inputs = [(size, shapes.selected(calls, site.columns, size)) for size in settings.some(sizes)]
    return [_Point(size, OURS, "", chunks, settings.rows[0], settings.rows[0]) for size, chunks in inputs]


def _points(site: Site, points: Sequence[_Point]) -> list[dict[str, Any]]:
    def microseconds(point: _Point) -> float:
        site.use(point.indicators, point.baseline)
        return run(site, point.peer, point.chunks.frames, len(point.chunks.frames)).seconds / point.chunks.events * 1e6

    taken = interleaved(points, site.settings.runs, microseconds)
    return [
        {
            "x": point.x,
            "peer": point.peer.name,
            "label": point.peer.label,
            "input": point.input,
            "microseconds_per_event": statistics.median(runs),
        }
        for point, runs in zip(points, taken)
    ]


def look_up(site: Site, say: Say) -> dict[str, Any]:
    """Microseconds of a look-up of an address never seen before, in lookups of each size; see programs/look_up."""
    say("look-ups of addresses never seen before")
    addresses = site.folder / "addresses.txt"
    addresses.write_text("\n".join(site.known.fresh[: site.settings.look_ups]), encoding="ascii")
    program = ROOT / "bench" / "programs" / "look_up.py"
    found = []
    for rows in site.settings.some(site.settings.rows):
        site.use(rows, 0)
        command = [site.splunkd.python, str(program), str(site.ours / "bin"), str(addresses)]
        found.append({"rows": rows, **output(command)})  # an average over so many needs no second run
    return {"look_ups": min(len(site.known.fresh), site.settings.look_ups), "sizes": found}


def output(command: Sequence[str]) -> dict[str, Any]:
    """What a program of the benchmark prints, decoded. BenchFailed if it fails."""
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise BenchFailed(f"A program of the benchmark failed: {done.stderr[-2000:]}")
    decoded: dict[str, Any] = json.loads(done.stdout)
    return decoded
