"""What the tests of the feeds share: a publisher, an installed app with splunkd around it, and the real data."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.feeds.server import Publisher
from tests.splunkd import Splunkd

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

    def run(self, name: str, url: str, timeout: float = 60, **settings: object) -> dict[str, Any]:
        """One run; the settings are those of the stanza. Holds what is true of every run."""
        params = {"url": url, "keep_reserved": "true", **{key: str(value) for key, value in settings.items()}}
        result = self.splunkd.run_input(self.app, "intel_feed", name, params, timeout=timeout)
        self.stderr = list(result.stderr)
        assert result.exit_status == 0
        assert len(result.events) == 1, "one run, one status event"
        event = result.events[0]
        assert event.sourcetype == "maliciouscaller:feed"
        assert all(line.split(" ", 1)[0] in ("INFO", "WARN", "ERROR") for line in result.stderr), result.stderr
        assert not list(self.lookups.glob("*.tmp"))
        status: dict[str, Any] = json.loads(event.data)
        return status

    def forget(self) -> None:
        """Back to the state after the installation."""
        for path in [*self.lookups.iterdir(), *self.splunkd.home.glob("var/lib/splunk/modinputs/**/*")]:
            if path.is_file() and path.name != "intel_feed_catalog.csv":
                path.unlink()

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
