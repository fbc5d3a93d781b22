"""splunkd's wish that the input ends, and when it takes effect: not before a run can tell of it, and not any more while it tells.

In: SIGTERM, on Windows SIGBREAK [platform 3.4], and SIGINT from a terminal. Out: `Stopped`, raised in the middle of a run, at most once. A stop that
comes while the input starts is kept: bin/intel_feed.py blocks the signal until `listen`, and from then on it waits for the run to begin.
"""

from __future__ import annotations

import signal
from collections.abc import Callable
from types import FrameType

_AGAIN_SECONDS = 0.02
_FINALIZERS = ("weakref", "_weakrefset")


class Stopped(BaseException):
    """splunkd asked this process to end."""


class Stop:
    """The stop of this process; there is one, `STOP`."""

    def __init__(self) -> None:
        self._came = self._raises = False

    def listen(self, is_run: bool) -> None:
        """Take the signals from now on. What is no run (`--scheme`, a check) has nothing to tell and stops at once."""
        self._raises = not is_run
        _handle(self._take)
        if hasattr(signal, "pthread_sigmask"):
            signal.pthread_sigmask(signal.SIG_UNBLOCK, (signal.SIGTERM,))

    def raise_from_now(self) -> None:
        """A run begins: a stop raises Stopped, at once if it came already. Call it where that is caught."""
        self._raises = True
        if self._came:
            self._take(signal.SIGTERM, None)

    def hold(self) -> None:
        """The run is over: what comes now must not keep its report from being told.

        Ignored, not only kept: Python gives up its handlers before it ends, and then a signal would be the process's end.
        """
        _handle(signal.SIG_IGN)

    def _take(self, signum: int, frame: FrameType | None) -> None:
        self._came = True
        if not self._raises and signum != signal.SIGINT:  # whoever sits at a terminal need not wait for stdin to end
            return
        if _is_finalizer(frame) and hasattr(signal, "setitimer"):
            signal.setitimer(signal.ITIMER_REAL, _AGAIN_SECONDS)
            return
        self.hold()
        raise Stopped


def _is_finalizer(frame: FrameType | None) -> bool:
    """Whether a finalizer runs: what is raised in one is written to stderr and then forgotten. urllib3 closes its connections in one."""
    while frame is not None:
        if frame.f_code.co_name == "__del__" or frame.f_globals.get("__name__") in _FINALIZERS:
            return True
        frame = frame.f_back
    return False


def _handle(handler: Callable[[int, FrameType | None], None] | signal.Handlers) -> None:
    for name in ("SIGTERM", "SIGINT", "SIGBREAK", "SIGALRM"):  # the last is our own, for a second try
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), handler)


STOP = Stop()
