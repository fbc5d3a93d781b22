"""Feeds: are our lists alive? Each feed's last try and success against its schedule, and what the compiled lookup holds."""

from __future__ import annotations

from views import words
from views.studio import View
from views.words import or_else

_ENABLE = "No feed has run. Enable one in Settings > Data inputs > Threat intelligence feed."


def view() -> View:
    made = View("Feeds", "Are our lists alive?")
    made.time_range("-7d@h,now")
    _numbers(made)
    _table(made)
    _over_time(made)
    _lookup(made)
    return made


def _numbers(made: View) -> None:
    made.search(
        "runs",
        """`feed_runs` | eval good=if(waits=0 AND (status="ok" OR status="unchanged"), _time, null())
        | stats latest(status) AS status max(only_waits) AS only_waits latest(stale) AS stale latest(publisher_date) AS publisher_date latest(kept) AS kept
            earliest(kept) AS kept_before latest(listed) AS listed latest(duplicates) AS duplicates max(good) AS last_success max(_time) AS last_run min(_time) AS first_run
            count AS runs latest(message) AS message by feed
        | lookup intel_feed_catalog feed OUTPUT interval AS schedule publisher AS publisher
        | eval schedule=tonumber(coalesce(schedule, if(runs > 1, (last_run-first_run)/(runs-1), 86400))), age=if(isnull(last_success), null(), now()-last_success),
            state=case(status="failed" OR status="refused", "failing", only_waits=1 OR now()-last_run > 2*schedule+3600, "silent", lower(coalesce(stale, "false"))="true", "stale", true(), "well")""",
    )
    made.chain(
        "numbers",
        "runs",
        """| stats count AS feeds count(eval(state="well")) AS well count(eval(state="failing")) AS failing count(eval(state="silent" OR state="stale")) AS old
        | eval verdict=case(feeds=0, "No feed has run in this time range: enable one in Settings > Data inputs > Threat intelligence feed.",
                failing > 0, failing." of ".feeds." feeds fail; the last good lists stay in use.",
                old > 0, old." of ".feeds." feeds are silent or stale.", true(), "All ".feeds." feeds are well."),
            state=case(feeds=0, "to do", failing > 0, "high", old > 0, "low", true(), "done")""",
    )
    made.search(
        "size",
        """`feed_events` | where isnotnull(lookup_bytes) AND coalesce(format, "")!="aws" | stats count AS runs latest(lookup_bytes) AS bytes latest(lookup_rows) AS ranges
        | eval megabytes=round(coalesce(bytes, 0)/1048576, 1), ranges=coalesce(ranges, 0), shown=if(megabytes < 0.1, "under 0.1", megabytes)." of 25"
        | eval level=case(megabytes > 25, "high", megabytes > 20, "low", true(), "done")""",
    )
    made.panel("verdict", "singlevalue", "", "numbers", **words.sentence("verdict", "state"))
    made.panel("well", "singlevalue", "Feeds that are well", "numbers", **words.number("well"))
    made.panel("failing", "singlevalue", "Failing", "numbers", **words.number("failing", words.HIGH))
    made.panel("old", "singlevalue", "Silent or stale", "numbers", **words.number("old", words.LOW))
    made.panel("ranges", "singlevalue", "Address ranges in use", "size", **words.number("ranges"))
    made.panel("size_number", "singlevalue", "Compiled lookup, MiB", "size", **words.sentence("shown", "level"))
    made.row(90, ("verdict", 1440))
    made.row(130, *((name, 288) for name in ("well", "failing", "old", "ranges", "size_number")))


def _table(made: View) -> None:
    made.chain(
        "table",
        "runs",
        f"""| eval "last try"=strftime(last_run, "%m-%d %H:%M"), "last success"=if(isnull(last_success), "never", strftime(last_success, "%m-%d %H:%M")),
            "age"=if(isnull(age), "-", round(age/3600, 1)." h"), "runs every"=round(schedule/3600, 1)." h",
            "publisher's date"=if(isnull(publisher_date), "-", strftime(publisher_date, "%Y-%m-%d")),
            entries=coalesce(kept, 0), growth=if(isnull(kept) OR isnull(kept_before), 0, kept-kept_before), says=if(status="ok", "", coalesce(message, ""))
        | sort 0 str(state) str(feed) {or_else(feed=_ENABLE)}
        | table state feed "last try" "last success" age "runs every" "publisher's date" entries growth says""",
    )
    widths = {
        "state": 90,
        "feed": 190,
        "last try": 110,
        "last success": 120,
        "age": 80,
        "runs every": 110,
        "publisher's date": 140,
        "entries": 90,
        "growth": 90,
        "says": 350,
    }
    made.panel(
        "feed_table", "table", "Each feed: click a heading to sort", "table", **words.table("state", count=12, widths=widths)
    )
    made.row(420, ("feed_table", 1440))


def _over_time(made: View) -> None:
    made.search(
        "outcomes",
        f"""`feed_runs` | eval n=1 {or_else(status="no runs", n="0").replace("| fields", "| eval _time=now() | fields")}
        | timechart span=6h limit=0 sum(n) AS runs by status | fillnull value=0""",
    )
    made.search(
        "rejected",
        f"""`feed_events` | where isnotnull(listed) | sort 0 -num(_time) | dedup feed | foreach rejected.* [eval reasons=if(isnull('<<FIELD>>'), reasons, mvappend(reasons, "<<MATCHSTR>>: ".'<<FIELD>>'))]
        | where isnotnull(reasons) | eval rejected=`as_text(reasons, 8)` | sort 0 str(feed)
        {or_else(feed="No line of any list was rejected.")} | table feed rejected""",
    )
    made.search(
        "inside",
        f"""`feed_events` | where isnotnull(listed) | sort 0 -num(_time) | dedup feed | foreach inside.* [eval clouds=if(isnull('<<FIELD>>'), clouds, mvappend(clouds, "<<MATCHSTR>>: ".'<<FIELD>>'))]
        | where isnotnull(clouds) | eval inside=`as_text(clouds, 8)` | sort 0 str(feed)
        {or_else(feed="No list has entries in clouds or resolvers that we know.")} | table feed inside""",
    )
    colours = {
        "ok": words.GOOD,
        "unchanged": words.INFORMATIONAL,
        "refused": words.LOW,
        "failed": words.HIGH,
        "no runs": words.QUIET,
    }
    made.panel(
        "run_chart", "column", "Runs, by what became of them", "outcomes", {**words.series(), "seriesColorsByField": colours}
    )
    made.row(220, ("run_chart", 1440))
    made.panel(
        "rejected_table",
        "table",
        "Rejected lines, by reason",
        "rejected",
        **words.table(count=6, widths={"feed": 220, "rejected": 460}),
    )
    made.panel(
        "inside_table",
        "table",
        "Entries inside clouds and public resolvers",
        "inside",
        **words.table(count=6, widths={"feed": 220, "inside": 460}),
    )
    made.row(260, ("rejected_table", 720), ("inside_table", 720))


def _lookup(made: View) -> None:
    made.search(
        "overlap",
        f"""| inputlookup malicious_ips | stats count AS ranges by feed | where match(feed, "\\|") | eval lists=replace(feed, "\\|", " + ")
        | sort 10 -num(ranges) str(lists) {or_else(lists="No address is on more than one list.", ranges="0")} | table lists ranges""",
        "-1h",
    )
    made.search(
        "categories",
        f"""| inputlookup malicious_ips | eval category=mvdedup(split(category, "|")) | mvexpand category | stats count AS ranges by category
        | sort 12 -num(ranges) str(category) {or_else(category="nothing listed", ranges="0")} | table category ranges""",
        "-1h",
    )
    made.panel(
        "overlap_table",
        "table",
        "Lists that have the same addresses",
        "overlap",
        **words.table(count=6, widths={"lists": 580, "ranges": 100}),
    )
    made.panel("category_chart", "bar", "What addresses are listed for", "categories", words.bars(dataValuesDisplay="all"))
    made.row(280, ("overlap_table", 720), ("category_chart", 720))
