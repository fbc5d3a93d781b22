"""Runs a program and says what it took: seconds, CPU seconds, the most memory. Its output goes to a file.

    python measured.py <output file> <program> [arguments ...]

A small process of its own: ru_maxrss of a child begins with what its parent had. Prints JSON.
"""

import json
import os
import resource
import subprocess
import sys
import time


def main() -> None:
    """Run it; its exit status is ours."""
    with open(sys.argv[1], "wb") as output:
        started = time.perf_counter()
        process = subprocess.Popen(sys.argv[2:], stdout=output)
        _, status, _ = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - started
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    unit = 1 if sys.platform == "darwin" else 1024
    print(json.dumps({
        "seconds": seconds, "cpu_seconds": usage.ru_utime + usage.ru_stime, "peak_bytes": usage.ru_maxrss * unit
    }))  # fmt: skip
    sys.exit(os.waitstatus_to_exitcode(status))


main()
