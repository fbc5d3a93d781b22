"""Entry point of the search command: splunkd starts this file, on a search head or on an indexer from the bundle."""

import os
import sys
from importlib.machinery import SourceFileLoader


def _get_code(loader, name, get_code=SourceFileLoader.get_code):
    """A disk that was full leaves half of a module's bytecode, which Python takes for whole and fails on: then its source is compiled."""
    try:
        return get_code(loader, name)
    except (EOFError, ValueError, TypeError):
        path = loader.get_filename(name)
        return loader.source_to_code(loader.get_data(path), path)


SourceFileLoader.get_code = _get_code

# First, not last: Splunk ships packages of its own, and other apps' folders may be on the path [style 4.4, 5].
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))

from callerintel.search.start_up import SELDOM_USED, load_when_used  # noqa: E402

load_when_used(*SELDOM_USED)

from callerintel.search.command import main  # noqa: E402

if __name__ == "__main__":
    main()
