"""Inspect the package with splunk-appinspect and hold what it says against the list of accepted warnings.

In: the package in dist/ and scripts/vetting/accepted_warnings.csv (check, files, reason). Out: one line for each problem, exit
status 1 if there is any; the whole report in build/appinspect.json. All checks are run, whatever their tags.

The tool itself ends with status 0 whatever it finds [toolchain 1.1], so its report is read. A problem is: an error, a failure, a
future failure (a failure of its next release), a warning that is not on the list or is about other files than the list
says, an entry of the list that no longer occurs, and a report without checks. Run it with the Python of the environment that splunk-appinspect is in.
"""

from __future__ import annotations

import csv
import fnmatch
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
ACCEPTED = ROOT / "scripts/vetting/accepted_warnings.csv"
REPORT = ROOT / "build/appinspect.json"
BAD = ("error", "failure", "future_failure")
# The tool runs some 250 checks; far fewer means that it gave up on the package.
LEAST_CHECKS = 200


def accepted_warnings(path: Path = ACCEPTED) -> dict[str, str]:
    """Check name -> the files, as a shell pattern, about which its warning is accepted; empty: it names no file."""
    with path.open(encoding="utf-8", newline="") as lines:
        return {row["check"]: row["files"] for row in csv.DictReader(lines)}


def checks(report: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Each check of the report: name, result, messages."""
    for app in report.get("reports", []):
        for group in app.get("groups", []):
            yield from group.get("checks", [])


def problems(report: dict[str, Any], accepted: dict[str, str], least_checks: int = LEAST_CHECKS) -> list[str]:
    """One line for each thing to do something about; empty for a package that is as it should be."""
    done = list(checks(report))
    warnings = [check for check in done if check["result"] == "warning"]
    bad = [check for check in done if check["result"] in BAD] + [check for check in warnings if not is_accepted(check, accepted)]
    lines = [describe(check) for check in bad]
    gone = set(accepted) - {check["name"] for check in warnings}
    lines += [f"{name}: this warning no longer occurs. Take it out of {ACCEPTED.name}." for name in sorted(gone)]
    if len(done) < least_checks:
        lines.append(f"Only {len(done)} checks were run: the package was not inspected. The report: {REPORT.relative_to(ROOT)}")
    return lines


def is_accepted(check: dict[str, Any], accepted: dict[str, str]) -> bool:
    """Whether all that this check warns of is on the list."""
    files = accepted.get(check["name"])
    # A message about no file in particular says "None".
    named = {str(message.get("message_filename")) for message in check["messages"] if message.get("result") == "warning"}
    return files is not None and all(fnmatch.fnmatchcase(name, files or "None") for name in named)


def describe(check: dict[str, Any]) -> str:
    """The result, the name, and the first messages of a check, in one line."""
    messages = [" ".join(str(message.get("message", "")).split()) for message in check.get("messages", [])]
    more = f" (and {len(messages) - 3} more)" if len(messages) > 3 else ""
    return f"{check['result']}: {check['name']}: {' / '.join(messages[:3])[:600]}{more}"


def inspect(package: Path) -> dict[str, Any]:
    """The report of splunk-appinspect on the package; ends the program if there is none."""
    REPORT.parent.mkdir(exist_ok=True)
    REPORT.unlink(missing_ok=True)
    command = [
        *(str(Path(sys.executable).parent / "splunk-appinspect"), "inspect", str(package)),
        # precert is the mode that says most; the checks are the same in both.
        *("--mode", "precert", "--data-format", "json", "--output-file", str(REPORT), "--max-messages", "all"),
        # It would download a list first; its absence changes nothing [toolchain 1.1].
        "--skip-trusted-libraries-update",
    ]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    if not REPORT.is_file():
        sys.exit(
            f"{done.stdout[-2000:]}{done.stderr[-2000:]}\nsplunk-appinspect made no report of {package.name}; the lines above are its own."
        )
    report: dict[str, Any] = json.loads(REPORT.read_text(encoding="utf-8"))
    return report


def main() -> None:
    try:
        import magic  # noqa: F401  # loads libmagic, which pip cannot install
    except ImportError:
        sys.exit("splunk-appinspect needs libmagic. On Debian or Ubuntu: apt-get install libmagic1")
    packages = sorted((ROOT / "dist").glob("*.tar.gz"), key=lambda path: path.stat().st_mtime)
    if not packages:
        sys.exit("There is no package in dist/ to inspect. Run make package first.")
    report, accepted = inspect(packages[-1]), accepted_warnings()
    found = problems(report, accepted)
    for line in found:
        print(line)
    counts = report.get("summary", {})
    print(f"{packages[-1].name}: {sum(counts.values())} checks, {len(found)} problems ({len(accepted)} accepted warnings)")
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
