"""Search commands of the app: the real process, through the stand-in for splunkd.

Events stream through one process as they would: a thread feeds it and takes its answers, chunk by chunk, so a month of
events is never held in memory. The process gets the fields that it asks for while the rows are events, and all of them
after a transforming command [platform 1.5].
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from itertools import chain, islice
from queue import Empty, Queue
from threading import Event, Thread
from typing import Any

from tests.splunkd import SearchResult, Splunkd

from ..arguments import Plain
from ..context import Context
from ..errors import SearchFailed, Unsupported
from ..table import Table
from ..values import Row, text_of

CHUNK_ROWS = 5_000


def command_of_app(name: str, arguments: Plain, table: Table, context: Context) -> Table:
    """Runs `| <name> <arguments>` over the rows; SearchFailed with what its user would see, if it ends in an error."""
    if context.splunkd is None:
        raise Unsupported(f"| {name} needs an installation to run in")
    call = _Call(context.splunkd, name, arguments.text, table.is_events, context)
    return Table(call.answers(table), None, table.is_events)


class _Call:
    """One use of a command in a search."""

    def __init__(self, splunkd: Splunkd, name: str, text: str, selected: bool, context: Context) -> None:
        self.splunkd = splunkd
        self.name = name
        self.text = text
        self.selected = selected
        self.context = context
        self.result: SearchResult | None = None
        self.failure: BaseException | None = None

    def search(self, rows: Iterable[Row], **options: Any) -> SearchResult:
        folder, texts = self.context.app.folder, (_as_text(row) for row in rows)
        return self.splunkd.search(folder, self.name, self.text, texts, selected=self.selected, parse_phase=0, **options)

    def answers(self, table: Iterable[Row]) -> Iterator[Row]:
        """Yields the rows that come back. Where empty cells are to be empty texts, a first run over one row tells
        which columns the command answers with."""
        rows = iter(table)
        columns: list[str] = []
        if self.context.empty == "empty":
            first = list(islice(rows, 1))
            columns = _columns_of(self.search(first, record=True))
            rows = chain(first, rows)
        for found in self.chunks(rows):
            for row in found:
                yield {**dict.fromkeys(columns, ""), **row} if columns else row
        self.finish()

    def chunks(self, rows: Iterator[Row]) -> Iterator[list[Row]]:
        """Yields each chunk of answers while the process works on the next one."""
        taken: Queue[list[Row] | None] = Queue(maxsize=1)
        stop = Event()

        def until_stopped() -> Iterator[Row]:
            for row in rows:
                if stop.is_set():
                    return
                yield row

        def converse() -> None:
            try:
                self.result = self.search(until_stopped(), chunk_rows=CHUNK_ROWS, on_events=taken.put)
            except BaseException as error:
                self.failure = error
            finally:
                taken.put(None)

        thread = Thread(target=converse, name=f"search command {self.name}", daemon=True)
        thread.start()
        try:
            yield from iter(taken.get, None)
        finally:  # also where nobody wants more rows, as after head
            stop.set()
            while thread.is_alive():
                try:
                    taken.get(timeout=0.01)
                except Empty:
                    pass
            thread.join()

    def finish(self) -> None:
        """Takes over the messages; raises what went wrong."""
        if self.failure is not None:
            raise self.failure
        if self.result is None:
            return
        if self.result.error or self.result.exit_status:
            status = f"{self.name} ended with exit status {self.result.exit_status}: {self.result.stderr[-500:]}"
            raise SearchFailed(self.result.error or status)
        self.context.messages += [each for each in self.result.messages if each not in self.context.messages]


def _as_text(row: Row) -> dict[str, Any]:
    """A row as it crosses a pipe: numbers are texts."""
    if all(isinstance(value, (str, list)) for value in row.values()):
        return row
    return {name: value if isinstance(value, list) else text_of(value) for name, value in row.items()}


def _columns_of(result: SearchResult) -> list[str]:
    body = next((body for _, body in result.replies if body), b"")
    header = next(csv.reader(io.StringIO(body.decode("utf-8", "surrogateescape"), newline="")), [])
    return [name for name in header if not name.startswith("__mv_") and name != "_chunked_idx"]
