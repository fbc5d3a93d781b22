"""Address: every list that has it, since when and how sure; AWS or not; who it called as; what it did."""

from __future__ import annotations

from views import words
from views.studio import View, link
from views.words import or_else

NONE = "(choose an address)"

# The command itself is asked, with a call that nobody made: it knows every list, and AWS's ranges.
_ASK = """| makeresults | eval sourceIPAddress=$address|s$, eventSource="ec2.amazonaws.com", eventName="DescribeInstances", eventTime="2000-01-01T00:00:00Z"
| maliciouscaller"""


def view() -> View:
    made = View("Address", "Which lists have this address, whose is it, and what did it do?")
    made.time_range("-7d@h,now")
    made.text_input("address", "Address", NONE)
    _what_it_is(made)
    _what_it_did(made)
    return made


def _what_it_is(made: View) -> None:
    made.search("known", _ASK, "-1h")
    made.chain(
        "facts",
        "known",
        """| eval lists=if(coalesce(intel_match, "")="true", coalesce(mvcount(intel_feed), 0), 0), kind=coalesce(source_address_type, ""), aws=coalesce(aws_address, ""), confidence=coalesce(mvindex(mvsort(mvmap(intel_confidence, substr("000".intel_confidence, -3))), -1), "000"),
            confidence=tonumber(confidence), service=`as_text(aws_address_service, 3)`, region=`as_text(aws_address_region, 3)`,
            place=case(aws="true", "in AWS", aws="false", "outside AWS", true(), "unknown"), where_in=if(service="", "-", service." ".region),
            verdict=case(kind!="public", "This is no public address. Choose one in Overview or Caller, or type one above.",
                lists=0 AND aws="true", "On no list. It belongs to AWS: ".service." in ".region.".", lists=0, "On no list, and outside AWS.",
                aws="true", "On ".lists . if(lists=1, " list", " lists").", and in AWS: whoever had it when it was listed may be gone.",
                true(), "On ".lists . if(lists=1, " list", " lists").", outside AWS."),
            state=case(kind!="public", "allowed", lists=0, "done", aws="true", "low", true(), "high")""",
    )
    made.chain(
        "lists",
        "known",
        f"""| where coalesce(intel_match, "")="true"
        | eval entry=mvzip(mvzip(mvzip(intel_feed, intel_indicator, "|"), mvzip(intel_category, intel_confidence, "|"), "|"), mvzip(mvzip(intel_first_seen, intel_last_seen, "|"), intel_description, "|"), "|")
        | where isnotnull(entry) | mvexpand entry
        | rex field=entry "^(?<list>[^|]*)\\|(?<indicator>[^|]*)\\|(?<category>[^|]*)\\|(?<confidence>[^|]*)\\|(?<since>[^|]*)\\|(?<until>[^|]*)\\|(?<says>.*)$$"
        | eval since=substr(since, 1, 10), until=substr(until, 1, 10) | sort 0 -num(confidence) str(list)
        {or_else(list="On no list that is in place.")} | table list category confidence indicator since until says""",
    )
    made.panel("verdict", "singlevalue", "", "facts", **words.sentence("verdict", "state"))
    made.panel("lists_count", "singlevalue", "Lists that have it", "facts", **words.number("lists", words.HIGH))
    made.panel("confidence", "singlevalue", "Highest confidence, of 100", "facts", **words.number("confidence"))
    made.panel("place", "singlevalue", "Whose network", "facts", **words.number("place"))
    made.panel("where_in", "singlevalue", "AWS service and region", "facts", **words.number("where_in"))
    made.row(90, ("verdict", 1440))
    made.row(130, *((name, 360) for name in ("lists_count", "confidence", "place", "where_in")))
    widths = {"list": 200, "category": 120, "confidence": 125, "indicator": 180, "since": 110, "until": 110, "says": 530}
    made.panel("list_table", "table", "Every list that has it", "lists", **words.table(count=6, widths=widths))
    made.row(280, ("list_table", 1440))


def _what_it_did(made: View) -> None:
    made.search(
        "calls",
        "`cloudtrail_index` sourceIPAddress=$address|s$ | maliciouscaller | where sourceIPAddress=$address|s$ | dedup eventID keepempty=true | `calls_by_hour`",
    )
    made.chain(
        "callers",
        "calls",
        f"""| `severity_rank` | stats max(rank) AS rank sum(calls) AS calls sum(refused) AS refused min(first_call) AS first max(last_call) AS last values(eval(nullif(unexpected, ""))) AS unexpected by caller
        | eval severity=case(rank=4, "high", rank=3, "low", rank=2, "informational", rank=1, "allowed", true(), "none"), first=strftime(first, "%m-%d %H:%M"),
            last=strftime(last, "%m-%d %H:%M"), unexpected=`as_text(unexpected, 3)`
        | sort 0 -num(rank) -num(calls) str(caller) {or_else(caller="No call from this address in this time range.")} | table severity caller calls refused first last unexpected""",
    )
    made.chain(
        "over_time",
        "calls",
        f"""| eval result=calls-refused {or_else(result="0", refused="0").replace("| fields", "| eval _time=now() | fields")}
        | timechart span=1h sum(result) AS succeeded sum(refused) AS refused | fillnull value=0""",
    )
    made.chain(
        "actions",
        "calls",
        f"""| stats sum(calls) AS calls sum(refused) AS refused by action | eval succeeded=calls-refused | sort 12 -num(calls) str(action)
        {or_else(action="no calls", succeeded="0", refused="0")} | table action succeeded refused""",
    )
    widths = {"severity": 110, "caller": 400, "calls": 80, "refused": 90, "first": 110, "last": 110, "unexpected": 490}
    handlers = link("caller", "form.caller=$row.caller.value|u$", "caller")
    made.panel(
        "caller_table",
        "table",
        "Who it called as",
        "callers",
        eventHandlers=handlers,
        **words.table("severity", count=6, widths=widths),
    )
    made.row(280, ("caller_table", 1440))
    made.panel("timeline", "column", "Its calls", "over_time", words.series())
    made.panel("action_chart", "bar", "What it did", "actions", {**words.series(), "yAxisTitleVisibility": "hide"})
    made.row(300, ("timeline", 960), ("action_chart", 480))
