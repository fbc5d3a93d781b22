"""An analyst with the role `user` and no more: the command, the lookups and the dashboards are theirs; what needs more is not in them."""

from __future__ import annotations

import re
from typing import Callable

import pytest

from tests.app.shipped import ROOT, SPECS, conf, parse_strictly
from tests.spl.sources import searches
from tests.spl.split import split_pipeline
from tests.splunkd.conf import parse_conf
from tests.test_spl.shipped_app import shipped_app

# What changes something, or leaves Splunk: none of it in a page that anybody may open.
WRITING = {
    "tryintelfeed",
    "outputlookup",
    "outputcsv",
    "collect",
    "mcollect",
    "delete",
    "sendemail",
    "sendalert",
    "script",
    "map",
    "dump",
}


def commands(search: str) -> set[str]:
    """The commands of a search, those inside subsearches as well."""
    app = shipped_app()
    expanded = app.expand(search)
    return {stage.command for stage in split_pipeline(expanded)} | set(re.findall(r"\[\s*\|?\s*([a-z]+)", expanded))


def of_views() -> list[tuple[str, str]]:
    return [(source.where, source.text) for source in searches(shipped_app()) if source.where.startswith("view")]


def test_no_dashboard_writes_or_sends_anything() -> None:
    found = of_views()

    assert found
    assert [where for where, text in found if commands(text) & WRITING] == []


def test_no_dashboard_looks_where_an_analyst_may_not() -> None:
    assert [where for where, text in of_views() if re.search(r"index\s*=\s*\"?_", shipped_app().expand(text))] == []


def test_no_dashboard_reads_what_holds_secrets() -> None:
    paths = {path for _, text in of_views() for path in re.findall(r"\|\s*rest\s+(\S+)", text)}

    assert [
        path
        for path in paths
        if not re.fullmatch(r"/servicesNS/-/TA-maliciouscaller/(saved/searches|data/inputs/intel_feed)", path)
    ] == []


@pytest.mark.parametrize(
    ("needs", "said"),
    [
        (lambda search: "index=_" in shipped_app().expand(search), "Needs the index _internal"),
        (lambda search: bool(commands(search) & WRITING), "Needs the capability output_file"),
    ],
    ids=["internal", "writes"],
)
def test_a_search_that_needs_more_than_an_analyst_has_says_so(needs: Callable[[str], bool], said: str) -> None:
    saved = shipped_app().saved_searches
    needy = {name for name, keys in saved.items() if needs(keys["search"])}

    assert needy
    assert {name for name, keys in saved.items() if said in keys["description"]} == needy


def test_a_macro_that_looks_where_an_analyst_may_not_says_so() -> None:
    macros = conf("macros.conf")
    needy = {name for name, keys in macros.items() if re.search(r"index\s*=\s*_", keys["definition"])}

    assert needy == {"maliciouscaller_log"}
    assert all("Needs the index _internal" in macros[name]["description"] for name in needy)


def test_everybody_may_read_every_object_of_the_app_but_the_command_that_fetches_an_address() -> None:
    meta = parse_strictly((ROOT / "metadata/default.meta").read_text(encoding="utf-8").replace("[]", "[all]"))

    assert meta["all"]["access"].startswith("read : [ * ]")
    hidden = {name: keys["access"] for name, keys in meta.items() if "access" in keys and "read : [ * ]" not in keys["access"]}
    assert hidden == {"commands/tryintelfeed": "read : [ admin, sc_admin ], write : [ admin, sc_admin ]"}
    assert meta["commands/tryintelfeed"]["export"] == "none"


@pytest.mark.skipif(not SPECS.is_dir(), reason="Splunk's spec files are not here (TA_SHARED_DATA)")
def test_the_role_user_has_what_the_docs_say_it_has() -> None:
    roles = parse_conf((SPECS / "default/authorize.conf").read_text(encoding="utf-8"))

    for capability in ("search", "run_custom_command", "output_file", "list_inputs"):
        assert roles["role_user"].get(capability) == "enabled"
    assert "edit_storage_passwords" not in roles["role_user"]
    assert (roles["role_user"]["srchIndexesAllowed"], roles["role_admin"]["srchIndexesAllowed"]) == ("*", "*;_*")
