"""What all views share: the colours of the severities, what a table cell looks like, what a panel says when there is nothing.

Colours are read on black and on white, and stand beside the word that they mean, never alone.
"""

from __future__ import annotations

from typing import Any

HIGH, LOW, INFORMATIONAL, QUIET, GOOD = "#E0433A", "#C27A00", "#3F7FD9", "#7D8590", "#2E9E5B"
SEVERITY = {"high": HIGH, "low": LOW, "informational": INFORMATIONAL, "allowed": QUIET, "none": QUIET}
SERIES = {**SEVERITY, "succeeded": INFORMATIONAL, "refused": LOW, "on a list": HIGH, "on no list": QUIET}
STATE = {
    "done": GOOD,
    "to do": HIGH,
    "well": GOOD,
    "failing": HIGH,
    "silent": HIGH,
    "stale": LOW,
    "judged": GOOD,
    "learning": LOW,
    "on a list": HIGH,
    "on no list": QUIET,
    "off": QUIET,
    "on": GOOD,
}
PICTURE = {**SEVERITY, **STATE}


def matches(colours: dict[str, str]) -> list[dict[str, str]]:
    """As `matchValue` wants them."""
    return [{"match": name, "value": colour} for name, colour in colours.items()]


def table(*coloured: str, count: int = 10, widths: dict[str, int] | None = None) -> dict[str, Any]:
    """Options and context of a table whose columns `coloured` have the colour of their value. widths: of all columns; one that is
    left out becomes narrow, and what they are less than the panel is shared out."""
    formats: dict[str, Any] = {
        name: {"rowColors": f'> table | seriesByName("{name}") | matchValue(colours)'} for name in coloured
    }
    for name, width in (widths or {}).items():
        formats.setdefault(name, {})["width"] = width
    options: dict[str, Any] = {"count": count, "showInternalFields": False, "columnFormat": formats}
    return {"options": options, "context": {"colours": matches(PICTURE)}}


def number(field: str, colour: str | None = None, trend: str = "") -> dict[str, Any]:
    """Options of a single value: a number, coloured where it is not zero, and a trend of which more is worse."""
    options: dict[str, Any] = {"majorValue": f'> primary | seriesByName("{field}") | lastPoint()', "sparklineDisplay": "off"}
    context: dict[str, Any] = {}
    if colour:
        options["majorColor"] = f'> primary | seriesByName("{field}") | lastPoint() | rangeValue(levels)'
        context["levels"] = [{"to": 1, "value": QUIET}, {"from": 1, "value": colour}]
    if trend:
        options["trendValue"] = f'> primary | seriesByName("{trend}") | lastPoint()'
        options["trendColor"] = f'> primary | seriesByName("{trend}") | lastPoint() | rangeValue(trends)'
        context["trends"] = [{"to": 0, "value": GOOD}, {"from": 0, "to": 1, "value": QUIET}, {"from": 1, "value": HIGH}]
    else:
        options["trendDisplay"] = "off"
    return {"options": options, "context": context}


def sentence(field: str, state: str) -> dict[str, Any]:
    """Options of a single value that is a sentence, in the colour of its state."""
    options = {
        "majorValue": f'> primary | seriesByName("{field}") | lastPoint()',
        "majorColor": f'> primary | seriesByName("{state}") | lastPoint() | matchValue(colours)',
        "majorFontSize": 28,
        "sparklineDisplay": "off",
        "trendDisplay": "off",
    }
    return {"options": options, "context": {"colours": matches(PICTURE)}}


def series(mode: str = "stacked", **more: Any) -> dict[str, Any]:
    """Options of a chart over time, in the colours of the severities."""
    return {"stackMode": mode, "seriesColorsByField": SERIES, "legendDisplay": "top", "xAxisTitleVisibility": "hide", **more}


def bars(colour: str = INFORMATIONAL, **more: Any) -> dict[str, Any]:
    """Options of bars of one colour."""
    hide = {
        "xAxisTitleVisibility": "hide",
        "yAxisTitleVisibility": "hide",
        "legendDisplay": "off",
        "yAxisLabelVisibility": "hide",
    }
    return {"seriesColors": [colour], "showYMajorGridLines": False, **hide, **more}


def or_else(**cells: str) -> str:
    """The end of a search: where there is no row, one that says so."""
    made = ", ".join(f'{name}="{text}"' if not text.isdigit() else f"{name}={text}" for name, text in cells.items())
    return f"| appendpipe [stats count AS nothing | where nothing=0 | eval {made} | fields - nothing]"
