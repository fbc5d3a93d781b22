"""What a list may contribute: only addresses that are routed on the internet, no network too wide, never everything."""

from __future__ import annotations

import pytest

from callerintel.address import NOT_ROUTABLE, is_globally_routable, parse_range, range_text
from callerintel.errors import FeedError
from callerintel.feeds.document import Indicator, Rejected
from callerintel.feeds.hygiene import Clean, clean


def cleaned(*texts: str, keep_reserved: bool = False) -> Clean:
    indicators = []
    for text in texts:
        found = parse_range(text)
        assert found is not None, text
        indicators.append(Indicator(*found))
    return clean(indicators, keep_reserved)


def kept(*texts: str, keep_reserved: bool = False) -> list[str]:
    return [range_text(item.first, item.last) for item in cleaned(*texts, keep_reserved=keep_reserved).indicators]


def test_routable_addresses_and_networks_stay_as_they_are() -> None:
    texts = ["1.1.1.1", "8.8.8.0/24", "2606:4700::/32", "1.10.16.0/20"]
    assert kept(*texts) == texts


@pytest.mark.parametrize(
    "text",
    ["10.0.0.6", "192.168.0.0/16", "127.0.0.1", "100.64.0.7", "224.0.0.0/3", "224.0.0.1", "240.0.0.0/4", "0.0.0.0/8", "fe80::1",
     "2001:db8::/32", "::1", "fc00::/7", "192.0.2.1", "255.255.255.255"],
)  # fmt: skip
def test_reserved_space_is_left_out_and_counted(text: str) -> None:
    result = cleaned(text)
    assert result.indicators == []
    assert [item.reason for item in result.rejected] == ["not_routable"]


def test_keep_reserved_keeps_it() -> None:
    assert kept("10.0.0.6", "2001:db8::/32", keep_reserved=True) == ["10.0.0.6", "2001:db8::/32"]


def test_a_network_that_straddles_the_border_is_cut() -> None:
    result = cleaned("192.0.0.0/16")
    assert [range_text(item.first, item.last) for item in result.indicators] == [
        "192.0.1.0/24",
        "192.0.3.0-192.0.255.255",
    ]
    assert result.cut == 1


@pytest.mark.parametrize("text", ["8.0.0.0/7", "2600::/12", "1.0.0.0-9.255.255.255"])
def test_a_network_wider_than_any_publisher_means_is_left_out(text: str) -> None:
    assert [item.reason for item in cleaned(text).rejected] == ["too_wide"]
    assert [item.reason for item in cleaned(text, keep_reserved=True).rejected] == ["too_wide"]


@pytest.mark.parametrize("text", ["9.0.0.0/8", "2600::/19"])
def test_the_widest_that_is_accepted(text: str) -> None:
    assert kept(text) == [text]


@pytest.mark.parametrize("text", ["0.0.0.0/0", "::/0", "0.0.0.0-255.255.255.255"])
@pytest.mark.parametrize("keep_reserved", [False, True])
def test_a_list_that_names_the_whole_internet_is_refused(text: str, keep_reserved: bool) -> None:
    with pytest.raises(FeedError) as caught:
        cleaned("1.1.1.1", text, keep_reserved=keep_reserved)
    assert caught.value.reason == "too_wide"


def test_rejected_lines_pass_through() -> None:
    line = Rejected(3, "x", "host_name")
    assert clean([line], False) == Clean([], [line], 0)


def test_pieces_are_what_asking_each_address_gives() -> None:
    for first, last, _ in NOT_ROUTABLE:
        low, high = max(0, first - 3), min(first + 3, last + 3)
        pieces = [item[:2] for item in clean([Indicator(low, high)], False).indicators]
        for number in range(low, high + 1):
            assert any(a <= number <= b for a, b in pieces) == is_globally_routable(number)
