"""The CloudTrail records in one JSON value: taken out of whatever AWS delivered them in.

In: a decoded JSON value. Out: the records in it, in order, as decoded. Known wrappers [cloudtrail 8]: EventBridge (`detail`), a
CloudWatch Logs subscription (`logEvents[].message`), SNS and SQS messages, the answer of `aws cloudtrail lookup-events`, and Splunk's
own JSON export. Digests [cloudtrail 1] and S3 notifications, which lie in the same buckets and queues, are told apart.
It reads no file and judges nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

Record = dict[str, Any]
_DEEPEST = 8  # SNS in SQS in a Lambda event is 4

# Which of these keys a value has shows that it is a record: an Insight has no eventName, the oldest have no eventVersion.
_MARKS = ("eventName", "eventVersion", "eventType", "userIdentity", "sourceIPAddress")


class NoRecord:
    """Stands for a part of a value that is no record: `is_digest` tells a CloudTrail digest from anything else."""

    def __init__(self, is_digest: bool = False) -> None:
        self.is_digest = is_digest


def find_records(value: Any, depth: int = 0) -> Iterator[Record | NoRecord]:
    """The records in `value`, and a NoRecord for each part that holds none."""
    if depth > _DEEPEST:
        yield NoRecord()
    elif isinstance(value, str):
        yield from find_records(_parsed(value), depth + 1)
    elif isinstance(value, list):
        for element in value:
            yield from find_records(element, depth + 1)
    elif not isinstance(value, dict):
        yield NoRecord()
    elif is_record(value):
        yield value
    else:
        inner = _wrapped(value)
        if inner is None:
            yield NoRecord(is_digest="digestS3Object" in value or "digestStartTime" in value)
        else:
            yield from find_records(inner, depth + 1)


def is_record(value: Record) -> bool:
    """Whether the object is itself a CloudTrail record. S3's own notifications (`"eventSource": "aws:s3"`) are none."""
    if not any(mark in value for mark in _MARKS):
        return False
    return not str(value.get("eventSource", "")).startswith("aws:")


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _wrapped(value: Record) -> Any:
    """What a wrapper wraps; None of anything else."""
    if isinstance(value.get("detail"), dict):  # EventBridge
        return value["detail"]
    for many, one in (("logEvents", "message"), ("Events", "CloudTrailEvent")):
        if isinstance(value.get(many), list):
            return [element.get(one) for element in value[many] if isinstance(element, dict)]
    for path in (("Records",), ("body",), ("Message",), ("Sns", "Message"), ("result", "_raw")):
        inner: Any = value
        for name in path:
            inner = inner.get(name) if isinstance(inner, dict) else None
        if isinstance(inner, (str, list)):
            return inner
    return None
