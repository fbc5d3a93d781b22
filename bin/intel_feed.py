"""Entry point of the modular input `intel_feed`: splunkd starts this file. The logic is in callerintel.feeds."""

import os
import signal
import sys
from importlib.machinery import SourceFileLoader

if __name__ == "__main__" and hasattr(signal, "pthread_sigmask"):
    signal.pthread_sigmask(
        signal.SIG_BLOCK, (signal.SIGTERM,)
    )  # a stop that comes now waits until `main` can tell what was stopped


def _get_code(loader, name, get_code=SourceFileLoader.get_code):
    """A disk that was full leaves half of a module's bytecode, which Python takes for whole and fails on: then its source is compiled."""
    try:
        return get_code(loader, name)
    except (EOFError, ValueError, TypeError):
        path = loader.get_filename(name)
        return loader.source_to_code(loader.get_data(path), path)


SourceFileLoader.get_code = _get_code

_APP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path[0:0] = [os.path.join(_APP, "bin", "lib"), os.path.join(_APP, "lib")]

from callerintel.feeds.feed_input import main  # noqa: E402

if __name__ == "__main__":
    sys.exit(main(sys.argv))
