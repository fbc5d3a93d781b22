"""What goes wrong between splunkd and what it starts, in splunkd's own words.

`MESSAGES` holds the texts of the `[CHUNKED:*]` stanzas of Splunk 10.2.3's messages.conf [platform 1.8]; a test
compares them with that file. `SplunkdError` is raised where splunkd itself would fail, and where nobody knows what
it would do: a stand-in that guesses is worse than one that refuses.
"""

from __future__ import annotations

MESSAGES = {
    "INVALID_RESULT": "Invalid message received from external search command during search, see search.log.",
    "MERGE_ERROR__S": "Invalid '%s' from external search process: out of range or out of order.",
    "NON_ZERO_EXIT__D": "External search command exited unexpectedly with non-zero error code %d.",
    "SCRIPT_NOT_FOUND__S": "Could not find file: '%s'.",
    "SETUP_ERROR": "Invalid message received from external search command during setup, see search.log.",
    "UNEXPECTED_EXIT": "External search command exited unexpectedly.",
    "WRITE_ERROR": "Failed to send message to external search command, see search.log.",
}


class SplunkdError(Exception):
    """splunkd gives up. `text` is what its user would see, `detail` what search.log (or we) would add."""

    def __init__(self, text: str, detail: str = "") -> None:
        super().__init__(f"{text} [{detail}]" if detail else text)
        self.text = text
        self.detail = detail


class UnknownBehaviour(SplunkdError):
    """What came is something for which no source says what splunkd does with it."""


def chunked_error(name: str, *values: object, detail: str = "") -> SplunkdError:
    """Makes the error of the stanza `[CHUNKED:<name>]`; `values` fill its placeholders."""
    return SplunkdError(MESSAGES[name] % values if values else MESSAGES[name], detail)
