"""Entry point of the search command `tryintelfeed`: splunkd starts this file, on a search head. The logic is in callerintel.feeds."""

import os
import sys

_writes_none, sys.dont_write_bytecode = sys.dont_write_bytecode, True  # what mends the others' must have none of its own

import half_bytecode  # noqa: E402, F401

sys.dont_write_bytecode = _writes_none

_APP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path[0:0] = [os.path.join(_APP, "bin", "lib"), os.path.join(_APP, "lib")]

from callerintel.feeds.trial_command import main  # noqa: E402

if __name__ == "__main__":
    sys.exit(main())
