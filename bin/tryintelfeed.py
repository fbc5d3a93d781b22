"""Entry point of the search command `tryintelfeed`: splunkd starts this file, on a search head. The logic is in callerintel.feeds."""

import os
import sys

_APP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path[0:0] = [os.path.join(_APP, "bin", "lib"), os.path.join(_APP, "lib")]

from callerintel.feeds.trial_command import main  # noqa: E402

if __name__ == "__main__":
    sys.exit(main())
