"""A stanza is checked once, and whatever is wrong is one sentence that names the setting."""

from __future__ import annotations

import pytest

from callerintel.errors import OptionError
from callerintel.feeds.arguments import ARGUMENTS
from callerintel.feeds.categories import CATEGORIES
from callerintel.feeds.feed_config import FeedConfig, read_feed_config, shown_url

URL = "https://example.com/list.txt"


def test_an_empty_stanza_has_the_defaults_of_the_dataclass() -> None:
    assert read_feed_config("some_list", {"url": URL}) == FeedConfig("some_list", URL)
    blank = {argument.name: " " for argument in ARGUMENTS if argument.name != "url"}
    assert read_feed_config("some_list", {"url": URL, **blank}) == FeedConfig("some_list", URL)


def test_values_are_read_as_splunk_writes_them() -> None:
    params = {
        "url": f" {URL} ",
        "category": "TOR",
        "confidence": "0",
        "keep_reserved": "T",
        "description": " a|b\tc ",
        "disabled": "0",
    }
    config = read_feed_config("some_list", params)
    assert (config.url, config.category, config.confidence, config.keep_reserved, config.description) == (
        URL,
        "tor",
        0,
        True,
        "a/b c",
    )


@pytest.mark.parametrize(
    "url",
    ["https://example.com/", "https://example.com:8443/a?b=c", "http://127.0.0.1:8000/x", "http://localhost/x", "http://[::1]:80/x",
     "/opt/lists/some list|1.txt", "file:///opt/some%20list.txt", "file:///$SPLUNK_HOME/etc/list.txt",
     "$SPLUNK_HOME/etc/list.txt", "$SPLUNK_HOME/some lists/", "/opt/lists"],
)  # fmt: skip
def test_a_url_that_can_be_fetched(url: str) -> None:
    assert read_feed_config("some_list", {"url": url}).url == url


@pytest.mark.parametrize(
    "url",
    ["", "http://example.com/", "http://127.0.0.1.example.com/", "ftp://example.com/", "example.com/list.txt", "https://", "https:///x",
     "file:list.txt", "file://other/list.txt", "https://example.com/a b", "https://example.com:http/", "https://[::1", "javascript:1",
     "$SPLUNK_HOME", "$SPLUNK_HOMES/list.txt", "$HOME/list.txt", "x/$SPLUNK_HOME/list.txt", "lists/"],
)  # fmt: skip
def test_a_url_that_cannot(url: str) -> None:
    with pytest.raises(OptionError) as caught:
        read_feed_config("some_list", {"url": url})
    assert caught.value.option == "url"


@pytest.mark.parametrize(
    "url", ["https://user:canary@example.com/", "https://example.com/canary canary?k=canary", "http://example.com/canary"]
)
def test_a_refused_url_is_not_told_beyond_its_host(url: str) -> None:
    with pytest.raises(OptionError) as caught:
        read_feed_config("some_list", {"url": url})
    assert "canary" not in str(caught.value)
    assert "example.com" in str(caught.value)


def test_a_shown_url_is_its_host_and_a_file_is_its_path() -> None:
    assert shown_url("https://example.com:1/a/b?c=d#e") == "https://example.com/..."
    assert shown_url("/opt/list.txt") == "/opt/list.txt"


@pytest.mark.parametrize("name", ["", "a b", "a-b", "a/b", "..", "é", "x" * 65, "catalog", "Catalog"])
def test_a_name_that_cannot_be_a_lookups(name: str) -> None:
    with pytest.raises(OptionError, match="The option name cannot be"):
        read_feed_config(name, {"url": URL})


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("format", "xml"),
        ("category", "evil"),
        ("confidence", "101"),
        ("confidence", "-1"),
        ("confidence", "1.5"),
        ("confidence", "٣"),
        ("confidence", "9" * 400),
        ("keep_reserved", "maybe"),
        ("min_entries", "x"),
        ("max_shrink", "101"),
        ("timeout_seconds", "0"),
        ("max_megabytes", "0"),
        ("description", "x" * 201),
        ("contact", "a\r\nb"),
        ("contact", "é"),
    ],
)
def test_a_value_that_cannot_be_used_is_named_with_what_can(option: str, value: str) -> None:
    with pytest.raises(OptionError) as caught:
        read_feed_config("some_list", {"url": URL, option: value})
    assert str(caught.value).startswith(f"The option {option} cannot be ")
    assert "Allowed: " in str(caught.value)
    assert len(str(caught.value)) < 500


def test_the_fingerprint_follows_what_shapes_the_rows_and_nothing_else() -> None:
    config = FeedConfig("some_list", URL)
    assert FeedConfig("some_list", URL, min_entries=5, contact="x").fingerprint() == config.fingerprint()
    assert FeedConfig("some_list", URL, confidence=51).fingerprint() != config.fingerprint()


def test_each_category_has_a_word_of_the_taxonomy() -> None:
    assert all(word and word == word.lower() and " " not in word for word in CATEGORIES.values())
