"""stats, eventstats and streamstats [spl 5.3]."""

from __future__ import annotations

import random
from typing import Any

import pytest

from tests.spl import SearchSyntaxError, Unsupported
from tests.test_spl.play import play

MANY: dict[str, Any] = {"a": ["AAA", "AAA", "BBB"]}


def only(search: str, rows: list[dict[str, Any]]) -> dict[str, Any]:
    found = play(search, rows)
    assert len(found) == 1
    return found[0]


def test_rows_that_lack_a_by_field_are_in_no_group() -> None:
    rows = [{"a": "1", "b": "x"}, {"a": "1"}, {"b": "x"}]
    assert play("stats count BY a b", rows) == [{"a": "1", "b": "x", "count": 1}]


def test_by_fields_compare_as_texts_and_rows_come_sorted_by_them() -> None:
    rows = [{"a": "10"}, {"a": "9"}, {"a": "9.0"}, {"a": "10"}]
    assert play("stats count BY a", rows) == [{"a": "10", "count": 2}, {"a": "9", "count": 1}, {"a": "9.0", "count": 1}]


def test_several_values_of_a_by_field_count_once_for_each_occurrence() -> None:
    assert play("stats count BY a", [MANY]) == [{"a": "AAA", "count": 2}, {"a": "BBB", "count": 1}]
    assert play("stats dedup_splitvals=t count BY a", [MANY]) == [{"a": "AAA", "count": 1}, {"a": "BBB", "count": 1}]
    with pytest.raises(Unsupported, match="more than one field"):
        play("stats count BY a b", [{**MANY, "b": ["1", "2"]}])


def test_count_counts_rows_occurrences_and_conditions() -> None:
    rows = [{**MANY, "n": "5"}, {"n": "1"}, {}]
    assert only("stats count, count(a) AS occurrences, count(eval(n>1)) AS large", rows) == {
        "count": 3,
        "occurrences": 3,
        "large": 1,
    }


def test_dc_and_values_take_each_distinct_value() -> None:
    rows = [MANY, {"a": "10"}, {"a": "9"}, {}]
    assert only("stats dc(a) AS n values(a) AS v", rows) == {"n": 4, "v": ["10", "9", "AAA", "BBB"]}
    assert only("stats values(a) AS v count", [{"a": "x"}]) == {"v": "x", "count": 1}


def test_min_and_max_are_numeric_only_if_all_values_are() -> None:
    assert only("stats min(a) AS low max(a) AS high", [{"a": "10"}, {"a": "9"}]) == {"low": "9", "high": "10"}
    assert only("stats min(a) AS low max(a) AS high", [{"a": "10"}, {"a": "9"}, {"a": "x"}]) == {"low": "10", "high": "x"}


def test_sum_and_avg_leave_out_what_is_no_number() -> None:
    rows = [{"a": "1"}, {"a": "x"}, {"a": "2.5"}, {}]
    assert only("stats sum(a) AS s avg(a) AS m sum(b) AS none range(a) AS r", rows) == {"s": 3.5, "m": 1.75, "r": 1.5}


def test_spread_and_middle_are_those_of_textbooks() -> None:
    rows = [{"a": str(value)} for value in (2, 4, 4, 4, 5, 5, 7, 9)]
    found = only("stats stdevp(a) AS p var(a) AS v", rows)
    assert found["p"] == 2
    assert found["v"] == pytest.approx(32 / 7)
    assert only("stats median(a) AS m", rows[1:]) == {"m": 5}


def test_first_and_last_go_by_row_and_earliest_and_latest_by_time() -> None:
    rows = [{"a": "x", "_time": "5"}, {"_time": "9"}, {"a": "y", "_time": "1"}, {"a": "z", "_time": "3"}]
    assert only("stats first(a) AS f last(a) AS l earliest(a) AS e latest(a) AS t latest_time(a) AS at", rows) == {
        "f": "x",
        "l": "z",
        "e": "y",
        "t": "x",
        "at": "5",
    }


def test_earliest_of_rows_without_a_time_is_refused() -> None:
    with pytest.raises(Unsupported, match=r"use min\(\) or max\(\)"):
        play("stats earliest(a) AS e", [{"a": "1"}])


def test_no_rows_give_no_group_but_a_count_of_zero_without_by() -> None:
    assert play("stats count BY a", []) == []
    assert play("stats count max(a) AS m", []) == [{"count": 0}]
    with pytest.raises(Unsupported, match="no rows at all"):
        play("stats max(a)", [])


def test_one_field_and_function_cannot_have_two_names() -> None:
    with pytest.raises(SearchSyntaxError, match="comes twice"):
        play("stats first(a) AS x, first(a) AS y", [])


def test_counts_of_groups_sum_to_the_rows_that_have_the_field() -> None:
    source = random.Random(1)
    rows = [{"a": str(source.randrange(7))} if source.random() > 0.2 else {"b": "1"} for _ in range(500)]
    groups = play("stats count BY a", rows)
    assert sum(row["count"] for row in groups) == sum("a" in row for row in rows)


def test_eventstats_adds_the_results_of_its_group_to_each_row() -> None:
    rows = [{"a": "1", "n": "2"}, {"a": "1", "n": "3"}, {"n": "9"}]
    assert play("eventstats sum(n) AS s BY a", rows) == [{**rows[0], "s": 5}, {**rows[1], "s": 5}, {"n": "9"}]


def test_streamstats_runs_along_the_rows() -> None:
    rows = [{"a": "x", "n": "1"}, {"a": "y", "n": "2"}, {"a": "x", "n": "3"}]
    assert [row["s"] for row in play("streamstats sum(n) AS s", rows)] == [1, 3, 6]
    assert [row["c"] for row in play("streamstats count AS c BY a", rows)] == [1, 1, 2]
    assert [row["c"] for row in play("streamstats current=f count AS c", rows)] == [0, 1, 2]
    assert [row["s"] for row in play("streamstats window=2 sum(n) AS s", rows)] == [1, 3, 5]
    assert [row.get("before") for row in play("streamstats current=f last(n) AS before", rows)] == [None, "1", "2"]


def test_a_shuffled_run_finds_searches_that_rely_on_the_order_of_rows() -> None:
    rows = [{"a": str(number), "same": "1"} for number in range(20)]
    lucky = {tuple(row["a"] for row in play("stats count BY a | head 3", rows, shuffle=seed)) for seed in range(5)}
    sound = {tuple(row["a"] for row in play("stats count BY a | sort 3 str(a)", rows, shuffle=seed)) for seed in range(5)}
    ties = {play("sort 1 num(same)", rows, shuffle=seed)[0]["a"] for seed in range(5)}
    assert len(lucky) > 1 and len(ties) > 1
    assert sound == {("0", "1", "10")}
