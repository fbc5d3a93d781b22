"""The catalogue, inputs.conf and its spec say the same, and each feed of the catalogue can be run as it is."""

from __future__ import annotations

from pathlib import Path

from callerintel.feeds import VERSION
from callerintel.feeds.feed_config import read_feed_config
from callerintel.feeds.formats import FORMATS
from callerintel.feeds.publishers import minimum_interval
from callerintel.feeds.trial import try_list
from tests.feeds.shipped_files import (
    INPUTS_CONF,
    INPUTS_SPEC,
    ROOT,
    SHARED_CONF,
    SHARED_SPEC,
    catalog,
    inputs_conf,
    inputs_spec,
    shared_conf,
    shared_spec,
)
from tests.splunkd.conf import parse_conf


def test_inputs_conf_is_what_the_catalogue_makes() -> None:
    assert INPUTS_CONF.read_text(encoding="utf-8") == inputs_conf()


def test_the_spec_is_what_the_settings_make() -> None:
    assert INPUTS_SPEC.read_text(encoding="utf-8") == inputs_spec()


def test_the_settings_for_all_feeds_are_what_their_table_makes() -> None:
    assert SHARED_CONF.read_text(encoding="utf-8") == shared_conf()
    assert SHARED_SPEC.read_text(encoding="utf-8") == shared_spec()


def test_every_feed_is_shipped_switched_off_and_could_be_run() -> None:
    stanzas = parse_conf(INPUTS_CONF.read_text(encoding="utf-8"))
    defaults = stanzas.pop("intel_feed")
    assert defaults["disabled"] == "1"
    assert (defaults["python.version"], defaults["python.required"]) == ("python3", "3.9,3.13")
    assert len(stanzas) == len(catalog())
    for stanza, settings in stanzas.items():
        config = read_feed_config(stanza.partition("://")[2], {**defaults, **settings})
        assert settings["disabled"] == "1"
        assert config.url.startswith(("https://", "file:///"))
        assert config.format in FORMATS, "the format is known, so it need not be guessed"


def test_the_catalogue_is_complete_and_no_feed_asks_more_often_than_its_publisher_allows() -> None:
    feeds = catalog()
    assert [feed["feed"] for feed in feeds] == sorted({feed["feed"] for feed in feeds})
    for feed in feeds:
        assert all(feed[column] for column in ("title", "publisher", "homepage", "terms", "description"))
        assert feed["commercial_use"] in ("yes", "no", "ask")
        assert int(feed["interval"]) >= int(feed["minimum_interval"]) > 0
        assert minimum_interval(ROOT / "lookups", feed["url"]) in (0, int(feed["minimum_interval"]))


def test_the_version_is_that_of_the_app() -> None:
    app = parse_conf((ROOT / "default" / "app.conf").read_text(encoding="utf-8"))
    assert app["launcher"]["version"] == VERSION


def test_the_catalogue_is_large_and_knows_who_may_be_on_which_list() -> None:
    feeds = {feed["feed"]: feed for feed in catalog()}
    assert len(feeds) >= 40
    assert {feed["max_severity"] for feed in feeds.values() if feed["category"] == "vpn"} == {"low"}
    assert {name for name, feed in feeds.items() if feed["category"] == "relay"} == {"icloud_relay"}
    assert "icloud_relay" in feeds["x4bnet_vpn_v4"]["exclude"]


def test_commercial_feeds_need_a_key_only() -> None:
    stanzas = parse_conf(INPUTS_CONF.read_text(encoding="utf-8"))
    for feed in (
        "abuseipdb",
        "greynoise_malicious",
        "otx_subscribed",
        "crowdsec",
        "proofpoint_et_iprep",
        "taxii_server",
        "misp_instance",
    ):
        config = read_feed_config(feed, {**stanzas["intel_feed"], **stanzas[f"intel_feed://{feed}"]})
        assert config.auth != "none"
        assert config.credential == feed, "the key is stored under the feed's name"


def test_the_vpn_list_without_private_relay(real_feeds: Path) -> None:
    """X4BNet's list holds all of Apple's egress networks; without them nothing else is missing from it."""
    settings = {feed["feed"]: feed for feed in catalog()}["x4bnet_vpn_v4"]
    vpn, relay = (real_feeds / name for name in ("x4bnet_vpn_ipv4.txt", "x4bnet_input_apple_private_relay.txt"))
    networks = {line.replace("/32", "") for line in relay.read_text().split()}
    for exclude, kept in (("", 10862), (settings["exclude"], 10862 - 3289)):
        trial = try_list(read_feed_config("x4bnet_vpn_v4", {"url": str(vpn), "exclude": exclude}))
        assert len(trial.indicators) == kept
        assert len(networks & set(trial.indicators)) == (0 if exclude else 3289)
