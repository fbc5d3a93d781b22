"""timechart, chart, top, rare, untable, xyseries, and fixtures for what is not played [spl 5.3]."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.spl import App, Interpreter, Unsupported
from tests.test_spl.play import NOW, play

HOUR = 3600
START = 1_699_920_000  # 2023-11-14T00:00:00Z


def events(*found: tuple[float, str]) -> list[dict[str, Any]]:
    return [{"index": "main", "_time": str(START + hours * HOUR), "level": level} for hours, level in found]


def timechart(arguments: str, rows: list[dict[str, Any]], **bounds: Any) -> list[dict[str, Any]]:
    return Interpreter(App(Path("none")), now=NOW).run(f"index=main | timechart {arguments}", rows, **bounds)


def test_timechart_has_a_row_for_each_bucket_of_the_range() -> None:
    found = timechart("span=1h count", events((1.5, "high"), (1.7, "low")), earliest=START, latest=START + 3 * HOUR)
    assert found == [
        {"_time": START, "count": 0},
        {"_time": START + HOUR, "count": 2},
        {"_time": START + 2 * HOUR, "count": 0},
    ]


def test_timechart_makes_series_and_counts_zero_where_a_series_has_nothing() -> None:
    found = timechart("span=1h count BY level", events((0, "high"), (2, "low"), (2, "low")))
    assert found == [
        {"_time": START, "high": 1, "low": 0},
        {"_time": START + HOUR, "high": 0, "low": 0},
        {"_time": START + 2 * HOUR, "high": 0, "low": 2},
    ]


def test_timechart_leaves_out_values_that_are_no_counts_in_empty_buckets() -> None:
    found = timechart("span=1h latest(level) AS l", events((0, "high"), (2, "low")))
    assert found == [{"_time": START, "l": "high"}, {"_time": START + HOUR}, {"_time": START + 2 * HOUR, "l": "low"}]
    assert len(timechart("span=1h cont=f count", events((0, "high"), (2, "low")))) == 2


def test_timechart_puts_what_is_over_the_limit_into_other_and_null_apart() -> None:
    rows = [*events(*[(0, "a")] * 5, *[(0, "b")] * 3, (0, "c"), (0, "d")), {"index": "main", "_time": str(START)}]
    assert timechart("span=1h limit=2 count BY level", rows) == [{"_time": START, "a": 5, "b": 3, "OTHER": 2, "NULL": 1}]
    found = timechart("span=1h limit=2 useother=f usenull=f count BY level", rows)
    assert found == [{"_time": START, "a": 5, "b": 3}]
    with pytest.raises(Unsupported, match="equal at the limit"):
        timechart("span=1h limit=3 count BY level", rows)


def test_timechart_without_a_span_or_without_any_row_is_refused() -> None:
    for arguments, rows in (("count", events((0, "a"))), ("span=1h count", [])):
        with pytest.raises(Unsupported):
            timechart(arguments, rows)


def test_chart_makes_rows_of_one_field_and_columns_of_another() -> None:
    rows = [{"a": "x", "b": "1"}, {"a": "x", "b": "2"}, {"a": "y", "b": "1"}]
    assert play("chart count OVER a BY b", rows) == [{"a": "x", "1": 1, "2": 1}, {"a": "y", "1": 1, "2": 0}]
    assert play("chart count BY a, b", rows) == play("chart count OVER a BY b", rows)
    assert play("chart count dc(b) AS n BY a", rows) == [{"a": "x", "count": 2, "n": 2}, {"a": "y", "count": 1, "n": 1}]


def test_top_and_rare_count_values() -> None:
    rows = [{"a": "x"}, {"a": "y"}, {"a": "x"}, {"a": "x"}, {"b": "1"}]
    assert play("top a", rows) == [{"a": "x", "count": 3, "percent": 75}, {"a": "y", "count": 1, "percent": 25}]
    assert play("top 1 a showperc=f countfield=n", rows) == [{"a": "x", "n": 3}]
    assert play("rare limit=1 a", rows) == [{"a": "y", "count": 1, "percent": 25}]


def test_untable_is_the_inverse_of_xyseries() -> None:
    wide = [{"day": "1", "high": "2", "low": "3"}, {"day": "2", "high": "0", "low": "1"}]
    long = play("untable day level n", wide)
    assert long[:2] == [{"day": "1", "level": "high", "n": "2"}, {"day": "1", "level": "low", "n": "3"}]
    assert play("untable day level n | xyseries day level n", wide) == wide
    with pytest.raises(Unsupported, match="fillnull first"):
        play("untable day level n", [{"day": "1"}, {"day": "2", "high": "1"}])


def test_what_is_not_ours_is_a_fixture_and_nothing_without_one() -> None:
    interpreter = Interpreter(App(Path("none")), now=NOW)

    def located(arguments: str, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        assert arguments == "prefix=geo_ ip"
        return [{**row, "geo_Country": "Utopia"} for row in rows]

    found = interpreter.run(
        "| tstats count WHERE index=main BY ip | iplocation prefix=geo_ ip | stats sum(count) AS n BY geo_Country",
        fixtures={"tstats": [{"ip": "192.0.2.1", "count": 2}, {"ip": "192.0.2.2", "count": 3}], "iplocation": located},
    )
    assert found == [{"geo_Country": "Utopia", "n": 5}]
    with pytest.raises(Unsupported, match="tstats needs a fixture"):
        interpreter.run("| tstats count WHERE index=main")
