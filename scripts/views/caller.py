"""Caller: what did this caller do, and is it theirs? Then what to do next, as commands to copy; nothing is run from here."""

from __future__ import annotations

from views import words
from views.studio import View, link
from views.words import or_else

NOBODY = "(choose a caller)"
_HINT = "Choose a caller in Overview, or type one above as Overview spells it."


def view() -> View:
    made = View("Caller", "What did this caller do, and is it theirs?")
    made.time_range("-7d@h,now")
    made.text_input("caller", "Caller", NOBODY)
    _verdict(made)
    _usual(made)
    _doings(made)
    _doings_shown(made)
    _next_steps(made)
    return made


def _verdict(made: View) -> None:
    made.search(
        "calls", "`cloudtrail_index` | maliciouscaller | where caller=$caller|s$ | dedup eventID keepempty=true | `calls_by_hour`"
    )
    made.chain(
        "facts",
        "calls",
        """| `severity_rank`
        | stats count AS rows sum(calls) AS calls sum(refused) AS refused max(rank) AS rank dc(address) AS addresses max(learning) AS learning max(last_call) AS last
            dc(eval(if(rank > 1, address, null()))) AS listed sum(eval(if(rank > 1, calls, 0))) AS findings
            max(eval(if(severity="high", unexpected_count, 0))) AS surprise
        | eval calls=coalesce(calls, 0), refused=coalesce(refused, 0), findings=coalesce(findings, 0), last=if(isnull(last), "never", strftime(last, "%m-%d %H:%M")),
            verdict=case(calls=0, "No call of this caller in this time range. Choose a caller in Overview, or a longer range.",
                rank=4 AND surprise > 0, "Treat as taken over until its owner explains the calls: from listed addresses, doing something new.",
                rank=4, "Ask its owner: calls from a listed address outside AWS, but nothing new to this caller.",
                rank=3, "Probably a workload: a listed address in AWS, and one thing is new. Ask when you can.",
                rank=2, "Probably its own: a listed address in AWS, and nothing is new.",
                rank=1, "Allowed: the allowlist covers these calls.",
                true(), "All its calls came from addresses that are on no list."),
            state=case(calls=0, "allowed", rank=4 AND surprise > 0, "high", rank=4, "low", rank=3, "low", rank=2, "informational", true(), "done")""",
    )
    made.search(
        "known_since",
        """| inputlookup caller_baseline | where caller=$caller|s$ | stats min(first_seen) AS since count AS entries
        | eval since=tonumber(since), status=case(entries=0, "unknown", since > now() - 259200, "learning", true(), "judged"),
            since=if(entries=0, "not yet", strftime(since, "%Y-%m-%d"))""",
        "-1h",
    )
    made.panel("verdict", "singlevalue", "", "facts", **words.sentence("verdict", "state"))
    for field, title, colour in (
        ("calls", "Calls", None),
        ("findings", "From listed addresses", words.HIGH),
        ("refused", "Refused", words.LOW),
    ):
        made.panel(field, "singlevalue", title, "facts", **words.number(field, colour))
    made.panel("last", "singlevalue", "Last call", "facts", **words.number("last"))
    made.panel("since", "singlevalue", "Known since", "known_since", **words.number("since"))
    made.panel("status", "singlevalue", "Its record", "known_since", **words.sentence("status", "status"))
    made.row(90, ("verdict", 1440))
    made.row(130, *((name, 240) for name in ("calls", "findings", "refused", "last", "since", "status")))


def _usual(made: View) -> None:
    made.search(
        "usual",
        f"""| inputlookup caller_baseline | where caller=$caller|s$
        | eval what=case(property="action", "action", property="user_agent", "user agent", true(), property),
            since=strftime(tonumber(first_seen), "%Y-%m-%d"), until=strftime(tonumber(last_seen), "%Y-%m-%d")
        | sort 0 str(what) -num(count) str(value)
        {or_else(what="nothing yet", value=f"The baseline does not know this caller. {_HINT}")} | table what value since until count""",
        "-1h",
    )
    made.chain(
        "unusual",
        "calls",
        f"""| where unexpected!="" | eval listed=if(severity="none", "no", "yes")
        | stats sum(calls) AS calls min(first_call) AS first values(address) AS addresses values(listed) AS listed by unexpected
        | eval first=strftime(first, "%m-%d %H:%M"), addresses=`as_text(addresses, 3)`, listed=if(isnotnull(mvfind(listed, "yes")), "on a list", "on no list")
        | sort 0 -str(listed) str(first) {or_else(unexpected="Nothing was unexpected in this time range.")} | table unexpected calls first addresses listed""",
    )
    made.panel(
        "usual_table",
        "table",
        "What is usual for it",
        "usual",
        **words.table(count=8, widths={"what": 110, "value": 270, "since": 110, "until": 110, "count": 80}),
    )
    made.panel(
        "unusual_table",
        "table",
        "What was unexpected",
        "unusual",
        **words.table("listed", count=8, widths={"unexpected": 270, "calls": 70, "first": 110, "addresses": 130, "listed": 100}),
    )
    made.row(330, ("usual_table", 720), ("unusual_table", 720))


def _doings(made: View) -> None:
    made.chain(
        "over_time",
        "calls",
        f"""| eval place=if(severity="none", "on no list", "on a list")
        {or_else(place="no calls", calls="0").replace("| fields", "| eval _time=now() | fields")}
        | timechart span=1h limit=0 sum(calls) AS calls by place | fillnull value=0""",
    )
    made.chain(
        "addresses",
        "calls",
        f"""| `severity_rank` | stats max(rank) AS rank sum(calls) AS calls sum(refused) AS refused min(first_call) AS first max(last_call) AS last values(eval(nullif(feeds, ""))) AS feeds
            values(region) AS regions by address
        | eval severity=case(rank=4, "high", rank=3, "low", rank=2, "informational", rank=1, "allowed", true(), "none"), first=strftime(first, "%m-%d %H:%M"),
            last=strftime(last, "%m-%d %H:%M"), feeds=`as_text(feeds, 5)`, regions=`as_text(regions, 5)`
        | sort 0 -num(rank) -num(calls) str(address) {or_else(address=_HINT)} | table severity address calls refused first last feeds regions""",
    )
    made.chain(
        "keys",
        "calls",
        f"""| stats sum(calls) AS calls sum(refused) AS refused min(first_call) AS first max(last_call) AS last values(address) AS addresses by access_key
        | eval first=strftime(first, "%m-%d %H:%M"), last=strftime(last, "%m-%d %H:%M"), addresses=`as_text(addresses, 3)`, access_key=if(access_key="-", "no key (console or service)", access_key)
        | sort 0 -num(calls) str(access_key) {or_else(access_key="No calls in this time range.")} | table access_key calls refused first last addresses""",
    )
    made.search(
        "others",
        f"""`cloudtrail_index` | `malicious_calls` | `calls_by_hour` | eval is_it=if(caller=$caller|s$, 1, 0)
        | eventstats max(is_it) AS shared by address | where shared=1 AND is_it=0
        | stats sum(calls) AS calls max(last_call) AS last values(address) AS addresses by caller
        | eval last=strftime(last, "%m-%d %H:%M"), addresses=`as_text(addresses, 3)`
        | sort 0 -num(calls) str(caller) {or_else(caller="Nobody else called from its listed addresses.")} | table caller calls last addresses""",
    )


def _doings_shown(made: View) -> None:
    made.panel("timeline", "column", "Its calls, by whether the address is on a list", "over_time", words.series())
    made.row(220, ("timeline", 1440))
    addresses = words.table(
        "severity",
        count=6,
        widths={
            "severity": 110,
            "address": 200,
            "calls": 80,
            "refused": 90,
            "first": 110,
            "last": 110,
            "feeds": 400,
            "regions": 300,
        },
    )
    made.panel(
        "address_table",
        "table",
        "From where",
        "addresses",
        eventHandlers=link("address", "form.address=$row.address.value|u$", "address"),
        **addresses,
    )
    made.row(280, ("address_table", 1440))
    made.panel(
        "key_table",
        "table",
        "With which keys",
        "keys",
        **words.table(count=5, widths={"access_key": 215, "calls": 65, "refused": 95, "first": 95, "last": 95, "addresses": 115}),
    )
    others = words.table(count=5, widths={"caller": 340, "calls": 80, "last": 120, "addresses": 150})
    made.panel(
        "other_table",
        "table",
        "Who else called from its listed addresses",
        "others",
        eventHandlers=link("caller", "form.caller=$row.caller.value|u$", "caller"),
        **others,
    )
    made.row(250, ("key_table", 720), ("other_table", 720))


# A name that is none of AWS's is not put into a command: it could be anything, and quoting differs from shell to shell.
_COMMANDS = r"""| where severity="high" OR severity="low" OR severity="informational"
| eval key=if(match(access_key, "^A[A-Z0-9]{15,127}$$"), access_key, null()), ip=if(match(address, "^[0-9a-fA-F.:]{3,45}$$"), address, null()),
    user=if(match(caller, "^arn:aws[a-z-]*:iam::\d{12}:user/[A-Za-z0-9_+=,.@/-]+$$"), replace(caller, "^.*/", ""), null()),
    role=if(match(caller, "^arn:aws[a-z-]*:iam::\d{12}:role/[A-Za-z0-9_+=,.@-]+$$") AND NOT match(caller, "/AWSReservedSSO_"), replace(caller, "^.*/", ""), null())
| stats count AS found values(key) AS key values(ip) AS ip values(user) AS user values(role) AS role values(caller) AS caller
| eval user=mvindex(user, 0), role=mvindex(role, 0), caller=mvindex(caller, 0),
    addresses="\"".coalesce(mvjoin(mvindex(ip, 0, 19), "\",\""), "")."\"",
    deny="'{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Deny\",\"Action\":\"*\",\"Resource\":\"*\",\"Condition\":",
    policy=case(isnotnull(user), "put-user-policy --user-name '".user."'", isnotnull(role), "put-role-policy --role-name '".role."'"),
    keys=if(isnotnull(user) AND isnotnull(key), mvmap(key, "1 Disable the key|aws iam update-access-key --user-name '".user."' --access-key-id '".key."' --status Inactive"), null()),
    sessions=if(isnotnull(policy), "2 Revoke sessions issued until now|aws iam ".policy." --policy-name RevokeOlderSessions --policy-document ".deny."{\"DateLessThan\":{\"aws:TokenIssueTime\":\"".round(now())."\"}}}]}'", null()),
    network=if(isnotnull(policy) AND isnotnull(ip), "3 Deny the addresses|aws iam ".policy." --policy-name DenyListedAddresses --policy-document ".deny."{\"IpAddress\":{\"aws:SourceIp\":[".addresses."]}}}]}'", null()),
    few=mvindex(ip, 0, 4), until=strftime(relative_time(now(), "+90d@d"), "%Y-%m-%d"),
    allow=if(isnotnull(few) AND isnotnull(policy), mvmap(few, "Or, if it was yours: allow it|".few.",\"".caller."\",,,,OWNER,REASON,".until), null()),
    odd=if(isnotnull(caller) AND isnull(policy), "By hand|This caller is no IAM user or role of the usual spelling: revoke it where it was issued (Identity Center, federation, another account).", null()),
    step=mvappend(keys, sessions, network, odd, allow)
| where isnotnull(step) | mvexpand step
| rex field=step "^(?<step_name>[^|]+)\|(?<command>.*)$$" | eval step=step_name, allow=if(match(step, "^Or, "), mvindex(split(command, ","), 0), "") | table step command allow
"""


def _next_steps(made: View) -> None:
    made.chain(
        "steps",
        "calls",
        _COMMANDS
        + or_else(step="Nothing to do", command="No call of this caller from a listed address in this time range.", allow=""),
    )
    steps = words.table(count=10, widths={"step": 250, "command": 990, "allow": 150})
    steps["options"]["columnFormat"]["command"]["textOverflow"] = "break-word"
    made.panel(
        "step_table",
        "table",
        "Next steps, with an administrator's credentials of that account: nothing is run from here. A click on an address in allow opens Set-up with the row filled in",
        "steps",
        eventHandlers=link("setup", "allow_caller=$caller|u$&allow_indicator=$row.allow.value|u$", "allow"),
        **steps,
    )
    made.row(360, ("step_table", 1440))
