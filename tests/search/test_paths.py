"""The fast and the plain path give the same bytes for any chunk: generated ones, and all real events."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest

from tests.splunkd import Splunkd, extract
from tests.splunkd.getinfo import run_request

from .conftest import ALICE, DAY, NOON, Command, event, key_of
from .test_real_events import SHARED, raws

ODD_CELLS = [
    b"",
    b"null",
    b'"-"',
    b'"a,b"',
    b'"a""b"',
    b'"a\nb"',
    b'"a\r\nb"',
    b'"\xc3\xa9"',
    b'"\xff\xfe"',
    b'"a\x00b"',
    b'"203.0.113.9"',
    b'"198.51.100.7"',
    b'"10.0.0.1"',
    b'"AWS Internal"',
    b'"Boto3/1.2 x"',
    b"IAMUser",
    b'"arn:aws:iam::111122223333:user/alice"',
    b"111122223333",
    b'"ec2.amazonaws.com"',
    b"RunInstances",
    b'"eu-west-1"',
]  # fmt: skip
BROKEN_CELLS = [b'"', b'a"b', b'"a"b', b"a b", b'""', b'"open', b"\r", b'"\n', b"a\rb"]
TIMES = [b'"2026-06-01T12:00:00Z"', b'"2026-06-01T12:00:01Z"', b'"2026-05-20T00:00:00Z"', b'"2020-01-01T00:00:00Z"', b'"2026-13-01T12:00:00Z"',
         b'"2026-06-01T12:00:00+02:00"', b'"2026-06-01 x"', b"", b"1780315200", b'"2026-06-01T12:00:00.5Z"']  # fmt: skip
INDEX_TIMES = [b"1780315200", b'"1780315200.123"', b"", b'"1,2"', b"soon", b'"5']


class Generator:
    """Chunk bodies that are mostly as splunkd writes them, and sometimes anything else."""

    def __init__(self, seed: int, columns: list[str]) -> None:
        self.chance = random.Random(seed)
        self.columns = columns

    def body(self) -> bytes:
        chance = self.chance
        oddness = chance.choice([0.0, 0.0, 0.02, 0.3])
        names = [*self.columns, "_chunked_idx"]
        header = [*names, *("__mv_" + name for name in names)]
        if chance.random() < oddness:
            header = self.odd_header(header)
        beginnings = [[self.cell(oddness) for _ in self.columns[:-2]] for _ in range(chance.randint(1, 6))]
        lines = [b",".join(self.quoted(name) for name in header)]
        lines.extend(
            self.line(index, chance.choice(beginnings), oddness, len(names)) for index in range(chance.choice([0, 1, 2, 30]))
        )
        end = chance.choice([b"\n", b"\n", b"\n", b""]) if oddness else b"\n"
        newline = b"\r\n" if chance.random() < oddness / 3 else b"\n"
        return newline.join(lines) + end

    def line(self, index: int, beginning: list[bytes], oddness: float, twins: int) -> bytes:
        chance = self.chance
        cells = list(beginning)
        time = chance.choice(TIMES[:4])
        index_time = INDEX_TIMES[chance.random() < 0.3]
        marks = [b""] * twins
        if chance.random() < oddness:
            what = chance.randrange(7)
            if what == 0:
                cells[chance.randrange(len(cells))] = chance.choice(BROKEN_CELLS)
            elif what == 1:
                time = chance.choice(TIMES)
            elif what == 2:
                index_time = chance.choice(INDEX_TIMES)
            elif what == 3:
                marks[chance.randrange(twins)] = chance.choice(
                    [b'"$a$;$b$"', b'"$203.0.113.9$;$203.0.113.9$"', b'"$x$$$;$y$"', b'"broken"']
                )
            elif what == 4:
                cells.pop()
            elif what == 5:
                cells.append(b"more")
            else:
                marks = marks[: chance.randrange(twins)]
        return b",".join([*cells, time, index_time, b"%d" % index, *marks])

    def cell(self, oddness: float) -> bytes:
        return self.chance.choice(ODD_CELLS if self.chance.random() < 0.3 + oddness else ODD_CELLS[-11:])

    def odd_header(self, header: list[str]) -> list[str]:
        chance = self.chance
        what = chance.randrange(6)
        if what == 0:
            return [name for name in header if name != "_chunked_idx"]
        if what == 1:
            return [*header, "severity", "__mv_severity", "intel_feed"]
        if what == 2:
            return header[: len(header) // 2]
        if what == 3:
            return [header[1], header[0], *header[2:]]
        if what == 4:
            return [*header[:3], header[0], *header[3:]]
        return [*header, "_raw"]

    @staticmethod
    def quoted(name: str) -> bytes:
        return name.encode() if name.isalnum() else b'"' + name.encode() + b'"'


def replies(splunkd: Splunkd, command: Command, bodies: list[bytes], arguments: list[str]) -> Iterator[tuple[Any, bytes]]:
    request = run_request(command.splunkd.search_info(command.app, "maliciouscaller", arguments))
    with splunkd.conversation(command.app, "maliciouscaller") as talk:
        talk.send(request)
        assert talk.receive() is not None
        for number, body in enumerate(bodies):
            talk.send({"action": "execute", "finished": number + 1 == len(bodies)}, body)
            reply = talk.receive()
            assert reply is not None
            yield reply.metadata, reply.body
        assert talk.finish()[:2] == (0, "")


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="no /proc here")
def test_the_two_splunkds_start_the_command_on_different_paths(command: Command) -> None:
    """What the comparisons of this module rest on: the variable is in one process's environment and not in the other's."""
    for splunkd, expected in ((command.splunkd, False), (command.plain, True)):
        with splunkd.conversation(command.app, "maliciouscaller") as talk:
            environment = Path(f"/proc/{talk.process.pid}/environ").read_bytes()
        assert (b"MALICIOUSCALLER_PATH=plain" in environment) == expected


@pytest.fixture
def varied(command: Command) -> Command:
    """Lookups that make every kind of answer, some of which change within the times that are generated."""
    command.write(
        "malicious_ips",
        [
            [key_of("198.51.100.7"), "", "198.51.100.0/24|", "drop|tor", "hijacked|tor", "95|80", "|x", "1|2", "|3"],
            [key_of("203.0.113.9"), "", "", "bad", "c2", "90", "", "", ""],
        ],
    )
    command.usual(
        (ALICE, "action", "ec2:RunInstances", NOON - 2 * DAY),
        (ALICE, "region", "eu-west-1", NOON - 13 * DAY),
        ("class:111122223333:user", "user_agent", "Boto3", NOON - 2 * DAY - 1),
        ("account:111122223333", "action", "x", NOON - 90 * DAY),
    )
    command.allow({"indicator": "198.51.100.7", "owner": "us", "expires": "2026-06-01T12:00:01Z"})
    return command


@pytest.mark.parametrize("arguments", [[], ["matches_only=true"], ["min_severity=low", "prefix=x_"]], ids=str)
@pytest.mark.parametrize("seed", range(4))
def test_generated_chunks_get_the_same_bytes_on_both_paths(varied: Command, seed: int, arguments: list[str]) -> None:
    columns = varied.search([], *arguments).getinfo_reply["required_fields"]
    generator = Generator(seed, columns)
    bodies = [generator.body() for _ in range(150)]

    fast = replies(varied.splunkd, varied, bodies, arguments)
    plain = replies(varied.plain, varied, bodies, arguments)

    for body, one, other in zip(bodies, fast, plain):
        assert one == other, body


def test_what_looks_like_the_end_of_a_line_within_a_value_is_none(varied: Command) -> None:
    """One event more by what stands in a value, and one less since a twin is filled: their number is right, and their ends are not."""
    columns = varied.search([]).getinfo_reply["required_fields"]
    names = [*columns, "_chunked_idx"]
    twins = b"," * len(names)
    cells = [b"Boto3", b"IAMUser", *([b""] * (len(columns) - 5)), b'"203.0.113.9"']
    times = [b'"2026-06-01T12:00:00Z"', b"1780315200"]

    def line(index: int, beginning: list[bytes], ends: bytes) -> bytes:
        return b",".join([*beginning, *times, b"%d" % index]) + ends + b"\n"

    header = ",".join([*names, *("__mv_" + name for name in names)]).encode() + b"\n"
    ends = [
        twins + b"\n",
        b',""2026-06-01T12:00:00Z"",1780315200,0' + twins + b"\n",
        b",2026-06-01T12:00:00Z,1780315200,0" + twins + b"\n",
    ]
    bodies = []
    for at in range(len(cells)):
        for end in ends:
            evil = [*cells[:at], b'"a' + end + b'b"', *cells[at + 1 :]]
            lines = [line(0, evil, twins), line(1, cells, b',"$a$"' + twins[1:]), line(2, cells, twins)]
            bodies += [header + b"".join(lines), header + b"".join([lines[1], line(1, evil, twins), lines[2]])]
    assert all(body.count(twins + b"\n") == 3 for body in bodies)
    assert len(cells) + 2 == len(columns)

    for body, one, other in zip(bodies, replies(varied.splunkd, varied, bodies, []), replies(varied.plain, varied, bodies, [])):
        assert one == other, body
        assert one[1].count(b",bad,") == body.count(b'"203.0.113.9"')


SWAPPED = [
    b'sourceIPAddress,eventName,eventTime\n"203.0.113.9","198.51.100.7","2026-06-01T12:00:00Z"\n',
    b'eventName,sourceIPAddress,eventTime\n"203.0.113.9","198.51.100.7","2026-06-01T12:00:00Z"\n',
]


def test_what_a_search_remembers_never_shows(varied: Command) -> None:
    """A chunk among others, each of them twice and with other columns between, is answered as it is alone."""
    columns = varied.search([]).getinfo_reply["required_fields"]
    bodies = [*SWAPPED, *(body for _, body in zip(range(14), iter(Generator(9, columns).body, None)))]

    for splunkd in (varied.splunkd, varied.plain):
        together = [body for _, body in replies(splunkd, varied, bodies + bodies[::-1], [])]
        alone = [body for each in bodies for _, body in replies(splunkd, varied, [each], [])]
        assert together == alone + alone[::-1]
    assert b",bad," in alone[0] and b",bad," not in alone[1]


def at(seconds: float, **changes: Any) -> dict[str, Any]:
    return event(eventTime=datetime.fromtimestamp(seconds, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ"), **changes)


@pytest.mark.parametrize("order", ["newest first", "oldest first", "any"])
def test_an_answer_changes_on_its_day_in_a_search_of_many_days(varied: Command, order: str) -> None:
    """The account is known for 90 days; alice for 13; what she does since two days, and it settles after two more."""
    days = [*range(-95, 6), -1000, 400]
    random.Random(4).shuffle(days)
    if order != "any":
        days.sort(reverse=order == "newest first")
    events = [at(NOON + day * DAY, sourceIPAddress=address) for day in days for address in ("203.0.113.1", "198.51.100.7")]

    result = varied.assert_same_answer(events, chunk_rows=9)

    flags = [(row["unexpected_action"], row.get("intel_match", "")) for row in result.events]
    expected = ["learning" if day < -87 else "true" if day < 0 else "false" for day in days]
    assert flags == [(flag, match) for flag in expected for match in ("", "true")]


def test_times_between_which_the_answer_changes_are_told_apart(varied: Command) -> None:
    """The same call, second by second around the moments at which it settles, its caller is old enough, its allowance ends."""
    moments = [NOON - 2 * DAY, NOON, NOON - 10 * DAY, NOON + 1, NOON + DAY]
    times = [moment + step for moment in moments for step in (-1, 0, 1)] * 2
    random.Random(1).shuffle(times)
    events = [at(time, sourceIPAddress=address) for time in times for address in ("203.0.113.1", "198.51.100.7")]

    result = varied.assert_same_answer(events, chunk_rows=7)
    alone = [varied.search([each]).events[0] for each in events[:12]]

    assert result.events[:12] == alone
    assert len({(row["unexpected_action"], row["unexpected_region"], row.get("suppressed_by")) for row in result.events}) > 4


@pytest.mark.skipif(not SHARED.is_dir(), reason="no copy of the public CloudTrail sets (TA_SHARED_DATA)")
def test_real_events_get_the_same_bytes_on_both_paths(varied: Command) -> None:
    events = [{**extract(raw), "_time": "1"} for raw in raws()]

    result = varied.assert_same_answer(events, chunk_rows=[1, 700, 3000, 20], record=True)

    assert len(result.events) == len(events)
