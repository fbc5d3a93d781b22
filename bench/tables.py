"""The figures of a run as tables: titles, heads, rows of text. One source for the terminal and the document."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from bench.claims import MIB, Claim

_Figures = Mapping[str, Any]


class Table(NamedTuple):
    """One table; `note` is a sentence below it. The first column is text, the others are numbers."""

    title: str
    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    note: str = ""


def tables_of(figures: _Figures) -> Iterator[Table]:
    """All tables that the run has figures for."""
    for each in figures.get("throughput", {}).values():
        yield _throughput(each)
    if figures.get("start"):
        yield _start(figures["start"])
    if figures.get("look_up"):
        yield _look_up(figures["look_up"])
    for name, points in figures.get("cost", {}).items():
        yield _cost(name, points)
    if figures.get("scale"):
        yield _scale(figures["scale"])
    if figures.get("memory"):
        yield _memory(figures["memory"])
    if figures.get("segments"):
        yield _segments(figures["segments"])


def claims_table(claims: Sequence[Claim]) -> Table:
    """What was promised, measured, and whether it holds."""
    rows = []
    for claim in claims:
        limit = f"{'≥' if claim.is_least else '≤'} {_amount(claim.limit, claim.unit)}"
        rows.append((claim.promise, limit, _amount(claim.measured, claim.unit), "yes" if claim.holds else "NO"))
    return Table("What must hold", ("promise", "limit", "measured", "holds"), rows)


def _amount(number: float, unit: str) -> str:
    return f"{number:.2f} {'×' if unit == 'x' else unit}" if number < 100 else f"{number:,.0f} {'×' if unit == 'x' else unit}"


def _mib(number: float) -> str:
    return f"{number / MIB:,.0f}" if number else "?"


def _throughput(each: _Figures) -> Table:
    base = each["peers"]["nothing"]["microseconds_per_event"]
    rows = [
        (
            peer["label"],
            f"{peer['events_per_second']:,}",
            f"{peer['microseconds_per_event']:.2f}",
            f"{base / peer['microseconds_per_event']:.2f}",
            f"{peer['cpu_seconds']:.2f}",
            _mib(peer["peak_bytes"]),
            "right" if not peer["answers"]["wrong"] else "WRONG: " + peer["answers"]["wrong"],
        )
        for peer in each["peers"].values()
    ]
    note = (
        f"{each['events']:,} events, {each['distinct_rows']:,} distinct rows, {each['columns']:,} fields, "
        f"{each['bytes_per_event']:,} bytes an event; {each['indicators']:,} indicators, {each['baseline_rows']:,} baseline rows."
    )
    head = ("peer", "events/s", "µs/event", "× do-nothing", "CPU s", "peak MiB", "answers")
    return Table(each["title"][:1].upper() + each["title"][1:], head, rows, note)


def _start(found: Sequence[_Figures]) -> Table:
    rows = [
        (
            each["label"],
            f"{each['indicators']:,}",
            f"{each['baseline_rows']:,}",
            f"{each['milliseconds']:,.0f}",
            _mib(each["peak_bytes"]),
        )
        for each in found
    ]
    return Table(
        "From the start of the process to the first annotated event",
        ("peer", "indicators", "baseline rows", "ms", "peak MiB"),
        rows,
    )


def _look_up(found: _Figures) -> Table:
    rows = [
        (f"{each['rows']:,}", f"{each['list_microseconds']:.1f}", f"{each['address_microseconds']:.1f}")
        for each in found["sizes"]
    ]
    note = f"{found['look_ups']:,} addresses, each looked up once; the second column asks AWS's ranges as well."
    return Table("A look-up of an address never seen before", ("rows", "µs in the list", "µs for all that is known"), rows, note)


_CURVES = {
    "events": "events",
    "indicators": "indicators",
    "baseline_rows": "baseline rows",
    "distinct_percent": "% of rows distinct",
    "columns": "fields sent",
    "chunk_rows": "rows of a chunk",
}


def curve_title(name: str) -> str:
    """The words for what a curve is drawn against."""
    return _CURVES.get(name, name)


_KINDS = {"selected": "main input", "fresh": "every address new"}


class Line(NamedTuple):
    """One line of a curve: whose, over which input, what to call it, and microseconds an event by `x`."""

    peer: str
    input: str
    title: str
    values: dict[int, float]


def lines_of(points: Sequence[_Figures]) -> list[Line]:
    """The lines of a curve, one for each peer and input."""
    lines: dict[tuple[str, str], Line] = {}
    for point in points:
        peer, kind = point["peer"], point["input"]
        title = point["label"] + (f", {_KINDS[kind]}" if kind else "")
        lines.setdefault((peer, kind), Line(peer, kind, title, {})).values[point["x"]] = point["microseconds_per_event"]
    return list(lines.values())


def _cost(name: str, points: Sequence[_Figures]) -> Table:
    lines = lines_of(points)
    xs = list(dict.fromkeys(point["x"] for point in points))
    rows = [(f"{x:,}", *(f"{line.values[x]:.2f}" if x in line.values else "" for line in lines)) for x in xs]
    return Table(f"µs an event against {curve_title(name)}", (curve_title(name), *(line.title for line in lines)), rows)


def _scale(found: Sequence[_Figures]) -> Table:
    one = {each["peer"]: each["events_per_second"] for each in found if each["processes"] == 1}
    rows = [
        (
            each["peer"],
            str(each["processes"]),
            f"{each['events_per_second']:,}",
            f"{each['events_per_second'] / one[each['peer']]:.2f}",
        )
        for each in found
    ]
    return Table("Several processes, each with its share of the input", ("peer", "processes", "events/s", "× one"), rows)


def _memory(found: _Figures) -> Table:
    row = (
        f"{found['events']:,}",
        f"{found['distinct_rows']:,}",
        _mib(found["peak_bytes"]),
        f"{found['microseconds_per_event']:.2f}",
    )
    return Table("Memory over many events", ("events", "distinct rows", "peak MiB", "µs/event"), [row])


def _segments(found: _Figures) -> Table:
    rows = [
        (each["label"], f"{each['seconds']:.2f}", f"{each['cpu_seconds']:.2f}", _mib(each["peak_bytes"]))
        for each in found["mergers"]
    ]
    plain = found["plain_lookup"]
    note = (
        f"From text to text, all three cover the same addresses; ours keeps who listed what. malicious_ips.csv of "
        f"{plain['indicators']:,} plain indicators: {plain['bytes'] / MIB:.1f} MiB."
    )
    return Table(f"{found['indicators']:,} indicators of ten lists, merged", ("by", "s", "CPU s", "peak MiB"), rows, note)
