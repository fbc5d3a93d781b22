"""What the team has allowed stays visible and loses its severity; what is wrong with a row makes it allow nothing."""

from __future__ import annotations

import pytest

from .conftest import ALICE, Command, event, key_of

MATCH = {"sourceIPAddress": "203.0.113.9"}


@pytest.fixture
def listed(command: Command) -> Command:
    command.listed(("203.0.113.9/32", "tor", "tor", "80"))
    return command


@pytest.mark.parametrize(
    "row",
    [
        {"indicator": "203.0.113.9"},
        {"indicator": "203.0.113.0/24"},
        {"indicator": "203.0.113.1-203.0.113.10"},
        {"caller": ALICE},
        {"caller": "arn:aws:iam::111122223333:*"},
        {"caller": "*user/alice"},
        {"caller": "arn:*:user/*"},
        {"caller": "*aws*1111*user*"},
        {"caller": "arn***alice"},
        {"caller": ALICE + "*"},
        {"caller": "*a" * 4 + "*"},
        {"feed": "tor"},
        {"indicator": "203.0.113.9", "caller": ALICE, "account": "111122223333", "feed": "tor", "category": "tor"},
        {"indicator": "203.0.113.9", "expires": "2026-06-01"},  # to the end of that day
        {"indicator": "203.0.113.9", "expires": "2026-06-01T12:00:01Z"},
        {"indicator": "203.0.113.9", "expires": "2099-12-31"},
    ],
    ids=str,
)
def test_a_row_that_covers_the_match_takes_its_severity_and_says_who(listed: Command, row: dict[str, str]) -> None:
    listed.allow({**row, "owner": "secops", "reason": "our scanner"})

    (judged,) = listed.judge(event(**MATCH))

    assert judged["intel_match"] == "true"
    assert judged["suppressed_by"] == "secops: our scanner"
    assert [judged.get(name) for name in ("severity", "severity_id", "severity_reason")] == [None, None, None]


@pytest.mark.parametrize(
    "row",
    [
        {"indicator": "203.0.113.8"},
        {"indicator": "203.0.113.9", "caller": ALICE.replace("alice", "bob")},
        {"indicator": "203.0.113.9", "caller": "arn:aws:iam::111122223333:user/alic"},
        {"indicator": "203.0.113.9", "caller": "*user*aws*"},  # not in that order
        {"indicator": "203.0.113.9", "caller": "arn:*alice*alice"},  # it is there once
        {"indicator": "203.0.113.9", "caller": ALICE + "*alice"},
        {"indicator": "203.0.113.9", "caller": "arn" + "*" * 60 + "bob"},  # found by fuzzing: it would not come to an end
        {"indicator": "203.0.113.9", "caller": "*a" * 40 + "*bob"},
        {"indicator": "203.0.113.9", "account": "444455556666"},
        {"feed": "to"},
        {"indicator": "203.0.113.9", "feed": "other"},
        {"indicator": "203.0.113.9", "category": "c2"},
        {"indicator": "203.0.113.9", "expires": "2026-05-31"},
        {"indicator": "203.0.113.9", "expires": "2026-06-01T12:00:00Z"},
        # malformed: never allows
        {"indicator": "203.0.113.9/33"},
        {"indicator": "203.0.113"},
        {"indicator": "203.0.113.9", "expires": "soon"},
        {"indicator": "203.0.113.9", "expires": "2026-02-30"},
        {"caller": "*"},
        {"account": "111122223333"},
        {"category": "tor"},
        {"owner": "secops", "reason": "everything"},
    ],
    ids=str,
)
def test_a_row_that_does_not_cover_the_match_or_is_malformed_allows_nothing(listed: Command, row: dict[str, str]) -> None:
    listed.allow({"owner": "secops", "reason": "our scanner", **row})

    (judged,) = listed.judge(event(**MATCH))

    assert (judged["severity"], judged.get("suppressed_by")) == ("high", None)


def test_rows_that_allow_nothing_are_named_once(listed: Command) -> None:
    listed.allow(
        {"indicator": "203.0.113.999"},
        {"indicator": "203.0.113.1"},
        {"feed": "tor", "expires": "2020-01-01"},
        {"account": "111122223333"},
    )

    result = listed.search([event(**MATCH)] * 4, chunk_rows=1)

    (message,) = [text for _, text in result.messages]
    assert "'203.0.113.999' is no address" in message
    assert "row 4 (expired 2020-01-01)" in message
    assert "row 5 (it names no indicator, caller or feed)" in message


def test_every_entry_that_matched_must_be_covered(command: Command) -> None:
    """So a list that is added never lowers a severity."""
    command.write("malicious_ips", [[key_of("203.0.113.9"), "", "", "c2list|tor", "c2|tor", "90|80", "", "", ""]])
    command.allow({"feed": "tor", "owner": "a"})
    (half,) = command.judge(event(**MATCH))
    command.allow({"feed": "tor", "owner": "a"}, {"feed": "c2list", "owner": "b", "reason": "known"})
    (whole,) = command.judge(event(**MATCH))

    assert (half["severity"], half.get("suppressed_by")) == ("high", None)
    assert (whole.get("severity"), whole["suppressed_by"]) == (None, ["b: known", "a"])


def test_a_file_from_a_spreadsheet_is_read(listed: Command) -> None:
    """A BOM, other order of columns, blank lines and cells, quotes, CRLF, columns of the team's own."""
    text = '\ufeffOwner,ticket,Indicator , reason\r\n\r\n,,,\r\n"sec, ops",T-1, 203.0.113.9 ,"a ""quoted"" reason"\r\n'
    (listed.lookups / "caller_allowlist.csv").write_bytes(text.encode())

    (judged,) = listed.judge(event(**MATCH))

    assert judged["suppressed_by"] == 'sec, ops: a "quoted" reason'


def test_an_event_without_a_match_is_not_suppressed(listed: Command) -> None:
    listed.allow({"caller": ALICE, "owner": "secops"})

    (judged,) = listed.judge(event(sourceIPAddress="203.0.113.10"))

    assert judged.get("suppressed_by") is None
