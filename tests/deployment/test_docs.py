"""The docs say what is there: every link, file, command, search, setting and table of README.md, CHANGELOG.md and docs/."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from callerintel.errors import FEED_REASONS
from callerintel.feeds import log
from callerintel.feeds.arguments import ARGUMENTS
from callerintel.feeds.report import UNCHANGED_REASONS
from callerintel.lookups import CALLER_ALLOWLIST, DATA_LOOKUPS, Lookup, intel_feed_lookup
from callerintel.search import options
from callerintel.search.fields import FIELDS, MULTIVALUE
from callerintel.search.severity import RULES
from tests.app.shipped import SPECS, conf
from tests.spl import check_search
from tests.splunkd.conf import parse_conf
from tests.test_spl.shipped_app import shipped_app

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))]
# What is in the package or on a user's disk, not in the repository.
MADE = ("README/libraries.cdx.json", "bin/lib", "build/", "lib", "dist/", "lookups/", "tests/feeds/formats/test_denied.py")
SPLUNKS_OWN = {"interval", "index", "disabled", "host", "sourcetype"}


def text_of(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def blocks(page: Path, language: str) -> Iterator[str]:
    """The fenced blocks in a language, without what they are indented by."""
    for indent, body in re.findall(rf"(?ms)^( *)```{language}\n(.*?)^ *```$", text_of(page)):
        yield re.sub(rf"(?m)^{indent}", "", body)


def code(page: Path) -> list[str]:
    """All that stands between backticks on one line, outside fenced blocks; a bar in a table is escaped."""
    outside = re.sub(r"(?ms)^ *```.*?^ *```$", "", text_of(page))
    return [word.replace("\\|", "|") for word in re.findall(r"(?<!`)`([^`\n]+)`(?!`)", outside)]


def table(name: str, heading: str) -> list[list[str]]:
    """The cells of the first table below a heading of a page, without its head."""
    section = text_of(ROOT / "docs" / name).partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    lines = re.findall(r"(?m)(?:^\|.*\n)+", section)[0].splitlines()
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines][2:]


def names(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


def slug(heading: str) -> str:
    """The anchor that a heading gets."""
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


def by_name(page: Path) -> str:
    return page.name


@pytest.mark.parametrize("page", PAGES, ids=by_name)
def test_each_link_leads_somewhere(page: Path) -> None:
    broken = []
    for target in re.findall(r"\]\(([^)\s]+)\)", text_of(page)):
        file, _, anchor = target.partition("#")
        if "://" in file:
            continue
        linked = page.parent / file if file else page
        is_page = linked.suffix == ".md" and linked.is_file()
        anchors = {slug(line.lstrip("#")) for line in text_of(linked).splitlines() if line.startswith("#")} if is_page else set()
        if not linked.is_file() or (anchor and anchor not in anchors):
            broken.append(target)

    assert broken == []


@pytest.mark.parametrize("page", PAGES, ids=by_name)
def test_each_file_that_is_named_is_there(page: Path) -> None:
    tops = {path.name for path in ROOT.iterdir()} - {"local", "lib"}
    named = [word for word in code(page) if re.fullmatch(r"[\w.-]+(/[\w.-]+)+/?", word) and word.split("/")[0] in tops]

    assert [word for word in named if not (ROOT / word).exists() and not word.startswith(MADE)] == []


@pytest.mark.parametrize("page", PAGES, ids=by_name)
def test_each_command_of_ours_is_there(page: Path) -> None:
    targets = set(re.findall(r"(?m)^([a-z][a-z-]*):", text_of(ROOT / "Makefile")))
    text = text_of(page)
    scripts = re.findall(r"python3? (scripts/\w+\.py)", text)
    modules = re.findall(r"python3? -m ([a-z_]+(?:\.[a-z_]+)+)", text)

    assert set(re.findall(r"(?:`|^ {4}|^)make ([a-z-]+)", text, re.MULTILINE)) <= targets
    assert [script for script in scripts if not (ROOT / script).is_file()] == []
    files = [name.replace(".", "/") + ".py" for name in modules]
    assert [name for name in files if not (ROOT / name).is_file() and not (ROOT / "bin" / name).is_file()] == []


@pytest.mark.parametrize("page", PAGES, ids=by_name)
def test_each_search_is_one_that_splunk_takes(page: Path) -> None:
    app = shipped_app()
    searches = [*blocks(page, "spl"), *(word for word in code(page) if word.startswith("| inputlookup "))]

    assert [str(problem) for search in searches for problem in check_search(search.strip(), app)] == []


@pytest.mark.parametrize("page", PAGES, ids=by_name)
def test_each_saved_search_and_macro_that_is_named_is_shipped(page: Path) -> None:
    text = text_of(page)
    searches = {name.rstrip(" *") for name in re.findall(r"\*(Malicious caller - [^*\n]+)\*", text)}
    macros = {word for words in re.findall(r"macros? ((?:`\w+`(?:, | and )?)+)", text) for word in names(words)}

    assert searches <= set(conf("savedsearches.conf"))
    assert macros <= set(conf("macros.conf"))


@pytest.mark.parametrize("page", PAGES, ids=by_name)
def test_each_setting_in_a_conf_file_is_one_that_splunk_or_we_know(page: Path) -> None:
    ours = {argument.name for argument in ARGUMENTS} | SPLUNKS_OWN
    for block in blocks(page, "ini"):
        first, stanzas = block.splitlines()[0], parse_conf(block)
        assert re.fullmatch(r"# local/\w+\.conf", first), "say which file it is"
        shipped = conf(first.rpartition("/")[2])
        for stanza, settings in stanzas.items():
            assert stanza in shipped
            known = ours if stanza.startswith("intel_feed") else {key for keys in shipped.values() for key in keys}
            assert set(settings) <= known


def test_settings_of_feeds_that_the_install_page_names_exist() -> None:
    rows = table("install.md", "Settings for all feeds")
    named = {name for _, where in rows for name in names(where) if re.fullmatch(r"[a-z_]+", name)}
    shared = [name for keys in conf("maliciouscaller.conf").values() for name in keys]

    assert {"proxy", "own_networks", "contact", "ca_bundle"} <= named
    assert named <= {argument.name for argument in ARGUMENTS} | SPLUNKS_OWN | set(conf("macros.conf")) | set(shared)
    assert set(shared) <= named


def test_the_log_page_names_every_event_of_the_log() -> None:
    assert [names(row[0])[0] for row in table("install.md", "The log")] == list(log.EVENTS)
    assert {word for row in table("install.md", "The log") for word in row[1].split(", ")} == set(log.LEVELS)


def test_the_fields_are_those_of_the_code_and_so_is_which_have_several_values() -> None:
    rows = table("fields.md", "Fields")

    assert [name for row in rows for name in names(row[0])] == list(FIELDS)
    assert [names(row[0])[0] for row in rows if row[2] == "yes"] == list(MULTIVALUE)
    assert {row[2] for row in rows} == {"yes", "no"}


def test_the_options_their_defaults_and_what_they_may_be_are_those_of_the_code() -> None:
    rows = table("fields.md", "Options")
    defaults = options.Options()._asdict()

    assert [names(row[0])[0] for row in rows] == list(options.OPTION_NAMES)
    for name, default, allowed in ((names(row[0])[0], row[1].strip("`"), row[2]) for row in rows):
        wanted = str(defaults[name]).lower() or "empty" if name in defaults else "its own name"
        assert (name, default, allowed) == (name, wanted, options._PARSERS[name][1])


def test_the_lookups_have_the_columns_of_the_code() -> None:
    said = {names(row[0])[0]: (names(row[1]), row[3]) for row in table("fields.md", "Lookups")}

    def columns(lookup: Lookup) -> list[str]:
        return [*lookup.columns, *lookup.optional]

    expected = {lookup.name: (columns(lookup), "yes") for lookup in DATA_LOOKUPS}
    assert said == {**expected, "intel_feed_<name>.csv": (columns(intel_feed_lookup("x")), "no")}


def test_the_allowlists_columns_are_those_of_the_code_and_the_example_is_one() -> None:
    rows = [names(row[0])[0] for row in table_of_columns()]
    (example,) = blocks(ROOT / "docs/allowlist.md", "csv")

    assert rows == list(CALLER_ALLOWLIST.columns)
    assert {line.count(",") for line in example.splitlines()} == {len(CALLER_ALLOWLIST.columns) - 1}
    assert example.splitlines()[0].split(",") == list(CALLER_ALLOWLIST.columns)


def table_of_columns() -> list[list[str]]:
    lines = [line for line in text_of(ROOT / "docs/allowlist.md").splitlines() if line.startswith("| `")]
    return [line.strip("|").split(" | ") for line in lines]


def test_troubleshooting_knows_only_reasons_and_rules_that_exist() -> None:
    reasons = {name for row in table("troubleshooting.md", "The feed is refused") for name in names(row[0])}
    rules = set(re.findall(r"`(listed_\w+)`", text_of(ROOT / "docs/troubleshooting.md")))

    assert reasons <= set(FEED_REASONS) | set(UNCHANGED_REASONS)
    assert rules == {rule.name for rule in RULES if rule.severity.name == "high"}


def test_troubleshooting_quotes_what_the_command_really_says() -> None:
    text = text_of(ROOT / "docs/troubleshooting.md")
    from callerintel.search import command, finding

    for quoted, source in (
        ("None of N events has the fields sourceIPAddress and eventName", command),
        ("maliciouscaller met an internal error", command),
        ("was written over in its place while this search read it", finding),
    ):
        assert quoted in text
        assert quoted.replace(" N ", " {events} ") in inspect.getsource(source)


def test_the_glossary_defines_each_word_once() -> None:
    rows = [
        line.strip("|").split(" | ")[0].strip()
        for line in text_of(ROOT / "docs/glossary.md").splitlines()
        if line.startswith("| ")
    ]

    assert len(set(rows)) == len(rows) > 30


@pytest.mark.skipif(not SPECS.is_dir(), reason="Splunk's spec files are not here (TA_SHARED_DATA)")
def test_each_capability_is_one_of_splunks() -> None:
    known = text_of(SPECS / "default/authorize.conf")
    named = {name for name in code(ROOT / "docs/permissions.md") if re.fullmatch(r"(edit|list|output|run|schedule)_\w+", name)}

    assert {"output_file", "edit_storage_passwords"} <= named
    own = {"edit_modinput_intel_feed"}  # one of this form for each modular input, as for Splunk's own
    assert [name for name in named - own if f"[capability::{name}]" not in known] == []


def test_the_version_of_the_changelog_is_the_apps() -> None:
    assert f"### {conf('app.conf')['launcher']['version']}" in text_of(ROOT / "CHANGELOG.md")


@pytest.mark.parametrize("page", PAGES, ids=by_name)
def test_each_table_has_as_many_cells_in_each_row(page: Path) -> None:
    ragged = []
    for block in re.findall(r"(?m)(?:^\|.*\n)+", re.sub(r"(?ms)^ *```.*?^ *```$", "", text_of(page))):
        widths = [len(re.findall(r"(?<!\\)\|", line)) for line in block.splitlines()]
        ragged += [line for line, width in zip(block.splitlines(), widths) if width != widths[0]]

    assert ragged == []
