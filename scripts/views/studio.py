"""A Dashboard Studio view in the making.

In: searches, panels and rows of a grid. Out: the view's XML. What Studio lets pass without a word is refused here: a row that does not
tile the width, a panel in no row, a search that goes on from one that is not there [dashboards 2, 3]. Only what Splunk 9.4 has is
used: a flat grid layout, no tabs, no conditions.
"""

from __future__ import annotations

import json
from typing import Any
from xml.sax.saxutils import escape

WIDTH = 1440
APP = "TA-maliciouscaller"
TIME = {"earliest": "$global_time.earliest$", "latest": "$global_time.latest$"}
KEEP_TIME = "form.global_time.earliest=$global_time.earliest|u$&form.global_time.latest=$global_time.latest|u$"

Options = dict[str, Any]


class View:
    """One view. `search` and `chain` name data sources, `panel` and its relatives panels, `row` puts panels side by side."""

    def __init__(self, title: str, description: str, theme: str = "dark") -> None:
        self.title, self.description, self.theme = title, description, theme
        self.sources: Options = {}
        self.panels: Options = {}
        self.inputs: Options = {}
        self.structure: list[Options] = []
        self._height = 0

    def time_range(self, default: str = "-24h@h,now") -> None:
        """The time range that all searches without times of their own use."""
        options = {"token": "global_time", "defaultValue": default}
        self.inputs["input_time"] = {"type": "input.timerange", "title": "Time range", "options": options}

    def text_input(self, token: str, title: str, default: str) -> None:
        """Never empty: an empty default would leave the token unset, and its searches waiting for ever."""
        options = {"token": token, "defaultValue": default}
        self.inputs[f"input_{token}"] = {"type": "input.text", "title": title, "options": options}

    def search(self, name: str, query: str, earliest: str = "", latest: str = "now") -> str:
        """A search, over the view's time range if no other is given."""
        options: Options = {"query": _tidy(query)}
        options["queryParameters"] = {"earliest": earliest, "latest": latest} if earliest else TIME
        self.sources[name] = {"type": "ds.search", "name": name, "options": options}
        return name

    def chain(self, name: str, base: str, query: str) -> str:
        """What goes on from the rows of another search."""
        if base not in self.sources:
            raise ValueError(f"{name} goes on from {base}, which is not there.")
        self.sources[name] = {"type": "ds.chain", "name": name, "options": {"extend": base, "query": _tidy(query)}}
        return name

    def panel(self, name: str, kind: str, title: str, source: str, options: Options | None = None, **more: Any) -> str:
        """A visualization. more: description, context, eventHandlers."""
        if source not in self.sources:
            raise ValueError(f"{name} shows {source}, which is not there.")
        panel = {"type": f"splunk.{kind}", "title": title, "dataSources": {"primary": source}, "options": options or {}}
        panel.update({key: value for key, value in more.items() if value})
        self.panels[name] = panel
        return name

    def markdown(self, name: str, text: str) -> str:
        self.panels[name] = {"type": "splunk.markdown", "options": {"markdown": text, "fontSize": "large"}}
        return name

    def row(self, height: int, *items: tuple[str, int]) -> None:
        """Panels side by side, each with its width; together they fill the row."""
        if sum(width for _, width in items) != WIDTH:
            raise ValueError(f"The row of {items[0][0]} is {sum(width for _, width in items)} wide, not {WIDTH}.")
        x = 0
        for name, width in items:
            position = {"x": x, "y": self._height, "w": width, "h": height}
            self.structure.append({"item": name, "type": "block", "position": position})
            x += width
        self._height += height

    def definition(self) -> Options:
        placed = [item["item"] for item in self.structure]
        if sorted(placed) != sorted(self.panels):
            raise ValueError(f"Panels and rows of {self.title} differ: {sorted(set(placed) ^ set(self.panels))}.")
        layout: Options = {
            "type": "grid",
            "options": {"width": WIDTH},
            "structure": self.structure,
            "globalInputs": list(self.inputs),
        }
        return {
            "title": self.title,
            "description": self.description,
            "inputs": self.inputs,
            "defaults": {},
            "dataSources": self.sources,
            "visualizations": self.panels,
            "layout": layout,
        }

    def xml(self) -> str:
        """The file's text."""
        text = json.dumps(self.definition(), indent=2, ensure_ascii=True)
        if "]]>" in text:
            raise ValueError(f"The definition of {self.title} holds ]]>, which ends CDATA.")
        return (
            f'<dashboard version="2" theme="{self.theme}">\n'
            f"  <label>{escape(self.title)}</label>\n  <description>{escape(self.description)}</description>\n"
            f"  <definition><![CDATA[\n{text}\n  ]]></definition>\n</dashboard>\n"
        )


def link(view: str, arguments: str, *fields: str) -> list[Options]:
    """Opens another view of the app on a click, with its arguments and the time range. fields: which columns look clickable."""
    options: Options = {"url": f"/app/{APP}/{view}?{arguments + '&' if arguments else ''}{KEEP_TIME}", "newTab": False}
    if fields:
        options["fields"] = list(fields)
    return [{"type": "drilldown.customUrl", "options": options}]


def _tidy(query: str) -> str:
    return "\n".join(line.strip() for line in query.strip().splitlines())
