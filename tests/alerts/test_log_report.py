"""The report on the input's log, fed with what the real input writes and splunkd stores: worst first, nothing lost, nothing live."""

from __future__ import annotations

import re
from typing import Any

from tests.baseline.conftest import START, Company

from .conftest import Scheduler

NOW = START + 40 * 86400
REPORT = "Malicious caller - Report - Log of the input"
PREFIX = 'ExecProcessor [412 ExecProcessor] - message from "/opt/splunk/bin/python3.9 /opt/splunk/etc/apps/TA-maliciouscaller/bin/intel_feed.py" '


def logged(
    company: Company, hours_ago: float, level: str, text: str, component: str = "ExecProcessor", prefix: str = PREFIX
) -> None:
    """One line of splunkd.log, with the fields that splunkd takes from any line of it and from pairs."""
    time = str(NOW - hours_ago * 3600)
    pairs = {key: value.strip('"') for key, value in re.findall(r'(\w+)=("[^"]*"|\S+)', text)}
    line = f"02-10-2026 00:00:00.000 +0000 {level} {prefix}{text}"
    own = {"_raw": line, "_time": time, "_indextime": time, "index": "_internal", "sourcetype": "splunkd", "host": "sh1"}
    company.history.append({**own, "component": component, "log_level": level, **pairs})


def rows(company: Company) -> list[dict[str, Any]]:
    return Scheduler(company, shuffle=1).rows(REPORT, NOW)


def test_lines_of_our_input_come_worst_first_and_others_not_at_all(company: Company) -> None:
    name = "some_list"
    params = {"url": "/no/such/file", "keep_reserved": "true"}
    result = company.splunkd.run_input(company.splunkd.home / "etc/apps/TA-maliciouscaller", "intel_feed", name, params)
    ((level, text),) = result.log
    logged(company, 3, level, text)
    logged(company, 2, "INFO", 'level=INFO feed=other event=run_ended status=ok message="Feed other: a new list is in place."')
    logged(company, 1, "ERROR", "Traceback (most recent call last):\x1b[31m")
    logged(company, 1, "INFO", "something else", prefix='ExecProcessor - message from "other_input.py" ')
    logged(company, 30, "ERROR", "of the day before yesterday")

    assert [(row["level"], row.get("feed") or "", row.get("event") or "", row.get("reason") or "") for row in rows(company)] == [
        ("ERROR", "", "", ""),
        ("ERROR", "some_list", "run_ended", "not_found"),
        ("INFO", "other", "run_ended", ""),
    ]
    crash, failed, good = (row["text"] for row in rows(company))
    assert "Traceback (most recent call last): [31m" in crash
    assert failed.startswith("Feed some_list: There is no file ")
    assert good == "Feed other: a new list is in place."
