"""A disk that is full, has no room for another file, or cannot be written, under the input: each lookup is one whole generation, the status event
says why, nothing is left lying about, and with room again the next run makes all good.

A small file system where one may be mounted; everywhere the limit that a process has on the size of a file.
"""

from __future__ import annotations

import resource
from pathlib import Path
from typing import Any

import pytest

from tests.faults.conftest import SmallDisk
from tests.feeds.conftest import Input
from tests.feeds.server import Publisher, ok
from tests.splunkd import Rest

COUNT = 400
DATA = ("malicious_ips.csv", "intel_feed_some_list.csv")
ENDS = {("ok", ""), ("failed", "publish")}


def a_list(generation: int) -> bytes:
    """No address of a generation is one of another's."""
    return b"".join(b"10.%d.%d.%d\n" % (generation, n >> 8, n & 255) for n in range(COUNT))


def generations_in(feed_input: Input) -> dict[str, set[bytes]]:
    """Which generations each lookup shows, and that it is whole."""
    found = {}
    for name in DATA:
        path = feed_input.lookups / name
        lines = path.read_bytes().split(b"\n") if path.exists() else [b"", b""]
        assert lines[-1] == b"", f"{name} ends in the middle of a line"
        rows = lines[1:-1]
        assert len(rows) in (0, COUNT), f"{name} has {len(rows)} rows"
        found[name] = {row[3:5] if name == DATA[0] else row.split(b".")[1].rjust(2, b"0") for row in rows}
        assert len(found[name]) <= 1, f"{name} is a mixture"
    return found


def run(feed_input: Input, publisher: Publisher, generation: int) -> dict[str, Any]:
    publisher.answers("/list", ok(a_list(generation)))
    return feed_input.run_here("some_list", publisher.url("/list"))


def both(generation: int) -> dict[str, set[bytes]]:
    return {name: {b"%02d" % generation} for name in DATA}


def is_left_over(feed_input: Input) -> list[str]:
    folders = (feed_input.lookups, feed_input.checkpoints, feed_input.splunkd.home / "var" / "run" / "splunk" / "lookup_tmp")
    return [path.name for folder in folders for path in folder.iterdir() if ".tmp" in path.name]


@pytest.mark.parametrize("where", ["lookups", "checkpoints"])
def test_a_disk_that_is_full_at_any_write(
    feed_input: Input, publisher: Publisher, small_disk: type[SmallDisk], where: str
) -> None:
    """From no room at all to enough for everything, in steps of a page."""
    feed_input.checkpoints.mkdir(parents=True, exist_ok=True)
    ends = []
    with small_disk(feed_input.lookups if where == "lookups" else feed_input.checkpoints, 512) as disk:
        assert run(feed_input, publisher, 1)["status"] == "ok"
        for kib in range(0, 64, 4):
            disk.leave(kib)
            status = run(feed_input, publisher, 2)
            ends.append((status["status"], status.get("reason", "")))
            assert "usable" not in status["message"]
            generations_in(feed_input)
            assert is_left_over(feed_input) == []
            if where == "checkpoints" or ends[-1][0] == "ok":
                assert generations_in(feed_input) == both(2)
            else:
                assert "No space left on device" in status["message"]
                assert "stays in use" in status["message"]
            disk.relieve()
            assert run(feed_input, publisher, 1)["status"] in ("ok", "unchanged")
            assert generations_in(feed_input) == both(1)
    assert set(ends) == (ENDS if where == "lookups" else {("ok", "")}), ends


@pytest.mark.parametrize("where", ["lookups", "checkpoints"])
def test_a_disk_without_room_for_another_file(
    feed_input: Input, publisher: Publisher, small_disk: type[SmallDisk], where: str
) -> None:
    feed_input.checkpoints.mkdir(parents=True, exist_ok=True)
    with small_disk(feed_input.lookups if where == "lookups" else feed_input.checkpoints, 512, inodes=20) as disk:
        assert run(feed_input, publisher, 1)["status"] == "ok"
        more: list[Path] = []
        try:
            while True:
                more.append(disk.folder / f"more{len(more)}")
                more[-1].write_bytes(b"")
        except OSError:
            more.pop()
        status = run(feed_input, publisher, 2)
        assert (status["status"], status.get("reason", "")) in ENDS
        generations_in(feed_input)
        for path in more:
            path.unlink()
        assert run(feed_input, publisher, 3)["status"] == "ok"
        assert generations_in(feed_input) == both(3)


@pytest.mark.parametrize("where", ["lookups", "checkpoints"])
def test_a_folder_that_cannot_be_written(
    feed_input: Input, publisher: Publisher, small_disk: type[SmallDisk], where: str
) -> None:
    feed_input.checkpoints.mkdir(parents=True, exist_ok=True)
    with small_disk(feed_input.lookups if where == "lookups" else feed_input.checkpoints, 512) as disk:
        assert run(feed_input, publisher, 1)["status"] == "ok"
        disk.read_only()
        publisher.answers("/list", ok(a_list(2)))
        status = feed_input.run("some_list", publisher.url("/list"))
        assert (status["status"], status["reason"]) == ("failed", "publish")
        assert "Read-only file system" in status["message"]
        assert generations_in(feed_input) == both(1)


def test_a_staging_folder_of_splunkd_that_is_full(feed_input: Input, publisher: Publisher, small_disk: type[SmallDisk]) -> None:
    staging = feed_input.splunkd.home / "var" / "run" / "splunk" / "lookup_tmp"
    with feed_input.splunkd.rest("captain") as rest:
        assert captain_runs(feed_input, publisher, rest, 1)["status"] == "ok"
        with small_disk(staging, 8):
            status = captain_runs(feed_input, publisher, rest, 2)
            assert (status["status"], status["reason"]) == ("failed", "publish")
            assert generations_in(feed_input) == both(1)
            assert list(staging.iterdir()) == []
        assert captain_runs(feed_input, publisher, rest, 3)["status"] == "ok"
        assert generations_in(feed_input) == both(3)


def captain_runs(feed_input: Input, publisher: Publisher, rest: Rest, generation: int) -> dict[str, Any]:
    publisher.answers("/list", ok(a_list(generation)))
    return feed_input.run("some_list", publisher.url("/list"), rest=rest)


@pytest.mark.skipif(not hasattr(resource, "prlimit"), reason="this system cannot limit a running process")
@pytest.mark.parametrize("limit", [0, 300, 4000, 19_500, 1_000_000])
def test_a_process_whose_files_may_not_grow(feed_input: Input, publisher: Publisher, limit: int) -> None:
    """Not at all; a checkpoint by half; a lookup by half; the feed's own lookup, but not the compiled one; enough for all."""
    assert run(feed_input, publisher, 1)["status"] == "ok"
    own, compiled = ((feed_input.lookups / name).stat().st_size for name in reversed(DATA))
    assert 4000 < own < 19_500 < compiled < 1_000_000
    publisher.answers("/list", ok(a_list(2)))
    params = {"url": publisher.url("/list"), "keep_reserved": "true"}
    with feed_input.splunkd.rest() as rest:
        process = feed_input.splunkd.start_input(feed_input.app, "intel_feed", "some_list", params, rest=rest)
        resource.prlimit(process.process.pid, resource.RLIMIT_FSIZE, (limit, limit))
        status = feed_input.read(process.wait())
    assert (status["status"], status.get("reason", "")) == (("ok", "") if limit == 1_000_000 else ("failed", "publish"))
    expected = both(1) if limit < 19_500 else {**both(1), DATA[1]: {b"02"}} if limit == 19_500 else both(2)
    assert generations_in(feed_input) == expected
    assert is_left_over(feed_input) == []
    assert run(feed_input, publisher, 3)["status"] == "ok"
    assert generations_in(feed_input) == both(3)
