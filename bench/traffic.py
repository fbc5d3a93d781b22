"""The generated CloudTrail events: who calls what from where, and what is true of each call.

In: a seed. Out: `Call`s, and for each its search-time fields, its JSON record and the `Truth` that an annotating command should find.
10,000 addresses of which one in fifty is listed and one in five is AWS's, 500 callers with their habits, 60 user agents of ten
families, 60 actions. Nothing here asks our own code what it would say.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from typing import Any, NamedTuple

ADDRESSES, CALLERS = 10_000, 500
NEWEST = datetime(2026, 1, 31, 12, tzinfo=timezone.utc)
_ACCOUNTS = ("111122223333", "444455556666", "777788889999", "123456789012", "999988887777")
_REGIONS = ("us-east-1", "us-west-2", "eu-west-1", "eu-central-1", "ap-southeast-2")
_SERVICES = ("ec2", "s3", "lambda", "dynamodb", "kms", "logs", "sqs", "rds", "ssm", "ecr")
_VERBS = ("Describe", "List", "Get", "Create", "Update", "Delete")
ACTIONS = tuple((service, f"{verb}{service.capitalize()}Resource") for service in _SERVICES for verb in _VERBS)
_LINUX = "md/Botocore#1.34.{0} ua/2.0 os/linux#6.1.{0} md/arch#x86_64 lang/python#3.11.8"
_FAMILIES = (
    ("aws-cli/2", "aws-cli/2.15.{0} Python/3.11.8 Linux/6.1.{0}-amzn exe/x86_64.amzn.2 prompt/off"),
    ("Boto3", "Boto3/1.34.{0} " + _LINUX),
    ("Terraform", "APN/1.0 HashiCorp/1.0 Terraform/1.7.{0} terraform-provider-aws/5.{0}.0 (+https://registry.terraform.io)"),
    ("aws-sdk-go/1", "aws-sdk-go/1.50.{0} (go1.21.{0}; linux; amd64)"),
    ("aws-sdk-java/2", "aws-sdk-java/2.23.{0} Linux/6.1.{0} OpenJDK_64-Bit_Server_VM/17.0.{0} io/sync http/Apache"),
    ("aws-sdk-js/3", "aws-sdk-js/3.51{0}.0 ua/2.0 os/linux#6.1.{0} lang/js md/nodejs#20.11.{0}"),
    ("Chrome on Windows", "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/12{0}.0.0.0 Safari/537.36"),
    ("Firefox on Linux", "Mozilla/5.0 (X11; Linux x86_64; rv:12{0}.0) Gecko/20100101 Firefox/12{0}.0"),
    ("Pulumi", "APN/1.0 Pulumi/1.0 PulumiAWS/6.2{0}.0 exec-env/linux"),
    ("amazon-ssm-agent", "amazon-ssm-agent/3.2.{0}.0 (go1.20.{0}; linux; amd64)"),
)
AGENTS = tuple((family, text.format(version)) for family, text in _FAMILIES for version in range(6))


class Caller(NamedTuple):
    """Who calls: `name` as an analyst would name it, the identity that CloudTrail shows, and what is usual for it."""

    name: str
    identity: dict[str, Any]
    account: str
    actions: tuple[int, ...]
    families: tuple[str, ...]
    regions: tuple[str, ...]


class Call(NamedTuple):
    """One call but for its time. `action` and `agent` are places in ACTIONS and AGENTS."""

    address: str
    caller: Caller
    agent: int
    action: int
    region: str
    error: str


class Truth(NamedTuple):
    """What should be found; the flags as the command writes them."""

    caller: str
    listed: bool
    in_aws: bool
    unexpected_action: str
    unexpected_user_agent: str
    unexpected_region: str


def make_callers(chance: random.Random) -> list[Caller]:
    """Four roles to each user, over five accounts; each with eight usual actions, three tools and two regions."""
    callers = []
    for number in range(CALLERS):
        account = _ACCOUNTS[number % len(_ACCOUNTS)]
        is_user = number % 5 == 4
        name = f"arn:aws:iam::{account}:" + (f"user/person.{number:03d}" if is_user else f"role/Service{number:03d}Role")
        callers.append(
            Caller(
                name,
                _user(name, account) if is_user else _role(name, account),
                account,
                tuple(chance.sample(range(len(ACTIONS)), 8)),
                tuple(family for family, _ in chance.sample(_FAMILIES, 3)),
                tuple(chance.sample(_REGIONS, 2)),
            )
        )
    return callers


def _user(arn: str, account: str) -> dict[str, Any]:
    name = arn.rpartition("/")[2]
    return {"type": "IAMUser", "principalId": f"AIDA{name.upper()}EXAMPLE", "arn": arn, "accountId": account, "userName": name}


def _role(arn: str, account: str) -> dict[str, Any]:
    name = arn.rpartition("/")[2]
    issuer = {"type": "Role", "principalId": f"AROA{name.upper()}", "arn": arn, "accountId": account, "userName": name}
    return {
        "type": "AssumedRole",
        "principalId": f"AROA{name.upper()}:task",
        "arn": f"arn:aws:sts::{account}:assumed-role/{name}/task",
        "accountId": account,
        "sessionContext": {"sessionIssuer": issuer, "attributes": {"mfaAuthenticated": "false"}},
    }


class Traffic:
    """Makes calls of `callers` from addresses that `draw_address` gives (a fresh one at each call)."""

    def __init__(self, seed: int, callers: list[Caller], addresses: list[str]) -> None:
        self._chance = random.Random(seed)
        self._callers = callers
        self._addresses = addresses
        self._by_family = {name: [at for at, (family, _) in enumerate(AGENTS) if family == name] for name, _ in _FAMILIES}

    def call(self, address: str = "") -> Call:
        """A call at random, one in thirty unusual in each respect, one in forty denied; from `address`, or one of the pool."""
        choose, chance = self._chance.choice, self._chance.random
        caller = choose(self._callers)
        agent = choose(self._by_family[choose(caller.families)]) if chance() > 1 / 30 else self._chance.randrange(len(AGENTS))
        action = choose(caller.actions) if chance() > 1 / 30 else self._chance.randrange(len(ACTIONS))
        region = choose(caller.regions) if chance() > 1 / 30 else choose(_REGIONS)
        error = "AccessDenied" if chance() < 1 / 40 else ""
        return Call(address or choose(self._addresses), caller, agent, action, region, error)

    def repeating(self, count: int, distinct: int) -> list[Call]:
        """`count` calls of which `distinct` differ, each of those at least once, in random order."""
        pool = self.distinct(min(distinct, count))
        calls = pool + self._chance.choices(pool, k=count - len(pool))
        self._chance.shuffle(calls)
        return calls

    def distinct(self, count: int) -> list[Call]:
        """Calls of which no two are alike, though each address, caller and agent comes many times."""
        calls: dict[tuple[Any, ...], Call] = {}
        while len(calls) < count:
            call = self.call()
            calls[call[0], call.caller.name, call.agent, call.action, call.region, call.error] = call
        return list(calls.values())

    def from_each(self, addresses: list[str]) -> list[Call]:
        """One call from each address."""
        return [self.call(address) for address in addresses]


def times(start: int = 0) -> Iterator[datetime]:
    """The time of each event from the `start`-th on: descending, as a search delivers them, three a second."""
    number = start
    while True:
        yield NEWEST - timedelta(seconds=number // 3)
        number += 1


def fields_of(call: Call, time: datetime) -> dict[str, str]:
    """The search-time fields of CloudTrail that the command may ask for, absent ones absent."""
    identity = call.caller.identity
    issuer = identity.get("sessionContext", {}).get("sessionIssuer", {})
    service, name = ACTIONS[call.action]
    fields = {
        "_time": str(int(time.timestamp())),
        "eventTime": time.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "sourceIPAddress": call.address,
        "userAgent": AGENTS[call.agent][1],
        "awsRegion": call.region,
        "eventSource": f"{service}.amazonaws.com",
        "eventName": name,
        "eventType": "AwsApiCall",
        "recipientAccountId": call.caller.account,
        "userIdentity.type": identity["type"],
        "userIdentity.arn": identity["arn"],
        "userIdentity.accountId": identity["accountId"],
        "userIdentity.principalId": identity["principalId"],
        "userIdentity.userName": identity.get("userName", ""),
        "userIdentity.sessionContext.sessionIssuer.arn": issuer.get("arn", ""),
        "errorCode": call.error,
    }
    return {name: value for name, value in fields.items() if value}


def raw_of(call: Call, time: datetime, number: int) -> str:
    """The event's `_raw`: one CloudTrail record as JSON, with parameters and an answer that depend on the action."""
    service, name = ACTIONS[call.action]
    record = {
        "eventVersion": "1.11",
        "userIdentity": call.caller.identity,
        "eventTime": time.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "eventSource": f"{service}.amazonaws.com",
        "eventName": name,
        "awsRegion": call.region,
        "sourceIPAddress": call.address,
        "userAgent": AGENTS[call.agent][1],
        **({"errorCode": call.error, "errorMessage": "User is not authorized"} if call.error else {}),
        "requestParameters": {f"{name}Input": {key: f"{key}-{number % 997}" for key in _INPUTS}},
        "responseElements": {f"{name}Output": {key: {"value": f"{key} {number % 991}"} for key in _OUTPUTS}},
        "requestID": f"5a3b1e00-0000-4000-8000-{number:012d}",
        "eventID": f"7c3b1e00-0000-4000-9000-{number:012d}",
        "readOnly": name.startswith(("Describe", "List", "Get")),
        "eventType": "AwsApiCall",
        "managementEvent": True,
        "recipientAccountId": call.caller.account,
        "eventCategory": "Management",
        "tlsDetails": {"tlsVersion": "TLSv1.3", "cipherSuite": "TLS_AES_128_GCM_SHA256"},
    }
    return json.dumps(record, separators=(",", ":"))


_INPUTS = ("resourceName", "clientToken", "filter", "maxResults", "tagKey", "tagValue", "dryRun")
_OUTPUTS = ("resourceArn", "status", "createdAt", "ownerId", "requestId", "vpcId", "subnetId")


def truth_of(call: Call, listed: bool, in_aws: bool) -> Truth:
    """What should be found of the call, given what is known of its address."""
    caller = call.caller
    return Truth(
        caller.name,
        listed,
        in_aws,
        _flag(call.action in caller.actions),
        _flag(AGENTS[call.agent][0] in caller.families),
        _flag(call.region in caller.regions),
    )


def _flag(usual: bool) -> str:
    return "false" if usual else "true"
