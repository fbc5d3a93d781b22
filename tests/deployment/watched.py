"""Runs a program as the interpreter would, and writes down what it asks of the system (for test_bundle and test_package).

    python watched.py REPORT PROGRAM [ARGUMENT...]        REPORT gets one JSON list [event, argument, ...] a line

The interpreter's own audit events are used: they see what Python code does, whatever library it does it through.
"""

from __future__ import annotations

import json
import os
import runpy
import sys

REPORT, PROGRAM = sys.argv[1:3]
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
# Beside `open`: the network, other programs, and all that changes the file system.
BEGINNINGS = ("socket.", "subprocess.", "shutil.", "tempfile.", "urllib.", "ctypes.", "http.")
NAMES = ("os.system", "os.exec", "os.posix_spawn", "os.fork", "os.forkpty", "os.mkdir", "os.rename", "os.remove", "os.rmdir",
         "os.link", "os.symlink", "os.chmod", "os.chown", "os.utime", "os.truncate", "os.putenv")  # fmt: skip


def watch(event: str, arguments: tuple[object, ...]) -> None:
    if event == "open":
        path, _, flags = arguments
        note("write" if isinstance(flags, int) and flags & WRITING else "read", path)
    elif event in NAMES or event.startswith(BEGINNINGS):
        note(event, *arguments)


def note(*what: object) -> None:
    os.write(report, (json.dumps([str(part) for part in what]) + "\n").encode())


report = os.open(REPORT, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o666)
sys.argv = sys.argv[2:]
sys.path[0] = os.path.dirname(PROGRAM)
sys.addaudithook(watch)
runpy.run_path(PROGRAM, run_name="__main__")
