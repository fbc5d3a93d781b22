"""What the tests of faults share: an installed app with a search that is open, one with an input, and a disk that is small."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.feeds.conftest import Input
from tests.feeds.server import Publisher
from tests.search.conftest import Command
from tests.splunkd import Conversation, Rest
from tests.splunkd.csv_dialect import write_body
from tests.splunkd.getinfo import run_request
from tests.splunkd.merge import merge_events, required_columns


class OpenSearch:
    """A search that is running: its process has answered getinfo. `ask` sends a chunk and returns its events as splunkd would have them."""

    def __init__(self, command: Command, arguments: str = "") -> None:
        self.talk: Conversation = command.splunkd.conversation(command.app, "maliciouscaller")
        self.messages: list[str] = []
        self.talk.send(run_request(command.splunkd.search_info(command.app, "maliciouscaller", arguments)))
        reply = self.talk.receive()
        assert reply is not None
        self.columns = required_columns(reply.metadata) or []

    def __enter__(self) -> OpenSearch:
        return self

    def __exit__(self, *_: object) -> None:
        self.talk.__exit__(None, None, None)

    def ask(self, events: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        self.talk.send({"action": "execute", "finished": False}, write_body(self.columns, events, chunked_index=True))
        reply = self.talk.receive()
        assert reply is not None and "error" not in reply.metadata, reply
        self.messages += [text for _, text in reply.metadata.get("inspector", {}).get("messages", [])]
        return merge_events(events, self.columns, reply.body)

    def end(self) -> None:
        """The end of the search, which must be a good one."""
        ended = self.talk.finish()
        assert (ended.exit_status, ended.stderr) == (0, "")


@pytest.fixture(scope="session")
def _command(tmp_path_factory: pytest.TempPathFactory) -> Command:
    return Command(tmp_path_factory.mktemp("splunk"))


@pytest.fixture
def command(_command: Command) -> Command:
    """The command with lookups that have a row each, of nobody's."""
    for path in _command.lookups.iterdir():
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    _command.listed(("192.0.2.255/32", "quiet", "other", "1"))
    _command.aws(("198.51.100.0/24", "EC2", "eu-west-1"))
    _command.usual(("nobody", "action", "none:None", 0))
    _command.allow()
    return _command


@pytest.fixture(scope="session")
def _input(tmp_path_factory: pytest.TempPathFactory) -> Input:
    return Input(tmp_path_factory.mktemp("splunk"))


@pytest.fixture
def feed_input(_input: Input) -> Input:
    """The installed app as it is after the installation."""
    _input.forget()
    return _input


@pytest.fixture
def publisher() -> Iterator[Publisher]:
    with Publisher() as running:
        yield running


@pytest.fixture
def rest(feed_input: Input) -> Iterator[Rest]:
    with feed_input.splunkd.rest() as running:
        yield running


class SmallDisk:
    """A file system of so many KiB in the place of a folder, whose files are copied into it. A context."""

    def __init__(self, folder: Path, kib: int, inodes: int = 0) -> None:
        self.folder = folder
        self._options = f"size={kib}k" + (f",nr_inodes={inodes}" if inodes else "")

    def __enter__(self) -> SmallDisk:
        files = {path.name: path.read_bytes() for path in self.folder.iterdir() if path.is_file()}
        done = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", self._options, "tmpfs", str(self.folder)], capture_output=True, text=True, check=False
        )
        if done.returncode:
            pytest.skip(f"no small file system can be mounted here: {done.stderr.strip()}")
        for name, data in files.items():
            (self.folder / name).write_bytes(data)
        return self

    def __exit__(self, *_: object) -> None:
        subprocess.run(["umount", "-l", str(self.folder)], check=True)

    def leave(self, kib: int) -> None:
        """Fill it with ballast until so many KiB are free."""
        status = shutil.disk_usage(self.folder)
        (self.folder / "ballast").write_bytes(bytes(max(0, status.free - kib * 1024)))

    def relieve(self) -> None:
        """Take the ballast out again."""
        (self.folder / "ballast").unlink()

    def read_only(self) -> None:
        """From now on nobody can write there."""
        subprocess.run(["mount", "-o", "remount,ro", str(self.folder)], check=True)


@pytest.fixture
def small_disk() -> type[SmallDisk]:
    if not shutil.which("mount"):
        pytest.skip("no small file system can be mounted here: there is no mount command")
    return SmallDisk
