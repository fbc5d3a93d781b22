"""A target: one reader of ours, given any bytes.

`run` takes them and returns nothing. It passes over what the reader may say (FeedError, OptionError, ...) and raises for everything else:
another exception, or an answer that cannot be. `corpus` names the folder of its seeds, `tokens` are pieces of its language.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Callable


@dataclass(frozen=True)
class Target:
    """`name` is unique; `weight` and `calls` are how many bytes of memory and how many calls a byte of input may cost."""

    name: str
    run: Callable[[bytes], object]
    corpus: str = ""
    tokens: tuple[bytes, ...] = ()
    weight: int = 400
    calls: int = 150

    @property
    def folder(self) -> str:
        """The folder in tests/fuzz/corpus."""
        return self.corpus or self.name
