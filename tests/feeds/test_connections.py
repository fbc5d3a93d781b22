"""TLS and proxies: certificates are always verified, and a feed's proxy is used for its publisher and never for this host."""

from __future__ import annotations

import ssl
from pathlib import Path

import pytest

from callerintel.feeds.credentials import store_credential
from callerintel.feeds.feed_config import FeedConfig
from callerintel.feeds.fetch.session import proxies_for
from callerintel.feeds.splunkd import Splunkd
from tests.feeds.canary import holds, told_and_kept
from tests.feeds.certificates import Authority
from tests.feeds.conftest import Input
from tests.feeds.proxy import Proxy
from tests.feeds.server import Answer, Publisher, ok, redirect
from tests.splunkd import Rest

GOOD = b"192.0.2.7\n198.51.100.0/24\n"


def test_a_certificate_that_is_not_valid_costs_no_lookup(feed_input: Input, authority: Authority) -> None:
    """Good first; then the same list behind an expired certificate, one for another name, and an unknown authority."""
    here = "IP:127.0.0.1"
    with Publisher(authority.certificate("good", here)) as publisher:
        publisher.answers("/list.txt", ok(GOOD))
        status = feed_input.run("some_list", publisher.url("/list.txt"), ca_bundle=authority.ca)
        assert (status["status"], status["kept"]) == ("ok", 2)
        before = feed_input.generation()
        bad = {
            "expired": (authority.certificate("expired", here, days=-1), authority.ca),
            "wrong host name": (authority.certificate("other", "DNS:feeds.example.com,IP:192.0.2.1"), authority.ca),
            "unknown authority": (authority.certificate("good", here), ""),
        }
    for fault, (certificate, ca_bundle) in bad.items():
        with Publisher(certificate) as publisher:
            publisher.answers("/list.txt", ok(b"192.0.2.66\n"))
            status = feed_input.run("some_list", publisher.url("/list.txt"), ca_bundle=ca_bundle)
            assert (fault, status["status"], status["reason"]) == (fault, "failed", "tls")
            assert "127.0.0.1" in status["message"]
            assert "stays in use" in status["message"]
            assert publisher.requests == []
            assert feed_input.generation() == before


def test_a_ca_bundle_that_is_none_is_a_fault_of_the_stanza(feed_input: Input, tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("no certificate\n")
    for path in (tmp_path / "ca.pem", tmp_path / "missing.pem"):
        status = feed_input.run_here("some_list", "https://127.0.0.1:9/list.txt", ca_bundle=path)
        assert (status["status"], status["reason"]) == ("failed", "configuration")
        assert "ca_bundle" in status["message"]


def test_a_ca_bundle_is_trusted_instead_of_the_public_authorities(feed_input: Input, authority: Authority) -> None:
    context = ssl.create_default_context(cafile=str(authority.ca))
    assert len(context.get_ca_certs()) == 1, "the bundle holds one authority; the test means what it says"


@pytest.mark.parametrize("user", ["", "proxy_user:canary-proxy-9d1"], ids=["open", "with a user"])
def test_a_list_comes_through_the_proxy(feed_input: Input, authority: Authority, rest: Rest, user: str) -> None:
    certificate = authority.certificate("feeds", "DNS:feeds.example.com")
    settings: dict[str, object] = {"ca_bundle": authority.ca}
    if user:
        store_credential(Splunkd(rest.uri, rest.session_key), "our_proxy", user)
        settings["proxy_credential"] = "our_proxy"
    with Publisher(certificate) as publisher, Proxy(publisher.port, user) as proxy:
        publisher.answers("/list.txt", ok(GOOD))
        url = "https://feeds.example.com/list.txt"
        status = feed_input.run("some_list", url, rest=rest, proxy=proxy.url, **settings)
        assert (status["status"], status["kept"]) == ("ok", 2)
        assert proxy.requests[0].startswith("CONNECT feeds.example.com:443 ")
        assert "Proxy-Authorization" not in publisher.requests[0].headers
        assert holds(told_and_kept(feed_input, status, publisher), "canary-proxy-9d1") == []


def test_a_proxy_that_refuses_or_is_not_there_costs_no_lookup(feed_input: Input, authority: Authority, rest: Rest) -> None:
    store_credential(Splunkd(rest.uri, rest.session_key), "our_proxy", "proxy_user:canary-wrong-password")
    with Publisher(authority.certificate("feeds", "DNS:feeds.example.com")) as publisher, Proxy(publisher.port, "a:b") as proxy:
        url = "https://feeds.example.com/list.txt"
        settings = {"proxy": proxy.url, "proxy_credential": "our_proxy", "ca_bundle": authority.ca}
        status = feed_input.run("some_list", url, rest=rest, **settings)
        assert (status["status"], status["reason"]) == ("failed", "denied")
        assert "proxy_credential" in status["message"]
        assert holds(told_and_kept(feed_input, status, publisher), "canary-wrong-password") == []
        gone = proxy.url
    status = feed_input.run_here("some_list", "https://feeds.example.com/list.txt", proxy=gone)
    assert (status["status"], status["reason"]) == ("failed", "network")
    assert "proxy" in status["message"]


def test_this_host_is_never_asked_through_the_proxy(feed_input: Input, publisher: Publisher) -> None:
    publisher.answers("/list.txt", ok(GOOD))
    with Proxy(publisher.port) as proxy:
        assert feed_input.run_here("some_list", publisher.url("/list.txt"), proxy=proxy.url)["status"] == "ok"
        assert proxy.requests == []


@pytest.mark.parametrize(
    ("no_proxy", "host", "direct"),
    [
        ((), "feeds.example.com", False),
        (("feeds.example.com",), "feeds.example.com", True),
        ((".example.com",), "feeds.example.com", True),
        (("example.com",), "feeds.example.com", True),
        (("example.com",), "badexample.com", False),
        (("ample.com",), "feeds.example.com", False),
        (("192.0.2.0/24",), "192.0.2.9", True),
        (("192.0.2.0/24",), "192.0.3.9", False),
        (("2001:db8::/32",), "2001:db8::9", True),
        (("*",), "feeds.example.com", True),
        ((), "localhost", True),
    ],
)
def test_hosts_that_need_no_proxy(no_proxy: tuple[str, ...], host: str, direct: bool) -> None:
    config = FeedConfig("a", "https://x/", proxy="http://proxy:3128", no_proxy=no_proxy)
    shown = f"[{host}]" if ":" in host else host
    assert (proxies_for(config, f"https://{shown}/list") == {}) == direct


def test_plain_http_leads_nowhere_but_to_this_host(feed_input: Input, authority: Authority) -> None:
    with Publisher(authority.certificate("feeds", "DNS:feeds.example.com")) as publisher, Proxy(publisher.port) as proxy:
        publisher.answers("/list.txt", redirect("http://feeds.example.com/list.txt"))
        publisher.answers("/home", redirect("https://127.0.0.1/list.txt"))
        for path in ("/list.txt", "/home"):
            url = f"https://feeds.example.com{path}"
            status = feed_input.run_here("some_list", url, proxy=proxy.url, ca_bundle=authority.ca)
            assert (status["status"], status["reason"]) == ("failed", "redirect")
        publisher.answers("/list.txt", Answer(404))
