"""Expressions, run: a tree in, a function of a row out. [spl 5.1]

None is null. A comparison with null on either side is false, NOT inverts, and AND, OR, XOR follow from that: there is no
third truth value. What cannot be calculated is null. A tree with anything wrong in it (`rules`) is not compiled.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any, Callable

from . import functions
from .context import Context
from .errors import Unsupported
from .rules import problems_of_condition, problems_of_either, problems_of_value
from .tree import Binary, Call, Expression, Field, Negative, Not, Number, Text
from .values import Maybe, Row, equal, is_equal, number_of, order, simplest, text_of

Compiled = Callable[[Row], Any]


def compile_condition(expression: Expression, context: Context) -> Callable[[Row], bool]:
    """Returns a function that tells whether a row meets a condition; Unsupported if the expression is none."""
    _refuse(problems_of_condition(expression))
    return compile_expression(expression, context)


def compile_value(expression: Expression, context: Context) -> Callable[[Row], Maybe]:
    """Returns a function that gives the value of an expression for a row, None for null."""
    _refuse(problems_of_value(expression))
    return compile_expression(expression, context)


def compile_either(expression: Expression, context: Context) -> Compiled:
    """Returns a function that gives true, false, a value or None: what stands in count(eval(...))."""
    _refuse(problems_of_either(expression))
    return compile_expression(expression, context)


def _refuse(problems: Iterable[str]) -> None:
    for problem in problems:
        raise Unsupported(problem.rstrip("."))


def compile_expression(expression: Expression, context: Context) -> Compiled:
    """Returns the function of one tree, whatever it gives; the trees inside functions are compiled by this one too."""
    if isinstance(expression, (Number, Text)):
        constant = expression.value
        return lambda row: constant
    if isinstance(expression, Field):
        name = expression.name
        return lambda row: row.get(name)
    if isinstance(expression, Call):
        return functions.BUILDERS[expression.name](expression, context, compile_expression)
    if isinstance(expression, Not):
        inner = compile_expression(expression.operand, context)
        return lambda row: not inner(row)
    if isinstance(expression, Negative):
        return _arithmetic("-", lambda row: 0, compile_expression(expression.operand, context))
    return _binary(expression, context)


def _binary(expression: Binary, context: Context) -> Compiled:
    left, right = compile_expression(expression.left, context), compile_expression(expression.right, context)
    operator = expression.operator
    if operator == "AND":
        return lambda row: left(row) and right(row)
    if operator == "OR":
        return lambda row: left(row) or right(row)
    if operator == "XOR":
        return lambda row: left(row) != right(row)
    if operator == "=":
        return lambda row: is_equal(left(row), right(row))
    if operator in _ORDERS:
        return _comparison(operator, left, right)
    if operator == ".":
        return lambda row: _join(left(row), right(row))
    if operator == "+":
        return lambda row: _add(left(row), right(row))
    return _arithmetic(operator, left, right)


_ORDERS: dict[str, Callable[[int], bool]] = {
    "<": lambda sign: sign < 0,
    "<=": lambda sign: sign <= 0,
    ">": lambda sign: sign > 0,
    ">=": lambda sign: sign >= 0,
    "!=": lambda sign: sign != 0,
}


def _comparison(operator: str, left: Compiled, right: Compiled) -> Compiled:
    """[spl 5.1 mv !=] Several values: Unsupported."""
    holds = _ORDERS[operator]

    def compare(row: Row) -> bool:
        first, second = left(row), right(row)
        if first is None or second is None:
            return False
        if isinstance(first, list) or isinstance(second, list):
            raise Unsupported(f"{operator} with several values: use mvfind() or mvcount()")
        if operator == "!=":
            return not equal(first, second)
        return holds(order(first, second))

    return compare


def _join(left: Maybe, right: Maybe) -> str:
    """[spl 5.1 .] Numbers are joined as texts; with null the result is an inference, so coalesce() first."""
    if left is None or right is None:
        raise Unsupported("a dot joins null to something: use coalesce() first")
    return text_of(left) + text_of(right)


def _add(left: Maybe, right: Maybe) -> Maybe:
    """[spl 5.1 +] Two numbers: the sum; two texts: joined; one of each: Unsupported."""
    if left is None or right is None:
        return None
    first, second = number_of(left), number_of(right)
    if first is not None and second is not None:
        return simplest(first + second)
    if first is None and second is None:
        return text_of(left) + text_of(right)
    raise Unsupported(f"{left!r} + {right!r}: a number and a text")


def _arithmetic(operator: str, left: Compiled, right: Compiled) -> Compiled:
    """[spl 5.1 /0, failed evaluation] What is no number gives null, and so does a division by zero."""
    calculate = _OPERATIONS[operator]

    def run(row: Row) -> Maybe:
        first, second = number_of(left(row)), number_of(right(row))
        if first is None or second is None:
            return None
        return calculate(first, second)

    return run


def _divide(first: float, second: float) -> Maybe:
    return simplest(first / second) if second else None


def _remainder(first: float, second: float) -> Maybe:
    if first < 0 or second < 0:
        raise Unsupported("% with a negative number")
    return simplest(math.fmod(first, second)) if second else None


_OPERATIONS: dict[str, Callable[[float, float], Maybe]] = {
    "-": lambda first, second: simplest(first - second),
    "*": lambda first, second: simplest(first * second),
    "/": _divide,
    "%": _remainder,
}
