"""A search command's run, played with commands that are written here by hand."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.splunkd import Splunkd, SplunkdError, UnknownBehaviour
from tests.splunkd.frames import split_frames
from tests.test_splunkd.throwaway import DOUBLEAGE, ECHO, make_app, shared_data

BEATLES: list[dict[str, Any]] = [
    {"name": "Noah", "age": "66"},
    {"name": "Ringo", "age": "18", "_si": ["FIREFLY-WIN", "beatles"]},
    {"name": "George", "age": "25"},
    {"name": "Paul", "age": "96"},
    {"name": "John", "age": "52"},
]


@pytest.fixture
def splunkd(tmp_path: Path) -> Splunkd:
    return Splunkd(tmp_path / "splunk")


def install(splunkd: Splunkd, tmp_path: Path, **commands: str) -> Path:
    return splunkd.install(make_app(tmp_path / "source", **commands))


def test_selected_fields_are_merged_into_the_events_and_nothing_else_changes(splunkd: Splunkd, tmp_path: Path) -> None:
    app = install(splunkd, tmp_path, doubleage=DOUBLEAGE)
    result = splunkd.search(app, "doubleage", events=BEATLES)
    assert result.events == [
        {"name": "Noah", "age": "132"},
        {"name": "Ringo", "age": "36", "_si": ["FIREFLY-WIN", "beatles"]},
        {"name": "George", "age": "50"},
        {"name": "Paul", "age": "192"},
        {"name": "John", "age": "104"},
    ]
    assert (result.error, result.exit_status, result.stderr, result.messages) == (None, 0, "", [])


@pytest.mark.parametrize("recording", ["doubleage", "doubleage_allfields_wanted"])
def test_the_chunks_sent_are_those_that_splunkd_sent(splunkd: Splunkd, tmp_path: Path, recording: str) -> None:
    recorded = list(split_frames(shared_data(f"splunkd/scpv2-8.2.1/{recording}.input").read_bytes()))
    app = install(splunkd, tmp_path, doubleage=DOUBLEAGE)
    sent = [frame for data in splunkd.search(app, "doubleage", events=BEATLES).requests for frame in split_frames(data)]
    assert sent[1:] == recorded[1:]
    assert list(sent[0].metadata) == list(recorded[0].metadata)
    assert list(sent[0].metadata["searchinfo"]) == list(recorded[0].metadata["searchinfo"])


def test_a_required_field_that_no_event_has_still_gets_a_column(splunkd: Splunkd, tmp_path: Path) -> None:
    recorded = list(split_frames(shared_data("splunkd/scpv2-8.2.1/accumages.input").read_bytes()))
    app = install(
        splunkd,
        tmp_path,
        accumages="""
        read(); write({"type": "stateful", "required_fields": ["age", "accum_age"]})
        total = 0
        for metadata, rows in iter(read, None):
            for row in rows[1:]:
                total += int(row[0]); row[1] = str(total)
            write({"finished": metadata["finished"]}, rows if rows[1:] else ())
    """,
    )
    result = splunkd.search(app, "accumages", events=BEATLES, chunk_rows=[5, 0])
    assert [frame for data in result.requests[1:] for frame in split_frames(data)] == recorded[1:]
    assert [event["accum_age"] for event in result.events] == ["66", "84", "109", "205", "257"]


@pytest.mark.parametrize("selected", [True, False])
@pytest.mark.parametrize("last_chunk_rows", [True, False])
@pytest.mark.parametrize("chunk_rows", [1, 2, 5, 100, (0, 3, 0, 1)])
def test_every_cut_into_chunks_gives_the_same_events(
    splunkd: Splunkd, tmp_path: Path, chunk_rows: Any, last_chunk_rows: bool, selected: bool
) -> None:
    app = install(splunkd, tmp_path, doubleage=DOUBLEAGE)
    result = splunkd.search(
        app,
        "doubleage",
        events=iter(BEATLES),
        chunk_rows=chunk_rows,
        last_chunk_rows=last_chunk_rows,
        selected=selected,
        parse_phase=0,
    )
    assert [int(str(event["age"])) for event in result.events] == [132, 36, 50, 192, 104]
    finished = [frame.metadata["finished"] for data in result.requests[1:] for frame in split_frames(data)]
    assert finished == [False] * (len(finished) - 1) + [True]


def test_without_required_fields_all_columns_are_sent_and_the_reply_replaces_the_events(splunkd: Splunkd, tmp_path: Path) -> None:
    app = install(splunkd, tmp_path, echo=ECHO)
    hard: list[dict[str, Any]] = [
        {"_raw": 'a "b"\r\n, c', "x": "é", "empty": ""},
        {"mv": ["a$", "b;", "c\nd"], "_raw": "plain"},
    ]
    result = splunkd.search(app, "echo", events=hard)
    assert result.events == [{"_raw": 'a "b"\r\n, c', "x": "é"}, {"mv": ["a$", "b;", "c\nd"], "_raw": "plain"}]
    assert b'"_raw",x,empty,mv,"__mv__raw","__mv_x","__mv_empty","__mv_mv"\n' in result.requests[1]


def test_the_parse_phase_tells_less_and_the_run_tells_all(splunkd: Splunkd, tmp_path: Path) -> None:
    log = tmp_path / "seen"
    app = install(
        splunkd,
        tmp_path,
        tell=f"""
        open({str(log)!r}, "ab").write(json.dumps(read()[0]).encode() + b"\\n")
        write({{"type": "streaming"}})
        for metadata, rows in iter(read, None):
            write({{"finished": metadata["finished"]}}, rows)
    """,
    )
    splunkd.search(app, "tell", ['pattern="\\w+"', 'text="Hello World!"', "a", "=", '"b"'], BEATLES)
    seen = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
    assert [("session_key" in one["searchinfo"], bool(one["searchinfo"]["dispatch_dir"])) for one in seen] == [
        (False, False),
        (False, False),
        (True, True),
    ]
    info = seen[-1]["searchinfo"]
    assert info["args"] == ["pattern=\\w+", "text=Hello World!", "a", "=", "b"]
    assert info["raw_args"] == ['pattern="\\w+"', 'text="Hello World!"', "a", "=", '"b"']
    assert info["search"].startswith("search%20index%3Dcloudtrail%20%7C%20tell%20pattern%3D%22%5Cw%2B%22%20")
    assert Path(info["dispatch_dir"]).is_dir()


@pytest.mark.parametrize(
    "script, words",
    [
        ('write({"type": "streaming"}); write({"type": "streaming"})', "more than one reply"),
        ('write({"type": "streaming"}); sys.stderr.write("a warning")', "a warning"),
        ('write({"type": "streaming"}); sys.exit(3)', "error code 3"),
        ("sys.exit(0)", "exited unexpectedly"),
        ('print("hello")', "during setup"),
    ],
    ids=["two replies", "stderr", "exit status", "no reply", "no chunk"],
)
def test_a_command_that_misbehaves_in_the_parse_phase_is_refused(
    splunkd: Splunkd, tmp_path: Path, script: str, words: str
) -> None:
    app = install(splunkd, tmp_path, bad="read()\n" + script)
    with pytest.raises(SplunkdError, match=words):
        splunkd.search(app, "bad", events=BEATLES)


@pytest.mark.parametrize(
    "indices",
    [
        ["1", "0", "2", "3", "4"],
        ["0", "0", "1", "2", "3"],
        ["0", "1", "2", "3", "5"],
        ["", "1", "2", "3", "4"],
        ["a"],
        ["-1"],
    ],
    ids=["reordered", "doubled", "out of range", "empty", "not a number", "negative"],
)
def test_an_index_out_of_order_or_range_fails_the_search(splunkd: Splunkd, tmp_path: Path, indices: list[str]) -> None:
    app = install(
        splunkd,
        tmp_path,
        bad=f"""
        read(); write({{"type": "streaming", "required_fields": ["age"]}})
        metadata, rows = read()
        write({{"finished": False}}, [["age", "_chunked_idx"]] + [["1", i] for i in {indices!r}])
    """,
    )
    with pytest.raises(SplunkdError) as caught:
        splunkd.search(app, "bad", events=BEATLES, parse_phase=0)
    assert caught.value.text == "Invalid '_chunked_idx' from external search process: out of range or out of order."


def test_rows_may_be_dropped_and_fields_emptied(splunkd: Splunkd, tmp_path: Path) -> None:
    app = install(
        splunkd,
        tmp_path,
        drop="""
        read(); write({"type": "streaming", "required_fields": ["age"]})
        for metadata, rows in iter(read, None):
            kept = [["", row[1], row[0], ""] for row in rows[1:] if row[1] in "13"]
            write({"finished": metadata["finished"]}, [["age", "_chunked_idx", "old", "__mv_old"]] + kept, end="\\r\\n")
    """,
    )
    result = splunkd.search(app, "drop", events=BEATLES)
    assert result.events == [{"name": "Ringo", "_si": ["FIREFLY-WIN", "beatles"], "old": "18"}, {"name": "Paul", "old": "96"}]


def test_a_requested_column_that_does_not_come_back_is_refused(splunkd: Splunkd, tmp_path: Path) -> None:
    app = install(
        splunkd,
        tmp_path,
        forget="""
        read(); write({"type": "streaming", "required_fields": ["age", "name"]})
        metadata, rows = read()
        write({"finished": False}, [["age", "_chunked_idx"]])
    """,
    )
    with pytest.raises(UnknownBehaviour, match="did not come back"):
        splunkd.search(app, "forget", events=BEATLES, parse_phase=0)


@pytest.mark.parametrize(
    "script, error",
    [
        ("read(); sys.exit(2)", "External search command exited unexpectedly with non-zero error code 2."),
        ("read()", "External search command exited unexpectedly."),
        (
            "read(); stdout.write(b'Traceback\\n')",
            "Invalid message received from external search command during search, see search.log.",
        ),
        ("""read(); write({"finished": False}, [["a", "b"], ["1"]])""", None),
        ("""read(); write({"finished": False, "error": "No such option"}); sys.exit(1)""", "No such option"),
    ],
    ids=["exit status", "no reply", "no chunk", "ragged row", "error key"],
)
def test_a_command_that_fails_while_it_runs_gives_the_error_of_splunkd(
    splunkd: Splunkd, tmp_path: Path, script: str, error: Any
) -> None:
    app = install(splunkd, tmp_path, bad='read(); write({"type": "streaming"})\n' + script)
    if error is None:
        with pytest.raises(SplunkdError, match="Invalid message received"):
            splunkd.search(app, "bad", events=BEATLES, parse_phase=0)
    else:
        assert splunkd.search(app, "bad", events=BEATLES, parse_phase=0).error == error


def test_an_error_in_the_parse_phase_ends_the_search_before_it_runs(splunkd: Splunkd, tmp_path: Path) -> None:
    app = install(
        splunkd, tmp_path, bad='read(); write({"error": "Unrecognized option: x", "inspector": {"messages": [["ERROR", "no"]]}})'
    )
    result = splunkd.search(app, "bad", ["x=1"], BEATLES)
    assert (result.error, result.events, result.messages, result.requests) == (
        "Unrecognized option: x",
        [],
        [("ERROR", "no")],
        [],
    )


def test_messages_of_all_replies_of_the_run_are_kept_once(splunkd: Splunkd, tmp_path: Path) -> None:
    app = install(
        splunkd,
        tmp_path,
        talk="""
        read(); write({"type": "streaming", "inspector": {"messages": [["WARN", "first"]]}})
        for metadata, rows in iter(read, None):
            write({"finished": metadata["finished"], "inspector": {"messages": [["INFO", "again"]]}}, rows)
    """,
    )
    assert splunkd.search(app, "talk", events=BEATLES).messages == [("WARN", "first"), ("INFO", "again"), ("INFO", "again")]


def test_a_command_that_answers_before_it_has_read_everything_is_found_stuck(splunkd: Splunkd, tmp_path: Path) -> None:
    app = install(
        splunkd,
        tmp_path,
        eager="""
        read(); write({"type": "streaming"})
        stdin.readline()
        stdout.write(b"chunked 1.0,17,400000\\n" + b'{"finished":true}' + b"a" * 400000); stdout.flush()
        for chunk in iter(read, None): pass
    """,
    )
    with pytest.raises(SplunkdError, match="took no byte"):
        splunkd.search(app, "eager", events=({"x": "y" * 1000} for _ in range(1000)), parse_phase=0, patience=1)


def test_closing_stdin_early_is_seen_by_the_command(splunkd: Splunkd, tmp_path: Path) -> None:
    app = install(splunkd, tmp_path, echo=ECHO)
    with splunkd.conversation(app, "echo") as talk:
        talk.send({"action": "getinfo"})
        assert talk.receive() is not None
        talk.send_bytes(b'chunked 1.0,37,100\n{"action":"execute","fin')
        ended = talk.finish()
    assert ended.exit_status == 1 and "JSONDecodeError" in ended.stderr


def test_closing_stdout_early_is_seen_by_the_command(splunkd: Splunkd, tmp_path: Path) -> None:
    app = install(splunkd, tmp_path, echo=ECHO)
    with splunkd.conversation(app, "echo") as talk:
        talk.send({"action": "getinfo"})
        assert talk.receive() is not None
        talk.close_stdout()
        talk.send({"action": "execute", "finished": False}, b"a\n1\n")
        ended = talk.finish()
    assert "BrokenPipeError" in ended.stderr


def test_the_process_gets_splunkds_environment_and_nothing_else(splunkd: Splunkd, tmp_path: Path) -> None:
    log = tmp_path / "seen"
    app = install(
        splunkd,
        tmp_path,
        tell=f"""
        import os
        open({str(log)!r}, "w").write(json.dumps([dict(os.environ), os.getcwd(), sys.argv, sys.path[0], sys.prefix == sys.base_prefix]))
        read(); write({{"type": "streaming"}})
        for metadata, rows in iter(read, None): write({{"finished": metadata["finished"]}}, rows)
    """,
    )
    splunkd.search(app, "tell", events=BEATLES)
    environment, folder, argv, first_path, bare = json.loads(log.read_text(encoding="utf-8"))
    environment.pop("LC_CTYPE", None)  # CPython's own, where the locale is C
    assert environment == splunkd.environment()
    assert not [name for name in environment if name.startswith("PYTHON") and name not in ("PYTHONHTTPSVERIFY", "PYTHONUTF8")]
    assert (folder, argv, first_path) == (str(app / "bin"), [str(app / "bin" / "tell.py")], str(app / "bin"))
    assert bare


def test_events_that_go_to_a_callback_are_not_kept(splunkd: Splunkd, tmp_path: Path) -> None:
    app = install(splunkd, tmp_path, doubleage=DOUBLEAGE)
    seen: list[Any] = []
    result = splunkd.search(app, "doubleage", events=BEATLES, chunk_rows=2, on_events=seen.append)
    assert [len(events) for events in seen] == [2, 2, 1, 0]
    assert (result.events, result.requests, result.replies) == ([], [], [])
