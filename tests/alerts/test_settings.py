"""How the alerts are shipped: switched off, not in real time, with windows that tile, and a text that says what to do."""

from __future__ import annotations

import json

import pytest

from tests.baseline.conftest import START
from tests.spl import App
from tests.spl.times import UTC, resolve

from .conftest import HIGH, INFORMATIONAL, LIVE, LOW, PAGE, RETRO, alerts_of, minutes_between_runs, seconds

ALERTS = (*LIVE, RETRO)


def test_there_are_ten_alerts_and_all_are_switched_off(shipped: App) -> None:
    assert len(alerts_of(shipped)) == 10
    assert {keys["disabled"] for keys in alerts_of(shipped).values()} == {"1"}


def test_no_search_runs_in_real_time_or_without_bounds(shipped: App) -> None:
    for name, keys in shipped.saved_searches.items():
        times = [keys["dispatch.earliest_time"], keys["dispatch.latest_time"]]
        assert not [time for time in times if time.startswith("rt")], name
        assert all(times), name


@pytest.mark.parametrize("name", LIVE)
def test_each_moment_of_index_time_is_in_exactly_one_window(shipped: App, name: str) -> None:
    keys = shipped.saved_searches[name]
    step = 60 * minutes_between_runs(keys["cron_schedule"])
    windows = []
    for run in range(50):
        now = START + run * step + (run * 7) % 59  # the scheduler may be some seconds late
        windows.append(tuple(resolve(keys[f"dispatch.index_{end}"], now, UTC) for end in ("earliest", "latest")))

    assert all(before[1] == after[0] for before, after in zip(windows, windows[1:]))
    assert (keys["realtime_schedule"], keys["schedule_window"], keys["allow_skew"]) == ("0", "0", "0")


@pytest.mark.parametrize("name", ALERTS)
def test_what_is_delivered_twice_falls_into_the_throttle(shipped: App, name: str) -> None:
    """The second delivery of an event is at most as late as the search looks back, a day more for clocks that run ahead."""
    keys = shipped.saved_searches[name]
    oldest = resolve(keys["dispatch.earliest_time"], START, UTC)
    newest = resolve(keys["dispatch.latest_time"], START, UTC)

    assert oldest is not None and newest is not None
    assert seconds(keys["alert.suppress.period"]) >= newest - oldest
    assert keys["alert.suppress.fields"] == "caller,severity,day"
    assert keys["alert.digest_mode"] == "0"


def test_an_escalation_is_on_splunks_scale_and_never_swallowed(shipped: App) -> None:
    levels = {name: int(shipped.saved_searches[name]["alert.severity"]) for name in ALERTS}

    assert levels == {PAGE: 6, HIGH: 5, RETRO: 4, LOW: 3, INFORMATIONAL: 2}


@pytest.mark.parametrize("name", ALERTS)
def test_each_description_says_what_it_means_what_to_do_and_when_it_is_wrong(shipped: App, name: str) -> None:
    text = shipped.saved_searches[name]["description"]

    for part in ("Impact: ", "What to do: 1. ", "2. ", "3. ", "4. ", "Known false positives: "):
        assert part in text


@pytest.mark.parametrize("name", ALERTS)
def test_enterprise_security_gets_valid_json_and_does_nothing_until_it_is_switched_on(shipped: App, name: str) -> None:
    keys = shipped.saved_searches[name]

    assert json.loads(keys["action.correlationsearch.annotations"])["mitre_attack"] == ["T1078.004"]
    assert {each.get("risk_object_field") for each in json.loads(keys["action.risk.param._risk"])} == {"caller", None}
    assert json.loads(keys["action.notable.param.drilldown_searches"])[0]["search"]
    assert (keys["action.notable"], keys["action.risk"]) == ("0", "0")
    assert keys["action.notable.param.severity"] in ("informational", "low", "medium", "high", "critical")


def test_mails_are_plain_text_and_name_only_fields_that_results_have(shipped: App) -> None:
    import re

    for name, keys in alerts_of(shipped).items():
        table = keys["search"] + " ".join(macro.definition for macro in shipped.macros.values())
        texts = keys["action.email.subject"] + keys["action.email.message.alert"]
        assert keys["action.email.content_type"] == "plain", name
        for field in re.findall(r"\$result\.(\w+)\$", texts):
            assert re.search(rf"table [^|]*\b{field}\b", table), (name, field)
