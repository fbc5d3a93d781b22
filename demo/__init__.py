"""The demo: everything the add-on does, on this terminal, without Splunk.

It installs the app into our stand-in for splunkd, runs the real modular input for every feed and the real search command over
CloudTrail events, and shows what an analyst would see. Nothing is judged here: every verdict comes from the command's process.
Reading order:

    __main__            the demo from start to end; start here
    settings            what the user asked for, checked
    feeds               the lists: sample lists from a local server, or the user's, each through the modular input
    cloudtrail_files    event files, in every shape that AWS delivers them
    cloudtrail_records  one JSON value -> the CloudTrail records in it
    json_stream         a file -> its JSON values, one at a time
    annotate            records -> the same records with the command's fields
    learn               annotated history -> the baseline lookup
    findings            annotated events -> callers by severity
    out                 annotated events -> a file
    screen              all of it on a terminal, or as plain lines
    make_samples        writes samples/, which are committed
    sample_data         what they tell
"""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SAMPLES = Path(__file__).resolve().parent / "samples"
SAMPLE_HISTORY = (SAMPLES / "history.json.gz",)

if str(ROOT / "bin") not in sys.path:
    sys.path.append(str(ROOT / "bin"))  # callerintel, which is shipped in bin/ and installed nowhere


class WrongInput(Exception):
    """What the user asked for cannot be done; `str()` is one sentence that says what to change."""


class DemoFailed(Exception):
    """The demo could not go on through no fault of the user's input; `str()` is one sentence."""
