"""A user agent's family: what a caller's tool is called, without all that differs from run to run.

In: the raw `userAgent`. Out: its family, "(none)" where there is none. A family is made from an allow-list of product
tokens, not by deleting versions, because user agents hold UUIDs, session ids, account and policy names
[cloudtrail 0.7, 5]. Of versions only the major of the AWS CLI and SDKs is kept. The header is the client's free choice:
that it is unusual is a hint, never proof.

A new family is one row of `_FAMILIES` (the most specific first) and lines in the golden table of the tests.
"""

from __future__ import annotations

import re
from re import Match
from typing import Callable, NamedTuple, Union

NONE = "(none)"
INTERNAL = "AWS Internal"
CONSOLE = "AWS console"

_Name = Union[str, Callable[["Match[str]"], str]]


class _Row(NamedTuple):
    """`mark`: lower-case text without which the row cannot hit; looking for it first makes most rows nearly free. `pattern`: what
    must be found as well, "" where the mark is enough; compiled when it is first asked for, which few are in a search."""

    mark: str
    name: _Name
    pattern: str = ""


def _product_and_major(match: Match[str]) -> str:
    return f"{match[1]}/{match[2]}"


# First hit wins, so order is meaning: attack tools hide behind any SDK and come first; tools that carry an SDK's token come
# before the SDKs; the browsers that pretend to be others come before those they pretend to be.
_FAMILIES: list[_Row] = [
    _Row("stratus-red-team", "Stratus Red Team"),
    _Row("grimoire_", "Grimoire"),
    _Row("pacu", "Pacu", r"Pacu-Session-|\bPacu\b"),
    _Row("apn_1826889", "Prowler"),
    _Row("prowler", "Prowler"),
    _Row("scoutsuite", "ScoutSuite"),
    _Row("trufflehog", "TruffleHog"),
    _Row("cloudfox", "CloudFox"),
    _Row("s3 browser", "S3 Browser"),
    _Row("cyberduck", "Cyberduck"),
    _Row(".amazonaws.com", CONSOLE, r"^(?:console|signin|console\.ec2)\.amazonaws\.com$"),
    _Row(".amazonaws.com", lambda match: match[1], r"^([a-z0-9.-]+\.amazonaws\.com(?:\.cn)?)$"),
    _Row("aws internal", INTERNAL, r"^AWS Internal$"),
    _Row("console", CONSOLE, r"^[^/]*[Cc]onsole[^/]*(?:,|/|$)"),
    _Row("aws signin,", CONSOLE, r"^AWS Signin,"),
    _Row("terraform", "Terraform", r"\bTerraform/|terraform-provider-aws/|HashiCorp Terraform"),
    _Row("opentofu", "OpenTofu"),
    _Row("pulumi", "Pulumi"),
    _Row("packer", "Packer", r"\b[Pp]acker/|Packer Amazon"),
    _Row("ansible", "Ansible"),
    _Row("cdk", "aws-cdk", r"\baws-cdk\b|\bcdk/"),
    _Row("cloudcustodian", "CloudCustodian"),
    _Row("amazon-ssm-agent/", "amazon-ssm-agent"),
    _Row("cwagent/", "cloudwatch-agent"),
    _Row("amazon-cloudwatch-agent", "cloudwatch-agent"),
    _Row("aws-ebs-csi-driver", "ebs-csi"),
    _Row("amazon-vpc-cni", "vpc-cni"),
    _Row("karpenter", "karpenter", r"\bkarpenter"),
    _Row("cluster-autoscaler", "cluster-autoscaler"),
    _Row("aws-cli/", _product_and_major, r"\b(aws-cli)/([12])\."),
    _Row("aws-internal/", "aws-internal"),
    _Row("boto3/", "Boto3"),
    _Row("botocore/", "Boto3"),
    _Row("boto/2.", "Boto/2"),
    _Row("aws-sdk-go-v2/", "aws-sdk-go-v2"),
    _Row("aws-sdk-nodejs/", "aws-sdk-js/2"),
    _Row("aws-sdk-", _product_and_major, r"\b(aws-sdk-(?:go|java|js|dotnet|ruby2?|php|rust|cpp|kotlin|swift))/v?(\d+)"),
    _Row("bot", "bot", r"^Mozilla/.*[Bb]ot\b"),
]

_BROWSERS: list[tuple[str, str]] = [
    (r"\bEdg(?:e|A|iOS)?/", "Edge"),
    (r"\bOPR/|\bOpera", "Opera"),
    (r"\bFxiOS/|\bFirefox/", "Firefox"),
    (r"\bCriOS/|\bChrome/|\bHeadlessChrome/", "Chrome"),
    (r"\bSafari/", "Safari"),
]
_SYSTEMS: list[tuple[str, str]] = [
    (r"iPhone|iPad|CriOS|FxiOS", "iOS"),
    (r"Android", "Android"),
    (r"Macintosh|Mac OS X", "macOS"),
    (r"Windows", "Windows"),
    (r"CrOS", "ChromeOS"),
    (r"Linux|X11", "Linux"),
]
# [cloudtrail 5]: the marks that public detections use, and how these distributions name their kernels.
_PENTEST_MARKS = ("kali", "parrot", "pentoo")
_PENTEST = r"(?i)distrib#(kali|parrot|pentoo)|[+-](kali|parrot|pentoo)\d*-amd64|(kali)-a(?:md|rm)64"

_CONTROLS = r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069]+"
_IDENTIFIER = r"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F-]{14,}|(?<![A-Za-z])[0-9a-fA-F]{8,}(?![A-Za-z])|\d+"
_PUNCTUATION = r"[^\w .-]+"


def find_family(user_agent: str) -> str:
    """The family of a raw user agent; "(none)" for an empty one.

    >>> find_family("Boto3/1.26.165 Python/3.10.6 Linux/5.19.0 Botocore/1.29.165")
    'Boto3'
    """
    text = user_agent.strip()
    if text[:1] == "[" and text[-1:] == "]":
        text = text[1:-1].strip()  # S3 and some other services write brackets around it
    if not text or text in ("-", "null"):
        return NONE
    text = (text if text.isprintable() else re.sub(_CONTROLS, " ", text))[:2000]
    lowered = text.lower()
    family = _known(text, lowered) or _browser(text) or _generic(text)
    pentest = re.search(_PENTEST, text) if any(mark in lowered for mark in _PENTEST_MARKS) else None
    if pentest:
        family += " on " + next(name for name in pentest.groups() if name).capitalize()
    return family


def is_judged(family: str) -> bool:
    """Whether the family says anything of the caller: not where there is none, nor where a service stands in."""
    return family not in (NONE, INTERNAL) and not family.endswith((".amazonaws.com", ".amazonaws.com.cn"))


def _known(text: str, lowered: str) -> str:
    for mark, name, pattern in _FAMILIES:
        if mark in lowered:
            match = re.search(pattern, text)
            if match is not None:
                return name if isinstance(name, str) else name(match)
    return ""


def _first(table: list[tuple[str, str]], text: str) -> str | None:
    return next((name for pattern, name in table if re.search(pattern, text)), None)


def _browser(text: str) -> str:
    if not text.startswith("Mozilla"):
        return ""
    browser, system = _first(_BROWSERS, text), _first(_SYSTEMS, text)
    return f"{browser} on {system}" if browser and system else browser or "browser"


def _generic(text: str) -> str:
    """An agent that nobody listed: the first product's name without identifiers, at most 40 characters."""
    name = re.sub(_PUNCTUATION, " ", text.partition("/")[0])
    return " ".join(re.sub(_IDENTIFIER, "", name).split()).strip(" -_.")[:40].strip(" -_.") or "other"
