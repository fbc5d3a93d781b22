"""The lookups of feeds as malicious_ips.csv, as the modular input makes it after a change.

python make_segments.py <the app's root> <folder of intel_feed_*.csv> <folder for checkpoints>
"""

import os
import sys
from pathlib import Path

sys.path.insert(0, os.path.join(sys.argv[1], "lib"))
sys.path.insert(0, os.path.join(sys.argv[1], "bin", "lib"))
sys.path.insert(0, os.path.join(sys.argv[1], "bin"))

from callerintel.feeds.generation import update_generation

update_generation(Path(sys.argv[2]), Path(sys.argv[3]))
