"""An indexer's copy of the add-on: what is in it, and that the command needs nothing else there.

The bundle is cut from the packed add-on by Splunk's rules and ours (tests/splunkd/bundle) and is read-only; the command's process is a
user without rights, gets no session key and no REST, and works elsewhere, in an ASCII locale.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from callerintel.search.options import OPTION_NAMES
from tests.deployment.machines import BareSplunkd, Site
from tests.deployment.traffic import SEARCHES, events, events_for, files_below
from tests.splunkd import SearchResult, Splunkd
from tests.splunkd.getinfo import run_request

MOST_CODE_BYTES = 2_000_000
LOOKUPS = {"malicious_ips.csv", "aws_ip_ranges.csv", "caller_baseline.csv", "caller_allowlist.csv"}


@pytest.fixture(scope="module")
def head(unpacked: Path, tmp_path_factory: pytest.TempPathFactory) -> Site:
    """A search head, with lookups and some of what else a search head has in the app's folder."""
    site = Site(Splunkd(tmp_path_factory.mktemp("head")), unpacked)
    (site.lookups / "intel_feed_tor.csv").write_text("indicator\n192.0.2.1\n", encoding="utf-8")
    (site.lookups / "malicious_ips.csv.tmp").write_text("half of a", encoding="utf-8")
    (site.app / "local").mkdir()
    (site.app / "local/inputs.conf").write_text("[intel_feed://own]\nurl = https://example.org/list\n", encoding="utf-8")
    (site.app / "local/passwords.conf").write_text("[credential:x:y:]\npassword = $7$...\n", encoding="utf-8")
    (site.app / "local/macros.conf").write_text("[cloudtrail_index]\ndefinition = index=aws\n", encoding="utf-8")
    (site.app / "metadata/local.meta").write_text("[macros]\nversion = 10\n", encoding="utf-8")
    (site.app / "bin/__pycache__").mkdir()
    (site.app / "bin/__pycache__/x.cpython-39.pyc").write_bytes(b"\0")
    return site


def replies(result: SearchResult) -> list[tuple[dict[str, Any], bytes]]:
    """What went back to splunkd, byte for byte."""
    assert (result.error, result.exit_status, result.stderr) == (None, 0, "")
    return [(metadata, body) for metadata, body in result.replies]


def test_the_searches_of_these_tests_use_every_option() -> None:
    assert {word.partition("=")[0] for words in SEARCHES for word in words.split()} == set(OPTION_NAMES)


def test_the_bundle_has_the_command_and_its_lookups_and_nothing_else(head: Site) -> None:
    files = list(files_below(head.peer()))
    code = [name for name in files if name.startswith("bin/") and not name.startswith("bin/lib/")]

    assert {name for name in files if not name.startswith(("bin/", "lookups/"))} == {
        *(f"default/{name}.conf" for name in ("app", "commands", "eventtypes", "macros", "props", "tags", "transforms")),
        *("local/macros.conf", "metadata/default.meta", "metadata/local.meta"),
    }
    assert {name for name in files if name.startswith("lookups/")} == {f"lookups/{name}" for name in LOOKUPS}
    assert {name for name in code if not name.startswith("bin/callerintel/")} == {
        "bin/half_bytecode.py",
        "bin/maliciouscaller.py",
    }
    assert [name for name in code if "feed" in name] == []
    assert {name.split("/")[2] for name in files if name.startswith("bin/lib/") and ".dist-info" not in name} == {"splunklib"}


def test_the_code_in_the_bundle_is_under_two_megabytes(head: Site, record_property: Any) -> None:
    peer = head.peer()
    sizes = {name: (peer / name).stat().st_size for name in files_below(peer) if not name.startswith("lookups/")}
    own = sum(size for name, size in sizes.items() if not name.startswith("bin/lib/"))
    total = sum(sizes.values())

    record_property(
        "told", f"knowledge bundle: {len(sizes)} files, {total / 1e6:.2f} MB without lookups, {own / 1e6:.2f} MB of them ours"
    )
    assert total < MOST_CODE_BYTES


@pytest.fixture(scope="module")
def answers_of_the_head(head: Site) -> dict[str, list[tuple[dict[str, Any], bytes]]]:
    """What the command answers on the search head, under the Python that runs the tests."""
    return {
        words: replies(head.splunkd.search(head.app, "maliciouscaller", words, events_for(words), chunk_rows=50, parse_phase=0))
        for words in SEARCHES
    }


@pytest.fixture(scope="module")
def bare(unpacked: Path, open_folder: Path, python: str) -> Site:
    """The same site, of another Python, whose search processes get nothing."""
    return Site(BareSplunkd(open_folder / Path(python).name, python), unpacked)


@pytest.fixture(scope="module")
def peer(bare: Site) -> Path:
    return bare.peer()


@pytest.mark.parametrize("words", SEARCHES)
def test_an_indexer_that_gives_nothing_answers_the_same_bytes(
    bare: Site, peer: Path, answers_of_the_head: dict[str, list[tuple[dict[str, Any], bytes]]], words: str
) -> None:
    result = bare.splunkd.search(peer, "maliciouscaller", words, events_for(words), chunk_rows=50, parse_phase=int(not words))

    assert replies(result) == answers_of_the_head[words]
    assert b"/dispatch/remote_sh1_" in result.requests[0]


def test_the_command_reads_its_own_files_and_does_nothing_else(bare: Site, peer: Path, open_folder: Path) -> None:
    """As the interpreter's audit says; what Python reads of itself and its attempts to cache are not the command's."""
    splunkd = bare.splunkd
    assert isinstance(splunkd, BareSplunkd)
    reports = open_folder / f"reports-{Path(splunkd.python).name}"
    reports.mkdir()
    reports.chmod(0o777)
    splunkd.report = reports / "report"
    try:
        result = splunkd.search(peer, "maliciouscaller", "", events(), parse_phase=0)
    finally:
        noted, splunkd.report = splunkd.report, None
    did = [json.loads(line) for line in noted.read_text(encoding="utf-8").splitlines()]
    folders = folders_of(splunkd.python)
    own = [entry for entry in did if not entry[1:2] or not ("__pycache__" in entry[1] or entry[1].startswith(folders))]

    assert (result.error, result.stderr, len(result.events)) == (None, "", len(events()))
    assert {entry[0] for entry in own} == {"read"}
    assert {Path(path).relative_to(peer).parts[0] for _, path in own} == {"bin", "lookups"}
    assert {Path(path).name for _, path in own if "/lookups/" in path} == LOOKUPS


def folders_of(python: str) -> tuple[str, ...]:
    """Where the interpreter and its library are."""
    code = "import sys; print(sys.base_prefix, *sys.path, sep='\\n')"
    said = subprocess.run([python, "-I", "-c", code], capture_output=True, text=True, check=True).stdout
    return tuple(said.split())


def test_a_generation_that_arrives_during_a_search_changes_nothing_for_it(unpacked: Path, open_folder: Path, python: str) -> None:
    bare = Site(BareSplunkd(open_folder / f"moving-{Path(python).name}", python), unpacked)
    first = bare.peer()
    info = run_request(bare.splunkd.search_info(first, "maliciouscaller"))
    body = b'"sourceIPAddress","_chunked_idx"\n"203.0.113.77",0\n'
    with bare.splunkd.conversation(first, "maliciouscaller") as talk:
        talk.send(info)
        assert talk.receive() is not None
        talk.send({"action": "execute", "finished": False}, body)
        before = talk.receive()
        bare.listed(("203.0.113.77/32", "new_list", "tor", "99"))
        second = bare.peer()
        talk.send({"action": "execute", "finished": False}, body)
        between = talk.receive()
        remove(first.parent.parent)  # splunkd reaps what it takes for unused [platform 2.4]
        talk.send({"action": "execute", "finished": True}, body)
        after = talk.receive()
        assert talk.finish()[:2] == (0, "")
    unchanged = (bare.app / "bin/maliciouscaller.py", second / "bin/maliciouscaller.py")
    found = bare.splunkd.search(second, "maliciouscaller", events=[{"sourceIPAddress": "203.0.113.77"}], parse_phase=0)

    assert before and between and after
    assert before.body == between.body == after.body
    assert b"new_list" not in before.body
    assert found.events[0]["intel_feed"] == "new_list"
    assert unchanged[0].read_bytes() == unchanged[1].read_bytes()


def remove(folder: Path) -> None:
    for path in [folder, *folder.rglob("*")]:
        if path.is_dir():
            path.chmod(0o755)
    shutil.rmtree(folder)


def test_unchanged_files_of_two_generations_are_one_file_and_stay_so(bare: Site) -> None:
    first = bare.peer()
    bare.listed(("203.0.113.78/32", "other_list", "tor", "99"))
    second = bare.peer()
    for place in (first, second):
        bare.splunkd.search(place, "maliciouscaller", events=events(9), parse_phase=0)

    assert (first / "lookups/caller_baseline.csv").samefile(second / "lookups/caller_baseline.csv")
    assert not (first / "lookups/malicious_ips.csv").samefile(second / "lookups/malicious_ips.csv")
    assert list(first.rglob("*.pyc")) == []


def test_a_lookup_that_the_admin_keeps_out_for_its_size_is_told_once_and_costs_no_event(
    unpacked: Path, open_folder: Path, python: str
) -> None:
    site = Site(BareSplunkd(open_folder / f"limited-{Path(python).name}", python), unpacked)
    limits = site.splunkd.home / "etc/system/local/distsearch.conf"
    limits.parent.mkdir(parents=True)
    limits.write_text("[replicationSettings]\nexcludeReplicatedLookupSize = 1\n", encoding="utf-8")
    site.write("malicious_ips", ([f"4{n:08x}", "", "", "big", "tor", "50", "x" * 100, "", ""] for n in range(10_000)))
    assert (site.lookups / "malicious_ips.csv").stat().st_size > 1 << 20
    peer = site.peer()
    result = site.splunkd.search(peer, "maliciouscaller", events=events(), chunk_rows=10)

    assert not (peer / "lookups/malicious_ips.csv").exists()
    assert (result.error, len(result.events)) == (None, len(events()))
    ((level, sentence),) = result.messages
    assert level == "WARN"
    assert sentence.startswith("The lookup malicious_ips.csv is missing: no event can match a threat list")
    assert {event.get("intel_match") for event in result.events} == {None}
    assert {event.get("caller") for event in result.events} > {"arn:aws:iam::111122223333:user/alice"}
