"""The conversation with splunkd: what goes back is what came in, plus our fields; chunks of every size; ends of every kind."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest

from callerintel.search.fields import FIELDS, MULTIVALUE
from tests.splunkd import Conversation, SearchResult

from .conftest import Command, event

# Values that a careless CSV reader or writer changes.
AWKWARD = {
    "newlines": "a\nb\r\nc\rd",
    "quotes": 'say "hi", "" and "',
    "commas": ",,,",
    "unicode": "zażółć 日本語 🚀 \u202e",
    "blank": "  ",
    "escapes": '\\n \\" \t \x1b[31m',
    "nul": "a\x00b",
    "dollars": "$a$;$b$",
    "zero": "0",
    "long": "x" * 100_000,
}


def body_rows(body: bytes) -> list[list[str]]:
    text = body.decode("utf-8", "surrogateescape").replace("\0", "\udc00")
    csv.field_size_limit(10**9)
    return list(csv.reader(io.StringIO(text, newline="")))


def requests_of(result: SearchResult) -> list[tuple[dict[str, Any], bytes]]:
    """(metadata, body) of the chunks that were sent."""
    parsed = []
    for data in result.requests:
        head, _, rest = data.partition(b"\n")
        metadata_length = int(head.split(b",")[1])
        parsed.append((json.loads(rest[:metadata_length]), rest[metadata_length:]))
    return [each for each in parsed if each[0]["action"] == "execute"]


def assert_came_back(result: SearchResult) -> None:
    """Every received column stands in the reply as it came, in order, with our columns after it."""
    sent = requests_of(result)
    assert len(sent) == len(result.replies) - 1
    for (_, request), (_, reply) in zip(sent, result.replies[1:]):
        before, after = body_rows(request), body_rows(reply)
        assert len(before) == len(after)
        width = len(before[0]) if before else 0
        assert [row[:width] for row in after] == before
        assert {len(row) for row in after} <= {width + len(FIELDS) + len(MULTIVALUE)}


def test_with_selected_fields_the_rest_of_the_event_never_crosses_and_nothing_is_lost(command: Command) -> None:
    """Merged by the stand-in, every event is what it was plus our fields."""
    events = [event(eventID=f"id-{n}", **AWKWARD, number=str(n), many=["a", "b$", "c\nd", ""]) for n in range(20)]

    result = command.assert_same_answer(events, chunk_rows=7)

    assert result.error is None
    assert result.getinfo_reply["type"] == "streaming"
    assert "_raw" not in result.getinfo_reply["required_fields"]
    assert all(b"zero" not in body for _, body in requests_of(result))
    assert_came_back(result)
    for before, after in zip(events, result.events):
        assert {name: after[name] for name in before} == before
        assert set(after) - set(before) <= set(FIELDS)
        assert after["caller"].endswith("user/alice")


@pytest.mark.parametrize("name", AWKWARD)
def test_with_all_fields_every_byte_of_every_field_comes_back(command: Command, name: str) -> None:
    events = [
        event(),
        event(_raw=AWKWARD[name], userAgent=AWKWARD[name], field=AWKWARD[name], many=[AWKWARD[name], "x", AWKWARD[name]]),
        event(empty="", other="last"),
    ]

    result = command.assert_same_answer(events, selected=False)

    assert result.error is None
    assert_came_back(result)
    assert [row["caller"] for row in result.events] == ["arn:aws:iam::111122223333:user/alice"] * 3


def test_bytes_that_are_no_utf8_come_back(command: Command) -> None:
    broken = b"caf\xe9 \xff\xfe\x80".decode("utf-8", "surrogateescape")

    result = command.assert_same_answer([event(userAgent=broken, _raw=broken)], selected=False)

    assert result.events[0]["_raw"] == broken
    assert result.events[0]["userAgent"] == broken
    assert_came_back(result)


def test_every_field_is_a_column_from_the_first_chunk_on(command: Command) -> None:
    """Even where no event has a value yet: splunkd takes a chunk's columns from its header."""
    result = command.assert_same_answer([event(sourceIPAddress=None, identity_arn=None)] * 3, chunk_rows=1)

    for _, body in result.replies[1:]:
        header = body_rows(body)[0] if body else list(FIELDS)
        assert set(FIELDS) <= set(header)


@pytest.mark.parametrize("last_chunk_rows", [False, True], ids=["finished without rows", "finished with rows"])
@pytest.mark.parametrize("rows", [0, 1, 6638])
def test_chunks_of_every_size_come_back_whole(command: Command, rows: int, last_chunk_rows: bool) -> None:
    events = [event(number=str(n)) for n in range(rows)]

    result = command.assert_same_answer(events, last_chunk_rows=last_chunk_rows, parse_phase=2)

    assert result.error is None
    assert [each["number"] for each in result.events] == [str(n) for n in range(rows)]
    assert all(each["call_action"] == "ec2:RunInstances" for each in result.events)


def test_a_chunk_of_50000_rows_and_chunks_without_rows_between(command: Command) -> None:
    events = [{**event(), "number": str(n)} for n in range(50_002)]

    result = command.assert_same_answer(events, chunk_rows=[0, 1, 0, 50_000, 0, 1], record=True, patience=120)

    assert result.error is None
    assert [each["number"] for each in result.events] == [str(n) for n in range(50_002)]
    assert_came_back(result)


def test_a_search_whose_events_have_columns_of_ours_gets_them_overwritten(command: Command) -> None:
    """As when the command runs twice: same columns, new values, and no stale multivalue beside them."""
    command.listed(("203.0.113.9/32", "bad", "c2"))
    stale = {"severity": ["low", "high"], "intel_feed": ["old", "older"], "caller": "somebody", "suppressed_by": "someone"}

    (judged,) = command.assert_same_answer([event(sourceIPAddress="203.0.113.9", **stale)], selected=False).events

    assert judged["severity"] == "high"
    assert judged["intel_feed"] == "bad"
    assert judged["caller"] == "arn:aws:iam::111122223333:user/alice"
    assert "suppressed_by" not in judged


def test_a_field_that_came_doubled_is_one_value(command: Command) -> None:
    """A sourcetype that extracts at index and at search time doubles every field."""
    command.listed(("203.0.113.9/32", "bad", "c2"))
    single = event(sourceIPAddress="203.0.113.9")
    doubled = {name: [value, value] for name, value in single.items()}

    one, two = command.judge(single, doubled)

    assert {name: two.get(name) for name in FIELDS} == {name: one.get(name) for name in FIELDS}
    assert two["sourceIPAddress"] == ["203.0.113.9", "203.0.113.9"]


RAGGED = (
    b'sourceIPAddress,eventName,eventSource,foo\n"203.0.113.9",RunInstances\n'
    b'"203.0.113.9",RunInstances,"ec2.amazonaws.com",bar,surplus\n\n'
)


def test_ragged_rows_are_answered(command: Command) -> None:
    """splunkd writes none; whoever does gets an answer, with our fields under their names."""
    command.listed(("203.0.113.9/32", "bad", "c2"))
    with conversation(command) as talk:
        talk.send({"action": "execute", "finished": True}, RAGGED)
        reply = talk.receive()
        ended = talk.finish()

    assert reply is not None
    header, *rows = body_rows(reply.body)
    records = [dict(zip(header, row)) for row in rows if any(row)]
    assert [(each["foo"], each["intel_feed"]) for each in records[:2]] == [("", "bad"), ("bar", "bad")]
    assert (ended.exit_status, ended.stderr) == (0, "")


def conversation(command: Command, *arguments: str) -> Any:
    """A started command whose getinfo is answered."""
    talk = command.splunkd.conversation(command.app, "maliciouscaller")
    return _Answered(talk, command, arguments)


class _Answered:
    def __init__(self, talk: Conversation, command: Command, arguments: tuple[str, ...]) -> None:
        from tests.splunkd.getinfo import run_request

        self.talk = talk
        self.request = run_request(command.splunkd.search_info(command.app, "maliciouscaller", arguments))

    def __enter__(self) -> Conversation:
        self.talk.__enter__()
        self.talk.send(self.request)
        assert self.talk.receive() is not None
        return self.talk

    def __exit__(self, *what: Any) -> None:
        self.talk.__exit__(*what)


def execute_frame(rows: int) -> bytes:
    body = b"sourceIPAddress,eventName\n" + b'"203.0.113.9",RunInstances\n' * rows
    metadata = b'{"action":"execute","finished":false}'
    return b"chunked 1.0,%d,%d\n" % (len(metadata), len(body)) + metadata + body


@pytest.mark.parametrize(
    "cut",
    [
        lambda data: b"",
        lambda data: data[:5],
        lambda data: data[:30],
        lambda data: data[:-1],
        lambda data: data[: len(data) // 2],
    ],
    ids=["nothing", "header", "metadata", "last byte", "half"],
)
def test_stdin_that_closes_early_ends_the_command_quietly(command: Command, cut: Any) -> None:
    with conversation(command) as talk:
        talk.send_bytes(cut(execute_frame(1000)))
        ended = talk.finish()

    assert (ended.exit_status, ended.stderr, ended.leftover) == (0, "", b"")


def test_stdin_that_closes_before_getinfo_ends_the_command_quietly(command: Command) -> None:
    with command.splunkd.conversation(command.app, "maliciouscaller") as talk:
        ended = talk.finish()

    assert (ended.exit_status, ended.stderr, ended.leftover) == (0, "", b"")


@pytest.mark.parametrize("rows", [1, 50_000], ids=["small reply", "reply larger than the pipe"])
def test_stdout_that_closes_early_ends_the_command_quietly(command: Command, rows: int) -> None:
    """A cancelled search: splunkd stops reading."""
    with conversation(command) as talk:
        talk.close_stdout()
        try:
            talk.send_bytes(execute_frame(rows))
        except BrokenPipeError:
            pass
        ended = talk.finish()

    assert (ended.exit_status, ended.stderr) == (0, "")


def test_stdout_that_closes_before_the_getinfo_reply_ends_the_command_quietly(command: Command) -> None:
    answered = _Answered(command.splunkd.conversation(command.app, "maliciouscaller"), command, ())
    with answered.talk as talk:
        talk.close_stdout()
        talk.send(answered.request)
        ended = talk.finish()

    assert (ended.exit_status, ended.stderr) == (0, "")


def test_no_lookup_is_opened_and_nothing_is_said_while_splunkd_only_parses(command: Command) -> None:
    """getinfo is answered from the arguments alone: lookups that would draw a message draw none."""
    for path in command.lookups.iterdir():
        path.unlink()

    result = command.assert_same_answer([], parse_phase=2)

    assert result.error is None
    assert "inspector" not in result.getinfo_reply


def test_a_large_chunk_is_read_whole_before_it_is_answered(command: Command) -> None:
    """More than the pipes hold in both directions; the stand-in reads nothing while it writes."""
    result = command.assert_same_answer([event(userAgent="x" * 5000) for _ in range(2000)], selected=False)

    assert len(result.events) == 2000


INFO = (
    "args",
    "raw_args",
    "dispatch_dir",
    "sid",
    "app",
    "owner",
    "username",
    "session_key",
    "splunkd_uri",
    "splunk_version",
    "search",
    "command",
    "maxresultrows",
    "earliest_time",
    "latest_time",
)


@pytest.mark.parametrize("name", [*INFO, "all empty", "all null", "times as text"])
def test_getinfo_is_answered_whatever_the_parse_phase_leaves_out(command: Command, name: str) -> None:
    """Without each key that splunkd is known to send, and with values that are not what they are in the run."""
    from tests.splunkd.getinfo import run_request

    request = run_request(command.splunkd.search_info(command.app, "maliciouscaller", ["raw=true"]))
    info = request["searchinfo"]
    if name in INFO:
        del info[name]
    elif name == "times as text":
        info.update(earliest_time="now", latest_time="-24h@h")
    else:
        keep = ("args", "raw_args", "maxresultrows") if name == "all empty" else ()
        info.update({each: "" if name == "all empty" else None for each in INFO if each not in keep})

    with command.splunkd.conversation(command.app, "maliciouscaller") as talk:
        talk.send(request)
        reply = talk.receive()
        ended = talk.finish()

    assert reply is not None
    assert "required_fields" in reply.metadata
    assert (ended.exit_status, ended.stderr) == (0, "")
