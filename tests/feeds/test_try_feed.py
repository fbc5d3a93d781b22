"""A list is looked at before it is trusted: `make try-feed`, and the check of a new stanza."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.feeds.conftest import ROOT, Input
from tests.feeds.server import Answer, Publisher, ok

LINES = (
    [f"192.0.2.{n}" for n in range(30)] + [f"not an address {n}" for n in range(25)] + ["10.0.0.0/8", "example.com", "192.0.2.1"]
)


def try_feed(**given: object) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, **{name: str(value) for name, value in given.items()}}
    argv = [sys.executable, str(ROOT / "scripts" / "try_feed.py")]
    return subprocess.run(argv, env=environment, capture_output=True, text=True, timeout=60, check=False)


def test_a_list_is_shown_with_what_is_kept_and_what_is_not_and_why(tmp_path: Path) -> None:
    (tmp_path / "list.txt").write_text("\n".join(LINES) + "\n")
    done = try_feed(URL=tmp_path / "list.txt", FORMAT="plain", OUT=tmp_path / "out.json", SETTINGS="keep_reserved=true")
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert lines[0] == "Format plain: 31 kept, 26 rejected (1 host_name, 25 not_an_address)."
    assert lines[1:3] == ["Kept, the first 20 of 31:", "  192.0.2.0"]
    assert lines[22:24] == ["Rejected, the first 20 of 26:", "  line 31: 'not an address 0': not_an_address"]
    assert lines[-2] == "The list would be accepted."
    assert json.loads((tmp_path / "out.json").read_text()) == {
        "format": "plain",
        "kept": 31,
        "rejected": 26,
        "reasons": {"host_name": 1, "not_an_address": 25},
        "indicators": [*LINES[:30], "10.0.0.0/8"],
    }


def test_a_list_from_a_publisher_and_a_path_with_blanks(publisher: Publisher, tmp_path: Path) -> None:
    publisher.answers("/list.txt", ok(b"1.1.1.1\n10.0.0.1\n"))
    done = try_feed(URL=publisher.url("/list.txt"), OUT=tmp_path / "o u t.json")
    assert done.stdout.splitlines()[0] == "Format plain: 1 kept, 1 rejected (1 not_routable)."
    assert json.loads((tmp_path / "o u t.json").read_text())["indicators"] == ["1.1.1.1"]


@pytest.mark.parametrize(
    ("answer", "status", "refused"),
    [
        (ok(b"<!doctype html>\n"), 0, "html"),
        (ok(b"# This list has been deprecated\n"), 0, "tombstone"),
        (ok(b""), 0, "empty"),
        (Answer(404), 1, "not_found"),
    ],
    ids=["html", "tombstone", "empty", "404"],
)
def test_a_list_that_would_be_refused_says_why(
    publisher: Publisher, tmp_path: Path, answer: Answer, status: int, refused: str
) -> None:
    publisher.answers("/list.txt", answer)
    done = try_feed(URL=publisher.url("/list.txt"), OUT=tmp_path / "out.json")
    assert done.returncode == status
    assert f"({refused})" in done.stdout
    found = json.loads((tmp_path / "out.json").read_text())
    assert (found["refused"], found["kept"], found["indicators"]) == (refused, 0, [])


@pytest.mark.parametrize(
    "given", [{}, {"URL": "ftp://example.com/x"}, {"URL": "/x", "FORMAT": "prose"}, {"URL": "/x", "SETTINGS": "x"}]
)
def test_a_wrong_setting_is_told_without_a_traceback(given: dict[str, str]) -> None:
    done = try_feed(**given)
    assert done.returncode == 2
    assert "Usage: make try-feed" in done.stderr
    assert "Traceback" not in done.stderr


def validated(feed_input: Input, **params: Any) -> str | None:
    return feed_input.splunkd.validate(
        feed_input.app, "intel_feed", "some_list", {name: str(value) for name, value in params.items()}
    ).error


def test_the_check_of_a_stanza_says_that_a_list_at_hand_would_be_refused_and_shows_none_of_it(
    feed_input: Input, publisher: Publisher, tmp_path: Path
) -> None:
    """A stanza must not be a way to read the files of the host."""
    (tmp_path / "list.txt").write_text("\n".join(["192.0.2.1", *LINES[30:55]]))
    error = validated(feed_input, url=tmp_path / "list.txt", keep_reserved=1) or ""
    assert error.startswith("The list would be refused (unparsable). Format plain: 1 kept, 25 rejected (25 not_an_address).")
    assert not any(text in error for text in ("192.0.2.1", *LINES[30:55]))
    publisher.answers("/page.html", ok(b"<!doctype html><title>private</title>\n"))
    error = validated(feed_input, url=publisher.url("/page.html")) or ""
    assert "(html)" in error
    assert "private" not in error


def test_the_check_of_a_stanza_accepts_a_good_list_and_one_that_is_not_there_yet(feed_input: Input, tmp_path: Path) -> None:
    (tmp_path / "list.txt").write_text("192.0.2.1\n")
    assert validated(feed_input, url=tmp_path / "list.txt", keep_reserved=1) is None
    assert validated(feed_input, url=tmp_path / "tomorrow.txt") is None


def test_store_credential_takes_a_name_and_never_a_secret() -> None:
    for arguments in ([], ["a name with blanks"], ["a", "b", "c"]):
        argv = [sys.executable, "-m", "callerintel.feeds.store_credential", *arguments]
        done = subprocess.run(
            argv, cwd=ROOT / "bin", capture_output=True, text=True, timeout=60, check=False, stdin=subprocess.DEVNULL
        )
        assert done.returncode == 2
        assert done.stdout == ""
        assert "Traceback" not in done.stderr
