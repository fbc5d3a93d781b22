"""maliciouscaller.conf through the real input: what holds for all feeds, what a feed says instead, and a splunkd that does not answer."""

from __future__ import annotations

from typing import Any

import pytest

from callerintel.feeds.credentials import store_credential
from callerintel.feeds.shared_settings import SHARED
from callerintel.feeds.splunkd import Splunkd
from tests.feeds.canary import holds, told_and_kept
from tests.feeds.certificates import Authority
from tests.feeds.conftest import Input
from tests.feeds.proxy import Proxy
from tests.feeds.server import Publisher, ok
from tests.splunkd import Rest

GOOD = b"192.0.2.7\n198.51.100.0/24\n"
CONF = "configs/conf-maliciouscaller"
FAR = "https://feeds.example.com/list.txt"


def configure(rest: Rest, stanza: str = "feeds", **settings: object) -> None:
    """As an administrator's script does it, or the set-up page: over REST."""
    Splunkd(rest.uri, rest.session_key).post(f"{CONF}/{stanza}", **{name: str(value) for name, value in settings.items()})


def segments(feed_input: Input) -> list[bytes]:
    return (feed_input.lookup("malicious_ips.csv") or b"").splitlines()[1:]


def agent(publisher: Publisher) -> str:
    return publisher.requests[-1].headers["User-Agent"]


def test_splunkd_shows_and_changes_each_setting_over_rest(feed_input: Input, rest: Rest) -> None:
    configure(rest, own_networks="198.51.100.0/24")
    shown = Splunkd(rest.uri, rest.session_key).conf("maliciouscaller")

    assert {stanza: {item.name for item in items} for stanza, items in SHARED.items()} == {
        stanza: {name for name in content if name != "disabled" and not name.startswith("eai:")}
        for stanza, content in shown.items()
    }
    assert (shown["feeds"]["own_networks"], shown["feeds"]["run_on"], shown["logging"]["level"]) == (
        "198.51.100.0/24",
        "captain",
        "INFO",
    )
    assert (feed_input.app / "local/maliciouscaller.conf").read_text() == "[feeds]\nown_networks = 198.51.100.0/24\n"


def test_own_networks_and_contact_hold_for_every_feed_that_says_nothing_else(
    feed_input: Input, publisher: Publisher, rest: Rest
) -> None:
    configure(rest, own_networks="198.51.100.0/24", contact="all@example.org")
    publisher.answers("/list.txt", ok(GOOD))
    for name in ("a_feed", "b_feed"):
        status = feed_input.run(name, publisher.url("/list.txt"), rest=rest)
        assert (status["kept"], status["rejected"], status.get("note")) == (1, {"own_network": 1}, None)
        assert "all@example.org" in agent(publisher)
    status = feed_input.run("c_feed", publisher.url("/list.txt"), rest=rest, own_networks="192.0.2.7", contact="one@example.org")
    assert (status["kept"], status["rejected"]) == (1, {"own_network": 1})
    assert "one@example.org" in agent(publisher)
    assert "all@example.org" not in agent(publisher)
    assert feed_input.lookup("intel_feed_c_feed.csv") != feed_input.lookup("intel_feed_a_feed.csv")


def test_what_an_earlier_version_had_in_inputs_conf_still_rules(feed_input: Input, publisher: Publisher, rest: Rest) -> None:
    """[intel_feed] of local/inputs.conf was the only place for it; splunkd merges it into each stanza."""
    configure(rest, contact="new@example.org", own_networks="192.0.2.7")
    (feed_input.app / "local/inputs.conf").write_text("[intel_feed]\ncontact = old@example.org\nown_networks = 198.51.100.0/24\n")
    publisher.answers("/list.txt", ok(GOOD))
    feed_input.run("a_feed", publisher.url("/list.txt"), rest=rest)

    assert "old@example.org" in agent(publisher)
    assert [line.split(b",")[0] for line in segments(feed_input)] == [b"4c0000207"]


def test_moving_a_setting_from_inputs_conf_to_the_new_file_changes_no_lookup(
    feed_input: Input, publisher: Publisher, rest: Rest
) -> None:
    publisher.answers("/list.txt", ok(GOOD))
    feed_input.run("a_feed", publisher.url("/list.txt"), rest=rest, own_networks="198.51.100.0/24")
    before = feed_input.generation()
    configure(rest, own_networks="198.51.100.0/24")
    status = feed_input.run("a_feed", publisher.url("/list.txt"), rest=rest)

    assert (status["status"], status["reason"]) == ("unchanged", "same_content")
    assert feed_input.generation() == before


def test_the_proxy_for_all_feeds_comes_with_its_credential_and_ca(feed_input: Input, authority: Authority, rest: Rest) -> None:
    store_credential(Splunkd(rest.uri, rest.session_key), "our_proxy", "proxy_user:canary-shared-proxy")
    certificate, user = authority.certificate("feeds", "DNS:feeds.example.com"), "proxy_user:canary-shared-proxy"
    with Publisher(certificate) as publisher, Proxy(publisher.port, user) as proxy:
        publisher.answers("/list.txt", ok(GOOD))
        configure(rest, proxy=proxy.url, proxy_credential="our_proxy", ca_bundle=authority.ca)
        configure(rest, "logging", level="DEBUG")
        status = feed_input.run("some_list", FAR, rest=rest)

        assert (status["status"], status["kept"]) == ("ok", 2)
        assert proxy.requests[0].startswith("CONNECT feeds.example.com:443 ")
        assert holds(told_and_kept(feed_input, status, publisher), "canary-shared-proxy") == []


def test_a_feeds_own_proxy_is_not_shown_the_password_of_the_other(feed_input: Input, authority: Authority, rest: Rest) -> None:
    store_credential(Splunkd(rest.uri, rest.session_key), "our_proxy", "proxy_user:canary-shared-proxy")
    certificate, user = authority.certificate("feeds", "DNS:feeds.example.com"), "proxy_user:canary-shared-proxy"
    with Publisher(certificate) as publisher, Proxy(publisher.port, user) as own:
        publisher.answers("/list.txt", ok(GOOD))
        configure(rest, proxy="http://192.0.2.1:3128", proxy_credential="our_proxy", no_proxy="*", ca_bundle=authority.ca)
        status = feed_input.run("some_list", FAR, rest=rest, proxy=own.url)

        assert (status["status"], status["reason"]) == ("failed", "denied")
        assert len(own.requests) == 1, "its own proxy was asked, without the password and past no exception"


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"own_networks": "everything"}, "own_networks in [feeds] of maliciouscaller.conf cannot be 'everything'"),
        ({"proxy": "http://me:canary-typed@proxy.example.org:3128"}, "proxy in [feeds] of maliciouscaller.conf cannot be"),
    ],
)
def test_a_text_that_cannot_be_used_fails_the_run_names_the_file_and_is_kept_nowhere(
    feed_input: Input, publisher: Publisher, rest: Rest, settings: dict[str, str], said: str
) -> None:
    """Going on without the proxy, or with a list that accuses the own network, would be worse than the list of yesterday."""
    publisher.answers("/list.txt", ok(GOOD))
    configure(rest, **settings)
    status = feed_input.run("some_list", publisher.url("/list.txt"), rest=rest)

    assert (status["status"], status["reason"]) == ("failed", "configuration")
    assert said in status["message"]
    assert publisher.requests == []
    (feed_input.app / "local/maliciouscaller.conf").unlink()  # it is the administrator's own
    after = feed_input.run("some_list", publisher.url("/list.txt"), rest=rest)
    assert after["status"] == "ok"
    assert holds(told_and_kept(feed_input, (status, after), publisher), "canary-typed") == []


def test_a_stanza_that_is_saved_is_checked_with_what_holds_for_all(feed_input: Input, rest: Rest) -> None:
    configure(rest, proxy_credential="not_stored", proxy="http://192.0.2.1:3128")
    result = feed_input.splunkd.validate(feed_input.app, "intel_feed", "some_list", {"url": FAR}, rest=rest)

    assert result.error is not None
    assert "proxy_credential" in result.error


@pytest.mark.parametrize("status_code", [401, 403, 404, 503])
def test_a_splunkd_that_does_not_say_leaves_the_feeds_own_settings_and_the_event_says_so(
    feed_input: Input, publisher: Publisher, rest: Rest, status_code: int
) -> None:
    rest.refuses[CONF] = status_code
    publisher.answers("/list.txt", ok(GOOD))
    status = feed_input.run("some_list", publisher.url("/list.txt"), rest=rest, contact="own@example.org")

    assert (status["status"], status["kept"]) == ("ok", 2)
    assert status["note"] == (
        f"maliciouscaller.conf could not be read (splunkd answered {status_code}): the feed's own settings hold alone."
    )
    assert "own@example.org" in agent(publisher)
    assert [line.split(" ", 1)[0] for line in feed_input.stderr] == ["WARN", "INFO"]


def test_what_splunkd_said_the_last_time_holds_until_it_answers_again(
    feed_input: Input, publisher: Publisher, rest: Rest
) -> None:
    publisher.answers("/list.txt", ok(GOOD))
    configure(rest, own_networks="198.51.100.0/24")
    feed_input.run("some_list", publisher.url("/list.txt"), rest=rest)
    rest.refuses[CONF] = 503
    publisher.answers("/list.txt", ok(GOOD + b"192.0.2.8\n"))
    status = feed_input.run("some_list", publisher.url("/list.txt"), rest=rest)

    assert (status["status"], status["kept"], status["rejected"]) == ("ok", 2, {"own_network": 1})
    assert status["note"].endswith("its settings are those of the last time.")
    rest.refuses.clear()
    configure(rest, own_networks="")
    status = feed_input.run("some_list", publisher.url("/list.txt"), rest=rest)
    assert (status["kept"], status.get("note")) == (3, None)


@pytest.mark.parametrize("stored", [b"", b"[]", b'{"feeds": 1}', b"\xff", b"[" * 100_000, b'{"feeds": {"proxy": ["x"]}}'])
def test_a_memory_of_the_last_time_that_is_damaged_is_none(
    feed_input: Input, publisher: Publisher, rest: Rest, stored: bytes
) -> None:
    feed_input.checkpoints.mkdir(parents=True, exist_ok=True)
    (feed_input.checkpoints / "settings.json").write_bytes(stored)
    rest.refuses[CONF] = 503
    publisher.answers("/list.txt", ok(GOOD))
    status = feed_input.run("some_list", publisher.url("/list.txt"), rest=rest)

    assert (status["status"], status["kept"]) == ("ok", 2)
    assert "the feed's own settings hold alone" in status["note"]


@pytest.mark.parametrize(
    ("stanza", "setting", "taken"), [("logging", "level", "INFO"), ("feeds", "run_on", "captain")], ids=["level", "run_on"]
)
def test_a_word_that_is_not_known_is_taken_for_the_default_and_told(
    feed_input: Input, publisher: Publisher, rest: Rest, stanza: str, setting: str, taken: str
) -> None:
    configure(rest, stanza, **{setting: "verbose"})
    publisher.answers("/list.txt", ok(GOOD))
    status = feed_input.run("some_list", publisher.url("/list.txt"), rest=rest)

    assert status["status"] == "ok"
    assert f"{setting} in [{stanza}] of maliciouscaller.conf cannot be 'verbose'" in status["note"]
    assert f"It is taken for {taken}." in status["note"]


def test_a_member_that_splunk_starts_alone_works_where_the_settings_say_so(
    feed_input: Input, publisher: Publisher, rest: Rest
) -> None:
    """Some stacks start an input on one member, whoever the captain is: else nobody would ever ask the publisher."""
    publisher.answers("/list.txt", ok(GOOD))
    rest.role = "member"
    waiting = feed_input.run("some_list", publisher.url("/list.txt"), rest=rest)
    assert (waiting["reason"], publisher.requests) == ("not_captain", [])
    assert "run_on" in waiting["message"]
    configure(rest, run_on="any_member")
    status = feed_input.run("some_list", publisher.url("/list.txt"), rest=rest)

    assert (status["status"], status["kept"]) == ("ok", 2)
    handed = {call.form.get("name") for call in rest.requests if call.method == "POST" and "lookup-table-files" in call.path}
    assert {"intel_feed_some_list.csv", "malicious_ips.csv"} <= handed, "the other members get them through splunkd"


@pytest.mark.parametrize("role", ["none", "captain"])
def test_where_feeds_run_changes_nothing_for_a_single_head_and_a_captain(
    feed_input: Input, publisher: Publisher, rest: Rest, role: str
) -> None:
    rest.role = role
    configure(rest, run_on="any_member")
    publisher.answers("/list.txt", ok(GOOD))
    status = feed_input.run("some_list", publisher.url("/list.txt"), rest=rest)

    posts: list[Any] = [call for call in rest.requests if call.method == "POST" and "lookup-table-files" in call.path]
    assert (status["status"], bool(posts)) == ("ok", role == "captain")
