"""The options: what each does, and one clear sentence for what cannot be."""

from __future__ import annotations

import re
from typing import Any

import pytest

from callerintel.search.options import OPTION_NAMES

from .conftest import REPOSITORY, Command, event

WRONG = [
    # as typed, the option or argument that the sentence names, what it says is allowed
    ("min_severity=critical", "min_severity", "informational, low, high"),
    ("min_severity=", "min_severity", "option=value"),
    ("matches_only=maybe", "matches_only", "true or false"),
    ("raw=2", "raw", "true or false"),
    ("learning_days=-1", "learning_days", "0 to 3650"),
    ("learning_days=3.5", "learning_days", "0 to 3650"),
    ("settle_days=99999", "settle_days", "0 to 3650"),
    ("settle_days=٣", "settle_days", "0 to 3650"),
    ("prefix=a-b", "prefix", "letters, digits and underscores"),
    ("prefix=_x", "prefix", "letters, digits and underscores"),
    ("sourceIPAddress=*", "sourceIPAddress", "the name of a field"),
    ("matchesonly=true", "matchesonly", "matches_only"),
    ("logging_level=DEBUG", "logging_level", "matches_only"),
    ("record=true", "record", "matches_only"),
    ("sourceIPAddress", "sourceIPAddress", "without blanks around the ="),
    ("min_severity = high", "min_severity", "without blanks around the ="),
    ("=high", "=high", "option=value"),
]


@pytest.mark.parametrize(("typed", "named", "allowed"), WRONG, ids=[case[0] for case in WRONG])
def test_a_wrong_option_is_one_clear_sentence_before_any_event(command: Command, typed: str, named: str, allowed: str) -> None:
    result = command.search([event()], *typed.split(" "), parse_phase=1)

    assert result.error is not None
    assert named in result.error
    assert allowed in result.error
    assert "Traceback" not in result.error
    assert "\n" not in result.error
    assert (result.messages, result.events) == ([], [])


def test_a_wrong_option_is_refused_again_by_a_splunkd_that_goes_on(command: Command) -> None:
    """Whether a splunkd ends the search at the error of a getinfo reply, or sends the events all the same, is its choice."""
    from tests.splunkd.getinfo import run_request

    info = command.splunkd.search_info(command.app, "maliciouscaller", ["min_severity=nope"])
    with command.splunkd.conversation(command.app, "maliciouscaller") as talk:
        talk.send(run_request(info))
        first = talk.receive()
        talk.send({"action": "execute", "finished": False}, b"sourceIPAddress\n203\n")
        second = talk.receive()
        ended = talk.finish()

    assert first is not None
    assert second is not None
    assert first.metadata["error"] == second.metadata["error"]
    assert (ended.exit_status, ended.stderr) == (0, "")


@pytest.fixture
def mixed(command: Command) -> list[dict[str, Any]]:
    """One event of each severity, a suppressed one and one without a match, by eventID."""
    command.listed(("198.51.100.7/32", "a", "c2"), ("198.51.100.8/32", "b", "c2"), ("203.0.113.9/32", "c", "c2"))
    command.usual(
        *(
            ("arn:aws:iam::111122223333:user/alice", prop, value, 0)
            for prop, value in (("action", "ec2:RunInstances"), ("user_agent", "Boto3"), ("region", "eu-west-1"))
        )
    )
    command.allow({"feed": "b", "owner": "us"})
    return [
        event(eventID="informational", sourceIPAddress="198.51.100.7"),
        event(eventID="low", sourceIPAddress="198.51.100.7", awsRegion="sa-east-1"),
        event(eventID="high", sourceIPAddress="203.0.113.9"),
        event(eventID="suppressed", sourceIPAddress="198.51.100.8"),
        event(eventID="none", sourceIPAddress="203.0.113.1"),
    ]


@pytest.mark.parametrize(
    ("arguments", "kept"),
    [
        ([], ["informational", "low", "high", "suppressed", "none"]),
        (["matches_only=false"], ["informational", "low", "high", "suppressed", "none"]),
        (["matches_only=true"], ["informational", "low", "high", "suppressed"]),
        (["matches_only=T"], ["informational", "low", "high", "suppressed"]),
        (["min_severity=informational"], ["informational", "low", "high"]),
        (["min_severity=low"], ["low", "high"]),
        (["min_severity=HIGH", "matches_only=true"], ["high"]),
    ],
    ids=str,
)
@pytest.mark.parametrize("selected", [True, False], ids=["selected fields", "all fields"])
def test_events_below_what_was_asked_for_are_dropped_in_the_command(
    command: Command, mixed: list[dict[str, Any]], arguments: list[str], kept: list[str], selected: bool
) -> None:
    result = command.assert_same_answer(mixed, *arguments, selected=selected, chunk_rows=2)

    assert result.error is None
    assert [each["eventID"] for each in result.events] == kept


def test_a_prefix_renames_every_field(command: Command) -> None:
    plain = command.judge(event())[0]

    prefixed = command.judge(event(), arguments=["prefix=mc_"])[0]

    added = {name: value for name, value in plain.items() if name not in event()}
    assert {name: value for name, value in prefixed.items() if name not in event()} == {
        f"mc_{name}": value for name, value in added.items()
    }


def test_events_whose_fields_have_other_names_are_read_under_those(command: Command) -> None:
    """EventBridge puts everything below `detail`; a normalised index renames single fields."""
    renamed = {f"detail.{name}" if name != "_time" else name: value for name, value in event(sourceIPAddress=None).items()}
    renamed["src"] = "203.0.113.5"
    options = [
        f"{name}=detail.{name}"
        for name in OPTION_NAMES
        if name in ("userAgent", "awsRegion", "eventSource", "eventName", "eventTime", "userIdentity")
    ]

    (expected,) = command.judge(event())
    result = command.search([renamed], *options, "sourceIPAddress=src")

    assert result.messages == []
    added = {name: value for name, value in expected.items() if name not in event()}
    assert {name: value for name, value in result.events[0].items() if name not in renamed} == added
    assert "detail.userIdentity.sessionContext.sessionIssuer.arn" in result.getinfo_reply["required_fields"]


def test_the_last_of_an_option_given_twice_counts(command: Command) -> None:
    result = command.search([event()], "matches_only=true", "matches_only=false")

    assert len(result.events) == 1


def test_the_search_assistant_knows_the_same_options() -> None:
    text = (REPOSITORY / "default" / "searchbnf.conf").read_text("utf-8")
    syntax = [line for line in text.splitlines() if line.startswith("syntax = (")]

    assert len(syntax) == 2
    assert sorted(re.findall(r"\((\w+)=", " ".join(syntax))) == sorted(OPTION_NAMES)
