"""What the user asked for: the environment variables of `make demo`, checked before any work starts.

In: an environment. Out: Settings, or WrongInput with the sentence for the user. A variable that is not set or blank asks for
the samples (see `Settings`). Whether a file holds events or a list is not looked at here.
"""

from __future__ import annotations

import glob
import os
import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from demo import WrongInput

HELP = """\
Shows on this terminal what TA-maliciouscaller does: feeds, baseline, and the search command over CloudTrail events.

Without any variable it uses the samples in demo/samples. Otherwise set one or more of these, for example
  make demo EVENTS=/data/AWSLogs FEEDS="/data/drop.txt https://example.org/list.txt" OUT=/data/annotated.json

  EVENTS      CloudTrail files or folders, in any form AWS delivers them: .json, .json.gz, JSON lines, EventBridge,
              CloudWatch Logs; digest files are skipped.
  HISTORY     The same, of earlier days: what is usual for each caller is learned from it. Without it, but with
              EVENTS, nothing is learned and no call counts as unexpected.
  FEEDS       Threat lists, paths or https:// addresses. Each becomes one feed, named after its file.
  AWS_RANGES  AWS's ip-ranges.json, a path or https://ip-ranges.amazonaws.com/ip-ranges.json. Without it, but with
              FEEDS, it is unknown what lies outside AWS.
  ALLOWLIST   A CSV file with the columns indicator, caller, account, feed, category, owner, reason, expires.
  OUT         A file to write: every event as one line of JSON with the command's fields, in input order.

Several paths are separated by blanks; put quotes around a path that has blanks. Patterns like folder/*.json work.
NO_COLOR=1 gives plain text.
"""

is_url = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://").match
_is_pattern = re.compile(r"[*?\[]").search


@dataclass(frozen=True)
class Settings:
    """What to run the demo on. Empty `events` and `feeds`: the samples; empty `history`, `aws_ranges`, `allowlist`: see demo.

    `feeds` and `aws_ranges` hold absolute paths and URLs, the others absolute paths.
    """

    events: tuple[Path, ...] = ()
    history: tuple[Path, ...] = ()
    feeds: tuple[str, ...] = ()
    aws_ranges: str = ""
    allowlist: Path | None = None
    out: Path | None = None


def read_settings(environment: Mapping[str, str]) -> Settings:
    """The settings in EVENTS, HISTORY, FEEDS, AWS_RANGES, ALLOWLIST and OUT. WrongInput names the variable at fault."""

    def given(name: str) -> str:
        return environment.get(name, "").strip()

    allowlist = _readable("ALLOWLIST", given("ALLOWLIST")) if given("ALLOWLIST") else None
    ranges = _lists("AWS_RANGES", given("AWS_RANGES"))
    if len(ranges) > 1:
        raise WrongInput(f"AWS_RANGES: one list is wanted, {len(ranges)} were named; put quotes around a path with blanks.")
    return Settings(
        events=tuple(_paths("EVENTS", given("EVENTS"))),
        history=tuple(_paths("HISTORY", given("HISTORY"))),
        feeds=tuple(_lists("FEEDS", given("FEEDS"))),
        aws_ranges="".join(ranges),
        allowlist=allowlist,
        out=_absolute(given("OUT")) if given("OUT") else None,
    )


def _absolute(text: str) -> Path:
    return Path(os.path.abspath(os.path.expanduser(text)))


def _existing(name: str, text: str) -> Path:
    path = _absolute(text)
    if not path.exists():
        raise WrongInput(f"{name}: there is no file or folder {path}; check the path.")
    return path


def _readable(name: str, text: str) -> Path:
    path = _existing(name, text)
    try:
        with open(path, "rb"):
            return path
    except OSError as error:
        raise WrongInput(f"{name}: {path} cannot be read ({error.strerror}); name a CSV file.") from None


def _words(name: str, text: str) -> list[str]:
    """The words of a variable, quoted as in a shell; text that as a whole names something that exists is one word."""
    if text and _absolute(text).exists():
        return [text]
    try:
        return shlex.split(text)
    except ValueError:
        raise WrongInput(
            f"{name}: a quotation mark is not closed in {text!r}; close it, or escape it with a backslash."
        ) from None


def _matching(word: str) -> list[str]:
    """The paths that a word stands for: itself, or what a pattern finds, sorted by name."""
    if _absolute(word).exists() or not _is_pattern(word):
        return [word]
    return sorted(glob.glob(os.path.expanduser(word), recursive=True)) or [word]


def _paths(name: str, text: str) -> list[Path]:
    return [_existing(name, path) for word in _words(name, text) for path in _matching(word)]


def _lists(name: str, text: str) -> list[str]:
    found = []
    for word in _words(name, text):
        if is_url(word):
            found.append(word)
            continue
        for match in _matching(word):
            path = _existing(name, match)
            if path.is_dir():
                raise WrongInput(f"{name}: {path} is a folder; name the lists in it, for example {path}/*.txt.")
            if not str(path).isprintable():  # splunkd hands it over in XML, which cannot hold control characters
                raise WrongInput(f"{name}: the name {path} has characters that cannot be shown; rename the file.")
            found.append(str(path))
    return found
