"""What a process of the command loads: nothing of the feeds half, and none of its libraries."""

from __future__ import annotations

import subprocess
import sys

import pytest

from .conftest import Command


def imported_by(command: Command) -> set[str]:
    """The modules that the running command imported, as the interpreter itself reports them."""
    script = command.app / "bin" / "maliciouscaller.py"
    request = b'{"action":"getinfo","preview":false,"searchinfo":{"args":[],"raw_args":[]}}'
    body = b"sourceIPAddress,userAgent,eventName\n203,curl,x\n"
    execute = b'{"action":"execute","finished":true}'
    frames = b"chunked 1.0,%d,0\n%schunked 1.0,%d,%d\n%s%s" % (len(request), request, len(execute), len(body), execute, body)
    environment = {**command.splunkd.environment(), "PYTHONPROFILEIMPORTTIME": "1"}

    done = subprocess.run(
        [sys.executable, str(script)], input=frames, capture_output=True, env=environment, cwd=script.parent, check=True
    )

    assert done.stdout.count(b"chunked 1.0,") == 2
    return {
        line.rpartition("|")[2].strip()
        for line in done.stderr.decode().splitlines()
        if "|" in line and "imported package" not in line
    }


def test_the_search_half_loads_nothing_of_the_feeds_half(command: Command) -> None:
    modules = imported_by(command)

    assert "callerintel.search.verdict" in modules
    assert "splunklib.searchcommands" in modules
    forbidden = ("requests", "netaddr", "urllib3", "certifi", "idna", "charset_normalizer", "callerintel.feeds")
    assert [name for name in modules if name.split(".")[0] in forbidden or name.startswith("callerintel.feeds")] == []


@pytest.mark.skipif(sys.version_info < (3, 10), reason="this Python cannot list its standard library")
def test_beyond_splunklib_only_the_standard_library_is_loaded(command: Command) -> None:
    """What the interpreter loads by itself at its start, as a site may make it do, is not ours. `copy` tries org.python (Jython)."""
    environment = {**command.splunkd.environment(), "PYTHONPROFILEIMPORTTIME": "1"}
    bare = subprocess.run([sys.executable, "-c", "pass"], capture_output=True, env=environment, check=True).stderr.decode()
    by_itself = {line.rpartition("|")[2].strip().split(".")[0] for line in bare.splitlines() if "|" in line}
    allowed = {"callerintel", "half_bytecode", "splunklib", "org"} | by_itself

    foreign = {name.split(".")[0] for name in imported_by(command)} - allowed - sys.stdlib_module_names

    assert {name for name in foreign if not name.startswith("_")} == set()
