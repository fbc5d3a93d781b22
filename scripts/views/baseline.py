"""Baseline: who is learning, who is judged, how far the record goes, how large it is, what was cut."""

from __future__ import annotations

from views import words
from views.studio import View, link
from views.words import or_else

_RUN = "The baseline is empty: run the search Malicious caller - Baseline - 1 Learn the last 30 days."
# Groups answer for callers that are too young; they are callers like any other in the lookup.
_NO_GROUPS = '| where NOT match(caller, "^(class|account|role-family|person):")'


def view() -> View:
    made = View("Baseline", "Who is judged, and by what record?")
    made.time_range("-7d@h,now")
    made.search(
        "callers",
        f"""| inputlookup caller_baseline {_NO_GROUPS}
        | eval cut=tonumber(nullif(coalesce(cut, ""), "")), bytes=len(caller)+len(value)+100
        | stats min(first_seen) AS since max(last_seen) AS last count AS known sum(bytes) AS bytes sum(cut) AS cut
            count(eval(property="action")) AS actions count(eval(property="user_agent")) AS agents count(eval(property="region")) AS regions by caller
        | eval since=tonumber(since), last=tonumber(last), state=if(since > now()-259200, "learning", "judged")""",
        "-1h",
    )
    made.search(
        "whole",
        """| inputlookup caller_baseline | eval bytes=len(caller)+len(value)+100, cut=tonumber(nullif(coalesce(cut, ""), ""))
        | stats count AS entries sum(bytes) AS bytes sum(cut) AS cut max(last_seen) AS last
        | eval megabytes=round(coalesce(bytes, 0)/1048576, 1), size=if(megabytes < 0.1, "under 0.1", megabytes)." of 25", level=case(megabytes > 25, "high", megabytes > 20, "low", true(), "done"), cut=coalesce(cut, 0),
            until=if(isnull(last), "never", strftime(tonumber(last), "%m-%d %H:%M"))""",
        "-1h",
    )
    _numbers(made)
    _who(made)
    _coverage(made)
    return made


def _numbers(made: View) -> None:
    made.chain(
        "numbers",
        "callers",
        """| stats count AS callers count(eval(state="judged")) AS judged count(eval(state="learning")) AS learning max(last) AS last
        | eval verdict=case(callers=0, "Nothing is learned yet, so nothing is unexpected: run the search Baseline - 1 once.",
                last < now() - 3600 * `baseline_late_hours`, "The baseline has stopped learning: what callers begin to do now stays unexpected.",
                true(), judged." of ".callers." callers are judged by their own record; the others by those like them."),
            state=case(callers=0, "to do", last < now() - 3600 * `baseline_late_hours`, "high", true(), "done")""",
    )
    made.panel("verdict", "singlevalue", "", "numbers", **words.sentence("verdict", "state"))
    made.panel("judged", "singlevalue", "Callers judged", "numbers", **words.number("judged"))
    made.panel("learning", "singlevalue", "Callers learning", "numbers", **words.number("learning"))
    made.panel("until", "singlevalue", "Last call learned", "whole", **words.number("until"))
    made.panel("size_number", "singlevalue", "Size, MiB", "whole", **words.sentence("size", "level"))
    made.panel("cut", "singlevalue", "Values cut", "whole", **words.number("cut", words.LOW))
    made.row(90, ("verdict", 1440))
    made.row(130, *((name, 288) for name in ("judged", "learning", "until", "size_number", "cut")))


def _who(made: View) -> None:
    made.chain(
        "young",
        "callers",
        f"""| where state="learning" | eval hours=max(0, round((since+259200-now())/3600)), since=strftime(since, "%m-%d %H:%M") | sort 0 num(hours) str(caller)
        {or_else(caller="Nobody is learning.")} | table caller since hours | rename hours AS "hours to go" """,
    )
    made.chain(
        "largest",
        "callers",
        f"""| eval cut=coalesce(cut, 0), since=strftime(since, "%Y-%m-%d"), last=strftime(last, "%Y-%m-%d") | sort 50 -num(known) str(caller)
        {or_else(caller=_RUN)} | table state caller since last actions agents regions cut""",
    )
    handlers = link("caller", "form.caller=$row.caller.value|u$", "caller")
    widths = {"state": 85, "caller": 300, "since": 105, "last": 105, "actions": 90, "agents": 95, "regions": 90, "cut": 55}
    made.panel(
        "large_table",
        "table",
        "Who has the longest record",
        "largest",
        eventHandlers=handlers,
        **words.table("state", count=10, widths=widths),
    )
    made.panel(
        "young_table",
        "table",
        "Who is learning: others answer for them meanwhile",
        "young",
        eventHandlers=handlers,
        **words.table(count=10, widths={"caller": 210, "since": 110, "hours to go": 115}),
    )
    made.row(420, ("large_table", 960), ("young_table", 480))


def _coverage(made: View) -> None:
    made.search(
        "covered",
        f"""`cloudtrail_index` | maliciouscaller
        | eval flags=case(coalesce(unexpected_action, "")="learning", "learning", coalesce(unexpected_action, "")="", "not judged", true(), "judged")
        | bin _time span=6h | stats count AS calls by _time flags
        {or_else(flags="no events", calls="0").replace("| fields", "| eval _time=now() | fields")}
        | timechart span=6h limit=0 sum(calls) AS calls by flags | fillnull value=0""",
    )
    made.search(
        "new",
        f"""| inputlookup caller_baseline {_NO_GROUPS} | eval day=strftime(tonumber(first_seen), "%Y-%m-%d") | stats count AS "new values" by day | sort 30 -str(day) | sort 0 str(day)
        {or_else(day="nothing learned").replace('day="nothing learned"', 'day="nothing learned", "new values"=0')} | table day "new values" """,
        "-1h",
    )
    colours = {"judged": words.GOOD, "learning": words.LOW, "not judged": words.QUIET, "no events": words.QUIET}
    made.panel(
        "coverage_chart", "column", "Calls that were judged", "covered", {**words.series(), "seriesColorsByField": colours}
    )
    made.panel("new_chart", "column", "Values learned, by day", "new", words.bars(dataValuesDisplay="all"))
    made.row(280, ("coverage_chart", 720), ("new_chart", 720))
