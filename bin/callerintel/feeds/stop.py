"""splunkd's wish that the input ends, and when it takes effect: not before a run can tell of it, and not any more while it tells.

In: SIGTERM, on Windows SIGBREAK [platform 3.4], and SIGINT from a terminal. Out: `Stopped`, raised in the middle of a run, at most once. A stop that
comes while the input starts is kept: bin/intel_feed.py blocks the signal until `listen`, and from then on it waits for the run to begin.
"""

from __future__ import annotations

import signal


class Stopped(BaseException):
    """splunkd asked this process to end."""


class Stop:
    """The stop of this process; there is one, `STOP`."""

    def __init__(self) -> None:
        self._came = self._raises = False

    def listen(self, is_run: bool) -> None:
        """Take the signals from now on. What is no run (`--scheme`, a check) has nothing to tell and stops at once."""
        self._raises = not is_run
        for name in ("SIGTERM", "SIGINT", "SIGBREAK"):
            if hasattr(signal, name):
                signal.signal(getattr(signal, name), self._take)
        if hasattr(signal, "pthread_sigmask"):
            signal.pthread_sigmask(signal.SIG_UNBLOCK, (signal.SIGTERM,))

    def raise_from_now(self) -> None:
        """A run begins: a stop raises Stopped, at once if it came already. Call it where that is caught."""
        self._raises = True
        if self._came:
            self._take(signal.SIGTERM, None)

    def hold(self) -> None:
        """The run is over: what comes now must not keep its report from being told."""
        self._raises = False

    def _take(self, signum: int, frame: object) -> None:
        self._came = True
        if self._raises or signum == signal.SIGINT:  # whoever sits at a terminal need not wait for stdin to end
            self._raises = False
            raise Stopped


STOP = Stop()
