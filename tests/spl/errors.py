"""What can be wrong with a search, in three kinds. Each error carries the place: the command and its number in the pipeline.

A test that meets Unsupported has found no bug in the search: it has found that nobody can tell from the documentation
what the search means. Write it another way.
"""

from __future__ import annotations


class SplError(Exception):
    """A search that cannot be run. `what` is a sentence; `place` says where ("eval (command 3)"), "" while unknown."""

    def __init__(self, what: str, place: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.place = place

    def __str__(self) -> str:
        return f"{self.place}: {self.what}" if self.place else self.what


class SearchSyntaxError(SplError):
    """Splunk would refuse the search."""


class Unsupported(SplError):
    """What Splunk would do is not documented, or the interpreter does not know it."""


class SearchFailed(SplError):
    """The search starts, and ends in an error that its user sees."""
