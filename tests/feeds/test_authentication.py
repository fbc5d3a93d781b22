"""A secret goes where it is meant to go and nowhere else: each secret here is a canary that is searched for everywhere."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Callable

import pytest

from callerintel.errors import FeedError
from callerintel.feeds.credentials import PART_CHARACTERS, read_credential, store_credential
from callerintel.feeds.splunkd import Splunkd
from tests.feeds.canary import holds, told_and_kept
from tests.feeds.certificates import Authority
from tests.feeds.conftest import Input
from tests.feeds.server import Answer, Publisher, ok, redirect
from tests.splunkd import Rest

GOOD = b"192.0.2.7\n198.51.100.0/24\n"
REALM = "TA-maliciouscaller"
CANARY = "canary-7b1f+/=" + "x" * 300  # longer than one entry of the store


@pytest.fixture
def other() -> Iterator[Publisher]:
    """Another origin: another port of this host."""
    with Publisher() as running:
        yield running


def store(rest: Rest, name: str, secret: str) -> None:
    store_credential(Splunkd(rest.uri, rest.session_key), name, secret)


def authorization(value: str) -> Callable[[Any], bool]:
    return lambda request: request.headers.get("Authorization") == value


# Settings → whether a request shows the secret as it should.
KINDS: dict[str, tuple[dict[str, str], str, Callable[[Any], bool]]] = {
    "basic": ({"auth_name": "me"}, "/list.txt", authorization("Basic " + base64.b64encode(f"me:{CANARY}".encode()).decode())),
    "bearer": ({}, "/list.txt", authorization(f"Bearer {CANARY}")),
    "header": ({"auth_name": "X-OTX-API-KEY"}, "/list.txt", lambda request: request.headers.get("X-OTX-API-KEY") == CANARY),
    "query": (
        {"auth_name": "key"},
        "/list.txt?limit=5",
        lambda request: request.path.startswith("/list.txt?limit=5&key=canary-7b1f%2B%2F%3Dxxx"),
    ),
    "path": ({}, "/{credential}/list.txt", lambda request: request.path.startswith("/canary-7b1f%2B%2F%3Dxxx")),
}


def answers(publisher: Publisher, path: str, *given: Answer) -> None:
    """The same answers where the path holds the secret and where it does not."""
    publisher.answers(path.partition("?")[0], *given)
    publisher.answers(path.replace("{credential}", "canary-7b1f%2B%2F%3D" + "x" * 300), *given)


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_shows_the_secret_to_its_publisher_alone(
    feed_input: Input, publisher: Publisher, other: Publisher, rest: Rest, kind: str
) -> None:
    settings, path, is_shown = KINDS[kind]
    store(rest, "abuse_ch", CANARY)
    settings = {"auth": kind, "credential": "abuse_ch", **settings}
    answers(publisher, path, ok(GOOD), redirect(other.url("/moved")))
    other.answers("/moved", Answer(401, b"who are you?"))

    first = feed_input.run("some_list", publisher.url(path), rest=rest, **settings)
    assert (first["status"], first["kept"]) == ("ok", 2)
    assert is_shown(publisher.requests[0])
    before = feed_input.generation()

    second = feed_input.run("some_list", publisher.url(path), rest=rest, **settings)
    assert (second["status"], second["reason"]) == ("failed", "denied"), "the other origin got no credential"
    assert is_shown(publisher.requests[1])
    assert len(other.requests) == 1
    assert feed_input.generation() == before
    assert holds(told_and_kept(feed_input, [first, second], other), CANARY) == []


@pytest.mark.parametrize("kind", ["query", "path"])
def test_a_redirect_that_carries_the_secret_itself_to_another_origin(
    feed_input: Input, publisher: Publisher, other: Publisher, rest: Rest, kind: str
) -> None:
    """A publisher's redirect often repeats the query: the parameter is taken out; where it cannot be, nobody is asked."""
    settings, path, _ = KINDS[kind]
    store(rest, "abuse_ch", CANARY)
    secret = "canary-7b1f%2B%2F%3D" + "x" * 300
    answers(publisher, path, redirect(other.url(f"/moved?limit=5&key={secret}" if kind == "query" else f"/{secret}/moved")))
    other.answers("/moved", ok(GOOD))
    status = feed_input.run("some_list", publisher.url(path), rest=rest, auth=kind, credential="abuse_ch", **settings)
    if kind == "query":
        assert (status["status"], [request.path for request in other.requests]) == ("ok", ["/moved?limit=5"])
    else:
        assert (status["reason"], other.requests) == ("redirect", [])
    assert holds(told_and_kept(feed_input, status, other), CANARY) == []


def test_a_redirect_within_the_origin_keeps_the_secret(feed_input: Input, publisher: Publisher, rest: Rest) -> None:
    store(rest, "abuse_ch", "canary-5")
    publisher.answers("/list.txt", redirect("/moved"))
    publisher.answers("/moved", ok(GOOD))
    feed_input.run("some_list", publisher.url("/list.txt"), rest=rest, auth="bearer", credential="abuse_ch")
    assert publisher.requests[1].headers["Authorization"] == "Bearer canary-5"


@pytest.mark.parametrize("kind", KINDS)
def test_no_error_repeats_a_secret(feed_input: Input, publisher: Publisher, rest: Rest, kind: str) -> None:
    settings, path, is_shown = KINDS[kind]
    store(rest, "abuse_ch", CANARY)
    answers(publisher, path, Answer(500, b"", {"Retry-After": "0"}), Answer(403, b"no"))
    status = feed_input.run("some_list", publisher.url(path), rest=rest, auth=kind, credential="abuse_ch", **settings)
    assert (status["reason"], len(publisher.requests)) == ("denied", 2)
    assert all(map(is_shown, publisher.requests))
    assert holds(told_and_kept(feed_input, status), CANARY) == []


@pytest.mark.parametrize(
    "answer", [Answer(200, GOOD, cut=9), Answer(302, b"", {"Location": "ftp://x"}), ok(b"<html>")], ids=["cut", "ftp", "html"]
)
def test_no_other_fault_repeats_a_secret(feed_input: Input, publisher: Publisher, rest: Rest, answer: Answer) -> None:
    store(rest, "abuse_ch", CANARY)
    answers(publisher, "/{credential}/list.txt", answer)
    status = feed_input.run("some_list", publisher.url("/{credential}/list.txt"), rest=rest, auth="path", credential="abuse_ch")
    assert status["status"] != "ok"
    assert holds(told_and_kept(feed_input, status), CANARY) == []


def test_a_client_certificate_is_shown_to_who_asks_for_it(feed_input: Input, authority: Authority, rest: Rest) -> None:
    server, client = authority.certificate("server", "IP:127.0.0.1"), authority.certificate("client", "DNS:client")
    store(rest, "my_certificate", client.read_text())
    settings: dict[str, object] = {"ca_bundle": authority.ca, "auth": "client_certificate", "credential": "my_certificate"}
    with Publisher(server, client_ca=authority.ca) as publisher:
        publisher.answers("/list.txt", ok(GOOD))
        status = feed_input.run("some_list", publisher.url("/list.txt"), rest=rest, **settings)
        assert (status["status"], status["kept"]) == ("ok", 2)
        key = client.read_text().splitlines()[1]
        assert holds(told_and_kept(feed_input, status, publisher), key) == []
        without = feed_input.run("other_list", publisher.url("/list.txt"), rest=rest, ca_bundle=authority.ca)
        assert without["status"] == "failed"
        store(rest, "my_certificate", "canary-no-certificate")
        broken = feed_input.run("some_list", publisher.url("/list.txt"), rest=rest, **settings)
        assert broken["reason"] == "credential"
        assert holds(told_and_kept(feed_input, broken, publisher), "canary-no-certificate") == []


def test_a_client_certificate_is_not_shown_to_another_origin(feed_input: Input, authority: Authority, rest: Rest) -> None:
    server, client = authority.certificate("server", "IP:127.0.0.1"), authority.certificate("client", "DNS:client")
    store(rest, "my_certificate", client.read_text())
    with Publisher(server) as publisher, Publisher(server, client_ca=authority.ca) as curious:
        publisher.answers("/list.txt", redirect(curious.url("/list.txt")))
        curious.answers("/list.txt", ok(GOOD))
        status = feed_input.run(
            "some_list",
            publisher.url("/list.txt"),
            rest=rest,
            ca_bundle=authority.ca,
            auth="client_certificate",
            credential="my_certificate",
        )
        assert status["status"] == "failed"
        assert curious.requests == []


def test_a_credential_that_is_not_stored_is_named(feed_input: Input, publisher: Publisher, rest: Rest) -> None:
    status = feed_input.run("some_list", publisher.url("/list.txt"), rest=rest, auth="bearer", credential="abuse_ch")
    assert (status["status"], status["reason"]) == ("failed", "credential")
    assert "'abuse_ch'" in status["message"]
    assert "docs/feeds.md" in status["message"]
    assert publisher.requests == []


def test_a_secret_typed_in_place_of_the_name_is_refused_and_not_repeated(feed_input: Input, rest: Rest) -> None:
    """It would lie in inputs.conf, readable, if the stanza were saved."""
    params = {"url": "https://example.com/list.txt", "auth": "bearer", "credential": "canary-a1b2"}
    for secret in ("canary-a1b2", "canary a1b2!"):
        result = feed_input.splunkd.validate(
            feed_input.app, "intel_feed", "some_list", {**params, "credential": secret}, rest=rest
        )
        assert result.error is not None
        assert "The option credential cannot be '(not shown)'" in result.error
        assert holds([result.error, *result.stderr], secret) == []
    store(rest, "canary-a1b2", "x")
    assert feed_input.splunkd.validate(feed_input.app, "intel_feed", "some_list", params, rest=rest).error is None


def test_neither_netrc_nor_the_environment_is_asked(
    feed_input: Input, publisher: Publisher, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in (".netrc", "_netrc"):
        (tmp_path / name).write_text("machine 127.0.0.1 login me password canary-netrc\ndefault login me password canary-netrc\n")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
        monkeypatch.setenv(name, "http://me:canary-proxy@127.0.0.1:9")
    publisher.answers("/list.txt", ok(GOOD))
    assert feed_input.run_here("some_list", publisher.url("/list.txt"))["status"] == "ok"
    assert "Authorization" not in publisher.requests[0].headers


@pytest.mark.parametrize("length", [1, 254, 255, 256, 510, 511, 1700])
def test_a_secret_of_any_length_comes_back_whole(rest: Rest, length: int) -> None:
    splunkd = Splunkd(rest.uri, rest.session_key)
    secret = "".join(chr(33 + number % 90) for number in range(length))
    store_credential(splunkd, "some", "y" * 900)
    store_credential(splunkd, "some", secret)
    assert read_credential(splunkd, "some") == secret
    assert max(map(len, rest.passwords.values())) <= PART_CHARACTERS
    assert all(realm == REALM for realm, _ in rest.passwords)
    assert len(rest.passwords) == -(-length // PART_CHARACTERS)


def test_a_secret_that_cannot_be_sent_is_no_traceback(feed_input: Input, publisher: Publisher, rest: Rest) -> None:
    store(rest, "abuse_ch", "canary\nInjected: header")
    status = feed_input.run("some_list", publisher.url("/list.txt"), rest=rest, auth="bearer", credential="abuse_ch")
    assert (status["reason"], publisher.requests) == ("credential", [])
    assert holds([str(status), *feed_input.stderr], "canary") == []


def test_a_splunkd_that_does_not_answer_is_told_apart_from_a_missing_credential() -> None:
    with pytest.raises(FeedError) as caught:
        read_credential(Splunkd("http://127.0.0.1:9", "key"), "some")
    assert "splunkd did not answer" in str(caught.value)
