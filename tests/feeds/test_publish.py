"""A lookup in place is one whole generation at every moment, also while writers take turns; `test_kill` kills them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from callerintel.errors import FeedError
from callerintel.feeds.publish import create_missing_lookups, one_writer, publish
from callerintel.lookups import DATA_LOOKUPS

ROOT = Path(__file__).parents[2]
OLD = b"key\n" + b"old\n" * 50_000
NEW = b"key\n" + b"new\n" * 50_000

WRITER = """
import sys
from collections.abc import Iterator
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from callerintel.feeds.publish import one_writer, publish
path, folder = Path(sys.argv[2]), Path(sys.argv[3])
print("ready", flush=True)
while True:
    with one_writer(folder):
        publish(path, [b"key\\n", *[b"new\\n"] * 50_000])
    with one_writer(folder):
        publish(path, [b"key\\n", *[b"old\\n"] * 50_000])
"""


def writer(path: Path, folder: Path) -> subprocess.Popen[bytes]:
    argv = [sys.executable, "-c", WRITER, str(ROOT / "bin"), str(path), str(folder)]
    process = subprocess.Popen(argv, stdout=subprocess.PIPE)
    assert process.stdout is not None
    with process.stdout:
        assert process.stdout.readline() == b"ready\n"
    return process


def test_two_writers_take_turns(tmp_path: Path) -> None:
    path = tmp_path / "some.csv"
    path.write_bytes(OLD)
    processes = [writer(path, tmp_path) for _ in range(2)]
    until = time.perf_counter() + 0.5
    while time.perf_counter() < until:
        assert path.read_bytes() in (OLD, NEW)
        assert [process.poll() for process in processes] == [None, None]
    for process in processes:
        process.kill()
        process.wait()


def test_the_same_bytes_are_not_written_again(tmp_path: Path) -> None:
    path = tmp_path / "some.csv"
    first = publish(path, [b"key\n", b"a\n"])
    before = path.stat()
    second = publish(path, [b"key\n", b"a\n"])
    assert (first.changed, first.rows, first.bytes) == (True, 1, 6)
    assert (second.changed, second.rows, second.bytes) == (False, 1, 6)
    assert (path.stat().st_ino, path.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_a_published_file_can_be_read_by_all_and_written_by_its_owner(tmp_path: Path) -> None:
    before = os.umask(0o022)
    try:
        publish(tmp_path / "some.csv", [b"key\n"])
    finally:
        os.umask(before)
    assert (tmp_path / "some.csv").stat().st_mode & 0o777 == 0o644


def test_lines_that_fail_half_way_leave_what_is_there(tmp_path: Path) -> None:
    path = tmp_path / "some.csv"
    path.write_bytes(OLD)

    def lines():  # type: ignore[no-untyped-def]
        yield b"key\n"
        raise ValueError("half way")

    with pytest.raises(ValueError, match="half way"):
        publish(path, lines())
    assert path.read_bytes() == OLD
    assert os.listdir(tmp_path) == ["some.csv"]


def test_a_staging_link_that_somebody_left_is_not_followed(tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_bytes(b"kept")
    (tmp_path / "some.csv.tmp").symlink_to(victim)
    publish(tmp_path / "some.csv", [b"key\n"])
    assert victim.read_bytes() == b"kept"
    assert (tmp_path / "some.csv").read_bytes() == b"key\n"


def test_a_folder_that_is_not_there_is_a_publish_error(tmp_path: Path) -> None:
    with pytest.raises(FeedError) as caught:
        publish(tmp_path / "no" / "some.csv", [b"key\n"])
    assert caught.value.reason == "publish"
    assert "some.csv" in caught.value.detail


def test_missing_lookups_are_created_with_their_header_and_others_left(tmp_path: Path) -> None:
    (tmp_path / "caller_baseline.csv").write_bytes(b"kept")
    create_missing_lookups(tmp_path)
    assert sorted(os.listdir(tmp_path)) == sorted(lookup.name for lookup in DATA_LOOKUPS)
    assert (tmp_path / "caller_baseline.csv").read_bytes() == b"kept"
    assert (tmp_path / "aws_ip_ranges.csv").read_bytes() == b"start,end,prefix,service,region\n"


def test_the_lock_goes_with_its_process(tmp_path: Path) -> None:
    process = writer(tmp_path / "some.csv", tmp_path)
    process.kill()
    assert process.wait() == -signal.SIGKILL
    with one_writer(tmp_path):
        publish(tmp_path / "other.csv", [b"key\n"])
    assert (tmp_path / "other.csv").read_bytes() == b"key\n"


def test_a_lookup_that_somebody_else_has_just_made_is_left_to_them(tmp_path: Path) -> None:
    """A link that leads nowhere yet is taken for no file, and is there all the same: as a file is that was made a moment later."""
    (tmp_path / "caller_baseline.csv").symlink_to(tmp_path / "elsewhere.csv")
    create_missing_lookups(tmp_path)
    assert (tmp_path / "caller_baseline.csv").is_symlink()
    assert not (tmp_path / "elsewhere.csv").exists()
    assert (tmp_path / "caller_allowlist.csv").read_bytes().startswith(b"indicator,caller,")
    assert list(tmp_path.glob("*.tmp")) == []


@pytest.mark.parametrize("moment", ["while it is staged", "at its end"])
def test_what_another_process_staged_under_the_same_name_is_never_put_in_place(tmp_path: Path, moment: str) -> None:
    """The lock was taken away with the checkpoint folder; the other one has written half of its file by then."""
    path, staged = tmp_path / "malicious_ips.csv", tmp_path / "malicious_ips.csv.tmp"
    path.write_bytes(b"start\n1\n")

    def lines() -> Iterator[bytes]:
        yield b"start\n"
        if moment == "at its end":
            yield from (b"%d\n" % n for n in range(20_000))
        staged.unlink()
        staged.write_bytes(b"start\n2\nhalf of ano")

    with pytest.raises(FeedError, match="another process writes it"):
        publish(path, lines())
    assert path.read_bytes() == b"start\n1\n"
    assert publish(path, [b"start\n", b"3\n"]).changed
    assert path.read_bytes() == b"start\n3\n"
