"""What is wrong with an expression before it is run: unknown functions, numbers of arguments, booleans out of place, traps.

Both `check` and `evaluate` ask here, so that a search that passes the static checks and one that runs are the same.
In: an expression tree. Out: sentences, none where all is well.
"""

from __future__ import annotations

from collections.abc import Iterator

from .errors import SplError
from .patterns import regex
from .terms import parse_terms
from .tree import Binary, Call, Expression, Field, Negative, Not, Number, Text, fields_of, parts
from .values import looks_like_number
from .vocabulary import EVAL_FUNCTIONS, REGEX_ARGUMENTS

_BOOLEAN_OPERATORS = ("=", "!=", "<", "<=", ">", ">=", "AND", "OR", "XOR")
_PAIRS = {"case": "pairs of condition and value", "validate": "pairs of condition and value"}


def is_boolean(expression: Expression) -> bool:
    """Tells whether an expression gives true or false and no value."""
    if isinstance(expression, Not):
        return True
    if isinstance(expression, Binary):
        return expression.operator in _BOOLEAN_OPERATORS
    if not isinstance(expression, Call) or expression.name not in EVAL_FUNCTIONS:
        return False
    returns = EVAL_FUNCTIONS[expression.name].returns
    if returns != "either":
        return returns == "bool"
    arguments = expression.arguments
    results = arguments[1:] if expression.name == "if" else arguments[1::2]
    return bool(results) and all(is_boolean(each) for each in results)


def problems_of_condition(expression: Expression) -> Iterator[str]:
    """Yields what is wrong with an expression that must be true or false (where, if)."""
    if not is_boolean(expression):
        yield "A condition is needed, and this gives a value."
    yield from _problems_inside(expression)


def problems_of_value(expression: Expression) -> Iterator[str]:
    """Yields what is wrong with an expression whose result a field gets [spl 5.1 result of eval]."""
    if is_boolean(expression):
        yield 'A field cannot be true or false: wrap the condition in if(..., "true", "false").'
    yield from _problems_inside(expression)


def problems_of_either(expression: Expression) -> Iterator[str]:
    """Yields what is wrong inside an expression that may be both, as in count(eval(...))."""
    yield from _problems_inside(expression)


def _problems_inside(expression: Expression) -> Iterator[str]:
    regexes: set[int] = set()
    for each in parts(expression):
        if isinstance(each, Call):
            at = REGEX_ARGUMENTS.get(each.name)
            if at is not None and at < len(each.arguments):
                regexes.add(id(each.arguments[at]))
                yield from _problems_of_regex(each.arguments[at])
            if each.name == "replace" and len(each.arguments) == 3:
                regexes.add(id(each.arguments[2]))
            yield from _problems_of_call(each)
        elif isinstance(each, Binary):
            yield from _problems_of_operator(each)
        elif isinstance(each, Not) and not is_boolean(each.operand):
            yield "NOT takes a condition."
        elif isinstance(each, Negative) and is_boolean(each.operand):
            yield "A minus sign takes a number."
        elif isinstance(each, Text) and not each.is_plain and id(each) not in regexes:
            yield f'The text "{each.value}" has a backslash of which Splunk may make something else: write it twice.'


def _problems_of_regex(argument: Expression) -> Iterator[str]:
    if isinstance(argument, Text):
        try:
            regex(argument.value)
        except SplError as error:
            yield f"{error.what[0].upper()}{error.what[1:]}."


def _problems_of_call(call: Call) -> Iterator[str]:
    word, count = EVAL_FUNCTIONS.get(call.name), len(call.arguments)
    if word is None:
        yield f"There is no function {call.name}()."
        return
    if not word.sure:
        yield f"{call.name}() is not used here: what it does in every case is not documented."
        return
    if count < word.fewest or (word.most is not None and count > word.most):
        wanted = str(word.fewest) if word.most == word.fewest else f"{word.fewest} to {word.most or 'any number of'}"
        yield f"{call.name}() takes {wanted} arguments, not {count}."
        return
    if call.name in _PAIRS and count % 2:
        yield f"{call.name}() takes {_PAIRS[call.name]}, not {count} arguments."
    yield from _problems_of_arguments(call)


def _problems_of_arguments(call: Call) -> Iterator[str]:
    conditions = _conditions(call)
    for number, argument in enumerate(call.arguments):
        takes_both = call.name == "tostring" or EVAL_FUNCTIONS[call.name].returns == "either"
        if number in conditions and not is_boolean(argument):
            yield f"{call.name}() takes a condition as argument {number + 1}."
        elif number not in conditions and is_boolean(argument) and not takes_both:
            yield f"{call.name}() takes a value as argument {number + 1}, not a condition."
    if call.name == "searchmatch":
        yield from _problems_of_search(call.arguments[0])
    if call.name == "substr" and isinstance(call.arguments[1], Number) and call.arguments[1].value == 0:
        yield "substr() counts from 1; what 0 means is not documented."
    if call.name == "mvfilter" and len(fields_of(call)) != 1:
        yield "mvfilter() takes a condition on exactly one field."


def _conditions(call: Call) -> range:
    if call.name == "if":
        return range(0, 1)
    if call.name in _PAIRS:
        return range(0, len(call.arguments), 2)
    return range(0, 1 if call.name == "mvfilter" else 0)


def _problems_of_search(argument: Expression) -> Iterator[str]:
    if not isinstance(argument, Text):
        yield "searchmatch() takes a text."
        return
    try:
        parse_terms(argument.value)
    except SplError as error:
        yield f"In searchmatch(): {error.what}."


def _problems_of_operator(operation: Binary) -> Iterator[str]:
    sides = (operation.left, operation.right)
    operator = operation.operator
    if operator in ("AND", "OR", "XOR"):
        if not all(is_boolean(side) for side in sides):
            yield f"{operator} takes a condition on either side."
        return
    if any(is_boolean(side) for side in sides):
        yield f"{operator} takes values, not conditions."
    if operation.glued:
        left = operation.left.name if isinstance(operation.left, Field) else "..."
        right = operation.right.name if isinstance(operation.right, Field) else "..."
        yield f"{left}.{right} means two fields joined: a field with a dot in its name needs single quotes."
    numeric_text = any(isinstance(side, Text) and looks_like_number(side.value) for side in sides)
    if operator in ("<", "<=", ">", ">=", "+") and numeric_text:
        yield f"{operator} with a number in double quotes: whether it is a text or a number is not documented."
