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
    """Events a second by peer, a panel for each input."""
    figure, axes = _panels(len(found), 2.4)
    for panel, each in zip(axes, found.values()):
        names = list(reversed(each["peers"]))
        values = [each["peers"][name]["events_per_second"] for name in names]
        bars = panel.barh(range(len(names)), values, color=[_COLOURS.get(name, _OTHER) for name in names])
        panel.bar_label(bars, [f"{value:,}" for value in values], padding=3, fontsize=8)
        panel.set_yticks(range(len(names)), [each["peers"][name]["label"] for name in names])
        panel.set_xscale("log")
        panel.set_xlim(min(values) / 2, max(values) * 5)
        panel.set_title(each["title"], fontsize=8, loc="left", wrap=True)
        panel.set_xlabel("events/s")
    return figure


def _curves(found: Mapping[str, Sequence[_Figures]]) -> Any:
    """Microseconds an event against each size."""
    figure, axes = _panels(len(found), 2.8)
    for panel, (name, points) in zip(axes, found.items()):
        for label, line in lines_of(points).items():
            peer, _, kind = label.partition(", ")
            panel.plot(
                list(line), list(line.values()), marker="o", markersize=3, label=label,
                color=_COLOURS.get(peer, _OTHER), linestyle="--" if kind == "fresh" else "-",
            )  # fmt: skip
        panel.set_xscale("log")
        panel.set_ylim(bottom=0)
        panel.set_xlabel(curve_title(name))
        panel.set_ylabel("µs/event")
        panel.legend(fontsize=7, frameon=False)
    return figure


def _starts(found: Sequence[_Figures]) -> Any:
    """Milliseconds to the first annotated event against the number of indicators."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6, 3), layout="constrained")
    panel = figure.subplots()
    for peer in dict.fromkeys(each["peer"] for each in found):
        points = [each for each in found if each["peer"] == peer and not (each["baseline_rows"] and peer == "ours")]
        xs = [max(1, each["indicators"]) for each in points]
        style = {"marker": "o", "markersize": 3, "color": _COLOURS.get(peer)}
        panel.plot(xs, [each["milliseconds"] for each in points], label=points[0]["label"], **style)
    panel.set_xscale("log")
    panel.set_yscale("log")
    panel.set_xlabel("indicators (1: none)")
    panel.set_ylabel("ms to the first event")
    panel.legend(fontsize=7, frameon=False)
    return figure
