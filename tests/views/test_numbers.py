"""What the panels say of the sample, worked out by hand from what the sample does; and that none of them ever says nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.baseline.conftest import Company, role

from .results import NAMES, definition_of, results
from .sample import ALICE, ALICE_KEY, NOW, RENTED, REUSED, TOR, VPN, ran


def shown(name: str) -> set[str]:
    """The data sources that some panel shows."""
    panels = definition_of(name)["visualizations"].values()
    return {source for panel in panels for source in panel.get("dataSources", {}).values()}


TOKENS = {"caller": ALICE, "address": TOR}


@pytest.mark.parametrize("name", NAMES)
def test_no_panel_is_ever_empty(company: Company, nothing: Company, name: str) -> None:
    """With data, without any, and for a caller and an address that nobody knows. Rows in any order, empty cells as text too."""
    for found in (
        results(company, name, TOKENS, shuffle=1),
        results(company, name, shuffle=2, empty="empty"),
        results(nothing, name, shuffle=3),
    ):
        assert [source for source in shown(name) if not found[source]] == []


def one(rows: list[dict[str, Any]], *names: str) -> list[Any]:
    (row,) = rows
    return [row.get(name) for name in names]


def test_the_overview_counts_callers_of_the_last_day_against_the_day_before(company: Company) -> None:
    found = results(company, "overview")

    assert one(found["numbers"], "page", "high", "low", "addresses") == [2, 3, 1, 4]
    assert one(found["numbers"], "page_before", "high_before", "low_before", "addresses_before") == [0, 2, 0, 3]
    assert one(found["numbers"], "verdict", "state") == ["Act now: 2 callers at high, doing something new.", "high"]
    assert one(found["feeds_now"], "shown") == ["2 of 6"]  # one fails, one is stale


def test_the_overview_lists_callers_by_what_is_worst(company: Company) -> None:
    rows = results(company, "overview")["callers"]

    assert [(row["severity"], row["caller"].rpartition("/")[2], row["calls"]) for row in rows] == [
        ("high", "order-processor", 14),
        ("high", "alice", 29),
        ("high", "bob", 7),
        ("low", "ci-deploy", 5),
    ]
    assert [row["address"] for row in rows] == [RENTED, TOR, VPN, REUSED]  # the one that the reason speaks of
    assert rows[0]["reason"].startswith(
        f"{RENTED} is on et_compromised (compromised), ipsum_3 (scanner); outside AWS; unexpected action ec2:RunInstances"
    )


def test_the_overview_counts_lists_and_countries(company: Company) -> None:
    found = results(company, "overview")

    assert {row["feed"]: row["calls"] for row in found["by_list"]} == {
        "greensnow": 23, "tor_bulk_exit": 23, "et_compromised": 20, "ipsum_3": 20, "x4bnet_vpn_v4": 7, "firehol_level2": 5,
    }  # fmt: skip
    assert {row["country"]: row["calls"] for row in found["countries"]} == {
        "Germany": 23,
        "Singapore": 20,
        "Netherlands": 7,
        "Ireland": 5,
    }


def test_without_lists_the_overview_does_not_say_that_all_is_quiet(nothing: Company) -> None:
    assert one(results(nothing, "overview")["numbers"], "verdict") == [
        "No list is in place, so nothing can be found: see Getting started."
    ]


def test_the_caller_is_judged_in_a_sentence(company: Company) -> None:
    found = results(company, "caller", TOKENS)

    assert one(found["facts"], "verdict") == [
        "Treat as taken over until its owner explains the calls: from listed addresses, doing something new."
    ]
    assert one(found["facts"], "findings") == [33]
    assert one(found["known_since"], "status", "since") == ["judged", "2026-01-01"]
    assert [(row["severity"], row["address"], row["calls"]) for row in found["addresses"]][:2] == [
        ("high", TOR, 27),
        ("high", RENTED, 6),
    ]
    assert [row["caller"] for row in found["others"]] == ["arn:aws:iam::111122223333:role/order-processor"]
    assert {row["unexpected"] for row in found["unusual"]} == {
        "action iam:CreateUser", "action iam:AttachUserPolicy", "action secretsmanager:ListSecrets", "action iam:CreateAccessKey", "action iam:ListUsers",
    }  # fmt: skip
    assert {row["access_key"]: row["calls"] for row in found["keys"]}[ALICE_KEY] == 33


def test_next_steps_are_commands_of_this_caller_and_a_row_for_the_allowlist(company: Company) -> None:
    rows = results(company, "caller", TOKENS)["steps"]
    steps = {row["step"]: row["command"] for row in rows if not row["allow"]}

    assert [(row["step"], row["command"], row["allow"]) for row in rows if row["allow"]] == [
        ("Or, if it was yours: allow it", f'{address},"{ALICE}",,,,OWNER,REASON,2026-05-08', address) for address in (RENTED, TOR)
    ]
    assert steps == {
        "1 Disable the key": f"aws iam update-access-key --user-name 'alice' --access-key-id '{ALICE_KEY}' --status Inactive",
        "2 Revoke sessions issued until now": "aws iam put-user-policy --user-name 'alice' --policy-name RevokeOlderSessions --policy-document "
        f"""'{{"Version":"2012-10-17","Statement":[{{"Effect":"Deny","Action":"*","Resource":"*","Condition":{{"DateLessThan":{{"aws:TokenIssueTime":"{NOW}"}}}}}}]}}'""",
        "3 Deny the addresses": "aws iam put-user-policy --user-name 'alice' --policy-name DenyListedAddresses --policy-document "
        f"""'{{"Version":"2012-10-17","Statement":[{{"Effect":"Deny","Action":"*","Resource":"*","Condition":{{"IpAddress":{{"aws:SourceIp":["{RENTED}","{TOR}"]}}}}}}]}}'""",
    }


@pytest.mark.parametrize("name", ["x'; touch /x; '", "$(touch x)", "a b", "`id`", "a|b", 'a"b', "a\nb"])
def test_a_name_that_aws_would_not_give_is_put_into_no_command(company: Company, name: str) -> None:
    arn = f"arn:aws:iam::111122223333:user/{name}"
    who = {**role("x"), "userIdentity.type": "IAMUser", "userIdentity.arn": arn, "userIdentity.accessKeyId": name}
    company.history.append(company.call(37.5, who, sourceIPAddress=TOR, eventID=f"hostile-{name}"))
    (event,) = company.judge(company.history[-1])
    company.history, before = company.history[-1:], company.history[:-1]
    try:
        steps = results(company, "caller", {"caller": event["caller"].replace('"', '\\"')})["steps"]
    finally:
        company.history = before

    assert [row["step"] for row in steps] == ["By hand"]
    assert not any(name in row["command"] for row in steps)


def test_an_address_is_told_list_by_list(company: Company) -> None:
    found = results(company, "address", TOKENS)

    assert one(found["facts"], "verdict", "confidence", "place") == ["On 2 lists, outside AWS.", 80, "outside AWS"]
    assert [(row["list"], row["category"], row["confidence"], row["since"]) for row in found["lists"]] == [
        ("tor_bulk_exit", "tor", "80", "2026-01-01"),
        ("greensnow", "bruteforce", "65", "2026-01-13"),
    ]
    assert [(row["caller"], row["calls"]) for row in found["callers"]] == [(ALICE, 27)]


def test_an_address_in_aws_is_told_with_its_service(company: Company) -> None:
    facts = results(company, "address", {"address": REUSED})["facts"]

    assert one(facts, "verdict", "where_in") == [
        "On 1 list, and in AWS: whoever had it when it was listed may be gone.",
        "EC2 eu-west-1",
    ]


def test_an_address_on_no_list_and_one_that_is_none_are_told_apart(company: Company) -> None:
    assert one(results(company, "address", {"address": "203.0.113.250"})["facts"], "verdict") == ["On no list, and outside AWS."]
    assert one(results(company, "address")["facts"], "verdict") == [
        "This is no public address. Choose one in Overview or Caller, or type one above."
    ]
    assert one(results(company, "address", {"address": VPN})["facts"], "verdict") == ["On 1 list, outside AWS."]


def test_the_feeds_are_judged_against_their_schedules(company: Company) -> None:
    found = results(company, "feeds")

    assert {row["feed"]: row["state"] for row in found["runs"]} == {
        "aws_ip_ranges": "well", "et_compromised": "failing", "firehol_level2": "stale", "greensnow": "well", "ipsum_3": "well", "tor_bulk_exit": "well",
    }  # fmt: skip
    assert {row["feed"]: row["rejected"] for row in found["rejected"]} == {
        "ipsum_3": "not_an_address: 3, too_wide: 1",
        "tor_bulk_exit": "not_routable: 2",
    }
    assert {row["feed"]: row["inside"] for row in found["inside"]} == {"greensnow": "aws: 31, google: 12"}
    assert {row["lists"] for row in found["overlap"]} == {"greensnow + tor_bulk_exit", "et_compromised + ipsum_3"}
    assert one(found["size"], "shown", "ranges") == ["1.4 of 25", "21640"]


def test_a_feed_that_only_members_start_which_wait_for_the_captain_is_not_well(tmp_path: Path) -> None:
    company = Company(tmp_path)
    for hours in (1, 2, 3):
        ran(company, hours, "waits", "unchanged", reason="not_captain")
        ran(company, hours, "works", "unchanged", reason="not_modified", kept=5)
        ran(company, hours - 0.1, "works", "unchanged", reason="not_captain")
        ran(company, hours, "fails", "failed", reason="network")
        ran(company, hours - 0.1, "fails", "unchanged", reason="not_captain")
    found = results(company, "feeds")

    assert {row["feed"]: row["state"] for row in found["runs"]} == {"waits": "silent", "works": "well", "fails": "failing"}
    assert {row["feed"]: row["last success"] for row in found["table"]} == {
        "waits": "never", "works": "02-07 14:00", "fails": "never",
    }  # fmt: skip
    assert one(found["numbers"], "verdict") == ["1 of 3 feeds fail; the last good lists stay in use."]
    assert one(results(company, "overview")["feeds_now"], "shown") == ["2 of 3"]


def test_a_feed_that_recovered_says_nothing_of_its_last_failure(tmp_path: Path) -> None:
    company = Company(tmp_path)
    for feed, later in (("recovered", "ok"), ("down", "failed")):
        ran(company, 2, feed, "failed", reason="network", message=f"Feed {feed}: no answer.")
        ran(company, 1, feed, later, **({} if later == "ok" else {"reason": "denied", "message": "Feed down: it wants a key."}))

    assert {row["feed"]: (row["state"], row["says"]) for row in results(company, "feeds")["table"]} == {
        "recovered": ("well", ""),
        "down": ("failing", "Feed down: it wants a key."),
    }


def test_the_baseline_tells_who_is_judged(company: Company) -> None:
    found = results(company, "baseline")

    assert one(found["numbers"], "callers", "judged", "learning") == [6, 5, 1]
    assert [row["caller"].rpartition("/")[2] for row in found["young"]] == ["newcomer"]


def test_getting_started_tells_what_is_missing_and_what_to_click(company: Company, nothing: Company) -> None:
    assert [row["state"] for row in results(company, "getting_started")["list"]] == ["done"] * 5
    empty = results(nothing, "getting_started")
    assert [row["state"] for row in empty["list"]] == ["to do"] * 5
    assert one(empty["verdict"], "verdict") == ["0 of 5 steps are done; the next one is below."]
