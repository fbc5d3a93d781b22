"""Getting started: what is set up, what is missing, the next click. Works before any data is there."""

from __future__ import annotations

from views import words
from views.studio import View
from views.words import or_else

_TEXT = """## From nothing to the first finding

1. **[Say where CloudTrail is](setup)**, on the page Set-up: the macro `cloudtrail_index`.
2. **[Switch on lists](setup)**, on the same page: `aws_ip_ranges` and at least one list, for example `tor_bulk_exit`.
3. **[Learn what is usual](setup)**, on the same page: *Learn the last 30 days now*, then switch on the two searches that keep it up.
4. **[Look](overview)**: the Overview shows who called from a listed address, and why that matters.
5. **[Have yourself told](/manager/TA-maliciouscaller/saved/searches?search=Alert)**: run *Report - Dry run of the alerts*, then switch on the alerts that you want, here or on Set-up.
6. **[Allow what is yours](setup)**, from the last row of *Next steps* in Caller: it opens Set-up with the row filled in.
"""


def view() -> View:
    made = View("Getting started", "What is set up, what is missing, and the next click")
    made.search(
        "steps",
        """(`cloudtrail_index`) OR (`feed_events`) | stats count(eval(sourcetype!="maliciouscaller:feed")) AS calls
            count(eval(sourcetype!="maliciouscaller:feed" AND coalesce(sourceIPAddress, "")!="" AND coalesce(eventName, "")!="")) AS whole
            dc(eval(if(sourcetype="maliciouscaller:feed", feed, null()))) AS feeds
        | inputlookup append=true max=1 malicious_ips | eval listed=if(isnotnull(start), 1, null())
        | inputlookup append=true max=1 aws_ip_ranges | eval ranges=if(isnotnull(prefix), 1, null())
        | inputlookup append=true max=1 caller_baseline | eval learned=if(isnotnull(key), 1, null())
        | stats max(calls) AS calls max(whole) AS whole max(feeds) AS feeds count(listed) AS listed count(ranges) AS ranges count(learned) AS learned
        | eval step=mvappend(
            "1 Lists are downloaded|".if(feeds > 0, "done|".feeds." feeds ran in the last 24 hours.", "to do|Switch on a feed on the page Set-up."),
            "2 Addresses are listed|".if(listed > 0, "done|malicious_ips has entries.", "to do|Wait for the first feed to run, or look at the dashboard Feeds for what it says."),
            "3 AWS's own ranges are known|".if(ranges > 0, "done|aws_ip_ranges has entries.", "to do|Switch on the feed aws_ip_ranges on the page Set-up: without it no call counts as from outside AWS."),
            "4 CloudTrail is found|".case(calls=0, "to do|No events in the last 24 hours: say on the page Set-up where they are.",
                whole=0, "to do|Events are there, but without their fields: install the Splunk Add-on for AWS on the search head, or use the option raw=true.", true(), "done|".calls." events in the last 24 hours."),
            "5 It is known what is usual|".if(learned > 0, "done|caller_baseline has entries.", "to do|Learn the last 30 days on the page Set-up, then switch on the two searches that keep it up."))
        | mvexpand step | rex field=step "^(?<what>[^|]*)\\|(?<state>[^|]*)\\|(?<next>.*)$$" | sort 0 str(what)""",
        "-24h",
    )
    made.chain(
        "verdict",
        "steps",
        """| stats count(eval(state="done")) AS finished count AS steps
        | eval verdict=if(finished=steps, "Everything is set up. Have yourself told: enable the alerts.", finished." of ".steps." steps are done; the next one is below."), state=if(finished=steps, "done", "to do")""",
    )
    made.chain("list", "steps", "| table state what next")
    made.search(
        "alerts",
        f"""| rest /servicesNS/-/TA-maliciouscaller/saved/searches splunk_server=local count=0 search="Malicious caller"
        | where match(title, "^Malicious caller - (Alert|Health|Baseline) - ") AND is_scheduled=1
        | eval state=if(disabled="1", "off", "on"), title=replace(title, "^Malicious caller - ", "") | sort 0 str(title)
        {or_else(title="The searches of this app cannot be seen: ask an administrator.")} | table state title cron_schedule | rename title AS search, cron_schedule AS schedule""",
        "-1h",
    )
    made.panel("verdict_line", "singlevalue", "", "verdict", **words.sentence("verdict", "state"))
    made.markdown("text", _TEXT)
    made.panel(
        "step_table",
        "table",
        "What is set up",
        "list",
        **words.table("state", count=10, widths={"state": 80, "what": 230, "next": 470}),
    )
    made.panel(
        "alert_table",
        "table",
        "Scheduled searches",
        "alerts",
        **words.table("state", count=15, widths={"state": 90, "search": 900, "schedule": 400}),
    )
    made.row(90, ("verdict_line", 1440))
    made.row(330, ("text", 620), ("step_table", 820))
    made.row(570, ("alert_table", 1440))
    return made
