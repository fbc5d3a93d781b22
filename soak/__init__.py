"""`make soak`: updates and searches for an hour and more, against publishers that misbehave and lookups that are broken under them.

In: the variables that `settings` explains. Out: progress on the terminal, docs/RELIABILITY.md and OUT as JSON; exit status 1 when anything was
wrong. The real programs run, started by the stand-in for splunkd; every answer of every search is compared with what is true of the generation
that it shows. Nothing of it is shipped. Reading order:

    settings      what the user asked for
    lists         what each generation of each list holds: whoever looks at a few addresses can tell which generation it is
    probes        the events of a search, what each must be answered, and which generation an answer shows
    ledger        what was offered, what was accepted, what a search may see
    faults        the table of what goes wrong with an update, and what must then be told
    site          the installation, its publishers, its management ports
    updates       one run of the input, and whether it ended as it must
    searches      one process of the command, and whether it answered as it must
    crowd         those that come and go, and those that stay open
    damage        what is done to files while others use them
    watch         descriptors, memory, processes, files left behind, secrets that came out
    tally         all that is counted
    driver        who does what when
    document      docs/RELIABILITY.md
"""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
for _folder in ("bin", "bin/lib", "lib"):
    if str(ROOT / _folder) not in sys.path:
        sys.path.append(str(ROOT / _folder))  # the app's code and libraries, which are installed nowhere
