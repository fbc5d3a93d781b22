"""What the tests of this folder share: the package as it is delivered, and places to install it in."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.deployment.machines import ROOT, VERSIONS, find_python

APP = "TA-maliciouscaller"


def build(out: Path, python: str = sys.executable) -> Path:
    """The package of this work tree, built by that Python into the folder `out`."""
    environment = {**os.environ, "SOURCE_DATE_EPOCH": "1700000000"}
    command = [python, str(ROOT / "scripts/package.py"), str(out)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    (package,) = out.glob("*.tar.gz")
    return package


@pytest.fixture(scope="session")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package of this work tree."""
    if not (ROOT / "lib/.vendored").is_file():
        pytest.skip("no vendored libraries: run make vendor")
    return build(tmp_path_factory.mktemp("dist"))


@pytest.fixture(scope="session")
def unpacked(package: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The app's folder as an administrator has it after unpacking."""
    folder = tmp_path_factory.mktemp("unpacked")
    subprocess.run(["tar", "-xzf", str(package), "-C", str(folder)], check=True)
    return folder / APP


@pytest.fixture(scope="module")
def open_folder() -> Iterator[Path]:
    """A folder that other users can look into, which pytest's own are not."""
    folder = Path(tempfile.mkdtemp(prefix="maliciouscaller-"))
    folder.chmod(0o755)
    yield folder
    for path in folder.rglob("*"):
        if path.is_dir():
            path.chmod(0o755)
    shutil.rmtree(folder)


@pytest.fixture(scope="module", params=VERSIONS)
def python(request: pytest.FixtureRequest) -> str:
    """Each Python that Splunk brings, where this machine has it."""
    return find_python(str(request.param))
