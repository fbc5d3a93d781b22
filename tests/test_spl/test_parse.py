"""Whole searches: good ones are read to their end, broken ones are refused with the place."""

from __future__ import annotations

import pytest

from tests.spl import SearchSyntaxError, parse_search
from tests.spl.arguments import Sort, SortKey, Stats
from tests.spl.macros import expand, macro_of

OWN = {"maliciouscaller": ["matches_only", "min_severity"]}
MACROS = {
    "cloudtrail": macro_of({"definition": "index=aws sourcetype=aws:cloudtrail"}),
    "since(2)": macro_of({"definition": "$field$>=$time$", "args": "field, time"}),
}

GOOD = {
    "an alert": '''`cloudtrail` _index_earliest=-6m@m _index_latest=-1m@m
        | maliciouscaller min_severity=high
        | stats count min(_time) AS first values(intel_feed) AS feeds values(severity_reason) AS reasons BY caller severity
        | where count > 2 AND NOT like(caller, "%role/ci-%") | sort 0 - num(count) str(caller)''',
    "a baseline": r'''`cloudtrail` | maliciouscaller | eval learned=mvappend("a:".call_action, "r:".call_region)
        | mvexpand learned | rex field=learned "^(?<property>[a-z]):(?<value>.+)$"
        | stats count min(_time) AS first_seen max(_time) AS last_seen BY caller property value
        | inputlookup append=t caller_baseline
        | stats sum(count) AS count min(first_seen) AS first_seen max(last_seen) AS last_seen BY caller property value
        | eval key=substr(sha256(caller),1,16).property.substr(sha256(value),1,16)
        | table key caller property value first_seen last_seen count | sort 0 str(key)
        | outputlookup override_if_empty=false caller_baseline''',
    "foreach": '''| inputlookup x | foreach unexpected_* [eval n=n+if('<<FIELD>>'="true",1,0), names=mvappend(names,"<<MATCHSTR>>")]''',
    "mvzip and untable": '''index=a | eval pair=mvzip(intel_feed, intel_category, "|") | stats count BY pair
        | untable pair name amount | xyseries pair name amount''',
    "lookup, IN, dedup": '''index=a eventName IN ("Get*", PutObject) | where region IN ("us-east-1", "eu-west-1")
        | lookup local=t caller_allowlist caller AS caller OUTPUT owner AS allowed_by, reason
        | lookup caller_names arn OUTPUTNEW name | dedup 2 caller, region keepempty=t sortby -_time, +caller''',
    "tstats and a macro with arguments": '''| tstats count min(_time) AS first WHERE index=aws sourcetype=aws:cloudtrail BY _time span=1h, host
        | search `since(count, 5)`''',
    "timechart": "`cloudtrail` | timechart span=1h limit=5 useother=f count(eval(severity=\"high\")) AS high BY caller_account",
    "iplocation and geostats": "index=a | iplocation prefix=geo_ src | search geo_lat!=\"\" | geostats latfield=geo_lat longfield=geo_lon count BY x",
    "subsearch, join, map": '''index=a [search index=b severity=high | fields caller | format_is_not_needed=1]
        | join type=left caller [| inputlookup owners | fields caller owner]
        | map maxsearches=5 search="search index=a caller=$caller$ | head 5"''',
    "eventstats, streamstats, case": '''index=a | eventstats dc(caller) AS callers BY src | sort 0 _time
        | streamstats current=f window=5 global=f count AS before BY caller
        | eval level=case(callers>5 AND before>3, "high", callers>1, "low", true(), "none")''',
    "rest and append": '''| rest /servicesNS/-/TA-maliciouscaller/data/inputs/intel_feed splunk_server=local count=0
        | table title disabled "eai:acl.app" | append [| makeresults | eval title="none"] | fields - _time''',
    "bin, chart and several values": '''index=a | bin span=1d _time | eval n=mvcount(split(list,",")), last=mvindex(list,-1), all=mvjoin(mvsort(mvdedup(list)),";")
        | chart limit=0 sum(n) AS total OVER _time BY last | fillnull value=0 | fieldformat _time=strftime(_time,"%F")''',
}  # fmt: skip

BROKEN = {
    "a misspelt command": ("index=a | statz count", "there is no command 'statz'"),
    "an unbalanced bracket": ("index=a | append [search index=b | head 5", "stays open"),
    "two values after eval": ('index=a | eval x="a" "b"', "an operator is missing"),
    "a misspelt option": ("| inputlookup appned=t x", "there is no option appned=t"),
    "junk after sort": ("index=a | sort 0 count)", "closes nothing"),
    "an open quote": ('index=a | where x="b', "quote stays open"),
    "a dangling AND": ("index=a | where x=1 AND", "a value is missing before 'the end'"),
    "an open backtick": ("`cloudtrail | head 5", "backtick stays open"),
}


@pytest.mark.parametrize("name", GOOD)
def test_a_good_search_is_read(name: str) -> None:
    text = GOOD[name].replace(" | format_is_not_needed=1", "")
    found = parse_search(expand(text, MACROS), OWN)
    assert len(found) > 1


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_search_is_refused(name: str) -> None:
    text, message = BROKEN[name]
    with pytest.raises(SearchSyntaxError, match=message):
        parse_search(expand(text, MACROS), OWN)


@pytest.mark.parametrize(
    "text, place",
    [
        ("index=a | head | stats cout AS n BY", "stats (command 3)"),
        ("index=a | maliciouscaller matches=t", "maliciouscaller (command 2)"),
        ("index=a | eval x", "eval (command 2)"),
    ],
)
def test_a_refusal_names_the_command_and_its_number(text: str, place: str) -> None:
    with pytest.raises(SearchSyntaxError) as caught:
        parse_search(text, OWN)
    assert caught.value.place == place


@pytest.mark.parametrize(
    "text",
    [
        "a | sort", "a | sort 0 x=1", "a | head 5 6", "a | head x", "a | fields", "a | table a,,b", "a | table a,", "a | dedup",
        "a | rename x y", "a | rename x AS", "a | rex x", "a | rex field=a b", "a | mvexpand a b", "a | bin a b span=1d", "a | stats",
        "a | stats count BY", "a | stats sum", "a | stats count(eval(x=1))", "a | stats count BY a*", "a | stats count AS", "a | stats x(y z)",
        "a | stats first(host) AS a, first(host) AS b", "a | chart count", "a | chart count OVER a BY b c", "a | timechart count BY a b", "a | top",
        "a | untable a b", "a | foreach x", "a | append x", "a | inputlookup", "a | inputlookup x where", "a | outputlookup", "a | lookup x",
        "a | lookup x y OUTPUT", "a | fillnull value=0 value=1", "a | makeresults 5", "a | addinfo x", "a | where x=1, y=2", "a | mvexpand limit=x a",
        "a | stats count WHERE x=1", "a | inputlookup append=maybe x", "a | convert ctime", "a | dedup 0 x",
    ],
)  # fmt: skip
def test_arguments_that_a_command_cannot_take_are_refused(text: str) -> None:
    with pytest.raises(SearchSyntaxError):
        parse_search(text)


def test_sort_reads_signs_types_and_a_reversal_at_the_end() -> None:
    found = parse_search("a | sort 0 - num(n) str(k) | sort limit=5 -a, +b | sort 100 num(a) b desc")
    assert [command.arguments for command in found[1:]] == [
        Sort(0, (SortKey("n", True, "num"), SortKey("k", True, "str"))),
        Sort(5, (SortKey("a", True), SortKey("b"))),
        Sort(100, (SortKey("a", True, "num"), SortKey("b", True))),
    ]


def test_stats_names_its_columns_as_they_are_written_or_named() -> None:
    arguments = parse_search('a | stats count, values(userIdentity.arn) dc(x) AS "different x" BY a, b')[1].arguments
    assert isinstance(arguments, Stats)
    assert [each.column for each in arguments.aggregations] == ["count", "values(userIdentity.arn)", "different x"]
    assert arguments.by == ("a", "b")
