"""An upgrade: the new package is unpacked over the installed one, and nothing that a site made or learned is lost.

The first version is played by what it left behind: lookups with its columns, the settings that people made, a module
that the new version no longer has.
"""

from __future__ import annotations

import json
import subprocess
import tarfile
from pathlib import Path

import pytest

from callerintel.feeds.feed_config import read_feed_config
from callerintel.feeds.shared_settings import read_shared_settings
from callerintel.feeds.splunkd import Splunkd as Management
from tests.deployment.machines import Site
from tests.deployment.traffic import events
from tests.splunkd import Splunkd
from tests.splunkd.conf import read_conf

LOCAL = {
    "local/inputs.conf": "[intel_feed]\nproxy = http://proxy.example.org:3128\n[intel_feed://own]\nurl = file:///$SPLUNK_HOME/own.txt\n"
    "category = c2\nkeep_reserved = true\ndisabled = 0\n[intel_feed://tor_bulk_exit]\ndisabled = 0\n",
    "local/maliciouscaller.conf": "[feeds]\ncontact = soc@example.org\nproxy = http://other.example.org:3128\n",
    "local/macros.conf": "[cloudtrail_index]\ndefinition = index=aws sourcetype=aws:cloudtrail\n",
    "local/savedsearches.conf": "[Malicious caller - Alert - 2 High]\ndisabled = 0\nactions = email\naction.email.to = soc@example.org\n",
    "local/passwords.conf": "[credential:TA-maliciouscaller:abuseipdb:]\npassword = $7$encrypted\n",
    "metadata/local.meta": "[savedsearches/Malicious%20caller%20-%20Alert%20-%202%20High]\nowner = admin\n",
}


@pytest.fixture
def site(unpacked: Path, tmp_path: Path) -> Site:
    """A site that has used the add-on for a while."""
    site = Site(Splunkd(tmp_path / "splunk"), unpacked)
    for name, text in LOCAL.items():
        (site.app / name).parent.mkdir(exist_ok=True)
        (site.app / name).write_text(text, encoding="utf-8")
    (site.splunkd.home / "own.txt").write_text("203.0.113.9\n198.51.100.0/25\n", encoding="utf-8")
    run_own_feed(site)
    (site.app / "bin/callerintel/gone.py").write_text("raise ImportError('of the old version')\n", encoding="utf-8")
    (site.app / "default/macros.conf").write_text("[of_the_old_version]\ndefinition = x\n", encoding="utf-8")
    return site


def run_own_feed(site: Site) -> dict[str, object]:
    result = site.splunkd.run_input(site.app, "intel_feed", "own", {})
    status: dict[str, object] = json.loads(result.events[0].data)
    return status


def upgrade(site: Site, package: Path) -> None:
    """As splunkd does: the files of the package replace those of the same name."""
    subprocess.run(["tar", "-xzf", str(package), "-C", str(site.app.parent)], check=True)


def kept_files(site: Site) -> dict[str, bytes]:
    made = [*LOCAL, *(f"lookups/{path.name}" for path in site.lookups.iterdir() if path.name != "intel_feed_catalog.csv")]
    return {name: (site.app / name).read_bytes() for name in made}


def test_the_package_holds_no_file_that_a_site_makes(package: Path) -> None:
    with tarfile.open(package) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}

    assert not names & set(LOCAL)
    assert [name for name in names if name.startswith(("local", "metadata/local"))] == []
    assert {name for name in names if name.startswith("lookups/")} == {"lookups/intel_feed_catalog.csv"}


def test_lookups_settings_and_secrets_survive_byte_for_byte(site: Site, package: Path) -> None:
    before = kept_files(site)
    upgrade(site, package)

    assert kept_files(site) == before
    assert {"lookups/caller_baseline.csv", "lookups/caller_allowlist.csv", "lookups/intel_feed_own.csv"} <= set(before)


def test_the_sites_settings_still_rule_over_the_new_defaults(site: Site, package: Path) -> None:
    upgrade(site, package)
    inputs, macros, searches = (read_conf(site.app, name) for name in ("inputs", "macros", "savedsearches"))

    shared = read_conf(site.app, "maliciouscaller")["feeds"]
    assert (shared["contact"], shared["run_on"]) == ("soc@example.org", "captain")
    assert macros["cloudtrail_index"]["definition"] == "index=aws sourcetype=aws:cloudtrail"
    assert "of_the_old_version" not in macros
    assert (inputs["intel_feed"]["proxy"], inputs["intel_feed"]["format"]) == ("http://proxy.example.org:3128", "auto")
    assert (inputs["intel_feed://tor_bulk_exit"]["disabled"], inputs["intel_feed://own"]["category"]) == ("0", "c2")
    alert = searches["Malicious caller - Alert - 2 High"]
    assert (alert["disabled"], alert["action.email.to"]) == ("0", "soc@example.org")
    assert "maliciouscaller" in alert["search"]


def test_what_stood_in_inputs_conf_before_there_was_a_file_for_all_feeds_still_rules(site: Site, package: Path) -> None:
    upgrade(site, package)
    told = site.splunkd._input(site.app, "intel_feed").params("intel_feed://own", {})
    with site.splunkd.rest() as rest:
        shared = read_shared_settings(Management(rest.uri, rest.session_key))

    assert shared.feeds["proxy"] == "http://other.example.org:3128"
    assert read_feed_config("own", shared.for_feed(told)).proxy == "http://proxy.example.org:3128"
    assert read_feed_config("own", shared.for_feed(told)).contact == "soc@example.org"


def test_searches_answer_as_before_and_the_feed_goes_on_where_it_was(site: Site, package: Path) -> None:
    before = site.splunkd.search(site.app, "maliciouscaller", events=events(), parse_phase=0)
    upgrade(site, package)
    after = site.splunkd.search(site.app, "maliciouscaller", events=events(), parse_phase=0)
    status = run_own_feed(site)

    assert [body for _, body in after.replies] == [body for _, body in before.replies]
    assert (after.error, after.messages) == (None, before.messages)
    assert (status["status"], status["reason"], status["lookup_changed"]) == ("unchanged", "same_content", False)
