"""inputlookup, outputlookup and lookup over an app's CSV files [spl 5.3, 6.2; platform 1.6, 4.4]."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.spl import App, Interpreter, SearchFailed, Unsupported
from tests.test_spl.play import NOW, make_app, play

TRANSFORMS = """
[owners]
filename = owners.csv

[folded]
filename = owners.csv
case_sensitive_match = false
max_matches = 1

[missing]
filename = missing.csv

[networks]
filename = owners.csv
match_type = CIDR(caller)
"""
OWNERS = 'caller,owner,note\nalice,Ops,"a, b"\nbob,,x\nalice,Sec,\n'
WRITE = "outputlookup override_if_empty=false create_empty=false"


@pytest.fixture
def app(tmp_path: Path) -> App:
    return make_app(tmp_path, {"transforms": TRANSFORMS}, {"owners.csv": OWNERS})


def run(search: str, app: App, **options: Any) -> list[dict[str, Any]]:
    return Interpreter(app, now=NOW, **options).run(search)


def file_of(app: App, name: str = "owners.csv") -> str:
    return (app.folder / "lookups" / name).read_bytes().decode()


def test_inputlookup_gives_all_rows_as_texts_in_the_order_of_the_file(app: App) -> None:
    rows = run("| inputlookup owners", app)
    assert rows[0] == {"caller": "alice", "owner": "Ops", "note": "a, b"}
    assert [row["caller"] for row in rows] == ["alice", "bob", "alice"]
    assert run("| inputlookup owners.csv start=1 max=1", app) == rows[1:2]


def test_an_empty_cell_is_read_as_null_or_as_empty_text_as_the_test_says(app: App) -> None:
    assert run("| inputlookup owners where caller=bob", app) == [{"caller": "bob", "note": "x"}]
    assert run("| inputlookup owners where caller=bob", app, empty="empty") == [{"caller": "bob", "owner": "", "note": "x"}]


def test_where_of_inputlookup_is_search_terms(app: App) -> None:
    assert len(run("| inputlookup owners where caller=AL* owner=*", app)) == 2


def test_inputlookup_appends_to_what_is_there(app: App) -> None:
    assert [row["caller"] for row in play("inputlookup append=t owners", [{"caller": "x"}], app)] == [
        "x",
        "alice",
        "bob",
        "alice",
    ]


def test_a_missing_file_is_a_warning_and_with_strict_a_failure(app: App) -> None:
    interpreter = Interpreter(app, now=NOW)
    assert interpreter.run("| inputlookup missing") == []
    assert interpreter.messages == [("WARN", "The lookup table 'missing' does not exist or is not available.")]
    with pytest.raises(SearchFailed, match="no file"):
        interpreter.run("| inputlookup strict=t missing")
    with pytest.raises(SearchFailed, match="no lookup 'nosuch'"):
        interpreter.run("| inputlookup nosuch")


def test_outputlookup_writes_splunks_dialect_in_the_order_of_table(app: App) -> None:
    rows: list[dict[str, Any]] = [{"b": "x y", "a": 5}, {"a": 'say "hi"', "c": "not written"}, {"b": "ä"}]
    assert len(play(f"table a b | {WRITE} owners", rows, app)) == 3
    assert file_of(app) == 'a,b\n5,"x y"\n"say ""hi""",\n,"ä"\n'


def test_outputlookup_needs_a_known_order_of_columns_and_single_values(app: App) -> None:
    with pytest.raises(Unsupported, match="order of the columns"):
        play(f"stats count BY a | {WRITE} owners", [{"a": "1"}], app)
    with pytest.raises(Unsupported, match="several values"):
        play(f"table a | {WRITE} owners", [{"a": ["1", "2"]}], app)
    assert file_of(app) == OWNERS


def test_sorting_and_filtering_keep_the_order_of_columns_and_a_new_field_loses_it(app: App) -> None:
    rows = [{"a": "2"}, {"a": "1"}]
    play(f'table a b | sort 0 str(a) | where a<5 | eval b="x" | fillnull a | {WRITE} owners', rows, app)
    assert file_of(app) == "a,b\n1,x\n2,x\n"
    with pytest.raises(Unsupported, match="order of the columns"):
        play(f"table a | eval b=1 | {WRITE} owners", rows, app)


def test_no_results_never_touch_the_lookup_with_override_if_empty_false(app: App) -> None:
    play(f"where 1=2 | table a | {WRITE} owners", [], app)
    assert file_of(app) == OWNERS


def test_no_results_delete_the_lookup_by_default_and_leave_an_empty_file(app: App) -> None:
    play("table a | outputlookup create_empty=false owners", [], app)
    assert not (app.folder / "lookups" / "owners.csv").exists()
    play("table a | outputlookup owners", [], app)
    assert file_of(app) == ""


def test_outputlookup_appends_with_the_columns_of_the_file_only(app: App) -> None:
    play("table caller extra | outputlookup append=t owners", [{"caller": "carol", "extra": "x"}], app)
    assert file_of(app) == 'caller,owner,note\nalice,Ops,"a, b"\nbob,,x\nalice,Sec,\ncarol,,\n'


def test_a_lookup_is_read_whole_before_it_is_written_over(app: App) -> None:
    run(f"| inputlookup owners | table caller | sort 0 str(caller) | {WRITE} owners", app)
    assert file_of(app) == "caller\nalice\nalice\nbob\n"


def test_lookup_gives_all_matches_as_several_values(app: App) -> None:
    assert play("lookup owners caller AS who OUTPUT owner AS by", [{"who": "alice"}], app) == [
        {"who": "alice", "by": ["Ops", "Sec"]}
    ]
    assert play("lookup owners caller OUTPUT owner", [{"caller": "ALICE"}], app) == [{"caller": "ALICE"}]
    assert play("lookup folded caller OUTPUT owner", [{"caller": "ALICE"}], app) == [{"caller": "ALICE", "owner": "Ops"}]


def test_lookup_without_output_gives_all_other_columns(app: App) -> None:
    found = play("lookup folded caller", [{"caller": "alice"}], app)
    assert found == [{"caller": "alice", "owner": "Ops", "note": "a, b"}]


def test_outputnew_leaves_rows_alone_that_have_the_field(app: App) -> None:
    rows = [{"caller": "alice", "owner": "me"}, {"caller": "alice"}]
    found = play("lookup folded caller OUTPUTNEW owner", rows, app)
    assert [row["owner"] for row in found] == ["me", "Ops"]


def test_what_lookup_does_not_document_is_refused(app: App) -> None:
    for search, row in (
        ("lookup owners caller OUTPUT owner", {"caller": "nobody", "owner": "me"}),
        ("lookup owners caller OUTPUT note", {"caller": "alice"}),
        ("lookup networks caller OUTPUT owner", {"caller": "alice"}),
        ("lookup owners caller OUTPUT owner", {"caller": ["alice", "bob"]}),
    ):
        with pytest.raises(Unsupported):
            play(search, [row], app)
    with pytest.raises(SearchFailed, match="no column 'nosuch'"):
        play("lookup owners caller OUTPUT nosuch", [{"caller": "alice"}], app)
