"""The demo's variables: what they may hold, and what is said when they hold something else."""

from __future__ import annotations

from pathlib import Path

import pytest

from demo import WrongInput
from demo.settings import Settings, read_settings
from tests.demo.running import run_demo


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("a.json", "b.json", "c d.json", "it's.json", "list.txt", "list2.txt", "bad\x07.txt", "allow.csv"):
        (tmp_path / name).touch()
    return tmp_path


def test_nothing_set_and_blanks_ask_for_the_samples() -> None:
    assert read_settings({}) == read_settings({"EVENTS": "", "FEEDS": "  ", "OUT": "\n"}) == Settings()


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("{}/a.json", ["a.json"]),
        ("{}/b.json {}/a.json", ["b.json", "a.json"]),
        ("{}/a.json\n{}/b.json\n", ["a.json", "b.json"]),
        ("{}/c d.json", ["c d.json"]),
        ("'{}/c d.json' {}/a.json", ["c d.json", "a.json"]),
        ('"{}/c d.json"', ["c d.json"]),
        ("{}/c\\ d.json {}/a.json", ["c d.json", "a.json"]),
        ("{}/it's.json", ["it's.json"]),
        ("{}/[ab].json", ["a.json", "b.json"]),
        ("{}/?.json", ["a.json", "b.json"]),
    ],
)
def test_paths_are_words_as_in_a_shell(folder: Path, text: str, names: list[str]) -> None:
    assert read_settings({"EVENTS": text.replace("{}", str(folder))}).events == tuple(folder / name for name in names)


def test_lists_are_paths_and_addresses(folder: Path) -> None:
    settings = read_settings({"FEEDS": f"https://example.org/a?b=*c {folder}/list*.txt", "AWS_RANGES": "https://example.org/r"})
    assert settings.feeds == ("https://example.org/a?b=*c", f"{folder}/list.txt", f"{folder}/list2.txt")
    assert settings.aws_ranges == "https://example.org/r"


@pytest.mark.parametrize("name", ["EVENTS", "HISTORY", "FEEDS", "AWS_RANGES", "ALLOWLIST"])
def test_a_path_that_does_not_exist_is_one_sentence_that_names_it(folder: Path, name: str) -> None:
    with pytest.raises(WrongInput) as caught:
        read_settings({name: f"{folder}/none.json"})
    assert str(caught.value) == f"{name}: there is no file or folder {folder}/none.json; check the path."


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("EVENTS", "{}/c d.json {}/a.json", "EVENTS: there is no file or folder {}/c; check the path."),
        ("EVENTS", "'{}/a.json", "EVENTS: a quotation mark is not closed in"),
        ("FEEDS", "{}", "FEEDS: {} is a folder; name the lists in it, for example {}/*.txt."),
        ("FEEDS", "{}/bad*.txt", "FEEDS: the name {}/bad\x07.txt has characters that cannot be shown; rename the file."),
        ("ALLOWLIST", "{}", "ALLOWLIST: {} cannot be read (Is a directory); name a CSV file."),
        ("AWS_RANGES", "{}/list.txt {}/list2.txt", "AWS_RANGES: one list is wanted, 2 were named"),
    ],
)
def test_what_cannot_be_used_is_said(folder: Path, name: str, text: str, says: str) -> None:
    with pytest.raises(WrongInput) as caught:
        read_settings({name: text.replace("{}", str(folder))})
    assert str(caught.value).startswith(says.replace("{}", str(folder)))


def test_wrong_input_ends_the_demo_with_status_2_and_one_line(tmp_path: Path) -> None:
    done = run_demo(EVENTS=tmp_path / "no\x1bne.json")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f"EVENTS: there is no file or folder {tmp_path}/no\ufffdne.json; check the path.\n"


def test_help_explains_every_variable() -> None:
    done = run_demo("--help")
    assert (done.returncode, done.stderr) == (0, "")
    for name in ("EVENTS", "HISTORY", "FEEDS", "AWS_RANGES", "ALLOWLIST", "OUT"):
        assert f"\n  {name} " in done.stdout
    assert max(map(len, done.stdout.splitlines())) <= 120


def test_an_argument_is_refused() -> None:
    done = run_demo("EVENTS=x")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "python -m demo takes no arguments; what it runs on is said by variables, see --help.\n"
