"""One run of one search command, as splunkd does it: parse-phase starts, getinfo, chunks, merge, end.

Source: [platform 1.2 to 1.8, 9.1 to 9.4]. In: how to start the process, what to tell it, events in any number. Out: the
events as the rest of the search would get them, messages, the error that its user would see. One chunk is held at a
time when events go to a callback. It does not know where commands live (see install) nor what they are for.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice, repeat
from typing import Any, Callable

from .conversation import Conversation, Ended
from .csv_dialect import CHUNKED_INDEX, MULTIVALUE_PREFIX, Event, Value, read_body, read_events, union_of_columns, write_body
from .errors import MESSAGES, SplunkdError, UnknownBehaviour, chunked_error
from .frames import BadFrame, Frame, write_frame
from .getinfo import SearchInfo, parse_request, run_request
from .merge import TYPES, is_merged, merge_events, replace_events, required_columns

CHUNK_ROWS = 6638  # the first chunk of REC harvest (8.0.3)
LEVELS = ("DEBUG", "INFO", "WARN", "ERROR", "FATAL")

OnEvents = Callable[[list[dict[str, Value]]], None]


@dataclass
class SearchResult:
    """What a search gives.

    events: as the rest of the search gets them, order kept, absent fields absent (empty list with `on_events`);
    messages: (level, text) of all replies of the run; error: what the user sees when the search fails, else None;
    getinfo_reply: the metadata of the run's first reply; replies: (metadata, body) of each reply; requests: the bytes
    sent. The last two stay empty where the caller does not record.
    """

    events: list[dict[str, Value]] = field(default_factory=list)
    messages: list[tuple[str, str]] = field(default_factory=list)
    error: str | None = None
    exit_status: int = 0
    stderr: str = ""
    getinfo_reply: dict[str, Any] = field(default_factory=dict)
    replies: list[tuple[dict[str, Any], bytes]] = field(default_factory=list)
    requests: list[bytes] = field(default_factory=list)


@dataclass
class SearchRun:
    """One search: `start` starts a fresh process of its command; `info` is what getinfo tells it."""

    start: Callable[[], Conversation]
    info: SearchInfo
    chunk_rows: int | Sequence[int] = CHUNK_ROWS
    selected: bool = True
    last_chunk_rows: bool = False
    max_chunk_bytes: int = 0
    on_events: OnEvents | None = None
    record: bool = True
    result: SearchResult = field(default_factory=SearchResult)

    def parse(self) -> str | None:
        """Plays one start of the parse phase. Returns the reply's `error`; SplunkdError if the command misbehaves.

        Expected [platform 9.1]: one reply, exit status 0, nothing on stderr.
        """
        with self.start() as talk:
            try:
                talk.send(parse_request(self.info))
                reply = talk.receive()
            except (BadFrame, BrokenPipeError) as error:
                ended = talk.finish()
                raise chunked_error("SETUP_ERROR", detail=f"{error}; {_how(ended)}") from error
            ended = talk.finish()
        if ended.exit_status:
            raise chunked_error("NON_ZERO_EXIT__D", ended.exit_status, detail=f"parse phase, {reply}; {_how(ended)}")
        if reply is None:
            raise chunked_error("UNEXPECTED_EXIT", detail=f"parse phase, no reply; {_how(ended)}")
        if ended.leftover or ended.stderr:
            raise chunked_error("SETUP_ERROR", detail=f"more than one reply, or stderr: {_how(ended)}")
        self._take_metadata(reply.metadata)
        if self.result.error is None:
            self.result.messages.clear()  # those of the run count; parse-phase ones would come twice
        return self.result.error

    def execute(self, events: Iterable[Event]) -> SearchResult:
        """Plays the run itself over `events` and returns the result; SplunkdError on a merge error and what is unknown."""
        return self._play(lambda talk: self._converse(talk, events))

    def replay(self, frames: Iterable[Frame]) -> SearchResult:
        """Plays recorded requests, getinfo first, as they are; events are merged where the record has selected fields."""
        return self._play(lambda talk: self._repeat(talk, frames))

    def _play(self, converse: Callable[[Conversation], None]) -> SearchResult:
        result, failure = self.result, None
        with self.start() as talk:
            try:
                converse(talk)
            except BadFrame:
                failure = MESSAGES["INVALID_RESULT" if result.getinfo_reply else "SETUP_ERROR"]
            except BrokenPipeError:
                failure = MESSAGES["WRITE_ERROR"]
            except _NoReply:
                failure = MESSAGES["UNEXPECTED_EXIT"]
            ended = talk.finish()
        result.exit_status, result.stderr = ended.exit_status, ended.stderr
        if ended.exit_status:
            failure = MESSAGES["NON_ZERO_EXIT__D"] % ended.exit_status
        elif ended.leftover:  # a reply that nobody asked for [platform 1.1]
            failure = failure or MESSAGES["INVALID_RESULT"]
        result.error = result.error or failure
        return result

    def _converse(self, talk: Conversation, events: Iterable[Event]) -> None:
        reply = self._exchange(talk, run_request(self.info), b"").metadata
        self.result.getinfo_reply = reply
        if self.result.error is not None or reply.get("finished"):
            return
        if reply.get("type", "streaming") not in TYPES:
            raise UnknownBehaviour("no such type of command is known", repr(reply))
        if reply.get("generating"):
            return self._generate(talk, reply)
        required = required_columns(reply) if self.selected else None
        merged = self.selected and is_merged(reply)
        columns: list[str] = required or []
        for rows, finished in cut_chunks(events, self.chunk_rows, self.last_chunk_rows):
            if required is None:  # a chunk without rows has the header of the one before (inference)
                columns = union_of_columns(rows) or columns
            body = write_body(columns, rows, chunked_index=merged)
            frame = self._exchange(talk, {"action": "execute", "finished": finished}, body)
            if self.result.error is not None:
                return
            if frame.metadata.get("finished") is not finished:
                raise SplunkdError(f"`finished` was {finished} and came back as {frame.metadata.get('finished')!r}")
            self._take_events(merge_events(rows, columns, frame.body) if merged else replace_events(frame.body))

    def _generate(self, talk: Conversation, reply: dict[str, Any]) -> None:
        """A command that makes its own rows gets chunks without any until it says that it is finished (REC generatehello)."""
        if "required_fields" in reply:
            raise UnknownBehaviour("a generating command with required_fields", repr(reply))
        while self.result.error is None:
            frame = self._exchange(talk, {"action": "execute", "finished": False}, b"")
            if frame.body:
                self._take_events(replace_events(frame.body))
            if frame.metadata.get("finished"):
                return

    def _repeat(self, talk: Conversation, frames: Iterable[Frame]) -> None:
        for number, frame in enumerate(frames):
            reply = self._exchange(talk, frame.metadata, frame.body)
            if number == 0:
                self.result.getinfo_reply = reply.metadata
                continue
            sent = read_body(frame.body)
            columns = [name for name in sent.columns if not name.startswith(MULTIVALUE_PREFIX)]
            merged = CHUNKED_INDEX in columns
            events = [{k: v for k, v in event.items() if k != CHUNKED_INDEX} for event in read_events(sent)]
            columns = [name for name in columns if name != CHUNKED_INDEX]
            self._take_events(merge_events(events, columns, reply.body) if merged else replace_events(reply.body))

    def _exchange(self, talk: Conversation, metadata: dict[str, Any], body: bytes) -> Frame:
        request = talk.send(metadata, body)
        reply = talk.receive()
        if reply is None:
            raise _NoReply
        if self.max_chunk_bytes and len(write_frame(*reply)) > self.max_chunk_bytes:
            raise BadFrame("a reply is over maxchunksize")
        if self.record:
            self.result.requests.append(request)
            self.result.replies.append((reply.metadata, reply.body))
        self._take_metadata(reply.metadata)
        return reply

    def _take_metadata(self, metadata: dict[str, Any]) -> None:
        """Keeps messages and error of a reply [platform 1.4]; SplunkdError on a message that is no [level, text]."""
        for message in metadata.get("inspector", {}).get("messages", []):
            if len(message) != 2 or message[0] not in LEVELS or not isinstance(message[1], str):
                raise UnknownBehaviour("an inspector message is no [level, text]", repr(message))
            self.result.messages.append((message[0], message[1]))
        if "error" in metadata:
            self.result.error = str(metadata["error"])

    def _take_events(self, events: list[dict[str, Value]]) -> None:
        if self.on_events:
            self.on_events(events)
        else:
            self.result.events.extend(events)


class _NoReply(Exception):
    """stdout ended where a reply was due."""


def cut_chunks(
    events: Iterable[Event], chunk_rows: int | Sequence[int], last_chunk_rows: bool
) -> Iterator[tuple[list[Event], bool]]:
    """Yields (rows, finished) of each chunk. Sizes of a sequence are used in turn, its last non-zero one for the rest.

    A size of 0 gives a chunk without rows in the middle (REC accumages). `finished` comes with a chunk of its own that
    has no rows (REC doubleage), or with the last rows when `last_chunk_rows` is set (REC harvest).
    """
    sizes = [chunk_rows] if isinstance(chunk_rows, int) else list(chunk_rows)
    usual = next((size for size in reversed(sizes) if size), CHUNK_ROWS)
    source = iter(events)
    held: list[Event] | None = None
    for size in chain(sizes, repeat(usual)):
        rows = list(islice(source, size))
        if size and not rows:
            break
        if not last_chunk_rows:
            yield rows, False
            continue
        if held is not None:
            yield held, False
        held = rows
    yield held or [], True


def _how(ended: Ended) -> str:
    return f"exit status {ended.exit_status}, stderr {ended.stderr[-2000:]!r}, left on stdout {ended.leftover[:200]!r}"
