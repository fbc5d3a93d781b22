"""The plots of docs/BENCHMARKS.md, as SVG. matplotlib is loaded only here; without it there are tables and no plots.

In: the figures of a run, a folder. Out: the names of the files written there. The same figures give the same bytes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from bench.tables import curve_title, lines_of

_Figures = Mapping[str, Any]
_COLOURS = {"ours": "#0b7285", "plain": "#66a9b5", "nothing": "#868e96", "echo": "#ced4da"}
_OTHER = "#e8a33d"
_MARKERS = {"dict": "s", "pytricia": "^", "netaddr": "D"}


def draw(figures: _Figures, folder: Path) -> list[str] | None:
    """Draw what there are figures for; None where matplotlib is not installed."""
    try:
        import matplotlib
    except ImportError:
        return None
    matplotlib.use("svg")
    matplotlib.rcParams.update({
        "svg.hashsalt": "bench", "svg.fonttype": "none", "font.size": 9, "axes.spines.top": False, "axes.spines.right": False
    })  # fmt: skip
    folder.mkdir(parents=True, exist_ok=True)
    drawn = []
    if figures.get("throughput"):
        drawn.append(_save(_speeds(figures["throughput"]), folder / "events_per_second.svg"))
    if figures.get("cost"):
        drawn.append(_save(_curves(figures["cost"]), folder / "cost_per_event.svg"))
    if figures.get("start"):
        drawn.append(_save(_starts(figures["start"]), folder / "start_up.svg"))
    return drawn


def _save(figure: Any, path: Path) -> str:
    figure.savefig(path, metadata={"Date": None, "Creator": None}, bbox_inches="tight")
    return path.name


def _panels(count: int, height: float) -> tuple[Any, list[Any]]:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9, height * ((count + 1) // 2)), layout="constrained")
    axes = figure.subplots((count + 1) // 2, 2).flatten()
    for spare in axes[count:]:
        spare.set_axis_off()
    return figure, list(axes[:count])


def _speeds(found: _Figures) -> Any:
    """Events a second by peer, a panel for each input; points, because bars on a logarithmic scale would lie."""
    figure, axes = _panels(len(found), 2.4)
    for panel, each in zip(axes, found.values()):
        peers = dict(reversed(each["peers"].items()))
        for at, (name, peer) in enumerate(peers.items()):
            value = peer["events_per_second"]
            panel.plot(value, at, "o", color=_COLOURS.get(name, _OTHER))
            panel.annotate(f"{value:,}", (value, at), xytext=(7, -3), textcoords="offset points", fontsize=8)
        values = [peer["events_per_second"] for peer in peers.values()]
        panel.set_yticks(range(len(peers)), [peer["label"] for peer in peers.values()])
        panel.set_xscale("log")
        panel.set_xlim(min(values) / 2, max(values) * 6)
        panel.grid(axis="y", color="#e9ecef")
        panel.set_title(each["title"], fontsize=8, loc="left", wrap=True)
        panel.set_xlabel("events/s")
    return figure


def _curves(found: Mapping[str, Sequence[_Figures]]) -> Any:
    """Microseconds an event against each size."""
    figure, axes = _panels(len(found), 2.8)
    for panel, (name, points) in zip(axes, found.items()):
        for line in lines_of(points):
            dash = "--" if line.input == "fresh" else "-"
            colour = _COLOURS.get(line.peer, _OTHER)
            xs, ys = list(line.values), list(line.values.values())
            panel.plot(xs, ys, dash, marker="o", markersize=3, label=line.title, color=colour)
        panel.set_xscale("log")
        xs = sorted({point["x"] for point in points})
        panel.set_xticks(xs, [f"{x:,}" for x in xs])
        panel.set_xticks([], minor=True)
        panel.set_ylim(0, 1.3 * max(point["microseconds_per_event"] for point in points))
        panel.set_xlabel(curve_title(name))
        panel.set_ylabel("µs/event")
        panel.legend(fontsize=7, frameon=False)
    return figure


def _starts(found: Sequence[_Figures]) -> Any:
    """Milliseconds to the first annotated event by the number of indicators; steps, not a scale, for the first is none."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6, 3), layout="constrained")
    panel = figure.subplots()
    sizes = sorted({each["indicators"] for each in found})
    for peer in dict.fromkeys(each["peer"] for each in found):
        points = [each for each in found if each["peer"] == peer and not each["baseline_rows"]]
        xs = [sizes.index(each["indicators"]) for each in points]
        ys = [each["milliseconds"] for each in points]
        panel.plot(
            xs, ys, marker=_MARKERS.get(peer, "o"), markersize=4, label=points[0]["label"], color=_COLOURS.get(peer, _OTHER)
        )
    panel.set_yscale("log")
    panel.set_xticks(range(len(sizes)), [f"{size:,}" for size in sizes])
    panel.set_xlabel("indicators")
    panel.set_ylabel("ms to the first event")
    panel.legend(fontsize=7, frameon=False)
    return figure
