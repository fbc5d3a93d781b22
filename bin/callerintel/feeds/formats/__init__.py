"""Formats: what a document says. One module a format; a module that is put into this folder is found by its NAME.

A format module has
    NAME                            as written in a stanza's `format`
    parse(document, config)         → Iterator[Indicator | Rejected]; FeedError("unparsable", ...) when it cannot be read at all
    recognises(text)                whether the beginning of a text (HEAD_CHARACTERS) is in this format; at most one does
and may have
    says(document)                  → Statement, where the publisher's words about the list are not in comment lines

`plain` recognises nothing: it is what is left.
"""

from __future__ import annotations

import importlib
import pkgutil
from typing import Any

from callerintel.feeds.document import Document, document_text

AUTO = "auto"
HEAD_CHARACTERS = 8192

FORMATS: dict[str, Any] = {}  # NAME → module; modules have no common type but what the docstring says
for _module in pkgutil.iter_modules(__path__):
    _found = importlib.import_module(f"{__name__}.{_module.name}")
    FORMATS[_found.NAME] = _found


def detect_format(document: Document) -> str:
    """The NAME of the format that a document is in; `plain` when no other recognises it."""
    # 4 bytes a character at most; decoding a whole body twice would cost more than it tells.
    head = document_text(Document(document.body[: 4 * HEAD_CHARACTERS], document.name))[:HEAD_CHARACTERS]
    return next((name for name, module in FORMATS.items() if module.recognises(head)), "plain")
