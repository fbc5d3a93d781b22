"""Other apps on the same Splunk: libraries of the same names on the path are not ours and are not used, and a secret is not handed on."""

from __future__ import annotations

from pathlib import Path

from tests.app.shipped import ROOT
from tests.search.conftest import Command, event
from tests.splunkd import Splunkd

# Packages of ours, and of the libraries that we ship, as another app might bring them. Not certifi, which a machine may load for itself.
FOREIGN = ("callerintel", "charset_normalizer", "idna", "requests", "splunklib", "urllib3")


class CrowdedSplunkd(Splunkd):
    """A splunkd whose processes have another app's folder on their path, as was seen in the wild [style 4.4]."""

    def environment(self, home: Path | None = None) -> dict[str, str]:
        return {**super().environment(home), "PYTHONPATH": str(self.home / "etc" / "apps" / "other" / "bin")}


def crowded(home: Path) -> CrowdedSplunkd:
    folder = home / "etc" / "apps" / "other" / "bin"
    for name in FOREIGN:
        (folder / name).mkdir(parents=True)
        (folder / name / "__init__.py").write_text(f"raise SystemExit('foreign {name}')\n", encoding="utf-8")
    return CrowdedSplunkd(home)


def test_libraries_of_another_app_on_the_path_are_not_used(tmp_path: Path) -> None:
    splunkd = crowded(tmp_path / "splunk")
    app = splunkd.install(ROOT)
    (tmp_path / "list.txt").write_text("9.9.9.9\n", encoding="utf-8")
    ran = splunkd.run_input(app, "intel_feed", "some_list", {"url": str(tmp_path / "list.txt")})
    found = splunkd.search(app, "maliciouscaller", [], [event(sourceIPAddress="9.9.9.9")])

    assert (ran.exit_status, '"status": "ok"' in ran.events[0].data) == (0, True), ran.stderr
    assert (found.error, found.stderr, found.events[0]["intel_feed"]) == (None, "", "some_list")
    assert splunkd.scheme(app, "intel_feed").title


def test_the_foreign_libraries_would_have_been_met(tmp_path: Path) -> None:
    """What the test above rests on: without our own in front, the other app's end the process."""
    command = Command(tmp_path / "one")
    splunkd = crowded(tmp_path / "two")
    app = splunkd.install(ROOT)
    (app / "bin" / "maliciouscaller.py").write_text("import splunklib\n", encoding="utf-8")
    with splunkd.conversation(app, "maliciouscaller") as talk:
        ended = talk.finish()

    assert "foreign splunklib" in ended.stderr
    assert command.judge(event())
