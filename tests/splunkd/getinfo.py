"""The first chunk of every conversation: what splunkd tells a search command about its search.

Source: [platform 1.3] and the recordings of 8.2.1, whose order of keys is kept. In the parse phase the same chunk comes
with less in it: no session key, an empty dispatch directory. It does no validation of arguments: splunkd does none.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

SPLUNK_VERSION = "10.2.3"
MAX_RESULT_ROWS = 50000

# A quoted string, or a run without blank, comma or quote; an argument is one or more of them side by side.
_ARGUMENT = re.compile(r'(?:"(?:\\.|[^"\\])*"|[^\s,"])+', re.DOTALL)
_QUOTED = re.compile(r'"((?:\\.|[^"\\])*)"', re.DOTALL)


@dataclass(frozen=True)
class SearchInfo:
    """What one search is to its command; `search` is the pipeline as typed, `raw_args` its arguments as typed."""

    command: str
    raw_args: Sequence[str]
    search: str
    sid: str
    dispatch_dir: str
    session_key: str
    app: str
    splunkd_uri: str = "https://127.0.0.1:8089"
    owner: str = "admin"
    earliest_time: str = "0"
    latest_time: str = "0"


def split_arguments(text: str) -> list[str]:
    """Returns the arguments as typed (`raw_args`): blanks and commas outside quotes separate, so `a = "b"` is three."""
    return _ARGUMENT.findall(text)


def unquote_argument(raw: str) -> str:
    r"""Returns the argument as parsed (`args`): quotes stripped, `\"` is `"`; `\w` stays `\w` (recorded).

    That `\\` becomes one backslash is how the search language reads quoted text (inference).
    """
    return _QUOTED.sub(lambda match: re.sub(r'\\(["\\])', r"\1", match[1]), raw)


def run_request(info: SearchInfo) -> dict[str, Any]:
    """Returns the getinfo metadata of the run that will execute, with every key that 8.2.1 sends."""
    return {
        "action": "getinfo",
        "preview": False,
        "streaming_command_will_restart": False,
        "searchinfo": {
            "args": [unquote_argument(raw) for raw in info.raw_args],
            "raw_args": list(info.raw_args),
            "dispatch_dir": info.dispatch_dir,
            "sid": info.sid,
            "app": info.app,
            "owner": info.owner,
            "username": info.owner,
            "session_key": info.session_key,
            "splunkd_uri": info.splunkd_uri,
            "splunk_version": SPLUNK_VERSION,
            "search": quote(info.search, safe=""),
            "command": info.command,
            "maxresultrows": MAX_RESULT_ROWS,
            "earliest_time": info.earliest_time,
            "latest_time": info.latest_time,
        },
    }


def parse_request(info: SearchInfo) -> dict[str, Any]:
    """Returns the getinfo metadata of the parse phase: no session_key, an empty dispatch_dir [platform 1.3, 9.1]."""
    request = run_request(info)
    del request["searchinfo"]["session_key"]
    request["searchinfo"]["dispatch_dir"] = ""
    return request
