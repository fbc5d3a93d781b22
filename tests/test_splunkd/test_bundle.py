"""Which files reach an indexer, and in what state."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.splunkd import Splunkd, SplunkdError
from tests.splunkd.bundle_rules import ALLOWLIST, DENYLIST, REPLICATED_CONFS, merge_rules, pattern_regex
from tests.splunkd.conf import parse_conf
from tests.test_splunkd.throwaway import DOUBLEAGE, make_app, shared_data


def test_the_default_rules_are_those_of_splunk() -> None:
    conf = parse_conf(shared_data("specs/10.2.3/default/distsearch.conf").read_text(encoding="utf-8"))
    assert conf["replicationAllowlist"] == ALLOWLIST
    assert conf["replicationDenylist"] == DENYLIST
    assert conf["replicationSettings:refineConf"] == {f"replicate.{name}": "true" for name in REPLICATED_CONFS}
    assert conf["replicationSettings"]["excludeReplicatedLookupSize"] == "0"


@pytest.mark.parametrize(
    "path, travels",
    [
        ("apps/a/bin/x.py", True),
        ("apps/a/bin/lib/pkg/mod.py", True),
        ("apps/a/bin/__pycache__/x.cpython-39.pyc", False),
        ("apps/a/lookups/x.csv", True),
        ("apps/a/lookups/x.csv.tmp", False),
        ("apps/a/lookups/x.csv.tmpl", True),
        ("apps/a/lookups/x.csv.index", False),
        ("apps/a/lookups/x.csv.index.alive", False),
        ("apps/a/lookups/x.csv.index.lock", False),
        ("apps/a/lookups/x.csv.index/0.tsidx", False),
        ("apps/a/lookups/deep/x.csv.tmp", True),
        ("apps/a/lib/requests/api.py", False),
        ("apps/a/appserver/static/x.js", False),
        ("apps/a/README/inputs.conf.spec", False),
        ("apps/a/static/appIcon.png", False),
        ("apps/a/app.manifest", False),
        ("apps/a/default/data/ui/views/x.xml", False),
        ("apps/a/default/commands.conf", True),
        ("apps/a/default/transforms.conf", True),
        ("apps/a/default/app.conf", True),
        ("apps/a/local/props.conf", True),
        ("apps/a/default/inputs.conf", False),
        ("apps/a/default/savedsearches.conf", False),
        ("apps/a/default/distsearch.conf", False),
        ("apps/a/default/server.conf", False),
        ("apps/a/local/passwords.conf", False),
        ("apps/a/metadata/default.meta", True),
        ("apps/sample_app/bin/x.py", False),
        ("apps/pdfserver/bin/x.py", False),
        ("users/_reserved/bob/a/lookups/x.csv", True),
        ("users/bob/a/metadata/local.meta", False),
    ],
)
def test_the_default_rules_decide_for_each_kind_of_file(path: str, travels: bool) -> None:
    assert merge_rules([]).travels(path) is travels


@pytest.mark.parametrize(
    "pattern, path, matches",
    [
        ("apps/a/lookups/x.csv", "apps/a/lookups/xxcsv", False),
        ("apps/*/x", "apps/a/b/x", False),
        ("apps/.../x", "apps/a/b/x", True),
        ("lookups/...", "apps/a/lookups/x.csv", False),
        ("apps[/\\\\]a[/\\\\]lookups[/\\\\]...", "apps/a/lookups/x.csv", True),
        ("apps/a/lookups/intel_feed_*.csv", "apps/a/lookups/intel_feed_tor.csv", True),
        ("apps/a/lookups/(x|y).csv$", "apps/a/lookups/y.csv", True),
        ("apps/a/lookups/(x|y).csv$", "apps/a/lookups/y.csv.gz", False),
        (r"apps/a/x\.csv", "apps/a/x.csv", True),
    ],
)
def test_a_pattern_is_a_regex_with_splunks_wildcards_from_the_start_of_the_path(pattern: str, path: str, matches: bool) -> None:
    assert bool(pattern_regex(pattern).match(path)) is matches


def test_deny_beats_allow_and_a_rule_for_one_file_beats_both() -> None:
    rules = merge_rules(
        [
            parse_conf("""
[replicationAllowlist]
a_lib = apps/a/lib/...
[replicationDenylist]
a_big = apps/a/(lib|lookups)/big...
[replicationSettings:fileSpecific]
apps/a/lookups/big1.csv = allow
apps/a/bin/secret.py = deny
[replicationSettings:refineConf]
replicate.inputs = true
[replicationSettings]
excludeReplicatedLookupSize = 1
""")
        ]
    )
    expected = {
        "apps/a/lib/x.py": True,
        "apps/a/lib/big.py": False,
        "apps/a/lookups/big2.csv": False,
        "apps/a/lookups/big1.csv": True,
        "apps/a/bin/secret.py": False,
        "apps/a/default/inputs.conf": True,
        "apps/b/lib/x.py": False,
    }
    assert {path: rules.travels(path) for path in expected} == expected
    assert rules.travels("apps/a/lookups/x.csv", 1 << 20) and not rules.travels("apps/a/lookups/x.csv", (1 << 20) + 1)


@pytest.fixture
def app_source(tmp_path: Path) -> Path:
    source = make_app(tmp_path / "source", doubleage=DOUBLEAGE)
    files = {
        "default/transforms.conf": "[one]\nfilename = one.csv\n[home]\nfilename = home.csv\nreplicate = false\n",
        "default/inputs.conf": "[x]\n",
        "default/distsearch.conf": "[replicationDenylist]\nthrowaway = apps/throwaway/lookups/denied.csv\n",
        "metadata/default.meta": "[]\naccess = read : [ * ]\n\n[savedsearches]\nexport = system\n\n[commands]\nexport = system\n",
        "lookups/one.csv": "a\n1\n",
        "lookups/home.csv": "a\n1\n",
        "lookups/denied.csv": "a\n1\n",
        "lib/requests/__init__.py": "",
        "bin/lib/splunklib/__init__.py": "",
        "bin/__pycache__/x.cpython-39.pyc": "",
        "README/inputs.conf.spec": "",
        "static/appIcon.png": "",
        "app.manifest": "{}",
        "tests/test_x.py": "",
        ".git/HEAD": "",
    }
    for name, text in files.items():
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        (source / name).write_text(text, encoding="utf-8")
    return source


def files_below(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_installing_copies_the_shipped_folders_and_no_others(tmp_path: Path, app_source: Path) -> None:
    app = Splunkd(tmp_path / "splunk").install(app_source)
    assert app == tmp_path / "splunk" / "etc" / "apps" / "throwaway"
    assert files_below(app) == files_below(app_source) - {"tests/test_x.py", ".git/HEAD", "bin/__pycache__/x.cpython-39.pyc"}


def test_the_indexer_has_the_bundle_and_nothing_else(tmp_path: Path, app_source: Path) -> None:
    splunkd = Splunkd(tmp_path / "splunk")
    on_indexer = splunkd.indexer(splunkd.install(app_source))
    assert files_below(on_indexer) == {
        "bin/doubleage.py",
        "bin/lib/splunklib/__init__.py",
        "default/app.conf",
        "default/commands.conf",
        "default/transforms.conf",
        "lookups/one.csv",
        "metadata/default.meta",
    }
    assert on_indexer.parts[-5:-2] == ("run", "searchpeers", on_indexer.parts[-3])
    assert (on_indexer / "metadata/default.meta").read_text() == "[]\naccess = read : [ * ]\n\n[commands]\nexport = system\n"
    assert all(path.stat().st_mode & 0o222 == 0 for path in on_indexer.rglob("*"))


def test_the_command_runs_on_the_indexer_with_that_machines_home(tmp_path: Path, app_source: Path) -> None:
    splunkd = Splunkd(tmp_path / "splunk")
    on_indexer = splunkd.indexer(splunkd.install(app_source))
    result = splunkd.search(on_indexer, "doubleage", events=[{"age": "4"}])
    assert (result.error, result.events) == (None, [{"age": "8"}])
    assert b"litsearch%20" in result.requests[0] and b"remote_sh1_" in result.requests[0]


def test_a_second_generation_links_what_did_not_change(tmp_path: Path, app_source: Path) -> None:
    splunkd = Splunkd(tmp_path / "splunk")
    app = splunkd.install(app_source)
    first = splunkd.indexer(app)
    (app / "lookups" / "one.csv").write_text("a\n2\n", encoding="utf-8")
    second = splunkd.indexer(app)
    assert first.parent.parent.name < second.parent.parent.name
    assert (first / "bin/doubleage.py").samefile(second / "bin/doubleage.py")
    assert (first / "lookups/one.csv").read_text() == "a\n1\n"
    assert (second / "lookups/one.csv").read_text() == "a\n2\n"


def test_a_command_that_writes_into_its_bundle_is_found_out(tmp_path: Path) -> None:
    splunkd = Splunkd(tmp_path / "splunk")
    bad = """
        import os, stat
        os.chmod("../bin", 0o755); open("left_behind", "w").close()
        read(); write({"type": "streaming"})
        for metadata, rows in iter(read, None): write({"finished": metadata["finished"]}, rows)
    """
    on_indexer = splunkd.indexer(splunkd.install(make_app(tmp_path / "source", bad=bad)))
    with pytest.raises(SplunkdError, match="changed files of its knowledge bundle"):
        splunkd.search(on_indexer, "bad", events=[{"a": "1"}])


def test_a_generation_is_newer_than_all_before_it_also_where_old_ones_are_gone(tmp_path: Path, app_source: Path) -> None:
    """A peer reaps what is no longer used: the number of folders says nothing."""
    splunkd = Splunkd(tmp_path)
    app = splunkd.install(app_source)
    first, second = splunkd.indexer(app), splunkd.indexer(app)
    for path in sorted(first.parents[1].rglob("*"), reverse=True):
        path.chmod(0o755)
        path.rmdir() if path.is_dir() else path.unlink()
    first.parents[1].rmdir()
    third = splunkd.indexer(app)

    epochs = [int(folder.parents[1].name.rpartition("-")[2]) for folder in (first, second, third)]
    assert epochs == sorted(set(epochs))
    assert second.is_dir(), "a running search still has it"
    linked = next(path for path in third.rglob("*.py"))
    assert linked.stat().st_ino == (second / linked.relative_to(third)).stat().st_ino
