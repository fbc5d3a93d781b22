"""Does everybody give the right answers? The processes that are timed elsewhere, on the beginning of the same inputs, untimed.

In: a peer, calls, their chunks. Out: how many events were checked and the first thing that was wrong. The truth is the generator's
(`traffic.truth_of`), never another command's answer. What a peer cannot do is not held against it: a dict knows no networks, pytricia's
tree here no IPv6, netaddr's set no feed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from bench.run import end
from bench.shapes import Chunks
from bench.site import DICT, ECHO, NETADDR, NOTHING, OURS, PLAIN, PYTRICIA, Peer, Site
from bench.traffic import Call, truth_of
from tests.splunkd.csv_dialect import Value, read_body, read_events

_FIELDS_OF_TRUTH = ("caller", "intel_match", "aws_address", "unexpected_action", "unexpected_user_agent", "unexpected_region")
_Event = Mapping[str, Value]


class Answers(NamedTuple):
    """How a peer did: events checked, and a sentence on the first wrong one ("" if there is none)."""

    checked: int
    wrong: str


def replies_of(site: Site, peer: Peer, chunks: Chunks) -> list[bytes]:
    """The bodies that a new process of `peer` answers with."""
    with site.start(peer) as talk:
        talk.send(site.getinfo(peer))
        talk.receive()
        bodies = []
        for frame in chunks.frames:
            talk.send_bytes(frame)
            reply = talk.receive()
            bodies.append(reply.body if reply else b"")
        end(talk)
    return bodies


def check(site: Site, peer: Peer, calls: Sequence[Call], chunks: Chunks) -> Answers:
    """Ask `peer` and compare."""
    replies = replies_of(site, peer, chunks)
    if peer == ECHO:
        return Answers(chunks.events, "" if replies == chunks.bodies else "the echo differs from what was sent")
    sent, received = _events(chunks.bodies), _events(replies)
    if len(sent) != len(received):
        return Answers(len(sent), f"{len(sent)} events went in and {len(received)} came out")
    wrong = next(_mistakes(site, peer, calls, sent, received), "")
    return Answers(len(sent), wrong)


def _events(bodies: Sequence[bytes]) -> list[dict[str, Value]]:
    return [event for body in bodies for event in read_events(read_body(body))]


def _mistakes(site: Site, peer: Peer, calls: Sequence[Call], sent: Sequence[_Event], received: Sequence[_Event]) -> Iterator[str]:
    for number, (call, before, after) in enumerate(zip(calls, sent, received)):
        changed = [name for name, value in before.items() if after.get(name) != value]
        if changed:
            yield f"event {number}: the field {changed[0]} came back changed"
        expected = _expected(site, peer, call)
        for name, value in expected.items():
            if after.get(name, "") != value:
                yield f"event {number}: {name} is {after.get(name, '')!r}, not {value!r}"
        if peer == NOTHING and set(after) != set(before):
            yield f"event {number}: fields were added"


def _expected(site: Site, peer: Peer, call: Call) -> dict[str, str]:
    known = site.known
    truth = truth_of(call, call.address in known.listed, call.address in known.in_aws)
    match = "true" if truth.listed else ""
    if peer in (OURS, PLAIN):
        values = (truth.caller, match, "true" if truth.in_aws else "false", *truth[3:])
        return dict(zip(_FIELDS_OF_TRUTH, values))
    if peer == DICT and truth.listed:  # is it listed by itself, or only the network around it?
        match = "true" if call.address in site.known.single else ""
    return {"intel_match": match} if peer in (DICT, PYTRICIA, NETADDR) else {}
