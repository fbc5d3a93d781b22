"""A list of addresses and networks merged by netaddr, as text to stdout.

python merge_netaddr.py <the peers' app> <file of indicators>
"""

import os
import sys

sys.path.insert(0, os.path.join(sys.argv[1], "bin", "lib"))

from netaddr import cidr_merge

with open(sys.argv[2], encoding="ascii") as file:
    merged = cidr_merge(file.read().split())
sys.stdout.write("\n".join(map(str, merged)) + "\n")
