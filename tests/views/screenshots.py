"""Draw the pictures of docs/screenshots: the shipped views over the sample of the tests, in headless Chromium.

In: the views, tests/views (what they show, and the browser). Out: a PNG for each view, and the Overview in light as well.

    .venv/bin/python -m tests.views.screenshots [view ...]      with the environment of `make test`; says what to install where the browser is missing
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from tests.baseline.conftest import Company

from . import browser, sample
from .results import NAMES, definition_of, results

TARGET = sample.ROOT / "docs/screenshots"


def main(wanted: list[str]) -> None:
    if browser.lacking():
        sys.exit(browser.lacking())
    TARGET.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        (folder / "pages").mkdir()
        company = Company(folder / "splunk")
        sample.prepare(company)
        jobs = []
        for name in wanted or NAMES:
            inputs = {each["options"]["token"] for each in definition_of(name)["inputs"].values()}
            tokens = {key: value for key, value in {"caller": sample.ALICE, "address": sample.TOR}.items() if key in inputs}
            rows = results(company, name, tokens)
            for theme in ("dark", "light") if name == "overview" else ("dark",):
                file = TARGET / (f"{name}.png" if theme == "dark" else f"{name}_light.png")
                jobs.append(browser.job(name, rows, folder / "pages", theme=theme, tokens=tokens, picture=str(file)))
        problems = [problem for page in browser.draw(jobs, folder) for problem in page["problems"]]
    if problems:
        sys.exit("\n".join(problems))


if __name__ == "__main__":
    main(sys.argv[1:])
