"""Lists that lie on this host, through the real input: below $SPLUNK_HOME, and all files of a folder as one list."""

from __future__ import annotations

import gzip
import os
from pathlib import Path

import pytest

from tests.feeds.conftest import Input

HEADER = b"indicator,category,confidence,description,first_seen,last_seen\n"


@pytest.fixture
def folder(feed_input: Input) -> Path:
    """A folder below $SPLUNK_HOME, empty."""
    folder = feed_input.splunkd.home / "lists"
    if folder.exists():
        for path in sorted(folder.rglob("*"), reverse=True):
            path.rmdir() if path.is_dir() and not path.is_symlink() else path.unlink()
    folder.mkdir(exist_ok=True)
    return folder


def listed(feed_input: Input) -> list[str]:
    lines = (feed_input.lookup("intel_feed_some_list.csv") or HEADER).splitlines()[1:]
    return [line.split(b",")[0].strip(b'"').decode() for line in lines]


@pytest.mark.parametrize("url", ["$SPLUNK_HOME/lists/list.txt", "file:///$SPLUNK_HOME/lists/list.txt", "{home}/lists/list.txt"])
def test_a_file_below_splunk_home_is_found_however_it_is_written(feed_input: Input, folder: Path, url: str) -> None:
    (folder / "list.txt").write_bytes(b"192.0.2.7\n")
    status = feed_input.run("some_list", url.format(home=feed_input.splunkd.home))

    assert (status["status"], listed(feed_input)) == ("ok", ["192.0.2.7"])


@pytest.mark.parametrize("url", ["$SPLUNK_HOME/lists", "$SPLUNK_HOME/lists/", "file:///$SPLUNK_HOME/lists"])
def test_the_files_of_a_folder_are_one_list_and_what_is_still_written_is_none_of_it(
    feed_input: Input, folder: Path, url: str
) -> None:
    (folder / "b.txt").write_bytes(b"192.0.2.7\n198.51.100.1\n")
    (folder / "a.txt.gz").write_bytes(gzip.compress(b"192.0.2.7\n203.0.113.5\n"))
    (folder / ".c.txt").write_bytes(b"192.0.2.100\n")
    (folder / "d.txt.tmp").write_bytes(b"192.0.2.101\n")
    (folder / "older").mkdir()
    (folder / "older/e.txt").write_bytes(b"192.0.2.102\n")
    status = feed_input.run("some_list", url)

    assert (status["status"], status["listed"], status["kept"], status["duplicates"]) == ("ok", 4, 3, 1)
    assert listed(feed_input) == ["192.0.2.7", "198.51.100.1", "203.0.113.5"]
    assert feed_input.run("some_list", url)["reason"] == "same_content"


def test_a_file_that_comes_or_goes_changes_the_list_and_one_that_is_renamed_does_not(feed_input: Input, folder: Path) -> None:
    (folder / "a.txt").write_bytes(b"192.0.2.7\n")
    feed_input.run("some_list", str(folder))
    (folder / "b.txt").write_bytes(b"192.0.2.8\n")
    came = feed_input.run("some_list", str(folder))
    before = feed_input.generation()
    os.replace(folder / "a.txt", folder / "z.txt")
    renamed = feed_input.run("some_list", str(folder))
    after = feed_input.generation()
    (folder / "z.txt").unlink()
    gone = feed_input.run("some_list", str(folder))

    assert (came["added"], came["removed"]) == (1, 0)
    assert (renamed["status"], renamed["reason"], after == before) == ("unchanged", "same_content", True)
    assert (gone["added"], gone["removed"], listed(feed_input)) == (0, 1, ["192.0.2.8"])


def test_an_empty_folder_is_perhaps_a_disk_that_is_not_there_so_the_last_list_stays(feed_input: Input, folder: Path) -> None:
    (folder / "a.txt").write_bytes(b"192.0.2.7\n")
    feed_input.run("some_list", str(folder))
    before = feed_input.generation()
    (folder / "a.txt").unlink()
    status = feed_input.run("some_list", str(folder), min_entries=0)

    assert (status["status"], status["reason"]) == ("failed", "not_found")
    assert "no file in the folder" in status["message"]
    assert feed_input.generation() == before


def test_one_file_of_a_folder_that_cannot_be_read_fails_the_whole_for_half_a_list_would_be_a_shrunk_one(
    feed_input: Input, folder: Path
) -> None:
    (folder / "a.txt").write_bytes(b"192.0.2.7\n")
    os.mkfifo(folder / "b.txt")
    status = feed_input.run("some_list", str(folder))

    assert (status["status"], status["reason"]) == ("failed", "denied")
    assert "no regular file" in status["message"]


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "packed"])
def test_the_largest_size_is_that_of_all_files_of_a_folder_together(feed_input: Input, folder: Path, packed: bool) -> None:
    line = b"192.0.2.7\n"
    for name in ("a", "b", "c"):
        body = line * 40_000  # 0.4 MB
        (folder / name).write_bytes(gzip.compress(body) if packed else body)
    status = feed_input.run("some_list", str(folder), max_megabytes=1)

    assert (status["status"], status["reason"]) == ("failed", "too_large")
    assert "together larger than max_megabytes = 1" in status["message"]
    assert feed_input.run("some_list", str(folder), max_megabytes=2)["status"] == "ok"


def test_a_folder_of_thousands_of_files_is_no_list(feed_input: Input, folder: Path) -> None:
    for number in range(1001):
        (folder / f"{number}.txt").touch()
    status = feed_input.run_here("some_list", str(folder))

    assert (status["status"], status["reason"]) == ("failed", "too_large")


def test_a_folder_is_looked_at_when_the_stanza_is_saved(feed_input: Input, folder: Path) -> None:
    def saved() -> str | None:
        return feed_input.splunkd.validate(feed_input.app, "intel_feed", "some_list", {"url": "$SPLUNK_HOME/lists"}).error

    (folder / "a.txt").write_bytes(b"8.8.4.4\n")
    assert saved() is None
    (folder / "b.txt").write_bytes(b"<html><body>Log in</body></html>\n")
    error = saved()
    assert error is not None
    assert "would be refused (html)" in error


def test_certificates_below_splunk_home_are_found_and_a_path_that_only_looks_so_is_refused(feed_input: Input) -> None:
    status = feed_input.run_here("some_list", "https://127.0.0.1:9/x", ca_bundle="$SPLUNK_HOME/no/such.pem")
    assert "ca_bundle '$SPLUNK_HOME/no/such.pem' cannot be used (FileNotFoundError)" in status["message"]
    status = feed_input.run("some_list", "https://127.0.0.1:9/x", ca_bundle="$SPLUNK_HOMES/such.pem")
    assert (status["reason"], "ca_bundle" in status["message"]) == ("configuration", True)
