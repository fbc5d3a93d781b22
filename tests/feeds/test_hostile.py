"""What a publisher wrote goes into lookups, events, the log and terminals as text and does nothing there; nothing of ours would run it."""

from __future__ import annotations

import ast
import csv
import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.feeds.conftest import ROOT, Input
from tests.feeds.server import Answer, Publisher, ok, redirect
from tests.feeds.test_log import pairs
from tests.hostile import HOSTILE, has_controls, starts_a_formula

ALL_AT_ONCE = " ".join(HOSTILE.values())


def feodo(texts: list[str]) -> bytes:
    """A list of servers, each text the malware of one; JSON can carry any text."""
    servers = [{"ip_address": f"192.0.2.{number}", "status": "online", "malware": text} for number, text in enumerate(texts)]
    return json.dumps(servers).encode()


def cells(data: bytes | None) -> list[dict[str, str]]:
    assert data is not None
    return list(csv.DictReader(io.StringIO(data.decode("utf-8"), newline="")))


def assert_inert(status: dict[str, Any], log: list[str]) -> None:
    """The event is one JSON object on one line, the log pairs that nobody forged, and no message holds what is not shown."""
    assert not any(has_controls(value) for value in status.values() if isinstance(value, str)), status
    for line in log:
        assert not has_controls(line), line
        assert pairs(line)["event"] in ("run_ended", "settings_problem")
    assert status["feed"] == "some_list"


def test_each_text_of_a_list_is_the_description_of_its_own_indicator(feed_input: Input, publisher: Publisher) -> None:
    publisher.answers("/list.json", ok(feodo(list(HOSTILE.values()))))
    status = feed_input.run("some_list", publisher.url("/list.json"), format="feodo")
    own, compiled = (cells(feed_input.lookup(name)) for name in ("intel_feed_some_list.csv", "malicious_ips.csv"))

    assert (status["status"], status["kept"]) == ("ok", len(HOSTILE))
    assert_inert(status, feed_input.stderr)
    for rows in (own, compiled):
        assert len(rows) == len(HOSTILE)
        for row in rows:
            assert None not in row
            assert not any(has_controls(cell) or starts_a_formula(cell) for cell in row.values()), row
    words = {row["indicator"]: row["description"] for row in own}
    assert words["192.0.2.0"] == 'HYPERLINK("http://192.0.2.1/?"&A1,"click")'
    assert words[f"192.0.2.{list(HOSTILE).index('html')}"] == HOSTILE["html"], (
        "a browser is Splunk's to guard: it shows text as text"
    )


@pytest.mark.parametrize("kind", [*HOSTILE, "all"])
@pytest.mark.parametrize(
    "body",
    [
        "<!doctype html><title>{}</title>",
        "# This list has been deprecated {}\n",
        "{}\nno address {}\n" * 40,
        '{"error": {"message": {json}}}',
        "{}",
    ],
    ids=["html", "tombstone", "lines", "json", "bare"],
)
def test_what_a_refused_list_says_is_told_without_what_it_does(feed_input: Input, body: str, kind: str) -> None:
    text = HOSTILE.get(kind, ALL_AT_ONCE)
    path = feed_input.splunkd.home / "list.txt"
    path.write_bytes((body.replace("{json}", json.dumps(text)) if "{json}" in body else body.replace("{}", text)).encode())
    status = feed_input.run_here("some_list", str(path))

    assert status["status"] in ("refused", "failed", "ok")
    assert_inert(status, [])


@pytest.mark.parametrize(
    "answer",
    [
        Answer(404, ALL_AT_ONCE.encode()),
        redirect("http://192.0.2.1/%1b[2J\x9b31m?x=y\x7f"),
        ok(b"<html>" + ALL_AT_ONCE.encode(), Content_Type='text/plain; charset="\x9b31m'),
        ok(ALL_AT_ONCE.encode() * 30, ETag='"=\x9b31m x=y"'),
    ],
    ids=["status", "redirect", "html", "headers"],
)
def test_an_answer_of_a_publisher_is_told_without_what_it_does(feed_input: Input, publisher: Publisher, answer: Answer) -> None:
    publisher.answers("/list.txt", answer)
    status = feed_input.run("some_list", publisher.url("/list.txt"))

    assert status["status"] in ("refused", "failed")
    assert_inert(status, feed_input.stderr)


def test_a_terminal_that_looks_at_a_list_obeys_nothing_in_it(tmp_path: Path) -> None:
    path = tmp_path / "li\x1b[31mst.txt"
    path.write_text("192.0.2.1\n" + "\n".join(HOSTILE.values()) + "\n", "utf-8")
    shown = [try_feed(URL=str(path)), try_feed(URL=str(path), FORMAT=HOSTILE["ansi"]), try_feed(URL=f"/none/{HOSTILE['ansi']}")]
    shown.append(try_feed(URL=str(path), SETTINGS=f"'{HOSTILE['ansi']}'"))
    shown.append(try_feed(URL=str(path), SETTINGS=f"'category={HOSTILE['ansi_of_one_byte']}'"))

    assert [done.returncode for done in shown] == [0, 2, 1, 2, 2]
    for done in shown:
        written = (done.stdout + done.stderr).split("\n")
        assert not any(map(has_controls, written)), written
    assert "not_an_address" in shown[0].stdout


def try_feed(**given: str) -> subprocess.CompletedProcess[str]:
    argv = [sys.executable, str(ROOT / "scripts" / "try_feed.py")]
    return subprocess.run(argv, env={"PATH": "", **given}, capture_output=True, encoding="utf-8", timeout=60)


def test_no_code_of_ours_starts_a_shell_or_runs_what_it_read() -> None:
    """A feed is text from a stranger: nothing that is shipped can make a program of it."""
    forbidden = {"eval", "exec", "compile", "__import__", "system", "popen", "loads_all", "Popen", "check_output", "unsafe_load"}
    found = []
    for path in sorted((ROOT / "bin").glob("*.py")) + sorted((ROOT / "bin/callerintel").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
                is_regex = isinstance(node.func, ast.Attribute) and getattr(node.func.value, "id", "") == "re"
                if name in forbidden and not is_regex:
                    found.append(f"{path.name}:{node.lineno} {name}")
            if isinstance(node, (ast.Import, ast.ImportFrom)):
                modules = {alias.name for alias in node.names} | {getattr(node, "module", "") or ""}
                found += [
                    f"{path.name}:{node.lineno} {name}"
                    for name in modules & {"subprocess", "pickle", "marshal", "shelve", "yaml"}
                ]

    assert found == []
