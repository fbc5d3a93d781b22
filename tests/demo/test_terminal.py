"""What reaches the terminal: nothing that an event, a list or a file name could do to it; and how the demo ends early."""

from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from demo import ROOT
from demo.findings import Findings
from demo.screen import Screen
from tests import hostile
from tests.demo.running import environment, make_event, run_demo, words

ESCAPES = "\x1b]0;owned\x07\x1b[2J\x1b[31m"
HOSTILE = f"[bold red]x[/] {ESCAPES}a\rb\nc\u202ed\x00e\ud800f :smile: <data>" + " ".join(hostile.HOSTILE.values())


def hostile_input(folder: Path) -> dict[str, Path]:
    """Events and a list whose every text tries something."""
    identity: dict[str, Any] = {
        **make_event(0)["userIdentity"],
        "arn": f"arn:aws:iam::111122223333:user/{HOSTILE}",
        "userName": HOSTILE,
    }
    event = make_event(
        1, sourceIPAddress="9.9.9.9", eventName=f"Get{HOSTILE}", awsRegion=HOSTILE, userAgent=HOSTILE, userIdentity=identity
    )
    events = folder / f"[bold]{ESCAPES[:5]}\n.json"
    events.write_text(json.dumps(event) + f"\n{HOSTILE.encode('utf-8', 'replace').decode()}\n", "utf-8")
    feed = folder / "li[red]st.txt"
    feed.write_text(f"9.9.9.9 # {ESCAPES}[blink]\n{ESCAPES}\n", "utf-8")
    allow = folder / "allow.csv"
    allow.write_text(f'indicator,caller,owner,reason\n,arn*nobody,"{ESCAPES}",x\n{ESCAPES},,,\n', "utf-8")
    return {"EVENTS": events, "FEEDS": feed, "ALLOWLIST": allow}


def test_hostile_text_is_shown_inert_in_a_pipe(tmp_path: Path) -> None:
    done = run_demo(**hostile_input(tmp_path), OUT=tmp_path / "out.json")
    assert (done.returncode, done.stderr) == (0, "")
    assert all(character.isprintable() for character in done.stdout.replace("\n", ""))
    assert "[bold red]x[/]" in done.stdout
    assert ":smile: <data>" in words(done.stdout)
    assert "1 informational" in done.stdout
    (event,) = (json.loads(line) for line in (tmp_path / "out.json").read_text("utf-8").splitlines())
    assert event["userAgent"] == HOSTILE  # what was read is not changed


def on_a_terminal(**variables: str) -> tuple[int, str]:
    """Run the demo on a pseudo terminal; returns exit status and all that was written to it."""
    try:
        leader, follower = pty.openpty()
    except OSError as error:  # a root without /dev/pts
        pytest.skip(f"this machine gives no pseudo terminal: {error}")
    process = subprocess.Popen(
        [sys.executable, "-m", "demo"], cwd=ROOT, env=environment(**variables), stdin=follower, stdout=follower, stderr=follower
    )
    os.close(follower)
    written = b""
    while True:
        try:
            data = os.read(leader, 65536)
        except OSError:  # EIO: how Linux says that the other side is closed
            break
        if not data:
            break
        written += data
    os.close(leader)
    return process.wait(60), written.decode("utf-8")


def test_a_terminal_gets_colours_and_nothing_of_hostile_text(tmp_path: Path) -> None:
    names = {name: str(path) if name != "EVENTS" else f"'{path}'" for name, path in hostile_input(tmp_path).items()}
    status, written = on_a_terminal(TERM="xterm-256color", **names)
    assert status == 0
    assert "\x1b[36minformational" in written
    assert "Annotating:" in written
    for sent in ("\x1b]0;", "\x1b[2J", "\x1b[31m]", "\x07", "\u202e", "\x00"):
        assert sent not in written


def test_no_control_code_where_none_is_wanted() -> None:
    status, written = on_a_terminal(TERM="xterm", NO_COLOR="1")
    assert status == 0
    assert "\x1b" not in written
    assert "Callers by severity" in written


@pytest.mark.parametrize("columns", [80, 100, 140, 200])
def test_the_table_fills_the_width_and_no_more(columns: int, capsys: pytest.CaptureFixture[str]) -> None:
    findings = Findings()
    reason = "listed_outside_aws: 198.51.100.23 is on sample_tor_exits (tor); outside AWS; unexpected action " + "s3:Long" * 30
    fields = {"caller": "arn:aws:iam::111122223333:role/" + "long-name-" * 9, "intel_match": "true", "severity_reason": reason}
    findings.take({**fields, "severity": "high", "intel_feed": [f"feed_{number}" for number in range(9)]})
    findings.take({**fields, "severity": "informational", "caller": ""})
    Screen({"COLUMNS": str(columns)}).findings(findings)
    lines = capsys.readouterr().out.splitlines()
    assert max(map(len, lines)) == columns
    assert reason.replace(" ", "") in words("".join(lines)).replace(" ", "")
    assert "(the event does not say who)" in "".join(lines)


def waiting_demo(folder: Path) -> tuple[subprocess.Popen[str], int]:
    """A demo that waits in the middle of its search for more events, and the pipe that it reads them from."""
    temporary = folder / "tmp"
    temporary.mkdir()
    pipe = folder / "events.pipe"
    os.mkfifo(pipe)
    process = subprocess.Popen(
        [sys.executable, "-m", "demo"],
        cwd=ROOT,
        env=environment(EVENTS=str(pipe), TMPDIR=str(temporary)),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        start_new_session=True,
        # What runs in the background of a shell (`make test &`) ignores SIGINT, and so would what it starts.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    writer = os.open(pipe, os.O_WRONLY)  # returns when the demo has begun to read
    os.write(writer, json.dumps(make_event(1)).encode() + b"\n")
    assert any(temporary.iterdir())
    return process, writer


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_demo_leaves_nothing_behind(tmp_path: Path, number: signal.Signals) -> None:
    process, writer = waiting_demo(tmp_path)
    process.send_signal(number)
    _, stderr = process.communicate(timeout=60)
    os.close(writer)
    assert (process.returncode, stderr) == (130, "Stopped; the temporary folder is removed.\n")
    assert list((tmp_path / "tmp").iterdir()) == []
    with pytest.raises(ProcessLookupError):
        os.killpg(process.pid, 0)  # its session has no process left


def test_a_reader_that_goes_away_ends_the_demo_without_a_traceback() -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "demo"],
        cwd=ROOT,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )
    assert process.stdout and process.stderr
    process.stdout.readline()
    process.stdout.close()
    assert process.stderr.read() == ""
    process.stderr.close()
    assert process.wait(60) == 1


def test_a_full_disk_is_one_sentence(tmp_path: Path) -> None:
    if not os.path.exists("/dev/full"):
        pytest.skip("this system has no /dev/full")
    events = tmp_path / "events.json"
    events.write_text(json.dumps(make_event(1)), "utf-8")
    done = run_demo(EVENTS=events, OUT="/dev/full")
    assert done.returncode == 1
    assert done.stderr.startswith("OUT: /dev/full could not be written to its end (No space left on device)")
    assert done.stderr.count("\n") == 1
