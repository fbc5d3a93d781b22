"""OUT: the annotated events as a file, one JSON object a line, in input order.

In: a record and its fields. Out: the record as it was read, with every field of the command at its top level, and `eventID`. A field is
"" where it is empty, a list where it has several values, as in Splunk's own JSON export. Written as the events come.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType

from callerintel.search.fields import FIELDS
from demo import DemoFailed, WrongInput
from demo.annotate import Fields
from demo.cloudtrail_records import Record


class Out:
    """The file, open for writing; a context manager. Without a path it takes events and writes nothing.

    WrongInput if the file cannot be made, or if it is one of `inputs`.
    """

    def __init__(self, path: Path | None, inputs: Iterable[Path]) -> None:
        self.path = path
        self._file = None
        if path is None:
            return
        if path.exists() and any(_is_same(path, file) for file in inputs):
            raise WrongInput(f"OUT: {path} is one of the files to read; name another file.")
        try:
            self._file = open(path, "w", encoding="ascii", newline="\n")  # noqa: SIM115 - closed by __exit__
        except FileNotFoundError:
            raise WrongInput(f"OUT: the folder {path.parent} does not exist; make it, or name another file.") from None
        except OSError as error:
            raise WrongInput(f"OUT: {path} cannot be written ({error.strerror}); name another file.") from None

    def take(self, record: Record, fields: Fields) -> None:
        """Write one event. DemoFailed when the disk does not take it."""
        if self._file is None:
            return
        written = {"eventID": "", **record, **{name: fields.get(name, "") for name in FIELDS}}
        try:
            self._file.write(json.dumps(written) + "\n")
        except OSError as error:
            raise DemoFailed(f"OUT: {self.path} could not be written to its end ({error.strerror}); it is not whole.") from error

    def __enter__(self) -> Out:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._file is None:
            return
        try:
            self._file.close()
        except OSError as failure:
            if error is None:
                raise DemoFailed(f"OUT: {self.path} could not be written to its end ({failure.strerror}).") from failure


def _is_same(path: Path, other: Path) -> bool:
    try:
        return os.path.samefile(path, other)
    except OSError:
        return False
