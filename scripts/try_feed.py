"""Look at a list before it becomes a feed: `make try-feed URL=path-or-url [FORMAT=...] [OUT=path] [SETTINGS="name=value ..."]`.

In: the environment, where make puts what is given on its command line: URL; FORMAT (auto); OUT; SETTINGS, further settings of a feed as in
README/inputs.conf.spec, quoted as in a shell. Out: on the terminal the format found, the first 20 kept and rejected with their
reasons, the counts, and whether the list would be trusted; in OUT the same as JSON with all that was kept:

    {"format", "kept", "rejected", "reasons": {reason: number}, "indicators": [...]}; "refused" and "message" if it would be

Nothing is stored. The publisher is asked once. Exit status: 0 when the list could be read at all, 1 when not, 2 for a wrong setting.
"""

from __future__ import annotations

import json
import os
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[0:0] = [str(ROOT / folder) for folder in ("bin", "bin/lib", "lib")]

from callerintel.errors import OptionError  # noqa: E402
from callerintel.feeds.feed_config import read_feed_config  # noqa: E402
from callerintel.feeds.trial import NOT_HAD, summary_lines, try_list  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Mapping

    from callerintel.feeds.trial import Trial


def settings_of(environment: Mapping[str, str]) -> dict[str, str]:
    """The feed's settings in the environment; a path may be relative. ValueError for what is no `name=value`."""
    url = environment.get("URL", "").strip()
    settings = {"url": url if "://" in url or not url else os.path.abspath(url), "format": environment.get("FORMAT", "")}
    for word in shlex.split(environment.get("SETTINGS", "")):
        name, equals, value = word.partition("=")
        if not equals:
            raise ValueError(f"SETTINGS takes name=value, not {word!r}.")
        settings[name] = value
    return settings


def as_json(trial: Trial) -> dict[str, Any]:
    """What OUT gets."""
    found: dict[str, Any] = {
        "format": trial.format,
        "kept": len(trial.indicators),
        "rejected": len(trial.rejected),
        "reasons": trial.reasons,
        "indicators": trial.indicators,
    }
    if trial.error is not None:
        found.update(refused=trial.error.reason, message=trial.error.detail)
    return found


def main(environment: Mapping[str, str]) -> int:
    """Look at the list that the environment names; returns the exit status."""
    try:
        config = read_feed_config("try_feed", settings_of(environment))
    except (OptionError, ValueError) as error:
        print(
            f"{error}\nUsage: make try-feed URL=path-or-url [FORMAT=...] [OUT=path] [SETTINGS='name=value ...']", file=sys.stderr
        )
        return 2
    trial = try_list(config)
    for line in summary_lines(trial):
        print(line)
    if trial.error is None:
        print("The list would be accepted.")
    out = environment.get("OUT", "")
    if out:
        Path(out).write_text(json.dumps(as_json(trial), indent=1) + "\n", encoding="utf-8")
        print(f"Written to {out}.")
    return 1 if trial.error is not None and trial.error.reason in NOT_HAD else 0


if __name__ == "__main__":
    sys.exit(main(os.environ))
