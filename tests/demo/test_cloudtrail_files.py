"""Reading event files: every shape gives the same records, and nothing in a file is fatal."""

from __future__ import annotations

import gzip
import io
import json
from pathlib import Path
from typing import Any, Callable

import pytest

from demo.cloudtrail_files import EventFiles
from demo.json_stream import JsonStream
from tests.demo.running import make_event

RECORDS = [make_event(1), make_event(2, userAgent='a "quoted", {braced} and [bracketed] agent \u00e4\u20ac'), make_event(3)]


def lines(values: list[Any]) -> str:
    return "".join(json.dumps(value) + "\n" for value in values)


def message(record: dict[str, Any]) -> str:
    return json.dumps(record)


SHAPES: dict[str, Callable[[list[dict[str, Any]]], str]] = {
    "records": lambda records: json.dumps({"Records": records}),
    "records_indented": lambda records: json.dumps({"Records": records}, indent=2),
    "records_then_more": lambda records: json.dumps({"Records": records, "x": [{"y": 1}]}) + lines([]),
    "records_after_more": lambda records: json.dumps({"x": 1, "Records": records}),
    "records_a_line": lambda records: lines([{"Records": [record]} for record in records]),
    "array": lambda records: json.dumps(records),
    "array_a_record_a_line": lambda records: "[\n" + ",\n".join(map(json.dumps, records)) + "\n]\n",
    "array_a_line": lambda records: lines([[record] for record in records]),
    "lines": lines,
    "lines_crlf": lambda records: lines(records).replace("\n", "\r\n"),
    "lines_blank_between": lambda records: "\n \n" + lines(records).replace("\n", "\n\n\t\n"),
    "lines_no_final_newline": lambda records: lines(records).rstrip("\n"),
    "no_lines": lambda records: lines(records).replace("\n", ""),
    "indented_one_after_the_other": lambda records: "".join(json.dumps(record, indent=4) + "\n" for record in records),
    "eventbridge": lambda records: lines(
        [{"detail-type": "AWS API Call via CloudTrail", "detail": record} for record in records]
    ),
    "cloudwatch_logs": lambda records: json.dumps(
        {"messageType": "DATA_MESSAGE", "logEvents": [{"message": message(r)} for r in records]}
    ),
    "sqs": lambda records: json.dumps({"Records": [{"messageId": "1", "body": message(record)} for record in records]}),
    "sns_in_sqs": lambda records: lines([{"body": json.dumps({"Type": "Notification", "Message": message(r)})} for r in records]),
    "sns_event": lambda records: json.dumps(
        {"Records": [{"EventSource": "aws:sns", "Sns": {"Message": message(r)}} for r in records]}
    ),
    "lookup_events": lambda records: json.dumps({"Events": [{"CloudTrailEvent": message(record)} for record in records]}),
    "splunk_export": lambda records: lines([{"preview": False, "result": {"_raw": message(record)}} for record in records]),
}


def read(path: Path) -> tuple[list[dict[str, Any]], EventFiles]:
    """The records, and the reader with what it has to say; each raw text spells its record."""
    files = EventFiles([path])
    events = list(files)
    assert [json.loads(event.raw) for event in events] == [event.record for event in events]
    assert files.events == len(events)
    assert files.bytes_read == files.bytes_total
    return [event.record for event in events], files


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gzip"])
def test_every_shape_gives_the_same_records_without_a_word(tmp_path: Path, shape: str, packed: bool) -> None:
    data = SHAPES[shape](RECORDS).encode("utf-8")
    path = tmp_path / "events"  # no ending: what is in it decides
    path.write_bytes(gzip.compress(data) if packed else data)
    records, files = read(path)
    assert records == RECORDS
    assert files.sentences == []


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_byte_order_mark_is_understood(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "events.json"
    path.write_bytes(json.dumps(RECORDS, ensure_ascii=False).encode(encoding))
    assert read(path)[0] == RECORDS


@pytest.mark.parametrize(
    ("text", "kept", "says"),
    [
        (
            f"{json.dumps(RECORDS[0])}\nno json\n{lines(RECORDS[1:])}",
            3,
            "1 line holds no whole JSON object (left out; the first is line 2)",
        ),
        (f'{{"eventName": \n{lines(RECORDS)}', 3, "1 line holds no whole JSON object (left out; the first is line 1)"),
        (f'{{"eventName": "Cut\n{lines(RECORDS)}a\nb\n', 3, "3 lines hold no whole JSON object (left out; the first is line 1)"),
        (
            f"{lines(RECORDS)}{json.dumps(RECORDS[0])[:-40]}",
            3,
            "1 line holds no whole JSON object (left out; the first is line 4)",
        ),
        (
            f"{json.dumps(RECORDS[0])} trailing\n{lines(RECORDS[1:])}",
            3,
            "1 line holds no whole JSON object (left out; the first is line 1)",
        ),
        (json.dumps({"Records": RECORDS})[:-90], 2, "1 line holds no whole JSON object (left out; the first is line 1)"),
        ("[" + ",".join(map(json.dumps, RECORDS)), 3, "1 line holds no whole JSON object (left out; the first is line 1)"),
        (lines([*RECORDS, 1, {"a": 2}, "text"]), 3, "1 JSON value is no CloudTrail event and left out"),
        (f"{lines(RECORDS)}{'[' * 100_000}\n", 3, "no whole JSON object (left out; the first is line 4)"),
        (f'{lines(RECORDS)}{{"eventName": {"9" * 5000}}}\n', 3, ""),
    ],
    ids=[
        "text",
        "cut_after_colon",
        "several",
        "cut_at_the_end",
        "trailing",
        "records_cut",
        "array_open",
        "others",
        "deep",
        "long_number",
    ],
)
def test_what_is_broken_is_counted_and_the_rest_kept(tmp_path: Path, text: str, kept: int, says: str) -> None:
    path = tmp_path / "events.json"
    path.write_text(text, "utf-8")
    records, files = read(path)
    assert records[:kept] == RECORDS[:kept]
    if says:
        assert len(records) == kept
        (sentence,) = files.sentences
        assert sentence.startswith(f"{path}: ")
        assert says in sentence


def test_a_gzip_file_that_ends_early_gives_the_events_before(tmp_path: Path) -> None:
    path = tmp_path / "events.json.gz"
    packed = gzip.compress(lines([make_event(number) for number in range(2000)]).encode(), mtime=0)
    path.write_bytes(packed[: len(packed) // 2])
    records, files = read(path)
    assert 0 < len(records) < 2000
    (sentence,) = files.sentences
    assert sentence.startswith(f"{path}: it is no whole gzip file; the events before that are used")


def test_a_folder_is_read_as_s3_delivers_it(tmp_path: Path) -> None:
    """By name, digests counted, and what is no event file passed over without a word."""
    base = tmp_path / "AWSLogs/111122223333"
    files = {
        "CloudTrail/us-east-1/2026/01/30/b.json.gz": gzip.compress(json.dumps({"Records": RECORDS[1:2]}).encode()),
        "CloudTrail/us-east-1/2026/01/30/a.json.gz": gzip.compress(json.dumps({"Records": RECORDS[:1]}).encode()),
        "CloudTrail/us-east-1/2026/01/31/a.json.gz": gzip.compress(json.dumps({"Records": RECORDS[2:]}).encode()),
        "CloudTrail-Digest/us-east-1/2026/01/30/d.json.gz": gzip.compress(b'{"digestS3Object": "x"}'),
        "copied-digest.json": b'{"digestStartTime": "2026-01-30T00:00:00Z", "logFiles": []}',
        "README.md": b"# events\n",
        "counts.tsv": b"a\tb\n",
        "tables.py": b"print()\n",
        "photo.jpg": bytes(range(256)),
        "empty": b"",
        ".hidden/x.json": json.dumps(RECORDS).encode(),
    }
    for name, data in files.items():
        (base / name).parent.mkdir(parents=True, exist_ok=True)
        (base / name).write_bytes(data)
    records, reader = read(tmp_path)
    assert records == RECORDS
    assert (reader.digests, reader.sentences) == (2, [])


@pytest.mark.parametrize(
    "text", ["# not events\n", "", '{"a": 1}', '{"Records": []}', '{"Records": [{"eventSource": "aws:s3", "eventName": "x"}]}']
)
def test_a_file_that_was_named_and_holds_no_event_is_reported(tmp_path: Path, text: str) -> None:
    path = tmp_path / "notes.md"
    path.write_text(text, "utf-8")
    records, files = read(path)
    assert records == []
    assert "it holds no CloudTrail event." in files.sentences[0]


def test_a_json_file_without_events_in_a_folder_is_reported(tmp_path: Path) -> None:
    (tmp_path / "other.json").write_text('{"a": 1}', "utf-8")
    assert read(tmp_path)[1].sentences == [f"{tmp_path}/other.json: it holds no CloudTrail event."]


class Counted(io.StringIO):
    """A text that counts how much of it was read."""

    taken = 0

    def read(self, size: int | None = -1) -> str:
        text = super().read(size)
        self.taken += len(text)
        return text


@pytest.mark.parametrize("shape", ["records", "records_indented", "array", "lines", "no_lines", "indented_one_after_the_other"])
def test_a_large_file_is_never_held_as_a_whole(shape: str) -> None:
    """At the first event no more than the first blocks have been read, whatever the size."""
    text = Counted(SHAPES[shape]([make_event(number, requestParameters={"x": "y" * 900}) for number in range(4000)]))
    stream = iter(JsonStream(text))
    next(stream)
    assert text.taken <= 1 << 20
    assert sum(1 for _ in stream) == 3999


def test_values_that_lie_across_the_blocks_come_out_whole() -> None:
    """Values of every length around the block size, so that a block ends in each part of one."""
    values = [{"eventName": "x" * (1_048_576 - 40 + number), "n": number, "t": True, "e": '\u20ac\\"\n'} for number in range(60)]
    stream = JsonStream(io.StringIO(lines(values)))
    assert [value.value["n"] for value in stream] == list(range(60))
    assert stream.broken_lines == 0
