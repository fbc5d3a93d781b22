"""Every public name of the code says what it is; who calls it learns there which errors to expect and in what unit a time or a size is.

Whether a docstring tells enough is for its reader; what a machine can see is seen here: that there is one, that it names what the function
itself raises, and that a bare number which is a time or a size has its unit in the docstring of the function, its class or its module.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple, Union

import pytest

from tests.app.shipped import ROOT

FILES = sorted((ROOT / "bin").glob("*.py")) + sorted((ROOT / "bin/callerintel").rglob("*.py"))
each_file = pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(ROOT / "bin").as_posix())
# Parameters that are numbers of something, and the words that say of what.
UNITS = {
    r"now|time|when|since|until|served|started|listed_at|publisher_date|moment": r"epoch|seconds|event time|\btimes?\b.*seconds",
    r"\w*seconds|timeout|patience|wait": r"seconds|epoch",
    r"limit|size|\w*_bytes": r"bytes",
}
Function = Union[ast.FunctionDef, ast.AsyncFunctionDef]


class Public(NamedTuple):
    """A public function or class: its dotted name, itself, and the docstrings around it, the nearest first."""

    name: str
    node: Function | ast.ClassDef
    docs: tuple[str, ...]


def public_names(path: Path) -> Iterator[Public]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    yield from _in(tree.body, path.stem, (ast.get_docstring(tree) or "",))


def _in(body: list[ast.stmt], prefix: str, around: tuple[str, ...]) -> Iterator[Public]:
    for node in body:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)) and not node.name.startswith("_"):
            docs = (ast.get_docstring(node) or "", *around)
            yield Public(f"{prefix}.{node.name}", node, docs)
            if isinstance(node, ast.ClassDef):
                yield from _in(node.body, f"{prefix}.{node.name}", docs)


def raised(function: Function) -> set[str]:
    """The exceptions that a function raises itself and does not catch itself."""
    caught = {
        name.id
        for node in ast.walk(function)
        if isinstance(node, ast.ExceptHandler) and node.type is not None
        for name in ast.walk(node.type)
        if isinstance(name, ast.Name)
    }
    found = set()
    for node in ast.walk(function):
        if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call) and isinstance(node.exc.func, ast.Name):
            found.add(node.exc.func.id)
    return found - caught


def numbers(function: Function) -> Iterator[str]:
    """The parameters that are bare numbers."""
    for argument in (*function.args.args, *function.args.kwonlyargs):
        if argument.annotation is not None and re.fullmatch(r"(int|float)( \| None)?", ast.unparse(argument.annotation)):
            yield argument.arg


@each_file
def test_every_public_name_says_what_it_is(path: Path) -> None:
    assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    assert [each.name for each in public_names(path) if len(each.docs[0].split()) < 2] == []


@each_file
def test_a_function_names_the_errors_that_it_raises(path: Path) -> None:
    missing = [
        f"{each.name}: {error}"
        for each in public_names(path)
        if not isinstance(each.node, ast.ClassDef)
        for error in sorted(raised(each.node))
        if error not in ("NotImplementedError", "AssertionError") and error not in " ".join(each.docs[:2])
    ]

    assert missing == []


@each_file
def test_a_number_that_is_a_time_or_a_size_has_its_unit(path: Path) -> None:
    missing = [
        f"{each.name}({argument})"
        for each in public_names(path)
        if not isinstance(each.node, ast.ClassDef)
        for argument in numbers(each.node)
        for name, unit in UNITS.items()
        if re.fullmatch(name, argument) and not re.search(unit, " ".join(each.docs), re.IGNORECASE)
    ]

    assert missing == []


def test_the_checks_would_see_what_they_look_for() -> None:
    source = 'def one(now: int) -> None:\n    """One."""\n    raise ValueError("x")\n\n\ndef two() -> None:\n    pass\n'
    one, two = (node for node in ast.parse(source).body if isinstance(node, ast.FunctionDef))

    assert (raised(one), list(numbers(one)), ast.get_docstring(two)) == ({"ValueError"}, ["now"], None)
    assert len([each for path in FILES for each in public_names(path)]) > 300
