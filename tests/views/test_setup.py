"""The set-up page in a real browser, its calls answered by the stand-in for splunkd: what a user does is what splunkd has afterwards."""

from __future__ import annotations

import csv
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

from callerintel.feeds.categories import CATEGORIES
from tests.splunkd.conf import read_conf
from tests.splunkd.rest import Request, Rest
from tests.splunkd.rest_answers import Answer, Entry, Refused, entries_answer, message_answer

from .browser import REQUIRED, lacking, set_up
from .sample import ROOT

APP = "TA-maliciouscaller"
ADMIN = ["admin_all_objects", "search"]
Step = dict[str, str]


class SetUpRest(Rest):
    """What the page asks beside what the stand-in has: the user, changes of inputs, the macro, and a search of the catalogue.

    inputs: the stanzas as splunkd has them; a new one is refused where its list is `https://example.org/broken`, as our
    validate_arguments would. capabilities: what the user may do; without them changes are answered by 403.
    """

    def __init__(self, home: Path) -> None:
        super().__init__(home)
        conf = read_conf(ROOT, "inputs")
        named = {name.partition("://")[2]: dict(keys) for name, keys in conf.items() if name.startswith("intel_feed://")}
        self.inputs = {name: {**conf["intel_feed"], **keys} for name, keys in named.items()}
        self.macro = "index=main sourcetype=aws:cloudtrail"
        self.capabilities = ADMIN

    def _endpoints(self) -> list[Any]:
        own = [
            ("authentication/current-context", self._context),
            ("configs/conf-macros", self._macros),
        ]
        return [*own, *super()._endpoints()]

    def answer(self, method: str, target: str, authorization: str, body: bytes) -> Answer:
        changes = method != "GET" and not re.search(r"/search/jobs\b", target)
        if changes and "admin_all_objects" not in self.capabilities:
            return message_answer(403, "Forbidden.", True)
        found = re.search(r"/data/inputs/intel_feed(?:/([^/?]+)(?:/(enable|disable))?)?\?", target)
        if found:
            return self._feeds(method, unquote(found[1] or ""), found[2] or "", target, body)
        if re.search(r"/search/jobs\?", target):
            with open(ROOT / "lookups/intel_feed_catalog.csv", encoding="utf-8", newline="") as file:
                import json

                return Answer(200, "application/json", json.dumps({"results": list(csv.DictReader(file))}).encode())
        return super().answer(method, target, authorization, body)

    def _feeds(self, method: str, name: str, action: str, target: str, body: bytes) -> Answer:
        from tests.splunkd.rest import _read_request

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

    def _context(self, request: Request, _: str) -> tuple[int, list[Entry]]:
        return 200, [Entry("context", {"username": "kim", "capabilities": self.capabilities})]

    def _macros(self, request: Request, name: str) -> tuple[int, list[Entry]]:
        if name != "cloudtrail_index":
            raise Refused(404, "no such macro")
        if request.method == "POST":
            self.macro = request.form["definition"]
        return 200, [Entry(name, {"definition": self.macro}, app=APP)]


def test_the_page_knows_the_categories_of_the_code_and_how_secrets_are_cut() -> None:
    from callerintel.feeds.credentials import PART_CHARACTERS

    text = (ROOT / "appserver/static/setup.js").read_text(encoding="utf-8")
    listed = re.search(r"CATEGORIES = \[(.*?)\]", text)

    assert listed and sorted(re.findall(r"'(\w+)'", listed[1])) == sorted(CATEGORIES)
    assert f"PART = {PART_CHARACTERS};" in text


def test_the_page_needs_no_library_and_makes_no_html_of_text() -> None:
    text = (ROOT / "appserver/static/setup.js").read_text(encoding="utf-8")

    for word in (
        "require(",
        "jQuery",
        "$(",
        "splunkjs",
        "innerHTML",
        "insertAdjacentHTML",
        "eval(",
        "localStorage",
        "http://",
        "https://",
    ):
        assert word not in text, word


drawn = pytest.mark.skipif(
    ".venv-" in sys.prefix or (bool(lacking()) and os.environ.get(REQUIRED) != "required"),
    reason=lacking() or "drawn once: by make test with the first Python, not for each version",
)


@pytest.fixture
def splunkd(tmp_path: Path) -> Iterator[SetUpRest]:
    (tmp_path / "etc/apps").mkdir(parents=True)
    with SetUpRest(tmp_path) as rest:
        assert isinstance(rest, SetUpRest)
        yield rest


def use(splunkd: SetUpRest, folder: Path, *steps: Step) -> dict[str, Any]:
    page = set_up(splunkd.uri, splunkd.session_key, steps, folder)
    assert page["problems"] == []
    return page


@drawn
def test_the_path_of_a_new_user_ends_with_a_feed_that_runs(splunkd: SetUpRest, tmp_path: Path) -> None:
    page = use(
        splunkd,
        tmp_path,
        {"do": "fill", "label": "Search for your CloudTrail events", "value": "index=aws sourcetype=aws:cloudtrail"},
        {"do": "click", "label": "Save where CloudTrail is"},
        {"do": "click", "label": "run aws_ip_ranges"},
        {"do": "click", "label": "run tor_bulk_exit"},
    )

    assert splunkd.macro == "index=aws sourcetype=aws:cloudtrail"
    assert [name for name, keys in splunkd.inputs.items() if keys["disabled"] == "0"] == ["aws_ip_ranges", "tor_bulk_exit"]
    assert "The macro cloudtrail_index is saved." in page["texts"][2]
    assert "tor_bulk_exit is on: its first run begins within a minute." in page["texts"][4]
    assert "Tor Project" in page["texts"][0]


@drawn
def test_a_feed_is_changed_and_switched_off_with_the_keyboard_alone(splunkd: SetUpRest, tmp_path: Path) -> None:
    splunkd.inputs["greensnow"]["disabled"] = "0"
    page = use(
        splunkd,
        tmp_path,
        {"do": "fill", "label": "confidence of greensnow", "value": "40"},
        {"do": "focus", "label": "save greensnow"},
        {"do": "keys", "value": "Enter"},
        {"do": "focus", "label": "run greensnow"},
        {"do": "keys", "value": "Space"},
    )

    assert (splunkd.inputs["greensnow"]["confidence"], splunkd.inputs["greensnow"]["disabled"]) == ("40", "1")
    assert page["focus"][-1] == "run greensnow"  # the page was drawn anew, the keyboard is where it was
    assert "greensnow is off." in page["texts"][-1]


@drawn
def test_a_feed_of_ones_own_is_tried_by_splunk_before_it_is_saved(splunkd: SetUpRest, tmp_path: Path) -> None:
    page = use(
        splunkd,
        tmp_path,
        {"do": "fill", "label": "Name", "value": "ours"},
        {"do": "fill", "label": "Address of the list", "value": "https://example.org/broken"},
        {"do": "click", "label": "Try and save the feed"},
        {"do": "fill", "label": "Address of the list", "value": "https://example.org/list.txt"},
        {"do": "click", "label": "Try and save the feed"},
    )

    assert "The list is a web page, not a list." in page["texts"][3]
    assert "ours is saved and runs." in page["texts"][-1]
    assert splunkd.inputs["ours"]["url"] == "https://example.org/list.txt"


@drawn
def test_a_secret_goes_into_the_credential_store_and_nowhere_else(splunkd: SetUpRest, tmp_path: Path) -> None:
    secret = "s3cret-" + "x" * 600
    splunkd.passwords[APP, "old"] = "gone"
    splunkd.passwords["another_app", "theirs"] = "untouched"
    page = use(
        splunkd,
        tmp_path,
        {"do": "fill", "label": "Name of the credential", "value": "abuse_ch"},
        {"do": "fill", "label": "Secret", "value": secret},
        {"do": "click", "label": "Store the credential"},
        {"do": "click", "label": "Delete old"},
    )

    assert splunkd.passwords == {
        (APP, "abuse_ch"): secret[:255],
        (APP, "abuse_ch.2"): secret[255:510],
        (APP, "abuse_ch.3"): secret[510:],
        ("another_app", "theirs"): "untouched",
    }
    assert not any("s3cret" in text for text in page["texts"]) and not any("s3cret" in call for call in page["calls"])
    assert "theirs" not in page["texts"][0]


@drawn
def test_who_may_not_change_anything_is_told_so_and_can_look(splunkd: SetUpRest, tmp_path: Path) -> None:
    splunkd.capabilities = ["search"]
    page = use(splunkd, tmp_path, {"do": "click", "label": "Save where CloudTrail is"})

    assert "You are signed in as kim and may not change feeds" in page["texts"][0]
    assert "You may not do this. Ask an administrator." in page["texts"][1]
    assert splunkd.macro == "index=main sourcetype=aws:cloudtrail"


@drawn
def test_what_publishers_and_people_write_is_text(splunkd: SetUpRest, tmp_path: Path) -> None:
    hostile = "<img src=x onerror=\"document.title='gone'\"><script>document.title='gone'</script>"
    splunkd.inputs["a_feed"] = {"disabled": "1", "url": hostile, "category": hostile, "confidence": "1", "interval": "60"}
    splunkd.macro = hostile
    page = use(splunkd, tmp_path)

    assert hostile in page["texts"][0]
    assert page["title"] == "splunk"
