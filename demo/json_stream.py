"""The JSON values in a text of any length, one at a time: what keeps the demo's memory flat on a file of gigabytes.

In: a text stream. Out: Values. JSON lines, values one after the other without line breaks (as Firehose writes them), pretty-printed
ones, and the elements of a top-level array or of `{"Records": [...]}` all come out alike, each without its neighbours in memory. What is no JSON
is counted and passed over, up to the next line that begins a value. It knows no CloudTrail but the word Records.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, Callable, NamedTuple, TextIO

_BLOCK = 1 << 20
# A value that is not whole after this many characters is given up: one event has at most 256 KB, a wrapper 6 MB.
_LONGEST_VALUE = 1 << 26
_TAIL = 16  # a literal or an escape that the end of the buffer cuts has fewer characters
_HEAD = 64  # `{"Records": [` with all the blanks anybody puts into it

_records = re.compile(r'\{\s*"Records"\s*:\s*\[').match
_blank = re.compile(r"\s*").match
_separators = re.compile(r"[\s,]*").match


class Value(NamedTuple):
    """A decoded value and its own text."""

    value: Any
    text: str


class JsonStream:
    """Iterate over it for the Values. `broken_lines` counts what is no JSON; `first_broken_line` is the first one's number."""

    def __init__(self, stream: TextIO) -> None:
        self.broken_lines = 0
        self.first_broken_line = 0
        self._stream = stream
        self._decode = json.JSONDecoder().raw_decode
        self._text = ""  # what is held, of which everything before `_at` is done with
        self._at = 0
        self._lines_dropped = 0
        self._ended = False

    def __iter__(self) -> Iterator[Value]:
        while self._skip(_blank):
            start = self._text[self._at]
            after_head = self._after_records_head() if start == "{" else 0
            if start == "[" or after_head:
                self._at = after_head or self._at + 1
                yield from self._elements()
                if after_head:
                    self._leave_object()
            elif start == "{":
                yield from self._value()
            else:
                self._pass_over("{[")

    def _after_records_head(self) -> int:
        """Where the elements of `{"Records": [` begin, if that is what is here; else 0."""
        while len(self._text) - self._at < _HEAD and self._read():
            pass
        match = _records(self._text, self._at)
        return match.end() if match else 0

    def _elements(self) -> Iterator[Value]:
        while self._skip(_separators):
            if self._text[self._at] == "]":
                self._at += 1
                return
            if self._text[self._at] in "{[":
                yield from self._value()
            else:
                self._pass_over("{[]")
        if not self.broken_lines:
            self._count_broken()  # the text ends before the array does

    def _leave_object(self) -> None:
        """Pass over what follows the array in its object: mostly nothing but the closing brace."""
        if not self._skip(_blank):
            return
        if self._text[self._at] == "}":
            self._at += 1
        elif self._text[self._at] == ",":
            self._drop(self._at + 1, instead="{")
            for _ in self._value():
                pass

    def _value(self) -> Iterator[Value]:
        """The value here, with as much more text as it takes; nothing, after passing over it, where it is none."""
        while True:
            try:
                value, end = self._decode(self._text, self._at)
                text = self._text[self._at : end]
                self._at = end
                yield Value(value, text)
                return
            except json.JSONDecodeError as error:
                certain = error.pos < len(self._text) - _TAIL and not error.msg.startswith("Unterminated")
            except (ValueError, RecursionError):  # a number of thousands of digits; brackets a thousand deep
                certain = True
            if certain or len(self._text) - self._at > _LONGEST_VALUE or not self._read():
                self._pass_over("{[]")
                return

    def _pass_over(self, beginnings: str) -> None:
        """Go on with the next line that begins with one of these characters. A broken value is left from its own first
        line on, so that an event in the line after it is not taken for a part of it."""
        self._count_broken()
        while True:
            line_end = self._text.find("\n", self._at)
            if line_end < 0:
                self._at = len(self._text)
                if not self._read():
                    return
                continue
            self._at = line_end + 1
            if not self._skip(_blank) or self._text[self._at] in beginnings:
                return
            self._count_broken()

    def _count_broken(self) -> None:
        self.broken_lines += 1
        if not self.first_broken_line:
            self.first_broken_line = 1 + self._lines_dropped + self._text.count("\n", 0, self._at)

    def _skip(self, pattern: Callable[[str, int], re.Match[str] | None]) -> bool:
        """Go to the next character that matters; False at the end of the text."""
        while True:
            match = pattern(self._text, self._at)
            self._at = match.end() if match else self._at
            if self._at < len(self._text):
                return True
            if not self._read():
                return False

    def _read(self) -> bool:
        """Read as much again as is held, so that a long value is decoded a few times only; False at the end."""
        if self._ended:
            return False
        self._drop(self._at)
        more = self._stream.read(max(_BLOCK, len(self._text)))
        self._ended = not more
        self._text += more
        return bool(more)

    def _drop(self, before: int, instead: str = "") -> None:
        self._lines_dropped += self._text.count("\n", 0, before)
        self._text, self._at = instead + self._text[before:], 0
