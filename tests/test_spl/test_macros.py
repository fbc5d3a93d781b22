"""Macros [spl 3.3] and what an app's conf files say."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.spl import SearchSyntaxError, Unsupported
from tests.spl.macros import Macro, expand, problems_of_macro
from tests.test_spl.play import make_app

MACROS = {
    "events": Macro("index=main sourcetype=x"),
    "since(2)": Macro('where $field$ >= relative_time(now(), "$time$")', ("field", "time")),
    "nested": Macro("`events` | `since(_time, -1d)`"),
    "endless": Macro("`endless`"),
    "computed": Macro('"a"', (), True),
}


def test_macros_are_replaced_with_their_arguments_also_inside_quotes() -> None:
    expected = 'index=main sourcetype=x | where _time >= relative_time(now(), "-1d")'
    assert expand("`nested`", MACROS) == expected
    assert expand('`events` | `since("_time", "-1d")`', MACROS) == expected


def test_a_macro_inside_double_quotes_stays() -> None:
    assert expand('a="foo`events`baz"', MACROS) == 'a="foo`events`baz"'


@pytest.mark.parametrize(
    "text, message",
    [
        ("`nosuch`", "no macro 'nosuch'"),
        ("`since(x)`", r"no macro 'since\(1\)'"),
        ("`endless`", "100 deep"),
        ("`a b`", "no use of a macro"),
    ],
)
def test_macros_that_do_not_exist_or_never_end_are_refused(text: str, message: str) -> None:
    with pytest.raises(SearchSyntaxError, match=message):
        expand(text, MACROS)


def test_a_macro_that_is_an_expression_is_not_played() -> None:
    with pytest.raises(Unsupported):
        expand("`computed`", MACROS)


@pytest.mark.parametrize(
    "stanza, macro, problem",
    [
        ("m(2)", Macro("$a$", ("a",)), "differ in their number"),
        ("m", Macro("$a$"), "none of its arguments"),
        ("m(1)", Macro("x", ("a",)), "does not use its argument a"),
        ("m(2)", Macro("$a$", ("a", "a")), "names an argument twice"),
        ("m(1)", Macro("x", ("a b",)), "letters, digits"),
        ("m", Macro(""), "no definition"),
        ("m(1)", Macro("$a$", ("a",), False, "isnum($a$) AND"), "a value is missing"),
        ("m(1)", Macro("$a$", ("a",), False, "isint($a$)"), "is not used here"),
    ],
)
def test_what_is_wrong_with_a_stanza_is_told(stanza: str, macro: Macro, problem: str) -> None:
    assert any(problem in each for each in problems_of_macro(stanza, macro))


def test_continuation_lines_are_one_value_and_nothing_else_is_unescaped(tmp_path: Path) -> None:
    conf = {
        "macros": '[events]\ndefinition = index=main \\\nsourcetype=x\n[tail(1)]\nargs = n\ndefinition = rex "a\\d" | head $n$\n',
        "commands": "[mine]\nchunked = true\n",
        "searchbnf": "[mine-command]\nsyntax = mine (<mine-options>)*\n[mine-options]\nsyntax = (a=<bool>) | (b=<int>)\n",
    }
    app = make_app(tmp_path, conf)
    assert app.expand("`events` | `tail(5)`") == 'index=main \nsourcetype=x | rex "a\\d" | head 5'
    assert app.commands == {"mine": ["a", "b"]}
