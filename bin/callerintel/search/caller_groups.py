"""Whom to ask about a caller that is too young to be judged by its own record: its siblings, its class, its person.

In: a `Caller`. Out: its `Groups`. Each group is a caller like any other in the baseline: it has rows of its own, under a
name that no principal can have. What a group may answer for, and in which order, is `baseline`'s business.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from callerintel.search.caller import SSO_ROLE, Caller


class Groups(NamedTuple):
    """Names of a caller's groups, "" where it is in none of that kind.

    `siblings`: roles whose names differ by a generated suffix only. `caller_class`: callers of the same kind in its
    account. `person`: one person's Identity Center roles in every account. `account`: all callers of the account.
    """

    siblings: str
    caller_class: str
    person: str
    account: str


_CLASSES = {
    "Root": "root",
    "IAMUser": "user",
    "AssumedRole": "role",
    "FederatedUser": "federated",
    "IdentityCenterUser": "person",
    "SAMLUser": "federated",
    "WebIdentityUser": "federated",
    "AWSAccount": "foreign",
}
# What generators append to a role's name: CloudFormation 12 or 13 letters and digits, Terraform a date and a counter, EKS
# and Serverless hex, CI systems the number or hash of a build or branch. A word is not generated, and neither is `v2`: the
# piece must be all digits, or hold both digits and letters and have at least six characters.
_generated = re.compile(
    r"[-_.](?:\d+|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|(?=[A-Za-z]*\d)(?=\d*[A-Za-z])[0-9A-Za-z]{6,64})\Z"
)


def find_groups(caller: Caller) -> Groups:
    """The groups of a caller."""
    account = caller.account
    role = caller.name.partition(":role/")[2]
    session, family = "", ""
    if role.startswith(SSO_ROLE):
        session = role.partition("/")[2]
    elif role:
        family = _family(role)
    kind = "person" if session else _CLASSES.get(caller.type, "other")
    return Groups(
        siblings=f"role-family:{account}:{family}" if account and family else "",
        caller_class=f"class:{account}:{kind}" if account else "",
        person=f"person:{session}" if session else "",
        account=f"account:{account}" if account else "",
    )


def _family(role: str) -> str:
    """A role's name without its generated tail, "" where it has none."""
    stem = role
    while _generated.search(stem):
        stem = _generated.sub("", stem)
    return stem if stem != role else ""
