"""What the panels of the shipped views show: every data source's search, run over the events of a company.

In: a view's XML, a company, tokens. Out: {data source: rows}, as Splunk Web would get them. iplocation and rest are fixtures: neither is ours.
"""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Mapping
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from tests.baseline.conftest import Company
from tests.spl import Interpreter
from tests.spl.sources import of_view

from .sample import NOW, PLACES, ROOT

FOLDER = ROOT / "default/data/ui/views"
NAMES = sorted(path.stem for path in FOLDER.glob("*.xml") if "<definition>" in path.read_text(encoding="utf-8"))
Rows = list[dict[str, Any]]


def text_of(name: str) -> str:
    return (FOLDER / f"{name}.xml").read_text(encoding="utf-8")


def definition_of(name: str) -> dict[str, Any]:
    """The JSON of a view."""
    found: dict[str, Any] = json.loads(ElementTree.fromstring(text_of(name)).findtext("definition") or "")
    return found


def times_of(definition: Mapping[str, Any], source: str) -> tuple[str, str]:
    """The times of a data source, its own or the default of the view's time range."""
    options = definition["dataSources"][source]["options"]
    if "extend" in options:
        return times_of(definition, options["extend"])
    times = options["queryParameters"]
    if "$" not in times["earliest"]:
        return times["earliest"], times["latest"]
    earliest, latest = definition["inputs"]["input_time"]["options"]["defaultValue"].split(",")
    return earliest, latest


def located(arguments: str, rows: Rows) -> Rows:
    """iplocation of the sample's addresses."""
    field = arguments.split()[-1]
    for row in rows:
        country, lat, lon = PLACES.get(str(row.get(field)), ("", "", ""))
        row.update({"Country": country, "lat": lat, "lon": lon} if country else {})
    return rows


def scheduled(company: Company) -> Rows:
    """What | rest tells of the app's saved searches."""
    found = company.shipped.saved_searches.items()
    return [
        {
            "title": name,
            "is_scheduled": keys.get("enableSched", "0"),
            "disabled": keys["disabled"],
            "cron_schedule": keys.get("cron_schedule", ""),
        }
        for name, keys in found
    ]


def results(
    company: Company, name: str, tokens: Mapping[str, str] | None = None, shuffle: int | None = None, empty: str = "null"
) -> dict[str, Rows]:
    """Every data source of a view."""
    definition = definition_of(name)
    found: dict[str, Rows] = {}
    known = [event for event in company.history if float(event["_indextime"]) <= NOW]
    for source in of_view(name, text_of(name), tokens or defaults(definition)):
        key = re.sub(r"^.*data source ", "", source.where)
        earliest, latest = times_of(definition, key)
        interpreter = Interpreter(company.shipped, company.splunkd, now=NOW, shuffle=shuffle, empty=empty)
        fixtures = {"iplocation": located, "rest": lambda arguments, rows: scheduled(company)}
        found[key] = interpreter.run(source.text, known, earliest=earliest, latest=latest, fixtures=fixtures)
    return found


def defaults(definition: Mapping[str, Any]) -> dict[str, str]:
    """The tokens that a view begins with."""
    inputs = [each["options"] for each in definition["inputs"].values()]
    return {each["token"]: each["defaultValue"] for each in inputs if each["token"] != "global_time"}


def as_splunk_web_gets_them(rows: Rows) -> Rows:
    """`_time` as ISO 8601 with its offset, and how long each bucket of a chart is [dashboards 1]."""
    times = [float(row["_time"]) for row in rows if "_time" in row]
    span = min((after - before for before, after in zip(times, times[1:]) if after > before), default=3600)
    made = []
    for row in rows:
        made.append(dict(row))
        if "_time" in row:
            at = datetime.fromtimestamp(float(row["_time"]), timezone.utc)
            made[-1].update({"_time": at.strftime("%Y-%m-%dT%H:%M:%S.000+00:00"), "_span": str(int(span))})
    return made


def save(found: Mapping[str, Rows], path: Path) -> None:
    """For the browser: JSON."""
    path.write_text(json.dumps({name: as_splunk_web_gets_them(rows) for name, rows in found.items()}), encoding="utf-8")
