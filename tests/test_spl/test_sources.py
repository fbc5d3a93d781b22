"""Every search that an app ships is found: saved searches, examples, macros, and both kinds of views [spl 3]."""

from __future__ import annotations

import json
from pathlib import Path

from tests.spl import App, check_app
from tests.spl.sources import goes_on_from, of_view, searches, with_tokens
from tests.test_spl.play import make_app
from tests.test_spl.shipped_app import shipped_app

STUDIO = {
    "dataSources": {
        "base": {"type": "ds.search", "options": {"query": "index=main caller=$caller|s$ earliest=$time.earliest$"}},
        "chained": {"type": "ds.chain", "options": {"extend": "base", "query": "| stats count BY caller"}},
        "saved": {"type": "ds.savedSearch", "options": {"ref": "nosuch"}},
    }
}
SIMPLE = """<form version="1.1"><label>x</label>
  <search id="base"><query>index=main | fields a</query></search>
  <row><panel><table>
    <search base="base"><query>stats count BY a | where a!="$$"</query></search>
    <search ref="daily"/>
  </table></panel></row></form>"""


def test_saved_searches_alert_conditions_and_examples_are_walked(tmp_path: Path) -> None:
    app = make_app(
        tmp_path,
        {
            "savedsearches": "[daily]\nsearch = index=main \\\n| stats count\nalert_condition = where count > 5\n",
            "searchbnf": "[x-command]\nsyntax = x\nexample1 = index=main | head 5\ncomment1 = no search\n",
        },
    )
    assert [(source.where, source.text) for source in searches(app)] == [
        ("savedsearches.conf [daily]", "index=main \n| stats count"),
        ("savedsearches.conf [daily] alert_condition", "index=main \n| stats count | where count > 5"),
        ("searchbnf.conf [x-command] example1", "index=main | head 5"),
    ]


def test_studio_searches_are_walked_with_what_they_extend() -> None:
    definition = json.dumps(STUDIO)
    view = f'<dashboard version="2"><label>x</label><definition><![CDATA[{definition}]]></definition></dashboard>'
    assert [(source.text, source.saved) for source in of_view("v", view, {"caller": "alice"})] == [
        ('index=main caller="alice" earliest=0', ""),
        ('index=main caller="alice" earliest=0 | stats count BY caller', ""),
        ("", "nosuch"),
    ]


def test_simple_xml_searches_are_walked_with_their_base() -> None:
    assert [(source.text, source.saved) for source in of_view("v", SIMPLE, {})] == [
        ("index=main | fields a", ""),
        ('index=main | fields a | stats count BY a | where a!="$"', ""),
        ("", "daily"),
    ]


def test_tokens_get_sample_values_and_two_dollars_are_one() -> None:
    assert with_tokens('a=$x$ b=$y|s$ c="$$" earliest=$t.earliest$', {"x": "1"}) == 'a=1 b="x" c="$" earliest=0'
    assert goes_on_from("a", "stats count") == "a | stats count"


def test_an_app_is_told_about_every_mistake_in_it(tmp_path: Path) -> None:
    app = make_app(
        tmp_path,
        {
            "savedsearches": "[daily]\nsearch = `events` | sort caller\n",
            "macros": "[events]\ndefinition = `inner`\n[inner]\ndefinition = index=main\n[unused(1)]\nargs = a\ndefinition = $a$ $b$\n",
        },
    )
    views = tmp_path / "default" / "data" / "ui" / "views"
    views.mkdir(parents=True)
    (views / "v.xml").write_text(SIMPLE.replace("daily", "nosuch"), encoding="utf-8")
    assert sorted(str(problem) for problem in check_app(App(app.folder))) == [
        "macros.conf: No search of the app uses [unused(1)].",
        "macros.conf: [unused(1)] uses $b$, which is none of its arguments.",
        "savedsearches.conf [daily], sort (command 2): sort without a count drops rows after the 10,000th without a word: sort 0 keeps all.",
        "view v, search 3: There is no saved search 'nosuch'.",
    ]


def test_every_search_of_this_app_passes_all_checks() -> None:
    assert [str(problem) for problem in check_app(shipped_app())] == []
