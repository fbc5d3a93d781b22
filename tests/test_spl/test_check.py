"""The static checks [spl 3]: good searches pass, and each mistake is told in a sentence that names the place."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.spl import App, check_search
from tests.test_spl.play import make_app

CONF = {
    "macros": "[events]\ndefinition = index=main sourcetype=aws:cloudtrail\n",
    "transforms": "[base]\nfilename = base.csv\n",
    "commands": "[maliciouscaller]\nchunked = true\n",
    "searchbnf": "[maliciouscaller-command]\nsyntax = maliciouscaller (prefix=<string>)? (learn=<bool>)?\n",
}


@pytest.fixture
def app(tmp_path: Path) -> App:
    made = make_app(tmp_path, CONF, {"base.csv": "key,caller,count\n"})
    return App(
        made.folder,
        event_fields={"aws:cloudtrail": ["eventName", "sourceIPAddress", "userIdentity.*"]},
        command_fields={"maliciouscaller": ["caller", "severity", "intel_feed"], "maliciouscaller learn=true": ["learns"]},
        several_values={"maliciouscaller": ["intel_feed"]},
    )


GOOD = [
    "`events` | maliciouscaller | where severity=\"high\" | stats count values(intel_feed) AS feeds BY caller | sort 0 - num(count)",
    "`events` eventName IN (Get*, Put*) earliest=-1d@d | fields eventName userIdentity.arn | dedup eventName",
    "`events` | maliciouscaller prefix=mc_ | search mc_severity=high",
    "`events` | maliciouscaller learn=true | stats count BY learns",
    "`events` | maliciouscaller | mvexpand intel_feed | stats count BY intel_feed",
    "`events` | maliciouscaller | eval n=mvcount(intel_feed), all=mvjoin(intel_feed, \"|\") | stats max(n) AS n BY all",
    "`events` | eval root=if('userIdentity.type'=\"Root\", \"yes\", \"no\") | timechart span=1h count BY root",
    r"""`events` | rex field=eventName "^(?<verb>[A-Z][a-z]+)" | lookup base key AS verb OUTPUT caller AS owner | table verb owner""",
    "| inputlookup base where count>5 | stats sum(count) AS total BY caller | appendpipe [stats count | where count=0 | eval caller=\"nobody\"]",
    "`events` | maliciouscaller | stats count BY caller | inputlookup append=t strict=t base | stats sum(count) AS count BY caller"
    " | eval key=sha256(caller) | table key caller count | sort 0 str(key) | outputlookup override_if_empty=false create_empty=false base",
    "`events` | bin _time span=1d | chart limit=0 count OVER _time BY eventName | untable _time name n | where n>0",
    "`events` | rename userIdentity.* AS * | where arn=\"x\"",
    "| makeresults format=csv data=\"a,b\" | foreach a b [eval <<FIELD>>=1] | table a b",
    "| tstats count WHERE index=main BY _time span=1h | timechart span=1d sum(count) AS n",
]  # fmt: skip

BAD = [
    ("index=main | statz count", "there is no command 'statz'"),
    ("index=main | append [search index=b | head 5", "stays open"),
    ('index=main | eval x="a" "b"', "an operator is missing"),
    ("| inputlookup appned=t base", "There is no option appned=t"),
    ("index=main | sort 0 count)", "closes nothing"),
    ('index=main | where x="b', "quote stays open"),
    ("index=main | where x=1 AND", "a value is missing"),
    ("`events | head 5", "backtick stays open"),
    ("`nosuch`", "no macro 'nosuch'"),
    ("`events` | maliciouscaller learnt=true", "There is no option learnt=true"),
    ("`events` | where sevrity=\"high\"", "No row has a field sevrity there"),
    ("`events` | stats count BY eventName | table _time eventName", "No row has a field _time there"),
    ("`events` | maliciouscaller | table learns", "No row has a field learns there"),
    ("`events` evntName=x", "No row has a field evntName there"),
    ("`events` | eval x=y+1", "No row has a field y there"),
    ("`events` | fields - eventName | dedup eventName", "No row has a field eventName there"),
    ("`events` | rename eventName AS name | sort 0 eventName", "No row has a field eventName there"),
    ("`events` | eval x=lenght(eventName)", "There is no function lenght()"),
    ("`events` | eval x=replace(eventName, \"a\")", "replace() takes 3 arguments, not 2"),
    ("`events` | eval x=case(1=1)", "case() takes 2 to any number of arguments, not 1"),
    ("`events` | eval x=case(1=1, 2, 3=3)", "pairs of condition and value"),
    ("`events` | eval x=json_extract(eventName, \"a\")", "is not used here"),
    ("`events` | eval x=(eventName=\"a\")", "A field cannot be true or false"),
    ("`events` | where eventName", "A condition is needed"),
    ("`events` | where userIdentity.type=\"Root\"", "needs single quotes"),
    (r'`events` | eval x=split(eventName, "\n")', "backslash"),
    ('`events` | where match(eventName, "(a")', "no regular expression"),
    ("`events` | where eventName>\"5\"", "number in double quotes"),
    ("`events` | stats cuont(eventName)", "There is no function cuont() of rows"),
    ("`events` | stats list(eventName) AS l", "first 100 values"),
    ("`events` | stats perc95(eventName) AS p", "not used here"),
    ("`events` | stats values(*) AS *", "takes whatever fields there are"),
    ("`events` | sort eventName", "drops rows after the 10,000th"),
    ("`events` | head 100 | stats count", "head before stats"),
    ("`events` | join eventName [search index=b | table eventName]", "join is not for shipped searches"),
    ("`events` | append [search index=main | table eventName]", "append is not for shipped searches"),
    ("`events` | transaction eventName", "transaction is not for shipped searches"),
    ("`events` | map search=\"search index=main\"", "map is not for shipped searches"),
    ("index=*", "every index"),
    ("sourcetype=x", "names no index"),
    ("`events` eventName=*Bucket", "begins with a wildcard"),
    ("`events` error", "looked for in _raw"),
    ("`events` eventName=a or eventName=b", "operators are upper case"),
    ("`events` [search index=b | fields eventName]", "A subsearch is cut"),
    ("`events` (earliest=-1d OR eventName=x)", "earliest inside OR"),
    ("`events` earliest=yesterday", "no relative time"),
    ("`events` | maliciouscaller | stats count BY intel_feed", "may have several values"),
    ("`events` | maliciouscaller | stats values(caller) AS c | dedup c", "may have several values"),
    ("`events` | timechart count", "timechart without span="),
    ("`events` | bin span=1w _time", "not documented"),
    ("`events` | rex field=eventName \"a\"", "no named group"),
    ("`events` | lookup nosuch eventName", "There is no lookup nosuch"),
    ("`events` | lookup base eventName OUTPUT caller", "has no column eventName"),
    ("| inputlookup base where colour=red", "has no column colour"),
    ("| inputlookup base | table key caller count | outputlookup base", "deletes the lookup"),
    ("| inputlookup base | table key caller count | outputlookup override_if_empty=f base", "without a header"),
    ("| inputlookup base | stats count BY key | outputlookup override_if_empty=f create_empty=f base", "a table command before it"),
    ("| inputlookup base | table key count | outputlookup override_if_empty=f create_empty=f base", "writes the columns key count"),
    ("`events` | inputlookup base", "only its append=true"),
    ("| eval x=1", "generates nothing"),
    ("inputlookup base", "a pipe before it is missing"),
    ("`events` | appendpipe [stats count BY nosuch]", "in [ ], stats (command 1): No row has a field nosuch"),
    ("`events` | foreach eventName [eval <<FIELD>>=nosuch(1)]", "in [ ], eval (command 1): There is no function nosuch()"),
    ("`events` | mvexpand _raw", "internal"),
    ("`events` | maliciouscaller | stats values(caller) AS caller BY severity | eval key=1 | table key caller severity"
     " | outputlookup override_if_empty=f create_empty=f base", "mvjoin() it first"),
]  # fmt: skip


@pytest.mark.parametrize("text", GOOD)
def test_a_good_search_passes(app: App, text: str) -> None:
    assert [str(problem) for problem in check_search(text, app)] == []


@pytest.mark.parametrize("text, expected", BAD, ids=[text for text, _ in BAD])
def test_a_mistake_is_told(app: App, text: str, expected: str) -> None:
    problems = [str(problem) for problem in check_search(text, app)]
    assert any(expected.lower() in problem.lower() for problem in problems), problems


def test_a_problem_names_the_search_and_the_command(app: App) -> None:
    (problem,) = check_search("`events` | head 5 | eval x=lenght(eventName)", app, "savedsearches.conf [a]")
    assert str(problem) == "savedsearches.conf [a], eval (command 3): There is no function lenght()."


def test_one_search_can_have_several_problems(app: App) -> None:
    assert len(check_search("`events` | sort eventName | eval x=nosuch(1) | statz count", app)) == 3


def test_fields_are_not_checked_where_they_depend_on_data(app: App) -> None:
    assert check_search("| rest /services/server/info splunk_server=local | table title version", app) == []
    assert check_search("index=main sourcetype=other | table anything", app) == []
