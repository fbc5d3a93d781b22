"""The views as files: what Dashboard Studio would take without a word, and nobody would see until it is on a wall."""

from __future__ import annotations

import re
import sys
import xml.etree.ElementTree as ElementTree
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from tests.app.shipped import conf

from .results import NAMES, definition_of, text_of
from .sample import ROOT

NO_STUDIO = {"search", "setup"}  # Splunk's own view, and a page of ours


def test_the_files_are_what_the_script_writes() -> None:
    sys.path.insert(0, str(ROOT / "scripts"))
    try:
        import draw_views
    finally:
        sys.path.remove(str(ROOT / "scripts"))

    assert {f"{name}.xml": text_of(name) for name in NAMES} == draw_views.files(), "run scripts/draw_views.py"


def test_the_navigation_has_every_view_once_and_no_other() -> None:
    nav = ElementTree.parse(ROOT / "default/data/ui/nav/default.xml").getroot()
    named = [view.get("name") for view in nav.iter("view")]

    assert sorted(set(named) - NO_STUDIO) == NAMES
    assert len(named) == len(set(named))
    assert [view.get("name") for view in nav.iter("view") if view.get("default") == "true"] == ["overview"]


@pytest.mark.parametrize("name", NAMES)
def test_the_panels_tile_the_grid(name: str) -> None:
    """Each row is 1440 wide without gaps or overlaps, and rows follow one another."""
    definition = definition_of(name)
    rows: dict[int, list[dict[str, int]]] = {}
    for item in definition["layout"]["structure"]:
        rows.setdefault(item["position"]["y"], []).append(item["position"])
    y = 0
    for top, places in sorted(rows.items()):
        assert top == y
        assert len({place["h"] for place in places}) == 1
        edges = sorted((place["x"], place["x"] + place["w"]) for place in places)
        assert edges[0][0] == 0 and edges[-1][1] == 1440
        assert all(before[1] == after[0] for before, after in zip(edges, edges[1:]))
        y += places[0]["h"]
    assert {item["item"] for item in definition["layout"]["structure"]} == set(definition["visualizations"])


@pytest.mark.parametrize("name", NAMES)
def test_every_panel_has_a_source_and_every_source_a_reader(name: str) -> None:
    definition = definition_of(name)
    read = [source for panel in definition["visualizations"].values() for source in panel.get("dataSources", {}).values()]
    extended = [source["options"]["extend"] for source in definition["dataSources"].values() if "extend" in source["options"]]

    assert set(read) | set(extended) == set(definition["dataSources"])


@pytest.mark.parametrize("name", NAMES)
def test_colours_come_from_a_context_that_is_there_and_columns_that_the_table_has(name: str) -> None:
    for key, panel in definition_of(name)["visualizations"].items():
        text = str(panel.get("options", {}))
        assert set(re.findall(r"(?:matchValue|rangeValue)\((\w+)\)", text)) <= set(panel.get("context", {})), key


def handlers() -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (name, key, handler)
        for name in NAMES
        for key, panel in definition_of(name)["visualizations"].items()
        for handler in panel.get("eventHandlers", [])
    ]


def arguments_of_view(view: str) -> set[str]:
    """What the address of a view may carry beside the times."""
    if view == "setup":
        script = (ROOT / "appserver/static/setup_allowlist.js").read_text(encoding="utf-8")
        return set(re.findall(r"fromAddress\.get\('(\w+)'\)", script))
    return {f"form.{each['options']['token']}" for each in definition_of(view)["inputs"].values()} - {"form.global_time"}


def test_every_link_leads_to_a_view_of_ours_keeps_the_time_range_and_encodes_what_it_carries() -> None:
    found = handlers()
    assert len(found) >= 8
    for name, key, handler in found:
        assert handler["type"] == "drilldown.customUrl", (name, key)
        url = handler["options"]["url"]
        tokens = re.findall(r"\$([^$]+)\$", url)
        assert all(token.endswith("|u") for token in tokens), (name, key)
        split = urlsplit(re.sub(r"\$[^$]+\$", "x", url))
        assert (split.scheme, split.netloc) == ("", "")
        view = split.path.rpartition("/")[2]
        assert split.path == f"/app/TA-maliciouscaller/{view}"
        arguments = {argument for argument, _ in parse_qsl(split.query)}
        wanted = arguments_of_view(view)
        times = {"form.global_time.earliest", "form.global_time.latest"}
        assert arguments <= wanted | times
        assert times <= arguments


def test_a_click_on_a_column_carries_that_column() -> None:
    for name, key, handler in handlers():
        fields = re.findall(r"\$row\.([\w ]+)\.value", handler["options"]["url"])
        assert fields == handler["options"].get("fields", []), (name, key)


def test_actions_on_fields_lead_to_our_views_and_stay_on_this_splunk() -> None:
    for name, keys in conf("workflow_actions.conf").items():
        view, _, token = re.fullmatch(r"/app/TA-maliciouscaller/(\w+)\?form\.((\w+))=\$@field_value\$", keys["link.uri"]).groups()  # type: ignore[union-attr]
        assert view in NAMES, name
        assert token in {each["options"]["token"] for each in definition_of(view)["inputs"].values()}


@pytest.mark.parametrize("name", NAMES)
def test_only_what_splunk_9_4_has_is_used(name: str) -> None:
    """No tabs, conditions or expressions [dashboards 3]; a text input is never empty, or its searches would wait for ever."""
    definition = definition_of(name)

    assert definition["layout"]["type"] == "grid"
    assert "expressions" not in definition
    assert "visibility" not in text_of(name)
    assert all(each["options"]["defaultValue"] for each in definition["inputs"].values())
