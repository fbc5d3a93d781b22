"""Expressions of eval and where as trees: the nodes, and what is inside one. `expression` makes them of text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple, Union


class Number(NamedTuple):
    """A number as written."""

    value: float


class Text(NamedTuple):
    """A text in double quotes. `value`: `\\"` and `\\\\` resolved, every other backslash kept, as regexes need it."""

    value: str

    @property
    def is_plain(self) -> bool:
        """Whether it means the same as a text and as a regex: no backslash is left [spl 5.1 string escapes]."""
        return "\\" not in self.value


class Field(NamedTuple):
    """A field; `quoted` where it stood in single quotes."""

    name: str
    quoted: bool = False


class Call(NamedTuple):
    """A function, its name in lower case: any case works [spl 5.1 case]. `x IN (..)` is in(x, ..), `x LIKE y` like(x, y)."""

    name: str
    arguments: tuple[Expression, ...]


class Negative(NamedTuple):
    """`-x`."""

    operand: Expression


class Not(NamedTuple):
    """`NOT x`."""

    operand: Expression


class Binary(NamedTuple):
    """Any other operator; `glued` is true for a dot without blanks around it, as in a field name that lacks its quotes."""

    operator: str
    left: Expression
    right: Expression
    glued: bool = False


Expression = Union[Number, Text, Field, Call, Negative, Not, Binary]


def parts(expression: Expression) -> Iterator[Expression]:
    """Yields the expression and everything inside it."""
    yield expression
    if isinstance(expression, Call):
        inner = expression.arguments
    elif isinstance(expression, (Not, Negative)):
        inner = (expression.operand,)
    elif isinstance(expression, Binary):
        inner = (expression.left, expression.right)
    else:
        inner = ()
    for each in inner:
        yield from parts(each)


def fields_of(expression: Expression) -> list[str]:
    """Returns the names of the fields that an expression reads, each once."""
    return list(dict.fromkeys(each.name for each in parts(expression) if isinstance(each, Field)))
