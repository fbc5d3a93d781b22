"""Commands on rows, one test a row of [spl 5.3] or more; grouping, charts and lookups have files of their own."""

from __future__ import annotations

from typing import Any

import pytest

from tests.spl import SearchFailed, SplError, Unsupported
from tests.test_spl.play import NOW, play


def column(rows: list[dict[str, Any]], name: str) -> list[Any]:
    return [row.get(name) for row in rows]


def test_sort_without_a_count_keeps_the_first_ten_thousand_rows() -> None:
    rows = [{"n": str(number)} for number in range(10_050)]
    assert len(play("sort n", rows)) == 10_000
    assert len(play("sort 0 n", rows)) == 10_050
    assert column(play("sort 3 - num(n)", rows), "n") == ["10049", "10048", "10047"]
    assert column(play("sort limit=2 num(n)", rows), "n") == ["0", "1"]


def test_sort_by_str_is_the_order_of_bytes() -> None:
    keys = ["b1", "a9", "10", "9", "B2", "é", "Z"]
    assert column(play("sort 0 str(k)", [{"k": key} for key in keys]), "k") == sorted(keys, key=str.encode)


def test_sort_auto_compares_numbers_texts_and_addresses_by_their_kind() -> None:
    assert column(play("sort 0 k", [{"k": "10"}, {"k": "9"}]), "k") == ["9", "10"]
    assert column(play("sort 0 k", [{"k": "b"}, {"k": "a"}]), "k") == ["a", "b"]
    assert column(play("sort 0 k", [{"k": "192.0.2.10"}, {"k": "192.0.2.9"}]), "k") == ["192.0.2.9", "192.0.2.10"]
    assert column(play("sort 0 - ip(k)", [{"k": "192.0.2.9"}, {"k": "192.0.2.10"}]), "k") == ["192.0.2.10", "192.0.2.9"]


def test_sort_auto_on_hex_digests_is_refused_because_they_mix_orders() -> None:
    with pytest.raises(Unsupported, match="begin with a digit"):
        play("sort 0 k", [{"k": "1a"}, {"k": "f0"}])


def test_a_missing_field_sorts_last_in_both_directions() -> None:
    rows = [{"id": "1"}, {"id": "2", "n": "5"}, {"id": "3", "n": "7"}]
    assert column(play("sort 0 n", rows), "id") == ["2", "3", "1"]
    assert column(play("sort 0 -n", rows), "id") == ["3", "2", "1"]


def test_a_minus_with_a_blank_holds_for_all_fields_and_desc_reverses() -> None:
    rows = [{"a": "1", "b": "1"}, {"a": "1", "b": "2"}, {"a": "2", "b": "1"}]
    assert play("sort 0 - a b", rows) == rows[::-1]
    assert play("sort 0 -a b", rows) == [rows[2], rows[0], rows[1]]
    assert play("sort 0 a b desc", rows) == rows[::-1]


def test_dedup_keeps_the_first_rows_and_drops_those_without_the_field() -> None:
    rows = [{"a": "1", "t": "5"}, {"a": "1", "t": "6"}, {"t": "7"}, {"a": "2", "t": "8"}]
    assert column(play("dedup a", rows), "t") == ["5", "8"]
    assert column(play("dedup 2 a", rows), "t") == ["5", "6", "8"]
    assert column(play("dedup a keepempty=t", rows), "t") == ["5", "7", "8"]
    assert column(play("dedup a sortby - num(t)", rows), "t") == ["8", "6"]


def test_head_tail_and_reverse_go_by_the_order_of_rows() -> None:
    rows = [{"n": str(number)} for number in range(20)]
    assert column(play("head 2", rows), "n") == ["0", "1"]
    assert len(play("head", rows)) == 10
    assert column(play("tail 2", rows), "n") == ["19", "18"]
    assert column(play("head 2 | reverse", rows), "n") == ["1", "0"]


def test_table_takes_fields_in_order_and_fields_keeps_internal_ones() -> None:
    row = {"b": "2", "a": "1", "_time": "5", "user.name": "x"}
    assert list(play("table a, missing, b", [row])[0].items()) == [("a", "1"), ("b", "2")]
    assert play("fields a", [row]) == [{"a": "1", "_time": "5"}]
    assert play("fields - _* a", [row]) == [{"b": "2", "user.name": "x"}]
    assert play("fields user.*", [row]) == [{"_time": "5", "user.name": "x"}]
    with pytest.raises(Unsupported, match="wildcards"):
        play("table a*", [row])


def test_rename_overwrites_and_knows_wildcards() -> None:
    assert play("rename a AS b", [{"a": "1", "b": "2"}]) == [{"b": "1"}]
    assert play("rename a AS b", [{"b": "2"}]) == [{}]
    assert play('rename user.* AS *, x AS "two words"', [{"user.name": "n", "user.id": "i", "x": "1"}]) == [
        {"name": "n", "id": "i", "two words": "1"}
    ]


def test_fillnull_fills_named_fields_or_all_that_some_row_has() -> None:
    rows = [{"a": "1"}, {"b": ""}]
    assert play("fillnull value=- a c", rows) == [{"a": "1", "c": "-"}, {"b": "", "a": "-", "c": "-"}]
    assert play("fillnull", rows) == [{"a": "1", "b": "0"}, {"b": "", "a": "0"}]


def test_rex_sets_named_groups_of_the_first_match_or_of_all() -> None:
    row = {"x": "a=1 b=2", "name": "old"}
    assert play(r'rex field=x "(?<name>\w)=(?<value>\d)"', [row]) == [{"x": "a=1 b=2", "name": "a", "value": "1"}]
    assert play(r'rex field=x max_match=0 "(?<name>\w)="', [row])[0]["name"] == ["a", "b"]
    assert play('rex field=x "(?<name>zzz)"', [row]) == [row]
    assert play('rex "(?<name>a+)"', [{"_raw": "baab"}])[0]["name"] == "aa"


def test_rex_refuses_what_python_reads_otherwise() -> None:
    for pattern in ("(?<n>[[:alpha:]]+)", r"(?<n>a\K)", "(?<n>a++)"):
        with pytest.raises(Unsupported):
            play(f'rex field=x "{pattern}"', [{"x": "a"}])
    with pytest.raises(SearchFailed, match="no named group"):
        play('rex field=x "a"', [{"x": "a"}])


def test_mvexpand_gives_a_row_for_each_value() -> None:
    assert play("mvexpand a", [{"a": ["1", "2"], "b": "x"}]) == [{"a": "1", "b": "x"}, {"a": "2", "b": "x"}]
    assert play("mvexpand a limit=1", [{"a": ["1", "2"]}]) == [{"a": "1"}]
    with pytest.raises(Unsupported, match="isnotnull"):
        play("mvexpand a", [{"b": "x"}])
    with pytest.raises(SearchFailed, match="internal"):
        play("mvexpand _raw", [{"_raw": "x"}])


def test_makemv_drops_empty_pieces_and_nomv_joins_with_line_breaks() -> None:
    assert play('makemv delim="," a', [{"a": "1,,2"}]) == [{"a": ["1", "2"]}]
    assert play('makemv delim="," allowempty=t a', [{"a": "1,,2"}]) == [{"a": ["1", "", "2"]}]
    assert play('makemv tokenizer="(\\d)" a', [{"a": "1x2"}]) == [{"a": ["1", "2"]}]
    assert play("nomv a", [{"a": ["1", "2"]}]) == [{"a": "1\n2"}]


def test_bin_goes_down_to_the_span() -> None:
    assert play("bin span=1d _time", [{"_time": str(NOW)}]) == [{"_time": 1_699_920_000}]
    assert play("bin _time span=5m AS bucket", [{"_time": "1700000000"}])[0]["bucket"] == 1_699_999_800
    for search in ("bin span=10 n", "bin _time span=1w", "bin _time span=7d", "bin _time span=7h", "bin _time"):
        with pytest.raises(Unsupported):
            play(search, [{"_time": "5", "n": "5"}])


def test_foreach_fills_in_the_names_of_fields() -> None:
    row = {"unexpected_action": "true", "unexpected_region": "false", "n": "0"}
    counted = "foreach unexpected_* [eval n=n+if('<<FIELD>>'=\"true\",1,0)]"
    assert play(counted, [row])[0]["n"] == 1
    matched = 'foreach unexpected_* [eval seen_<<MATCHSTR>>="<<FIELD>>"]'
    assert play(matched, [row])[0]["seen_region"] == "unexpected_region"
    segments = 'foreach *_* [eval x="<<MATCHSEG2>>.<<MATCHSEG1>>"]'
    assert play(segments, [{"a_b": "1"}])[0]["x"] == "b.a"
    with pytest.raises(Unsupported):
        play("foreach a [eval x=<<ITEM>>]", [{"a": "1"}])


def test_append_adds_rows_and_appendpipe_runs_on_a_copy() -> None:
    assert play("append [| makeresults | eval a=2 | fields - _time]", [{"a": "1"}]) == [{"a": "1"}, {"a": 2}]
    assert play("appendpipe [stats count]", [{"a": "1"}, {"a": "2"}]) == [{"a": "1"}, {"a": "2"}, {"count": 2}]
    assert play('appendpipe [stats count | where count=0 | eval a="nothing"]', [{"a": "1"}]) == [{"a": "1"}]
    assert play('appendpipe [stats count | where count=0 | eval a="nothing"]', []) == [{"count": 0, "a": "nothing"}]
    assert play("appendpipe [eval a=5]", [{"a": "1"}]) == [{"a": "1"}, {"a": 5}]


def test_a_subsearch_is_cut_at_ten_thousand_rows() -> None:
    assert len(play("append [| makeresults count=10500]", [])) == 10_000


def test_makeresults_gives_rows_of_now_or_of_csv() -> None:
    assert play('append [| makeresults format=csv data="a,b\n1,x y\n2,"]', []) == [{"a": "1", "b": "x y"}, {"a": "2"}]
    assert play("append [| makeresults count=2]", []) == [{"_time": NOW}, {"_time": NOW}]


def test_convert_writes_times_and_fieldformat_leaves_the_value() -> None:
    assert play("convert ctime(t)", [{"t": "1700000000"}]) == [{"t": "11/14/2023 22:13:20"}]
    assert play('convert timeformat="%F" ctime(t) AS day', [{"t": "1700000000"}])[0]["day"] == "2023-11-14"
    assert play('fieldformat t=strftime(t, "%F")', [{"t": "1700000000"}]) == [{"t": "1700000000"}]


@pytest.mark.parametrize(
    "search", ["join a [| makeresults]", "map search=x", "transaction a", "collect index=x", "stats list(a)"]
)
def test_banned_commands_are_not_played(search: str) -> None:
    with pytest.raises(Unsupported, match="not played"):
        play(search, [{"a": "1"}])


def test_an_error_names_the_command_also_when_rows_stream() -> None:
    with pytest.raises(SplError) as caught:
        play('eval b=1 | where a<"x" | eval c=2', [{"a": "1"}])
    assert caught.value.place == "where (command 3)"


def test_generating_commands_stand_first_and_others_do_not() -> None:
    with pytest.raises(SearchFailed, match="only its append=true"):
        play("makeresults", [])
    with pytest.raises(SearchFailed, match="generates nothing"):
        play("append [| eval x=1]", [])
