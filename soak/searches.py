"""One process of the command, and whether each answer of it is right.

In: the chunk of probes, again and again, for as long as the process lives. Out: what it shows, and what is wrong with it. A process opens its
lookups with its first chunk and stays with them: every later answer to the same chunk is the same bytes, whatever became of the files.
"""

from __future__ import annotations

from soak import probes
from soak.ledger import Floor, Ledger
from soak.lists import Lists
from soak.probes import FILES, LISTS, Sight
from soak.site import Site
from soak.tally import Tally
from tests.splunkd import Conversation
from tests.splunkd.csv_dialect import write_body
from tests.splunkd.errors import SplunkdError
from tests.splunkd.frames import BadFrame
from tests.splunkd.getinfo import run_request
from tests.splunkd.merge import merge_events, required_columns

_COMMAND = "maliciouscaller"


class Failed(Exception):
    """The search failed; the message says how."""


class Search:
    """A search that is open; a context manager would end it too early, so `close` it."""

    asked = probes.events()

    def __init__(self, site: Site, lists: Lists, ledger: Ledger, tally: Tally) -> None:
        self._site, self._lists, self._ledger, self._tally = site, lists, ledger, tally
        self.floor: Floor | None = None
        self.sight: Sight = {}
        self._reply = b""
        self.answers = 0
        tally.count("searches")
        self._talk: Conversation = site.splunkd.conversation(site.app, _COMMAND)
        self.pid = self._talk.process.pid
        self._talk.send(run_request(site.splunkd.search_info(site.app, _COMMAND)))
        reply = self._talk.receive()
        self._columns = required_columns(reply.metadata) if reply else None
        if self._columns is None:
            raise Failed(f"getinfo was answered with {reply!r}")
        self._body = write_body(self._columns, self.asked, chunked_index=True)

    def ask(self, finished: bool = False) -> None:
        """Send the chunk and judge the reply. `floor` is taken before, so that what lands meanwhile may be seen and need not be."""
        floor = self.floor or self._ledger.floor()
        try:
            self._talk.send({"action": "execute", "finished": finished}, self._body)
            reply = self._talk.receive()
        except (BadFrame, BrokenPipeError, SplunkdError) as error:
            raise Failed(str(error)) from error
        if reply is None or "error" in reply.metadata:
            raise Failed(f"the chunk was answered with {reply.metadata if reply else None}")
        self.answers += 1
        self._tally.count("answers_checked", len(self.asked))
        for canary in self._site.canaries:
            if canary.encode() in reply.body or canary in str(reply.metadata):
                self._tally.blame("secrets_seen", "in the answer of a search")
        messages = [text for _, text in reply.metadata.get("inspector", {}).get("messages", [])]
        if self.floor is None:
            self.floor, self._reply = floor, reply.body
            self._judge(reply.body, messages)
        elif reply.body != self._reply:
            changed = sum(one != other for one, other in zip(reply.body.splitlines(), self._reply.splitlines()))
            self._tally.blame("wrong_answers", "the same chunk was answered otherwise by the same process", max(1, changed))
        elif messages:
            self._tally.blame("wrong_answers", f"a process that had opened everything says {messages}")

    def _judge(self, body: bytes, messages: list[str]) -> None:
        answers = merge_events(self.asked, self._columns or [], body)
        assert self.floor is not None
        self.sight, mixed = probes.sight_of(answers)
        for sentence in mixed:
            self._tally.blame("mixed_generations", sentence)
        faults = [] if mixed else self._ledger.faults_in(self.sight, self.floor)
        for kind, sentence in faults:
            self._tally.blame(kind, sentence)
        if mixed:
            return
        wrong = probes.mistakes(self._lists, self.sight, self.asked, answers)
        for sentence in wrong:
            self._tally.blame("wrong_answers", sentence)
        for name in LISTS:  # what one search saw, every later one sees
            generation = self.sight[name]
            if generation is not None and name not in self.floor.may_miss:
                self._ledger.seen(name, generation)
        for file, names in FILES.items():
            said = [text for text in messages if file in text]
            if all(self.sight[name] is None for name in names) != bool(said):
                self._tally.blame(
                    "wrong_answers", f"{file} shows {[self.sight[name] for name in names]}, and the search says {said}"
                )

    def close(self) -> None:
        """End the search as splunkd does. Failed when the process does not end well."""
        try:
            ended = self._talk.finish()
            if ended.exit_status or ended.stderr:
                raise Failed(f"it ended with status {ended.exit_status} and said {ended.stderr[-500:]!r}")
        except SplunkdError as error:
            raise Failed(str(error)) from error
        finally:
            self._talk.__exit__(None, None, None)
