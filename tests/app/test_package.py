"""The package holds the app and nothing else, is the same bytes each time, and both its programs run from it alone."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from tests.app.shipped import ROOT, conf
from tests.splunkd import Splunkd

APP = "TA-maliciouscaller"
SOURCES = (
    "app.manifest",
    "LICENSE",
    "appserver",
    "bin",
    "default",
    "lib",
    "lookups",
    "metadata",
    "README",
    "requirements",
    "scripts",
    "static",
)

pytestmark = pytest.mark.skipif(not (ROOT / "lib/.vendored").is_file(), reason="no vendored libraries: run make vendor")


def build(root: Path, out: Path, epoch: str = "1700000000") -> subprocess.CompletedProcess[str]:
    """Run the packaging script of the tree `root` into the folder `out`."""
    environment = {**os.environ, "SOURCE_DATE_EPOCH": epoch}
    return subprocess.run(
        [sys.executable, str(root / "scripts/package.py"), str(out)], env=environment, capture_output=True, text=True
    )


def package_in(out: Path) -> Path:
    version = conf("app.conf")["launcher"]["version"]
    return out / f"{APP}-{version}.tar.gz"


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package of this work tree."""
    out = tmp_path_factory.mktemp("dist")
    done = build(ROOT, out)
    assert done.returncode == 0, done.stderr
    return package_in(out)


@pytest.fixture(scope="module")
def entries(package: Path) -> list[tarfile.TarInfo]:
    with tarfile.open(package) as archive:
        return archive.getmembers()


@pytest.fixture(scope="module")
def unpacked(package: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The app's folder as an administrator has it after unpacking."""
    folder = tmp_path_factory.mktemp("unpacked")
    subprocess.run(["tar", "-xzf", str(package), "-C", str(folder)], check=True)
    return folder / APP


def copy_tree(target: Path) -> Path:
    """A copy of all that the package is made of."""
    target.mkdir()
    for name in SOURCES:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, target / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy2(source, target / name)
    return target


def test_the_archive_has_the_app_in_one_folder_with_these_parts(entries: list[tarfile.TarInfo]) -> None:
    paths = [entry.name.split("/") for entry in entries]

    assert {path[0] for path in paths} == {APP}
    assert {path[1] for path in paths if len(path) > 1} == {
        *("LICENSE", "README", "app.manifest", "appserver", "bin", "default", "lib", "lookups", "metadata", "static"),
    }


def test_nothing_that_vetting_refuses_or_only_developers_need_is_in_it(entries: list[tarfile.TarInfo]) -> None:
    parts = {part for entry in entries for part in entry.name.split("/")}

    assert [part for part in parts if part.startswith(".")] == []
    assert (
        parts & {"__pycache__", "tests", "demo", "scripts", "requirements", "local", "local.meta", "pyproject.toml", "Makefile"}
        == set()
    )
    assert [part for part in parts if part.endswith((".pyc", ".so", ".tmp", ".orig", "~"))] == []


def test_files_are_readable_by_all_and_executable_by_none(entries: list[tarfile.TarInfo]) -> None:
    assert {entry.mode for entry in entries if entry.isfile()} == {0o644}
    assert {entry.mode for entry in entries if entry.isdir()} == {0o755}
    assert [entry.name for entry in entries if not (entry.isfile() or entry.isdir())] == []
    assert {(entry.uid, entry.gid, entry.uname, entry.gname) for entry in entries} == {(0, 0, "", "")}


def test_no_lookup_that_the_programs_write_is_shipped(entries: list[tarfile.TarInfo]) -> None:
    lookups = [entry.name for entry in entries if entry.isfile() and entry.name.startswith(f"{APP}/lookups/")]

    assert lookups == [f"{APP}/lookups/intel_feed_catalog.csv"]


def test_every_tracked_file_of_the_app_is_in_it(entries: list[tarfile.TarInfo]) -> None:
    tops = ["bin", "default", "lookups", "metadata", "README", "static", "appserver"]
    if not shutil.which("git"):
        pytest.skip("no git on this machine")
    listed = subprocess.run(["git", "ls-files", *tops], cwd=ROOT, capture_output=True, text=True)
    if listed.returncode != 0 or not listed.stdout:
        pytest.skip("not a git work tree")
    packed = {entry.name for entry in entries}

    assert [path for path in listed.stdout.splitlines() if f"{APP}/{path}" not in packed and (ROOT / path).exists()] == []


def test_the_same_tree_gives_the_same_bytes_whatever_else_lies_in_it(package: Path, tmp_path: Path) -> None:
    tree = copy_tree(tmp_path / "tree")
    strays = (
        *("lookups/malicious_ips.csv", "lookups/intel_feed_x.csv", "local/inputs.conf", "metadata/local.meta"),
        *(
            "default/.app.conf.swp",
            "bin/__pycache__/x.cpython-39.pyc",
            "bin/callerintel/.DS_Store",
            "tests/test_x.py",
            "notes.txt",
        ),
    )
    for name in strays:
        (tree / name).parent.mkdir(parents=True, exist_ok=True)
        (tree / name).write_text("stray\n", encoding="utf-8")
    for path in tree.rglob("*.py"):
        path.chmod(0o700)
    done = build(tree, tmp_path / "dist")

    assert done.returncode == 0, done.stderr
    assert package_in(tmp_path / "dist").read_bytes() == package.read_bytes()


def test_every_file_has_the_time_of_the_release(entries: list[tarfile.TarInfo]) -> None:
    assert {entry.mtime for entry in entries} == {1700000000}


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        ("lib/idna/core.py", "idna/core.py was changed after it was unpacked."),
        ("README/inputs.conf.spec", "Nothing to pack for README/inputs.conf.spec"),
    ],
)
def test_no_package_is_built_of_a_tree_that_is_not_whole(tmp_path: Path, spoil: str, reason: str) -> None:
    tree = copy_tree(tmp_path / "tree")
    if spoil.endswith(".py"):
        (tree / spoil).write_text("# other\n", encoding="utf-8")
    else:
        (tree / spoil).unlink()
    done = build(tree, tmp_path / "dist")

    assert done.returncode == 1
    assert reason in done.stderr
    assert not (tmp_path / "dist").exists()


def test_the_list_of_libraries_names_each_with_version_and_licence(package: Path) -> None:
    bill = json.loads(package.with_name(package.name.replace(".tar.gz", ".cdx.json")).read_text(encoding="utf-8"))
    libraries = {library["name"]: library for library in bill["components"]}

    assert set(libraries) == {"certifi", "charset-normalizer", "idna", "requests", "splunk-sdk", "urllib3"}
    assert all(library["version"] and library["licenses"] for library in libraries.values())
    assert libraries["splunk-sdk"]["purl"] == "pkg:pypi/splunk-sdk@3.0.1"


def test_the_command_runs_from_the_package_on_a_search_head_and_on_an_indexer(unpacked: Path, tmp_path: Path) -> None:
    splunkd = Splunkd(tmp_path)
    app = splunkd.install(unpacked)
    event = {"sourceIPAddress": "192.0.2.1", "eventName": "ListBuckets", "_raw": "{}"}
    for place in (app, splunkd.indexer(app)):
        result = splunkd.search(place, "maliciouscaller", [], [event])

        assert (result.error, result.exit_status, result.stderr) == (None, 0, "")
        assert [found["eventName"] for found in result.events] == ["ListBuckets"]


def test_the_input_introduces_itself_from_the_package(unpacked: Path, tmp_path: Path) -> None:
    splunkd = Splunkd(tmp_path)
    app = splunkd.install(unpacked)

    assert splunkd.scheme(app, "intel_feed") is not None


def test_a_package_is_built_where_there_is_no_git(tmp_path: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if name != "SOURCE_DATE_EPOCH"}
    environment["PATH"] = str(tmp_path)
    command = [sys.executable, str(ROOT / "scripts/package.py"), str(tmp_path / "dist")]
    done = subprocess.run(command, env=environment, capture_output=True, text=True)

    assert (done.returncode, done.stderr) == (0, "")
    with tarfile.open(package_in(tmp_path / "dist")) as archive:
        assert {entry.mtime for entry in archive.getmembers()} == {
            int(max((ROOT / name).stat().st_mtime for name in packed(archive)))
        }


def packed(archive: tarfile.TarFile) -> list[str]:
    """The files of the tree that are in it: all but the list of libraries, which is made while packing."""
    names = [entry.name.partition("/")[2] for entry in archive.getmembers() if entry.isfile()]
    return [name for name in names if name != "README/libraries.cdx.json"]
