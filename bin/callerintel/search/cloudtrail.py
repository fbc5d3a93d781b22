"""A CloudTrail event, reduced to the few things that are judged: `Call`.

In: one event as splunkd has it, either as its search-time fields (JSON paths such as `userIdentity.arn`, [platform 8]) or as
the JSON text in `_raw`. Out: a `Call` of plain strings, "" for what is absent. An absent value, an empty one, the JSON
null that automatic extraction turns into the text `null`, and `-` all mean the same [cloudtrail 2, 8].

Only fields that CloudTrail writes before `requestParameters` are relied on, since automatic extraction ends after 5,000
bytes [cloudtrail 0.6].
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from typing import Any, NamedTuple

_ABSENT = frozenset(("", "null", "-"))


class Call(NamedTuple):
    """One AWS API call. Strings as CloudTrail writes them, "" where it wrote nothing; the times are not parsed yet."""

    user_agent: str = ""
    identity_type: str = ""
    identity_arn: str = ""
    identity_account: str = ""
    identity_principal: str = ""
    identity_user: str = ""
    identity_invoked_by: str = ""
    identity_provider: str = ""
    issuer_arn: str = ""
    store_arn: str = ""
    store_user: str = ""
    recipient_account: str = ""
    region: str = ""
    event_source: str = ""
    event_name: str = ""
    source_address: str = ""
    event_time: str = ""
    error_code: str = ""
    event_type: str = ""
    error_message: str = ""
    console_login: str = ""


# Call's fields in order -> where CloudTrail has them. The first word of each is also the name of the search option with which
# a search says that its events have the field under another name. splunkd sends the columns in this order, of which the fast
# path makes use: what hardly ever holds a comma comes last.
PATHS: tuple[str, ...] = (
    "userAgent",
    "userIdentity.type",
    "userIdentity.arn",
    "userIdentity.accountId",
    "userIdentity.principalId",
    "userIdentity.userName",
    "userIdentity.invokedBy",
    "userIdentity.identityProvider",
    "userIdentity.sessionContext.sessionIssuer.arn",
    "userIdentity.onBehalfOf.identityStoreArn",
    "userIdentity.onBehalfOf.userId",
    "recipientAccountId",
    "awsRegion",
    "eventSource",
    "eventName",
    "sourceIPAddress",
    "eventTime",
    "errorCode",
    "eventType",
    "errorMessage",
    "responseElements.ConsoleLogin",
)
# What decides whether a call teaches, and nothing else.
_LEARNED_FROM = PATHS[PATHS.index("eventTime") + 1 :]


def field_names(renamed: Mapping[str, str], learn: bool = True) -> tuple[str, ...]:
    """The search-time field for each of PATHS, or of those that a search needs that does not `learn`.

    `renamed` maps a path's first word to what the events call it.

    >>> field_names({"userIdentity": "detail.userIdentity"})[7]
    'detail.userIdentity.type'
    """
    names = []
    for path in PATHS if learn else PATHS[: -len(_LEARNED_FROM)]:
        word, dot, rest = path.partition(".")
        names.append(renamed.get(word, word) + dot + rest)
    return tuple(names)


def present(value: str) -> str:
    """`value`, or "" where it only says that there is none."""
    return "" if value in _ABSENT else value


def one_line(text: str) -> str:
    """`text` with everything that is not printable, and `|`, replaced: fit for a lookup's cell and for a part of one."""
    if text.isprintable() and "|" not in text:
        return text
    return "".join(character if character.isprintable() and character != "|" else " " for character in text)


def parse_raw(raw: str) -> Call | None:
    """The call that the text of one CloudTrail record spells, or None when it is no such record.

    An EventBridge event, which has the record in `detail`, is taken as well.
    """
    try:
        # Numbers as they are spelled, as automatic extraction has them; control characters in strings occur in exports.
        record = json.loads(raw, parse_int=str, parse_float=str, strict=False)
    except (ValueError, RecursionError):
        return None
    if isinstance(record, dict) and "eventName" not in record and isinstance(record.get("detail"), dict):
        record = record["detail"]
    return parse_record(record) if isinstance(record, dict) else None


def parse_record(record: dict[str, Any]) -> Call:
    """The call of one CloudTrail record as decoded JSON; any shape is taken, what does not fit is absent."""
    return Call(*(present(_scalar(record, path)) for path in PATHS))


def _scalar(record: Any, path: str) -> str:
    """The text of the value at `path`; "" when there is none, or where it is an object or a list."""
    value = record
    for name in path.split("."):
        if not isinstance(value, dict):
            return ""
        value = value.get(name)
    if value is None or isinstance(value, (dict, list)):
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


_ISO_TIME = r"(?a)(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d):(\d\d)(?:\.\d+)?(?:Z|([+-])(\d\d):?(\d\d))"
_EPOCH_TIME = r"(?a)\d{1,11}(?:\.\d+)?"


def parse_time(text: str) -> float | None:
    """UTC epoch seconds of an ISO 8601 time with `Z` or an offset, or of epoch seconds as text; None of anything else.

    Fractions of an ISO time are dropped: CloudTrail has none.
    """
    if re.fullmatch(_EPOCH_TIME, text):
        return float(text)
    match = re.fullmatch(_ISO_TIME, text)
    if match is None:
        return None
    year, month, day, hour, minute, second, sign, hours, minutes = match.groups()
    try:
        moment = datetime(int(year), int(month), int(day), int(hour), int(minute), int(second), tzinfo=timezone.utc)
        if sign:
            offset = timedelta(hours=int(hours), minutes=int(minutes))
            moment = moment - offset if sign == "+" else moment + offset
        return moment.timestamp()
    except (ValueError, OverflowError):
        return None
