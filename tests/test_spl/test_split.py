"""A search as text is cut into commands, words, expressions and terms as Splunk reads them."""

from __future__ import annotations

import pytest

from tests.spl.errors import SearchSyntaxError
from tests.spl.expression import parse_assignments, parse_expression
from tests.spl.split import split_pipeline
from tests.spl.terms import All, Any, Compare, OneOf, parse_terms
from tests.spl.terms import Not as NotTerm
from tests.spl.tree import Binary, Call, Field, Not, Number, Text, fields_of
from tests.spl.words import words


def commands(text: str) -> list[tuple[str, str]]:
    return [(stage.command, stage.body) for stage in split_pipeline(text)]


@pytest.mark.parametrize(
    "text, expected",
    [
        ("index=a b=c", [("search", "index=a b=c")]),
        ("search index=a", [("search", "index=a")]),
        ("| inputlookup x", [("inputlookup", "x")]),
        ('a="x|y" | where b="|"', [("search", 'a="x|y"'), ("where", 'b="|"')]),
        (r'a="x\"|y" | head', [("search", r'a="x\"|y"'), ("head", "")]),
        ("| append [search a | head] | head", [("append", "[search a | head]"), ("head", "")]),
        ("a ```no | command``` | head", [("search", "a"), ("head", "")]),
        ('a="```" | head', [("search", 'a="```"'), ("head", "")]),
        ("a\n| stats\n  count", [("search", "a"), ("stats", "count")]),
        ("a | stats(count)", [("search", "a"), ("stats", "(count)")]),
    ],
)
def test_pipes_separate_commands_but_not_in_quotes_brackets_and_comments(text: str, expected: list[tuple[str, str]]) -> None:
    assert commands(text) == expected


@pytest.mark.parametrize(
    "text, message",
    [
        ("", "empty"),
        ("a | ", "after the last one"),
        ("a | | head", "between two pipes"),
        ('a="b', "quote stays open"),
        ("a [ search b", "stays open"),
        ("a ) b", "closes nothing"),
        ("a ( b ] )", "closes nothing"),
        ("a ``` b", "comment stays open"),
        ("a `b", "backtick is left"),
        ("a | -x", "no command begins with"),
    ],
)
def test_what_cannot_be_cut_is_refused(text: str, message: str) -> None:
    with pytest.raises(SearchSyntaxError, match=message):
        split_pipeline(text)


def test_words_end_at_blanks_and_commas_outside_quotes_and_brackets() -> None:
    found = [word.raw for word in words('field="a b" count(eval(x="c, d")), [search e | head] f')]
    assert found == ['field="a b"', 'count(eval(x="c, d"))', ",", "[search e | head]", "f"]


def test_eval_binds_not_before_and_before_or_before_xor() -> None:
    found = parse_expression("NOT a=1 AND b=2 OR c=3 XOR d=4")
    assert isinstance(found, Binary) and found.operator == "XOR"
    either = found.left
    assert isinstance(either, Binary) and either.operator == "OR"
    both = either.left
    assert isinstance(both, Binary) and both.operator == "AND"
    assert isinstance(both.left, Not)


def test_eval_binds_times_before_plus_and_dot_before_comparison() -> None:
    found = parse_expression('a+b*2 . "x" > c')
    times_two = Binary("*", Field("b"), Number(2))
    assert found == Binary(">", Binary(".", Binary("+", Field("a"), times_two), Text("x")), Field("c"))


def test_single_quotes_make_a_field_and_double_quotes_a_text() -> None:
    assert parse_expression("'userIdentity.arn'=\"a.b\"") == Binary("=", Field("userIdentity.arn", True), Text("a.b"))
    assert parse_expression("a.b") == Binary(".", Field("a"), Field("b"), glued=True)
    assert parse_expression("a . b") == Binary(".", Field("a"), Field("b"), glued=False)


def test_in_and_like_are_functions_and_function_names_take_any_case() -> None:
    assert parse_expression('a IN ("x", "y")') == Call("in", (Field("a"), Text("x"), Text("y")))
    assert parse_expression('a LIKE "x%"') == Call("like", (Field("a"), Text("x%")))
    assert parse_expression("IF(isNull(a), 1, 2)") == Call("if", (Call("isnull", (Field("a"),)), Number(1), Number(2)))


def test_backslashes_of_texts_stay_but_before_quotes_and_themselves() -> None:
    assert parse_expression(r'"a\"b\\c\d"') == Text('a"b\\c\\d')


def test_eval_takes_several_assignments_and_quoted_or_dotted_targets() -> None:
    found = parse_assignments('a=1, "b c"=2, data.user=a')
    assert found == [("a", Number(1)), ("b c", Number(2)), ("data.user", Field("a"))]


def test_the_fields_of_an_expression_are_found_once_each() -> None:
    assert fields_of(parse_expression("if(a=b, 'c.d', a)+1")) == ["a", "b", "c.d"]


@pytest.mark.parametrize(
    "text",
    ["", "a=", "a b", "a=1 2", "(a", "a)", "f(a,", "f(a b)", "a=b=c", "a AND", "a IN b", "=1", '"a', "a.", "1a", "a{}=1", ".5"],
)
def test_expressions_that_are_none_are_refused(text: str) -> None:
    with pytest.raises(SearchSyntaxError):
        parse_expression(text)


def test_search_terms_bind_or_before_and_and_not_takes_one_term() -> None:
    found = parse_terms("a=1 b=2 OR NOT c=3 AND d=4")
    a, b, c, d = (Compare(name, "=", str(value)) for value, name in enumerate("abcd", 1))
    assert found == All((a, Any((b, NotTerm(c))), d))


@pytest.mark.parametrize(
    "text, expected",
    [
        ('userIdentity.arn="*:root"', Compare("userIdentity.arn", "=", "*:root", True)),
        ("sourcetype=aws:cloudtrail", Compare("sourcetype", "=", "aws:cloudtrail")),
        ("count >= 5", Compare("count", ">=", "5")),
        ('eventName IN (Get*, "Put Object")', OneOf("eventName", ("Get*", "Put Object"))),
        ("(a=b)", Compare("a", "=", "b")),
        ("", All(())),
    ],
)
def test_search_terms_are_read(text: str, expected: object) -> None:
    assert parse_terms(text) == expected


@pytest.mark.parametrize("text", ["a=1 AND", "OR a=1", "NOT", "(a=1", "a=1)", "a IN (b c)", "a IN ()", "a IN (b,)", "a=", "()"])
def test_search_terms_that_are_none_are_refused(text: str) -> None:
    with pytest.raises(SearchSyntaxError):
        parse_terms(text)
