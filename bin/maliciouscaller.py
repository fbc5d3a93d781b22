"""Entry point of the search command: splunkd starts this file, on a search head or on an indexer from the bundle."""

import os
import sys

# First, not last: Splunk ships packages of its own, and other apps' folders may be on the path [style 4.4, 5].
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))

from callerintel.search.command import main

if __name__ == "__main__":
    main()
