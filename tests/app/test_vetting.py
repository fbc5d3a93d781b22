"""What vetting finds is a problem unless the list of accepted warnings says otherwise, for that check and those files."""

from __future__ import annotations

import csv
from types import ModuleType
from typing import Any

import pytest

from tests.app.shipped import ROOT, load_script


@pytest.fixture(scope="module")
def vet() -> ModuleType:
    """The script, as a module."""
    return load_script("vet")


def report(*checks: tuple[str, str, list[str]]) -> dict[str, Any]:
    """A report in the tool's own shape [toolchain 1.1]: (name, result, the files its messages are about)."""
    return {
        "reports": [
            {
                "groups": [
                    {
                        "checks": [
                            {
                                "name": name,
                                "result": result,
                                "messages": [
                                    {"result": result, "message": f"about {file}", "message_filename": file} for file in files
                                ],
                            }
                            for name, result, files in checks
                        ]
                    }
                ]
            }
        ]
    }


ACCEPTED = {"check_ips": "lib/urllib3*", "check_count": ""}
AS_EXPECTED = [
    ("check_ips", "warning", ["lib/urllib3/util.py"]),
    ("check_count", "warning", ["None"]),
    ("check_x", "success", []),
]


def test_a_report_with_the_accepted_warnings_only_has_no_problem(vet: ModuleType) -> None:
    assert vet.problems(report(*AS_EXPECTED), ACCEPTED, least_checks=3) == []


@pytest.mark.parametrize("result", ["error", "failure", "future_failure", "warning"])
def test_anything_else_that_is_not_a_success_is_a_problem(vet: ModuleType, result: str) -> None:
    found = vet.problems(report(*AS_EXPECTED, ("check_y", result, ["default/app.conf"])), ACCEPTED, least_checks=3)

    assert found == [f"{result}: check_y: about default/app.conf"]


def test_a_failure_is_a_problem_even_where_the_warning_is_accepted(vet: ModuleType) -> None:
    found = vet.problems(report(*AS_EXPECTED[1:], ("check_ips", "failure", ["lib/urllib3/util.py"])), ACCEPTED, least_checks=3)

    assert "failure: check_ips: about lib/urllib3/util.py" in found


def test_a_warning_about_another_file_than_the_accepted_ones_is_a_problem(vet: ModuleType) -> None:
    files = ["lib/urllib3/util.py", "bin/callerintel/address.py"]
    found = vet.problems(report(("check_ips", "warning", files), *AS_EXPECTED[1:]), ACCEPTED, least_checks=3)

    assert len(found) == 1
    assert "bin/callerintel/address.py" in found[0]


def test_an_accepted_warning_that_no_longer_occurs_is_a_problem(vet: ModuleType) -> None:
    found = vet.problems(report(*AS_EXPECTED[1:]), ACCEPTED, least_checks=2)

    assert found == ["check_ips: this warning no longer occurs. Take it out of accepted_warnings.csv."]


def test_a_report_of_almost_no_checks_is_a_problem(vet: ModuleType) -> None:
    found = vet.problems(report(*AS_EXPECTED), ACCEPTED)

    assert len(found) == 1
    assert found[0].startswith("Only 3 checks were run")


def test_each_accepted_warning_has_a_reason() -> None:
    with (ROOT / "scripts/vetting/accepted_warnings.csv").open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))

    assert rows
    assert all(row["check"].startswith("check_") and len(row["reason"]) > 20 for row in rows)
    assert len({row["check"] for row in rows}) == len(rows)
