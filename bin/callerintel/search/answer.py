"""What a search is answered for one event: the cells of our columns, or that the event is dropped.

In: a call and its time. Out: cells in the order of `columns`. Which columns there are and which events go on is the options'
choice, made once for a search: verdicts for people and alerts; with `explain` the steps behind each; with `learn` what the call
teaches the baseline, and only the calls that teach.
"""

from __future__ import annotations

from collections.abc import Sequence

from callerintel.search.cloudtrail import Call
from callerintel.search.fields import EXPLANATION, LEARN_TIME, LEARNS, cells, encode_values, field_columns
from callerintel.search.finding import Finding, Judge
from callerintel.search.options import Options
from callerintel.search.severity import LEVELS
from callerintel.search.verdict import verdict_of


class Answers:
    """Answers one search; `columns` are the names of the columns that its cells belong into."""

    def __init__(self, judge: Judge, options: Options) -> None:
        self._judge = judge
        self._options = options
        self.columns = field_columns(options.prefix)
        if options.explain:
            self.columns += (options.prefix + EXPLANATION,)
        if options.learn:
            self.columns += tuple(
                prefix + options.prefix + name for prefix, name in (("", LEARN_TIME), ("", LEARNS), ("__mv_", LEARNS))
            )
        names = [level.name for level in LEVELS]
        self._levels = frozenset(names[names.index(options.min_severity) :] if options.min_severity else ())

    def find(self, call: Call, time: float | None) -> Sequence[str] | None:
        """The cells, or None for an event that the search did not ask for."""
        finding = self._judge.examine(call, time)
        if not self._is_wanted(finding):
            return None
        answer = [*cells(verdict_of(finding, self._judge.baseline))]
        if self._options.explain:
            from callerintel.search.explain import explanation_of

            answer.append(explanation_of(finding, self._judge.baseline))
        if self._options.learn:
            from callerintel.search.learning import lessons_of

            lessons = lessons_of(finding)
            if not lessons:
                return None
            answer += [f"{time:.0f}", "\n".join(lessons), encode_values(lessons)]
        return answer

    def _is_wanted(self, finding: Finding) -> bool:
        if self._levels:
            return finding.ruling is not None and finding.ruling.severity.name in self._levels
        return bool(finding.known.entries) or not self._options.matches_only
