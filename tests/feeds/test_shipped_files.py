"""The catalogue, inputs.conf and its spec say the same, and each feed of the catalogue can be run as it is."""

from __future__ import annotations

from callerintel.feeds import VERSION
from callerintel.feeds.feed_config import read_feed_config
from callerintel.feeds.formats import FORMATS
from tests.feeds.shipped_files import INPUTS_CONF, INPUTS_SPEC, ROOT, catalog, inputs_conf, inputs_spec
from tests.splunkd.conf import parse_conf


def test_inputs_conf_is_what_the_catalogue_makes() -> None:
    assert INPUTS_CONF.read_text(encoding="utf-8") == inputs_conf()


def test_the_spec_is_what_the_settings_make() -> None:
    assert INPUTS_SPEC.read_text(encoding="utf-8") == inputs_spec()


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


def test_the_version_is_that_of_the_app() -> None:
    app = parse_conf((ROOT / "default" / "app.conf").read_text(encoding="utf-8"))
    assert app["launcher"]["version"] == VERSION
