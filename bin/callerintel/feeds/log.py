"""The input's log: one line one event, `key=value` pairs, for splunkd.log and so for the index _internal.

In: a level, the event's name, values. Out: a line on stderr that begins with its level; splunkd writes such lines to its own log, with time and
level, and indexes that without more [platform 3.4]. So there is no file of our own to rotate, and no two processes write into one.

    WARN level=WARN feed=tor_exits event=run_ended status=refused reason=shrunk message="Feed tor_exits: ..."

No value holds `=`, `"`, a backslash or a line break: whatever a publisher or an administrator wrote, no reader finds a pair or a line in it
that was not written here. Secrets never come here: what is logged is what the status event may say.
"""

from __future__ import annotations

import contextlib
import sys
from typing import BinaryIO

LEVELS = ("DEBUG", "INFO", "WARN", "ERROR")
# What a line may be about. A closed list, so that searches can name them.
EVENTS: tuple[str, ...] = (
    "run_started",  # DEBUG: the settings can be used; what is read, and how
    "settings_problem",  # WARN: maliciouscaller.conf could not be read, or holds a word that is not known
    "fetched",  # DEBUG: what came from the publisher or the disk
    "parsed",  # DEBUG: what the list holds
    "compiled",  # DEBUG: the lookup that the command reads
    "run_ended",  # INFO, WARN or ERROR: what became of the run, as the status event says
)
_LONGEST_VALUE = 1000  # splunkd.log is cut at 10,000 bytes a line
_UNSAFE = str.maketrans({"=": ":", '"': "'", "\\": "/"})


def open_stderr() -> BinaryIO | None:
    """This process's stderr without a buffer, so that a line is one write, and one that failed is not tried again at the end, where Python
    would end with an error for it; None where it is closed, as its number may then be that of any other file."""
    return open(sys.stderr.fileno(), "wb", buffering=0, closefd=False) if sys.stderr else None


class Log:
    """Lines of at least `level` go to `stream`, those of a feed with its name; without a stream, nowhere."""

    def __init__(self, stream: BinaryIO | None = None, level: str = "INFO", feed: str = "") -> None:
        self.stream, self.level, self.feed = stream, level, feed

    def write(self, level: str, event: str, **values: object) -> None:
        """One line; values that are None or empty are left out."""
        assert event in EVENTS, event
        if self.stream is None or LEVELS.index(level) < LEVELS.index(self.level):
            return
        pairs = {"level": level, "feed": self.feed, "event": event, **values}
        line = " ".join(f"{name}={spelled(value)}" for name, value in pairs.items() if value not in (None, ""))
        with contextlib.suppress(OSError, ValueError):  # closed, or nobody reads it: the run goes on, its event says the same
            self.stream.write(f"{level} {line}\n".encode())

    def debug(self, event: str, **values: object) -> None:
        """A line for who looks for a fault."""
        self.write("DEBUG", event, **values)


def spelled(value: object) -> str:
    """A value as it may stand behind `key=`: quoted unless it is a plain word, printable, at most _LONGEST_VALUE characters.

    >>> spelled('a\\nfeed="b"')
    "\\"a feed:'b'\\""
    """
    text = str(value).lower() if isinstance(value, bool) else str(value)
    text = "".join(character if character.isprintable() else " " for character in text).translate(_UNSAFE)
    if len(text) > _LONGEST_VALUE:
        text = text[: _LONGEST_VALUE - 3] + "..."
    plain = text.isascii() and text.replace("_", "").replace("-", "").replace(".", "").isalnum()
    return text if plain else f'"{text}"'
