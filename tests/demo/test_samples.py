"""The demo as it is without any variable: the samples, and what is said of them."""

from __future__ import annotations

import gzip
import json

import pytest

from callerintel.search.fields import FIELDS
from callerintel.search.severity import RULES
from demo import SAMPLES, make_samples
from demo.sample_data import STORIES
from tests.demo.running import SampleRun, words

# Worked out by hand from demo/sample_data.py: story -> severity, the rule that decides, how many of three are unexpected.
# In AWS are 203.0.113.0/26 and 203.0.113.64/27; the lists are feeds/*.txt; what is usual is what `CALLERS` do.
EXPECTED = {
    101: ("informational", "listed", "0"),
    102: ("informational", "listed", "0"),
    201: ("low", "listed_one_unexpected", "1"),  # region
    301: ("high", "listed_outside_aws", "0"),
    302: ("high", "listed_outside_aws", "1"),  # user agent
    401: ("high", "listed_several_unexpected", "2"),  # action, user agent; us-east-1 is usual
    402: ("high", "listed_several_unexpected", "3"),
    403: ("high", "listed_several_unexpected", "3"),  # a denied call is judged as any other
    404: ("high", "listed_several_unexpected", "2"),  # action, user agent
    501: ("informational", "listed", "0"),  # learning is not unexpected
    502: ("low", "listed_one_unexpected", "1"),  # alice, the account's other user, never started an instance
    601: ("high", "listed_outside_aws", ""),  # nobody to judge
    602: ("high", "listed_outside_aws", "0"),
    701: ("", "", "0"),  # allowed
    702: ("", "", "0"),
    801: ("", "", "1"),  # an unexpected action, but no list has the address
    802: ("", "", "0"),
    803: ("", "", "0"),
}


@pytest.fixture
def run(sample_run: SampleRun) -> SampleRun:
    return sample_run


def test_it_ends_well_and_says_nothing_on_stderr(run: SampleRun) -> None:
    assert (run.process.returncode, run.process.stderr) == (0, "")


def test_the_repository_is_as_it_was(run: SampleRun) -> None:
    assert run.files_after == run.files_before


def test_every_story_is_listed_here() -> None:
    assert {story.number for story in STORIES} == set(EXPECTED)


@pytest.mark.parametrize("number", EXPECTED)
def test_a_story_gets_the_severity_that_its_author_meant(run: SampleRun, number: int) -> None:
    event = run.story(number)
    rule = event["severity_reason"].partition(":")[0]
    assert (event["severity"], rule, event["unexpected_count"]) == EXPECTED[number]


def test_every_row_of_the_severity_table_occurs(run: SampleRun) -> None:
    assert {event["severity_reason"].partition(":")[0] for event in run.events} - {""} == {rule.name for rule in RULES}


def test_nothing_but_the_stories_and_the_scanner_matches_a_list(run: SampleRun) -> None:
    others = [event for event in run.events if not event["eventID"].startswith("5a3b1e00-")]
    matched = {event["caller"] for event in others if event["intel_match"]}
    assert matched == {"arn:aws:iam::444455556666:role/security-scanner"}
    assert all(not event["severity"] for event in others)


def test_what_is_allowed_says_by_whom(run: SampleRun) -> None:
    assert run.story(701)["suppressed_by"] == "security team: our own scanner (SAMPLE)"


def test_an_address_on_two_lists_has_both_as_a_list(run: SampleRun) -> None:
    event = run.story(404)
    assert event["intel_feed"] == ["sample_networks", "sample_tor_exits"]
    assert event["intel_indicator"] == ["198.51.100.96/28", "198.51.100.99"]


def test_a_new_caller_is_learning_and_a_service_is_not_judged(run: SampleRun) -> None:
    assert run.story(501)["unexpected_action"] == "learning"
    service = next(event for event in run.events if event["userIdentity"]["type"] == "AWSService")
    assert (service["unexpected_action"], service["unexpected_count"], service["source_address_type"]) == ("", "", "aws_service")


def test_out_has_every_event_in_order_as_it_was_with_every_field(run: SampleRun) -> None:
    records = [json.loads(line) for line in (SAMPLES / "events.ndjson").read_text("utf-8").splitlines()]
    assert [{name: event[name] for name in record} for record, event in zip(records, run.events)] == records
    assert all(event.keys() == record.keys() | set(FIELDS) for record, event in zip(records, run.events))
    assert len(run.events) == len(records)


def test_the_table_shows_the_worst_first_and_each_reason_whole(run: SampleRun) -> None:
    shown = words(run.process.stdout)
    for number in (101, 201, 301, 302, 402, 404, 501, 601, 602):
        assert run.story(number)["severity_reason"] in shown
    callers = ["role/order-processor", "user/backup", "user/alice", "role/app-backend", "role/ci-deploy"]
    assert sorted(callers, key=shown.index) == callers
    assert shown.index("Suppressed by the allowlist") < shown.index("role/security-scanner")


def test_the_last_line_counts(run: SampleRun) -> None:
    matched = [event for event in run.events if event["intel_match"]]
    judged = [event for event in run.events if event["unexpected_count"]]
    counts = [sum(event["severity"] == level for event in matched) for level in ("high", "low", "informational", "")]
    last = run.process.stdout.splitlines()[-1]
    assert last.startswith(
        f"{len(run.events)} events, {len(judged)} judged, {len(matched)} matched: "
        "{} high, {} low, {} informational, {} suppressed. It took ".format(*counts)
    )
    assert counts[:3] == [8, 2, 3]


def test_a_pipe_gets_no_control_codes_and_no_line_longer_than_asked_for(run: SampleRun) -> None:
    assert all(character.isprintable() for character in run.process.stdout.replace("\n", ""))
    assert max(map(len, run.process.stdout.splitlines())) <= 100


def test_the_committed_samples_are_what_the_script_makes() -> None:
    made = make_samples.sample_files()
    committed = {str(path.relative_to(SAMPLES)): path.read_bytes() for path in SAMPLES.rglob("*") if path.is_file()}
    unzipped = {name: gzip.decompress(data) if name.endswith(".gz") else data for name, data in committed.items()}
    assert unzipped == {name: text.encode("utf-8") for name, text in made.items()}
    assert sum(map(len, committed.values())) < 500_000
    assert committed["history.json.gz"][4:8] == bytes(4)  # no time of making
