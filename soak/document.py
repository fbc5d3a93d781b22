"""docs/RELIABILITY.md, and the same tables for the terminal: the run as a page, made anew by each run. Nobody edits it by hand.

In: the figures. Out: Markdown. It says what it ran on, how, what was done to it, and what was wrong.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from bench.document import section
from bench.tables import Table
from soak.tally import WRONG

_Figures = Mapping[str, Any]
_WORK = {
    "updates_tried": "updates tried",
    "updates_ok": "that put a new list in place",
    "updates_unchanged": "that had to wait for their publisher",
    "updates_refused": "that refused a list, and said why",
    "updates_failed": "that failed, and said why",
    "updates_killed": "that were killed (kill -9)",
    "searches": "searches",
    "answers_checked": "answers checked, event by event",
    "files_searched_for_secrets": "files searched for secrets",
}
_HOW = """\
How it works. Each list says with every generation, by which of some addresses it has, which generation it is; by a few look-ups anybody can tell
which one a search saw, and whether it was whole. The input and the command are the real programs, each in processes of its own, started by the
stand-in for splunkd ([development.md](development.md)); publishers and splunkd's management port are servers on 127.0.0.1. Faults are drawn by
chance from a table, two updates run at a time, and searches meanwhile: short ones, ones under which lookups are broken, and ones that stay open, one
of them from the beginning to the end. From time to time everything may end; then each feed must update, and nothing may be left over. Every
other of these rounds is played on the captain of a search head cluster.

- A *wrong answer* is a field of an event that is not what the generations seen make of it, or a process that answers the same chunk in two ways.
- A *mixed* generation is none that was ever served. A *lost* one was reported or seen, and then an older one or nothing was, though nobody touched the file.
- A *refused* generation was served by a publisher with a fault that must be noticed.
- A *secret* is the session key or a publisher's credential in any file, log, event or answer, or shown to another publisher.

Not in it: lookups that are cut or written over in their place, disks that are full at each single write, clocks that jump, memory that does not suffice: those are plain tests
(`tests/faults`). SIGTERM is sent from the first line of the input's own code on; before it, Python itself ends without a word.
"""


def tables(figures: _Figures) -> Iterator[Table]:
    """What was wrong, what was done, and what was done to it."""
    yield Table("What must not be", ("", "count"), [(words, _shown(figures["wrong"][name])) for name, words in WRONG.items()])
    counts = figures["counts"]
    yield Table("Work", ("", "count"), [(words, f"{counts.get(name, 0):,}") for name, words in _WORK.items()])
    faults = sorted(figures["faults"].items(), key=lambda pair: (-pair[1], pair[0]))
    total = sum(figures["faults"].values())
    yield Table("Faults", ("fault", "times"), [*((name, f"{times:,}") for name, times in faults), ("all", f"{total:,}")])
    ends = sorted(figures["ends"].items(), key=lambda pair: (-pair[1], pair[0]))
    yield Table("What the status events said", ("status, reason", "times"), [(name, f"{times:,}") for name, times in ends])
    yield Table("Growth", ("process", "MiB, first", "MiB, last", "descriptors, first", "last"), list(_growth(figures)))


def _shown(count: int) -> str:
    return f"WRONG: {count:,}" if count else "0"


def _growth(figures: _Figures) -> Iterator[tuple[str, ...]]:
    for name, memory in figures["memory_bytes"].items():
        open_files = figures["descriptors"][name]
        mib = (f"{memory[when] / (1 << 20):.1f}" for when in ("first", "last"))
        yield (name, *mib, str(open_files["first"]), str(open_files["last"]))


def write(figures: _Figures) -> str:
    """The page's text."""
    machine = figures["machine"]
    memory = f", {machine['memory_bytes'] / 1e9:.0f} GB" if machine["memory_bytes"] else ""
    pace = f"about {figures['load']:.0%} of one core" if figures["load"] else "as fast as it went"
    about = (
        f"{figures['date']}, `{figures['command']}`, {figures['seconds'] / 60:.0f} minutes, seed {figures['seed']}, {pace}. "
        f"{machine['cores']} cores of {machine['processor']}{memory}, {machine['system']}, Python {machine['python']}.\n"
    )
    verdict = "Nothing was wrong.\n" if figures["is_clean"] else "Something was wrong.\n"
    parts = [
        "# Reliability\n\nMade by `make soak`; do not edit.\n",
        about,
        verdict,
        _HOW,
        *(section(table) for table in tables(figures)),
    ]
    parts += [f"Left out: {sentence}.\n" for sentence in figures["left_out"]]
    if figures["wrong_sentences"]:
        parts.append("## What was wrong\n\n" + "".join(f"- {sentence}\n" for sentence in figures["wrong_sentences"]))
    return "\n".join(parts)
