"""JSON in documents: read with the faults that publishers' JSON has, as values that are what they should be or nothing."""

from __future__ import annotations

import json
from typing import Any

from callerintel.errors import FeedError, shown
from callerintel.feeds.document import Document, document_text


def read_json(document: Document) -> Any:
    """The document as a JSON value. FeedError("unparsable") when it is none."""
    try:
        return json.loads(document_text(document))
    except (ValueError, RecursionError) as error:
        raise FeedError("unparsable", f"It is no JSON ({shown(error)}).") from None


def dicts(values: Any) -> list[dict[str, Any]]:
    """The objects in a JSON array; what is no object becomes an empty one, so that positions stay."""
    return [value if isinstance(value, dict) else {} for value in values] if isinstance(values, list) else []


def text_of(record: dict[str, Any], name: str) -> str:
    """A field as text; '' for a field that is missing, null or no plain value."""
    value = record.get(name)
    return str(value).strip() if isinstance(value, (str, int, float)) and not isinstance(value, bool) else ""
