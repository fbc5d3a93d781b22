"""Entry point of the search command: splunkd starts this file, on a search head or on an indexer from the bundle."""

import os
import sys

_writes_none, sys.dont_write_bytecode = sys.dont_write_bytecode, True  # what mends the others' must have none of its own

import half_bytecode  # noqa: E402, F401

sys.dont_write_bytecode = _writes_none

# First, not last: Splunk ships packages of its own, and other apps' folders may be on the path [style 4.4, 5].
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))

from callerintel.search.start_up import SELDOM_USED, load_when_used  # noqa: E402

load_when_used(*SELDOM_USED)

from callerintel.search.command import main  # noqa: E402

if __name__ == "__main__":
    main()
