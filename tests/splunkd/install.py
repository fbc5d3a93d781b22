"""A Splunk installation to test against: apps go in, searches, inputs and an indexer's copy come out.

This is what tests and the demo hold in their hands. It keeps the folder layout of $SPLUNK_HOME and starts processes with
splunkd's environment [platform 1.7]: none of the caller's PYTHON* variables, no virtual environment, only what the app
brings along. What happens then is told in search, modular_input, bundle and rest.
"""

from __future__ import annotations

import gzip
import itertools
import secrets
import shutil
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from pathlib import Path

from .bundle import contents, unpack
from .conf import is_true, read_conf
from .conversation import Conversation
from .csv_dialect import Event, Value
from .errors import SplunkdError, chunked_error
from .frames import split_frames
from .getinfo import SearchInfo, split_arguments
from .input_xml import Scheme
from .layout import bare_interpreter, environment_of, home_of
from .modular_input import InputProcess, InputResult, ModularInput, ValidationResult
from .rest import Rest
from .search import CHUNK_ROWS, OnEvents, SearchResult, SearchRun

SHIPPED = ("app.manifest", "default", "bin", "lib", "lookups", "metadata", "README", "static", "appserver")
SERVER_NAME = "sh1"


class Splunkd:
    """One splunkd with its home below `home`. `python` is the interpreter it brings; a virtual environment's is
    replaced by the bare one it was made from, because Splunk's Python has none of a tester's packages."""

    def __init__(self, home: Path, python: str = sys.executable) -> None:
        self.home = Path(home).resolve()
        self.python = bare_interpreter(python)
        self.session_key = secrets.token_urlsafe(48)
        self._sids = itertools.count(1)
        for folder in ("etc/apps", "var/run/splunk/dispatch", "var/run/splunk/lookup_tmp", "var/lib/splunk/modinputs"):
            (self.home / folder).mkdir(parents=True, exist_ok=True)

    def install(self, app_root: Path) -> Path:
        """Copies the app's shipped folders to etc/apps/<id> and returns that folder; over an older copy like an
        upgrade: files of the same name are replaced, local/ and other lookups stay [platform 4.7]."""
        app_id = read_conf(Path(app_root), "app").get("package", {}).get("id")
        if not app_id:
            raise SplunkdError("default/app.conf names no [package] id")
        target = self.home / "etc" / "apps" / app_id
        target.mkdir(parents=True, exist_ok=True)
        for name in SHIPPED:
            source = Path(app_root) / name
            if source.is_dir():
                ignore = shutil.ignore_patterns("__pycache__", "*.pyc")
                shutil.copytree(source, target / name, ignore=ignore, dirs_exist_ok=True)
            elif source.is_file():
                shutil.copy2(source, target / name)
        return target

    def environment(self, home: Path | None = None) -> dict[str, str]:
        """Returns the whole environment of what this splunkd starts [platform 1.7]; `home` where it is not the search head."""
        return environment_of(home or self.home)

    def search(
        self,
        app: Path,
        command: str,
        arguments: str | Sequence[str] = (),
        events: Iterable[Event] = (),
        *,
        chunk_rows: int | Sequence[int] = CHUNK_ROWS,
        selected: bool = True,
        parse_phase: int = 2,
        last_chunk_rows: bool = False,
        on_events: OnEvents | None = None,
        record: bool | None = None,
        patience: float = 60.0,
        search: str | None = None,
        rest: Rest | None = None,
    ) -> SearchResult:
        """Runs `| <command> <arguments>` of `app` over `events` (a generator will do) and returns the SearchResult.

        arguments: as typed; chunk_rows: rows of a chunk, or of each chunk in turn (0: a chunk without rows);
        selected=False: all columns are sent, as after a reporting command; parse_phase: starts before the run;
        last_chunk_rows: the last chunk carries rows; on_events: gets each chunk's events instead of `.events`;
        record: keep requests and replies (default: unless on_events is given); patience: seconds without progress
        before the process is killed; search: the whole pipeline as typed; rest: the management port that the command is told of. Raises SplunkdError as the module search says.
        """
        settings = self.command_settings(app, command)
        run = SearchRun(
            start=lambda: self.conversation(app, command, patience=patience),
            info=_told_of(rest, self.search_info(app, command, arguments, search)),
            chunk_rows=chunk_rows,
            selected=selected,
            last_chunk_rows=last_chunk_rows,
            max_chunk_bytes=int(settings.get("maxchunksize", "0")),
            on_events=on_events,
            record=on_events is None if record is None else record,
        )
        with self._bundle_stays(app):
            if any(run.parse() is not None for _ in range(parse_phase)):
                return run.result
            return run.execute(events)

    @contextmanager
    def _bundle_stays(self, app: Path) -> Iterator[None]:
        """SplunkdError where a peer's bundle was written to: its files may be links to another generation's [platform 2.4]."""
        before = contents(app) if self._is_on_peer(app) else {}
        yield
        if before and contents(app) != before:
            raise SplunkdError("the command changed files of its knowledge bundle", repr(app))

    def replay(self, app: Path, command: str, recording: Path, *, patience: float = 60.0) -> SearchResult:
        """Sends what a real splunkd once sent (`.gz` or plain; bodies byte for byte) and returns the result: replies in
        `.replies`; `.events` are the replies', merged where the recorded chunks have `_chunked_idx`."""
        path = Path(recording)
        data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        info = self.search_info(app, command)
        run = SearchRun(start=lambda: self.conversation(app, command, patience=patience), info=info)
        return run.replay(split_frames(data))

    def conversation(self, app: Path, command: str, *, patience: float = 60.0) -> Conversation:
        """Starts the command's process and nothing more: for tests that misbehave, or that speak chunk by chunk."""
        settings = self.command_settings(app, command)
        script = Path(app) / "bin" / settings.get("filename", f"{command}.py")
        if "/" in settings.get("filename", "") or not script.is_file():
            raise chunked_error("SCRIPT_NOT_FOUND__S", script.name)  # `filename` cannot leave bin/ [platform 1.9]
        numbered = {int(key[len("command.arg.") :]): value for key, value in settings.items() if key.startswith("command.arg.")}
        argv = [self.python, str(script), *(numbered[number] for number in sorted(numbered))]
        return Conversation(argv, script.parent, self.environment(home_of(app)), patience)

    def command_settings(self, app: Path, command: str) -> Mapping[str, str]:
        """Returns the command's stanza of commands.conf; SplunkdError if there is none or it is not chunked."""
        settings = read_conf(Path(app), "commands").get(command)
        if settings is None:
            raise SplunkdError(f"Unknown search command '{command}'.")
        if not is_true(settings.get("chunked", "false")):
            raise SplunkdError(f"commands.conf [{command}]: only chunked = true is played")
        return settings

    def search_info(self, app: Path, command: str, arguments: str | Sequence[str] = (), search: str | None = None) -> SearchInfo:
        """Returns what getinfo says of a new search; its dispatch directory exists, as a peer's if `app` is a peer's."""
        typed = arguments if isinstance(arguments, str) else " ".join(arguments)
        on_peer = self._is_on_peer(app)
        sid = f"1700000000.{next(self._sids)}"
        folder = f"remote_{SERVER_NAME}_{sid}" if on_peer else sid
        dispatch = home_of(app) / "var" / "run" / "splunk" / "dispatch" / folder
        dispatch.mkdir(parents=True, exist_ok=True)
        local = f"search index=cloudtrail | {command} {typed}"
        remote = f'litsearch index=cloudtrail | {command} {typed} | fields keepcolorder=t "*" "_bkt" "_cd" "_si" "host"'
        return SearchInfo(
            command=command,
            raw_args=split_arguments(typed),
            search=search or (remote if on_peer else local),
            sid=sid,
            dispatch_dir=str(dispatch),
            session_key=self.session_key,
            app=Path(app).name,
        )

    def _is_on_peer(self, app: Path) -> bool:
        return home_of(app) != self.home

    def indexer(self, app: Path) -> Path:
        """Replicates the knowledge bundle to the indexer and returns the app's folder there, for `search`.

        A second call makes the next generation, unchanged files hard-linked to the one before. The indexer's home is
        another one than this splunkd's: etc/apps is empty there.
        """
        peer_home = self.home / "peer" / "idx1"
        for folder in ("etc/apps", "var/run/splunk/dispatch", "var/lib/splunk"):
            (peer_home / folder).mkdir(parents=True, exist_ok=True)
        return unpack(self.home / "etc", peer_home, SERVER_NAME) / "apps" / Path(app).name

    def rest(self, role: str = "none") -> Rest:
        """Starts this splunkd's management port (a context manager); role: none, member, captain or cloud."""
        return Rest(self.home, role, self.session_key)

    def scheme(self, app: Path, name: str) -> Scheme:
        """Returns what modular input `name` says of itself; SplunkdError if splunkd would not register it."""
        return self._input(app, name).scheme()

    def validate(
        self, app: Path, name: str, stanza: str, params: Mapping[str, Value], *, rest: Rest | None = None
    ) -> ValidationResult:
        """Plays a user who saves the stanza `<name>://<stanza>` with `params`."""
        with nullcontext(rest) if rest else self.rest() as port:
            return self._input(app, name).validate(self._server(name, port), _full_name(name, stanza), params)

    def run_input(
        self,
        app: Path,
        name: str,
        stanza: str,
        params: Mapping[str, Value],
        *,
        rest: Rest | None = None,
        timeout: float = 60,
    ) -> InputResult:
        """Runs the input once to its end; without `rest` a management port of a single search head is there for it."""
        with nullcontext(rest) if rest else self.rest() as port:
            return self.start_input(app, name, stanza, params, rest=port).wait(timeout)

    def start_input(self, app: Path, name: str, stanza: str, params: Mapping[str, Value], *, rest: Rest) -> InputProcess:
        """Starts one run and returns it as it runs: `terminate` it, look at its `events`, `wait` for its result."""
        return self._input(app, name).start(self._server(name, rest), _full_name(name, stanza), params)

    def _input(self, app: Path, name: str) -> ModularInput:
        return ModularInput(Path(app), name, self.python, self.home, self.environment())

    def _server(self, name: str, rest: Rest) -> dict[str, str]:
        checkpoints = self.home / "var" / "lib" / "splunk" / "modinputs" / name
        checkpoints.mkdir(exist_ok=True)
        return {
            "server_host": SERVER_NAME,
            "server_uri": rest.uri,
            "session_key": rest.session_key,
            "checkpoint_dir": str(checkpoints),
        }


def _full_name(name: str, stanza: str) -> str:
    return stanza if "://" in stanza else f"{name}://{stanza}"


def _told_of(rest: Rest | None, info: SearchInfo) -> SearchInfo:
    return replace(info, session_key=rest.session_key, splunkd_uri=rest.uri) if rest else info
