"""Who called: the AWS principal behind CloudTrail's `userIdentity`, named so that it is the same in every session.

In: a `Call`. Out: a `Caller`. The rule [cloudtrail 3]: nothing that the caller chooses may enter the name, because a new
name resets the judgement. So no session name (but for IAM Identity Center's roles, where the service sets it and it is
the person), no access key, no federated name, no role path (the ARN of a role session lacks it). Names are
ARNs wherever AWS has one, so that an analyst can put them into the allowlist.
"""

from __future__ import annotations

import re
from typing import Callable, NamedTuple

from callerintel.search.cloudtrail import Call, one_line


class Caller(NamedTuple):
    """`name` ("" where nobody can be told), `type` as CloudTrail calls it, `account` (12 digits, or "")."""

    name: str
    type: str
    account: str


# Failed sign-ins show this instead of what was typed, which may be a password.
_HIDDEN = "HIDDEN_DUE_TO_SECURITY_REASONS"
SSO_ROLE = "AWSReservedSSO_"
_SSO_SUFFIX = r"_[0-9a-f]{16}\Z"
# A GitHub or GitLab subject goes on with the branch, tag or environment, which whoever opens a pull request names.
_CHOSEN_TAIL = r"(?s):(?:ref|ref_type|pull_request|environment|job_workflow_ref)(?::.*)?\Z"


class _Arn(NamedTuple):
    partition: str
    account: str
    resource: str


def _parse_arn(text: str) -> _Arn:
    arn, *parts = text.split(":", 5)
    if arn != "arn" or len(parts) < 5 or not parts[4]:
        return _Arn("", "", "")
    partition, _service, _region, account, resource = parts
    return _Arn(partition, account, resource)


def partition_of(region: str) -> str:
    """The partition of AWS that a region is in, by its name: that of a caller, where no ARN says it."""
    if region.startswith("cn-"):
        return "aws-cn"
    return "aws-us-gov" if region.startswith("us-gov-") else "aws"


def _account(call: Call) -> str:
    in_arn = _parse_arn(call.identity_arn).account
    return in_arn or call.identity_account or call.recipient_account


def _session_name(call: Call) -> str:
    parts = _parse_arn(call.identity_arn).resource.split("/", 2)
    if len(parts) == 3:
        return parts[2]
    return call.identity_principal.partition(":")[2]


def _principal(arn: str, call: Call) -> str:
    """The principal behind an ARN: a role for one of its sessions, without its path; a federated user without the chosen name."""
    partition, account, resource = _parse_arn(arn)
    kind, _, path = resource.partition("/")
    if kind == "role":
        name = path.rpartition("/")[2]
    elif kind == "assumed-role":
        name = path.partition("/")[0]
    elif kind == "federated-user":
        return f"arn:{partition}:sts::{account}:federated-user/*"
    else:
        return arn
    if name.startswith(SSO_ROLE):
        session = _session_name(call)
        name = re.sub(_SSO_SUFFIX, "", name) + ("/" + session if session else "")
    return f"arn:{partition}:iam::{account}:role/{name}"


def _assumed_role(call: Call) -> str:
    if call.issuer_arn or call.identity_arn:
        return _principal(call.issuer_arn or call.identity_arn, call)
    return _foreign(call)


def _iam_user(call: Call) -> str:
    if call.identity_arn:
        return _principal(call.identity_arn, call)
    account = _account(call)
    if not account or not call.identity_user or call.identity_user == _HIDDEN:
        return ""
    return f"arn:{partition_of(call.region)}:iam::{account}:user/{call.identity_user}"


def _root(call: Call) -> str:
    account = _account(call)
    partition = _parse_arn(call.identity_arn).partition or partition_of(call.region)
    return f"arn:{partition}:iam::{account}:root" if account else ""


def _federated_user(call: Call) -> str:
    if call.issuer_arn:
        return _principal(call.issuer_arn, call)
    account = _account(call)
    partition = _parse_arn(call.identity_arn).partition or partition_of(call.region)
    return f"arn:{partition}:sts::{account}:federated-user/*" if account else ""


def _identity_center_user(call: Call) -> str:
    return f"{call.store_arn}/{call.store_user}" if call.store_user else ""


def _web_identity(call: Call) -> str:
    user = re.sub(_CHOSEN_TAIL, "", call.identity_user)
    if not user or user == _HIDDEN:
        return ""
    return f"{call.identity_provider or call.identity_type}/{user}"


def _foreign(call: Call) -> str:
    """A principal of another account, of which only an id is shown; an access key in its place says nothing lasting."""
    principal = call.identity_principal.partition(":")[0]
    if principal.startswith(("AKIA", "ASIA")):
        principal = ""
    account = call.identity_account or _account(call)
    return f"{account}/{principal}" if account and principal else account


def _service(call: Call) -> str:
    return call.identity_invoked_by


def _other(call: Call) -> str:
    if call.identity_arn:
        return _principal(call.identity_arn, call)
    account = _account(call)
    if not call.identity_type or not (account or call.identity_principal):
        return ""
    return f"{call.identity_type}/{account}"


# A new identity type of CloudTrail is one row here and one golden row in the tests.
_BY_TYPE: dict[str, Callable[[Call], str]] = {
    "AssumedRole": _assumed_role,
    "IAMUser": _iam_user,
    "Root": _root,
    "FederatedUser": _federated_user,
    "IdentityCenterUser": _identity_center_user,
    "SAMLUser": _web_identity,
    "WebIdentityUser": _web_identity,
    "AWSAccount": _foreign,
    "AWSService": _service,
}


def find_caller(call: Call) -> Caller:
    """Who made this call; `name` is "" where the event does not say (a failed sign-in, an Insight)."""
    identity_type = call.identity_type
    if not identity_type and call.identity_invoked_by:
        identity_type = "AWSService"  # a service event on behalf of the account names no type
    if call.identity_user == _HIDDEN and not call.identity_arn and identity_type != "AWSService":
        return _caller("", identity_type, call)
    return _caller(_BY_TYPE.get(identity_type, _other)(call), identity_type, call)


def _caller(name: str, identity_type: str, call: Call) -> Caller:
    """AWS writes the type and the account, but who can write into the index can write them too."""
    return Caller(one_line(name), one_line(identity_type), one_line(_account(call)))
