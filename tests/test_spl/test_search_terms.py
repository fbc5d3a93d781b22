"""Search terms, one test a row of [spl 5.2]."""

from __future__ import annotations

from typing import Any

import pytest

from tests.spl import SearchFailed, Unsupported
from tests.spl.run import Interpreter
from tests.test_spl.play import NOW, is_found, make_app

ROW = {"type": "Root", "several": ["x", "Y"], "n": "5", "userIdentity.arn": "arn:aws:iam::111122223333:root", "ip": "192.0.2.77"}


@pytest.mark.parametrize(
    "terms, expected",
    [
        ("type=root", True),
        ('type="ROO*"', True),
        ("type=*oot", True),
        ("type=roo", False),
        ("userIdentity.arn=*:root", True),
        ("type=type", False),
        ("type=*", True),
        ("other=*", False),
        ("NOT other=*", True),
        ("type!=User", True),
        ("other!=User", False),
        ("NOT other=User", True),
        ("other!=*", False),
        ("type!=*", False),
        ("type IN (user, ro*)", True),
        ("type IN (user)", False),
        ("several=y", True),
        ("several=z", False),
        ("ip=192.0.2.0/24", True),
        ('ip="192.0.2.0/30"', False),
        ("ip!=198.51.100.0/24", True),
        ("n>4 n<=5", True),
        ("n>5", False),
        ("n=5", True),
        ("*", True),
        ("type=User OR n=5 type=Root", True),
        ("NOT type=User n=6", False),
        ("NOT (type=Root n=6)", True),
    ],
)
def test_terms_find_rows_as_documented(terms: str, expected: bool) -> None:
    assert is_found(terms, ROW) is expected


def test_or_binds_tighter_than_and() -> None:
    assert not is_found("a=1 b=2 OR a=1", {"a": "2", "b": "2"})
    assert is_found("a=1 OR b=2 c=3", {"a": "1", "c": "3"})
    assert not is_found("a=1 OR b=2 c=3", {"a": "1", "c": "4"})


@pytest.mark.parametrize(
    "terms, row",
    [
        ("error", ROW),
        ('"access denied"', ROW),
        ("several!=x", ROW),
        ("n=5.0", ROW),
        ("type>4", ROW),
        ("empty=*", {"empty": ""}),
        ("eventtype=x", ROW),
        ("earliest=-1d", ROW),
        (r"type=a\\b", ROW),
        ("[search index=a]", ROW),
    ],
)
def test_what_is_not_documented_or_not_played_is_refused(terms: str, row: dict[str, Any]) -> None:
    with pytest.raises(Unsupported):
        is_found(terms, row)


def event(number: int, seconds_ago: float, indexed_ago: float = 0, **fields: str) -> dict[str, str]:
    times = {"_time": f"{NOW - seconds_ago:.0f}", "_indextime": f"{NOW - indexed_ago:.0f}"}
    return {"id": str(number), "index": "main", "sourcetype": "aws:cloudtrail", **times, **fields}


@pytest.fixture
def interpreter(tmp_path: Any) -> Interpreter:
    return Interpreter(make_app(tmp_path), now=NOW)


def ids(rows: list[dict[str, Any]]) -> list[str]:
    return [row["id"] for row in rows]


def test_events_come_newest_first(interpreter: Interpreter) -> None:
    events = [event(1, 300), event(2, 100), event(3, 200)]
    assert ids(interpreter.run("index=main", events)) == ["2", "3", "1"]


def test_earliest_is_included_and_latest_is_not(interpreter: Interpreter) -> None:
    events = [event(1, 120), event(2, 60), event(3, 0)]
    assert ids(interpreter.run("index=main", events, earliest="-2m", latest="now")) == ["2", "1"]
    assert ids(interpreter.run("index=main earliest=-1m", events, earliest="-2m")) == ["3", "2"]


def test_index_times_bound_apart_from_event_times(interpreter: Interpreter) -> None:
    events = [event(1, 86400, 90), event(2, 86400, 500), event(3, 86400, 30)]
    assert ids(interpreter.run("index=main _index_earliest=-2m@m _index_latest=-1m@m", events)) == ["1"]
    assert ids(interpreter.run("index=main", events, index_earliest="-2m@m", index_latest="-1m@m")) == ["1"]


def test_windows_that_tile_on_index_time_give_every_event_once(interpreter: Interpreter) -> None:
    events = [event(number, number * 7, number * 13) for number in range(100)]
    found = []
    for start in range(0, 25):
        search = f"index=main _index_earliest=-{start + 1}m@m _index_latest=-{start}m@m"
        found += ids(interpreter.run(search, events))
    assert sorted(found, key=int) == [str(number) for number in range(2, 100)]  # two are of the minute that runs


def test_only_events_of_the_index_are_searched(interpreter: Interpreter) -> None:
    events = [event(1, 0), event(2, 0, index="other"), event(3, 0, sourcetype="syslog")]
    assert ids(interpreter.run("(index=main OR index=aws) sourcetype=aws:cloudtrail", events)) == ["1"]


def test_a_search_without_an_index_and_events_without_a_time_are_refused(interpreter: Interpreter) -> None:
    with pytest.raises(Unsupported, match="names no index"):
        interpreter.run("sourcetype=x", [])
    with pytest.raises(SearchFailed, match="no _time"):
        interpreter.run("index=main", [{"index": "main"}])
    with pytest.raises(Unsupported, match="earliest"):
        interpreter.run("index=main (earliest=-1d OR x=1)", [event(1, 0)])


def test_an_iterator_of_events_streams_in_its_own_order(interpreter: Interpreter) -> None:
    taken = []

    def events() -> Any:
        for number in range(1000):
            taken.append(number)
            yield event(number, 0)

    assert len(interpreter.run("index=main | head 3", events())) == 3
    assert len(taken) < 10
