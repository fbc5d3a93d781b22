"""bin/lib and lib hold what the locks say, in pure Python that 3.9 understands, each library where it belongs."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.app.shipped import ROOT

VENDOR = ROOT / "scripts/vendor.py"
FOLDERS = {"bin/lib": {"splunklib"}, "lib": {"certifi", "charset_normalizer", "idna", "requests", "urllib3"}}

pytestmark = pytest.mark.skipif(not (ROOT / "lib/.vendored").is_file(), reason="no vendored libraries: run make vendor")


def locked(name: str) -> set[str]:
    """The folder names that the locked releases have, such as `requests-2.32.5.dist-info`."""
    lock = (ROOT / "requirements" / name).read_text(encoding="utf-8")
    return {f"{name.replace('-', '_')}-{version}.dist-info" for name, version in re.findall(r"(?m)^([\w-]+)==(\S+)", lock)}


@pytest.mark.parametrize("folder", FOLDERS)
def test_each_library_is_in_the_folder_that_the_design_names_and_no_other_is(folder: str) -> None:
    lock = {"bin/lib": "splunklib.txt", "lib": "vendor.txt"}[folder]
    found = {path.name for path in (ROOT / folder).iterdir() if path.name not in {".vendored", "__pycache__"}}

    assert found == FOLDERS[folder] | locked(lock)


def test_each_vendored_file_is_what_its_wheel_recorded() -> None:
    check = subprocess.run([sys.executable, str(VENDOR), "--check"], capture_output=True, text=True)

    assert (check.returncode, check.stderr) == (0, "")


def test_there_is_no_compiled_file_and_nothing_that_needs_more_than_python_3_9() -> None:
    files = [path for folder in FOLDERS for path in (ROOT / folder).rglob("*") if "__pycache__" not in path.parts]

    assert [path for path in files if path.suffix in {".so", ".pyd", ".dll", ".dylib", ".exe"}] == []
    assert not (ROOT / "bin/lib/splunklib/ai").exists()


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (lambda lib: (lib / "idna/core.py").write_text("# other\n"), "idna/core.py was changed after it was unpacked."),
        (lambda lib: (lib / "certifi/cacert.pem").unlink(), "certifi/cacert.pem is missing."),
        (lambda lib: (lib / "extra.py").write_text(""), "extra.py belongs to no library."),
    ],
    ids=["changed", "missing", "added"],
)
def test_the_check_names_the_file_that_is_not_as_it_was_unpacked(tmp_path: Path, spoil, sentence: str) -> None:  # type: ignore[no-untyped-def]
    for name in ("scripts", "requirements", "bin/lib", "lib"):
        shutil.copytree(ROOT / name, tmp_path / name)
    subprocess.run([sys.executable, str(tmp_path / "scripts/vendor.py"), "--check"], check=True)
    spoil(tmp_path / "lib")
    check = subprocess.run([sys.executable, str(tmp_path / "scripts/vendor.py"), "--check"], capture_output=True, text=True)

    assert check.returncode == 1
    assert sentence in check.stderr
    assert "make vendor" in check.stderr
