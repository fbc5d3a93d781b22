"""The installation that everything happens to: the app in a splunkd of its own, the publishers, and the management ports, good and bad ones.

In: a folder. Out: `Site`, which starts the input and the command as splunkd would. Its secrets are canaries: the session key, and what the
publisher of gamma wants to see.
"""

from __future__ import annotations

import contextlib
import secrets
import shutil
import threading
from pathlib import Path
from types import TracebackType

from callerintel.feeds.credentials import store_credential
from callerintel.feeds.splunkd import Splunkd as OurClient
from soak import ROOT
from soak.lists import ALPHA, AWS, BETA, CATEGORY, CONFIDENCE, FEEDS, GAMMA
from tests.feeds.certificates import Authority
from tests.feeds.server import Publisher
from tests.splunkd import InputProcess, Rest, Splunkd
from tests.splunkd.rest_answers import Answer, message_answer

_FORMATS = {ALPHA: "plain", BETA: "delimited", GAMMA: "plain", AWS: "aws"}
_LATE_SECONDS = 0.3


class BadRest(Rest):
    """Beside a good management port one with a fault: it answers every call with a status ("401", "503"), or later than it should ("late")."""

    def __init__(self, good: Rest, fault: str) -> None:
        self.fault, self._good, self._waiting = fault, good, threading.Event()
        super().__init__(good.home, session_key=good.session_key)

    def answer(self, method: str, target: str, authorization: str, body: bytes) -> Answer:
        """The good port's answer, late, or none of it."""
        if self.fault != "late":
            return message_answer(int(self.fault), "made up", "output_mode=json" in target or b"output_mode=json" in body)
        self._waiting.wait(_LATE_SECONDS)
        return self._good.answer(method, target, authorization, body)


class Site:
    """A context. `stanza` gives a feed's settings; `left_out` says which faults cannot be played here, and why."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.splunkd = Splunkd(folder / "splunk")
        self.app = self.splunkd.install(ROOT)
        self.lookups = self.app / "lookups"
        for path in self.lookups.glob("*"):
            if path.name != "intel_feed_catalog.csv":
                path.unlink()  # some run in the work tree left it
        self.checkpoints = self.splunkd.home / "var" / "lib" / "splunk" / "modinputs" / "intel_feed"
        self.staging = self.splunkd.home / "var" / "run" / "splunk" / "lookup_tmp"
        self.secret = "canary-" + secrets.token_urlsafe(30)
        self.left_out = {} if shutil.which("openssl") else {"unknown authority": "openssl is not there to make certificates"}
        self._open = contextlib.ExitStack()

    def __enter__(self) -> Site:
        (self.app / "local").mkdir(exist_ok=True)
        stanzas = "".join(f"[intel_feed://{feed}]\nurl = /x\ndisabled = 0\n" for feed in FEEDS)
        (self.app / "local" / "inputs.conf").write_text(stanzas, encoding="utf-8")
        self.publisher, self.elsewhere = (self._open.enter_context(Publisher()) for _ in range(2))
        self.secure = self.publisher
        self._authorities: tuple[Path | str, Path | str] = ("", "")
        if not self.left_out:
            ours, theirs = (self._authority(name) for name in ("ours", "theirs"))
            self._authorities = ours.ca, theirs.ca
            self.secure = self._open.enter_context(Publisher(ours.certificate("here", "IP:127.0.0.1")))
        self.rest = self._open.enter_context(self.splunkd.rest())
        self._rests = {
            "good": self.rest,
            **{name: self._open.enter_context(BadRest(self.rest, name)) for name in ("401", "503", "late")},
        }
        store_credential(OurClient(self.rest.uri, self.rest.session_key), "gamma_key", self.secret)
        return self

    def __exit__(self, kind: type[BaseException] | None, value: object, trace: TracebackType | None) -> None:
        self._open.close()

    def _authority(self, name: str) -> Authority:
        folder = self.folder / name
        folder.mkdir()
        return Authority(folder)

    @property
    def canaries(self) -> tuple[str, ...]:
        """What nobody may ever read anywhere."""
        return self.secret, self.splunkd.session_key

    def publisher_of(self, feed: str) -> Publisher:
        """Who serves the feed's list."""
        return self.secure if feed == GAMMA else self.publisher

    def stanza(self, feed: str, unknown_authority: bool = False) -> dict[str, str]:
        """The settings of a feed; with `unknown_authority` it trusts another one than its publisher's."""
        settings = {"url": self.publisher_of(feed).url(f"/{feed}/list"), "format": _FORMATS[feed], "timeout_seconds": "20"}
        if feed != AWS:
            settings.update(confidence=CONFIDENCE[feed], category=CATEGORY[feed])
        if feed == BETA:
            settings["fields"] = "indicator=indicator, description=note"
        if feed == GAMMA:
            settings.update(auth="header", auth_name="X-Soak-Key", credential="gamma_key")
            settings["ca_bundle"] = str(self._authorities[unknown_authority])
        return settings

    def start(self, feed: str, settings: dict[str, str], rest: str) -> InputProcess:
        """Start one run of the input."""
        return self.splunkd.start_input(self.app, "intel_feed", feed, settings, rest=self._rests[rest])

    def play(self, role: str) -> None:
        """From now on splunkd is a single search head ("none") or the captain of a cluster ("captain")."""
        self.rest.role = role

    def forget_requests(self) -> None:
        """The publishers and ports keep every request for tests to look at; an hour of them would look like a leak."""
        for publisher in (self.publisher, self.secure, self.elsewhere):
            publisher.requests.clear()
        for rest in self._rests.values():
            rest.requests.clear()
        for folder in (self.splunkd.home / "var" / "run" / "splunk" / "dispatch").iterdir():
            shutil.rmtree(folder)
