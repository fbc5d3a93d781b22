"""A user agent's family: what a caller's tool is called, without all that differs from run to run.

In: the raw `userAgent`. Out: its family, "(none)" where there is none. A family is made from an allow-list of product
tokens, not by deleting versions, because user agents hold UUIDs, session ids, account and policy names
[cloudtrail 0.7, 5]. Of versions only the major of the AWS CLI and SDKs is kept. The header is the client's free choice:
that it is unusual is a hint, never proof.

A new family is one row of `_FAMILIES` (the most specific first) and lines in the golden table of the tests.
"""

from __future__ import annotations

import re
from re import Match, Pattern
from typing import Callable, NamedTuple, Union

NONE = "(none)"
INTERNAL = "AWS Internal"
CONSOLE = "AWS console"

_Name = Union[str, Callable[["Match[str]"], str]]


class _Row(NamedTuple):
    """`mark`: lower-case text without which the row cannot hit; looking for it first makes most rows nearly free. `pattern`: what
    must be found as well, None where the mark is enough."""

    mark: str
    pattern: Pattern[str] | None
    name: _Name


def _row(mark: str, name: _Name, pattern: str = "") -> _Row:
    return _Row(mark, re.compile(pattern) if pattern else None, name)


def _product_and_major(match: Match[str]) -> str:
    return f"{match[1]}/{match[2]}"


# First hit wins, so order is meaning: attack tools hide behind any SDK and come first; tools that carry an SDK's token come
# before the SDKs; the browsers that pretend to be others come before those they pretend to be.
_FAMILIES: list[_Row] = [
    _row("stratus-red-team", "Stratus Red Team"),
    _row("grimoire_", "Grimoire"),
    _row("pacu", "Pacu", r"Pacu-Session-|\bPacu\b"),
    _row("apn_1826889", "Prowler"),
    _row("prowler", "Prowler"),
    _row("scoutsuite", "ScoutSuite"),
    _row("trufflehog", "TruffleHog"),
    _row("cloudfox", "CloudFox"),
    _row("s3 browser", "S3 Browser"),
    _row("cyberduck", "Cyberduck"),
    _row(".amazonaws.com", CONSOLE, r"^(?:console|signin|console\.ec2)\.amazonaws\.com$"),
    _row(".amazonaws.com", lambda match: match[1], r"^([a-z0-9.-]+\.amazonaws\.com(?:\.cn)?)$"),
    _row("aws internal", INTERNAL, r"^AWS Internal$"),
    _row("console", CONSOLE, r"^[^/]*[Cc]onsole[^/]*(?:,|/|$)"),
    _row("aws signin,", CONSOLE, r"^AWS Signin,"),
    _row("terraform", "Terraform", r"\bTerraform/|terraform-provider-aws/|HashiCorp Terraform"),
    _row("opentofu", "OpenTofu"),
    _row("pulumi", "Pulumi"),
    _row("packer", "Packer", r"\b[Pp]acker/|Packer Amazon"),
    _row("ansible", "Ansible"),
    _row("cdk", "aws-cdk", r"\baws-cdk\b|\bcdk/"),
    _row("cloudcustodian", "CloudCustodian"),
    _row("amazon-ssm-agent/", "amazon-ssm-agent"),
    _row("cwagent/", "cloudwatch-agent"),
    _row("amazon-cloudwatch-agent", "cloudwatch-agent"),
    _row("aws-ebs-csi-driver", "ebs-csi"),
    _row("amazon-vpc-cni", "vpc-cni"),
    _row("karpenter", "karpenter", r"\bkarpenter"),
    _row("cluster-autoscaler", "cluster-autoscaler"),
    _row("aws-cli/", _product_and_major, r"\b(aws-cli)/([12])\."),
    _row("aws-internal/", "aws-internal"),
    _row("boto3/", "Boto3"),
    _row("botocore/", "Boto3"),
    _row("boto/2.", "Boto/2"),
    _row("aws-sdk-go-v2/", "aws-sdk-go-v2"),
    _row("aws-sdk-nodejs/", "aws-sdk-js/2"),
    _row("aws-sdk-", _product_and_major, r"\b(aws-sdk-(?:go|java|js|dotnet|ruby2?|php|rust|cpp|kotlin|swift))/v?(\d+)"),
    _row("bot", "bot", r"^Mozilla/.*[Bb]ot\b"),
]

_BROWSERS: list[tuple[Pattern[str], str]] = [
    (re.compile(pattern), name)
    for pattern, name in (
        (r"\bEdg(?:e|A|iOS)?/", "Edge"),
        (r"\bOPR/|\bOpera", "Opera"),
        (r"\bFxiOS/|\bFirefox/", "Firefox"),
        (r"\bCriOS/|\bChrome/|\bHeadlessChrome/", "Chrome"),
        (r"\bSafari/", "Safari"),
    )
]
_SYSTEMS: list[tuple[Pattern[str], str]] = [
    (re.compile(pattern), name)
    for pattern, name in (
        (r"iPhone|iPad|CriOS|FxiOS", "iOS"),
        (r"Android", "Android"),
        (r"Macintosh|Mac OS X", "macOS"),
        (r"Windows", "Windows"),
        (r"CrOS", "ChromeOS"),
        (r"Linux|X11", "Linux"),
    )
]
# [cloudtrail 5]: the marks that public detections use, and how these distributions name their kernels.
_PENTEST_MARKS = ("kali", "parrot", "pentoo")
_PENTEST = re.compile(r"distrib#(kali|parrot|pentoo)|[+-](kali|parrot|pentoo)\d*-amd64|(kali)-a(?:md|rm)64", re.IGNORECASE)

_controls = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069]+")
_identifier = re.compile(r"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F-]{14,}|(?<![A-Za-z])[0-9a-fA-F]{8,}(?![A-Za-z])|\d+")
_punctuation = re.compile(r"[^\w .-]+")


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
    text = _controls.sub(" ", text)[:2000]
    lowered = text.lower()
    family = _known(text, lowered) or _browser(text) or _generic(text)
    pentest = _PENTEST.search(text) if any(mark in lowered for mark in _PENTEST_MARKS) else None
    if pentest:
        family += " on " + next(name for name in pentest.groups() if name).capitalize()
    return family


def is_judged(family: str) -> bool:
    """Whether the family says anything of the caller: not where there is none, nor where a service stands in."""
    return family not in (NONE, INTERNAL) and not family.endswith((".amazonaws.com", ".amazonaws.com.cn"))


def _known(text: str, lowered: str) -> str:
    for mark, pattern, name in _FAMILIES:
        if mark in lowered:
            match = pattern.search(text) if pattern else None
            if match is not None:
                return name if isinstance(name, str) else name(match)
            if pattern is None and isinstance(name, str):
                return name
    return ""


def _first(table: list[tuple[Pattern[str], str]], text: str) -> str | None:
    return next((name for pattern, name in table if pattern.search(text)), None)


def _browser(text: str) -> str:
    if not text.startswith("Mozilla"):
        return ""
    browser, system = _first(_BROWSERS, text), _first(_SYSTEMS, text)
    return f"{browser} on {system}" if browser and system else browser or "browser"


def _generic(text: str) -> str:
    """An agent that nobody listed: the first product's name without identifiers, at most 40 characters."""
    name = _punctuation.sub(" ", text.partition("/")[0])
    return " ".join(_identifier.sub("", name).split()).strip(" -_.")[:40].strip(" -_.") or "other"
