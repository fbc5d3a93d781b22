"""What each program asks of splunkd is listed in docs/permissions.md, and each does its work where everything else is refused."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from callerintel.feeds.credentials import store_credential
from callerintel.feeds.splunkd import Splunkd as Client
from tests.app.shipped import ROOT, SPECS
from tests.deployment.test_docs import names, table
from tests.feeds.conftest import Input
from tests.feeds.server import Publisher, ok
from tests.search.conftest import Command, event
from tests.splunkd import Rest
from tests.splunkd.getinfo import run_request
from tests.splunkd.rest import _read_request
from tests.splunkd.rest_answers import Answer, message_answer

GOOD = b"192.0.2.7\n198.51.100.0/24\n"
Call = tuple[str, str]


def listed(program: str) -> dict[Call, list[str]]:
    """(method, endpoint) → the capabilities that one program needs for it, by the docs."""
    found = {}
    for who, call, _, needed in table("permissions.md", "What each program asks of splunkd"):
        if who == program:
            method, _, endpoint = names(call)[0].partition(" ")
            found[method, endpoint] = names(needed)
    return found


def endpoint(path: str) -> str:
    """An endpoint without the name of the entity at its end."""
    match = re.match(
        r"(storage/passwords|data/lookup-table-files|data/inputs/intel_feed|configs/conf-maliciouscaller|configs/conf-macros|saved/searches)",
        path,
    )
    return match[1] if match else path


class Strict(Rest):
    """A management port that answers what it is told to allow, and refuses all else as splunkd refuses who may not."""

    def __init__(self, home: Path, role: str, allowed: set[Call]) -> None:
        super().__init__(home, role)
        self.allowed = allowed
        self.asked: set[Call] = set()
        self.refused: set[Call] = set()

    def answer(self, method: str, target: str, authorization: str, body: bytes) -> Answer:
        request = _read_request(method, target, body)
        call = (method, endpoint(request.path))
        if call not in self.allowed:
            self.refused.add(call)
            return message_answer(403, "You (user=splunk-system-user) do not have permission to perform this operation.", True)
        self.asked.add(call)
        return super().answer(method, target, authorization, body)


@pytest.fixture
def home(feed_input: Input) -> Path:
    return feed_input.splunkd.home


@pytest.fixture
def feed_input(tmp_path: Path) -> Input:
    return Input(tmp_path / "splunk")


@pytest.fixture
def publisher() -> Iterator[Publisher]:
    with Publisher() as running:
        running.answers("/list.txt", ok(GOOD))
        yield running


def run(feed_input: Input, publisher: Publisher, port: Rest) -> dict[str, object]:
    """A run of a feed that has a credential."""
    port.passwords["TA-maliciouscaller", "a_key"] = "canary-2f7c"
    settings = {"auth": "header", "auth_name": "X-Key", "credential": "a_key"}
    return feed_input.run("some_list", publisher.url("/list.txt"), rest=port, **settings)


def test_the_input_needs_what_is_listed_and_no_more(feed_input: Input, publisher: Publisher, home: Path) -> None:
    allowed, asked = set(listed("input")), set()
    for role in ("none", "member", "captain"):
        with Strict(home, role, allowed) as port:
            status = run(feed_input, publisher, port)
        assert (status["status"], port.refused) == ("unchanged" if role == "member" else "ok", set()), role
        asked |= port.asked
        feed_input.forget()

    assert asked == allowed, "what is listed and never asked is one right too many"


@pytest.mark.parametrize("call", sorted(listed("input")), ids=" ".join)
def test_a_call_that_is_refused_is_told_in_the_runs_event_and_loses_nothing(
    feed_input: Input, publisher: Publisher, home: Path, call: Call
) -> None:
    """One sentence, and what is in place stays; what can go on without the answer goes on."""
    with Strict(home, "captain", set(listed("input"))) as port:
        run(feed_input, publisher, port)
    before = feed_input.generation()
    publisher.answers("/list.txt", ok(GOOD + b"192.0.2.8\n"))
    with Strict(home, "captain", set(listed("input")) - {call}) as port:
        status = run(feed_input, publisher, port)

    told = f"{status.get('message', '')} {status.get('note', '')} {feed_input.stderr}"
    assert port.refused == {call}
    assert "canary-2f7c" not in told
    assert "403" in told or "did not say" in told, told
    if status["status"] == "failed":
        assert feed_input.generation() == before


def test_who_stores_a_credential_needs_what_is_listed_and_no_more(home: Path) -> None:
    allowed = set(listed("store_credential"))
    with Strict(home, "none", allowed) as port:
        for secret in ("x" * 600, "short"):
            store_credential(Client(port.uri, port.session_key), "a_key", secret)
        assert port.passwords == {("TA-maliciouscaller", "a_key"): "short"}

    assert (port.asked, port.refused) == (allowed, set())


def test_the_command_asks_splunkd_for_nothing(tmp_path: Path) -> None:
    command = Command(tmp_path / "splunk")
    command.listed(("203.0.113.9/32", "tor_list", "tor", "80"))
    with Strict(command.splunkd.home, "none", set()) as port:
        info = replace(
            command.splunkd.search_info(command.app, "maliciouscaller"), splunkd_uri=port.uri, session_key=port.session_key
        )
        with command.splunkd.conversation(command.app, "maliciouscaller") as talk:
            talk.send(run_request(info))
            assert talk.receive() is not None
            columns = list(event(sourceIPAddress="203.0.113.9"))
            cells = ",".join(f'"{value}"' for value in event(sourceIPAddress="203.0.113.9").values())
            body = ",".join(f'"{name}"' for name in columns) + "\n" + cells + "\n"
            talk.send({"action": "execute", "finished": True}, body.encode())
            reply = talk.receive()
            assert talk.finish()[:2] == (0, "")

    assert reply is not None
    assert b"tor_list" in reply.body
    assert (listed("command"), port.requests, port.refused) == ({}, [], set())


def test_the_set_up_page_asks_what_is_listed_and_no_more() -> None:
    script = "\n".join(path.read_text(encoding="utf-8") for path in sorted((ROOT / "appserver/static").glob("setup*.js")))
    found = {(method, endpoint(path)) for method, path in re.findall(r"call\('([A-Z]+)', '([^']+)'", script)}
    for function, path in re.findall(r"function (\w+)\([^)]*\) \{ return '([a-z][a-z/_-]+)", script):
        found |= {(method, endpoint(path)) for method in re.findall(rf"call\('([A-Z]+)', {function}\(", script)}

    assert {("GET", "data/inputs/intel_feed"), ("POST", "storage/passwords")} < found
    assert found <= set(listed("set-up page"))


@pytest.mark.skipif(not SPECS.is_dir(), reason="Splunk's spec files are not here (TA_SHARED_DATA)")
def test_each_capability_that_is_listed_is_one_of_splunks_or_the_inputs_own() -> None:
    spec = (SPECS / "authorize.conf.spec").read_text(encoding="utf-8")
    known = set(re.findall(r"(?m)^\[capability::(\w+)\]", spec)) | {"edit_modinput_intel_feed"}
    programs = ("input", "set-up page", "store_credential", "tryintelfeed")
    needed = {name for program in programs for capabilities in listed(program).values() for name in capabilities}

    assert {"list_storage_passwords", "edit_storage_passwords"} <= needed
    assert needed <= known


def test_a_trial_needs_what_is_listed_and_no_more(feed_input: Input, publisher: Publisher, home: Path) -> None:
    allowed = set(listed("tryintelfeed"))
    with Strict(home, "none", allowed) as port:
        port.passwords["TA-maliciouscaller", "a_key"] = "canary-2f7c"
        words = [f"url={publisher.url('/list.txt')}", "auth=header", "auth_name=X-Key", "credential=a_key", "keep_reserved=true"]
        result = feed_input.splunkd.search(feed_input.app, "tryintelfeed", words, rest=port, parse_phase=0)

    assert (result.error, port.refused, port.asked) == (None, set(), allowed)
    assert {row["part"] for row in result.events} >= {"verdict", "kept"}


def test_the_app_adds_no_rest_handler_no_role_and_no_capability() -> None:
    """Whatever is asked over REST is splunkd's own, and guarded by it."""
    shipped = {path.name for path in (ROOT / "default").glob("*.conf")}

    assert shipped & {"restmap.conf", "web.conf", "authorize.conf", "authentication.conf", "limits.conf"} == set()
