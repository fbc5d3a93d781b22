"""What tests measure and want a reader to see: `record_property("told", line)` is a line after the results."""

from __future__ import annotations

import pytest


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    told = [value for report in terminalreporter.getreports("passed") for name, value in report.user_properties if name == "told"]
    for line in dict.fromkeys(told):
        terminalreporter.write_line(str(line))
