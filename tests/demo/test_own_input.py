"""The demo on a user's own events, history, lists and allowlist, in a process of its own."""

from __future__ import annotations

import csv
import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from callerintel.lookups import CALLER_ALLOWLIST
from callerintel.search.fields import FIELDS
from demo import SAMPLES
from tests.demo.running import make_event, read_out, run_demo, words

# A user's lists are taken as real ones, of which documentation addresses are dropped: so these are routable addresses.
LISTED, NOT_LISTED, IN_AWS = "9.9.9.9", "8.8.8.8", "9.9.9.200"


@pytest.fixture
def lists(tmp_path: Path) -> Path:
    (tmp_path / "my list.txt").write_text("# mine\n9.9.9.0/24\n10.0.0.1\nno address\n192.0.2.77\n", "utf-8")
    prefix = {"ip_prefix": "9.9.9.192/26", "region": "eu-west-1", "service": "EC2", "network_border_group": "eu-west-1"}
    ranges = {"syncToken": "1769817600", "createDate": "2026-01-31-00-00-00", "prefixes": [prefix], "ipv6_prefixes": []}
    (tmp_path / "ranges.json").write_text(json.dumps(ranges), "utf-8")
    return tmp_path


def write_lines(path: Path, records: list[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(record) + "\n" for record in records), "utf-8")
    return path


def history() -> list[dict[str, Any]]:
    """Ten days on which carol lists buckets, a denied call, a failed sign-in, and a call from a listed address."""
    usual = [make_event(day, eventTime=f"2026-01-{day:02d}T08:00:00Z", sourceIPAddress=NOT_LISTED) for day in range(10, 21)]
    early = {"eventTime": "2026-01-10T09:00:00Z", "sourceIPAddress": NOT_LISTED}
    return [
        *usual,
        make_event(50, **early, eventName="DeniedCall", errorCode="AccessDenied"),
        make_event(51, **early, eventName="UnknownThing", errorCode="NoSuchBucket"),
        make_event(52, **{**early, "sourceIPAddress": LISTED}, eventName="AttackersCall"),
    ]


def test_severities_on_own_lists_history_and_ranges(lists: Path) -> None:
    """Each expectation follows from `history` and the two lists."""
    cases: list[tuple[dict[str, Any], tuple[str, str]]] = [
        ({"sourceIPAddress": NOT_LISTED}, ("", "0")),
        ({"sourceIPAddress": NOT_LISTED, "eventName": "New"}, ("", "1")),
        ({"sourceIPAddress": IN_AWS}, ("informational", "0")),
        ({"sourceIPAddress": IN_AWS, "awsRegion": "sa-east-1"}, ("low", "1")),
        ({"sourceIPAddress": IN_AWS, "awsRegion": "sa-east-1", "userAgent": "curl/8.1"}, ("high", "2")),
        ({"sourceIPAddress": LISTED}, ("high", "0")),
        ({"sourceIPAddress": IN_AWS, "eventName": "DeniedCall"}, ("low", "1")),  # denied calls do not teach
        ({"sourceIPAddress": IN_AWS, "eventName": "UnknownThing"}, ("informational", "0")),  # other errors do
        ({"sourceIPAddress": IN_AWS, "eventName": "AttackersCall"}, ("low", "1")),  # nor do listed addresses
        ({"sourceIPAddress": "10.0.0.1"}, ("", "0")),  # reserved addresses on a list are dropped
        ({"sourceIPAddress": "192.0.2.77"}, ("", "0")),
    ]
    events = write_lines(lists / "events.json", [make_event(number, **more) for number, (more, _) in enumerate(cases)])
    done = run_demo(
        EVENTS=events,
        HISTORY=write_lines(lists / "history.json", history()),
        FEEDS=f"'{lists}/my list.txt'",
        AWS_RANGES=lists / "ranges.json",
        OUT=lists / "out.json",
    )
    assert (done.returncode, done.stderr) == (0, "")
    found = [(event["severity"], event["unexpected_count"]) for event in read_out(lists / "out.json")]
    assert found == [expected for _, expected in cases]
    assert "my_list ok 1 kept (plain), 3 rejected: 1 not_an_address, 2 not_routable" in words(done.stdout)
    # Two actions, an agent and a region of carol's and of her class, her account's two actions.
    assert "10 rows for 1 caller and their groups, from 14 events (2026-01-10 to 2026-01-20)" in done.stdout


def test_without_history_everybody_learns_and_without_ranges_nothing_is_outside_aws(lists: Path) -> None:
    events = write_lines(lists / "events.json", [make_event(1, sourceIPAddress=LISTED, eventName="New")])
    done = run_demo(EVENTS=events, FEEDS=lists / "my list.txt", OUT=lists / "out.json")
    (event,) = read_out(lists / "out.json")
    assert (event["severity"], event["aws_address"], event["unexpected_action"]) == ("informational", "unknown", "learning")
    shown = words(done.stdout)
    assert "No AWS ranges: what lies outside AWS is unknown." in shown
    assert "No history: every caller is still learning" in shown
    assert shown.count("The lookup aws_ip_ranges.csv") == 1


def test_an_allowlist_suppresses(lists: Path) -> None:
    allow = lists / "allow.csv"
    allow.write_text("indicator,owner,reason\n9.9.9.0/24,ops,partner\n", "utf-8")
    events = write_lines(lists / "events.json", [make_event(1, sourceIPAddress=LISTED)])
    done = run_demo(EVENTS=events, FEEDS=lists / "my list.txt", ALLOWLIST=allow, OUT=lists / "out.json")
    (event,) = read_out(lists / "out.json")
    assert (event["severity"], event["suppressed_by"], event["intel_match"]) == ("", "ops: partner", "true")
    assert "Every match is suppressed by the allowlist." in done.stdout
    assert "allowed by ops: partner" in done.stdout


def test_an_allowlist_also_decides_what_teaches(lists: Path) -> None:
    """A listed address that is allowed is usual for its caller."""
    allow = lists / "allow.csv"
    allow.write_text("indicator,owner,reason\n9.9.9.9,ops,partner\n", "utf-8")
    done = run_demo(
        EVENTS=write_lines(lists / "events.json", [make_event(1, sourceIPAddress=IN_AWS, eventName="AttackersCall")]),
        HISTORY=write_lines(lists / "history.json", history()),
        FEEDS=lists / "my list.txt",
        ALLOWLIST=allow,
        OUT=lists / "out.json",
    )
    assert done.returncode == 0
    assert read_out(lists / "out.json")[0]["unexpected_action"] == "false"


def test_refused_lists_are_shown_and_the_demo_goes_on(lists: Path) -> None:
    (lists / "page.txt").write_text("<!DOCTYPE html><html><body>Blocked</body></html>", "utf-8")
    (lists / "page.csv").write_text("", "utf-8")
    events = write_lines(lists / "events.json", [make_event(1, sourceIPAddress=LISTED)])
    done = run_demo(EVENTS=events, FEEDS=f"{lists}/page.txt {lists}/page.csv http://192.0.2.1/x.txt")
    assert (done.returncode, done.stderr) == (0, "")
    shown = words(done.stdout)
    assert "page refused html: Feed page:" in shown
    assert "page_2 refused empty: Feed page_2:" in shown
    assert "x failed configuration: Feed x:" in shown
    assert "No list is in use, so no event can match." in shown
    assert "No event came from a listed address: nothing to show." in shown


def test_events_in_every_wrapper_are_the_same_events(tmp_path: Path) -> None:
    """A folder of different files: records, JSON lines, EventBridge, CloudWatch Logs; by name of the file."""
    records = [make_event(number) for number in range(8)]
    (tmp_path / "1.json").write_text(json.dumps({"Records": records[:2]}), "utf-8")
    (tmp_path / "2.json.gz").write_bytes(gzip.compress(json.dumps({"Records": records[2:4]}).encode()))
    write_lines(tmp_path / "3.ndjson", records[4:5])
    write_lines(tmp_path / "4.json", [{"detail-type": "AWS API Call via CloudTrail", "detail": records[5]}])
    (tmp_path / "5.json").write_text(
        json.dumps({"logEvents": [{"message": json.dumps(record)} for record in records[6:]]}), "utf-8"
    )
    (tmp_path / "README.md").write_text("# not events\n", "utf-8")
    (tmp_path / "CloudTrail-Digest").mkdir()
    (tmp_path / "CloudTrail-Digest" / "d.json").write_text("{}", "utf-8")
    done = run_demo(EVENTS=tmp_path, OUT=tmp_path / "out.json")
    assert (done.returncode, done.stderr) == (0, "")
    annotated = read_out(tmp_path / "out.json")
    assert [{name: event[name] for name in records[0]} for event in annotated] == records
    assert {frozenset(event) for event in annotated} == {frozenset(records[0]) | frozenset(FIELDS)}
    assert "Skipped 1 digest: there are no events in those." in done.stdout
    assert "README" not in done.stdout


def test_an_event_without_an_id_and_without_anything_else_still_has_its_line(tmp_path: Path) -> None:
    events = write_lines(tmp_path / "events.json", [{"eventName": "A"}, {"eventVersion": "1.0", "eventID": None}])
    run_demo(EVENTS=events, OUT=tmp_path / "out.json")
    first, second = read_out(tmp_path / "out.json")
    assert (first["eventID"], first["eventName"], first["call_action"], first["caller"]) == ("", "A", "A", "")
    assert second["eventID"] is None
    assert set(FIELDS) <= first.keys() & second.keys()


def test_an_empty_folder_is_said_to_be_empty(tmp_path: Path) -> None:
    done = run_demo(EVENTS=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert "There was no CloudTrail event to annotate." in done.stdout
    assert "0 events, 0 judged, 0 matched" in done.stdout


@pytest.mark.parametrize(
    ("out", "says"),
    [
        ("none/out.json", "OUT: the folder {}/none does not exist; make it, or name another file.\n"),
        ("events.json/out.json", "OUT: {}/events.json/out.json cannot be written (Not a directory); name another file.\n"),
        ("folder", "OUT: {}/folder cannot be written (Is a directory); name another file.\n"),
        ("events.json", "OUT: {}/events.json is one of the files to read; name another file.\n"),
    ],
)
def test_an_out_that_cannot_be_written_is_said_before_any_work(tmp_path: Path, out: str, says: str) -> None:
    (tmp_path / "folder").mkdir()
    events = write_lines(tmp_path / "events.json", [make_event(1)])
    before = events.read_bytes()
    done = run_demo(EVENTS=events, OUT=tmp_path / out)
    assert (done.returncode, done.stdout, done.stderr) == (2, "", says.format(tmp_path))
    assert events.read_bytes() == before


def test_the_allowlist_of_the_samples_has_the_columns_of_the_lookup() -> None:
    with open(SAMPLES / "caller_allowlist.csv", encoding="utf-8", newline="") as file:
        assert tuple(next(csv.reader(file))) == CALLER_ALLOWLIST.columns
