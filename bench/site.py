"""One installation to measure on: our app, the app of the peers, and lookups of every size to put under them.

In: a temporary folder, settings. Out: `Site`, which starts a peer's process as splunkd would (the stand-in's own start, its
environment and nothing of ours) and puts lookups into place. Lookups are made once for each size and linked.
"""

from __future__ import annotations

import importlib.util
import os
import random
import shutil
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

from bench import ROOT, BenchFailed, known
from bench.settings import Settings
from bench.traffic import Caller, make_callers
from callerintel.lookups import AWS_IP_RANGES, CALLER_ALLOWLIST, CALLER_BASELINE, MALICIOUS_IPS
from tests.splunkd import Conversation, Splunkd
from tests.splunkd.getinfo import run_request
from tests.splunkd.merge import required_columns


class Peer(NamedTuple):
    """Somebody to measure: `name` in the figures, `label` for people, its command, what is set in its environment."""

    name: str
    label: str
    command: str
    environment: tuple[tuple[str, str], ...] = ()
    needs: str = ""


OURS = Peer("ours", "maliciouscaller", "maliciouscaller")
PLAIN = Peer("plain", "maliciouscaller, plain path", "maliciouscaller", (("MALICIOUSCALLER_PATH", "plain"),))
ECHO = Peer("echo", "echo process", "echo")
NOTHING = Peer("nothing", "SDK, does nothing", "nothing")
DICT = Peer("dict", "SDK, dict", "matchdict")
PYTRICIA = Peer("pytricia", "SDK, pytricia", "matchpytricia", needs="pytricia")
NETADDR = Peer("netaddr", "SDK, netaddr IPSet", "matchnetaddr", needs="netaddr")
PEERS = (ECHO, NOTHING, DICT, PYTRICIA, NETADDR, PLAIN, OURS)

NETADDR_INDICATORS = 100_000  # a set of a million takes it the better part of a minute
_PEER_LIST = "indicators.csv"


class Site:
    """The installation below `folder`; `left_out` says which peers cannot be measured, and why."""

    def __init__(self, folder: Path, settings: Settings, fresh: int) -> None:
        self.settings = settings
        self.folder = folder
        self.splunkd = Splunkd(folder / "splunk", settings.python)
        self.ours = self.splunkd.install(ROOT)
        self.others = self.splunkd.install(ROOT / "bench" / "peers")
        (self.others / "lookups").mkdir()
        self._stock = folder / "stock"
        self._stock.mkdir()
        self.left_out: dict[str, str] = {}
        self._give_libraries()
        self.callers: list[Caller] = make_callers(random.Random(settings.seed))
        self.known = known.make_known(settings.seed, settings.rows[0], settings.rows[-1], fresh)
        for lookup in (self.ours / "lookups").glob("*.csv"):
            lookup.unlink()  # some run in the work tree left it
        known.write_aws_ranges(self.ours / "lookups" / AWS_IP_RANGES.name)
        known.write_allowlist(self.ours / "lookups" / CALLER_ALLOWLIST.name)

    def _give_libraries(self) -> None:
        """What an app of the peers' kind would have in its bin/lib."""
        lib = self.others / "bin" / "lib"
        shutil.copytree(ROOT / "bin" / "lib", lib, ignore=shutil.ignore_patterns("__pycache__"), dirs_exist_ok=True)
        netaddr = importlib.util.find_spec("netaddr")
        if netaddr is None or not netaddr.submodule_search_locations:
            self.left_out["netaddr"] = "netaddr is not installed in this environment; `make bench` installs it."
        else:
            # Without its registries of hardware addresses, 8 MB that no look-up of an address reads.
            unread = shutil.ignore_patterns("__pycache__", "*.txt", "*.idx", "*.xml", "tests")
            shutil.copytree(netaddr.submodule_search_locations[0], lib / "netaddr", ignore=unread)
        found = importlib.util.find_spec("pytricia")
        if found is None or not found.origin:
            self.left_out["pytricia"] = "pytricia is not installed in this environment; `make bench` installs it."
        elif self.settings.python != Settings.python:
            self.left_out["pytricia"] = "pytricia is compiled for the benchmark's own Python, another one is measured."
        else:
            shutil.copy2(found.origin, lib)

    @property
    def peers(self) -> tuple[Peer, ...]:
        """Those that can be measured here."""
        return tuple(peer for peer in PEERS if peer.needs not in self.left_out)

    def app_of(self, peer: Peer) -> Path:
        """The app that its command is of."""
        return self.ours if peer.command == OURS.command else self.others

    def use(self, indicators: int, baseline: int) -> None:
        """Put lookups of these sizes into place: indicators for all, baseline rows for ours; 0 is a header alone."""
        _link(self._indicators(indicators), self.ours / "lookups" / MALICIOUS_IPS.name)
        _link(self._peer_indicators(indicators), self.others / "lookups" / _PEER_LIST)
        _link(self._baseline(baseline), self.ours / "lookups" / CALLER_BASELINE.name)

    def _indicators(self, count: int) -> Path:
        path = self._stock / f"malicious_{count}.csv"
        if not path.exists():
            known.write_indicators(path, self.known.indicators[:count])
        return path

    def _peer_indicators(self, count: int) -> Path:
        path = self._stock / f"indicators_{count}.csv"
        if not path.exists():
            known.write_plain_indicators(path, self.known.indicators[:count])
        return path

    def _baseline(self, rows: int) -> Path:
        path = self._stock / f"baseline_{rows}.csv"
        if not path.exists():
            known.write_baseline(path, self.callers if rows else (), rows, self.settings.seed)
        return path

    def start(self, peer: Peer) -> Conversation:
        """Start its process as splunkd would, and nothing more."""
        settings = self.splunkd.command_settings(self.app_of(peer), peer.command)
        script = self.app_of(peer) / "bin" / settings.get("filename", f"{peer.command}.py")
        environment = {**self.splunkd.environment(), **dict(peer.environment)}
        return Conversation([self.splunkd.python, str(script)], script.parent, environment, patience=600)

    def getinfo(self, peer: Peer) -> dict[str, Any]:
        """The getinfo request of a run."""
        return run_request(self.splunkd.search_info(self.app_of(peer), peer.command))

    @cached_property
    def columns(self) -> Sequence[str]:
        """The columns that our command's getinfo reply asks for."""
        with self.start(OURS) as talk:
            talk.send(self.getinfo(OURS))
            reply = talk.receive()
            talk.finish()
        columns = required_columns(reply.metadata) if reply else None
        if columns is None:
            raise BenchFailed(f"The command did not say which fields it needs, but {reply!r}.")
        return columns


def _link(source: Path, target: Path) -> None:
    target.unlink(missing_ok=True)
    os.link(source, target)
