"""Views drawn by Splunk's own packages in headless Chromium; see host.jsx, splunk_web.mjs and draw.mjs.

In: jobs (a view, rows for its searches, a theme). Out: what is on the page, what it asked, where clicks led to, what went wrong.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.views.results import FOLDER, Rows, save
from tests.views.sample import ROOT

HERE = Path(__file__).resolve().parent
HOST = ROOT / "build/browser/host.js"
REQUIRED = "MALICIOUSCALLER_BROWSER"  # set to `required`: what is lacking is a failure, not a skip


def lacking() -> str:
    """What has to be installed before a view can be drawn here, as one line; "" if nothing."""
    steps = []
    if not shutil.which("node"):
        steps.append("install Node 20 or newer")
    if not Path(chromium()).is_file():
        steps.append("apt-get install chromium fonts-liberation (or set CHROMIUM)")
    if not (ROOT / "node_modules/@splunk/dashboard-core").is_dir():
        steps.append("npm ci --ignore-scripts")
    return f"The dashboards were not drawn in a browser: {', then '.join(steps)}." if steps else ""


def chromium() -> str:
    return os.environ.get("CHROMIUM") or shutil.which("chromium") or "/usr/bin/chromium"


def job(
    view: str,
    rows: Mapping[str, Rows],
    folder: Path,
    *,
    theme: str = "dark",
    tokens: Mapping[str, str] | None = None,
    **more: Any,
) -> dict[str, Any]:
    """One page. more: click, picture (see draw.mjs). The rows are put into `folder`."""
    data = folder / f"{view}-{len(list(folder.iterdir()))}.json"
    save(rows, data)
    return {"view": str(FOLDER / f"{view}.xml"), "data": str(data), "theme": theme, "tokens": dict(tokens or {}), **more}


def draw(jobs: Sequence[Mapping[str, Any]], folder: Path) -> list[dict[str, Any]]:
    """What is on each page. The host is built where it is missing or older than what it is made of."""
    sources = [HERE / "host.jsx", HERE / "build.mjs", ROOT / "package-lock.json"]
    if not HOST.is_file() or HOST.stat().st_mtime < max(path.stat().st_mtime for path in sources):
        _node("build.mjs")
    file = folder / "jobs.json"
    file.write_text(json.dumps(list(jobs)), encoding="utf-8")
    return [json.loads(line) for line in _node("draw.mjs", str(file)).strip("\n").split("\n")]  # texts hold other line breaks


def scripts_of_setup() -> list[str]:
    """The set-up page's files, as its view names them."""
    view = (FOLDER / "setup.xml").read_text(encoding="utf-8")
    named = re.search(r'script="([^"]*)"', view)
    return [str(ROOT / "appserver/static" / name.strip()) for name in named[1].split(",")] if named else []


def set_up(
    splunkd: str,
    key: str,
    steps: Sequence[Mapping[str, str]],
    folder: Path,
    picture: str = "",
    query: str = "",
    backwards: bool = False,
) -> dict[str, Any]:
    """The set-up page with a splunkd behind it, after some steps of a user (see setup_page.mjs). query: of the page's address;
    backwards: its scripts arrive in the other order."""
    view = (FOLDER / "setup.xml").read_text(encoding="utf-8")
    scripts = scripts_of_setup()
    made = {
        "html": view[view.index("<html>") + len("<html>") : view.index("</html>")],
        "scripts": scripts[::-1] if backwards else scripts,
        "css": str(ROOT / "appserver/static/setup.css"),
        "splunkd": splunkd,
        "key": key,
        "steps": list(steps),
        "picture": picture,
        "query": query,
    }
    file = folder / "setup.json"
    file.write_text(json.dumps(made), encoding="utf-8")
    found: dict[str, Any] = json.loads(_node("setup_page.mjs", str(file)))
    return found


def _node(script: str, *arguments: str) -> str:
    environment = {**os.environ, "CHROMIUM": chromium()}
    done = subprocess.run(["node", str(HERE / script), *arguments], capture_output=True, text=True, env=environment, timeout=900)
    if done.returncode:
        raise RuntimeError(f"{script} failed: {done.stderr[-2000:]}")
    return done.stdout
