"""Where things are below $SPLUNK_HOME, and what a process that splunkd starts finds around it [platform 1.7, 2.4]."""

from __future__ import annotations

import os
from pathlib import Path


def environment_of(home: Path) -> dict[str, str]:
    """Returns the whole environment of a process of the splunkd whose home is `home`: nothing of the caller's.

    Beside the four sure variables it has the usual ones; OPENSSL_CONF is left out, for lack of Splunk's own OpenSSL.
    """
    return {
        "SPLUNK_HOME": str(home),
        "SPLUNK_DB": str(home / "var" / "lib" / "splunk"),
        "PYTHONHTTPSVERIFY": "0",
        "PYTHONUTF8": "1",
        "LD_LIBRARY_PATH": str(home / "lib"),
        "PATH": os.pathsep.join([str(home / "bin"), "/usr/local/bin", "/usr/bin", "/bin"]),
    }


def home_of(app: Path) -> Path:
    """Returns the $SPLUNK_HOME an app folder is in: above etc/apps/<app>, or above var/run/searchpeers/<x>/apps/<app>."""
    app = Path(app).resolve()
    return app.parents[5] if app.parents[2].name == "searchpeers" else app.parents[2]


def bare_interpreter(python: str) -> str:
    """Returns the interpreter that a virtual environment was made from; any other `python` as it is."""
    settings = Path(python).parent.parent / "pyvenv.cfg"
    if not settings.is_file():
        return python
    lines = [line.partition("=") for line in settings.read_text(encoding="utf-8").splitlines()]
    home = next(value.strip() for key, _, value in lines if key.strip() == "home")
    named = Path(home) / Path(python).name
    return str(named if named.exists() else Path(home) / "python3")
