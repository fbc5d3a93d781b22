"""What the user asked for: the environment variables of `make soak`, checked before any work starts.

In: an environment. Out: Settings, or WrongInput with the sentence for the user.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bench.settings import path_of, whole_number

HELP = """\
Updates and searches against publishers that misbehave, each answer checked: make soak MINUTES=60 [OUT=path.json] ...

  MINUTES   How long. Default 60.
  OUT       A file to write: all figures as JSON.
  DOCS      The folder for RELIABILITY.md. Default: docs for 60 minutes and more, otherwise none.
  SEED      A number: the faults, the lists and what they are about come from it. Default 1.
  LOAD      How much of one core to use, in per cent, 5 to 400. Default 50.
  FILLER    More addresses of the largest list, so that its lookup is no small file. Default 25000.
  STEPS     So many steps instead of MINUTES, as fast as it goes.

Exit status: 0 nothing was wrong; 1 something was, and the tables say what, or it was interrupted; 2 a variable cannot be used.
"""


@dataclass(frozen=True)
class Settings:
    """`seconds` or `steps` is 0: the other one counts. `load`: cores to use, 0 for as fast as it goes."""

    seconds: float = 3600
    steps: int = 0
    seed: int = 1
    load: float = 0.5
    filler: int = 25_000
    round_steps: int = 150
    out: Path | None = None
    docs: Path | None = None


def read_settings(environment: Mapping[str, str]) -> Settings:
    """The settings in the environment. WrongInput names the variable at fault."""

    def given(name: str) -> str:
        return environment.get(name, "").strip()

    steps = whole_number("STEPS", given("STEPS"), 0, 1, 1_000_000)
    minutes = whole_number("MINUTES", given("MINUTES"), 60, 1, 100_000)
    docs = given("DOCS") or ("docs" if minutes >= 60 and not steps else "")
    return Settings(
        seconds=0 if steps else minutes * 60,
        steps=steps,
        seed=whole_number("SEED", given("SEED"), 1, 0, 1 << 32),
        load=0 if steps else whole_number("LOAD", given("LOAD"), 50, 5, 400) / 100,
        filler=whole_number("FILLER", given("FILLER"), 25_000, 0, 1_000_000),
        out=path_of(given("OUT")),
        docs=path_of(docs),
    )
