"""One timed process of a search command, or several side by side.

In: a peer and its input, made before the clock starts. Out: `Figures`. A thread writes the requests as fast as the pipe takes them,
the caller's thread reads the replies and counts their bytes; of a reply only the header is looked at. The clock runs from the
first byte of the first chunk to the last byte of the last reply; starting the process and its getinfo are not in it.
Memory is VmHWM, the peak of the process itself: the usual ru_maxrss begins with what its parent had when it forked.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import NamedTuple, TypeVar

from bench import BenchFailed
from bench.site import Peer, Site
from tests.splunkd import Conversation
from tests.splunkd.frames import read_header

_READ_BYTES = 1 << 20
Case = TypeVar("Case")
Result = TypeVar("Result")


class Figures(NamedTuple):
    """What a run took: `seconds` as above, CPU seconds of the process (start included), peak bytes, bytes of its replies."""

    seconds: float
    cpu_seconds: float
    peak_bytes: int
    reply_bytes: int


def run(site: Site, peer: Peer, frames: Iterable[bytes], count: int) -> Figures:
    """Send the `count` requests to a new process of `peer`. BenchFailed if it does not end well."""
    return run_together(site, peer, [(frames, count)])[0]


def run_together(site: Site, peer: Peer, inputs: Sequence[tuple[Iterable[bytes], int]]) -> list[Figures]:
    """The same for several processes that are sent their inputs at the same time; `seconds` of each from that moment."""
    talks = [_ready(site, peer) for _ in inputs]
    try:
        figures: list[Figures] = []
        go = threading.Barrier(len(talks))
        jobs = [
            threading.Thread(target=_pump, args=(talk, frames, count, go, figures.append), daemon=True)
            for talk, (frames, count) in zip(talks, inputs)
        ]
        for job in jobs[1:]:
            job.start()
        jobs[0].run()
        for job in jobs[1:]:
            job.join()
        if len(figures) < len(talks):
            raise BenchFailed(f"A process of {peer.label} did not end well.")
        return figures
    finally:
        for talk in talks:
            talk.__exit__(None, None, None)


def _ready(site: Site, peer: Peer) -> Conversation:
    talk = site.start(peer)
    talk.send(site.getinfo(peer))
    if talk.receive() is None:
        raise BenchFailed(f"{peer.label} did not answer getinfo: {talk.finish().stderr[-2000:]}")
    return talk


def _pump(
    talk: Conversation, frames: Iterable[bytes], count: int, go: threading.Barrier, done: Callable[[Figures], None]
) -> None:
    assert talk.process.stdin and talk.process.stdout
    os.set_blocking(talk.process.stdin.fileno(), True)
    writer = threading.Thread(target=_write, args=(talk.process.stdin.fileno(), frames), daemon=True)
    go.wait()
    started = time.perf_counter()
    writer.start()
    received = read_replies(talk.process.stdout.fileno(), count)
    seconds = time.perf_counter() - started
    writer.join()
    peak = peak_bytes(talk.process.pid)
    done(Figures(seconds, end(talk), peak, received))


def _write(pipe: int, frames: Iterable[bytes]) -> None:
    try:
        for frame in frames:
            rest = memoryview(frame)
            while rest:
                rest = rest[os.write(pipe, rest) :]
    except BrokenPipeError:
        return  # the reader finds out as well, and says so


def read_replies(pipe: int, count: int) -> int:
    """Reads `count` replies and returns their bytes; BenchFailed if stdout ends before."""
    received = skip = 0
    head = b""
    while count or skip:
        data = os.read(pipe, _READ_BYTES)
        if not data:
            raise BenchFailed(f"A command ended {count} replies too early.")
        received += len(data)
        at = 0
        while at < len(data):
            if skip:
                step = min(skip, len(data) - at)
                skip, at = skip - step, at + step
                continue
            line_end = data.find(b"\n", at) + 1 or len(data)
            head, at = head + data[at:line_end], line_end
            if head.endswith(b"\n"):
                skip, head, count = sum(read_header(head)), b"", count - 1
    return received


def end(talk: Conversation) -> float:
    """Let the process end; its CPU seconds. BenchFailed if it fails or says anything on stderr."""
    talk.close_stdin()
    _, status, usage = os.wait4(talk.process.pid, 0)
    talk.process.returncode = os.waitstatus_to_exitcode(status)
    ended = talk.finish()
    if ended.exit_status or ended.stderr:
        raise BenchFailed(f"A command ended with status {ended.exit_status} and said: {ended.stderr[-2000:]}")
    return usage.ru_utime + usage.ru_stime


def peak_bytes(process: int) -> int:
    """The most memory that the running process had, in bytes; 0 where the system does not say."""
    try:
        lines = Path(f"/proc/{process}/status").read_text(encoding="ascii", errors="replace").splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) << 10 for line in lines if line.startswith("VmHWM:")), 0)


def interleaved(cases: Sequence[Case], runs: int, measure: Callable[[Case], Result]) -> list[list[Result]]:
    """The results of each case, measured in turns, so that noise of the machine hits all alike."""
    results: list[list[Result]] = [[] for _ in cases]
    for _ in range(runs):
        for at, case in enumerate(cases):
            results[at].append(measure(case))
    return results
