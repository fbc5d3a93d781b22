"""The baseline that the demo learns: what the add-on's own search makes of the history."""

from __future__ import annotations

import csv
import hashlib
import json
import sys
from pathlib import Path

from demo.annotate import find_fields, one
from demo.cloudtrail_files import EventFiles
from demo.learn import find_end, learn
from tests.splunkd import Splunkd

REPOSITORY = Path(__file__).resolve().parents[2]
ARN = "arn:aws:iam::111122223333:user/carol"


def record(time: str, name: str, **changes: str) -> str:
    made = {
        "eventTime": time,
        "sourceIPAddress": "203.0.113.5",
        "userAgent": "aws-cli/2.15.0 x",
        "awsRegion": "us-east-1",
        "eventSource": "s3.amazonaws.com",
        "eventName": name,
        "userIdentity": {"type": "IAMUser", "arn": ARN, "accountId": "111122223333"},
        **changes,
    }
    return json.dumps(made)


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def test_a_value_is_a_row_with_its_first_and_last_time_and_number(tmp_path: Path) -> None:
    """Events come in no order; what was denied teaches nothing."""
    lines = [
        record("2026-01-10T00:05:00Z", "GetObject"),
        record("2026-01-10T00:01:40Z", "GetObject"),
        record("2026-01-10T00:03:20Z", "ListBuckets"),
        record("2026-01-10T00:09:00Z", "DeleteBucket", errorCode="AccessDenied"),
    ]
    (tmp_path / "history.json").write_text("\n".join(lines))
    splunkd = Splunkd(tmp_path / "splunk", python=sys.executable)
    app = splunkd.install(REPOSITORY)
    end = find_end(EventFiles([tmp_path / "history.json"]), lambda: None)

    learned = learn(splunkd, app, EventFiles([tmp_path / "history.json"]), end, lambda: None)

    with open(app / "lookups" / "caller_baseline.csv", encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["caller"] == ARN]
    start = 1768003200  # 2026-01-10, 20,463 days after the epoch
    assert end == start + 540
    assert {(row["property"], row["value"], row["first_seen"], row["last_seen"], row["count"]) for row in rows} == {
        ("action", "s3:GetObject", str(start + 100), str(start + 300), "2"),
        ("action", "s3:ListBuckets", str(start + 200), str(start + 200), "1"),
        ("user_agent", "aws-cli/2", str(start + 100), str(start + 300), "3"),
        ("region", "us-east-1", str(start + 100), str(start + 300), "3"),
    }
    assert {row["key"] for row in rows} == {digest(ARN) + row["property"][0] + digest(row["value"]) for row in rows}
    assert (learned.callers, learned.first, learned.last) == (1, start + 100, start + 300)


def test_fields_are_those_of_splunk_with_the_time_of_the_event() -> None:
    raw = json.dumps({"eventTime": "2026-01-10T00:00:00Z", "resources": [{"ARN": "a"}, {"ARN": "b"}], "readOnly": True})
    fields = find_fields(raw)
    assert fields["_time"] == "1768003200"  # 20,463 days after the epoch
    assert fields["resources{}.ARN"] == ["a", "b"]
    assert (one(fields, "readOnly"), fields["_raw"]) == ("true", raw)
