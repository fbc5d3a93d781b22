"""Targets: what the command reads. Frames, chunks on both paths, events, their fields, the lookups on a damaged disk, the allowlist.

The app folder is the process's own (`__main__`), so lookups are really files in it.
"""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from callerintel.errors import CallerIntelError
from callerintel.frames import read_frame, write_frame
from callerintel.lookups import AWS_IP_RANGES, CALLER_ALLOWLIST, CALLER_BASELINE, MALICIOUS_IPS, Lookup
from callerintel.search.allowlist import Allowlist
from callerintel.search.baseline import Baseline, find_answerers
from callerintel.search.behaviour import find_action, find_region
from callerintel.search.caller import find_caller
from callerintel.search.caller_groups import find_groups
from callerintel.search.chunk import Annotator
from callerintel.search.cloudtrail import Call, parse_raw, parse_time
from callerintel.search.finding import Judge
from callerintel.search.intel import Entry, Intel
from callerintel.search.options import Options, parse_options
from callerintel.search.sorted_lookup import open_sorted
from callerintel.search.source_address import find_source_address
from callerintel.search.user_agent import find_family
from tests.hostile import has_controls

from .target import Target

NUMBERS = (0, 1, 3405803785, 3325256704, (1 << 32) - 1, (1 << 128) + (0x20010DB8 << 96))


def _frames(data: bytes) -> None:
    """A stream of frames ends, or is none; what was read can be written, and is read again as the same."""
    stream = io.BytesIO(data)
    while True:
        try:
            frame = read_frame(stream)
        except ValueError:
            return
        if frame is None:
            return
        assert isinstance(frame.metadata, dict)
        again = io.BytesIO()
        write_frame(again, frame.metadata, frame.body)
        again.seek(0)
        assert str(read_frame(again)) == str(frame)


def _raw(data: bytes) -> None:
    """A record of any shape is a call of texts, and whoever it says called has a name that stays in its cell."""
    for text in data.decode("utf-8", "replace").split("\n"):
        call = parse_raw(text)
        if call is None:
            continue
        assert all(isinstance(value, str) for value in call)
        caller = find_caller(call)
        assert not has_controls(caller.name)
        assert "|" not in caller.name
        find_groups(caller)
        action = find_action(call.event_source, call.event_name).text
        assert not any(map(has_controls, (action, find_region(call.region))))
        parse_time(call.event_time)


def _user_agent(data: bytes) -> None:
    """A family is short, of one line, and the same for the family of it again and again."""
    for text in data.decode("utf-8", "replace").split("\n"):
        family = find_family(text)
        assert family
        assert not has_controls(family), (text, family)
        assert len(family) <= 100, family


def _source_address(data: bytes) -> None:
    for text in data.decode("utf-8", "replace").split("\n"):
        source = find_source_address(text)
        assert source.number is None or source.number >= 0
        assert source.type in ("public", "private", "aws_service", "aws_internal", "invalid", "")


def _options(data: bytes) -> None:
    try:
        assert isinstance(parse_options(data.decode("utf-8", "replace").split("\n")), Options)
    except CallerIntelError as error:
        assert not has_controls(str(error)), error


def _written(lookup: Lookup, data: bytes) -> None:
    lookup.path().parent.mkdir(exist_ok=True)
    lookup.path().write_bytes(data)


@contextmanager
def _given_back() -> Iterator[None]:
    """A search ends with its process, and so gives its files back; here there are thousands of searches in one."""
    table = Path("/proc/self/fd")
    before = set(os.listdir(table)) if table.is_dir() else set()
    try:
        yield
    finally:
        for name in set(os.listdir(table)) - before if table.is_dir() else ():
            try:
                os.close(int(name))
            except OSError:  # that of the listing itself
                pass


@_given_back()
def _sorted_lookup(data: bytes) -> None:
    """A damaged file answers with lines of its own, or with nothing; never with another's, never with an exception."""
    for lookup, keys in ((MALICIOUS_IPS, [f"4{number:08x}" for number in NUMBERS[:5]]), (CALLER_BASELINE, ["0" * 33, "f" * 33])):
        _written(lookup, data)
        opened, problem = open_sorted(lookup)
        assert opened is not None or problem
        if opened is None:
            continue
        for key in keys:
            line = opened.find(key.encode())
            for found in [line] if line is not None else opened.starting_with(key[:4].encode()):
                cells = opened.cells(found)
                assert cells is None or len(cells) == len(lookup.columns) + len(lookup.optional)
        opened.close()


@_given_back()
def _lookups(data: bytes) -> None:
    """The same damaged file as each of the lookups, asked the questions of a search."""
    for lookup in (MALICIOUS_IPS, AWS_IP_RANGES, CALLER_BASELINE):
        _written(lookup, data)
    intel = Intel()
    for number in NUMBERS:
        known = intel.look_up(number)
        assert all(isinstance(text, str) for entry in known.entries for text in entry)
    baseline = Baseline(3, 2)
    caller = find_caller(Call(identity_type="IAMUser", identity_arn="arn:aws:iam::111122223333:user/alice"))
    for prop in ("action", "user_agent", "region"):
        baseline.judge(find_answerers(caller.name, find_groups(caller))[prop], prop, "ec2:RunInstances", 1_790_000_000.0)
    assert all(isinstance(phrase, str) for phrase in intel.problems.values())


def _allowlist(data: bytes) -> None:
    """What people and spreadsheets make of the allowlist: rows that allow, rows that are refused and named, nothing else."""
    _written(CALLER_ALLOWLIST, data)
    allowlist = Allowlist()
    entries = [Entry("192.0.2.1", feed, "tor", "80", "", "", "", "") for feed in ("a", "b")]
    allowed = allowlist.suppressed_by(
        3221225985, "arn:aws:iam::111122223333:user/alice", "111122223333", entries, 1_790_000_000.0
    )
    assert all(isinstance(text, str) for text in allowed)
    assert isinstance(allowlist.message, str)


@_given_back()
def _chunk(data: bytes) -> None:
    """Both paths give the same bytes, with the columns that came and ours."""
    for options in (Options(), Options(matches_only=True, prefix="x_")):
        replies = []
        for is_plain in (False, True):
            annotator: Any = Annotator(Judge(3, 2), options)
            if is_plain:
                annotator._fast = None  # as MALICIOUSCALLER_PATH=plain does
            replies.append(annotator.annotate(data))
        fast, plain = replies
        assert fast == plain, f"fast {fast!r}\nplain {plain!r}"
        received, rows = (list(csv.reader(_lines(each))) for each in (data, plain))
        if received and rows:
            assert rows[0][: len(received[0])] == received[0] or not received[0]
            assert len(rows) <= len(received)


def _lines(data: bytes) -> list[str]:
    """With another character for each NUL, which Python before 3.11 refuses."""
    return [line.replace("\0", "\x01") for line in io.StringIO(data.decode("utf-8", "replace"), newline="")]


_CSV = (
    b'"',
    b'","',
    b'""',
    b'"\n"',
    b",,,,",
    b"\n",
    b"4cb007109,",
    b'"_chunked_idx"',
    b'"__mv__chunked_idx"',
    b'"$a$;$b$"',
    b"severity",
)
TARGETS = [
    Target("frames", _frames, tokens=(b"chunked 1.0,", b"chunked 1.0,2,0\n{}", b"{}", b",0\n", b"[" * 2000, b'{"a":1}')),
    Target("raw", _raw, tokens=(b'"userIdentity":{', b'"arn":"arn:aws:', b'"type":"', b'{"detail":', b"[" * 3000, b"AssumedRole"), weight=1500),
    Target("user_agent", _user_agent, tokens=(b"aws-cli/2.", b"Mozilla/5.0 (", b"console", b"/" * 500, b"a" * 3000, b"[", b"]", b"-kali-amd64")),
    Target("source_address", _source_address, tokens=(b", ", b".amazonaws.com", b"AWS Internal")),
    Target("options", _options, tokens=(b"matches_only=", b"prefix=", b"userIdentity=", b"learning_days=", b"\n")),
    Target("sorted_lookup", _sorted_lookup, "lookup", _CSV),
    Target("lookups", _lookups, "lookup", _CSV),
    Target("allowlist", _allowlist, tokens=(*_CSV, b"*" * 30, b"a*" * 50, b"2030-12-31", b"192.0.2.0/24")),
    Target("chunk", _chunk, tokens=_CSV, weight=3000, calls=800),  # a byte may be an event: a blank line is one
]  # fmt: skip
