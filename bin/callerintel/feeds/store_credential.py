"""Store a secret of any length in Splunk's credential store, for an administrator at a terminal (docs/feeds.md).

    cd $SPLUNK_HOME/etc/apps/TA-maliciouscaller/bin
    $SPLUNK_HOME/bin/splunk cmd python3 -m callerintel.feeds.store_credential NAME [https://host:port]

In: the name; a Splunk user and password, asked for; the secret, asked for without an echo, or all of stdin where that is no terminal.
Out: one line. Nothing is kept but the secret, in the store. Exit status 0, 1 or 2.
"""

from __future__ import annotations

import getpass
import os
import sys
from collections.abc import Sequence
from urllib.parse import urlsplit

_BIN = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
if __name__ == "__main__":
    sys.path.insert(0, os.path.join(_BIN, "lib"))

from callerintel.errors import OptionError  # noqa: E402
from callerintel.feeds.credentials import REALM, store_credential  # noqa: E402
from callerintel.feeds.setting_checks import credential_name  # noqa: E402
from callerintel.feeds.splunkd import Splunkd, SplunkdFailure  # noqa: E402

USAGE = "Usage: python3 -m callerintel.feeds.store_credential NAME [https://host:port]"


def main(argv: Sequence[str]) -> int:
    """Ask, store, and say so; returns the exit status."""
    if len(argv) not in (2, 3):
        print(USAGE, file=sys.stderr)
        return 2
    try:
        name = credential_name("NAME", argv[1])
    except OptionError as error:
        print(error, file=sys.stderr)
        return 2
    uri = argv[2] if len(argv) == 3 else "https://127.0.0.1:8089"
    piped = None if sys.stdin.isatty() else sys.stdin.read().strip()
    user, password = _ask_user(urlsplit(uri).netloc)
    secret = getpass.getpass(f"Secret to store as {name}: ").strip() if piped is None else piped
    if not secret:
        print("There is no secret to store.", file=sys.stderr)
        return 2
    try:
        store_credential(Splunkd(uri, user=user, password=password), name, secret)
    except SplunkdFailure as failure:
        print(
            f"The secret was not stored: {failure}. Check the user, its right to edit stored passwords, and {uri}.",
            file=sys.stderr,
        )
        return 1
    print(f"Stored as {name} in the realm {REALM}.")
    return 0


def _ask_user(where: str) -> tuple[str, str]:
    """Splunk's user and password, from the terminal: stdin may be the secret."""
    print(f"Splunk user at {where}: ", end="", file=sys.stderr, flush=True)
    with open(os.ctermid() if hasattr(os, "ctermid") else "CON", encoding="utf-8") as terminal:
        user = terminal.readline().strip()
    return user, getpass.getpass(f"Password of {user}: ")


if __name__ == "__main__":
    sys.exit(main(sys.argv))
