"""What a process of the command loads: for a search, nothing that only the SDK's REST client needs."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from .conftest import Command

# What only the real ones import tells whether they are loaded.
MARKS = ["_ssl", "importlib.metadata._adapters", "_hashlib"]


def printed(command: Command, program: str) -> str:
    """What a Python prints that begins as the command does and goes on with `program`."""
    folder = Path(command.app) / "bin"
    begin = f"import runpy, sys; sys.path.insert(0, {str(folder)!r}); runpy.run_path({str(folder / 'maliciouscaller.py')!r})\n"
    done = subprocess.run([command.splunkd.python, "-c", begin + program], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_the_command_starts_without_what_it_never_uses(command: Command) -> None:
    asked = f"import callerintel.search.chunk; print([name for name in {MARKS!r} if name in sys.modules])"
    assert printed(command, asked) == "[]"


@pytest.mark.parametrize(
    ("program", "expected"),
    [
        ("from splunklib import binding; print(binding.ssl.CERT_REQUIRED.name)", "CERT_REQUIRED"),
        ("from ssl import SSLContext; print(SSLContext.__module__)", "ssl"),
        ("import importlib.metadata; print(importlib.metadata.PackageNotFoundError.__name__)", "PackageNotFoundError"),
        ("import gzip; print(gzip.decompress(gzip.compress(b'whole')).decode())", "whole"),
        ("import ssl; ssl.OP_ALL; from splunklib import binding; print(binding.ssl.SSLContext is ssl.SSLContext)", "True"),
    ],
)
def test_whatever_is_asked_of_them_is_answered(command: Command, program: str, expected: str) -> None:
    """Should the SDK come to use them, it finds them as they are."""
    assert printed(command, program) == expected
