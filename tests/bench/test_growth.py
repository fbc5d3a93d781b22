"""Start-up, growth of cost, and the feeds' half: that each is measured, whatever is installed. No time is ever asserted."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.bench.running import Made, assert_promises, make


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    return make(tmp_path_factory.mktemp("bench"), SIZE="tiny", PARTS="start,cost,segments")


def test_every_start_is_measured(made: Made) -> None:
    starts = [(each["peer"], each["indicators"], each["baseline_rows"]) for each in made.figures["start"]]

    assert starts[:2] == [("echo", 0, 0), ("nothing", 0, 0)]
    assert starts[2:8] == [("ours", *sizes) for sizes in ((0, 0), (200, 0), (400, 0), (800, 0), (0, 800), (800, 800))]
    assert {("dict", 800, 0), ("netaddr", 800, 0)} <= set(starts)
    assert all(each["milliseconds"] > 0 for each in made.figures["start"])


def test_every_curve_has_points(made: Made) -> None:
    xs = {name: {point["x"] for point in points} for name, points in made.figures["cost"].items()}

    assert xs.pop("columns") >= {16}
    assert xs == {
        "events": {200}, "indicators": {200, 800}, "baseline_rows": {200, 800}, "distinct_percent": {1, 100}, "chunk_rows": {50, 400},
    }  # fmt: skip
    assert all(point["microseconds_per_event"] > 0 for points in made.figures["cost"].values() for point in points)
    assert [each["rows"] for each in made.figures["look_up"]["sizes"]] == [200, 800]


def test_each_promise_comes_with_its_value_and_whether_it_holds(made: Made) -> None:
    assert_promises(made.figures, 13)


@pytest.mark.skipif(not shutil.which("iprange"), reason="iprange is not installed")
def test_iprange_is_measured_where_it_is(made: Made) -> None:
    assert [each["name"] for each in made.figures["segments"]["mergers"]] == ["ours", "netaddr", "iprange"]


def test_without_iprange_its_row_is_left_out_and_the_way_to_it_said(tmp_path: Path) -> None:
    figures, terminal, page = make(tmp_path, SIZE="tiny", PARTS="segments", PATH=str(tmp_path))

    assert [each["name"] for each in figures["segments"]["mergers"]] == ["ours", "netaddr"]
    assert terminal.count("apt-get install iprange") == 1
    assert page.count("apt-get install iprange") == 1
