"""One process of a search command and the three pipes between it and splunkd.

Source: [platform 1.1, 1.7, 1.8]. A request is written whole before anything of the reply is read; the pipes are the
system's own (64 KiB on Linux), so a command that answers before it has read everything fills them and is stuck, as it
would be under splunkd. The stand-in itself never hangs: whoever makes no progress for `patience` seconds is killed.
It knows chunks, not what is in them; tests of misbehaviour use it directly.
"""

from __future__ import annotations

import os
import select
import subprocess
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple

from .errors import SplunkdError, chunked_error
from .frames import Frame, read_frame, write_frame

_READ_BYTES = 1 << 20


class Ended(NamedTuple):
    """How the process ended: its status, all it wrote to stderr, and what was left on stdout after the last reply."""

    exit_status: int
    stderr: str
    leftover: bytes


class Conversation:
    """A running search command. A context manager: the process is gone when the block ends, whatever happened."""

    def __init__(self, argv: Sequence[str], cwd: Path, environment: Mapping[str, str], patience: float = 60.0) -> None:
        self.patience = patience
        self.process = subprocess.Popen(
            list(argv),
            cwd=cwd,
            env=dict(environment),
            bufsize=0,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        assert self.process.stdin and self.process.stdout
        self._stdin = self.process.stdin
        self._stdout = self.process.stdout
        os.set_blocking(self._stdin.fileno(), False)
        self._unread = bytearray()
        self._stderr: list[bytes] = []
        self._stderr_reader = threading.Thread(target=self._drain_stderr, daemon=True)
        self._stderr_reader.start()

    def __enter__(self) -> Conversation:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self._stderr_reader.join()
        for pipe in (self._stdin, self._stdout, self.process.stderr):
            if pipe:
                pipe.close()

    def send(self, metadata: dict[str, Any], body: bytes = b"") -> bytes:
        """Writes one chunk and returns its bytes. Raises as `send_bytes` does."""
        data = write_frame(metadata, body)
        self.send_bytes(data)
        return data

    def send_bytes(self, data: bytes) -> None:
        """Writes all of `data`, reading nothing meanwhile. BrokenPipeError: nobody reads; SplunkdError: stuck."""
        rest = memoryview(data)
        while rest:
            if not select.select([], [self._stdin], [], self.patience)[1]:
                self.process.kill()
                raise chunked_error(
                    "WRITE_ERROR",
                    detail=(
                        f"the command took no byte for {self.patience:g} s: it answers before it has read the whole request, "
                        f"or does not read; {len(rest)} of {len(data)} bytes unsent"
                    ),
                )
            try:
                rest = rest[os.write(self._stdin.fileno(), rest) :]
            except BlockingIOError:  # some room, but less than PIPE_BUF: wait for more
                continue

    def receive(self) -> Frame | None:
        """Reads one reply; None where stdout ends cleanly. BadFrame: no chunk; SplunkdError: silent for too long."""
        return read_frame(self._line, self._take)

    def close_stdin(self) -> None:
        """Ends the conversation from splunkd's side: the command sees the end of its input [platform 1.7]."""
        self._stdin.close()

    def close_stdout(self) -> None:
        """Stops reading for good: a write of the command then fails with a broken pipe, as when a search is killed."""
        self._stdout.close()

    def finish(self) -> Ended:
        """Closes stdin, reads stdout to its end, waits for the exit. SplunkdError if the process does not end."""
        self.close_stdin()
        if not self._stdout.closed:
            while self._read():
                pass
        try:
            status = self.process.wait(self.patience)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise SplunkdError(f"the command still runs {self.patience:g} s after the end of its input") from None
        self._stderr_reader.join()
        return Ended(status, b"".join(self._stderr).decode("utf-8", "replace"), bytes(self._unread))

    def _line(self) -> bytes:
        while b"\n" not in self._unread and self._read():
            pass
        return self._take(self._unread.find(b"\n") + 1 or len(self._unread))

    def _take(self, count: int) -> bytes:
        while len(self._unread) < count and self._read():
            pass
        taken = bytes(self._unread[:count])
        del self._unread[:count]
        return taken

    def _read(self) -> bool:
        """Reads what is there into `_unread`, waiting for something; False at the end of the stream."""
        if not select.select([self._stdout], [], [], self.patience)[0]:
            self.process.kill()
            raise SplunkdError(f"the command wrote nothing for {self.patience:g} s")
        data = os.read(self._stdout.fileno(), _READ_BYTES)
        self._unread += data
        return bool(data)

    def _drain_stderr(self) -> None:
        assert self.process.stderr
        pipe = self.process.stderr.fileno()
        for data in iter(lambda: os.read(pipe, _READ_BYTES), b""):
            self._stderr.append(data)
