"""All that is counted, and what was wrong: the figures of a run.

Every kind of wrong has a count of its own, which is there from the beginning, so that a zero is a figure. The first few of each are kept as
sentences. `is_clean` is what the exit status says.
"""

from __future__ import annotations

import statistics
from collections import Counter, deque
from typing import Any

_KEPT = 5
# What must never be, in the order in which it is shown.
WRONG = {
    "wrong_answers": "wrong answers",
    "mixed_generations": "mixed generations",
    "lost_generations": "lost generations",
    "refused_generations_seen": "refused generations seen",
    "silent_ends": "updates that ended without a status event",
    "wrong_ends": "updates that ended with another status than they must",
    "failed_searches": "searches that failed",
    "leaked_files": "leaked files",
    "leaked_processes": "leaked processes",
    "leaked_descriptors": "leaked descriptors",
    "memory_growth": "processes that grew",
    "secrets_seen": "secrets seen",
}


class Tally:
    """The counts of one run."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.faults: Counter[str] = Counter()
        self.ends: Counter[str] = Counter()
        self.wrong: dict[str, int] = dict.fromkeys(WRONG, 0)
        self.sentences: list[str] = []
        self._told = 0
        self._is_over = False
        self._update_seconds: deque[float] = deque(maxlen=50)
        self.memory: dict[str, tuple[int, int]] = {}
        self.descriptors: dict[str, tuple[int, int]] = {}

    def count(self, what: str, times: int = 1) -> None:
        """Something happened."""
        self.counts[what] += times

    def interrupt(self) -> None:
        """From here on nobody is to blame: a terminal interrupts the processes of a run together with the run."""
        self._is_over = True

    def blame(self, kind: str, sentence: str, times: int = 1) -> None:
        """Something happened that must not."""
        if self._is_over:
            return
        self.wrong[kind] += times
        if sum(line.startswith(f"{kind}: ") for line in self.sentences) < _KEPT:
            self.sentences.append(f"{kind}: {sentence}")

    def news(self) -> list[str]:
        """The sentences that were not asked for yet."""
        new, self._told = self.sentences[self._told :], len(self.sentences)
        return new

    def took(self, seconds: float) -> None:
        """So long an update took that succeeded."""
        self._update_seconds.append(seconds)

    @property
    def is_clean(self) -> bool:
        """Whether nothing was wrong."""
        return not any(self.wrong.values())

    @property
    def usual_seconds(self) -> float:
        """How long an update usually takes."""
        return statistics.median(self._update_seconds) if self._update_seconds else 1.0

    def figures(self) -> dict[str, Any]:
        """Everything, for JSON."""
        return {
            "counts": dict(sorted(self.counts.items())),
            "faults": dict(sorted(self.faults.items())),
            "ends": dict(sorted(self.ends.items())),
            "wrong": self.wrong,
            "wrong_sentences": self.sentences,
            "memory_bytes": {name: {"first": first, "last": last} for name, (first, last) in self.memory.items()},
            "descriptors": {name: {"first": first, "last": last} for name, (first, last) in self.descriptors.items()},
        }
