"""The baseline that the demo learns: the command's lessons, with their first and last time and number."""

from __future__ import annotations

import csv
import json
from pathlib import Path

from callerintel.lookups import CALLER_BASELINE
from callerintel.search.baseline import baseline_key
from demo.annotate import find_fields, one
from demo.learn import Learner

ARN = "arn:aws:iam::111122223333:user/carol"


def lesson(prop: str, value: str) -> str:
    return f"{baseline_key(ARN, prop, value)}|{prop}|{ARN}|{value}"


def test_a_lesson_is_a_row_with_its_times_and_number(tmp_path: Path) -> None:
    """Events come in no order; a value may hold the separator."""
    learner = Learner()
    for time, learns in (("300", "a|b"), ("100", "a|b"), ("200", "c")):
        learner.take({"caller": ARN, "learn_time": time, "learns": [lesson("action", learns), lesson("region", "us-east-1")]})
    learner.take({"caller": ARN, "learn_time": "50", "learns": lesson("action", "c")})
    learner.write(tmp_path)
    with open(tmp_path / CALLER_BASELINE.name, encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    expected = [
        [baseline_key(ARN, "action", "a|b"), ARN, "action", "a|b", "100", "300", "2"],
        [baseline_key(ARN, "action", "c"), ARN, "action", "c", "50", "200", "2"],
        [baseline_key(ARN, "region", "us-east-1"), ARN, "region", "us-east-1", "100", "300", "3"],
    ]
    assert tuple(header) == CALLER_BASELINE.columns
    assert [row[:7] for row in rows] == sorted(expected)
    assert (learner.taught, learner.values, learner.callers, learner.span) == (4, 3, {ARN}, (50, 300))


def test_fields_are_those_of_splunk_with_the_time_of_the_event() -> None:
    raw = json.dumps({"eventTime": "2026-01-10T00:00:00Z", "resources": [{"ARN": "a"}, {"ARN": "b"}], "readOnly": True})
    fields = find_fields(raw)
    assert fields["_time"] == "1768003200"  # 20,463 days after the epoch
    assert fields["resources{}.ARN"] == ["a", "b"]
    assert (one(fields, "readOnly"), fields["_raw"]) == ("true", raw)


def test_what_no_pipe_can_carry_is_replaced_in_the_fields() -> None:
    fields = find_fields('{"a": "x\\u0000y", "b": ["\\ud800", "ok"], "c": "\\ud83d\\ude00"}')
    assert (fields["a"], fields["b{}"], fields["c"]) == ("x\ufffdy", ["\ufffd", "ok"], "\U0001f600")
