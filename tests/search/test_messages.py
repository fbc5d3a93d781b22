"""What the search says when something is missing: once, what it is and what that costs."""

from __future__ import annotations

import json
from typing import Any

import pytest

from .conftest import Command, event

COSTS = {
    "malicious_ips": "no event can match a threat list",
    "aws_ip_ranges": "aws_address is unknown",
    "caller_baseline": "every caller is learning",
    "caller_allowlist": "nothing is allowed",
}


@pytest.mark.parametrize("name", COSTS)
def test_a_missing_lookup_is_named_once_with_its_cost_and_the_search_runs(command: Command, name: str) -> None:
    (command.lookups / f"{name}.csv").unlink()

    result = command.search([event(number=str(n)) for n in range(9)], chunk_rows=2, parse_phase=2)

    assert result.error is None
    assert len(result.events) == 9
    ((level, text),) = result.messages
    assert level == "WARN"
    assert text.startswith(f"The lookup {name}.csv is missing: {COSTS[name]}")


@pytest.mark.parametrize("name", ["malicious_ips", "aws_ip_ranges", "caller_baseline"])
def test_a_lookup_without_rows_is_said_as_well(command: Command, name: str) -> None:
    command.write(name, [])

    result = command.search([event()] * 3, chunk_rows=1)

    ((_, text),) = result.messages
    assert text.startswith(f"The lookup {name}.csv has no rows yet: {COSTS[name]}")


def test_an_allowlist_without_rows_is_nothing_to_speak_of(command: Command) -> None:
    command.write("caller_allowlist", [])

    assert command.search([event()]).messages == []


def test_a_folder_in_place_of_a_lookup_is_a_lookup_that_cannot_be_read(command: Command) -> None:
    for name in COSTS:
        (command.lookups / f"{name}.csv").unlink()
        (command.lookups / f"{name}.csv").mkdir()
    try:
        result = command.search([event()])
    finally:
        for name in COSTS:
            (command.lookups / f"{name}.csv").rmdir()

    assert result.error is None
    assert len(result.messages) == 4


def test_without_the_lookups_folder_everything_is_missing_and_the_search_runs(command: Command) -> None:
    hidden = command.lookups.with_name("elsewhere")
    command.lookups.rename(hidden)
    try:
        result = command.search([event()])
    finally:
        hidden.rename(command.lookups)

    assert len(result.events) == 1
    assert [text.partition(":")[0].split()[2] for _, text in result.messages] == [f"{name}.csv" for name in COSTS]


@pytest.mark.parametrize("rows", [1, 5])
def test_a_search_of_other_events_says_once_what_is_wrong(command: Command, rows: int) -> None:
    result = command.search([{"_time": "1", "_raw": "Jun  1 sshd[1]: hello"}] * rows, chunk_rows=2)

    ((_, text),) = result.messages
    assert f"None of {rows} events has the fields sourceIPAddress and eventName" in text
    assert "raw=true" in text


def test_one_event_with_the_fields_is_enough(command: Command) -> None:
    assert command.search([{"_time": "1"}, event(), {"_time": "1"}], chunk_rows=1).messages == []


RECORD: dict[str, Any] = {
    "eventTime": "2026-06-01T12:00:00Z",
    "sourceIPAddress": "203.0.113.9",
    "userAgent": "curl/8.1",
    "awsRegion": "eu-west-1",
    "eventSource": "ec2.amazonaws.com",
    "eventName": "RunInstances",
    "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/alice", "accountId": 111122223333},
}


@pytest.mark.parametrize(
    "raw",
    [RECORD, {"detail-type": "AWS API Call via CloudTrail", "detail": RECORD}],
    ids=["record", "EventBridge"],
)
def test_raw_reads_events_whose_fields_were_not_extracted(command: Command, raw: dict[str, Any]) -> None:
    command.listed(("203.0.113.9/32", "bad", "c2"))

    result = command.search([{"_time": "1", "_raw": json.dumps(raw)}], "raw=true")

    assert result.messages == []
    (judged,) = result.events
    assert (judged["caller_account"], judged["call_user_agent"], judged["severity"]) == ("111122223333", "curl", "high")
    assert json.loads(judged["_raw"]) == raw


@pytest.mark.parametrize(
    "raw", ["", "{", "[]", "1", '"text"', "null", '{"eventName":', "[" * 100_000, '{"a":' * 100_000, "\ud800\udcff"]
)
def test_raw_that_is_no_record_is_no_error(command: Command, raw: str) -> None:
    result = command.search(
        [{"_time": "1", "_raw": raw.encode("utf-8", "surrogatepass").decode("utf-8", "replace")}, event()],
        "raw=true",
        selected=False,
    )

    assert result.error is None
    assert result.messages == []
    assert len(result.events) == 2


def test_a_field_that_was_extracted_wins_over_raw(command: Command) -> None:
    (judged,) = command.judge(event(sourceIPAddress=None, userAgent="Boto3/1.2", _raw=json.dumps(RECORD)), arguments=["raw=true"])

    assert (judged["source_address_type"], judged["call_user_agent"]) == ("public", "Boto3")
