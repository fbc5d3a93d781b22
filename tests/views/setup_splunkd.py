"""splunkd as the set-up page asks it, beside what tests/splunkd plays: inputs, macro, saved searches, and search jobs that really run.

A job's search is run by the interpreter of tests/spl over a company's events, `| tryintelfeed` by the stand-in that starts the program itself.
"""

from __future__ import annotations

import csv
import json
import re
from typing import Any
from urllib.parse import unquote

from tests.baseline.conftest import Company
from tests.spl import Interpreter
from tests.spl.errors import SearchFailed
from tests.splunkd.conf import read_conf
from tests.splunkd.rest import Request, Rest, _read_request
from tests.splunkd.rest_answers import Answer, Entry, Refused, entries_answer, message_answer

from .sample import NOW, ROOT

APP = "TA-maliciouscaller"
ADMIN = ["admin_all_objects", "search"]


class SetUpRest(Rest):
    """inputs: the stanzas as splunkd has them; a new one is refused where its list is `https://example.org/broken`, as our
    validate_arguments would. capabilities: what the user may do; without admin_all_objects changes are answered by 403.
    searched: all searches so far, as they came; saved: the app's saved searches.
    """

    def __init__(self, company: Company) -> None:
        super().__init__(company.splunkd.home)
        self.company = company
        conf = read_conf(ROOT, "inputs")
        named = {name.partition("://")[2]: dict(keys) for name, keys in conf.items() if name.startswith("intel_feed://")}
        self.inputs = {name: {**conf["intel_feed"], **keys} for name, keys in named.items()}
        self.saved = {name: dict(keys) for name, keys in company.shipped.saved_searches.items()}
        self.macro = "index=main sourcetype=aws:cloudtrail"
        self.capabilities = list(ADMIN)
        self.searched: list[str] = []
        self.jobs: list[tuple[list[dict[str, Any]], str]] = []

    def _endpoints(self) -> list[Any]:
        own = [("configs/conf-macros", self._macros), ("saved/searches", self._saved_searches)]
        return [*own, *super()._endpoints()]

    def answer(self, method: str, target: str, authorization: str, body: bytes) -> Answer:
        if re.search(r"/search/(v2/)?jobs\b", target):
            return self._search(method, target, body)
        if method != "GET" and "admin_all_objects" not in self.capabilities:
            return message_answer(403, "Forbidden.", True)
        found = re.search(r"/data/inputs/intel_feed(?:/([^/?]+)(?:/(enable|disable))?)?\?", target)
        if found:
            return self._feeds(method, unquote(found[1] or ""), found[2] or "", target, body)
        return super().answer(method, target, authorization, body)

    def _search(self, method: str, target: str, body: bytes) -> Answer:
        form = _read_request(method, target, body).form
        if form.get("exec_mode") == "oneshot":
            assert form["search"] == "| inputlookup intel_feed_catalog"
            with open(ROOT / "lookups/intel_feed_catalog.csv", encoding="utf-8", newline="") as file:
                return _json({"results": list(csv.DictReader(file))})
        if method == "POST":
            self.jobs.append(self._run(form["search"], form["earliest_time"], form["latest_time"]))
            return _json({"sid": f"sid.{len(self.jobs) - 1}"}, 201)
        number = int(re.findall(r"/jobs/sid\.(\d+)", target)[0])
        rows, failure = self.jobs[number]
        if target.partition("?")[0].endswith("/results"):
            return _json({"results": [{name: str(value) for name, value in row.items()} for row in rows]})
        state = {
            "isDone": True,
            "dispatchState": "FAILED" if failure else "DONE",
            "messages": [{"type": "FATAL", "text": failure}],
        }
        return _json({"entry": [{"content": state}]})

    def _run(self, text: str, earliest: str, latest: str) -> tuple[list[dict[str, Any]], str]:
        self.searched.append(text)
        company = self.company
        if text.startswith("| tryintelfeed"):
            tried = company.splunkd.search(
                company.app, "tryintelfeed", text.partition("tryintelfeed")[2], rest=self, parse_phase=0
            )
            return [dict(row) for row in tried.events], tried.error or ""
        known = [event for event in company.history if float(event["_indextime"]) <= NOW]
        try:
            interpreter = Interpreter(company.shipped, company.splunkd, now=NOW)
            return interpreter.run(text, known, earliest=earliest, latest=latest), ""
        except SearchFailed as failed:
            return [], str(failed)

    def _feeds(self, method: str, name: str, action: str, target: str, body: bytes) -> Answer:
        form = _read_request(method, target, body).form
        if method == "POST" and not name:
            if form.get("url") == "https://example.org/broken":
                return message_answer(400, "The list is a web page, not a list.", True)
            name = form["name"]
            self.inputs[name] = {"disabled": "0", **form}
        elif method == "POST":
            self.inputs[name].update({"disabled": "0" if action == "enable" else "1"} if action else form)
        entries = [Entry(each, keys, app=APP) for each, keys in self.inputs.items() if name in ("", each)]
        return entries_answer(entries, "data/inputs/intel_feed", self.uri, True, 200)

    def _macros(self, request: Request, name: str) -> tuple[int, list[Entry]]:
        if name != "cloudtrail_index":
            raise Refused(404, "no such macro")
        if request.method == "POST":
            self.macro = request.form["definition"]
        return 200, [Entry(name, {"definition": self.macro}, app=APP)]

    def _saved_searches(self, request: Request, name: str) -> tuple[int, list[Entry]]:
        if request.method == "POST":
            self.saved[name].update({key: value for key, value in request.form.items() if key != "output_mode"})
        return 200, [Entry(each, keys, app=APP) for each, keys in self.saved.items() if name in ("", each)]


def _json(value: Any, status: int = 200) -> Answer:
    return Answer(status, "application/json", json.dumps(value).encode())
