"""What was offered, what was accepted, and therefore what a search may see.

In: each generation that was offered to an update, with what may become of it; what became of the update; what searches saw; what was damaged. Out: for
a search, everything in its sight that must not be there. Reads are monotonic: a generation that was reported or seen is never followed by an older
one or none, unless its file was damaged by us meanwhile. A generation that was refused is never seen. Only what came before what counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from soak.lists import INTEL_FEEDS
from soak.probes import LISTS, Sight


class Floor(NamedTuple):
    """What a search that begins now must at least see: the generation of each list, but of those that may be missing altogether."""

    generations: Mapping[str, int]
    may_miss: frozenset[str]


class Ledger:
    """The state of one run. `epoch` grows with each damage: what began before says nothing of what is there after."""

    def __init__(self) -> None:
        self.epoch = 0
        self._floors: dict[str, int] = {}
        self._refused: dict[str, set[int]] = {name: set() for name in LISTS}
        self._offered = dict.fromkeys(LISTS, 0)
        self._gone = set(LISTS)  # lists whose own file was damaged; at the beginning there is none
        self._is_compiled_gone = False

    def offer(self, name: str, may_be_taken: bool) -> int:
        """The number of a new generation of a list, never used before; `may_be_taken`: whether anybody may ever see it."""
        self._offered[name] += 1
        generation = self._offered[name]
        if not may_be_taken:
            self._refused[name].add(generation)
        return generation

    def landed(self, name: str, generation: int) -> None:
        """A generation is in place, and malicious_ips.csv is made of all lists' newest: an update that began after all damage says so."""
        self.written(name, generation)
        self._is_compiled_gone = False

    def written(self, name: str, generation: int) -> None:
        """A generation was put in place by our own hand."""
        self.seen(name, generation)
        self._gone.discard(name)

    def seen(self, name: str, generation: int) -> None:
        """A search saw this generation of an undamaged list: later ones see no older one."""
        self._floors[name] = max(generation, self._floors.get(name, 0))

    def damage(self, names: Iterable[str]) -> None:
        """From now on these lists may be missing, until they land again."""
        self.epoch += 1
        self._gone.update(names)

    def damage_compiled(self) -> None:
        """From now on malicious_ips.csv may be missing, until some update lands."""
        self.epoch += 1
        self._is_compiled_gone = True

    def floor(self) -> Floor:
        """What a search that begins now must at least see."""
        return Floor(dict(self._floors), frozenset(self._gone.union(INTEL_FEEDS if self._is_compiled_gone else ())))

    def faults_in(self, sight: Sight, floor: Floor) -> list[tuple[str, str]]:
        """(kind, sentence) of everything in a sight that must not be there; `floor` is of the moment before its files were opened."""
        found = []
        for name, generation in sight.items():
            least = floor.generations.get(name, 0)
            if generation is None:
                if name not in floor.may_miss:
                    found.append(("lost_generations", f"{name}: generation {least} was in place and nothing is"))
            elif generation in self._refused[name]:
                found.append(("refused_generations_seen", f"{name}: generation {generation} was refused and is seen"))
            elif generation > self._offered[name]:
                found.append(("mixed_generations", f"{name}: generation {generation} was never offered"))
            elif generation < least:
                found.append(("lost_generations", f"{name}: generation {least} was in place and {generation} is seen"))
        return found
