"""eval and where, one test a row of [spl 5.1]; the examples are those of Splunk's documentation or of a measurement."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest

from tests.spl import Unsupported
from tests.spl.functions import BUILDERS
from tests.spl.vocabulary import EVAL_FUNCTIONS
from tests.test_spl.play import is_kept, play, value_of


def test_every_function_of_the_vocabulary_is_played_unless_it_is_unsure() -> None:
    assert set(BUILDERS) == {name for name, word in EVAL_FUNCTIONS.items() if word.sure}


@pytest.mark.parametrize("operator", ["=", "!=", "<", "<=", ">", ">="])
def test_a_comparison_with_null_is_false_on_either_side_and_on_both(operator: str) -> None:
    assert not is_kept(f"x{operator}1")
    assert not is_kept(f"1{operator}x")
    assert not is_kept(f"x{operator}x")


def test_not_inverts_so_rows_without_the_field_are_kept() -> None:
    assert is_kept("NOT x!=x")
    assert is_kept('NOT x="a"')
    assert not is_kept('x!="a"')


def test_and_or_and_xor_know_no_third_truth_value() -> None:
    assert is_kept("x=1 OR 1=1")
    assert not is_kept("x=1 AND 1=1")
    assert is_kept("x=1 XOR 1=1")


def test_empty_text_and_zero_are_not_null() -> None:
    row = {"empty": "", "zero": "0"}
    assert is_kept('empty="" AND isnotnull(empty) AND isnotnull(zero)', row)
    assert is_kept("isnull(x)", row)


def test_if_takes_the_second_value_where_the_condition_compares_null() -> None:
    assert value_of('if(x=1, "yes", "no")') == "no"


def test_case_gives_the_first_true_and_null_for_none() -> None:
    assert value_of('case(n>5, "high", n>1, "low", true(), "none")', {"n": "3"}) == "low"
    assert value_of('case(n>5, "high")', {"n": "3"}) is None


def test_coalesce_takes_the_first_that_is_not_null_and_nullif_clears_equals() -> None:
    assert value_of('coalesce(x, y, "z")', {"y": ""}) == ""
    assert value_of("nullif(a, b)", {"a": "1", "b": "1"}) is None
    assert value_of("nullif(a, b)", {"a": "1"}) == "1"


def test_validate_gives_the_value_of_the_first_condition_that_is_false() -> None:
    assert value_of('validate(n>1, "small", n<10, "large")', {"n": "20"}) == "large"
    assert value_of('validate(n>1, "small")', {"n": "20"}) is None


def test_any_of_several_values_may_be_equal() -> None:
    assert is_kept('x="AAA"', {"x": ["AAA", "BBB"]})
    assert not is_kept('x="C"', {"x": ["AAA", "BBB"]})


def test_a_condition_as_a_result_is_refused_but_tostring_takes_it() -> None:
    with pytest.raises(Unsupported, match="cannot be true or false"):
        value_of("x=1")
    assert value_of("tostring(1=1)") == "True"
    assert value_of("tostring(x=1)") == "False"


def test_a_failed_evaluation_erases_the_field() -> None:
    assert play('eval x=x-"word"', [{"x": "5"}]) == [{}]
    assert play("eval x=5/0", [{"x": "5"}]) == [{}]


def test_single_quotes_name_a_field_and_double_quotes_a_text() -> None:
    row = {"userIdentity.type": "Root"}
    assert is_kept("'userIdentity.type'=\"Root\"", row)
    assert not is_kept('"userIdentity.type"="Root"', row)


def test_field_names_and_texts_compare_with_their_case() -> None:
    assert not is_kept('x="root"', {"x": "Root"})
    assert not is_kept('X="Root"', {"x": "Root"})


def test_later_assignments_see_earlier_ones() -> None:
    assert play("eval a=1, b=a+1", [{}]) == [{"a": 1, "b": 2}]


def test_dots_join_numbers_as_texts() -> None:
    assert value_of('1 . "-" . n', {"n": "2"}) == "1-2"
    assert value_of("(7+3)/5 . x", {"x": "a"}) == "2a"


def test_plus_adds_numbers_and_joins_texts() -> None:
    assert value_of("a+b", {"a": "1", "b": "2.5"}) == 3.5
    assert value_of("a+b", {"a": "x", "b": "y"}) == "xy"


def test_arithmetic_gives_whole_numbers_where_it_can() -> None:
    assert value_of("10/4") == 2.5
    assert value_of("10/5*3-1") == 5
    assert value_of("17%5") == 2
    assert value_of("-n", {"n": "3"}) == -3


@pytest.mark.parametrize(
    "condition, row",
    [
        ('x<"10"', {"x": "5"}),
        ("x<5", {"x": "abc"}),
        ('x!="a"', {"x": ["a", "b"]}),
        ('x="10"', {"x": "010"}),
        ("x=y", {"x": ["a", "b"], "y": ["a", "b"]}),
        ("x+y>0", {"x": "1", "y": "a"}),
        ('x IN ("a")', {"x": ["a", "b"]}),
    ],
)
def test_comparisons_that_splunk_does_not_document_are_refused(condition: str, row: dict[str, Any]) -> None:
    with pytest.raises(Unsupported):
        is_kept(condition, row)


@pytest.mark.parametrize(
    "expression",
    [
        "a.b", "substr(x,0,12)", "time()", "json_extract(x)", "mvmap(a, null())", r'"C:\temp"', 'tostring(x)', "if(a, 1, 2)", "nosuch(x)",
        "len()", "case(1=1)", "mvfilter(a=b)", "x . y", "round(-2.5)", "1 . (1/3)", "tostring(90000, \"duration\")", 'split(s, "")', "s % -2",
        "lower(several)", "several . s", "cidrmatch(\"192.0.2.0/24\", s)", 'searchmatch("a")', "min()",
    ],
)  # fmt: skip
def test_what_is_not_documented_is_refused(expression: str) -> None:
    with pytest.raises(Unsupported):
        value_of(
            expression, {"s": "5", "a": "1", "b": "1", "several": ["1", "2"]} if expression != "mvmap(x, null())" else {"x": "1"}
        )


def test_in_is_equality_without_wildcards() -> None:
    assert is_kept('x IN ("a", "b")', {"x": "b"})
    assert not is_kept('in(x, "a*")', {"x": "ab"})
    assert not is_kept('NOT x IN ("a")', {"x": "a"})


def test_like_fits_the_whole_text() -> None:
    assert is_kept('like(x, "198.51.%")', {"x": "198.51.100.7"})
    assert is_kept('x LIKE "_at"', {"x": "cat"})
    assert not is_kept('like(x, "at")', {"x": "cat"})
    assert not is_kept('like(x, "C%")', {"x": "cat"})


def test_match_is_unanchored_and_knows_case() -> None:
    assert is_kept(r'match(x, "\d+\.\d")', {"x": "version 1.5"})
    assert not is_kept('match(x, "^V")', {"x": "version"})
    assert is_kept('match(x, "(?i)^V")', {"x": "version"})
    assert not is_kept('match(x, ".*")')


def test_cidrmatch_knows_both_families() -> None:
    assert is_kept('cidrmatch("192.0.2.0/24", x)', {"x": "192.0.2.77"})
    assert not is_kept('cidrmatch("192.0.2.0/24", x)', {"x": "2001:db8::1"})
    assert is_kept("cidrmatch(net, x)", {"net": "2001:db8::/32", "x": "2001:db8::1"})


def test_searchmatch_uses_search_terms() -> None:
    assert is_kept('searchmatch("x=A* NOT y=*")', {"x": "abc"})


def test_isnum_is_true_for_a_field_that_looks_like_a_number() -> None:
    assert is_kept("isnum(x)", {"x": "1.5"})
    assert not is_kept("isnum(x)", {"x": "1.5.1"})


def test_several_values_are_appended_counted_and_joined() -> None:
    row = {"a": ["1", "2"], "b": "3"}
    assert value_of("mvappend(a, x, b)", row) == ["1", "2", "3"]
    assert value_of("mvappend(x, y)", row) is None
    assert value_of("mvcount(a)", row) == 2
    assert value_of("mvcount(b)", row) == 1
    assert value_of("mvcount(x)", row) is None
    assert value_of('mvjoin(a, " OR ")', row) == "1 OR 2"


def test_mvindex_counts_from_zero_and_from_the_end() -> None:
    row = {"a": ["a", "b", "c", "d"]}
    assert value_of("mvindex(a, 1)", row) == "b"
    assert value_of("mvindex(a, -1)", row) == "d"
    assert value_of("mvindex(a, 1, 2)", row) == ["b", "c"]
    assert value_of("mvindex(a, -3, -2)", row) == ["b", "c"]
    assert value_of("mvindex(a, 7)", row) is None


def test_values_are_filtered_found_mapped_sorted_and_zipped() -> None:
    row = {"a": ["10", "9", "b@x.org"], "b": ["1", "2"]}
    assert value_of('mvfilter(match(a, "@"))', row) == "b@x.org"
    assert value_of('mvfilter(a!="9")', row) == ["10", "b@x.org"]
    assert value_of('mvfind(a, "^9$")', row) == 1
    assert value_of('mvfind(a, "^z")', row) is None
    assert value_of("mvmap(b, b*10)", row) == ["10", "20"]
    assert value_of("mvsort(a)", row) == ["10", "9", "b@x.org"]
    assert value_of("mvzip(a, b)", row) == ["10,1", "9,2"]
    assert value_of('mvzip(a, b, "|")', row) == ["10|1", "9|2"]
    assert value_of("mvrange(1, 11, 2)") == ["1", "3", "5", "7", "9"]
    assert value_of('split("a;b;;c", ";")') == ["a", "b", "", "c"]
    assert value_of("mvsort(mvdedup(a))", {"a": ["b", "a", "b"]}) == ["a", "b"]


def test_sha256_is_lower_case_hex_of_the_utf8_bytes() -> None:
    text = "arn:aws:iam::111122223333:user/Zoë"
    assert value_of("sha256(x)", {"x": text}) == hashlib.sha256(text.encode()).hexdigest()
    assert value_of("substr(sha256(x),1,16)", {"x": text}) == hashlib.sha256(text.encode()).hexdigest()[:16]
    assert value_of("sha256(x)") is None


def test_substr_follows_sqlite() -> None:
    assert value_of('substr("string", 1, 3) . substr("string", -3)') == "string"
    assert value_of('substr("string", 3)') == "ring"


def test_replace_takes_all_matches_and_groups() -> None:
    assert value_of(r'replace(x, "^(\d{1,2})/(\d{1,2})/", "\2/\1/")', {"x": "1/14/2023"}) == "14/1/2023"
    assert value_of('replace("a-b-c", "-", "")') == "abc"


def test_texts_are_cased_trimmed_measured_and_decoded() -> None:
    assert value_of('upper("a") . lower("B") . len("Zoë")') == "Ab3"
    assert value_of('trim("  ZZZabcZZ ", " Z")') == "abc"
    assert value_of('ltrim("xxa", "x") . rtrim("bxx", "x")') == "ab"
    assert value_of('urldecode("http%3A%2F%2Fexample.com%3Fr%3Dx")') == "http://example.com?r=x"


def test_numbers_become_text_in_the_documented_formats() -> None:
    assert value_of('tostring(615, "duration")') == "00:10:15"
    assert value_of('tostring(12345.6789, "commas")') == "12,345.68"
    assert value_of('tostring(15, "hex")') == "0xF"
    assert value_of('tostring(9, "binary")') == "1001"
    assert value_of('tostring("text", "commas")') == "text"


def test_tonumber_is_null_where_there_is_no_number() -> None:
    assert value_of('tonumber("0A4", 16)') == 164
    assert value_of('tonumber("12.50")') == 12.5
    assert value_of('tonumber("x1")') is None


def test_numbers_are_rounded_and_compared() -> None:
    assert value_of("round(3.5)") == 4
    assert value_of("round(2.555, 2)") == 2.56
    assert value_of("round(1700000000.4)") == 1700000000
    assert value_of("ceiling(1.9) . floor(1.9) . abs(-5) . pow(2,10) . sqrt(9)") == "21510243"
    assert value_of('max(1, 3, 6, 7, "foo", field)', {"field": "5"}) == "foo"
    assert value_of("min(1, 3, field)", {"field": "0"}) == 0
