"""Text that publishers and callers choose is text in an alert, and nothing else."""

from __future__ import annotations

from tests.baseline.conftest import START, Company, role
from tests.hostile import HOSTILE, has_controls, starts_a_formula

from .conftest import DAY, HIGH, Scheduler


def test_hostile_text_changes_nothing_but_its_own_cell(company: Company) -> None:
    """An alert's row is what its e-mail is made of: a subject and a plain text, each value on its own line at most."""
    roles = {kind: f"deploy-{kind}" for kind in HOSTILE}
    for number, (kind, text) in enumerate(HOSTILE.items()):
        for place, (agent, session) in enumerate([(text, "s"), ("aws-cli/2.15.0 x", text)]):
            event = company.call(
                30, role(roles[kind], session=session), text if place else "s3:GetObject", sourceIPAddress=f"203.0.113.{number}",
                userAgent=agent, errorCode=text, awsRegion=text, eventID=f"{text}{place}", delay=60,
                **{"userIdentity.accessKeyId": text},
            )  # fmt: skip
            company.history.append(event)
    written = ["".join(sign if sign.isprintable() and sign != "|" else " " for sign in text) for text in HOSTILE.values()]
    company.listed(*((f"203.0.113.{number}/32", "tor_list", "tor", "80", text) for number, text in enumerate(written)))
    rows = Scheduler(company, shuffle=2).rows(HIGH, START + 30 * DAY + 300)

    assert sorted(row["caller"] for row in rows) == sorted(f"arn:aws:iam::111122223333:role/{name}" for name in roles.values())
    for row in rows:
        assert (row["calls"], row["refused"]) == (2, 2)
        for name, value in row.items():
            assert isinstance(value, (str, int)), name
            # Of the columns only the access key is not the command's; SPL's replace knows ASCII's control characters alone.
            text = str(value) if name != "access_keys" else "".join(filter(str.isascii, value))
            assert not has_controls(text), (name, value)
            assert not starts_a_formula(str(value)), (name, value)
