"""How the tests start the demo: as a user does, in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from demo import ROOT

VARIABLES = ("EVENTS", "HISTORY", "FEEDS", "AWS_RANGES", "ALLOWLIST", "OUT", "NO_COLOR", "FORCE_COLOR", "TERM", "COLUMNS")


def environment(**variables: str) -> dict[str, str]:
    """This process's environment with only these of the demo's variables, and output 100 columns wide."""
    kept = {name: value for name, value in os.environ.items() if name not in VARIABLES and not name.startswith("PYTHON")}
    return {**kept, "COLUMNS": "100", **variables}


def run_demo(*arguments: str, **variables: object) -> subprocess.CompletedProcess[str]:
    """Run `python -m demo` to its end; stdout and stderr are pipes."""
    return subprocess.run(
        [sys.executable, "-m", "demo", *arguments],
        cwd=ROOT,
        env=environment(**{name: str(value) for name, value in variables.items()}),
        capture_output=True,
        encoding="utf-8",
        timeout=300,
        check=False,
    )


def words(text: str) -> str:
    """The text without line breaks and table borders, for sentences that were wrapped."""
    return " ".join(text.replace("\u2502", " ").split())


def read_out(path: Path) -> list[dict[str, Any]]:
    """The events of an OUT file."""
    with open(path, encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def make_event(number: int, **more: Any) -> dict[str, Any]:
    """A plain CloudTrail record; `more` overrides parts of it."""
    return {
        "eventVersion": "1.11",
        "userIdentity": {
            "type": "IAMUser",
            "principalId": "AIDAEXAMPLECAROL",
            "arn": "arn:aws:iam::111122223333:user/carol",
            "accountId": "111122223333",
            "userName": "carol",
        },
        "eventTime": f"2026-01-31T{number // 60 % 24:02d}:{number % 60:02d}:00Z",
        "eventSource": "s3.amazonaws.com",
        "eventName": "ListBuckets",
        "awsRegion": "us-east-1",
        "sourceIPAddress": "192.0.2.77",
        "userAgent": "aws-cli/2.22.12 md/arch#arm64",
        "requestParameters": None,
        "eventID": f"00000000-0000-4000-8000-{number:012d}",
        "eventType": "AwsApiCall",
        "recipientAccountId": "111122223333",
        **more,
    }


def repository_files() -> dict[Path, int]:
    """The files that the demo could write into, with their times; bytecode goes where Python puts it."""
    folders = (ROOT / "demo" / "samples", ROOT / "lookups", ROOT / "default", ROOT / "local")
    return {path: path.stat().st_mtime_ns for folder in folders for path in folder.rglob("*") if path.is_file()}


class SampleRun:
    """One run over the samples: the process, the events of OUT, and the repository's files before and after."""

    def __init__(self, out: Path) -> None:
        self.files_before = repository_files()
        self.process = run_demo(OUT=out)
        self.files_after = repository_files()
        self.events = read_out(out)

    def story(self, number: int) -> dict[str, Any]:
        """The annotated event of a story."""
        return next(event for event in self.events if event["eventID"].endswith(f"-{number:012d}"))
