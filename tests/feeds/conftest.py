"""What the tests of the feeds share: a publisher, an installed app with splunkd around it, and the real data."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from callerintel.feeds.feed import run_feed
from callerintel.feeds.feed_config import read_feed_config
from callerintel.feeds.place import Place
from tests.feeds.certificates import Authority
from tests.feeds.server import Publisher
from tests.splunkd import InputResult, Rest, Splunkd

ROOT = Path(__file__).parents[2]
SHARED = Path(os.environ.get("TA_SHARED_DATA") or ROOT.parent / "shared" / "data") / "feeds"


@pytest.fixture
def publisher() -> Iterator[Publisher]:
    with Publisher() as running:
        yield running


@pytest.fixture(scope="session")
def real_feeds() -> Path:
    """The folder of real lists; a test that asks for it is skipped where there is none."""
    if not SHARED.is_dir():
        pytest.skip(f"no real lists at {SHARED}; set TA_SHARED_DATA to the folder that has feeds/")
    return SHARED


class Input:
    """The app installed in a splunkd of its own; `run` runs the real modular input and returns its status event."""

    def __init__(self, home: Path) -> None:
        self.splunkd = Splunkd(home)
        self.app = self.splunkd.install(ROOT)
        self.lookups = self.app / "lookups"
        self.stderr: list[str] = []

    def run(self, name: str, url: str, timeout: float = 60, rest: Rest | None = None, **settings: object) -> dict[str, Any]:
        """One run; the settings are those of the stanza. Holds what is true of every run."""
        params = {"url": url, "keep_reserved": "true", **{key: str(value) for key, value in settings.items()}}
        result = self.splunkd.run_input(self.app, "intel_feed", name, params, timeout=timeout, rest=rest)
        return self.read(result)

    def read(self, result: InputResult) -> dict[str, Any]:
        """The status event of a run that is over."""
        self.stderr = list(result.stderr)
        assert result.exit_status == 0
        assert len(result.events) == 1, "one run, one status event"
        event = result.events[0]
        assert event.sourcetype == "maliciouscaller:feed"
        assert all(line.split(" ", 1)[0] in ("DEBUG", "INFO", "WARN", "ERROR") for line in result.stderr), result.stderr
        assert not list(self.lookups.glob("*.tmp"))
        status: dict[str, Any] = json.loads(event.data)
        return status

    def run_here(self, name: str, url: str, **settings: object) -> dict[str, Any]:
        """The same run in this process, without splunkd: for what comes before and after the run that a test is about."""
        params = {"url": url, "keep_reserved": "true", **{key: str(value) for key, value in settings.items()}}
        report = run_feed(read_feed_config(name, params), Place(self.lookups, self.checkpoints))
        status: dict[str, Any] = json.loads(report.to_json())
        return status

    @property
    def checkpoints(self) -> Path:
        """The folder that splunkd gives to our input."""
        return self.splunkd.home / "var" / "lib" / "splunk" / "modinputs" / "intel_feed"

    def stanzas(self, **enabled: bool) -> None:
        """What local/inputs.conf holds from now on: feeds, enabled or not."""
        (self.app / "local").mkdir(exist_ok=True)
        text = "".join(f"[intel_feed://{name}]\nurl = /x\ndisabled = {int(not is_on)}\n" for name, is_on in enabled.items())
        (self.app / "local" / "inputs.conf").write_text(text, encoding="utf-8")

    def forget(self) -> None:
        """Back to the state after the installation."""
        for path in [*self.lookups.iterdir(), *self.splunkd.home.glob("var/lib/splunk/modinputs/**/*")]:
            if path.is_file() and path.name != "intel_feed_catalog.csv":
                path.unlink()
        shutil.rmtree(self.app / "local", ignore_errors=True)

    def lookup(self, name: str) -> bytes | None:
        """The bytes of a lookup, None when there is no file."""
        path = self.lookups / name
        return path.read_bytes() if path.exists() else None

    def generation(self) -> dict[str, bytes]:
        """All lookups as they are now."""
        return {path.name: path.read_bytes() for path in sorted(self.lookups.iterdir())}


@pytest.fixture(scope="session")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Input:
    return Input(tmp_path_factory.mktemp("splunk"))


@pytest.fixture
def feed_input(installed: Input) -> Input:
    """The installed app as it is after the installation: no lookup but the catalogue, no checkpoint."""
    installed.forget()
    return installed


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """A certificate authority of the tests' own."""
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture
def rest(installed: Input) -> Iterator[Rest]:
    """The management port of the installed splunkd, a single search head until its `role` is changed."""
    with installed.splunkd.rest() as running:
        yield running
