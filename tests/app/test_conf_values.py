"""Each value in default/ is of the kind that Splunk's own spec files give for its key: yes or no, a number, one of some words."""

from __future__ import annotations

import re
from typing import Callable

import pytest

from tests.app.shipped import CONF_FILES, ROOT, SPECS, conf, matches

YES_OR_NO = {"0", "1", "true", "false", "t", "f", "yes", "no"}
NUMBER = re.compile(r"-?\d+")
KINDS: tuple[tuple[str, Callable[[str], bool]], ...] = (
    (r"<bool(ean)?>", lambda value: value.lower() in YES_OR_NO),
    (r"\[?(0\s*\|\s*1|true\s*\|\s*false)\]?", lambda value: value.lower() in YES_OR_NO),
    (r"<(unsigned |non-negative |positive )?int(eger)?>", lambda value: NUMBER.fullmatch(value) is not None),
)


def kinds(name: str) -> list[tuple[str, str]]:
    """(key, kind) of the spec of one conf file, in whatever stanza; ours in README is part of it."""
    lines: list[str] = []
    for path in (SPECS / f"{name}.spec", ROOT / "README" / f"{name}.spec"):
        if path.is_file():
            lines += path.read_text(encoding="utf-8").splitlines()
    found = (re.match(r"([A-Za-z<][^*#=]*?)\s*=\s*(.*)", line) for line in lines)
    return [(match[1], match[2].strip()) for match in found if match]


def fits(kind: str, value: str) -> bool:
    """Whether a value is of this kind; True for a kind that is prose."""
    words = kind.strip("[]()").split("|")
    if len(words) > 1 and all(re.fullmatch(r"\s*[A-Za-z]\w*\s*", word) for word in words):
        return value.lower() in {word.strip().lower() for word in words}
    return next((is_one(value) for pattern, is_one in KINDS if re.fullmatch(pattern, kind, re.IGNORECASE)), True)


@pytest.mark.skipif(not SPECS.is_dir(), reason="Splunk's spec files are not here (TA_SHARED_DATA)")
@pytest.mark.parametrize("name", CONF_FILES)
def test_each_value_is_of_its_keys_kind(name: str) -> None:
    known = kinds(name)
    wrong = []
    for stanza, keys in conf(name).items():
        for key, value in keys.items():
            # One key may have other kinds in other stanzas: one that fits is enough.
            of_key = [kind for spec, kind in known if spec == key] or [kind for spec, kind in known if matches(spec, key)]
            if of_key and not any(fits(kind, value) for kind in of_key):
                wrong.append(f"[{stanza}] {key} = {value[:60]} is none of {of_key}")

    assert wrong == []


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        ("<boolean>", "true", "maybe"),
        ("[0|1]", "1", "2"),
        ("<non-negative integer>", "300", "5m"),
        ("[none|auto|json]", "JSON", "xml"),
        ("<integer>", "-1", ""),
    ],
)
def test_the_comparison_tells_right_from_wrong(kind: str, good: str, bad: str) -> None:
    assert fits(kind, good)
    assert not fits(kind, bad)
