"""What the user sees: coloured text, tables and a progress bar on a terminal, plain lines everywhere else.

In: results of the other modules. Out: stdout. Whatever comes from an event, a list or a file name is untrusted: it is shown as inert
text, its control characters replaced, never as markup. Nothing is computed here.
"""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timezone
from typing import Callable

from rich import box
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn
from rich.table import Table
from rich.text import Text

from callerintel.search.severity import LEVELS
from demo.cloudtrail_files import EventFiles
from demo.feeds import FeedResult
from demo.findings import SUPPRESSED, Finding, Findings
from demo.learn import Learned

_STYLES = {"high": "bold red", "low": "yellow", "informational": "cyan", SUPPRESSED: "dim"}
_STATUS_STYLES = {"ok": "green", "unchanged": "green", "refused": "yellow", "failed": "red"}
_WIDEST = 200
_PLAIN_WIDTH = 100
_SHOWN_FINDINGS = 30
_SHOWN_SENTENCES = 20
_LONGEST = 2000  # of a text: a reason has at most three values and what is usual instead of each


def inert(value: object, style: str = "", longest: int = _LONGEST) -> Text:
    """`value` as text that does nothing on a terminal: one line, what cannot be printed replaced, cut if very long."""
    text = "".join(character if character.isprintable() else "\ufffd" for character in str(value))
    return Text(text if len(text) <= longest else text[: longest - 4] + " ...", style=style, overflow="fold")


def is_plain(environment: Mapping[str, str]) -> bool:
    """Whether no control code may be written."""
    return not sys.stdout.isatty() or bool(environment.get("NO_COLOR")) or environment.get("TERM") in ("dumb", "unknown")


class Screen:
    """The user's terminal, or the file or pipe in its place."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        sys.stdout.reconfigure(errors="replace")  # type: ignore[union-attr]
        self._plain = is_plain(environment)
        options = {"highlight": False, "markup": False, "emoji": False, "force_jupyter": False}
        width = int(environment["COLUMNS"]) if environment.get("COLUMNS", "").isdigit() else None
        if self._plain:
            self._console = Console(force_terminal=False, color_system=None, width=width or _PLAIN_WIDTH, **options)
        else:
            self._console = Console(force_terminal=True, **options)
        self._console.width = max(40, min(self._console.width, _WIDEST))

    def title(self, text: str) -> None:
        """A line that begins a part of the output."""
        self._console.print()
        self._console.print(Text(text, style="bold"))

    def line(self, text: str, style: str = "") -> None:
        """One sentence."""
        self._console.print(inert(text, style))

    def sentences(self, sentences: Sequence[str]) -> None:
        """Sentences about the input, the first few of many."""
        for sentence in sentences[:_SHOWN_SENTENCES]:
            self.line(sentence, "yellow")
        if len(sentences) > _SHOWN_SENTENCES:
            self.line(f"... and {len(sentences) - _SHOWN_SENTENCES} more files of that kind.", "yellow")

    def messages(self, messages: Iterable[tuple[str, str]]) -> None:
        """What a search had to say, (level, text), each once."""
        for level, text in dict.fromkeys(messages):
            self.line(f"{level}: {text}", "red" if level == "ERROR" else "yellow")

    def feed(self, result: FeedResult, longest_name: int) -> None:
        """What became of one feed."""
        row = Table.grid(padding=(0, 2))
        row.add_column(width=min(longest_name, 30))
        row.add_column(width=9)
        row.add_column()
        said = _kept(result) if result.is_in_use else f"{result.reason}: {result.message}"
        status = inert(result.status, _STATUS_STYLES.get(result.status, ""))
        row.add_row(inert(result.name), status, inert(said))
        self._console.print(row)

    @contextmanager
    def progress(self, text: str, source: EventFiles) -> Iterator[Callable[[], None]]:
        """A bar on a terminal, from what `source` has read; gives the function that moves it."""
        if self._plain or not source.bytes_total:
            yield lambda: None
            return
        columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn())
        with Progress(*columns, console=self._console, transient=True) as progress:
            task = progress.add_task(text, total=source.bytes_total)

            def move() -> None:
                file = min(source.files_read + 1, len(source.files))
                count = f"{text} {source.events:,} events, file {file} of {len(source.files)}"
                progress.update(task, completed=source.bytes_read, description=count)

            yield move

    def baseline(self, learned: Learned, events: int) -> None:
        """What was learned from that many events."""
        when = f" ({_day(learned.first)} to {_day(learned.last)})" if learned.rows else ""
        self.line(
            f"{counted(learned.rows, 'row')} for {counted(learned.callers, 'caller')} and their groups, "
            f"from {counted(events, 'event')}{when}"
        )

    def findings(self, findings: Findings) -> None:
        """Callers by severity, and what the allowlist suppresses."""
        self._table("Callers by severity", findings.open)
        self._table("Suppressed by the allowlist", findings.suppressed)

    def _table(self, title: str, findings: list[Finding]) -> None:
        if not findings:
            return
        self.title(title)
        table = Table(box=box.SQUARE, show_lines=True, expand=True)
        table.add_column("severity", no_wrap=True)
        table.add_column("events", justify="right", no_wrap=True)
        table.add_column("caller, from where and when, why", overflow="fold", ratio=1)
        for finding in findings[:_SHOWN_FINDINGS]:
            severity = inert(finding.severity, _STYLES.get(finding.severity, ""))
            table.add_row(severity, str(sum(finding.events.values())), _details(finding))
        self._console.print(table)
        if len(findings) > _SHOWN_FINDINGS:
            self.line(f"... and {len(findings) - _SHOWN_FINDINGS:,} more callers; OUT=path writes every event.")

    def summary(self, findings: Findings, seconds: float) -> None:
        """The last line: what was counted, and how long all of it took."""
        self._console.print()
        levels = [*(level.name for level in reversed(LEVELS)), SUPPRESSED]
        counts = ", ".join(f"{findings.by_severity[name]:,} {name}" for name in levels)
        self.line(
            f"{counted(findings.events, 'event')}, {findings.judged:,} judged, {findings.matched:,} matched: {counts}. "
            f"It took {seconds:.1f} s.",
            "bold",
        )


def counted(count: int, noun: str) -> str:
    """`1 event`, `2,000 events`."""
    return f"{count:,} {noun}" + ("" if count == 1 else "s")


def _kept(result: FeedResult) -> str:
    rejected = sum(result.rejected.values())
    kept = f"{result.kept:,} kept" + (f" ({result.format})" if result.format else "")
    if not rejected:
        return kept
    reasons = ", ".join(f"{number:,} {reason}" for reason, number in sorted(result.rejected.items()))
    return f"{kept}, {rejected:,} rejected: {reasons}"


def _details(finding: Finding) -> Text:
    """The lines of one caller: who; from where, on which lists, when; why."""
    lines = [
        inert(finding.caller or "(the event does not say who)", "bold", 300),
        inert(f"from {_some(finding.addresses)} on {_some(finding.lists)}, {_when(finding)}{_mixed(finding)}"),
    ]
    if finding.reason:
        lines.append(inert(finding.reason + ("" if finding.reason.endswith(".") else ".")))
    if finding.suppressed_by:
        lines.append(inert(f"allowed by {_some(finding.suppressed_by)}"))
    return Text("\n").join(lines)


def _some(counted: Counter[str], shown: int = 3) -> str:
    """The most frequent few."""
    ordered = sorted(counted.items(), key=lambda item: (-item[1], item[0]))
    names = ", ".join(name[:100] for name, _ in ordered[:shown])
    return names + (f" and {len(ordered) - shown:,} more" if len(ordered) > shown else "")


def _mixed(finding: Finding) -> str:
    """How many of the events are less severe than the caller's worst."""
    others: list[tuple[str, int]] = [(name, count) for name, count in finding.events.items() if name != finding.severity]
    if not others:
        return ""
    return f"; {finding.events[finding.severity]:,} {finding.severity}, " + ", ".join(
        f"{n:,} {name}" for name, n in sorted(others)
    )


def _when(finding: Finding) -> str:
    if finding.first is None or finding.last is None:
        return "at an unknown time"
    first, last = _minute(finding.first), _minute(finding.last)
    if first == last:
        return f"at {first} UTC"
    if first[:10] == last[:10]:
        last = last[11:]
    return f"{first} to {last} UTC"


def _minute(time: float) -> str:
    return _shown(time, "%Y-%m-%d %H:%M")


def _day(time: float) -> str:
    return _shown(time, "%Y-%m-%d")


def _shown(time: float, shape: str) -> str:
    try:
        return datetime.fromtimestamp(time, timezone.utc).strftime(shape)
    except (ValueError, OverflowError, OSError):
        return f"{time:.0f}"


def complain(sentence: str) -> None:
    """Say on stderr why the demo ended early."""
    print(inert(sentence, longest=4000).plain, file=sys.stderr)


def leave_quietly() -> None:
    """Nobody reads stdout any more: let the interpreter flush the rest into nothing."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
