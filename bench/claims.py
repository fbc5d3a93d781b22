"""What was promised, and whether it holds in this run: ratios within one run, a few absolute limits.

In: the figures of a run. Out: a `Claim` for each promise whose figures are there. Nothing fails when one does not hold: it is shown.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from bench.settings import Settings

_Figures = Mapping[str, Any]
MIB = 1 << 20


class Claim(NamedTuple):
    """One promise: `limit` is the least or the most that `measured` may be; `unit` is "x" for a ratio."""

    promise: str
    limit: float
    is_least: bool
    measured: float
    unit: str

    @property
    def holds(self) -> bool:
        """Whether it does."""
        return self.measured >= self.limit if self.is_least else self.measured <= self.limit


def find_claims(figures: _Figures, settings: Settings) -> list[Claim]:
    """The promises that this run can say something of."""
    found: list[Claim] = []
    for part, claims in (
        ("throughput", _throughput),
        ("look_up", _look_up),
        ("start", _start),
        ("cost", _cost),
        ("memory", _memory),
        ("segments", _segments),
    ):
        if figures.get(part):
            found += claims(figures[part], settings)
    return found


def _least(promise: str, limit: float, measured: float, unit: str = "x") -> Claim:
    return Claim(promise, limit, True, measured, unit)


def _most(promise: str, limit: float, measured: float, unit: str = "x") -> Claim:
    return Claim(promise, limit, False, measured, unit)


def _throughput(found: _Figures, settings: Settings) -> Iterator[Claim]:
    def ratio(name: str, of: str, to: str) -> float:
        peers = found[name]["peers"]
        return float(peers[to]["microseconds_per_event"] / peers[of]["microseconds_per_event"])

    rows = f"{settings.rows[-1]:,}"
    main = f"selected, {settings.distinct_percent} % distinct rows, {found['selected']['events']:,} events"
    yield _least(f"{main}: events/s against the do-nothing SDK command", 8, ratio("selected", "ours", "nothing"))
    yield _most(f"{main}: time against the echo process", 6, ratio("selected", "echo", "ours"))
    yield _least(
        "every row distinct, facts repeating: against the do-nothing SDK command", 2, ratio("distinct", "ours", "nothing")
    )
    yield _least(f"every address new, {rows} indicators and baseline rows: the same", 0.8, ratio("fresh", "ours", "nothing"))
    yield _least("narrow, all fields sent, plain path: the same", 2, ratio("narrow", "plain", "nothing"))
    yield _least("wide, all fields sent, plain path: the same", 2, ratio("wide", "plain", "nothing"))


def _look_up(found: _Figures, settings: Settings) -> Iterator[Claim]:
    last = found["sizes"][-1]
    what = f"look-up of an address never seen before, {last['rows']:,} rows"
    yield _most(f"{what}: in the list", 15, last["list_microseconds"], "µs")
    yield _most(f"{what}: in the list and AWS's ranges", 15, last["address_microseconds"], "µs")


def _start(found: list[_Figures], settings: Settings) -> Iterator[Claim]:
    def of(peer: str, indicators: int, baseline: int) -> _Figures:
        return next(
            each for each in found if (each["peer"], each["indicators"], each["baseline_rows"]) == (peer, indicators, baseline)
        )

    big = settings.rows[-1]
    full, empty, nothing = of("ours", big, big), of("ours", 0, 0), of("nothing", 0, 0)
    what = f"first event, {big:,} indicators and baseline rows"
    yield _most(f"{what}: time against an SDK command without lookups", 1.1, full["milliseconds"] / nothing["milliseconds"])
    yield _most(f"{what}: memory more than without", 10, (full["peak_bytes"] - empty["peak_bytes"]) / MIB, "MiB")


def _cost(found: _Figures, settings: Settings) -> Iterator[Claim]:
    for curve, name in (("indicators", "indicators"), ("baseline_rows", "baseline rows")):
        for kind, title in (("selected", "main input"), ("fresh", "every address new")):
            points = [point for point in found[curve] if point["input"] == kind]
            growth = points[-1]["microseconds_per_event"] / points[0]["microseconds_per_event"]
            yield _most(f"time per event, {points[0]['x']:,} to {points[-1]['x']:,} {name}, {title}", 1.25, growth)
    small, large = found["chunk_rows"][0], found["chunk_rows"][-1]
    yield _most(
        f"time per event, chunks of {small['x']:,} against one of {large['x']:,}",
        1.5,
        small["microseconds_per_event"] / large["microseconds_per_event"],
    )


def _memory(found: _Figures, settings: Settings) -> Iterator[Claim]:
    what = f"peak over {found['events']:,} events, {found['distinct_rows']:,} distinct rows"
    yield _most(what, 250, found["peak_bytes"] / 1e6, "MB")


def _segments(found: _Figures, settings: Settings) -> Iterator[Claim]:
    by_name = {each["name"]: each for each in found["mergers"]}
    ours, netaddr = by_name["ours"], by_name["netaddr"]
    what = f"{found['indicators']:,} indicators to segments"
    yield _most(f"{what}: seconds", 10, ours["seconds"], "s")
    yield _most(f"{what}: peak memory", 600, ours["peak_bytes"] / 1e6, "MB")
    yield _least(f"{what}: speed against netaddr's cidr_merge", 5, netaddr["seconds"] / ours["seconds"])
    plain = found["plain_lookup"]
    yield _most(f"malicious_ips.csv of {plain['indicators']:,} plain indicators", 25, plain["bytes"] / MIB, "MiB")
