"""The set-up on a new machine: what make offers, and what it says where something is missing."""

from __future__ import annotations

import os
import re
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from tests.app.shipped import ROOT

ENVIRONMENT = ROOT / "scripts/environment"


def set_up(python: str, folder: Path) -> subprocess.CompletedProcess[str]:
    # Without what `make test-both` sets for Pythons that have no pip.
    environment = {name: value for name, value in os.environ.items() if name != "PIP_FROM"}
    command = [str(ENVIRONMENT), python, str(folder), "requirements/dev.txt"]
    return subprocess.run(command, cwd=folder.parent, env=environment, capture_output=True, text=True)


def program(path: Path, text: str) -> str:
    path.write_text(text, encoding="utf-8")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return str(path)


def test_make_alone_lists_the_targets_with_what_they_do() -> None:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    shown = subprocess.run(["make"], cwd=ROOT, env=clean, capture_output=True, text=True)
    targets = dict(re.findall(r"(?m)^  make (\S+)\s+(\S.*)$", shown.stdout))

    assert {"demo", "test", "test-both", "lint", "package", "vet", "clean"} <= set(targets)
    assert shown.stderr == ""


def test_a_missing_python_is_one_sentence_with_the_way_out(tmp_path: Path) -> None:
    done = set_up("no-such-python", tmp_path / "environment")

    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr == "No 'no-such-python' here. Install Python 3.9 or newer, or name one: make PYTHON=/path/to/python3 ...\n"


def test_a_python_that_is_too_old_is_named_with_its_version(tmp_path: Path) -> None:
    old = program(tmp_path / "old", '#!/bin/sh\n[ "$1" = -V ] && echo "Python 3.8.18"\nexit 0\n')
    done = set_up(old, tmp_path / "environment")

    assert done.returncode == 1
    assert done.stderr == f"'{old}' is Python 3.8.18; 3.9 or newer is needed. Name one: make PYTHON=/path/to/python3 ...\n"


def test_a_python_without_virtual_environments_says_what_to_install(tmp_path: Path) -> None:
    # As Debian's python3 is without python3-venv: everything works but the import of ensurepip.
    real = tmp_path / "real"
    program(real, f'#!/bin/sh\ncase "$*" in *ensurepip*) exit 1;; esac\nexec "{sys.executable}" "$@"\n')
    bare = program(tmp_path / "bare", f'#!/bin/sh\ncase "$*" in *realpath*) echo {real}; exit;; esac\nexec {real} "$@"\n')
    done = set_up(bare, tmp_path / "environment")

    assert done.returncode == 1
    assert done.stderr.endswith("cannot make virtual environments. On Debian or Ubuntu: apt-get install python3-venv\n")
    assert "Traceback" not in done.stderr


def test_makes_that_set_up_the_same_folder_at_once_do_it_once_and_all_find_it_ready(tmp_path: Path) -> None:
    """One clears the folder first; without a lock it would take it from under the feet of the other."""
    pytest.importorskip("ensurepip", reason="this Python has no ensurepip (Debian: apt-get install python3-venv)")
    (tmp_path / "none.txt").write_text("# nothing\n", encoding="utf-8")
    folder = tmp_path / "environment"
    # What each finds when it is done: an environment whose Python starts, or the sentence would not be printed.
    script = f'"{ENVIRONMENT}" "{sys.executable}" environment none.txt && environment/bin/python -c "print(\'it starts\')"'
    clean = {name: value for name, value in os.environ.items() if name not in ("PIP_FROM", "SET_UP_LOCKED")}
    running = [
        subprocess.Popen(["sh", "-c", script], cwd=tmp_path, env=clean, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    told = [process.communicate() for process in running]

    assert [process.returncode for process in running] == [0, 0, 0], told
    assert [stderr for _, stderr in told] == ["", "", ""]
    assert sum(stdout.count("Setting up (once)") for stdout, _ in told) == 1
    assert [stdout.splitlines()[-1] for stdout, _ in told] == ["it starts"] * 3
    assert (folder / "ready").is_file()
