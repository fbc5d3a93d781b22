"""Formats: what a document says. One module a format; a module that is put into this folder is found by its NAME.

A format module has
    NAME                            as written in a stanza's `format`
    parse(document, config)         → Iterator[Indicator | Rejected]; FeedError("unparsable", ...) when it cannot be read at all
    recognises(text)                whether the beginning of a text (HEAD_CHARACTERS) is in this format; at most one does
and may have
    says(document)                  → Statement, where the publisher's words about the list are not in comment lines

`plain` recognises nothing: it is what is left. docs/formats.md tells how to add a format.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
from typing import Any

from callerintel.errors import FeedError
from callerintel.feeds.document import Document, document_text

AUTO = "auto"
HEAD_CHARACTERS = 8192

_begins_json = re.compile(r'\s*(?:\{\s*["}]|\[\s*["\[{\]])').match  # but not [2001:db8::1]:443
_hosts_file_line = re.compile(
    r"(?mi)^(?:127\.0\.0\.1|0\.0\.0\.0|::1)[ \t]+(?=[a-z0-9_.-]*[a-z])[a-z0-9_.-]+[ \t\r]*(?:#.*)?$"
).findall

FORMATS: dict[str, Any] = {}  # NAME → module; modules have no common type but what the docstring says
for _module in pkgutil.iter_modules(__path__):
    _found = importlib.import_module(f"{__name__}.{_module.name}")
    FORMATS[_found.NAME] = _found


def detect_format(document: Document) -> str:
    """The NAME of the format that a document is in; `plain` when no other recognises it and it may well be plain.

    FeedError("unparsable") when it is in no format: a wrong guess would make a list of what is none.
    """
    # 4 bytes a character at most; decoding a whole body twice would cost more than it tells.
    head = document_text(Document(document.body[: 4 * HEAD_CHARACTERS], document.name))[:HEAD_CHARACTERS]
    found = _recognised(head)
    if found:
        return found
    if _begins_json(head):
        # A pretty-printed array of networks would pass as plain, and publishers' own ranges come like that.
        raise FeedError(
            "unparsable", "It is JSON of a shape that is not known. Set records and fields with format = json_records."
        )
    if len(_hosts_file_line(head)) > 1:
        raise FeedError("unparsable", "It is a hosts file: it lists names, and its addresses are no indicators.")
    return "plain"


def is_recognised(head: str) -> bool:
    """Whether any format recognises the beginning of a text."""
    return bool(_recognised(head))


def _recognised(head: str) -> str:
    return next((name for name, module in FORMATS.items() if module.recognises(head)), "")
