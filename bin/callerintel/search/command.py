"""The search command `| maliciouscaller`: the conversation with splunkd, and nothing that judges.

The SDK keeps what it is good at: reading the getinfo request and declaring what kind of command this is. Two things are
ours: the options (see `options`), and the loop over the chunks, where the SDK would make a dict of every event.

splunkd starts the command several times for one search, mostly only to parse it [platform 1.3]. So getinfo is answered from
the arguments alone, and no lookup is opened before the first event.
"""

from __future__ import annotations

import gc
import os
import sys
from io import BufferedReader
from typing import Any, BinaryIO, TextIO, cast

from splunklib.searchcommands import Configuration, StreamingCommand

from callerintel.errors import CallerIntelError
from callerintel.frames import be_quiet, read_frame, write_frame
from callerintel.search.chunk import Annotator, required_fields
from callerintel.search.finding import Judge
from callerintel.search.options import Options, parse_options
from callerintel.search.start_up import widen_pipes

# What the SDK reads of a getinfo request and fails without, or fails on when it is no number. We need none of it, and the
# parse phase is known to leave things out [platform 1.3].
_ASSUMED = {
    "earliest_time": "0",
    "latest_time": "0",
    "search": "",
    "dispatch_dir": "",
    "sid": "",
    "splunk_version": "",
    "args": [],
}
_TIMES = ("earliest_time", "latest_time")


class _Refusal:
    """The configuration of a search that cannot run: splunkd shows `error` and ends the search [platform 1.4]."""

    def __init__(self, sentence: str) -> None:
        self.sentence = sentence

    def items(self) -> tuple[tuple[str, str], ...]:
        """What goes into the getinfo reply."""
        return ("type", "streaming"), ("error", self.sentence)


@Configuration()
class MaliciousCallerCommand(StreamingCommand):
    """Annotates CloudTrail events with intel matches, unexpected behaviour and a severity."""

    _options_given = Options()

    @staticmethod
    def _read_chunk(istream: BinaryIO) -> Any:
        chunk = StreamingCommand._read_chunk(istream)
        metadata: Any = chunk[0] if chunk else None
        info = getattr(metadata, "searchinfo", None)
        if info is not None:
            metadata.preview = getattr(metadata, "preview", False)
            for name, value in _ASSUMED.items():
                if name in _TIMES or getattr(info, name, None) is None:
                    setattr(info, name, value)
        return chunk

    def _protocol_v2_option_parser(self, arg: str) -> list[str]:
        return [arg]  # all of them are kept for `prepare`

    def prepare(self) -> None:
        """Check the options and declare which fields are needed; called by the SDK before its getinfo reply."""
        try:
            self._options_given = parse_options(self.fieldnames)
        except CallerIntelError as error:
            self._configuration = _Refusal(str(error))  # type: ignore[assignment]
            return
        self.configuration.required_fields = required_fields(self._options_given)

    def stream(self, records: Any) -> Any:
        """The SDK wants it; `_execute` takes its place."""
        raise NotImplementedError

    def _execute(self, ifile: TextIO, process: Any) -> None:
        conversation = _Conversation(self._options_given, getattr(self._configuration, "sentence", ""))
        try:
            conversation.run(ifile.buffer, sys.stdout.buffer)
        except (BrokenPipeError, ConnectionResetError):
            be_quiet()  # the search was cancelled


class _Conversation:
    """The execute part of the conversation: each request is read whole, then answered once [platform 1.1]."""

    def __init__(self, options: Options, refusal: str) -> None:
        self._options = options
        self._refusal = refusal
        self._judge: Judge | None = None
        self._annotator: Annotator | None = None
        self._said: set[str] = set()
        self._unsaid: list[list[str]] = []

    def run(self, requests: BinaryIO, replies: BinaryIO) -> None:
        """Answer every chunk until splunkd closes the pipe."""
        while True:
            frame = read_frame(requests)
            if frame is None:
                return
            finished = bool(frame.metadata.get("finished", False))
            if self._refusal:
                write_frame(replies, {"error": self._refusal, "finished": True}, b"")
                return
            try:
                body = self._annotate(frame.body, finished)
            except Exception as error:  # a fault of ours must not cost anybody the events
                body = frame.body
                self._say("ERROR", _internal_error(error))
            metadata: dict[str, Any] = {"finished": finished}
            if self._unsaid:
                metadata["inspector"] = {"messages": self._unsaid}
                self._unsaid = []
            write_frame(replies, metadata, body)

    def _annotate(self, body: bytes, finished: bool) -> bytes:
        """The reply's body; queues what a person should know."""
        if self._judge is None:
            self._judge = Judge(self._options.learning_days, self._options.settle_days)
        if self._annotator is None:
            self._annotator = Annotator(self._judge, self._options)
        reply = self._annotator.annotate(body)
        for sentence in self._judge.messages():
            self._say("WARN", sentence)
        if finished and self._annotator.events and not self._annotator.has_recognised:
            self._say("WARN", _nothing_recognised(self._annotator.events))
        return reply

    def _say(self, level: str, sentence: str) -> None:
        """Queue a message for the next reply; each is said once in a search."""
        if sentence not in self._said:
            self._said.add(sentence)
            self._unsaid.append([level, sentence])


def _nothing_recognised(events: int) -> str:
    return (
        f"None of {events} events has the fields sourceIPAddress and eventName, so none could be judged. Search events of "
        "AWS CloudTrail; where Splunk does not extract their fields add raw=true; where they have other names say so "
        "(sourceIPAddress=<field>, userIdentity=<field>, ...)."
    )


def _internal_error(error: Exception) -> str:
    """What happened and where, without the data that it happened to."""
    at = error.__traceback__
    while at is not None and at.tb_next is not None:
        at = at.tb_next
    where = f"{os.path.basename(at.tb_frame.f_code.co_filename)}:{at.tb_lineno}" if at else "?"
    return (
        f"maliciouscaller met an internal error ({type(error).__name__} at {where}); the events of that chunk go on without "
        "its fields. Please report it with the version of the add-on."
    )


def main() -> None:
    """The whole life of one process of the command."""
    requests = cast(BufferedReader, sys.stdin.buffer)
    if not requests.peek(1):
        return  # splunkd thought better of it
    # What a search remembers is bounded and has no cycles, so there is nothing to collect; looking for it again and again in all that
    # is remembered took a tenth of the time of a search of many addresses.
    gc.disable()
    widen_pipes()
    try:
        MaliciousCallerCommand().process(sys.argv, sys.stdin, sys.stdout)  # type: ignore[no-untyped-call]
    except (BrokenPipeError, ConnectionResetError):
        be_quiet()
