"""What the lists and AWS say of an address: the edges of ranges, several entries at once, damaged files."""

from __future__ import annotations

import pytest

from .conftest import Command, event, key_of


def test_a_range_matches_from_its_first_to_its_last_address(command: Command) -> None:
    command.listed(("203.0.113.64/26", "net", "c2"), ("2001:db8:1::/48", "net6", "c2"))
    inside = ["203.0.113.64", "203.0.113.100", "203.0.113.127", "2001:db8:1::", "2001:db8:1:ffff:ffff:ffff:ffff:ffff"]
    outside = ["203.0.113.63", "203.0.113.128", "2001:db8:0:ffff::", "2001:db8:2::"]

    judged = command.judge(*(event(sourceIPAddress=address) for address in inside + outside))

    assert [each.get("intel_match") for each in judged] == ["true"] * len(inside) + [None] * len(outside)


def test_a_range_matches_whatever_the_order_of_the_columns(command: Command) -> None:
    header = "start,feed,category,end,confidence,description,first_seen,last_seen,indicator"
    first, last = key_of("203.0.113.64"), key_of("203.0.113.127")
    (command.lookups / "malicious_ips.csv").write_text(f"{header}\n{first},net,c2,{last},,,,,\n")

    judged = command.judge(
        *(event(sourceIPAddress=address) for address in ("203.0.113.63", "203.0.113.64", "203.0.113.127", "203.0.113.128"))
    )

    assert [each.get("intel_feed") for each in judged] == [None, "net", "net", None]


def test_several_entries_are_aligned_multivalues_and_an_empty_part_is_the_ranges_own_spelling(command: Command) -> None:
    row = [
        key_of("203.0.113.9"),
        "",
        "203.0.113.0/24|",
        "drop|tor",
        "hijacked|tor",
        "95|80",
        "|exit",
        "1767225600|1767225601",
        "|1767225660",
    ]
    command.write("malicious_ips", [row])

    (judged,) = command.judge(event(sourceIPAddress="203.0.113.9"))

    assert judged["intel_indicator"] == ["203.0.113.0/24", "203.0.113.9"]
    assert judged["intel_feed"] == ["drop", "tor"]
    assert judged["intel_category"] == ["hijacked", "tor"]
    assert judged["intel_confidence"] == ["95", "80"]
    assert judged["intel_description"] == ["", "exit"]
    assert judged["intel_first_seen"] == ["2026-01-01T00:00:00Z", "2026-01-01T00:00:01Z"]
    assert judged["intel_last_seen"] == ["", "2026-01-01T00:01:00Z"]


def test_the_indicator_of_a_whole_network_is_spelled_from_its_keys(command: Command) -> None:
    command.listed(("203.0.113.0/24", "drop", "hijacked"))
    command.write("malicious_ips", [[key_of("203.0.113.3"), key_of("203.0.113.9"), "", "drop", "hijacked", "", "", "", ""]])

    (judged,) = command.judge(event(sourceIPAddress="203.0.113.4"))

    assert judged["intel_indicator"] == "203.0.113.3-203.0.113.9"


def test_aws_services_and_regions_come_as_multivalues(command: Command) -> None:
    command.aws(("198.51.100.0/25", "EC2|S3", "eu-west-1"), ("198.51.100.128/25", "CLOUDFRONT", "GLOBAL"))

    first, second, outside = command.judge(
        *(event(sourceIPAddress=address) for address in ("198.51.100.1", "198.51.100.200", "203.0.113.1"))
    )

    assert (first["aws_address"], first["aws_address_service"], first["aws_address_region"]) == (
        "true",
        ["EC2", "S3"],
        "eu-west-1",
    )
    assert (second["aws_address"], second["aws_address_service"], second["aws_address_region"]) == (
        "true",
        "CLOUDFRONT",
        "GLOBAL",
    )
    assert (outside["aws_address"], outside.get("aws_address_service")) == ("false", None)


@pytest.mark.parametrize("size", [0, 1, 2, 3, 70, 5000])
def test_every_address_of_a_file_of_any_size_is_found_and_none_between(command: Command, size: int) -> None:
    """Every second address is listed; each row's feed says which it is."""
    command.write(
        "malicious_ips",
        [[f"4{0x08000000 + 2 * n:08x}", "", "", f"feed{n}", "x" * (n % 97), "", "", "", ""] for n in range(size)],
    )
    asked = range(min(2 * size + 4, 600)) if size < 1000 else range(0, 2 * size + 4, 17)

    judged = command.judge(*(event(sourceIPAddress=f"8.{n >> 16}.{n >> 8 & 255}.{n & 255}") for n in asked))

    assert [each.get("intel_feed") for each in judged] == [
        f"feed{n // 2}" if n % 2 == 0 and n // 2 < size else None for n in asked
    ]


HEADER = "start,end,indicator,feed,category,confidence,description,first_seen,last_seen\n"
LINE = "4cb007109,,,bad,c2,90,,,\n"


@pytest.mark.parametrize(
    ("content", "problem", "matches"),
    [
        ("", "has no header", False),
        (HEADER, "has no rows yet", False),
        ("some,other,file\n1,2,3\n", "does not begin with the column start", False),
        ("start,end,indicator,category\n4cb007109,,,c2\n", "lacks the column feed, confidence", False),
        (HEADER + "4ffffffff,,,z,c2,,,,\n" + LINE, "is not sorted by its first column", False),
        (HEADER + LINE, None, True),
        (HEADER + LINE.rstrip("\n"), None, True),
        ("\ufeff" + (HEADER + LINE).replace("\n", "\r\n"), None, True),
        (HEADER.replace("start", '"start"') + LINE.replace("4cb007109", '"4cb007109"'), None, True),
        (
            "start,feed,end,category,confidence,description,first_seen,last_seen,indicator,more\n4cb007109,bad,,c2,90,,,,,x\n",
            None,
            True,
        ),
        (HEADER + "4cb007109,,,bad\n", None, False),
        (HEADER + "4cb007109,4cb0\n", None, False),
        (HEADER + "4cb007109,", None, False),
        (HEADER + "4cb007109", None, False),
        (HEADER + "4cb00", None, False),
        (HEADER + "4cb007109,zzz,,bad,c2,90,,,\n", None, False),
    ],
    ids=[
        "empty",
        "header",
        "foreign",
        "columns",
        "unsorted",
        "good",
        "no last newline",
        "BOM and CRLF",
        "quoted",
        "reordered",
        "cut",
        "cut in the end",
        "cut after the start",
        "the start alone",
        "cut in the start",
        "bad key",
    ],
)
def test_a_damaged_list_never_raises_and_is_named_once(
    command: Command, content: str, problem: str | None, matches: bool
) -> None:
    (command.lookups / "malicious_ips.csv").write_bytes(content.encode())

    result = command.search([event(sourceIPAddress="203.0.113.9")] * 3, chunk_rows=1)

    assert [each.get("intel_match") for each in result.events] == (["true"] if matches else [None]) * 3
    messages = [text for _, text in result.messages]
    assert len(messages) == (1 if problem else 0)
    assert all(f"malicious_ips.csv {problem}" in text and "no event can match" in text for text in messages)


@pytest.mark.parametrize("family", ["8.0.{}.{}", "2600::{}:{}"], ids=["IPv4", "IPv6"])
@pytest.mark.parametrize("is_range", [False, True], ids=["one address", "range"])
@pytest.mark.parametrize("quotes", range(8))
def test_it_does_not_matter_which_cells_a_tool_quotes(command: Command, family: str, is_range: bool, quotes: int) -> None:
    """The indicator has any length, so that the commas and quotes behind it stand everywhere."""
    lines, asked = [], []
    for length in range(80):
        first, last = (family.format(10 + length, number) for number in (10, 13))
        cells = [key_of(first), key_of(last) if is_range else "", "x" * length, "bad", "c2", "90", "", "", ""]
        lines.append(",".join(f'"{cell}"' if at < 3 and quotes >> at & 1 else cell for at, cell in enumerate(cells)) + "\n")
        asked += [first, last, family.format(10 + length, 14)]
    (command.lookups / "malicious_ips.csv").write_text(HEADER + "".join(lines), encoding="ascii")

    judged = command.judge(*(event(sourceIPAddress=address) for address in asked))

    assert [each.get("intel_match") for each in judged] == ["true", "true" if is_range else None, None] * 80
