"""What runs remember, written by several processes at once, and by ones that are killed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from callerintel.feeds.memory_file import read_memory_file, write_memory_file

ROOT = Path(__file__).parents[2]
WRITERS = 4
WRITER = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from callerintel.feeds.memory_file import write_memory_file
who = int(sys.argv[3])
written = sum(write_memory_file(Path(sys.argv[2]), {"who": who, "values": [who] * 2000 * who}) for _ in range(150))
print(written)
"""


def start(path: Path, who: int) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", WRITER, str(ROOT / "bin"), str(path), str(who)], stdout=subprocess.PIPE, text=True
    )


def test_writers_at_once_leave_one_whole_object(tmp_path: Path) -> None:
    path = tmp_path / "memory.json"
    write_memory_file(path, {"who": 9, "values": [9] * 2000 * 9})
    writers = [start(path, who) for who in range(1, WRITERS + 1)]
    read = 0
    while any(writer.poll() is None for writer in writers):
        stored = read_memory_file(path)
        assert stored["values"] == [stored["who"]] * 2000 * stored["who"]
        read += 1
    written = [int(writer.communicate()[0]) for writer in writers]
    assert read > 0
    assert sum(written) > 0, "of those that write at once one does"
    assert write_memory_file(path, {"who": 9}), "and nobody holds it afterwards"
    assert [found.name for found in tmp_path.iterdir()] == ["memory.json"]


def test_what_a_killed_writer_left_is_no_hindrance_and_is_gone_after_the_next(tmp_path: Path) -> None:
    path = tmp_path / "memory.json"
    (tmp_path / "memory.json.tmp").write_text("x" * 10_000)
    assert write_memory_file(path, {"a": 1})
    assert read_memory_file(path) == {"a": 1}
    assert [found.name for found in tmp_path.iterdir()] == ["memory.json"]


def test_a_folder_that_cannot_be_made_costs_the_memory_and_no_run(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert not write_memory_file(tmp_path / "file" / "memory.json", {"a": 1})
    assert read_memory_file(tmp_path / "file" / "memory.json") == {}
