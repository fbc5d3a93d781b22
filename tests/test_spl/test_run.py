"""The interpreter as a whole: the app's command as a real process, time ranges of saved searches, trace and messages."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.spl import App, Interpreter, SearchFailed, Unsupported
from tests.splunkd import Splunkd
from tests.test_spl.play import NOW
from tests.test_spl.shipped_app import ROOT, shipped_app
from tests.test_splunkd.throwaway import DOUBLEAGE, ECHO, make_app

NOTE = """
read()
write({"type": "streaming", "required_fields": ["age"]})
for metadata, rows in iter(read, None):
    notes = ["note"] + ["old" if len(row[0]) > 1 else "" for row in rows[1:]]
    write({"finished": metadata["finished"]}, [row + [note] for row, note in zip(rows, notes)])
"""
SAVED = """
[double]
search = index=main | doubleage | stats sum(age) AS total
dispatch.earliest_time = -1h
dispatch.latest_time = now
dispatch.index_earliest = -10m
"""


@pytest.fixture
def interpreter(tmp_path: Path) -> Interpreter:
    splunkd = Splunkd(tmp_path / "splunk")
    source = make_app(tmp_path / "source", doubleage=DOUBLEAGE, echo=ECHO, note=NOTE)
    (source / "default" / "savedsearches.conf").write_text(SAVED, encoding="utf-8")
    return Interpreter(App(splunkd.install(source)), splunkd, now=NOW)


def people(*ages: int, **fields: str) -> list[dict[str, str]]:
    return [{"index": "main", "_time": str(NOW - age), "_indextime": str(NOW), "age": str(age), **fields} for age in ages]


def test_a_command_of_the_app_runs_as_a_real_process_and_its_fields_are_merged(interpreter: Interpreter) -> None:
    found = interpreter.run("index=main | doubleage | eval more=age+1 | table age more kept", people(5, 7, kept="x"))
    assert found == [{"age": "10", "more": 11, "kept": "x"}, {"age": "14", "more": 15, "kept": "x"}]


def test_numbers_reach_the_process_as_text(interpreter: Interpreter) -> None:
    assert interpreter.run("index=main | eval age=age*10 | doubleage | table age", people(5)) == [{"age": "100"}]


def test_a_command_after_stats_gets_all_fields(interpreter: Interpreter) -> None:
    assert interpreter.run("index=main | stats count BY age | echo", people(5, 5)) == [{"age": "5", "count": "2"}]


def test_a_saved_search_runs_in_its_own_time_range(interpreter: Interpreter) -> None:
    events = [*people(5), *people(4000), {**people(6)[0], "_indextime": str(NOW - 3600)}]
    assert interpreter.run_saved("double", events) == [{"total": 10}]
    with pytest.raises(SearchFailed, match="no saved search"):
        interpreter.run_saved("nosuch")


def test_the_trace_counts_the_rows_that_leave_each_command(interpreter: Interpreter) -> None:
    interpreter.run("index=main | where age>5 | stats count", people(5, 6, 7))
    assert interpreter.trace == [("search (command 1)", 3), ("where (command 2)", 2), ("stats (command 3)", 1)]


def test_the_events_of_the_test_are_never_changed(interpreter: Interpreter) -> None:
    events = people(5, 6)
    before = [dict(event) for event in events]
    interpreter.run("index=main | eval age=0, new=1 | rename index AS i", events)
    assert events == before


def test_a_command_needs_an_installation_and_a_known_option(interpreter: Interpreter) -> None:
    with pytest.raises(Unsupported, match="needs an installation"):
        Interpreter(interpreter.app, now=NOW).run("index=main | doubleage", people(5))
    with pytest.raises(ValueError, match="null or empty"):
        Interpreter(interpreter.app, now=NOW, empty="both")


def test_addinfo_tells_the_time_range_and_needs_an_end(interpreter: Interpreter) -> None:
    found = interpreter.run("index=main | addinfo | table info_min_time info_max_time", people(5), earliest="-1h", latest="now")
    assert found == [{"info_min_time": NOW - 3600, "info_max_time": NOW}]
    with pytest.raises(Unsupported, match="latest time"):
        interpreter.run("index=main | addinfo", people(5))


def test_rows_stream_through_the_process_in_order_and_complete(interpreter: Interpreter, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.spl.commands.external.CHUNK_ROWS", 7)
    ages = random.Random(1).sample(range(1, 1000), 50)
    found = interpreter.run("index=main | doubleage | table age", people(*ages))
    assert [row["age"] for row in found] == [str(2 * age) for age in sorted(ages)]


def test_a_search_that_wants_few_rows_stops_the_process(interpreter: Interpreter, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.spl.commands.external.CHUNK_ROWS", 10)
    taken = []

    def events() -> Iterator[dict[str, str]]:
        for event in people(*range(100_000)):
            taken.append(event)
            yield event

    assert len(interpreter.run("index=main | doubleage | head 3", events())) == 3
    assert len(taken) < 1000


def test_an_error_of_the_process_or_of_the_commands_before_it_ends_the_search(interpreter: Interpreter) -> None:
    with pytest.raises(SearchFailed, match=r"doubleage \(command 2\): .*non-zero"):
        interpreter.run("index=main | doubleage", [{**people(5)[0], "age": "old"}])
    with pytest.raises(Unsupported, match=r"where \(command 2\)"):
        interpreter.run('index=main | where age<"x" | doubleage', people(5))


def test_an_empty_cell_of_a_reply_is_null_or_empty_text_as_the_test_says(interpreter: Interpreter) -> None:
    search = 'index=main | note | eval known=if(isnull(note), "no", "yes") | table age known'
    null = [{"age": "5", "known": "no"}, {"age": "50", "known": "yes"}]
    assert interpreter.run(search, people(5, 50)) == null
    other = Interpreter(interpreter.app, interpreter.splunkd, now=NOW, empty="empty")
    assert other.run(search, people(5, 50)) == [{**row, "known": "yes"} for row in null]


LISTED = 'start,end,indicator,feed,category,confidence,description,first_seen,last_seen\n4c6336407,,,tor_exits,tor,80,"Tor exit",1600000000,1600000000\n'


def test_the_command_of_this_app_judges_events_inside_a_search(tmp_path: Path) -> None:
    splunkd = Splunkd(tmp_path)
    app = shipped_app(splunkd.install(ROOT))
    (app.folder / "lookups" / "malicious_ips.csv").write_text(LISTED, encoding="utf-8")
    record = {
        "eventSource": "s3.amazonaws.com",
        "eventName": "ListBuckets",
        "userIdentity.type": "Root",
        "awsRegion": "us-east-1",
    }
    common = {"index": "main", "sourcetype": "aws:cloudtrail", "_time": str(NOW), "_indextime": str(NOW), **record}
    events = [{**common, "sourceIPAddress": address} for address in ("198.51.100.7", "198.51.100.8", "198.51.100.7")]
    found = Interpreter(app, splunkd, now=NOW).run(
        "`cloudtrail_index` | maliciouscaller | stats count BY sourceIPAddress intel_match intel_feed", events
    )
    assert found == [{"sourceIPAddress": "198.51.100.7", "intel_match": "true", "intel_feed": "tor_exits", "count": 2}]
