"""What is usual is a statement about event time: learning, settling, and who is not judged."""

from __future__ import annotations

from typing import Any

import pytest

from .conftest import ALICE, DAY, NOON, Command, digest, event

FLAGS = ("unexpected_action", "unexpected_user_agent", "unexpected_region")


def flags(judged: dict[str, Any]) -> list[str | None]:
    return [judged.get(name) for name in FLAGS]


@pytest.mark.parametrize(
    ("caller_days", "value_days", "expected"),
    [
        (90, 90, "false"),
        (90, 2, "false"),  # settled at this very moment
        (90, 1.99, "true"),  # seen, but not for long enough
        (90, -5, "true"),  # seen later than the event
        (90, None, "true"),  # never seen
        (3, 3, "false"),  # old enough at this very moment
        (2.99, 2.99, "learning"),
        (-5, -5, "learning"),  # all that is known is later
        (None, None, "learning"),  # nothing is known
    ],
)
def test_a_value_is_expected_once_it_settled_and_its_caller_is_old_enough(
    command: Command, caller_days: float | None, value_days: float | None, expected: str
) -> None:
    rows = []
    if caller_days is not None:
        rows.append((ALICE, "region", "ca-central-1", NOON - caller_days * DAY))
    if value_days is not None:
        rows.append((ALICE, "action", "ec2:RunInstances", NOON - value_days * DAY))
    command.usual(*rows)

    (judged,) = command.judge(event())

    assert judged["unexpected_action"] == expected


def test_the_options_say_how_long_is_long_enough(command: Command) -> None:
    command.usual((ALICE, "action", "ec2:RunInstances", NOON - 10 * DAY))

    def judged(*arguments: str) -> str:
        (one,) = command.judge(event(), arguments=arguments)
        return one["unexpected_action"]

    assert judged("learning_days=11") == "learning"
    assert judged("learning_days=10", "settle_days=10") == "false"
    assert judged("learning_days=10", "settle_days=11") == "true"
    assert judged("learning_days=0", "settle_days=0") == "false"


def test_the_same_event_is_judged_by_its_own_time_whatever_the_order(command: Command) -> None:
    """What a search over the past says is what the live search said."""
    command.usual((ALICE, "region", "eu-west-1", NOON - 90 * DAY), (ALICE, "action", "ec2:RunInstances", NOON - 10 * DAY))
    times = {
        "2026-05-22T12:00:00Z": "true",
        "2026-05-24T11:59:59Z": "true",
        "2026-05-24T12:00:00Z": "false",
        "2026-06-01T12:00:00Z": "false",
    }
    events = [event(eventTime=time) for time in times]

    forwards = [each["unexpected_action"] for each in command.judge(*events)]
    backwards = [each["unexpected_action"] for each in command.judge(*reversed(events))]

    assert forwards == list(times.values())
    assert backwards == forwards[::-1]


@pytest.mark.parametrize(
    ("event_time", "index_time", "expected"),
    [
        ("2026-06-01T12:00:00Z", "0", "false"),
        ("2026-06-01T14:00:00+02:00", "0", "false"),
        (None, str(NOON), "false"),
        ("yesterday", f"{NOON}00", "false"),
        ("2026-13-01T12:00:00Z", str(NOON), "false"),
        (None, str(NOON - 60 * DAY), "learning"),
        ("2099-01-01T00:00:00Z", "0", "false"),
        (None, None, None),
        ("null", "never", None),
    ],
)
def test_event_time_decides_then_time_and_without_either_nothing_is_judged(
    command: Command, event_time: str | None, index_time: str | None, expected: str | None
) -> None:
    command.usual((ALICE, "action", "ec2:RunInstances", NOON - 50 * DAY))
    changes = {"eventTime": event_time, "_time": index_time}

    (judged,) = command.judge(event(**changes))

    assert judged.get("unexpected_action") == expected
    assert judged["caller"] == ALICE
    assert judged.get("unexpected_count") == {"false": "2", "learning": "0", None: None}[expected]  # agent and region are new


NOT_JUDGED: dict[str, tuple[dict[str, Any], list[str | None]]] = {
    "a service's name as address": ({"sourceIPAddress": "ec2.amazonaws.com"}, [None, None, None]),
    "AWS Internal": ({"sourceIPAddress": "AWS Internal"}, [None, None, None]),
    "no address": ({"sourceIPAddress": None}, [None, None, None]),
    "garbage": ({"sourceIPAddress": "redacted"}, [None, None, None]),
    "no caller": ({"identity_type": "IAMUser", "identity_arn": None, "identity_accountId": None}, [None, None, None]),
    "a failed sign-in": ({"identity_arn": None, "identity_userName": "HIDDEN_DUE_TO_SECURITY_REASONS"}, [None, None, None]),
    "a service": ({"identity_type": "AWSService", "identity_invokedBy": "ec2.amazonaws.com"}, [None, None, None]),
    "the region of a global service": ({"eventSource": "iam.amazonaws.com"}, ["true", "true", None]),
    "the region of a sign-in": ({"eventSource": "signin.amazonaws.com", "eventName": "ConsoleLogin"}, ["true", "true", None]),
    "no user agent": ({"userAgent": None}, ["true", None, "true"]),
    "AWS Internal as agent": ({"userAgent": "AWS Internal"}, ["true", None, "true"]),
    "a service as agent": ({"userAgent": "cloudformation.amazonaws.com"}, ["true", None, "true"]),
    "no event name": ({"eventName": None}, [None, "true", "true"]),
    "no region": ({"awsRegion": None}, ["true", "true", None]),
    "a private address is judged": ({"sourceIPAddress": "10.0.0.1"}, ["true", "true", "true"]),
    "the console is judged": ({"userAgent": "console.amazonaws.com"}, ["true", "true", "true"]),
}


@pytest.mark.parametrize("what", NOT_JUDGED)
def test_what_says_nothing_of_the_caller_is_not_judged(command: Command, what: str) -> None:
    """The baseline knows the caller well, but none of the values."""
    changes, expected = NOT_JUDGED[what]
    command.usual(*((caller, "region", "nowhere", 0) for caller in (ALICE, "ec2.amazonaws.com")))

    (judged,) = command.judge(event(**changes))

    assert flags(judged) == expected


def test_values_of_one_property_or_caller_do_not_vouch_for_another(command: Command) -> None:
    bob = ALICE.replace("alice", "bob")
    command.usual(
        (ALICE, "region", "eu-west-1", 0),
        (bob, "action", "ec2:RunInstances", 0),
        (ALICE, "user_agent", "ec2:RunInstances", 0),
    )

    (judged,) = command.judge(event())

    assert flags(judged) == ["true", "true", "false"]


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_a_baseline_of_many_callers_is_read_whatever_its_line_ends(command: Command, newline: str) -> None:
    callers = [f"arn:aws:iam::111122223333:user/u{n}" for n in range(400)]
    command.usual(*((caller, "action", f"ec2:Action{n}", 0) for n, caller in enumerate(callers)))
    path = command.lookups / "caller_baseline.csv"
    path.write_bytes(path.read_bytes().replace(b"\n", newline.encode()))
    events = [event(identity_arn=caller, eventName=f"Action{n - n % 2}") for n, caller in enumerate(callers)]

    judged = command.judge(*events)

    assert [each["unexpected_action"] for each in judged] == ["false", "true"] * 200


def test_a_cell_that_is_no_time_vouches_for_nothing(command: Command) -> None:
    command.usual((ALICE, "region", "eu-west-1", 0), (ALICE, "action", "ec2:RunInstances", 0))
    path = command.lookups / "caller_baseline.csv"
    path.write_text(path.read_text().replace('"ec2:RunInstances",0', '"ec2:RunInstances",soon'))

    (judged,) = command.judge(event())

    assert flags(judged) == ["true", "true", "false"]


HEADER = "key,caller,property,value,first_seen,last_seen,count"


def good_lines() -> list[str]:
    rows = [(ALICE, "action", "ec2:RunInstances"), (ALICE, "region", "eu-west-1"), (ALICE, "user_agent", "Boto3")]
    return sorted(f'{digest(caller)}{prop[0]}{digest(value)},"{caller}","{prop}","{value}",0,0,1' for caller, prop, value in rows)


DAMAGED: dict[str, tuple[str, str | None, list[str]]] = {
    # what the file holds, what the search says of it, the flags
    "good": ("\n".join([HEADER, *good_lines()]) + "\n", None, ["false"] * 3),
    "no last newline": ("\n".join([HEADER, *good_lines()]), "ends in the middle of a line", ["learning"] * 3),
    "CRLF and BOM": ("\ufeff" + "\r\n".join([HEADER, *good_lines(), ""]), None, ["false"] * 3),
    "every cell quoted": (
        "\n".join(",".join(f'"{cell}"' for cell in line.replace('"', "").split(",")) for line in [HEADER, *good_lines()]) + "\n", None, ["false"] * 3,
    ),
    "columns of others": (HEADER + ",cut,note\n" + "".join(f"{line},,x\n" for line in good_lines()), None, ["false"] * 3),
    "columns in another order": ("key,value,count,first_seen,last_seen,property,caller\n" + "".join(",".join([line.split(",")[0], "v,1,0,0,p,c\n"]) for line in good_lines()), None, ["false"] * 3),
    "key is not first": ("caller," + HEADER.replace("caller,", "") + "\n", "does not begin with the column key", ["learning"] * 3),
    "a column is missing": (HEADER.replace(",first_seen", "") + "\n", "lacks the column first_seen", ["learning"] * 3),
    "out of order": ("\n".join([HEADER, *reversed(good_lines())]) + "\n", "is not sorted by its first column", ["learning"] * 3),
    "half a last line": ("\n".join([HEADER, *good_lines()])[:-12], "ends in the middle of a line", ["learning"] * 3),
    "another program's file": ("a,b\n1,2\n", "does not begin with the column key", ["learning"] * 3),
    "binary": ("\0\1\2" * 100, "does not begin with the column key", ["learning"] * 3),
    "empty": ("", "has no header", ["learning"] * 3),
    "a header alone": (HEADER + "\n", "has no rows yet", ["learning"] * 3),
    "times that are none": ("\n".join([HEADER, *(line.replace(",0,0,1", ",nan,inf,1") for line in good_lines()), ""]), None, ["learning"] * 3),
}  # fmt: skip


@pytest.mark.parametrize("what", DAMAGED)
def test_a_damaged_baseline_never_raises_and_the_search_says_what_is_wrong(command: Command, what: str) -> None:
    """What cannot be read vouches for nothing and accuses nobody: the flags say `learning`, and one message why."""
    content, problem, expected = DAMAGED[what]
    (command.lookups / "caller_baseline.csv").write_bytes(content.encode())

    result = command.search([event()] * 2, chunk_rows=1)

    assert flags(result.events[0]) == flags(result.events[1]) == expected
    assert [text.partition(":")[0] for _, text in result.messages] == (
        [f"The lookup caller_baseline.csv {problem}"] if problem else []
    )
