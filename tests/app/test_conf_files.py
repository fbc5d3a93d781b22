"""The shipped configuration files say what the code does, in keys that Splunk knows."""

from __future__ import annotations

import configparser
import json
import re
import struct

import pytest

from callerintel import lookups
from tests.app.shipped import CONF_FILES, DEFAULT, ROOT, SPECS, Spec, conf, matches, parse_strictly, read_spec, settings
from tests.splunkd.bundle_rules import merge_rules, pattern_regex

APP = "TA-maliciouscaller"

# [platform 1.9]: splunkd reads only these of a chunked command; python.required since 10.2.
CHUNKED_KEYS = {
    "chunked",
    "filename",
    "is_risky",
    "maxchunksize",
    "maxwait",
    "python.required",
    "python.version",
    "run_in_preview",
}

# Refused by vetting, or none of an add-on's business [toolchain 1.3].
FORBIDDEN_FILES = {"limits.conf", "authorize.conf", "authentication.conf", "passwords.conf", "web.conf", "outputs.conf"}


@pytest.mark.parametrize(
    "text",
    ["[a]\nx = 1\nx = 2\n", "[a]\nx = 1\n[a]\ny = 2\n", "[a]\nno equals sign\n", "x = 1\n[a]\n", "[a]\nx = 1\n  y = 2\n"],
    ids=["key twice", "stanza twice", "neither", "outside", "indented"],
)
def test_the_strict_parser_refuses_what_splunk_would_silently_take(text: str) -> None:
    with pytest.raises((configparser.Error, ValueError)):
        parse_strictly(text)


@pytest.mark.parametrize("name", CONF_FILES)
def test_each_conf_file_has_each_stanza_and_each_key_once(name: str) -> None:
    assert conf(name)


@pytest.mark.skipif(not SPECS.is_dir(), reason="Splunk's spec files are not here (TA_SHARED_DATA)")
@pytest.mark.parametrize("name", CONF_FILES)
def test_splunk_knows_each_stanza_and_key(name: str) -> None:
    splunks, own = SPECS / f"{name}.spec", ROOT / "README" / f"{name}.spec"
    spec = read_spec(splunks) if splunks.is_file() else Spec([], {})
    if own.is_file():
        spec.stanzas.update(read_spec(own).stanzas)
    unknown = [f"[{stanza}] {key}" for stanza, keys in conf(name).items() for key in keys if not is_known(spec, stanza, key)]

    assert unknown == []


def is_known(spec: Spec, stanza: str, key: str) -> bool:
    keys = spec.keys_of(stanza)
    if "intel_feed://<name>" in spec.stanzas and stanza.startswith("intel_feed"):
        # [intel_feed] gives what all its stanzas have; splunkd's own keys of any input are listed under other inputs.
        keys = [*spec.stanzas["intel_feed://<name>"], *spec.common, "interval", "index", "sourcetype", "disabled"]
    return keys is not None and any(matches(known, key) for known in keys)


def test_nothing_is_shipped_that_vetting_refuses_or_that_is_somebody_elses() -> None:
    assert set(CONF_FILES) & FORBIDDEN_FILES == set()
    assert not (ROOT / "local").exists()
    assert not (ROOT / "metadata" / "local.meta").exists()


def test_the_version_is_the_same_in_the_three_places() -> None:
    manifest = json.loads((ROOT / "app.manifest").read_text(encoding="utf-8"))
    versions = {
        conf("app.conf")["launcher"]["version"],
        conf("app.conf")["id"]["version"],
        manifest["info"]["id"]["version"],
    }

    assert len(versions) == 1
    assert re.fullmatch(r"\d+\.\d+\.\d+(-[0-9A-Za-z.]+)?", versions.pop())


def test_the_app_has_one_id() -> None:
    manifest = json.loads((ROOT / "app.manifest").read_text(encoding="utf-8"))

    assert conf("app.conf")["package"]["id"] == APP
    assert conf("app.conf")["id"]["name"] == APP
    assert manifest["info"]["id"]["name"] == APP


def test_the_app_does_not_claim_to_be_configured_and_wants_no_restart() -> None:
    install = conf("app.conf")["install"]

    assert install["is_configured"] == "false"
    assert "state_change_requires_restart" not in install


def test_the_commands_have_only_keys_that_a_chunked_command_reads() -> None:
    commands = conf("commands.conf")

    assert list(commands) == ["maliciouscaller", "tryintelfeed"]
    for name, keys in commands.items():
        assert set(keys) <= CHUNKED_KEYS
        assert keys["chunked"] == "true"
        assert keys["filename"] == f"{name}.py"


def test_a_link_that_runs_the_command_which_fetches_an_address_is_warned_of() -> None:
    assert [name for name, keys in conf("commands.conf").items() if keys.get("is_risky") == "true"] == ["tryintelfeed"]


@pytest.mark.parametrize(
    ("name", "stanza"), [("commands.conf", "maliciouscaller"), ("commands.conf", "tryintelfeed"), ("inputs.conf", "intel_feed")]
)
def test_the_programs_name_their_python_for_old_and_new_splunk(name: str, stanza: str) -> None:
    program = conf(name)[stanza]

    assert program["python.version"] == "python3"
    assert sorted(part.strip() for part in program["python.required"].split(",")) == ["3.13", "3.9"]


@pytest.mark.parametrize("lookup", lookups.DATA_LOOKUPS, ids=lambda lookup: lookup.name)
def test_each_lookup_of_the_code_is_defined_and_indexed_by_its_first_column(lookup: lookups.Lookup) -> None:
    definition = conf("transforms.conf")[lookup.name[: -len(".csv")]]

    assert definition["filename"] == lookup.name
    assert definition["index_fields_list"] == lookup.columns[0]
    assert "replicate" not in definition  # the command needs it on the indexers


def test_the_lookups_of_the_feeds_stay_on_the_search_heads() -> None:
    feeds = {name: keys for name, keys in conf("transforms.conf").items() if name.startswith("intel_feed_")}

    assert {keys["replicate"] for keys in feeds.values()} == {"false"}
    assert all(keys["filename"] == f"{name}.csv" for name, keys in feeds.items())


def test_each_shipped_feed_has_its_lookup_defined() -> None:
    stanzas = conf("inputs.conf")
    feeds = [name[len("intel_feed://") :] for name in stanzas if name.startswith("intel_feed://")]
    own = {f"intel_feed_{feed}" for feed in feeds if stanzas[f"intel_feed://{feed}"].get("format") != "aws"}
    defined = {name for name in conf("transforms.conf") if name.startswith("intel_feed_")}

    assert defined - {"intel_feed_catalog"} == own, "run scripts/feed_lookups.py"
    for feed in feeds:
        assert lookups.intel_feed_lookup(feed).name == f"intel_feed_{feed}.csv"


def test_every_lookup_checks_who_may_write_it_where_splunk_is_told_to_look() -> None:
    """Whoever may empty a list, or fill in the baseline, decides what is found."""
    assert {keys.get("check_permission") for keys in conf("transforms.conf").values() if "filename" in keys} == {"true"}


@pytest.mark.parametrize(
    ("path", "travels"),
    [
        ("bin/half_bytecode.py", True),
        ("bin/maliciouscaller.py", True),
        ("bin/callerintel/lookups.py", True),
        ("bin/callerintel/search/command.py", True),
        ("bin/lib/splunklib/searchcommands/search_command.py", True),
        ("lookups/malicious_ips.csv", True),
        ("lookups/aws_ip_ranges.csv", True),
        ("lookups/caller_baseline.csv", True),
        ("lookups/caller_allowlist.csv", True),
        ("default/commands.conf", True),
        ("bin/intel_feed.py", False),
        ("bin/tryintelfeed.py", False),
        ("bin/callerintel/feeds/feed.py", False),
        ("bin/callerintel/feeds/fetch/client.py", False),
        ("lookups/intel_feed_tor_exits.csv", False),
        ("lookups/intel_feed_catalog.csv", False),
        ("lookups/malicious_ips.csv.tmp", False),
        ("lib/requests/__init__.py", False),
        ("default/inputs.conf", False),
        ("default/maliciouscaller.conf", False),
        ("local/maliciouscaller.conf", False),
    ],
)
def test_the_bundle_carries_what_the_command_needs_and_no_more(path: str, travels: bool) -> None:
    rules = merge_rules([conf("distsearch.conf")])

    assert rules.travels(f"apps/{APP}/{path}") is travels


def test_our_own_conf_file_is_read_anew_without_a_restart_and_given_to_every_member_of_a_cluster() -> None:
    """Both are wanted of any custom conf file [platform 6, toolchain 1.2]; server.conf may hold nothing else."""
    described = {path.name[: -len(".spec")] for path in (ROOT / "README").glob("*.spec")}

    assert described - {"inputs.conf"} == {"maliciouscaller.conf"}
    assert not (SPECS / "maliciouscaller.conf.spec").exists(), "a name that Splunk itself does not use"
    assert conf("app.conf")["triggers"] == {"reload.maliciouscaller": "simple"}
    assert conf("server.conf") == {"shclustering": {"conf_replication_include.maliciouscaller": "true"}}


@pytest.mark.parametrize("path", ["bin/callerintel/feeds/feed.py", "bin/intel_feed.py", "lookups/intel_feed_x.csv"])
def test_the_bundle_rules_leave_other_apps_alone(path: str) -> None:
    rules = merge_rules([conf("distsearch.conf")])

    assert rules.travels(f"apps/another_app/{path}")
    assert rules.travels(f"apps/xTA-maliciouscaller/{path}")


def test_the_bundle_rules_hold_where_paths_are_written_with_backslashes() -> None:
    patterns = [pattern_regex(value) for value in conf("distsearch.conf")["replicationDenylist"].values()]
    path = f"apps\\{APP}\\bin\\callerintel\\feeds\\feed.py"

    assert any(pattern.match(path) for pattern in patterns)


def test_the_bundle_rules_only_deny_and_their_names_are_ours() -> None:
    rules = conf("distsearch.conf")

    assert list(rules) == ["replicationDenylist"]
    assert all(name.startswith("maliciouscaller_") for name in rules["replicationDenylist"])


def test_what_other_apps_may_use_is_exported_and_only_administrators_write() -> None:
    meta = parse_strictly((ROOT / "metadata/default.meta").read_text(encoding="utf-8").replace("[]", "[all]"))
    exported = {name for name, keys in meta.items() if keys.get("export") == "system"}

    assert exported == {
        "commands",
        "searchbnf",
        "macros",
        "props",
        "eventtypes",
        "tags",
        "workflow_actions",
        "transforms",
        "lookups",
    }
    assert {name for name, keys in meta.items() if "access" in keys} == {"all", "commands/tryintelfeed", "lookups"}
    for name in ("all", "lookups"):
        assert meta[name]["access"] == "read : [ * ], write : [ admin, sc_admin ]"


def test_no_conf_file_holds_a_secret() -> None:
    suspicious = [
        f"{name} [{stanza}] {key}"
        for name, stanza, key, value in settings()
        if re.search(r"(?i)password|secret|token|api_?key|credential", key) and value
    ]
    in_urls = [f"{name} [{stanza}] {key}" for name, stanza, key, value in settings() if re.search(r"://[^/\s]*@", value)]

    assert suspicious == []
    assert in_urls == []


def test_the_search_assistant_gets_what_it_needs_of_the_command() -> None:
    help_texts = conf("searchbnf.conf")
    command = help_texts["maliciouscaller-command"]

    assert command["usage"] == "public"
    assert all(command[key] for key in ("syntax", "shortdesc", "description", "example1", "comment1"))
    for stanza, keys in help_texts.items():
        assert keys["syntax"].count("(") == keys["syntax"].count(")"), stanza
        for term in re.findall(r"<([\w-]+)>", keys["syntax"]):
            assert term in {"bool", "int", "string", "field"} or term in help_texts, term


def test_the_examples_use_macros_that_exist() -> None:
    used = {macro for name, _, _, value in settings() if name == "searchbnf.conf" for macro in re.findall(r"`(\w+)`", value)}

    assert used == {"cloudtrail_index"}
    assert used <= set(conf("macros.conf"))


def test_no_search_that_is_shipped_looks_into_every_index() -> None:
    assert [name for name, keys in conf("macros.conf").items() if "index=*" in keys["definition"]] == []


def test_status_events_are_read_as_json_once() -> None:
    status = conf("props.conf")["maliciouscaller:feed"]

    assert status["KV_MODE"] == "json"
    assert "INDEXED_EXTRACTIONS" not in status


@pytest.mark.parametrize(
    ("name", "size"), [("appIcon.png", 36), ("appIconAlt.png", 36), ("appIcon_2x.png", 72), ("appIconAlt_2x.png", 72)]
)
def test_each_icon_has_the_size_that_splunk_web_wants(name: str, size: int) -> None:
    header = (ROOT / "static" / name).read_bytes()[:24]

    assert header[:8] == b"\x89PNG\r\n\x1a\n"
    assert struct.unpack(">II", header[16:24]) == (size, size)


def test_no_conf_file_has_bytes_that_splunk_may_misread() -> None:
    for name in CONF_FILES:
        text = (DEFAULT / name).read_bytes()
        assert b"\r" not in text, name
        assert text.endswith(b"\n"), name
        assert not text.startswith(b"\xef\xbb\xbf"), name
