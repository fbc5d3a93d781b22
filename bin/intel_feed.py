"""Entry point of the modular input `intel_feed`: splunkd starts this file. The logic is in callerintel.feeds."""

import os
import signal
import sys

if __name__ == "__main__" and hasattr(signal, "pthread_sigmask"):
    # A stop that comes now waits until `main` can tell what was stopped.
    signal.pthread_sigmask(signal.SIG_BLOCK, (signal.SIGTERM,))

_writes_none, sys.dont_write_bytecode = sys.dont_write_bytecode, True  # what mends the others' must have none of its own

import half_bytecode  # noqa: E402, F401

sys.dont_write_bytecode = _writes_none

_APP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path[0:0] = [os.path.join(_APP, "bin", "lib"), os.path.join(_APP, "lib")]

from callerintel.feeds.feed_input import main  # noqa: E402

if __name__ == "__main__":
    sys.exit(main(sys.argv))
