"""Machines to run the packed add-on on: Pythons, users without rights, and an indexer that gives a search nothing.

Splunk's own rules for the bundle are in tests/splunkd/bundle. Here is what differs from machine to machine: interpreter, user,
working directory, locale, and what getinfo leaves out.
"""

from __future__ import annotations

import dataclasses
import functools
import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.deployment.traffic import write_lookups
from tests.search.conftest import Command
from tests.splunkd import Splunkd
from tests.splunkd.conversation import Conversation
from tests.splunkd.getinfo import SearchInfo
from tests.splunkd.layout import home_of

ROOT = Path(__file__).resolve().parents[2]
VERSIONS = ("3.9", "3.13")
WATCHED = Path(__file__).with_name("watched.py")
NOBODY = ("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--bounding-set=-all", "--inh-caps=-all")
# Without its capabilities even root is held to the modes of files.
POWERLESS = ("setpriv", "--bounding-set=-all", "--inh-caps=-all")


@functools.cache
def find_python(version: str) -> str:
    """The interpreter of this version on this machine; skips the test where there is none."""
    fetched = ROOT / ".pythons" / f"python{version}"
    if fetched.exists():
        return str(fetched.resolve())
    done = subprocess.run([str(ROOT / "scripts/pythons"), "--find", version], capture_output=True, text=True)
    if not done.stdout.strip():
        pytest.skip(f"no Python {version} on this machine; make test-both fetches one")
    return done.stdout.strip()


@functools.cache
def without_rights(python: str) -> tuple[str, ...]:
    """What to put before a program so that it runs as a user who may write nowhere in particular."""
    if os.geteuid() != 0:
        return ()
    if not shutil.which("setpriv"):
        pytest.skip("root may write everywhere, and there is no setpriv to change that (util-linux)")
    tried = subprocess.run([*NOBODY, python, "-c", "import json"], capture_output=True)
    return NOBODY if tried.returncode == 0 else POWERLESS


class BareSplunkd(Splunkd):
    """A splunkd whose search processes get as little as a splunkd could give them.

    No session key, a port where nobody listens, the root folder to work in, a locale that knows ASCII only, a user without rights.
    `report`: a file for what the process asks of the system, see watched.py.
    """

    report: Path | None = None

    def search_info(self, app: Path, command: str, arguments: str | Sequence[str] = (), search: str | None = None) -> SearchInfo:
        info = super().search_info(app, command, arguments, search)
        # Port 9 is "discard": nothing listens there.
        return dataclasses.replace(info, session_key="", splunkd_uri="https://127.0.0.1:9", owner="analyst")

    def conversation(self, app: Path, command: str, *, patience: float = 60.0) -> Conversation:
        script = Path(app) / "bin" / self.command_settings(app, command)["filename"]
        program = [str(WATCHED), str(self.report), str(script)] if self.report else [str(script)]
        argv = [*without_rights(self.python), self.python, *program]
        environment = {"SPLUNK_HOME": str(home_of(app)), "PATH": "/usr/bin:/bin", "LC_ALL": "C", "PYTHONUTF8": "0"}
        return Conversation(argv, Path("/"), environment, patience)


class Site(Command):
    """The packed add-on on a search head, with lookups that have something to say; `peer` makes its copy on an indexer."""

    def __init__(self, splunkd: Splunkd, source: Path) -> None:
        self.splunkd = splunkd
        self.app = splunkd.install(source)
        self.lookups = self.app / "lookups"
        write_lookups(self)

    def peer(self) -> Path:
        """The next generation of the app on the indexer."""
        return self.splunkd.indexer(self.app)
