"""docs/BENCHMARKS.md: the run as a page, made anew by each run that writes documents. Nobody edits it by hand.

In: the figures, the claims, the names of the plots. Out: Markdown. It says what it was measured on, how, and what was left out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bench.claims import Claim
from bench.tables import Table, claims_table, tables_of

_Figures = Mapping[str, Any]
_PLOTS = {
    "events_per_second.svg": "Events per second by peer (logarithmic)",
    "cost_per_event.svg": "What an event costs, against sizes",
    "start_up.svg": "From the start of the process to the first annotated event",
}

_HOW = """\
How it is measured. All peers of a table get the same bytes: generated CloudTrail events, as splunkd would send them. Chunks are made before the
clock starts; a thread writes them as fast as the pipe takes them, replies are counted as bytes. Each is run {runs}, the
peers in turns, so that what else the machine does hits all alike; figures are medians. Start-up is not in events/s: it has a table of its own.
In a short search most events are the first of their caller or address, so an event costs more there: see *µs an event against events*.
CPU seconds are those of the whole process. Each peer's answers are checked beforehand against what the generator knows to be true.

The peers: a process that only echoes chunks (standard library); commands of the Splunk SDK for Python that do nothing, or match the source
address with a dict, with pytricia, with netaddr's IPSet, each as people write it: the list is read at the start. They match only;
maliciouscaller also finds the caller, judges three properties against the baseline, and writes 26 fields.
"""


def write(figures: _Figures, claims: Sequence[Claim], plots: Sequence[str]) -> str:
    """The page's text."""
    settings, machine = figures["settings"], figures["machine"]
    parts = [
        "# Benchmarks\n\nMade by `make bench`; do not edit.\n",
        _machine(figures),
        _HOW.format(runs="once" if settings["runs"] == 1 else f"{settings['runs']} times"),
    ]
    if claims:
        parts.append(section(claims_table(claims)))
    parts += [f"![{_PLOTS[plot]}](benchmarks/{plot})\n" for plot in plots]
    parts += [section(table) for table in tables_of(figures)]
    versions = [f"{name.replace('_', '-')} {machine[name]}" for name in ("splunk_sdk", "pytricia", "netaddr") if machine[name]]
    parts.append(f"Versions: {', '.join(versions)}.\n")
    parts += [f"Left out: {sentence}\n" for sentence in figures["left_out"]]
    return "\n".join(parts)


def _machine(figures: _Figures) -> str:
    machine = figures["machine"]
    memory = f", {machine['memory_bytes'] / 1e9:.0f} GB" if machine["memory_bytes"] else ""
    busy = (
        ""
        if machine["idle"]
        else " The machine was busy with other work when it began, so ratios say more than absolute figures."
    )
    return (
        f"{figures['date']}, `{figures['command']}`, {figures['seconds'] / 60:.1f} minutes. {machine['cores']} cores of {machine['processor']}"
        f"{memory}, {machine['system']}, Python {machine['python']}.{busy}\n"
    )


def section(table: Table) -> str:
    """A table as a part of a page, its note below it."""
    head = "| " + " | ".join(table.head) + " |"
    line = "|---|" + "---:|" * (len(table.head) - 1)
    rows = ["| " + " | ".join(cell.replace("|", "/") for cell in row) + " |" for row in table.rows]
    note = f"\n{table.note}\n" if table.note else ""
    return f"## {table.title}\n\n" + "\n".join([head, line, *rows]) + "\n" + note
