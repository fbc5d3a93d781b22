"""The set-up page in a real browser, its calls answered by the stand-in for splunkd: what a user does is what splunkd has afterwards."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from callerintel.feeds.categories import CATEGORIES
from callerintel.lookups import CALLER_ALLOWLIST
from tests.baseline.conftest import Company
from tests.feeds.server import Publisher, ok
from tests.hostile import HOSTILE

from .browser import REQUIRED, lacking, scripts_of_setup, set_up
from .sample import ALICE, ROOT, TOR
from .setup_splunkd import APP, SetUpRest

Step = dict[str, str]


def test_the_page_knows_the_categories_of_the_code_and_how_secrets_are_cut() -> None:
    from callerintel.feeds.credentials import PART_CHARACTERS

    text = (ROOT / "appserver/static/setup.js").read_text(encoding="utf-8")
    listed = re.search(r"CATEGORIES = \[(.*?)\]", text)

    assert listed and sorted(re.findall(r"'(\w+)'", listed[1])) == sorted(CATEGORIES)
    assert f"PART = {PART_CHARACTERS};" in text


def test_the_page_needs_no_library_and_makes_no_html_of_text() -> None:
    text = "".join(Path(path).read_text(encoding="utf-8") for path in scripts_of_setup())

    assert {Path(path) for path in scripts_of_setup()} == set((ROOT / "appserver/static").glob("*.js"))
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
        assert word not in text.replace("new URL('http://[' + parts[0] + ']/')", ""), word  # asks whether it is an address


drawn = pytest.mark.skipif(
    ".venv-" in sys.prefix or (bool(lacking()) and os.environ.get(REQUIRED) != "required"),
    reason=lacking() or "drawn once: by make test with the first Python, not for each version",
)


@pytest.fixture
def splunkd(company: Company) -> Iterator[SetUpRest]:
    with SetUpRest(company) as rest:
        assert isinstance(rest, SetUpRest)
        yield rest


def fill(**values: str) -> list[Step]:
    """Steps that fill in boxes; `_` of a label is a blank."""
    return [{"do": "fill", "label": label.replace("_", " "), "value": value} for label, value in values.items()]


def click(*labels: str) -> list[Step]:
    return [{"do": "click", "label": label} for label in labels]


def use(splunkd: SetUpRest, folder: Path, *steps: Step, **more: Any) -> dict[str, Any]:
    page = set_up(splunkd.uri, splunkd.session_key, steps, folder, **more)
    assert page["problems"] == []
    assert page["foreign"] == []
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
    splunkd.passwords["another_app", "another_key"] = "untouched"
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
        ("another_app", "another_key"): "untouched",
    }
    assert not any("s3cret" in text for text in page["texts"]) and not any("s3cret" in call for call in page["calls"])
    assert "another_key" not in page["texts"][0]


@drawn
def test_who_may_not_change_anything_is_told_so_and_can_look(splunkd: SetUpRest, tmp_path: Path) -> None:
    splunkd.capabilities = ["search"]
    page = use(splunkd, tmp_path, {"do": "click", "label": "Save where CloudTrail is"})

    assert "You are signed in as kim and may not change feeds" in page["texts"][0]
    assert "You may not do this. Ask an administrator." in page["texts"][1]
    assert splunkd.macro == "index=main sourcetype=aws:cloudtrail"


@drawn
def test_the_sections_come_whatever_order_their_files_arrive_in(splunkd: SetUpRest, tmp_path: Path) -> None:
    page = use(splunkd, tmp_path, backwards=True)

    heads = [line for line in page["texts"][0].splitlines() if re.match(r"\d\. ", line)]
    assert [head[0] for head in heads] == ["1", "2", "3", "4", "5", "6"]


@drawn
def test_an_administrator_sees_what_of_a_list_would_be_kept_before_it_is_saved(splunkd: SetUpRest, tmp_path: Path) -> None:
    with Publisher() as publisher:
        url = publisher.url("/a%20list") + "?x=1&y='`|"
        publisher.answers("/a%20list", ok(b"1.1.1.0/24\n10.0.0.1\n2001:4860:4860::8888\nexample.org\n8.8.8.8\n"))
        page = use(splunkd, tmp_path, *fill(Name="ours", Address_of_the_list=url), *click("Show what would be kept"))
        asked = [request.path for request in publisher.requests]

    text = page["texts"][-1]
    assert "The list would be accepted." in text
    assert "Format plain: 3 kept, 2 rejected (1 host_name, 1 not_routable)." in text
    assert "Kept, the first 3\n1.1.1.0/24\n2001:4860:4860::8888\n8.8.8.8" in text
    assert "line 4: (not shown: it is on this host): host_name" in text
    assert len(asked) == 1 and asked[0].startswith("/a%20list?x=1&y=")
    assert "ours" not in splunkd.inputs
    (search,) = [text for text in splunkd.searched if "tryintelfeed" in text]
    assert not set(search) & set("`'[]\\$")
    assert search.count("|") == 1


@drawn
def test_who_may_not_make_feeds_gets_nothing_fetched_by_the_page_or_past_it(splunkd: SetUpRest, tmp_path: Path) -> None:
    """The button is off; the search itself, as anybody could send it, is refused by the command."""
    splunkd.capabilities = ["search"]
    with Publisher() as publisher:
        rows, failure = splunkd._run(f'| tryintelfeed url="{publisher.url("/x")}"', "-1h", "now")
        assert publisher.requests == []
    page = use(splunkd, tmp_path)

    assert rows == [] and "which you may not" in failure
    assert [page["enabled"][name] for name in ("Show what would be kept", "Try and save the feed", "Add the row")] == [False] * 3


def allowlist(splunkd: SetUpRest) -> list[str]:
    """The lines of the lookup that say something."""
    path = splunkd.company.lookups / CALLER_ALLOWLIST.name
    return [line.replace('"', "") for line in path.read_text(encoding="utf-8").splitlines()[1:] if line.strip(",")]


ROW = {"Allowed_address_or_network": TOR, "Allowed_caller": ALICE, "Why": "test, TICKET-7", "Last_day": "2027-01-31"}
BEFORE = ["203.0.113.200,,,,,bob,the penetration test of February,"]


@drawn
def test_a_row_is_allowed_after_it_was_shown_what_it_covers_and_taken_out_again(splunkd: SetUpRest, tmp_path: Path) -> None:
    splunkd.company.allow({"indicator": "203.0.113.200", "owner": "bob", "reason": "the penetration test of February"})
    before = judged(splunkd)
    page = use(splunkd, tmp_path, *fill(**ROW), *click("Show what the row would cover", "Add the row"))

    assert "It would have covered 27 calls of the last 30 days:" in page["texts"][5]
    assert ALICE in page["texts"][5].partition("It would have covered")[2]
    assert "The row is added." in page["texts"][-1]
    assert sorted(allowlist(splunkd)) == sorted([f"{TOR},{ALICE},,,,kim,test, TICKET-7,2027-01-31", *BEFORE])
    assert (before, judged(splunkd)) == ("high", "")  # what the command says of such a call
    page = use(splunkd, tmp_path, *click(f"Remove {TOR}, test, TICKET-7"))
    assert "The row is taken out" in page["texts"][-1]
    assert allowlist(splunkd) == BEFORE
    assert judged(splunkd) == "high"


def judged(splunkd: SetUpRest) -> str:
    company = splunkd.company
    event = next(event for event in company.history if event.get("sourceIPAddress") == TOR)
    return str(company.judge(event)[0].get("severity", ""))


@drawn
def test_the_last_row_taken_out_leaves_a_lookup_with_its_columns(splunkd: SetUpRest, tmp_path: Path) -> None:
    splunkd.company.allow({"indicator": "203.0.113.200", "owner": "bob", "reason": "r"})
    page = use(
        splunkd, tmp_path, *click("Remove 203.0.113.200, r"), *fill(**ROW), *click("Show what the row would cover", "Add the row")
    )

    assert "Nothing is allowed." in page["texts"][1]
    assert allowlist(splunkd) == [f"{TOR},{ALICE},,,,kim,test, TICKET-7,2027-01-31"]


@drawn
def test_the_first_row_makes_the_lookup_where_there_is_none(splunkd: SetUpRest, tmp_path: Path) -> None:
    (splunkd.company.lookups / CALLER_ALLOWLIST.name).unlink(missing_ok=True)
    page = use(splunkd, tmp_path, *fill(**ROW), *click("Show what the row would cover", "Add the row"))

    assert "The row is added." in page["texts"][-1]
    assert allowlist(splunkd) == [f"{TOR},{ALICE},,,,kim,test, TICKET-7,2027-01-31"]


@drawn
def test_the_link_of_the_dashboard_caller_fills_the_row_in(splunkd: SetUpRest, tmp_path: Path) -> None:
    """test_browser shows that the dashboard's link is this one; nothing is added by opening it."""
    splunkd.company.allow()
    query = f"?allow_caller={quote(ALICE, safe='')}&allow_indicator={TOR}&form.global_time.earliest=-7d%40h"
    opened = use(splunkd, tmp_path, query=query)
    assert allowlist(splunkd) == [] and not opened["enabled"]["Add the row"]
    use(splunkd, tmp_path, *fill(Why="exercise"), *click("Show what the row would cover", "Add the row"), query=query)
    assert allowlist(splunkd) == [f"{TOR},{ALICE},,,,kim,exercise,"]


WRONG = {
    "A row must name an address, a caller or a feed.": {"Allowed_address_or_network": "", "Allowed_caller": ""},
    "The caller * alone would allow everything.": {"Allowed_address_or_network": "", "Allowed_caller": "*"},
    "The address must be an IPv4 or IPv6 address": {"Allowed_address_or_network": '1.2.3.4", "x") OR true() | delete'},
    "A caller may hold letters": {"Allowed_caller": 'x" | delete'},
    "An account has twelve digits.": {"Account": "1"},
    "A feed has letters": {"Only_matches_of_the_feed": "a b"},
    "Say who allows it and why": {"Why": ""},
    "must not begin with =": {"Why": "=1+1"},
    "That day is over": {"Last_day": "2020-01-31"},
}


@drawn
def test_a_row_that_is_wrong_is_neither_looked_at_nor_added(splunkd: SetUpRest, tmp_path: Path) -> None:
    splunkd.company.allow()
    steps: list[Step] = []
    for wrong in WRONG.values():
        steps += [
            *fill(**{"Account": "", "Only_matches_of_the_feed": "", **ROW, **wrong}),
            *click("Show what the row would cover"),
        ]
    page = use(splunkd, tmp_path, *steps)
    told = [text.splitlines()[0] for text in page["texts"]]

    for sentence in WRONG:
        assert any(sentence in line for line in told), sentence
    assert page["enabled"]["Add the row"] is False
    assert not any("cloudtrail_index" in text for text in splunkd.searched)
    assert allowlist(splunkd) == []


@drawn
def test_a_row_that_was_changed_after_it_was_shown_is_not_added(splunkd: SetUpRest, tmp_path: Path) -> None:
    splunkd.company.allow()
    page = use(
        splunkd, tmp_path, *fill(**ROW), *click("Show what the row would cover"), *fill(Allowed_caller="*"), *click("Add the row")
    )

    assert "The row is another one than was shown." in page["texts"][-1]
    assert allowlist(splunkd) == []


@drawn
def test_hostile_texts_of_a_row_are_its_cells_and_nothing_else(splunkd: SetUpRest, tmp_path: Path) -> None:
    """One line each, as a box has it; what a spreadsheet would run is refused."""
    texts = {kind: " ".join(text.split()) for kind, text in HOSTILE.items() if text.isprintable() and text[0] not in "=+-@"}
    splunkd.company.allow()
    steps = [
        step
        for text in texts.values()
        for step in [*fill(**{**ROW, "Why": text}), *click("Show what the row would cover", "Add the row")]
    ]
    page = use(splunkd, tmp_path, *steps)

    written = {row["reason"] for row in splunkd._run("| inputlookup caller_allowlist", "-1h", "now")[0]}
    assert written == set(texts.values()) and len(written) > 8
    for search in splunkd.searched:
        assert not re.search(r"delete|sendemail|/services", re.sub(r'"[^"]*"', "", search))
        assert not any(set(quoted) & set("`'[]\\") for quoted in re.findall(r'urldecode\("([^"]*)"\)', search))
    use(splunkd, tmp_path, *click(*(f"Remove {TOR}, {text}" for text in texts.values() if "'" not in text and '"' not in text)))
    left = {row.get("reason") for row in splunkd._run("| inputlookup caller_allowlist", "-1h", "now")[0]}
    assert left == {text for text in texts.values() if "'" in text or '"' in text}
    assert page["title"] == "splunk"


@drawn
def test_who_may_not_change_the_allowlist_can_see_what_a_row_would_cover(splunkd: SetUpRest, tmp_path: Path) -> None:
    splunkd.company.allow({"indicator": "203.0.113.200", "owner": "bob", "reason": "r"})
    splunkd.capabilities = ["search"]
    page = use(splunkd, tmp_path, *fill(**ROW), *click("Show what the row would cover"))

    assert "It would have covered 27 calls" in page["texts"][-1]
    assert "You may not change the allowlist" in page["texts"][0]
    assert not page["enabled"]["Add the row"] and not page["enabled"]["Remove 203.0.113.200, r"]
    assert not any("outputlookup" in search for search in splunkd.searched)


@drawn
def test_what_is_usual_is_learned_and_alerts_are_switched_on(splunkd: SetUpRest, tmp_path: Path) -> None:
    learned = splunkd.company.lookups / "caller_baseline.csv"
    kept = learned.read_bytes()
    splunkd.company.write("caller_baseline", [])
    try:
        page = use(
            splunkd,
            tmp_path,
            *click("Learn the last 30 days now", "enable Baseline - 2 Learn yesterday", "enable Alert - 2 High"),
        )
        rows = splunkd.company.rows()
    finally:
        learned.write_bytes(kept)

    assert f"Learned: the baseline has {len(rows)} entries." in page["texts"][1]
    assert any(row["caller"] == ALICE for row in rows)
    assert [name for name, keys in splunkd.saved.items() if keys["disabled"] == "0"] == [
        "Malicious caller - Baseline - 2 Learn yesterday",
        "Malicious caller - Alert - 2 High",
    ]
    assert "Alert - 2 High is on." in page["texts"][-1]


@drawn
def test_what_publishers_and_people_write_is_text_in_every_section(splunkd: SetUpRest, tmp_path: Path) -> None:
    texts = [*HOSTILE.values(), "x" * 4000]
    for number, text in enumerate(texts):
        splunkd.inputs[f"feed_{number}"] = {"disabled": "1", **dict.fromkeys(("url", "category", "confidence", "interval"), text)}
        splunkd.passwords[APP, text] = "s"
        splunkd.saved[f"Malicious caller - {text}"] = {"disabled": "1", "description": text, "cron_schedule": text}
    splunkd.macro = HOSTILE["html_attribute"]
    splunkd.company.allow(*(dict.fromkeys(CALLER_ALLOWLIST.columns, text.replace("\0", "")) for text in texts))
    page = use(splunkd, tmp_path)
    splunkd.company.allow()

    shown = " ".join(page["texts"][0].replace("\0", "").split())
    for text in texts:
        words = " ".join(text.replace("\0", "").split())
        assert shown.count(words) >= 5, text  # the feed, its category, the credential, the search, the allowlist
    assert page["title"] == "splunk"
