"""Write the dashboards in default/data/ui/views from scripts/views.

Dashboard Studio's files are long JSON in which one forgotten comma or one panel too wide goes unnoticed; here every view has the same
colours and tables, and every row of its grid tiles. The files are committed; a test holds them against this script.

    python scripts/draw_views.py      after a change in scripts/views
"""

from __future__ import annotations

from pathlib import Path

from views import address, baseline, caller, feeds, getting_started, overview

FOLDER = Path(__file__).resolve().parent.parent / "default/data/ui/views"
VIEWS = {
    "overview": overview.view,
    "caller": caller.view,
    "address": address.view,
    "feeds": feeds.view,
    "baseline": baseline.view,
    "getting_started": getting_started.view,
}


def files() -> dict[str, str]:
    """File name → text."""
    return {f"{name}.xml": make().xml() for name, make in VIEWS.items()}


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, text in files().items():
        (FOLDER / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
