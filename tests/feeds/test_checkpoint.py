"""The memory of a feed: kept whole, and never needed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from callerintel.feeds.checkpoint import Checkpoint, checkpoint_path, read_checkpoint, write_checkpoint

KNOWN = Checkpoint(
    fingerprint="a", format="plain", conditions={"If-None-Match": '"x"'}, lookup=[1, 2], written=3.5, kept=4, serial=5
)


def test_what_is_written_is_what_is_read(tmp_path: Path) -> None:
    path = checkpoint_path(tmp_path / "new", "some_list")
    write_checkpoint(path, KNOWN)
    assert read_checkpoint(path) == KNOWN
    assert [found.name for found in path.parent.iterdir()] == [path.name]


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '"x"', "\x00", "[" * 5000], ids=range(7))
def test_a_broken_file_is_an_empty_memory(tmp_path: Path, text: str) -> None:
    path = tmp_path / "feed_some_list.json"
    path.write_text(text)
    assert read_checkpoint(path) == Checkpoint()
    assert read_checkpoint(tmp_path / "missing") == Checkpoint()


def test_a_value_of_another_kind_is_left_out(tmp_path: Path) -> None:
    path = tmp_path / "feed_some_list.json"
    wrong = {"conditions": {"a": 1}, "lookup": "x", "written": True, "kept": "4", "end_mark": 1, "serial": "5", "unknown": 1}
    path.write_text(json.dumps({**wrong, "format": "plain"}))
    assert read_checkpoint(path) == Checkpoint(format="plain")
