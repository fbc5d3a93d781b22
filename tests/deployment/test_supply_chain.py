"""Whatever comes from elsewhere is pinned by hash, fetched only by that hash, and held against it again before it is packed."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from tests.app.shipped import ROOT, load_script

LOCKS = sorted((ROOT / "requirements").glob("*.txt"))
HASH = re.compile(r"--hash=sha256:[0-9a-f]{64}")
FOLDERS = ("bin/lib", "lib")


def requirements(lock: Path) -> list[str]:
    """The requirements of a lock, each with all its lines as one."""
    text = re.sub(r"(?m)^\s*#.*\n", "", lock.read_text(encoding="utf-8")).replace("\\\n", " ")
    return [line.strip() for line in text.splitlines() if line.strip()]


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_every_requirement_is_one_release_with_its_hashes_from_nowhere_in_particular(lock: Path) -> None:
    found = requirements(lock)

    assert found
    for requirement in found:
        assert re.match(r"[A-Za-z0-9._-]+==[^\s;]+", requirement), requirement
        assert HASH.search(requirement), requirement
        assert HASH.sub("", requirement).count("--") == 0, f"an option: {requirement}"
        assert "://" not in requirement
        assert "@" not in requirement


@pytest.mark.parametrize("source", sorted((ROOT / "requirements").glob("*.in")), ids=lambda path: path.name)
def test_every_library_that_is_asked_for_is_locked(source: Path) -> None:
    wanted = {re.split(r"[<>=!;\s\[]", line)[0] for line in source.read_text().splitlines() if line and not line.startswith("#")}
    locked = {requirement.partition("==")[0] for requirement in requirements(source.with_suffix(".txt"))}

    assert wanted - {""} <= locked


def test_every_package_of_the_browser_tests_has_its_hash_and_an_exact_version() -> None:
    lock = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    asked = json.loads((ROOT / "package.json").read_text(encoding="utf-8"))
    packages = {name: package for name, package in lock.items() if name}

    assert packages
    assert [
        name for name, package in packages.items() if not re.match(r"sha(512|384|256)-\S{40,}", package.get("integrity", ""))
    ] == []
    assert [
        name for name, version in asked["devDependencies"].items() if not re.fullmatch(r"\d+\.\d+\.\d+[\w.-]*", version)
    ] == []
    assert "dependencies" not in asked, "nothing of it is shipped"


def test_nothing_is_fetched_but_by_its_hash() -> None:
    """Every call of pip that installs or downloads, every call of npm, in what make and the scripts run."""
    files = [
        ROOT / "Makefile",
        *(path for path in (ROOT / "scripts").iterdir() if path.is_file()),
        *(ROOT / "tests").rglob("*.py"),
    ]
    calls = []
    for path in files:
        if path == Path(__file__):
            continue
        text = path.read_text(encoding="utf-8").replace("\\\n", " ")
        calls += re.findall(r"(?m)^.*\bnpm (?:ci|i|install)\b.*$", text)
        calls += [line for line in re.findall(r'(?m)^.*\bpip"?,? "?(?:install|download)\b.*$', text) if "wheel/pip" not in line]
    hashed = [line for line in calls if "--require-hashes" in line or "npm ci --ignore-scripts" in line or "*options" in line]

    assert len(calls) >= 5
    assert [line for line in calls if line not in hashed] == []
    assert '"--require-hashes"' in (ROOT / "scripts/vendor.py").read_text(encoding="utf-8"), "what *options are"


@pytest.fixture(scope="module")
def vendor() -> ModuleType:
    return load_script("vendor")


@pytest.mark.skipif(not (ROOT / "lib/.vendored").is_file(), reason="no vendored libraries: run make vendor")
@pytest.mark.parametrize("folder", FOLDERS)
def test_a_byte_changed_in_any_vendored_file_is_seen(vendor: ModuleType, tmp_path: Path, folder: str) -> None:
    """`make package` stops at the first such sentence: tests/app/test_package.py shows it for one file."""
    copy = tmp_path / "lib"
    shutil.copytree(ROOT / folder, copy, ignore=shutil.ignore_patterns("__pycache__"))
    assert list(vendor.differences(copy)) == []
    files = [path for path in copy.rglob("*") if path.is_file() and path.name not in (".vendored", "RECORD")]
    for path in files:
        whole = path.read_bytes()
        path.write_bytes(bytes([whole[0] ^ 1]) + whole[1:] if whole else b"#")
        assert list(vendor.differences(copy)) == [f"{path.relative_to(copy).as_posix()} was changed after it was unpacked."]
        path.write_bytes(whole)

    assert len(files) > 10


@pytest.mark.skipif(not (ROOT / "lib/.vendored").is_file(), reason="no vendored libraries: run make vendor")
def test_the_list_of_libraries_in_the_package_is_that_of_the_locks(tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, str(ROOT / "scripts/package.py"), str(tmp_path)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    bill = json.loads(next(tmp_path.glob("*.cdx.json")).read_text(encoding="utf-8"))
    locked = {
        requirement.split()[0].replace("==", "@")
        for name in ("splunklib.txt", "vendor.txt")
        for requirement in requirements(ROOT / "requirements" / name)
    }

    assert {library["purl"] for library in bill["components"]} == {f"pkg:pypi/{name}" for name in locked}
    assert (bill["bomFormat"], bill["specVersion"]) == ("CycloneDX", "1.6")
