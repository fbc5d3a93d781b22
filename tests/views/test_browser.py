"""Every view, as shipped, drawn in a real browser: with data and without, dark and light; links, and text that is hostile."""

from __future__ import annotations

import itertools
import os
import re
import sys
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from tests.baseline.conftest import Company
from tests.hostile import HOSTILE as HOSTILE_TEXTS

from .browser import REQUIRED, draw, job, lacking
from .results import NAMES, definition_of, results
from .sample import ALICE, RENTED, TOR

TOKENS = {"caller": ALICE, "address": TOR}
CLICKS = {
    "overview": [["caller_table", ALICE], ["caller_table", RENTED]],
    "caller": [["address_table", RENTED], ["step_table", TOR]],
    "address": [["caller_table", ALICE]],
}
HOSTILE = '" | delete | search x="'
Page = dict[str, Any]

if ".venv-" in sys.prefix:
    pytest.skip("drawn once: by make test with the first Python, not for each version", allow_module_level=True)
if lacking() and os.environ.get(REQUIRED) != "required":
    pytest.skip(lacking(), allow_module_level=True)


# What a browser would show of itself, were it obeyed: the page's title changes, or it asks for something.
OBEYED = "<b>bold</b><script>document.title='gone'</script><img src=x onerror=\"document.title='gone'\"><iframe src='//192.0.2.1/'></iframe>"


def hostile(found: dict[str, list[dict[str, Any]]]) -> dict[str, list[dict[str, Any]]]:
    """The same results with every text in them replaced: each panel gets each kind, field by field; numbers and times stay."""
    texts = itertools.cycle([OBEYED, *HOSTILE_TEXTS.values()])

    def changed(value: Any) -> Any:
        if isinstance(value, list):
            return [changed(each) for each in value]
        return next(texts) if isinstance(value, str) and not re.fullmatch(r"[-+]?[\d.]+|\d{4}-\d\d-\d\d.*|#\w+", value) else value

    rounds = {source: rows * -(-len(HOSTILE_TEXTS) // max(1, len(rows))) for source, rows in found.items()}
    return {source: [{field: changed(value) for field, value in row.items()} for row in rows] for source, rows in rounds.items()}


@pytest.fixture(scope="module")
def pages(company: Company, nothing: Company, tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str, str], Page]:
    """(view, with data or empty, theme) → page; `hostile` is the caller's view with a hostile name."""
    assert not lacking()
    folder = tmp_path_factory.mktemp("pages")
    jobs: dict[tuple[str, str, str], Any] = {}
    for name in NAMES:
        wanted = {each["options"]["token"] for each in definition_of(name)["inputs"].values()}
        tokens = {token: value for token, value in TOKENS.items() if token in wanted}
        full, empty = results(company, name, TOKENS), results(nothing, name)
        clicks = CLICKS.get(name, [])
        for theme in ("dark", "light"):
            jobs[name, "full", theme] = job(
                name, full, folder, theme=theme, tokens=tokens, click=clicks if theme == "dark" else []
            )
            jobs[name, "empty", theme] = job(name, empty, folder, theme=theme)
        jobs[name, "every text hostile", "dark"] = job(name, hostile(full), folder, tokens=tokens)
        if name == "caller":
            jobs[name, "hostile", "dark"] = job(name, empty, folder, tokens={"caller": HOSTILE})
    return dict(zip(jobs, draw(list(jobs.values()), folder)))


@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.parametrize("kind", ["full", "empty"])
@pytest.mark.parametrize("name", NAMES)
def test_a_view_is_drawn_without_any_error_and_every_panel_says_something(
    pages: dict[tuple[str, str, str], Page], name: str, kind: str, theme: str
) -> None:
    """No console error, no request to anywhere, nothing that Splunk's schema or ours objects to, no N/A, no empty panel."""
    page = pages[name, kind, theme]

    assert page["problems"] == []
    assert set(page["panels"]) == set(definition_of(name)["visualizations"])
    assert [key for key, panel in page["panels"].items() if not panel["text"] and not panel["drawn"]] == []
    assert [key for key, panel in page["panels"].items() if panel["cut"]] == []


@pytest.mark.parametrize("name", NAMES)
def test_a_search_is_sent_once_and_with_the_times_of_the_view(pages: dict[tuple[str, str, str], Page], name: str) -> None:
    sent = pages[name, "full", "dark"]["searches"]
    own = {key for key, source in definition_of(name)["dataSources"].items() if source["type"] == "ds.search"}

    assert sorted(search["source"] for search in sent) == sorted(own)
    assert not any("$" in search["earliest"] + search["latest"] for search in sent)


def arguments_of(link: str) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(link).query))


def test_from_the_overview_a_click_on_a_caller_opens_it_for_the_same_time(pages: dict[tuple[str, str, str], Page]) -> None:
    link = pages["overview", "full", "dark"]["links"][0]

    assert urlsplit(link).path == "/app/TA-maliciouscaller/caller"
    assert arguments_of(link) == {"form.caller": ALICE, "form.global_time.earliest": "-24h@h", "form.global_time.latest": "now"}
    judged = pages["caller", "full", "dark"]  # what that link shows
    assert "Treat as taken over until its owner explains the calls" in judged["text"]
    assert "aws iam update-access-key --user-name 'alice'" in judged["text"]


def test_from_the_caller_a_click_on_an_address_opens_it_for_the_same_time(pages: dict[tuple[str, str, str], Page]) -> None:
    link = pages["caller", "full", "dark"]["links"][0]

    assert urlsplit(link).path == "/app/TA-maliciouscaller/address"
    assert arguments_of(link) == {"form.address": RENTED, "form.global_time.earliest": "-7d@h", "form.global_time.latest": "now"}


def test_from_the_caller_a_click_on_allow_opens_set_up_with_the_row(pages: dict[tuple[str, str, str], Page]) -> None:
    link = pages["caller", "full", "dark"]["links"][1]
    carried = arguments_of(link)

    assert urlsplit(link).path == "/app/TA-maliciouscaller/setup"
    assert (carried["allow_caller"], carried["allow_indicator"]) == (ALICE, TOR)


def test_what_a_publisher_writes_is_shown_as_text(pages: dict[tuple[str, str, str], Page]) -> None:
    """The description of a list entry holds HTML and a script."""
    page = pages["address", "full", "dark"]

    assert "<b>exit</b><script>document.title='gone'</script>" in page["text"]
    assert page["title"] == "splunk"


@pytest.mark.parametrize("name", NAMES)
def test_whatever_text_a_panel_is_given_it_is_shown_and_nothing_else(pages: dict[tuple[str, str, str], Page], name: str) -> None:
    page = pages[name, "every text hostile", "dark"]

    assert page["title"] == "splunk"
    obeyed = ("outside request", "unanswered", "exception", "dialog")
    assert [problem for problem in page["problems"] if problem.startswith(obeyed)] == []
    assert "<b>bold</b><script>" in page["text"]


def test_a_hostile_name_stays_inside_its_quotes_in_every_search(pages: dict[tuple[str, str, str], Page]) -> None:
    searches = [search["query"] for search in pages["caller", "hostile", "dark"]["searches"]]
    quoted = HOSTILE.replace('"', '\\"')

    assert len(searches) == 4
    for query in searches:
        assert re.sub(re.escape(f'"{quoted}"'), "", query).count("delete") == 0
        assert f'"{quoted}"' in query


def test_the_way_from_nothing_to_an_end_is_a_chain_of_links(pages: dict[tuple[str, str, str], Page]) -> None:
    """Getting started > Set-up (its steps: test_setup) > Overview > Caller > contain, or Set-up with the row: each link is drawn there."""
    beginning = dict(pages["getting_started", "empty", "dark"]["anchors"])
    overview, caller = pages["overview", "full", "dark"], pages["caller", "full", "dark"]

    assert [beginning[step] for step in ("Say where CloudTrail is", "Switch on lists", "Learn what is usual")] == ["setup"] * 3
    assert beginning["Look"] == "overview"
    assert arguments_of(overview["links"][0])["form.caller"] == ALICE
    assert "Treat as taken over until its owner explains the calls" in caller["text"]
    assert "aws iam update-access-key --user-name 'alice'" in caller["text"]
    assert urlsplit(caller["links"][1]).path.endswith("/setup")
    assert arguments_of(caller["links"][1])["allow_indicator"] == TOR


def test_without_data_the_overview_says_where_to_begin(pages: dict[tuple[str, str, str], Page]) -> None:
    assert "No list is in place, so nothing can be found: see Getting started." in pages["overview", "empty", "light"]["text"]
    assert "0 of 5 steps are done" in pages["getting_started", "empty", "light"]["text"]
