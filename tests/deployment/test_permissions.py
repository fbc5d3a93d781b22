"""An analyst with the role `user` and no more: the command, the lookups and the dashboards are theirs; what needs more is not in them."""

from __future__ import annotations

import re

import pytest

from tests.app.shipped import ROOT, SPECS, parse_strictly
from tests.spl.sources import searches
from tests.spl.split import split_pipeline
from tests.splunkd.conf import parse_conf
from tests.test_spl.shipped_app import shipped_app

# What changes something, or leaves Splunk: none of it in a page that anybody may open.
WRITING = {"outputlookup", "outputcsv", "collect", "mcollect", "delete", "sendemail", "sendalert", "script", "map", "dump"}


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


def test_everybody_may_read_every_object_of_the_app() -> None:
    meta = parse_strictly((ROOT / "metadata/default.meta").read_text(encoding="utf-8").replace("[]", "[all]"))

    assert meta["all"]["access"].startswith("read : [ * ]")
    assert [name for name, keys in meta.items() if "access" in keys and "read : [ * ]" not in keys["access"]] == []


@pytest.mark.skipif(not SPECS.is_dir(), reason="Splunk's spec files are not here (TA_SHARED_DATA)")
def test_the_role_user_has_what_the_docs_say_it_has() -> None:
    roles = parse_conf((SPECS / "default/authorize.conf").read_text(encoding="utf-8"))

    for capability in ("search", "run_custom_command", "output_file", "list_inputs"):
        assert roles["role_user"].get(capability) == "enabled"
    assert "edit_storage_passwords" not in roles["role_user"]
    assert (roles["role_user"]["srchIndexesAllowed"], roles["role_admin"]["srchIndexesAllowed"]) == ("*", "*;_*")
