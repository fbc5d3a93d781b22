"""The stand-in's bytes held against what real splunkds wrote (shared data, splunkd/)."""

from __future__ import annotations

import gzip
import re
from pathlib import Path
from typing import Any

import pytest

from tests.splunkd import Splunkd
from tests.splunkd.conf import parse_conf
from tests.splunkd.csv_dialect import (
    CHUNKED_INDEX,
    MULTIVALUE_PREFIX,
    BadBody,
    read_body,
    read_events,
    read_multivalue,
    write_body,
    write_multivalue,
)
from tests.splunkd.errors import MESSAGES
from tests.splunkd.frames import BadFrame, Frame, split_frames, write_frame
from tests.splunkd.getinfo import split_arguments, unquote_argument
from tests.test_splunkd.throwaway import DOUBLEAGE, ECHO, make_app, shared_data

# name: (chunks, the getinfo among them; rows). harvest: the nine chunk sizes of [platform 1.2] added up.
RECORDINGS = {
    "scpv2-6.3/countmatches.input.gz": (2, 500),
    "scpv2-6.3/sum.map.input.gz": (2, 50000),
    "scpv2-6.3/sum.reduce.input.gz": (2, 1),
    "scpv2-8.0.3/harvest.input.gz": (10, 40682),
    "scpv2-8.2.1/accumages.input": (4, 5),
    "scpv2-8.2.1/doubleage.input": (3, 5),
    "scpv2-8.2.1/doubleage_allfields_wanted.input": (3, 5),
    "scpv2-8.2.1/events_type_all_fields.input": (2, 5),
    "scpv2-8.2.1/reporting.input": (2, 5),
    "scpv2-8.2.1/sortages.input": (2, 5),
}


def read_recording(path: Path) -> bytes:
    return gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()


@pytest.mark.parametrize("name", RECORDINGS)
def test_what_splunkd_wrote_is_read_and_written_again_to_the_same_bytes(name: str) -> None:
    frames = list(split_frames(read_recording(shared_data(f"splunkd/{name}"))))
    rows = 0
    for frame in frames[1:]:
        table = read_body(frame.body)
        rows += len(table.rows)
        plain = [column for column in table.columns if not column.startswith(MULTIVALUE_PREFIX)]
        chunked_index = CHUNKED_INDEX in plain
        columns = [column for column in plain if column != CHUNKED_INDEX]
        assert write_body(columns, read_events(table), chunked_index) == frame.body
        assert write_frame(frame.metadata, frame.body).endswith(b"}" + frame.body)
    assert (len(frames), rows) == RECORDINGS[name]


def test_the_lengths_that_splunkd_wrote_are_those_of_our_frames() -> None:
    data = read_recording(shared_data("splunkd/scpv2-8.2.1/accumages.input"))
    assert b"".join(write_frame(*frame) for frame in split_frames(data)) == data


@pytest.mark.parametrize("name, rows", [("countmatches.output", 500), ("sum.reduce.output", 1), ("generatehello.output", 1000)])
def test_replies_with_carriage_returns_and_alternating_multivalue_columns_are_read(name: str, rows: int) -> None:
    body = read_recording(shared_data(f"splunkd/scpv2-6.3/{name}")).partition(b'{"finished":true}')[2]
    table = read_body(body)
    assert b"\r\n" in body and table.columns[1] == MULTIVALUE_PREFIX + table.columns[0]
    assert len(read_events(table)) == rows


@pytest.mark.parametrize(
    "text, spelled",
    [
        ("", ""),
        ("abc", "abc"),
        ("05", "05"),
        ("1.5", '"1.5"'),
        ("_time", '"_time"'),
        ("a b", '"a b"'),
        ('a"b', '"a""b"'),
        ("\u0e17", '"\u0e17"'),
        ("\u00b2", '"\u00b2"'),
        ("\u0661", '"\u0661"'),
        ("a\nb", '"a\nb"'),
        ("-", '"-"'),
    ],
)
def test_a_cell_is_quoted_if_and_only_if_it_holds_a_byte_that_is_no_ascii_letter_or_digit(text: str, spelled: str) -> None:
    assert write_body(["x"], [{"x": text}]).decode() == f'x,"__mv_x"\n{spelled},\n'


def test_bytes_that_are_no_utf8_survive() -> None:
    body = b'x,"__mv_x"\n"\xff\xe9",\n'
    assert write_body(["x"], read_events(read_body(body))) == body


@pytest.mark.parametrize(
    "values, spelled",
    [
        (["a$", "b$"], "$a$$$;$b$$$"),
        (["a;b", ""], "$a;b$;$$"),
        (["$", "$$"], "$$$$;$$$$$$"),
        (["x\ny", "z"], "$x\ny$;$z$"),
    ],
)
def test_a_multivalue_comes_back_as_it_went(values: list[str], spelled: str) -> None:
    assert write_multivalue(values) == spelled
    assert read_multivalue(spelled) == values


@pytest.mark.parametrize("text", ["a", "$a", "$a$;", "$a$b$", "$a$;b"])
def test_a_multivalue_in_another_form_is_refused(text: str) -> None:
    with pytest.raises(BadBody):
        read_multivalue(text)


@pytest.mark.parametrize("body", [b"a,b\n1\n", b"a\n1,2\n", b"a,a\n1,1\n", b'a\n"x"y\n', b'a\n"x\n', b"a,\n1,2\n"])
def test_a_body_that_is_not_legal_is_refused(body: bytes) -> None:
    with pytest.raises(BadBody):
        read_body(body)


@pytest.mark.parametrize(
    "data",
    [
        b"chunked 1.0,2,0\r\n{}",
        b"chunked 1.0, 2, 0\n{}",
        b"chunked 1.1,2,0\n{}",
        b"chunked 1.0,2,0\n{}\n",
        b"chunked 1.0,2,1\n{}",
        b"chunked 1.0,2,0\n[]",
        b"chunked 1.0,3,0\n{'}",
        b"chunked 1.0,2,0",
        b"hello\n",
        b"\nchunked 1.0,2,0\n{}",
    ],
)
def test_a_chunk_that_is_not_exact_is_refused(data: bytes) -> None:
    with pytest.raises(BadFrame):
        list(split_frames(data))


def test_lengths_count_bytes_and_not_characters() -> None:
    frame = Frame({"text": "\u0e17"}, "\u0e17".encode())
    assert write_frame(*frame).startswith(b"chunked 1.0,14,3\n")
    assert list(split_frames(write_frame(*frame) * 2)) == [frame, frame]


@pytest.mark.parametrize(
    "typed, raw, parsed",
    [
        (
            'fieldname=word_count pattern="\\w+" text',
            ["fieldname=word_count", 'pattern="\\w+"', "text"],
            ["fieldname=word_count", "pattern=\\w+", "text"],
        ),
        ('count=1000 text="Hello World!"', ["count=1000", 'text="Hello World!"'], ["count=1000", "text=Hello World!"]),
        ('a = "b"', ["a", "=", '"b"'], ["a", "=", "b"]),
        ("a=1, b=2", ["a=1", "b=2"], ["a=1", "b=2"]),
        (r'a="x \"y\", z"', [r'a="x \"y\", z"'], ['a=x "y", z']),
    ],
)
def test_arguments_are_split_and_unquoted_as_recorded(typed: str, raw: list[str], parsed: list[str]) -> None:
    assert split_arguments(typed) == raw
    assert [unquote_argument(one) for one in raw] == parsed


def test_error_texts_are_those_of_splunk() -> None:
    messages = parse_conf(shared_data("specs/10.2.3/default/messages.conf").read_text(encoding="utf-8"))
    assert {name: messages[f"CHUNKED:{name}"]["message"] for name in MESSAGES} == MESSAGES


@pytest.mark.parametrize("name", ["scpv2-8.2.1/doubleage.input", "scpv2-8.2.1/doubleage_allfields_wanted.input"])
def test_the_recorded_command_gave_the_values_that_a_replay_gives(tmp_path: Path, name: str) -> None:
    recording = shared_data(f"splunkd/{name}")
    splunkd = Splunkd(tmp_path / "splunk")
    app = splunkd.install(make_app(tmp_path / "source", doubleage=DOUBLEAGE))
    result = splunkd.replay(app, "doubleage", recording)
    recorded = list(split_frames(recording.with_suffix(".output").read_bytes()))
    assert [read_events(read_body(body)) for _, body in result.replies] == [read_events(read_body(f.body)) for f in recorded]
    assert [event["age"] for event in result.events] == ["132", "36", "50", "192", "104"]
    assert (result.error, result.exit_status, result.stderr) == (None, 0, "")


@pytest.mark.parametrize("name", RECORDINGS)
def test_every_recording_can_be_replayed(tmp_path: Path, name: str) -> None:
    splunkd = Splunkd(tmp_path / "splunk")
    app = splunkd.install(make_app(tmp_path / "source", echo=ECHO))
    result = splunkd.replay(app, "echo", shared_data(f"splunkd/{name}"))
    assert (result.error, len(result.events)) == (None, RECORDINGS[name][1])


def test_the_getinfo_of_a_peer_is_spelled_as_recorded(tmp_path: Path) -> None:
    recorded: dict[str, Any] = next(split_frames(shared_data("splunkd/scpv2-8.2.1/doubleage.input").read_bytes())).metadata
    splunkd = Splunkd(tmp_path / "splunk")
    app = splunkd.install(make_app(tmp_path / "source", doubleage=DOUBLEAGE))
    typed = 'litsearch index=beetles | doubleage  | fields  keepcolorder=t "age" "name"'
    result = splunkd.search(app, "doubleage", search=typed, parse_phase=0)
    sent = next(split_frames(result.requests[0])).metadata
    assert sent["searchinfo"]["search"] == recorded["searchinfo"]["search"]
    assert {k: type(v) for k, v in sent["searchinfo"].items()} == {k: type(v) for k, v in recorded["searchinfo"].items()}
    assert re.fullmatch(r"\d+\.\d+", sent["searchinfo"]["sid"])
