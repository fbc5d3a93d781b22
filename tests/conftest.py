"""What a reader should see after the results: what tests measure (`record_property("told", line)`), and what was left out because
something is not installed, for which pytest itself shows only a letter."""

from __future__ import annotations

import pytest


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    told = [value for report in terminalreporter.getreports("passed") for name, value in report.user_properties if name == "told"]
    for report in terminalreporter.getreports("skipped"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else ""
        if "The dashboards were not drawn" in reason:
            told.append(reason.replace("Skipped: ", ""))
    for line in dict.fromkeys(told):
        terminalreporter.write_line(str(line))
