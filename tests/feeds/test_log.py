"""What the input writes to splunkd.log: pairs that no text of a publisher can forge, one line one event, as much as the settings ask for."""

from __future__ import annotations

import io
import re
import sys
from pathlib import Path

import pytest

from callerintel.feeds.credentials import store_credential
from callerintel.feeds.log import EVENTS, LEVELS, Log
from callerintel.feeds.splunkd import Splunkd
from tests.feeds.canary import holds, told_and_kept
from tests.feeds.conftest import Input
from tests.feeds.server import Answer, Publisher, ok
from tests.splunkd import Rest

GOOD = b"192.0.2.7\n198.51.100.0/24\nno address\n"
# The simplest reader there is: a pair is whatever looks like one, quoted or not [spl, automatic key-value extraction].
PAIR = re.compile(r'([A-Za-z_]\w*)=("[^"]*"|\S*)')


def pairs(line: str) -> dict[str, str]:
    found = PAIR.findall(line)
    assert len(dict(found)) == len(found), f"a key came twice: {line}"
    assert line.count("=") == len(found), f"an equals sign that belongs to no pair: {line}"
    return {key: value.strip('"') for key, value in found}


def set_level(rest: Rest, level: str) -> None:
    Splunkd(rest.uri, rest.session_key).post("configs/conf-maliciouscaller/logging", level=level)


def test_a_run_is_one_line_that_says_what_its_event_says(feed_input: Input, publisher: Publisher) -> None:
    publisher.answers("/list.txt", ok(GOOD))
    status = feed_input.run("some_list", publisher.url("/list.txt"))
    (line,) = feed_input.stderr
    said = pairs(line)

    assert line.startswith("INFO level=INFO feed=some_list event=run_ended status=ok listed=3 kept=2 added=2 ")
    assert (said["http_status"], said["bytes"], said["message"]) == ("200", str(len(GOOD)), status["message"])
    assert "reason" not in said


@pytest.mark.parametrize(
    ("answer", "level", "status", "reason"),
    [
        (ok(GOOD), "INFO", "ok", None),
        (ok(b"<html><body>Log in</body></html>"), "WARN", "refused", "html"),
        (Answer(404), "ERROR", "failed", "not_found"),
    ],
    ids=["ok", "refused", "failed"],
)
def test_the_level_is_that_of_what_became_of_the_run(
    feed_input: Input, publisher: Publisher, answer: Answer, level: str, status: str, reason: str | None
) -> None:
    publisher.answers("/list.txt", answer)
    feed_input.run("some_list", publisher.url("/list.txt"))
    said = pairs(feed_input.stderr[-1])

    assert (feed_input.stderr[-1].split(" ")[0], said["level"]) == (level, level)
    assert (said["event"], said["status"], said.get("reason")) == ("run_ended", status, reason)


@pytest.mark.parametrize(
    ("level", "good", "missing"),
    [
        ("DEBUG", ["run_started", "fetched", "parsed", "compiled", "run_ended"], ["run_started", "compiled", "run_ended"]),
        ("INFO", ["run_ended"], ["run_ended"]),
        ("WARN", [], ["run_ended"]),
        ("ERROR", [], ["run_ended"]),
    ],
)
def test_no_more_is_written_than_the_level_asks_for(
    feed_input: Input, publisher: Publisher, rest: Rest, level: str, good: list[str], missing: list[str]
) -> None:
    set_level(rest, level)
    publisher.answers("/list.txt", ok(GOOD))
    for path, expected in (("/list.txt", good), ("/missing", missing)):
        feed_input.run("some_list", publisher.url(path), rest=rest)
        assert [pairs(line)["event"] for line in feed_input.stderr] == expected
        assert all(pairs(line)["feed"] == "some_list" for line in feed_input.stderr)


def test_the_most_talkative_log_tells_no_secret_and_of_an_address_the_host_alone(
    feed_input: Input, publisher: Publisher, rest: Rest
) -> None:
    secret = "canary-log-7b2e"
    set_level(rest, "DEBUG")
    store_credential(Splunkd(rest.uri, rest.session_key), "the_key", secret)
    publisher.answers("/canary-path/list.txt", ok(GOOD), Answer(500, secret.encode(), {"Retry-After": "0"}))
    url = publisher.url("/canary-path/list.txt?id=canary-query")
    seen: list[str] = []
    for _ in range(2):
        status = feed_input.run("some_list", url, rest=rest, auth="query", auth_name="key", credential="the_key")
        seen += [*told_and_kept(feed_input, status), *feed_input.stderr]

    assert any("event=run_started" in line and "127.0.0.1" in line for line in seen)
    for canary in (secret, "canary-path", "canary-query"):
        assert holds(seen, canary) == []


HOSTILE = {
    "a pair": "x feed=forged status=ok",
    "quoted pair": '" feed="forged" status="ok',
    "line breaks": "x\nINFO level=INFO feed=forged\r\nERROR\u2028level=ERROR\x85event=run_ended",
    "backslashes": '\\" feed=forged \\',
    "control": "\x00\x1b[31mfeed=forged\x07\u202e",
    "surrogate": "\ud800 feed=forged",
    "comma": "x,feed=forged;feed=forged|feed=forged",
    "long": "feed=forged " * 10_000,
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_no_text_becomes_a_pair_a_line_or_a_control_character(text: str) -> None:
    out = io.BytesIO()
    Log(out, "DEBUG", "some_list").write("WARN", "run_ended", reason=text, message=text, after="kept")
    line = out.getvalue().decode("utf-8")

    assert (line.count("\n"), line[-1]) == (1, "\n")
    assert line[:-1].isprintable()
    said = pairs(line)
    assert list(said) == ["level", "feed", "event", "reason", "message", "after"]
    assert (said["feed"], said["after"]) == ("some_list", "kept")
    assert len(line) < 10_000, "splunkd cuts longer ones"


def test_a_hostile_text_in_a_file_name_stays_in_its_place(feed_input: Input, tmp_path: Path) -> None:
    """The message of a failed run quotes what the stanza says: the one way by which foreign text comes into the log."""
    feed_input.run("some_list", str(tmp_path / 'x" feed="forged" status="ok'))
    (line,) = feed_input.stderr
    said = pairs(line)

    assert (said["feed"], said["status"], said["reason"]) == ("some_list", "failed", "not_found")


def test_levels_and_events_are_closed_lists() -> None:
    out = io.BytesIO()
    with pytest.raises(AssertionError):
        Log(out).write("INFO", "something_else")
    assert LEVELS == ("DEBUG", "INFO", "WARN", "ERROR")
    assert len(set(EVENTS)) == len(EVENTS)
    assert out.getvalue() == b""


@pytest.mark.parametrize("where", ["2>/dev/full", "2>&-"], ids=["full", "closed"])
def test_a_log_that_cannot_be_written_costs_no_run(tmp_path: Path, publisher: Publisher, where: str) -> None:
    """A full disk, or a splunkd that has gone away: the lookup is made and the status event comes all the same."""
    python = tmp_path / "python"
    python.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@" {where}\n')
    python.chmod(0o755)
    feed_input = Input(tmp_path / "splunk")
    feed_input.splunkd.python = str(python)
    publisher.answers("/list.txt", ok(GOOD))
    status = feed_input.run("some_list", publisher.url("/list.txt"))

    assert (status["status"], status["kept"]) == ("ok", 2)
    assert feed_input.stderr == []
    assert feed_input.lookup("malicious_ips.csv") is not None
