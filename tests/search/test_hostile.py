"""What somebody else wrote, into an event or a list, comes out as text in its own field: nothing more, nothing less."""

from __future__ import annotations

import json
from typing import Any

import pytest

from callerintel.search.fields import FIELDS, MULTIVALUE
from tests.hostile import HOSTILE, has_controls

from .conftest import Command, event

LISTED = "203.0.113.9"
LEARNED_PARTS = 4
# Where in an event a caller, or whoever can write into the index, may put a text.
PLACES = (
    *("userAgent", "eventName", "eventSource", "awsRegion", "recipientAccountId", "errorCode", "errorMessage", "eventType"),
    *(
        "userIdentity.type",
        "userIdentity.accountId",
        "userIdentity.principalId",
        "userIdentity.userName",
        "userIdentity.invokedBy",
    ),
)


def hostile_events() -> list[dict[str, Any]]:
    """For each text an event with it everywhere, and one with it as a person's session name and user agent alone."""
    events = []
    for kind, text in HOSTILE.items():
        person = f"arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_Admin_0123456789abcdef/{text}"
        common = {"sourceIPAddress": LISTED, "eventID": kind}
        events.append({**event(**common), **dict.fromkeys(PLACES, text), "userIdentity.arn": text})
        events.append(event(**common, identity_type="AssumedRole", identity_arn=person, userAgent=text))
    return events


def values(cell: Any) -> list[str]:
    return cell if isinstance(cell, list) else [cell]


@pytest.mark.parametrize("arguments", [(), ("explain=true",)], ids=str)
def test_a_text_in_an_event_changes_nothing_but_its_own_fields(command: Command, arguments: tuple[str, ...]) -> None:
    command.listed((f"{LISTED}/32", "one|two", "tor|spam", "80|40", "x|y"))
    events = hostile_events()
    found = command.search(events, *arguments).events if arguments else command.assert_same_answer(events).events

    assert len(found) == len(events)
    for sent, back in zip(events, found):
        assert {name: back.get(name) for name in sent} == sent, "what came in goes out as it was"
        for name in set(back) - set(sent) - {"explanation"}:
            assert not any(map(has_controls, values(back[name]))), (name, back[name])
        assert (back["intel_feed"], back["severity"]) == (["one", "two"], "high")
        assert all(len(values(back[name])) == 2 for name in MULTIVALUE if name.startswith("intel_") and name in back)
        assert ("explanation" in back) == bool(arguments)
        assert not arguments or isinstance(json.loads(str(back["explanation"])), dict)


def test_what_a_text_teaches_the_baseline_is_one_printable_line(command: Command) -> None:
    """The baseline's searches write these values into a lookup, the parts of each joined by `|`."""
    found = command.search([{**each, "sourceIPAddress": "203.0.113.77"} for each in hostile_events()], "learn=true").events

    assert len(found) > len(HOSTILE)
    for back in found:
        for value in values(back["learns"]):
            assert not has_controls(value), value
            assert len(value.split("|")) == LEARNED_PARTS, value


def test_a_text_in_a_list_is_one_value_of_its_field(command: Command) -> None:
    """Lists that we write hold no control characters; a lookup that somebody else wrote may hold anything but line breaks."""
    one_line = {
        kind: text for kind, text in HOSTILE.items() if len(text.splitlines()) == 1 and "|" not in text and "\0" not in text
    }
    rows = {f"203.0.113.{number}": text for number, text in enumerate(one_line.values())}
    command.listed(*((f"{address}/32", "one|two", "tor|spam", "80|40", f"{text}|y") for address, text in rows.items()))
    found = command.assert_same_answer([event(sourceIPAddress=address) for address in rows]).events

    assert len(rows) >= 15
    assert [each["intel_description"] for each in found] == [[text, "y"] for text in rows.values()]
    assert {each["severity"] for each in found} == {"high"}


def test_every_field_is_looked_at(command: Command) -> None:
    """The test above is about all fields of the command only if these events fill them."""
    command.listed((f"{LISTED}/32", "one|two", "tor|spam", "80|40", "x|y", "1|2", "3|4"))
    found = command.judge(*hostile_events())

    assert set(FIELDS) - {name for each in found for name in each} == {
        "suppressed_by",
        "aws_address_service",
        "aws_address_region",
    }
