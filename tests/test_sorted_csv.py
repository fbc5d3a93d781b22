"""The sorted CSV: what is written comes back, and one row is found as a plain search of all rows would find it."""

from __future__ import annotations

import bisect
import csv
import io
import os
import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callerintel.search.sorted_lookup import SortedCsv
from callerintel.sorted_csv import csv_lines, sorted_csv_lines

COLUMNS = ("key", "value")
texts = st.text(st.characters(blacklist_categories=("Cs",)), max_size=12)


@given(st.lists(st.tuples(texts, texts), max_size=5))
def test_what_is_written_is_what_any_csv_reader_reads(rows: list[tuple[str, str]]) -> None:
    """But for line breaks and NULs, which become one blank, since no value of a lookup may hold one."""
    written = b"".join(csv_lines(COLUMNS, rows)).decode()

    read = list(csv.reader(io.StringIO(written, newline="")))

    def cleaned(text: str) -> str:
        for mark in "\r\n\0":
            text = text.replace(mark, "\0")
        while "\0\0" in text:
            text = text.replace("\0\0", "\0")
        return text.replace("\0", " ")

    assert read == [list(COLUMNS), *([cleaned(cell) for cell in row] for row in rows)]


def test_only_values_that_are_not_alphanumeric_are_quoted() -> None:
    """As splunkd writes them."""
    assert list(csv_lines(("a", "b_c"), [("x1", ""), ("é", 'q"')])) == [b'a,"b_c"\n', b"x1,\n", '"é","q"""\n'.encode()]


@pytest.mark.parametrize("keys", [["b", "a"], ["a", "a"], ["", "a"], ["a-b"], ["a", "é"]])
def test_keys_that_do_not_ascend_or_are_not_alphanumeric_are_refused(keys: list[str]) -> None:
    with pytest.raises(ValueError, match="must be alphanumeric and above"):
        list(sorted_csv_lines(COLUMNS, ((key, "") for key in keys)))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


def opened(path: Path, content: bytes) -> Iterator[SortedCsv]:
    path.write_bytes(content)
    found = SortedCsv(str(path), COLUMNS)
    yield found
    found.close()


@pytest.mark.parametrize("seed", range(12))
def test_every_row_is_found_whatever_the_size_and_the_length_of_lines(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    count = chance.choice([1, 2, 3, 50, 400, 4000])
    longest = chance.choice([0, 3, 300, 5000, 70_000 if count < 100 else 900])
    keys = sorted({f"{chance.getrandbits(24):06x}" for _ in range(count)})
    rows = [(key, "v" * chance.randint(0, longest)) for key in keys]
    ending = chance.choice([b"\n", b"\r\n"])
    content = b"".join(sorted_csv_lines(COLUMNS, rows)).replace(b"\n", ending)
    lengths = dict(rows)

    for file in opened(tmp_path / "x.csv", content if chance.random() < 0.5 else content[: -len(ending)]):
        for asked in [f"{chance.getrandbits(24):06x}" for _ in range(300)] + keys[:100] + keys[-3:] + ["0", "z"]:
            at = bisect.bisect_right(keys, asked) - 1
            expected = [keys[at], lengths[keys[at]]] if at >= 0 else None

            line = file.find(asked.encode())
            assert (file.cells(line) if line else None) == expected
        for prefix in [f"{chance.getrandbits(8):02x}" for _ in range(30)] + [keys[0], keys[-1][:5], ""]:
            assert [file.cells(line)[0] for line in file.starting_with(prefix.encode())] == [
                key for key in keys if key.startswith(prefix)
            ]
        assert file.problem == ""


QUOTED = {
    "none": lambda number, chance: False,
    "all": lambda number, chance: True,
    "the first": lambda number, chance: number == 0,
    "all but the first": lambda number, chance: number > 0,
    "some": lambda number, chance: chance.random() < 0.5,
    "few": lambda number, chance: chance.random() < 0.01,
}


@pytest.mark.parametrize("blanks", [0.0, 0.01, 0.5])
@pytest.mark.parametrize("quoted", QUOTED)
def test_other_tools_spellings_are_read_in_files_of_every_size(tmp_path: Path, quoted: str, blanks: float) -> None:
    """Keys quoted here and there, and blank lines, below and above the size up to which a file is read whole, and at it."""
    chance = random.Random(f"{quoted} {blanks}")
    for count, size in ((40, 0), (26_000, 262_143), (26_000, 262_144), (26_000, 262_145), (15_000, 0)):
        keys = sorted({f"{chance.getrandbits(32):08x}" for _ in range(count)})
        lines = [
            b'"%s",v' % key.encode() if QUOTED[quoted](at, chance) else b"%s,v" % key.encode() for at, key in enumerate(keys)
        ]
        ending = chance.choice([b"\n", b"\r\n"])
        spread = [
            line + ending * (1 + (chance.random() < blanks) * chance.randint(1, 900 if blanks < 0.1 else 3)) for line in lines
        ]
        content = b"key,value" + ending * chance.choice([1, 1 + bool(blanks)]) + b"".join(spread)
        if size:  # a last line of no cells but the key fills it up
            content = content[: content.rindex(b"\n", 0, size - 3) + 1]
            content += b"z" * (size - len(content) - 1) + b"\n"
            assert len(content) == size
        whole = len(content.split()) - 1 - bool(size)
        present = keys[:whole]

        for file in opened(tmp_path / "x.csv", content):
            for asked in [f"{chance.getrandbits(32):08x}" for _ in range(200)] + present[:20] + present[-3:] + ["0"]:
                at = bisect.bisect_right(present, asked) - 1
                line = file.find(asked.encode())
                found = file.cells(line) if line else None
                assert found == ([present[at], "v"] if at >= 0 else None)
            for prefix in [f"{chance.getrandbits(8):02x}" for _ in range(20)] + [present[0][:7], ""]:
                found = [file.cells(line) for line in file.starting_with(prefix.encode())]
                assert [cells[0] for cells in found if cells] == [key for key in present if key.startswith(prefix)]
            assert file.problem == ""


@pytest.mark.parametrize("where", [1, 500, 60_000, 119_990])
def test_a_row_out_of_order_makes_the_file_answer_nothing_once_it_is_met(tmp_path: Path, where: int) -> None:
    keys = [f"{n:06x}" for n in range(120_000)]
    keys[where], keys[where + 5] = keys[where + 5], keys[where]
    content = b"key,value\n" + b"".join(b"%s,x\n" % key.encode() for key in keys)

    for file in opened(tmp_path / "x.csv", content):
        assert file.problem == ("is not sorted by its first column" if where < 5000 else "")
        file.starting_with(f"{where:06x}"[:5].encode())
        assert file.problem == "is not sorted by its first column"
        assert file.find(keys[3].encode()) is None
        assert file.starting_with(b"0") == []


def test_a_file_that_is_replaced_stays_the_generation_that_was_opened(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    for file in opened(path, b"key,value\n1,old\n"):
        (tmp_path / "new").write_bytes(b"key,value\n1,new\n")
        os.replace(tmp_path / "new", path)

        assert file.cells(file.find(b"1") or b"") == ["1", "old"]


def test_a_file_that_is_cut_under_us_is_no_match_and_no_crash(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    rows = ((f"{n:06x}", "x" * 40) for n in range(50_000))
    for file in opened(path, b"".join(sorted_csv_lines(COLUMNS, rows))):
        assert file.find(b"00c000") == b"00c000," + b"x" * 40
        os.truncate(path, 1000)

        assert file.find(b"00b001") is None
        assert file.starting_with(b"00bf") == []
