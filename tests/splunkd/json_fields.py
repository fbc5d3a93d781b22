"""The fields that Splunk extracts from one JSON event with KV_MODE=json.

Source: [platform 8], [cloudtrail 8]. In: `_raw` as text. Out: JSON paths as names (`userIdentity.arn`, arrays as `resources{}.ARN`),
text values; booleans as `true`/`false`, numbers as spelled, null as the text `null` (inference); what comes more than
once is a list. Without `limits` the whole event is read; with it only the 5000 bytes and 100 fields that the
shipped limits.conf allows. It does not rename, alias or evaluate: that is the AWS add-on's.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from .csv_dialect import Value

EXTRACTION_CUTOFF_BYTES = 5000  # limits.conf [spath] extraction_cutoff
FIELD_LIMIT = 100  # limits.conf [kv] limit

# A string (the last one may be cut off), a mark, or anything between them.
_TOKEN = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*(?:"|\\?\Z)|[{}\[\],]|[^"{}\[\],]+', re.DOTALL)
_CLOSER = {"{": "}", "[": "]"}


class _Pairs(list[tuple[str, Any]]):
    """A JSON object as its members in order, so that a key that comes twice is not lost."""


_DECODER = json.JSONDecoder(object_pairs_hook=_Pairs, parse_int=str, parse_float=str, parse_constant=str, strict=False)


def extract(raw: str, limits: bool = False) -> dict[str, Value]:
    """Returns the event's fields in order of appearance; none for text that is no JSON object or array."""
    data = raw.encode("utf-8", "surrogatepass")
    cut = limits and len(data) > EXTRACTION_CUTOFF_BYTES
    try:
        document = _DECODER.decode(complete(data[:EXTRACTION_CUTOFF_BYTES].decode("utf-8", "ignore")) if cut else raw)
    except ValueError:
        return {}
    fields: dict[str, list[str]] = {}
    if isinstance(document, list):
        for name, value in _walk(document, ""):
            if name in fields:
                fields[name].append(value)
            elif not limits or len(fields) < FIELD_LIMIT:
                fields[name] = [value]
    return {name: values[0] if len(values) == 1 else values for name, values in fields.items()}


def complete(text: str) -> str:
    """Returns JSON text that was cut off, ended after its last whole value: `{"a":1,"b":[2,"x` gives `{"a":1,"b":[2]}`."""
    stack: list[str] = []
    end, closers = 0, ""
    for token in _TOKEN.finditer(text):
        mark = token.group()
        if mark == ",":
            end, closers = token.start(), "".join(reversed(stack))
        elif mark in _CLOSER:
            stack.append(_CLOSER[mark])
            end, closers = token.end(), "".join(reversed(stack))
        elif mark in ("}", "]"):
            stack.pop()
            end, closers = token.end(), "".join(reversed(stack))
    return text[:end] + closers


def _walk(value: Any, name: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, _Pairs):
        for key, member in value:
            yield from _walk(member, f"{name}.{key}" if name else key)
    elif isinstance(value, list):
        for member in value:
            yield from _walk(member, name + "{}")
    else:
        yield name, value if isinstance(value, str) else json.dumps(value)
