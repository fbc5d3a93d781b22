"""Laws of the segments, held against counting by hand over small spaces and against netaddr."""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Iterable

from hypothesis import given, settings
from hypothesis import strategies as st
from netaddr import IPNetwork, IPSet

from callerintel.address import V6, address_text, key_number, parse_range, range_text
from callerintel.feeds.segments import MOST_PARTS, Entry, Segment, feed_entries, malicious_lines, segments
from callerintel.lookups import MALICIOUS_IPS
from callerintel.sorted_csv import csv_lines, sorted_csv_lines

# Small spaces around the places where something ends: of IPv4, and between the families.
BASES = (0, (1 << 32) - 24, V6, V6 + (1 << 128) - 24)
ROW = ("scanner", "70", "", "1", "2", "")


def rows_of(found: Iterable[Segment], capped: bool = False) -> list[tuple[str, ...]]:
    """The rows of malicious_ips.csv, read as any reader of CSV files reads them."""
    text = b"".join(malicious_lines(found, capped)).decode()
    return [tuple(row) for row in csv.reader(io.StringIO(text))][1:]


def entry(feed: str, first: int, last: int) -> Entry:
    return Entry(feed, range_text(first, last), first, last, ROW)


@st.composite
def entries(draw: st.DrawFn) -> list[Entry]:
    found: dict[tuple[str, int, int], Entry] = {}
    for _ in range(draw(st.integers(0, 12))):
        base = draw(st.sampled_from(BASES))
        first = draw(st.integers(0, 23))
        last = draw(st.integers(first, 23))
        feed = draw(st.sampled_from("abc"))
        found[feed, base + first, base + last] = entry(feed, base + first, base + last)
    return list(found.values())


@given(entries())
@settings(max_examples=300, deadline=None)
def test_each_address_is_answered_with_exactly_what_covers_it(given_entries: list[Entry]) -> None:
    found = list(segments(list(given_entries)))
    for base in BASES:
        for address in range(base, base + 24):
            covering = sorted(item for item in given_entries if item.first <= address <= item.last)
            answers = [list(segment.entries) for segment in found if segment.first <= address <= segment.last]
            assert answers == ([covering] if covering else [])


@given(entries())
@settings(max_examples=300, deadline=None)
def test_segments_ascend_are_disjoint_and_neighbours_differ(given_entries: list[Entry]) -> None:
    found = list(segments(list(given_entries)))
    assert all(segment.first <= segment.last for segment in found)
    for before, after in zip(found, found[1:]):
        assert before.last < after.first
        assert before.last + 1 < after.first or before.entries != after.entries


@given(entries(), st.randoms(use_true_random=False))
@settings(max_examples=100, deadline=None)
def test_the_order_of_feeds_and_rows_is_irrelevant(given_entries: list[Entry], shuffler: random.Random) -> None:
    other = list(given_entries)
    shuffler.shuffle(other)
    assert list(segments(other)) == list(segments(list(given_entries)))


def test_segments_cover_what_netaddr_says_the_lists_cover() -> None:
    random_numbers = random.Random(7)
    networks = []
    for _ in range(400):
        length = random_numbers.choice((8, 16, 24, 28, 32))
        networks.append(IPNetwork(f"{address_text(random_numbers.randrange(1 << 32))}/{length}").cidr)
    given_entries = [entry(random_numbers.choice("abc"), network.first, network.last) for network in networks]
    found = segments(given_entries)
    assert sum(segment.last - segment.first + 1 for segment in found) == len(IPSet(networks))


def test_rows_leave_out_what_the_row_itself_says() -> None:
    rows = [
        ["indicator", "category", "confidence", "description", "first_seen", "last_seen"],
        ["192.0.2.0/30", "hijacked", "95", "", "10", "20"],
        ["192.0.2.1", "scanner", "60", "a", "11", "21"],
    ]
    listed = [(row[0], tuple(row[1:])) for row in rows]
    found = [*feed_entries("drop", listed[:2]), *feed_entries("scan", listed[::2])]
    assert rows_of(segments(found)) == [
        ("4c0000200", "", "192.0.2.0/30", "drop", "hijacked", "95", "", "10", "20"),
        ("4c0000201", "", "192.0.2.0/30|", "drop|scan", "hijacked|scanner", "95|60", "|a", "10|11", "20|21"),
        ("4c0000202", "4c0000203", "192.0.2.0/30", "drop", "hijacked", "95", "", "10", "20"),
    ]


def test_a_range_that_is_its_own_segment_needs_no_indicator() -> None:
    for text in ("192.0.2.7", "192.0.2.0/24", "192.0.2.3-192.0.2.9", "2001:db8::/32"):
        found = parse_range(text)
        assert found is not None
        [row] = rows_of(segments([entry("a", *found)]))
        assert row[2] == ""
        assert range_text(key_number(row[0]), key_number(row[1] or row[0])) == text


def test_cells_whose_parts_are_all_empty_are_empty() -> None:
    twice = [entry("a", 5, 5), entry("b", 5, 5)]
    [row] = rows_of(segments(twice))
    assert row[2:7] == ("", "a|b", "scanner|scanner", "70|70", "")


def test_deeply_nested_ranges_do_not_multiply_the_lookup() -> None:
    nested = [entry("a", depth, 20_000 - depth) for depth in range(5000)]
    found = list(segments(nested))
    assert len(found) == 9999
    assert max(len(segment.entries) for segment in found) == MOST_PARTS


def test_what_is_no_row_is_passed_over_and_keys_are_sorted() -> None:
    odd: tuple[str, ...] = ("scanner", "many", "", "1", "2")
    listed = [("x", ()), ("192.0.2.1", odd), *((text, ROW) for text in ("no", "2001:db8::1", "192.0.2.9"))]
    lines = list(sorted_csv_lines(("start",), (row[:1] for row in rows_of(segments(list(feed_entries("a", listed)))))))
    assert lines == [b"start\n", b"4c0000209\n", b"620010db8000000000000000000000001\n"]


@given(entries(), st.booleans())
@settings(max_examples=100, deadline=None)
def test_the_lines_are_those_that_splunk_would_write(given_entries: list[Entry], capped: bool) -> None:
    odd = [item._replace(attributes=('a "b"', "70", "a, b|ü", "", "2", "low")) for item in given_entries]
    columns = MALICIOUS_IPS.columns + MALICIOUS_IPS.optional * capped
    for each in (given_entries, odd):
        lines = list(malicious_lines(segments(list(each)), capped))
        assert lines == list(sorted_csv_lines(columns, rows_of(segments(list(each)), capped)))


def test_a_limit_of_severity_is_a_column_of_its_own_only_where_a_feed_has_one() -> None:
    capped = entry("vpn", 5, 9)._replace(attributes=(*ROW[:5], "low"))
    rows = rows_of(segments([capped, entry("scan", 7, 7)]), capped=True)
    assert [row[-1] for row in rows] == ["low", "|low", "low"]
    assert next(malicious_lines([], False)) == next(csv_lines(MALICIOUS_IPS.columns, ()))
    assert next(malicious_lines([], True)).rstrip().endswith(b',"max_severity"')
