"""What KV_MODE=json makes of one event."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.splunkd import extract
from tests.splunkd.json_fields import complete
from tests.test_splunkd.throwaway import shared_data


@pytest.mark.parametrize(
    "raw, fields",
    [
        ('{"a": "x", "b": {"c": {"d": "y"}}}', {"a": "x", "b.c.d": "y"}),
        ('{"t": true, "f": false, "n": null}', {"t": "true", "f": "false", "n": "null"}),
        (
            '{"i": 12, "x": 1.50, "e": 1E3, "big": 12345678901234567890123}',
            {"i": "12", "x": "1.50", "e": "1E3", "big": "12345678901234567890123"},
        ),
        (
            '{"r": [{"ARN": "1"}, {"ARN": "2"}], "l": ["a", "b"], "one": ["a"]}',
            {"r{}.ARN": ["1", "2"], "l{}": ["a", "b"], "one{}": "a"},
        ),
        ('{"m": [[1, 2], [3]]}', {"m{}{}": ["1", "2", "3"]}),
        ('{"a": "1", "a": "2"}', {"a": ["1", "2"]}),
        ('{"e": {}, "l": [], "s": ""}', {"s": ""}),
        ('{"u": "\\u0e17\\n"}', {"u": "\u0e17\n"}),
        ('[{"a": 1}]', {"{}.a": "1"}),
        ("no json", {}),
        ('{"a": 1', {}),
        ('"text"', {}),
        ("", {}),
        ("1", {}),
    ],
)
def test_fields_are_json_paths(raw: str, fields: dict[str, Any]) -> None:
    assert extract(raw) == fields


@pytest.mark.parametrize(
    "cut, whole",
    [
        ('{"a":1,"b":[2,"x', {"a": 1, "b": [2]}),
        ('{"a":12', {}),
        ('{"a":"x,{', {}),
        ('{"a":1,"b', {"a": 1}),
        ('{"a":{"b":1,"c":"\\', {"a": {"b": 1}}),
        ('{"a":[{"b":"}"},{', {"a": [{"b": "}"}, {}]}),
        ('{"a":1}', {"a": 1}),
        ("{", {}),
    ],
)
def test_json_that_was_cut_off_keeps_its_whole_values(cut: str, whole: Any) -> None:
    assert json.loads(complete(cut)) == whole


def test_with_limits_only_the_first_5000_bytes_are_read() -> None:
    raw = json.dumps({"first": "x", "filler": "é" * 2600, "last": "y"}, ensure_ascii=False)
    assert extract(raw, limits=True) == {"first": "x"}
    assert extract(raw)["last"] == "y"


def test_with_limits_only_a_hundred_fields_are_kept() -> None:
    raw = json.dumps({f"f{number}": "x" for number in range(120)})
    assert list(extract(raw, limits=True)) == [f"f{number}" for number in range(100)]
    assert len(extract(raw)) == 120


def test_every_prefix_of_a_real_event_can_be_completed() -> None:
    raw = json.dumps({"userIdentity": {"arn": 'a"b\\', "n": [1, {"x": None}]}, "b": [], "c": {"d": "é,}]"}})
    whole = extract(raw)
    for length in range(1, len(raw)):
        fields = extract(complete(raw[:length]))
        assert set(fields) <= set(whole)


def test_real_events_give_the_fields_that_their_records_hold() -> None:
    text = shared_data("cloudtrail/splunk_security_content.ndjson").read_text(encoding="utf-8")
    lines = text.splitlines()
    assert lines
    for line in lines:
        record, fields = json.loads(line), extract(line)
        for name in ("eventName", "eventSource", "awsRegion", "eventID", "sourceIPAddress"):
            assert fields.get(name) == record.get(name)
        assert fields.get("userIdentity.type") == (record.get("userIdentity") or {}).get("type")
