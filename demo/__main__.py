"""`python -m demo`, which `make demo` calls: the demo from start to end.

Install, feeds, allowlist, baseline, search, findings. All of it happens in a temporary folder that is removed afterwards; nothing
is written into the repository, and OUT only where the user says. Exit status: 0 it ran, 2 wrong input, 1 it failed,
130 interrupted.
"""

from __future__ import annotations

import os
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from callerintel.lookups import CALLER_ALLOWLIST
from demo import ROOT, SAMPLE_HISTORY, SAMPLES, DemoFailed, WrongInput
from demo.annotate import Fields, annotate
from demo.cloudtrail_files import EventFiles
from demo.cloudtrail_records import Record
from demo.feeds import Feed, FeedResult, run_feeds, sample_feeds, served_samples, user_feeds
from demo.findings import Findings
from demo.learn import find_end, learn
from demo.out import Out
from demo.screen import Screen, complain, counted, leave_quietly
from demo.settings import HELP, Settings, read_settings
from tests.splunkd import Splunkd

_SHIPPED_LOOKUPS = ("intel_feed_catalog.csv",)
_VENDORED = ("bin/lib/splunklib", "lib/requests")


class Demo:
    """One run of the demo: what it runs on, where, and what it is shown on."""

    def __init__(self, settings: Settings, screen: Screen, home: Path) -> None:
        self.settings = settings
        self.screen = screen
        self.splunkd = Splunkd(home)
        self.app = self.splunkd.install(ROOT)
        self.lookups = self.app / "lookups"
        for lookup in self.lookups.glob("*.csv"):
            if lookup.name not in _SHIPPED_LOOKUPS:
                lookup.unlink()  # some run in the work tree left it; a package has none

    def run_feeds(self) -> None:
        """Fill the lookups from the lists."""
        with ExitStack() as stack:
            feeds = self._feeds(stack)
            self.screen.title("Feeds, each through the modular input")
            longest = max(len(feed.name) for feed in feeds)
            results: list[FeedResult] = []
            for result in run_feeds(self.splunkd, self.app, feeds):
                self.screen.feed(result, longest)
                results.append(result)
        if not any(result.is_in_use and result.format != "aws" for result in results):
            self.screen.line("No list is in use, so no event can match.", "yellow")
        if self.settings.feeds and not self.settings.aws_ranges and not any(result.format == "aws" for result in results):
            self.screen.line("No AWS ranges: what lies outside AWS is unknown. AWS_RANGES=path names them.", "yellow")
        if self.settings.events and not self.settings.feeds:
            self.screen.line("These are sample lists of documentation addresses. FEEDS=path names real ones.", "yellow")

    def _feeds(self, stack: ExitStack) -> list[Feed]:
        """The user's lists; the samples in place of what the user did not name."""
        settings = self.settings
        if settings.feeds:
            return user_feeds(settings.feeds, settings.aws_ranges)
        samples = sample_feeds(stack.enter_context(served_samples()))
        if not settings.aws_ranges:
            return samples
        return samples[:-1] + user_feeds((), settings.aws_ranges)

    def copy_allowlist(self) -> None:
        """Put the allowlist into place: the user's, or the samples' own."""
        allowlist = self.settings.allowlist
        if allowlist is None and not self.settings.events:
            allowlist = SAMPLES / CALLER_ALLOWLIST.name
        if allowlist is not None:
            shutil.copyfile(allowlist, self.lookups / CALLER_ALLOWLIST.name)

    def learn(self, history: EventFiles) -> None:
        """Learn the baseline from the history, learned by the real command with the lists and the allowlist in place."""
        self.screen.title("Baseline")
        if not history.files:
            self.screen.line(
                "No history: every caller is still learning, and no call is unexpected. HISTORY=path helps.", "yellow"
            )
            return
        first_look = EventFiles(self.settings.history or SAMPLE_HISTORY)
        with self.screen.progress("Reading:", first_look) as move:
            end = find_end(first_look, move)
        with self.screen.progress("Learning:", history) as move:
            learned = learn(self.splunkd, self.app, history, end, move)
        self.screen.sentences(history.sentences)
        # That there is no baseline yet is no news.
        self.screen.messages([message for message in learned.messages if message[0] == "ERROR"])
        self.screen.baseline(learned, history.events)

    def search(self, events: EventFiles, out: Out) -> Findings:
        """Annotate the events and show what the search itself has to say."""
        self.screen.title("Search: | maliciouscaller")
        findings = Findings()
        with self.screen.progress("Annotating:", events) as move:

            def take(record: Record, fields: Fields) -> None:
                findings.take(fields)
                out.take(record, fields)
                if findings.events % 500 == 0:
                    move()

            messages = annotate(self.splunkd, self.app, events, take)
        self.screen.sentences(events.sentences)
        if events.digests:
            self.screen.line(f"Skipped {counted(events.digests, 'digest')}: there are no events in those.")
        self.screen.messages(messages)
        return findings

    def show(self, findings: Findings, out: Out, started: float) -> None:
        """The table, or a sentence in its place, and the counts."""
        self.screen.findings(findings)
        if not findings.events:
            self.screen.line("There was no CloudTrail event to annotate.", "yellow")
        elif not findings.matched:
            self.screen.line("No event came from a listed address: nothing to show.")
        elif not findings.open:
            self.screen.line("Every match is suppressed by the allowlist.")
        if out.path:
            self.screen.line(f"Written to {out.path}: {counted(findings.events, 'event')}.")
        self.screen.summary(findings, time.monotonic() - started)


def run(settings: Settings, screen: Screen) -> None:
    """The whole demo. WrongInput and DemoFailed say why it ends early."""
    started = time.monotonic()
    missing = [name for name in _VENDORED if not (ROOT / name).is_dir()]
    if missing:
        raise WrongInput(f"The libraries in {' and '.join(missing)} are not there; run `make vendor`, or start with `make demo`.")
    events = EventFiles(settings.events or (SAMPLES / "events.ndjson",))
    history = EventFiles(settings.history or (() if settings.events else SAMPLE_HISTORY))
    inputs = [file.path for file in (*events.files, *history.files)] + [Path(path) for path in settings.feeds]
    inputs += [path for path in (settings.allowlist,) if path]
    with Out(settings.out, inputs) as out, tempfile.TemporaryDirectory(prefix="maliciouscaller-demo-") as home:
        screen.line(_what_it_is(settings))
        demo = Demo(settings, screen, Path(home))
        demo.run_feeds()
        demo.copy_allowlist()
        demo.learn(history)
        demo.show(demo.search(events, out), out, started)


def _what_it_is(settings: Settings) -> str:
    if settings.events:
        return "TA-maliciouscaller on your events."
    return "TA-maliciouscaller on sample events, which are made up. `make demo EVENTS=path` takes yours."


def _end(number: int, frame: Any) -> None:
    raise KeyboardInterrupt


def main(arguments: Sequence[str]) -> int:
    """Run the demo as the environment says; returns the exit status."""
    if arguments:
        if arguments[0] in ("-h", "--help"):
            print(HELP, end="")
            return 0
        complain("python -m demo takes no arguments; what it runs on is said by variables, see --help.")
        return 2
    for name in ("SIGTERM", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), _end)
    screen = Screen(os.environ)
    try:
        run(read_settings(os.environ), screen)
    except WrongInput as error:
        complain(str(error))
        return 2
    except DemoFailed as error:
        complain(str(error))
        return 1
    except BrokenPipeError:
        leave_quietly()
        return 1
    except KeyboardInterrupt:
        complain("Stopped; the temporary folder is removed.")
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
