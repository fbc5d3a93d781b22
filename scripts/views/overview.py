"""Overview: are we all right? Numbers against the day before, findings over time, callers by worst severity with the reason."""

from __future__ import annotations

from views import words
from views.studio import View, link
from views.words import or_else

_CALLER = link("caller", "form.caller=$row.caller.value|u$", "caller")


def view() -> View:
    made = View("Overview", "Are we all right? Calls to AWS from addresses that threat intelligence knows")
    made.time_range()
    _numbers(made)
    _over_time(made)
    _callers(made)
    _where(made)
    return made


def _numbers(made: View) -> None:
    """The last 24 hours against those before, whatever the time range: what hangs on a wall must not depend on a click."""
    made.search(
        "two_days",
        """`cloudtrail_index` | `malicious_calls` | `calls_by_hour`
        | inputlookup append=true max=1 malicious_ips
        | eval day=if(_time >= relative_time(now(), "-24h@h"), "now", "before")""",
        "-48h@h",
    )
    made.chain(
        "numbers",
        "two_days",
        """| stats count(start) AS lists
            dc(eval(if(day="now" AND severity="high", caller, null()))) AS high dc(eval(if(day="before" AND severity="high", caller, null()))) AS high_before
            dc(eval(if(day="now" AND severity="high" AND unexpected_count > 0, caller, null()))) AS page
            dc(eval(if(day="before" AND severity="high" AND unexpected_count > 0, caller, null()))) AS page_before
            dc(eval(if(day="now" AND severity="low", caller, null()))) AS low dc(eval(if(day="before" AND severity="low", caller, null()))) AS low_before
            dc(eval(if(day="now" AND severity!="allowed", address, null()))) AS addresses
            dc(eval(if(day="before" AND severity!="allowed", address, null()))) AS addresses_before
        | eval high_trend=high-high_before, page_trend=page-page_before, low_trend=low-low_before, addresses_trend=addresses-addresses_before,
            verdict=case(lists=0, "No list is in place, so nothing can be found: see Getting started.",
                page > 0, "Act now: ".page . if(page=1, " caller", " callers")." at high, doing something new.",
                high > 0, "Look today: ".high . if(high=1, " caller", " callers")." at high, doing what they always do.",
                low > 0, "Look when you can: ".low . if(low=1, " caller", " callers")." at low.",
                true(), "All quiet: no finding needs you in the last 24 hours."),
            state=case(lists=0, "to do", page > 0, "high", high > 0, "low", low > 0, "informational", true(), "done")""",
    )
    made.search(
        "feeds_now",
        """`feed_runs` | stats latest(status) AS status max(only_waits) AS only_waits latest(stale) AS stale max(_time) AS last_run by feed
        | eval bad=if(status="failed" OR status="refused" OR only_waits=1 OR lower(coalesce(stale, "false"))="true" OR last_run < now() - 3600 * `feed_silent_hours`, 1, 0)
        | stats count AS feeds sum(bad) AS bad | eval bad=if(feeds=0, 1, bad), shown=if(feeds=0, "none runs", bad." of ".feeds)""",
        "-7d@h",
    )
    sentence = words.sentence("verdict", "state")
    made.panel("verdict", "singlevalue", "", "numbers", **sentence)
    for field, title, colour in (
        ("page", "Callers at high, doing something new", words.HIGH),
        ("high", "Callers at high", words.HIGH),
        ("low", "Callers at low", words.LOW),
        ("addresses", "Listed addresses that called", words.INFORMATIONAL),
    ):
        made.panel(field, "singlevalue", title, "numbers", **words.number(field, colour, f"{field}_trend"))
    feeds = words.number("bad", words.HIGH)
    feeds["options"]["majorValue"] = '> primary | seriesByName("shown") | lastPoint()'
    made.panel("feeds", "singlevalue", "Feeds in trouble", "feeds_now", eventHandlers=link("feeds", ""), **feeds)
    made.row(90, ("verdict", 1440))
    made.row(150, ("page", 288), ("high", 288), ("low", 288), ("addresses", 288), ("feeds", 288))


def _over_time(made: View) -> None:
    made.search("findings", '`cloudtrail_index` | `malicious_calls` | `calls_by_hour` | where severity!="allowed"')
    made.chain(
        "over_time",
        "findings",
        f"""{or_else(severity="nothing found", calls="0").replace("| fields", "| eval _time=now() | fields")}
        | timechart span=1h limit=0 sum(calls) AS calls by severity | fillnull value=0""",
    )
    made.chain(
        "by_list",
        "findings",
        f"""| eval feed=split(feeds, ", ") | mvexpand feed | stats sum(calls) AS calls by feed | sort 12 -num(calls) str(feed)
        {or_else(feed="nothing found", calls="0")} | table feed calls""",
    )
    made.panel("severity_chart", "column", "Findings by severity", "over_time", words.series(yAxisTitleText="calls"))
    made.panel("list_chart", "bar", "Which lists they are on", "by_list", words.bars(dataValuesDisplay="all"))
    made.row(260, ("severity_chart", 960), ("list_chart", 480))


def _callers(made: View) -> None:
    made.chain(
        "callers",
        "findings",
        f"""| `severity_rank`
        | stats max(rank) AS rank sum(calls) AS calls sum(refused) AS refused max(last_call) AS last values(address) AS addresses
            max(eval(if(rank=4, unexpected_count, 0))) AS surprise max(eval(rank.":".unexpected_count.":".reason)) AS reason by caller
        | eval severity=case(rank=4, "high", rank=3, "low", true(), "informational"),
            "others"=if(mvcount(addresses) > 1, "and ".(mvcount(addresses)-1)." more", ""), "last call"=strftime(last, "%m-%d %H:%M"),
            reason=replace(replace(reason, "^\\d:\\d:\\w+: ", ""), "(, new to [^(;]*)? \\(usual: [^)]*\\)", ""), surprise=if(surprise > 0, 1, 0),
            address=if(match(reason, "^[0-9a-fA-F.:]+ is on "), replace(reason, " is on .*$$", ""), mvindex(addresses, 0))
        | sort 0 -num(rank) -num(surprise) -num(last) str(caller)
        {or_else(caller="-", reason="Nobody called from an address on a list in this time range. If that surprises you, open Getting started: it says what is missing.")}
        | table severity caller "last call" calls refused address "others" reason""",
    )
    table = words.table(
        "severity",
        count=8,
        widths={
            "severity": 110,
            "caller": 330,
            "last call": 110,
            "calls": 70,
            "refused": 90,
            "address": 130,
            "others": 100,
            "reason": 450,
        },
    )
    handlers = _CALLER + link("address", "form.address=$row.address.value|u$", "address")
    made.panel(
        "caller_table",
        "table",
        "Who called, worst first: click a caller or an address",
        "callers",
        eventHandlers=handlers,
        **table,
    )
    made.row(400, ("caller_table", 1440))


def _where(made: View) -> None:
    made.chain(
        "countries",
        "findings",
        f"""| stats sum(calls) AS calls by address | iplocation address | eval country=if(coalesce(Country, "")="", "unknown", Country)
        | stats sum(calls) AS calls by country | sort 10 -num(calls) str(country) {or_else(country="nothing found", calls="0")} | table country calls""",
    )
    made.chain(
        "places",
        "findings",
        f"""| stats sum(calls) AS calls by address | iplocation address | where coalesce(lat, "")!=""
        | stats sum(calls) AS calls by lat lon {or_else(lat="0", lon="0", calls="0")} | table lat lon calls""",
    )
    made.chain(
        "outcomes",
        "findings",
        f"""| stats sum(calls) AS calls sum(refused) AS refused by categories | eval succeeded=calls-refused | sort 8 -num(calls) str(categories)
        {or_else(categories="nothing found", succeeded="0", refused="0")} | table categories succeeded refused""",
    )
    made.panel("country_chart", "bar", "From which countries", "countries", words.bars(dataValuesDisplay="all"))
    layers = [
        {
            "type": "bubble",
            "latitude": '> primary | seriesByName("lat")',
            "longitude": '> primary | seriesByName("lon")',
            "bubbleSize": '> primary | frameBySeriesNames("calls")',
        }
    ]
    made.panel(
        "map", "map", "On the map", "places", {"center": [20, 5], "zoom": 0.4, "layers": layers, "showZoomControls": False}
    )
    outcome = {**words.series(), "yAxisTitleVisibility": "hide", "dataValuesDisplay": "all"}
    made.panel("outcome_chart", "bar", "What succeeded, by category of list", "outcomes", outcome)
    made.row(300, ("country_chart", 400), ("map", 560), ("outcome_chart", 480))
