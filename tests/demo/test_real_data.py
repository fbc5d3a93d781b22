"""The demo on real events and real lists, where they are there."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from callerintel.search.fields import FIELDS
from demo.cloudtrail_files import EventFiles
from tests.demo.running import ROOT, run_demo, words

DATA = Path(os.environ.get("TA_SHARED_DATA", ROOT.parent / "shared" / "data"))
EVENTS, FEEDS = DATA / "cloudtrail", DATA / "feeds"
LISTS = ("firehol_level1_2021.netset", "agg_blocklistdesshhourly.txt", "tor_torbulkexitlist_2024.txt")

pytestmark = pytest.mark.skipif(not EVENTS.is_dir(), reason=f"no real data in {DATA}; TA_SHARED_DATA names another folder")


def test_all_events_pass_through_unchanged_with_every_field(tmp_path: Path) -> None:
    """28,198 distinct events in JSON lines; annotated against three real lists and AWS's ranges."""
    out = tmp_path / "out.json"
    done = run_demo(
        EVENTS=f"{EVENTS}/*.ndjson {EVENTS}/*.ndjson.gz",
        FEEDS=" ".join(str(FEEDS / name) for name in LISTS),
        AWS_RANGES=FEEDS / "aws_ip-ranges.json",
        OUT=out,
    )
    assert (done.returncode, done.stderr) == (0, "")
    records = (event.record for event in EventFiles(sorted(EVENTS.glob("*.ndjson")) + sorted(EVENTS.glob("*.ndjson.gz"))))
    count = 0
    with open(out, encoding="utf-8") as file:
        for record, line in zip(records, file):
            event = json.loads(line)
            added = {name: event.pop(name) for name in FIELDS}
            assert all(isinstance(value, (str, list)) for value in added.values())
            assert event == {"eventID": "", **record}
            count += 1
        assert next(file, None) is None
    assert count == 28_198
    assert next(records, None) is None
    assert "28,198 events," in done.stdout


def test_a_real_tor_exit_is_found(tmp_path: Path) -> None:
    """185.220.101.50 is in both the list and the events (rule tests of the Panther project)."""
    done = run_demo(EVENTS=EVENTS / "panther_rule_tests.ndjson.gz", FEEDS=FEEDS / LISTS[2])
    assert "185.220.101.50 is on tor_torbulkexitlist_2024 (other); AWS or not is unknown" in words(done.stdout)


def test_original_files_and_wrappers_are_read(tmp_path: Path) -> None:
    """Six files as S3 had them, an EventBridge event, a CloudWatch Logs message, a digest."""
    files = EventFiles([EVENTS / "wrappers"])
    events = list(files)
    assert (len(events), files.digests, files.sentences) == (sum(1 for _ in events), 1, [])
    regions = {event.record["awsRegion"] for event in events}
    assert {"us-gov-east-1", "ap-northeast-1", "ca-central-1"} <= regions


def test_the_whole_folder_is_the_events_and_the_wrapped_ones() -> None:
    files = EventFiles([EVENTS])
    wrapped = sum(1 for _ in EventFiles([EVENTS / "wrappers"]))
    assert sum(1 for _ in files) == 28_198 + wrapped
    assert files.sentences == []
