"""Makes throw-away apps whose commands speak the chunked protocol by hand: no SDK, nothing of the product."""

from __future__ import annotations

import os
from pathlib import Path
from textwrap import dedent

import pytest

PROTOCOL = '''
import csv, io, json, re, sys
stdin, stdout = sys.stdin.buffer, sys.stdout.buffer

def read():
    """Returns (metadata, rows as lists, the header first), or None at the end of the input."""
    line = stdin.readline()
    if not line:
        return None
    sizes = re.match(rb"chunked 1.0,([0-9]+),([0-9]+)\\n", line).groups()
    metadata = json.loads(stdin.read(int(sizes[0])))
    return metadata, list(csv.reader(io.StringIO(stdin.read(int(sizes[1])).decode(), newline="")))

def write(metadata, rows=(), end="\\n"):
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator=end).writerows(rows)
    head, body = json.dumps(metadata).encode(), out.getvalue().encode()
    stdout.write(b"chunked 1.0,%d,%d\\n" % (len(head), len(body)) + head + body)
    stdout.flush()
'''

DOUBLEAGE = """
read()
write({"type": "streaming", "required_fields": ["age"]})
for metadata, rows in iter(read, None):
    age = rows[0].index("age") if rows else None
    for row in rows[1:]:
        row[age] = str(int(row[age]) * 2)
    write({"finished": metadata["finished"]}, rows)
"""

ECHO = """
read()
write({"type": "streaming"})
for metadata, rows in iter(read, None):
    write({"finished": metadata["finished"]}, rows)
"""


def make_app(folder: Path, **commands: str) -> Path:
    """Writes an app root with one command for each keyword, its body run after PROTOCOL; returns the root."""
    (folder / "default").mkdir(parents=True, exist_ok=True)
    (folder / "bin").mkdir(exist_ok=True)
    (folder / "default" / "app.conf").write_text("[package]\nid = throwaway\n", encoding="utf-8")
    stanzas = [f"[{name}]\nchunked = true\nfilename = {name}.py\npython.version = python3\n" for name in commands]
    (folder / "default" / "commands.conf").write_text("\n".join(stanzas), encoding="utf-8")
    for name, body in commands.items():
        (folder / "bin" / f"{name}.py").write_text(PROTOCOL + dedent(body), encoding="utf-8")
    return folder


def shared_data(relative: str) -> Path:
    """Returns a path in the folder of real data; skips the test where that is not on this machine."""
    beside = Path(__file__).resolve().parents[3] / "shared" / "data"
    path = Path(os.environ.get("TA_SHARED_DATA") or beside) / relative
    if not path.exists():
        pytest.skip(f"no {relative} in the shared data (set TA_SHARED_DATA)")
    return path
