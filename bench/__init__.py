"""`make bench`: what the command and the feeds cost, side by side with others, in one run on one machine.

In: the variables that `settings` explains. Out: tables on the terminal, docs/BENCHMARKS.md with plots, and OUT as JSON. Nothing of it
is shipped, no test asserts a time: what is measured is compared with what was promised (`claims`) and shown. Reading order:

    settings        what the user asked for
    traffic         the generated CloudTrail events, and what is true of each
    shapes          the same events as chunks: selected, narrow, wide
    known           the generated lookups: indicators, AWS ranges, baselines
    site            an installation with our app, the peers, and those lookups
    peers/          the app of the others: echo, a do-nothing command, three that match
    run             one timed process, or several side by side
    answers         the same processes untimed: does everybody give the right answers?
    throughput, start_up, cost, segments    what is measured
    programs/       what runs in a process of its own for that
    claims          what was promised, and whether it holds
    machine         what it ran on
    tables, screen, document, plots     what the user sees
"""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
if str(ROOT / "bin") not in sys.path:
    sys.path.append(str(ROOT / "bin"))  # callerintel, which is shipped in bin/ and installed nowhere


class BenchFailed(Exception):
    """The run cannot go on; the message is a sentence for the user."""


class WrongInput(BenchFailed):
    """A variable asks for something that there is not."""
