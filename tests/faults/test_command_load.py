"""A search with an event, a number of chunks or a number of events that is out of all proportion, in memory that has a limit.

Ten million events are `make bench SIZE=full`; here there are so many that what grew with each of them would be seen.
"""

from __future__ import annotations

import json
import resource
from collections.abc import Iterator
from typing import Any

import pytest

from tests.faults.conftest import OpenSearch
from tests.search.conftest import Command, event
from tests.splunkd.csv_dialect import write_body

pytestmark = pytest.mark.skipif(not hasattr(resource, "prlimit"), reason="this system cannot limit a running process")
MIB = 1 << 20
LISTED = "203.0.113.9"


@pytest.fixture
def listed(command: Command) -> Command:
    command.listed((f"{LISTED}/32", "some_list", "c2", "90"))
    return command


def limit_memory(search: OpenSearch, mib: int) -> None:
    resource.prlimit(search.talk.process.pid, resource.RLIMIT_AS, (mib * MIB, mib * MIB))


def resident(search: OpenSearch) -> int:
    return _bytes_in_status(search, "VmRSS:")


def address_space(search: OpenSearch) -> int:
    return _bytes_in_status(search, "VmSize:")


def _bytes_in_status(search: OpenSearch, name: str) -> int:
    with open(f"/proc/{search.talk.process.pid}/status", encoding="ascii") as file:
        return next(int(line.split()[1]) * 1024 for line in file if line.startswith(name))


@pytest.mark.parametrize(("where", "mib"), [("_raw", 100), ("a field", 10)])
def test_an_event_of_100_megabytes_is_annotated(listed: Command, where: str, mib: int) -> None:
    """In `_raw`, of which the fields are read; a tenth of it in a field that is read, of which an agent's family is made."""
    text = "x" * (mib * MIB)
    call = event(sourceIPAddress=LISTED)
    if where == "_raw":
        record = {"sourceIPAddress": LISTED, "eventName": "RunInstances", "eventSource": "ec2.amazonaws.com", "more": text}
        call = {"_time": call["_time"], "_raw": json.dumps(record)}
    else:
        call["userAgent"] = text
    result = listed.search([event(), call, event()], "raw=true" if where == "_raw" else "", patience=300)
    assert (result.error, result.messages) == (None, [])
    assert [each.get("intel_match") for each in result.events] == [None, "true", None]
    assert result.events[1]["_raw" if where == "_raw" else "userAgent"] == (call["_raw"] if where == "_raw" else text)
    assert len(result.events[1]["call_user_agent"] if where == "a field" else "") < 200


def test_a_thousand_chunks_are_answered_and_nothing_is_kept_of_them(listed: Command) -> None:
    calls = [event(), event(sourceIPAddress=LISTED), event(identity_arn="arn:aws:iam::111122223333:user/bob")]
    with OpenSearch(listed) as search:
        for number in range(1000):
            found = [each.get("intel_match") for each in search.ask(calls[: number % 4])]
            assert found == [None, "true", None][: number % 4]
            if number == 100:
                warm = resident(search)
        assert resident(search) - warm < 2 * MIB
        search.end()
    assert search.messages == []


def distinct(start: int, count: int) -> Iterator[dict[str, Any]]:
    """Calls of which no two are alike: from other addresses, by other users, with other tools."""
    for number in range(start, start + count):
        place = f"20.{number >> 16}.{number >> 8 & 255}.{number & 255}"
        yield event(
            sourceIPAddress=place, identity_arn=f"arn:aws:iam::111122223333:user/u{number}", userAgent=f"tool-{number}/1.{number}"
        )


def test_events_without_end_fit_into_memory_that_has_an_end(listed: Command) -> None:
    """100,000 calls that differ in everything that is remembered: twice as many as it takes until all that remembers is full."""
    with OpenSearch(listed) as search:
        limit_memory(search, 400)
        for chunk in range(20):
            events = [*distinct(chunk * 5000, 4999), event(sourceIPAddress=LISTED)]
            search.talk.send({"action": "execute", "finished": False}, write_body(search.columns, events, chunked_index=True))
            reply = search.talk.receive()
            assert reply is not None and "inspector" not in reply.metadata, reply and reply.metadata
            lines = reply.body.splitlines()
            assert len(lines) == 5001
            assert [b"some_list" in line for line in lines[-2:]] == [False, True]
        assert resident(search) < 300 * MIB
        search.end()


def test_a_chunk_for_which_memory_does_not_suffice_goes_on_without_our_fields(listed: Command) -> None:
    """It is said, and the next chunk is annotated."""
    with OpenSearch(listed) as search:
        assert [each.get("intel_match") for each in search.ask([event(sourceIPAddress=LISTED)])] == ["true"]
        body = write_body(search.columns, distinct(0, 40_000), chunked_index=True)
        limit_memory(search, (address_space(search) + 3 * len(body)) // MIB)
        search.talk.send({"action": "execute", "finished": False}, body)
        reply = search.talk.receive()
        assert reply is not None
        assert reply.body == body
        ((level, text),) = reply.metadata["inspector"]["messages"]
        assert (level, "MemoryError" in text, "go on without its fields" in text) == ("ERROR", True, True)
        assert [each.get("intel_match") for each in search.ask([event(sourceIPAddress=LISTED)])] == ["true"]
        search.end()
