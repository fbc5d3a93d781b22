"""A chunk of events in, the same chunk with our fields out.

In: the CSV body of an execute request. Out: the CSV body of the reply. Every column comes back as it came, byte for byte, and
our columns after them; with selected fields that includes `_chunked_idx`, by which splunkd merges the reply into its events
[platform 1.5]. Where the events already have a column of ours (the command ran twice), it is overwritten in its place.

There are two paths to the same bytes: `chunk_fast` for the chunks that splunkd sends with selected fields, `chunk_plain` for
whatever else a chunk may hold, which is also the reference. A fast chunk that turns out to be unusual is done again by the plain path.
"""

from __future__ import annotations

import csv
import os
import sys
from typing import TYPE_CHECKING

from callerintel.search.answer import Answers
from callerintel.search.chunk_fast import FastPath
from callerintel.search.cloudtrail import field_names
from callerintel.search.finding import Judge
from callerintel.search.options import Options

if TYPE_CHECKING:
    from callerintel.search.chunk_plain import PlainPath

csv.field_size_limit(min(sys.maxsize, 2**31 - 1))  # an event may be of any size; Windows has 32 bits for this


def required_fields(options: Options) -> list[str]:
    """The fields that splunkd must send for a search: what is read of an event, and nothing else [platform 1.5]."""
    return [*field_names(dict(options.renamed), options.learn or options.explain), "_time"] + (["_raw"] if options.raw else [])


class Annotator:
    """Annotates the chunks of one search; make one for a search.

    The environment variable MALICIOUSCALLER_PATH=plain keeps it off the fast path, to measure it and to rule it out as a cause.
    """

    def __init__(self, judge: Judge, options: Options) -> None:
        answers = self._answers = Answers(judge, options)
        self._options = options
        self._plain: PlainPath | None = None
        self._fast: FastPath | None = None
        if not (options.raw or options.learn or options.explain) and os.environ.get("MALICIOUSCALLER_PATH") != "plain":
            self._fast = FastPath(answers, required_fields(options))

    @property
    def events(self) -> int:
        """How many events came so far."""
        return sum(path.events for path in (self._plain, self._fast) if path)

    @property
    def has_recognised(self) -> bool:
        """Whether any of them had a source address or an event name."""
        return any(path.has_recognised for path in (self._plain, self._fast) if path)

    def annotate(self, body: bytes) -> bytes:
        """The reply's body; empty for an empty body."""
        if self._fast is not None:
            reply = self._fast.annotate(body)
            if reply is not None:
                return reply
        if self._plain is None:
            from callerintel.search.chunk_plain import PlainPath  # few searches need it

            self._plain = PlainPath(self._answers, self._options)
        return self._plain.annotate(body)
