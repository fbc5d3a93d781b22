"""`| tryintelfeed`, the real process as splunkd starts it: what it shows, whom it refuses, and what it never shows."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from callerintel.feeds.credentials import store_credential
from callerintel.feeds.splunkd import Splunkd
from tests.feeds.certificates import Authority
from tests.feeds.conftest import Input
from tests.feeds.proxy import Proxy
from tests.feeds.server import Answer, Publisher, ok
from tests.hostile import HOSTILE
from tests.splunkd import Rest, SearchResult

HIDDEN = "(not shown: it is on this host)"
LINES = [f"192.0.2.{n}" for n in range(30)] + [f"not an address {n}" for n in range(25)] + ["example.com", "192.0.2.1"]


def run(feed_input: Input, rest: Rest, **settings: object) -> SearchResult:
    """One search, its settings as the set-up page writes them."""
    words = [f'{name}="{quote(str(value), safe="/:?=&,.-_~")}"' for name, value in settings.items()]
    result = feed_input.splunkd.search(feed_input.app, "tryintelfeed", words, rest=rest, parse_phase=0)
    assert (result.exit_status, result.stderr) == (0, "")
    return result


def parts(result: SearchResult, part: str, *names: str) -> list[Any]:
    """The cells `names` of the rows of one kind."""
    assert result.error is None
    rows = [row for row in result.events if row["part"] == part]
    return [tuple(row.get(name, "") for name in names) if len(names) > 1 else row.get(names[0], "") for row in rows]


@pytest.fixture
def far(authority: Authority) -> Iterator[tuple[Publisher, dict[str, object]]]:
    """A publisher that is not this host, reached through a proxy, with the settings that lead there."""
    certificate = authority.certificate("feeds", "DNS:feeds.example.com")
    with Publisher(certificate) as publisher, Proxy(publisher.port) as proxy:
        yield publisher, {"proxy": proxy.url, "ca_bundle": authority.ca, "keep_reserved": "true"}


def test_an_administrator_sees_what_would_be_kept_and_what_not_and_why(
    feed_input: Input, rest: Rest, far: tuple[Publisher, dict[str, object]]
) -> None:
    publisher, settings = far
    publisher.answers("/a%20list.txt", ok("\n".join(LINES).encode()))
    before = feed_input.generation()
    result = run(feed_input, rest, url="https://feeds.example.com/a%20list.txt?x=1", format="plain", **settings)

    assert parts(result, "verdict", "text", "reason") == [("The list would be accepted.", "")]
    assert parts(result, "format", "text") == ["plain"]
    assert (parts(result, "kept", "count"), parts(result, "rejected", "count")) == (["30"], ["26"])
    assert parts(result, "reason", "reason", "count") == [("host_name", "1"), ("not_an_address", "25")]
    assert parts(result, "kept_entry", "text") == LINES[:20]
    assert parts(result, "rejected_entry", "line", "text", "reason")[0] == ("31", "'not an address 0'", "not_an_address")
    assert len(parts(result, "rejected_entry", "text")) == 20
    assert len(publisher.requests) == 1
    assert feed_input.generation() == before


def test_while_splunk_only_parses_a_search_nothing_is_fetched(feed_input: Input, publisher: Publisher) -> None:
    result = feed_input.splunkd.search(feed_input.app, "tryintelfeed", [f'url="{publisher.url("/x")}"'], parse_phase=2)

    assert "Splunk did not say what you may do" in (result.error or "")  # the run: nobody listens at the port that it is told of
    assert result.getinfo_reply == {"type": "stateful", "generating": True}
    assert publisher.requests == []


@pytest.mark.parametrize(
    ("capabilities", "status", "said"),
    [
        (["search", "list_storage_passwords"], 0, "which you may not: it needs edit_modinput_intel_feed or admin_all_objects."),
        ([], 0, "which you may not"),
        (["admin_all_objects"], 500, "Splunk did not say what you may do, so nothing was fetched."),
        (["admin_all_objects"], 401, "Splunk did not say what you may do, so nothing was fetched."),
    ],
)
def test_who_may_not_make_feeds_or_cannot_be_told_makes_nobody_fetch_anything(
    feed_input: Input, rest: Rest, publisher: Publisher, capabilities: list[str], status: int, said: str
) -> None:
    rest.capabilities = capabilities
    if status:
        rest.refuses["authentication/current-context"] = status
    result = run(feed_input, rest, url=publisher.url("/list.txt"))

    assert said in (result.error or "")
    assert result.events == []
    assert publisher.requests == []


def test_without_a_splunkd_that_answers_nothing_is_fetched(feed_input: Input, rest: Rest, publisher: Publisher) -> None:
    rest.close()
    result = run(feed_input, rest, url=publisher.url("/list.txt"))

    assert "Splunk did not say what you may do" in (result.error or "")
    assert publisher.requests == []


def test_either_capability_to_make_feeds_is_enough(feed_input: Input, rest: Rest, publisher: Publisher) -> None:
    publisher.answers("/list.txt", ok(b"1.1.1.1\n"))
    rest.capabilities = ["edit_modinput_intel_feed"]
    assert parts(run(feed_input, rest, url=publisher.url("/list.txt")), "kept_entry", "text") == ["1.1.1.1"]


@pytest.mark.parametrize("where", ["file", "service"])
def test_what_lies_on_this_host_is_counted_and_never_shown(
    feed_input: Input, rest: Rest, publisher: Publisher, tmp_path: Path, where: str
) -> None:
    secret = "pass4SymmKey = canary-77\n"
    (tmp_path / "server.conf").write_text(f"{secret * 3}8.8.8.8\n")
    publisher.answers("/x", ok(f"{secret * 3}8.8.8.8\n".encode()))
    result = run(feed_input, rest, url=tmp_path / "server.conf" if where == "file" else publisher.url("/x"), format="plain")

    assert parts(result, "rejected_entry", "line", "text", "reason")[0] == ("1", HIDDEN, "not_an_address")
    assert parts(result, "verdict", "text", "reason") == [("The list would be refused (unparsable).", "unparsable")]
    assert b"canary-77" not in b"".join(body for _, body in result.replies)


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"url": "http://192.0.2.1/latest/meta-data"}, "The option url cannot be 'http://192.0.2.1/...'"),
        ({"url": "ftp://example.org/x"}, "The option url cannot be"),
        ({"url": "https://user:word@example.org/x"}, "an address without a user name or password in it"),
        ({"url": "/x", "format": "prose"}, "The option format cannot be 'prose'"),
        ({"url": "/x", "credential": "stored"}, "The option auth cannot be 'none'"),
        ({"url": "/x", "password": "hunter2"}, "The option password cannot be"),
        ({"url": "/x", "name": "a b"}, "The option name cannot be 'a b'"),
        ({}, "The option url cannot be"),
    ],
)
def test_settings_are_checked_as_those_of_a_feed(feed_input: Input, rest: Rest, settings: dict[str, str], said: str) -> None:
    result = run(feed_input, rest, **settings)

    assert said in (result.error or "")
    assert result.events == []


def test_a_credential_is_named_and_neither_shown_nor_sent_elsewhere(
    feed_input: Input, rest: Rest, far: tuple[Publisher, dict[str, object]]
) -> None:
    store_credential(Splunkd(rest.uri, rest.session_key), "ours", "canary-key-5")
    publisher, settings = far
    publisher.answers("/list.txt", ok(b"192.0.2.1\n"))
    authentication = {"auth": "header", "auth_name": "Key", "credential": "ours"}
    result = run(feed_input, rest, url="https://feeds.example.com/list.txt", **authentication, **settings)

    assert parts(result, "verdict", "text") == ["The list would be accepted."]
    assert [request.headers.get("Key") for request in publisher.requests] == ["canary-key-5"]
    assert b"canary-key-5" not in b"".join(body for _, body in result.replies)
    missing = run(
        feed_input, rest, url="https://feeds.example.com/list.txt", **{**authentication, "credential": "no"}, **settings
    )
    assert parts(missing, "verdict", "text", "reason")[0][1] == "credential"
    assert "There is no credential 'no'" in parts(missing, "verdict", "text")[0]


def test_the_settings_for_all_feeds_hold_for_a_trial_too(feed_input: Input, rest: Rest, publisher: Publisher) -> None:
    local = feed_input.app / "local"
    local.mkdir(exist_ok=True)
    (local / "maliciouscaller.conf").write_text("[feeds]\nown_networks = 8.8.8.0/24\n", encoding="utf-8")
    publisher.answers("/list.txt", ok(b"8.8.8.8\n1.1.1.1\n"))
    result = run(feed_input, rest, url=publisher.url("/list.txt"))

    assert parts(result, "reason", "reason", "count") == [("own_network", "1")]
    assert parts(result, "kept_entry", "text") == ["1.1.1.1"]


@pytest.mark.parametrize("status", [403, 500])
def test_a_publisher_that_refuses_is_told_in_its_verdict(
    feed_input: Input, rest: Rest, publisher: Publisher, status: int
) -> None:
    publisher.answers("/list.txt", Answer(status))
    result = run(feed_input, rest, url=publisher.url("/list.txt"))

    assert [row["part"] for row in result.events] == ["verdict"]
    assert parts(result, "verdict", "text")[0].startswith("The list could not be had: ")


def test_a_publisher_that_counts_its_visitors_is_pointed_out(feed_input: Input, rest: Rest) -> None:
    """The catalogue says how often dan.me.uk may be asked; the proxy, which nobody answers, keeps this test off the network."""
    result = run(feed_input, rest, url="https://www.dan.me.uk/torlist/?exit", proxy="http://127.0.0.1:9")

    assert parts(result, "verdict", "reason") == ["network"]
    assert parts(result, "note", "text") == ["Its publisher may be asked once in 1800 seconds. It was asked just now."]


def test_hostile_lines_are_printable_quoted_cells(
    feed_input: Input, rest: Rest, far: tuple[Publisher, dict[str, object]]
) -> None:
    publisher, settings = far
    for first in range(0, len(HOSTILE), 9):  # 20 lines are shown
        texts = list(HOSTILE.values())[first : first + 9]
        publisher.answers("/list.txt", ok("\n".join(["192.0.2.1"] * 60 + texts).encode()))
        result = run(feed_input, rest, url="https://feeds.example.com/list.txt", format="plain", **settings)

        shown = parts(result, "rejected_entry", "text")
        assert len(texts) <= len(shown) < 20
        assert all(text.startswith("'") and text.endswith("'") for text in shown)
        for row in result.events:
            assert all(isinstance(cell, str) and cell.isprintable() for cell in row.values())
