"""What a call teaches the baseline: `| maliciouscaller learn=true`, of which the baseline's saved searches are made.

In: a call and the `Finding` on it. Out: its lessons, each one row of the baseline to be: key, property, whose record, value. Made from the very finding that
judging uses, so learning and judging cannot disagree. What must not become usual teaches nothing [cloudtrail 9]: a call that
is not judged, one that was denied, a failed sign-in, what AWS does by itself, and a match of a threat list that no allowlist row covers,
since an attacker who comes back daily must stay unexpected.
"""

from __future__ import annotations

from collections.abc import Iterator

from callerintel.search.baseline import ACTION, PROPERTIES, USER_AGENT, baseline_key
from callerintel.search.cloudtrail import Call
from callerintel.search.finding import Finding

# Fields of a lesson are joined by this; the value comes last, for it may hold anything.
SEPARATOR = "|"
_BY_ITSELF = frozenset(("AwsServiceEvent", "AwsCloudTrailInsight"))
_DENIALS = frozenset(
    (
        "AccessDenied",
        "AccessDeniedException",
        "VpceAccessDenied",
        "AuthorizationError",
        "AuthorizationErrorException",
        "UnauthorizedAccess",
        "InvalidClientTokenId",
        "failure",  # what the Splunk Add-on for AWS makes of a failed ConsoleLogin [cloudtrail 0.5]
    )
)
_DENIAL_ENDS = ("UnauthorizedOperation", "SignatureDoesNotMatch")
_DENIAL_STARTS = ("NotAuthorized",)


def was_denied(call: Call) -> bool:
    """Whether AWS refused the call for want of rights, or the sign-in failed; other errors prove that it was allowed.

    The code is looked at, never its presence: the Splunk Add-on for AWS writes `success` where CloudTrail writes none.
    """
    code = call.error_code
    if code in _DENIALS or code.endswith(_DENIAL_ENDS) or code.startswith(_DENIAL_STARTS):
        return True
    return call.console_login == "Failure" or call.error_message == "Failed authentication"


def lessons_of(call: Call, finding: Finding) -> tuple[str, ...]:
    """`key|property|whose record|value` for each row that this call teaches; empty where it teaches nothing."""
    if not any(opinion.flag for opinion in finding.opinions) or was_denied(call) or call.event_type in _BY_ITSELF:
        return ()
    if finding.place.known.entries and not finding.allowed_by:
        return ()
    return tuple(
        SEPARATOR.join((baseline_key(record, prop, value), prop, record, value))
        for prop, value, opinion in zip(PROPERTIES, finding.behaviour.judged, finding.opinions)
        if opinion.flag
        for record in _records(finding, prop)
    )


def _records(finding: Finding, prop: str) -> Iterator[str]:
    """Whose records a value enters: the caller's own and its groups'; an account's only to know how old the account is."""
    groups = finding.groups
    yield finding.caller.name
    if groups.siblings:
        yield groups.siblings
    if groups.caller_class:
        yield groups.caller_class
    if prop == USER_AGENT and groups.person:
        yield groups.person
    if prop == ACTION and groups.account:
        yield groups.account
