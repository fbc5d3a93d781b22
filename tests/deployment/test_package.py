"""The package: the same bytes from either Python, its libraries and their licences listed in it, and both programs run from it alone."""

from __future__ import annotations

import json
import subprocess
import zlib
from pathlib import Path
from typing import Any

import pytest

from tests.deployment.conftest import build
from tests.deployment.machines import WATCHED, find_python
from tests.splunkd import Splunkd
from tests.splunkd.input_xml import write_input


@pytest.fixture(scope="module")
def site(unpacked: Path, python: str, tmp_path_factory: pytest.TempPathFactory) -> tuple[Splunkd, Path]:
    """The packed add-on in a Splunk that has this Python and nothing else."""
    splunkd = Splunkd(tmp_path_factory.mktemp("splunk"), python)
    return splunkd, splunkd.install(unpacked)


@pytest.mark.parametrize("version", ["3.9", "3.13"])
def test_the_package_is_the_same_bytes_whichever_python_builds_it(package: Path, version: str, tmp_path: Path) -> None:
    python = find_python(version)
    said = subprocess.run([python, "-c", "import zlib; print(zlib.ZLIB_RUNTIME_VERSION)"], capture_output=True, text=True)
    if said.stdout.strip() != zlib.ZLIB_RUNTIME_VERSION:
        pytest.skip(f"its zlib is {said.stdout.strip()}, ours {zlib.ZLIB_RUNTIME_VERSION}: these compress differently")

    assert build(tmp_path, python).read_bytes() == package.read_bytes()


def test_the_package_lists_its_libraries_as_the_file_beside_it_does(package: Path, unpacked: Path) -> None:
    inside = (unpacked / "README/libraries.cdx.json").read_bytes()
    (beside,) = package.parent.glob("*.cdx.json")

    assert inside == beside.read_bytes()
    assert json.loads(inside)["metadata"]["component"]["name"] == "TA-maliciouscaller"


def test_each_listed_library_is_in_the_package_with_the_text_of_its_licence(unpacked: Path) -> None:
    components = json.loads((unpacked / "README/libraries.cdx.json").read_text(encoding="utf-8"))["components"]
    folders = {path.name: path for place in ("bin/lib", "lib") for path in (unpacked / place).glob("*.dist-info")}
    listed = {f"{one['name'].replace('-', '_')}-{one['version']}.dist-info": licence_of(one) for one in components}

    assert set(listed) == set(folders)
    for name, licence in listed.items():
        texts = [path for path in folders[name].rglob("*") if path.name.upper().startswith("LICENSE")]
        assert texts and all(path.stat().st_size > 500 for path in texts), name
        assert licence in {"Apache-2.0", "BSD-3-Clause", "MIT", "MPL-2.0"}, name


def licence_of(component: dict[str, Any]) -> str:
    (licence,) = component["licenses"]
    return str(licence["license"]["id"])


@pytest.mark.parametrize("program", ["intel_feed", "maliciouscaller"])
def test_no_program_loads_a_library_from_outside_the_package(site: tuple[Splunkd, Path], tmp_path: Path, program: str) -> None:
    splunkd, app = site
    report = tmp_path / "report"
    given, libraries = {
        "intel_feed": (one_run(tmp_path), ("lib/requests/", "lib/urllib3/", "bin/lib/splunklib/")),
        "maliciouscaller": (one_search(), ("bin/lib/splunklib/",)),
    }[program]
    command = [splunkd.python, str(WATCHED), str(report), str(app / "bin" / f"{program}.py")]
    done = subprocess.run(command, input=given, env=splunkd.environment(), cwd=app / "bin", capture_output=True)
    entries = map(json.loads, report.read_text(encoding="utf-8").splitlines())
    read = [Path(entry[1]) for entry in entries if entry[0] == "read" and entry[1].endswith(".py")]

    assert done.returncode == 0, done.stderr
    assert [library for library in libraries if not any(app / library in path.parents for path in read)] == []
    assert [path for path in read if path.parent.name.endswith("-packages") or "-packages/" in str(path)] == []


def one_run(folder: Path) -> bytes:
    """What splunkd tells an input that asks a port where nobody listens."""
    server = {"server_host": "sh1", "server_uri": "", "session_key": "", "checkpoint_dir": str(folder)}
    params = {"url": "http://127.0.0.1:9/list", "timeout_seconds": "1", "keep_reserved": "true"}
    return write_input(server, "intel_feed://nowhere", "TA-maliciouscaller", params)


def one_search() -> bytes:
    """What splunkd tells a command while it parses a search."""
    request = b'{"action":"getinfo","preview":false,"searchinfo":{"args":[],"raw_args":[]}}'
    return b"chunked 1.0,%d,0\n%s" % (len(request), request)


def test_a_feed_runs_from_the_package_and_the_command_finds_what_it_listed(site: tuple[Splunkd, Path], tmp_path: Path) -> None:
    splunkd, app = site
    (tmp_path / "list.txt").write_text("203.0.113.0/25\n198.51.100.7\n", encoding="utf-8")
    params = {"url": str(tmp_path / "list.txt"), "keep_reserved": "true", "category": "c2"}
    ran = splunkd.run_input(app, "intel_feed", "own_list", params)
    status = json.loads(ran.events[0].data)
    result = splunkd.search(
        splunkd.indexer(app), "maliciouscaller", events=[{"sourceIPAddress": "203.0.113.9", "eventName": "x"}]
    )

    assert (ran.exit_status, status["status"], status["kept"]) == (0, "ok", 2)
    assert (result.error, result.stderr) == (None, "")
    assert result.events[0]["intel_feed"] == "own_list"
    assert result.events[0]["intel_category"] == "c2"
