"""What the samples tell: who calls, what is usual for each, the stories of one day, and the lists. Tables only.

Only documentation addresses (RFC 5737, RFC 3849) and AWS's example accounts are used, and shapes of userIdentity and user agents as
CloudTrail has them [cloudtrail 2, 5]. `STORIES` has an event or two for every row of the severity table; its comments say which.
How files are made of this is in make_samples.
"""

from __future__ import annotations

from typing import Any, NamedTuple

PRODUCTION, SECURITY, NEW = "111122223333", "444455556666", "777788889999"

Record = dict[str, Any]

_BROWSER = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36"
_FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0"
_CLI = "aws-cli/2.22.12 md/awscrt#0.23.4 ua/2.0 os/macos#23.6.0 md/arch#arm64 lang/python#3.12.6 cfg/retry-mode#standard"
_CLI_ON_KALI = (
    "aws-cli/2.22.12 md/awscrt#0.23.4 ua/2.0 os/linux#6.8.11-amd64 md/arch#x86_64 lang/python#3.12.6 md/distrib#kali.2024"
)
_BOTO3 = "Boto3/1.35.80 md/Botocore#1.35.80 ua/2.0 os/linux#6.1.119 md/arch#x86_64 lang/python#3.11.10"
_LAMBDA = _BOTO3 + " exec-env/AWS_Lambda_python3.11"
_TERRAFORM = (
    "APN/1.0 HashiCorp/1.0 Terraform/1.10.2 (+https://www.terraform.io) terraform-provider-aws/5.81.0"
    " (+https://registry.terraform.io/providers/hashicorp/aws) aws-sdk-go-v2/1.32.6 os/linux lang/go#1.23.3"
)
_GO = "aws-sdk-go-v2/1.32.6 os/linux lang/go#1.23.3 md/GOOS#linux md/GOARCH#amd64"


class Caller(NamedTuple):
    """A principal and what is usual for it: where it calls from, with what, where to, and `service:Operation` with readOnly."""

    identity: Record
    account: str
    addresses: tuple[str, ...]
    agents: tuple[str, ...]
    regions: tuple[str, ...]
    actions: tuple[tuple[str, bool], ...]
    calls_a_day: int
    every_days: int = 1


def _user(name: str, account: str) -> Record:
    return {
        "type": "IAMUser",
        "principalId": f"AIDAEXAMPLE{name.upper()[:8]}",
        "arn": f"arn:aws:iam::{account}:user/{name}",
        "accountId": account,
        "accessKeyId": f"AKIAEXAMPLE{name.upper()[:8]}",
        "userName": name,
    }


def _role(name: str, account: str, session: str, path: str = "/") -> Record:
    principal = "AROAEXAMPLE" + "".join(filter(str.isalnum, name)).upper()[:8]
    return {
        "type": "AssumedRole",
        "principalId": f"{principal}:{session}",
        "arn": f"arn:aws:sts::{account}:assumed-role/{name}/{session}",
        "accountId": account,
        "accessKeyId": "ASIAEXAMPLE" + principal[-8:],
        "sessionContext": {
            "sessionIssuer": {
                "type": "Role",
                "principalId": principal,
                "arn": f"arn:aws:iam::{account}:role{path}{name}",
                "accountId": account,
                "userName": name,
            },
            "attributes": {"creationDate": "2026-01-01T06:00:00Z", "mfaAuthenticated": "false"},
        },
    }


_ROOT = {
    "type": "Root",
    "principalId": PRODUCTION,
    "arn": f"arn:aws:iam::{PRODUCTION}:root",
    "accountId": PRODUCTION,
    "accessKeyId": "",
}
_SSO = "AWSReservedSSO_AdministratorAccess_0123456789abcdef"
_SSO_PATH = "/aws-reserved/sso.amazonaws.com/us-east-2/"

CALLERS: dict[str, Caller] = {
    "alice": Caller(
        _user("alice", PRODUCTION),
        PRODUCTION,
        ("192.0.2.10", "192.0.2.11"),
        (_CLI,),
        ("us-east-1", "eu-west-1"),
        (("s3:ListBuckets", True), ("s3:GetBucketPolicy", True), ("ec2:DescribeInstances", True), ("iam:ListRoles", True)),
        5,
    ),
    "bob": Caller(
        _role(_SSO, PRODUCTION, "bob@example.com", _SSO_PATH),
        PRODUCTION,
        ("2001:db8:10::25", "192.0.2.12"),
        (_BROWSER,),
        ("us-east-1", "eu-west-1"),
        (("ec2:DescribeInstances", True), ("cloudwatch:GetMetricData", True), ("rds:DescribeDBInstances", True)),
        5,
    ),
    "app-backend": Caller(
        _role("app-backend", PRODUCTION, "i-0123456789example"),
        PRODUCTION,
        ("203.0.113.20", "203.0.113.21", "10.20.0.15"),
        (_BOTO3,),
        ("us-east-1",),
        (("s3:ListObjects", True), ("dynamodb:DescribeTable", True), ("secretsmanager:GetSecretValue", True)),
        8,
    ),
    "order-processor": Caller(
        _role("order-processor", PRODUCTION, "order-processor", "/service-role/"),
        PRODUCTION,
        ("203.0.113.50",),
        (_LAMBDA,),
        ("us-east-1",),
        (("sqs:GetQueueAttributes", True), ("kms:Decrypt", True)),
        8,
    ),
    "ci-deploy": Caller(
        _role("ci-deploy", PRODUCTION, "build-4711"),
        PRODUCTION,
        ("203.0.113.40", "203.0.113.41"),
        (_TERRAFORM,),
        ("us-east-1", "eu-west-1"),
        (("lambda:GetFunction20150331v2", True), ("lambda:UpdateFunctionCode20150331v2", False), ("ec2:DescribeVpcs", True)),
        6,
    ),
    "backup": Caller(
        _user("backup", SECURITY),
        SECURITY,
        ("192.0.2.50",),
        (_GO,),
        ("us-west-2",),
        (("backup:StartBackupJob", False), ("s3:ListObjects", True)),
        4,
    ),
    "security-scanner": Caller(
        _role("security-scanner", SECURITY, "daily-scan"),
        SECURITY,
        ("198.51.100.200",),
        (_BOTO3,),
        ("us-east-1", "us-west-2"),
        (("iam:GetAccountSummary", True), ("ec2:DescribeSecurityGroups", True), ("s3:GetBucketAcl", True)),
        6,
    ),
    "root": Caller(
        _ROOT,
        PRODUCTION,
        ("192.0.2.10",),
        (_BROWSER,),
        ("us-east-1",),
        (("signin:ConsoleLogin", False),),
        1,
        9,
    ),
    "contractor": Caller(_user("contractor", NEW), NEW, (), (), (), (), 0),
    "intern": Caller(_user("intern", PRODUCTION), PRODUCTION, (), (), (), (), 0),
}
SERVICE = Caller(
    {"type": "AWSService", "invokedBy": "config.amazonaws.com"},
    PRODUCTION,
    ("config.amazonaws.com",),
    ("config.amazonaws.com",),
    ("us-east-1",),
    (("sts:AssumeRole", True),),
    3,
)


class Story(NamedTuple):
    """One event of the day that is worth telling. `more` overrides parts of the record."""

    number: int
    caller: str
    time: str
    address: str
    agent: str
    region: str
    action: str
    more: Record | None = None


_DENIED = {"errorCode": "AccessDenied", "errorMessage": "User is not authorized to perform this action"}
_HIDDEN = {
    "userIdentity": {"type": "IAMUser", "accountId": PRODUCTION, "accessKeyId": "", "userName": "HIDDEN_DUE_TO_SECURITY_REASONS"},
    "errorMessage": "No username found in supplied account",
    "responseElements": {"ConsoleLogin": "Failure"},
}
_SIGNED_IN = {"responseElements": {"ConsoleLogin": "Success"}}

STORIES: tuple[Story, ...] = (
    # Listed, in AWS, nothing unexpected: informational. A build host whose address somebody misused before.
    Story(101, "ci-deploy", "06:10:00", "203.0.113.44", _TERRAFORM, "us-east-1", "ec2:DescribeVpcs"),
    Story(102, "ci-deploy", "06:10:04", "203.0.113.44", _TERRAFORM, "us-east-1", "lambda:UpdateFunctionCode20150331v2"),
    # Listed, in AWS, one unexpected: low. The backend in a region where it never was.
    Story(201, "app-backend", "07:30:00", "203.0.113.45", _BOTO3, "ap-southeast-1", "s3:ListObjects"),
    # Listed, outside AWS, nothing unexpected: high. Alice's key, used through Tor for what she always does.
    Story(301, "alice", "02:14:09", "198.51.100.23", _CLI, "us-east-1", "s3:ListBuckets"),
    # Listed, outside AWS, one unexpected: high. Bob's session in another browser, by IPv6.
    Story(302, "bob", "03:02:41", "2001:db8:bad::7", _FIREFOX, "us-east-1", "ec2:DescribeInstances"),
    # Listed, in AWS, two and three unexpected: high. A Lambda function's credentials on somebody's Kali machine in EC2.
    Story(401, "order-processor", "04:20:11", "203.0.113.77", _CLI_ON_KALI, "us-east-1", "sts:GetCallerIdentity"),
    Story(402, "order-processor", "04:20:40", "203.0.113.77", _CLI_ON_KALI, "eu-north-1", "ec2:DescribeInstances"),
    Story(403, "order-processor", "04:21:02", "203.0.113.77", _CLI_ON_KALI, "eu-north-1", "secretsmanager:ListSecrets", _DENIED),
    # Listed, outside AWS, two unexpected: high by both rules.
    Story(404, "backup", "05:00:00", "198.51.100.99", _CLI_ON_KALI, "us-west-2", "s3:DeleteBucket"),
    # Listed, in AWS, a caller that nobody has seen before, in an account that is as new: informational, still learning.
    Story(501, "contractor", "08:00:00", "203.0.113.78", _CLI, "us-east-1", "s3:ListBuckets"),
    # Listed, in AWS, a new user in an old account, judged by what the users of that account do: low.
    Story(502, "intern", "08:20:00", "203.0.113.78", _CLI, "us-east-1", "ec2:RunInstances"),
    # Listed, outside AWS, but nobody can be told: not judged, and high.
    Story(601, "alice", "02:10:55", "198.51.100.23", _FIREFOX, "us-east-1", "signin:ConsoleLogin", _HIDDEN),
    # Root through Tor: the sign-in itself and the browser family are what it always is, the address is not.
    Story(602, "root", "02:31:00", "198.51.100.24", _BROWSER, "us-east-1", "signin:ConsoleLogin", _SIGNED_IN),
    # Allowed: the security team's own scanner, which is on a list for what it does.
    Story(701, "security-scanner", "01:00:00", "198.51.100.200", _BOTO3, "us-east-1", "iam:GetAccountSummary"),
    Story(702, "security-scanner", "01:00:07", "198.51.100.200", _BOTO3, "us-west-2", "ec2:DescribeSecurityGroups"),
    # Unexpected, but from no listed address: no severity.
    Story(801, "alice", "10:00:00", "192.0.2.10", _CLI, "us-east-1", "kms:ScheduleKeyDeletion"),
    # A private address through a VPC endpoint, and a root sign-in from the office: no match, no severity.
    Story(802, "app-backend", "10:05:00", "10.20.0.15", _BOTO3, "us-east-1", "s3:ListObjects"),
    Story(803, "root", "10:10:00", "192.0.2.10", _BROWSER, "us-east-1", "signin:ConsoleLogin", _SIGNED_IN),
)

TOR_EXITS = """\
# SAMPLE: made up, documentation addresses only. One address a line, as Tor's bulk exit list.
198.51.100.23
198.51.100.24
198.51.100.99
203.0.113.200
2001:db8:70:7::9
"""
NETWORKS = """\
; SAMPLE: made up, documentation addresses only. Addresses, networks and ranges, as several publishers write them.
203.0.113.44 - 203.0.113.45      ; a range
203.0.113.72/29                  ; a network: .72 to .79
198.51.100.200                   ; an address
198.51.100.96/28
2001:db8:bad::/48
"""
ALLOWLIST = """\
indicator,caller,account,feed,category,owner,reason,expires
198.51.100.200,arn:aws:iam::444455556666:role/security-scanner,444455556666,,,security team,our own scanner (SAMPLE),
"""
AWS_PREFIXES = (
    ("203.0.113.0/26", "us-east-1", "AMAZON"),
    ("203.0.113.0/26", "us-east-1", "EC2"),
    ("203.0.113.64/27", "eu-north-1", "AMAZON"),
    ("203.0.113.64/27", "eu-north-1", "EC2"),
    ("203.0.113.192/28", "GLOBAL", "CLOUDFRONT"),
)
AWS_IPV6_PREFIXES = (("2001:db8:a5::/48", "eu-west-1", "AMAZON"), ("2001:db8:a5::/48", "eu-west-1", "EC2"))
README = """\
# Samples

Everything here is **made up** by `demo/make_samples.py`: documentation addresses (192.0.2.0/24, 198.51.100.0/24, 203.0.113.0/24, 2001:db8::/32), AWS's example
accounts, no real person, key or event. Do not edit the files: change the script and run `python -m demo.make_samples`.

| file | what it is |
|---|---|
| `events.ndjson` | one day of CloudTrail events, JSON lines |
| `history.json.gz` | the thirty days before, `{"Records": [...]}` |
| `feeds/tor_exits.txt` | a list of addresses |
| `feeds/networks.txt` | a list of addresses, networks and ranges |
| `feeds/ip-ranges.json` | AWS's address ranges, in the form of ip-ranges.json |
| `caller_allowlist.csv` | an allowlist with one row |
"""
