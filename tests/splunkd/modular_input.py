"""Starts a modular input in its three ways: `--scheme`, `--validate-arguments`, and to run.

Source: [platform 3.1 to 3.4]. In: an installed app, the scheme's name, a stanza and its parameters; splunkd's own settings and
the defaults of inputs.conf are added as splunkd adds them. Out: what came back, and how it ended. The working folder is
not the app's (no source says which it is). Schedules are not played: every run is one call.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from .conf import parse_conf, read_conf
from .csv_dialect import Value
from .errors import SplunkdError
from .input_xml import EventReader, InputEvent, Scheme, read_error, read_scheme, write_input, write_items

# Always there, or splunkd's own: a scheme need not list them [platform 3.1, 3.3, 3.5].
OWN_SETTINGS = frozenset(["source", "sourcetype", "host", "index", "disabled", "interval", "python.version", "python.required"])
_LOG_LINE = re.compile(r"(DEBUG|INFO|WARN|ERROR|FATAL) (.*)")


@dataclass(frozen=True)
class ValidationResult:
    """error: the message the user sees, None when the arguments are accepted."""

    error: str | None
    exit_status: int
    stderr: list[str]


@dataclass(frozen=True)
class InputResult:
    """One run: its events, how it ended, its stderr by line; `closed` tells whether `</stream>` was written."""

    events: list[InputEvent] = field(default_factory=list)
    exit_status: int = 0
    stderr: list[str] = field(default_factory=list)
    closed: bool = False

    @property
    def log(self) -> list[tuple[str, str]]:
        """stderr as splunkd.log gets it: (level, text); a line without a level is an ERROR [platform 3.4]."""
        matches = [(line, _LOG_LINE.fullmatch(line)) for line in self.stderr]
        return [(match[1], match[2]) if match else ("ERROR", line) for line, match in matches]


class InputProcess:
    """A running modular input, its pipes drained in the background. End it with `wait` or `kill`."""

    def __init__(
        self, argv: Sequence[str], cwd: Path, environment: Mapping[str, str], document: bytes, defaults: Mapping[str, Value]
    ) -> None:
        self.process = subprocess.Popen(
            list(argv),
            cwd=cwd,
            env=dict(environment),
            bufsize=0,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        self._reader = EventReader(defaults)
        self._stderr: list[bytes] = []
        self._broken: SplunkdError | None = None
        self._threads = [threading.Thread(target=target, daemon=True) for target in (self._read_events, self._read_stderr)]
        for thread in self._threads:
            thread.start()
        assert self.process.stdin
        try:
            self.process.stdin.write(document)
        except BrokenPipeError:
            pass  # it ended without reading; its exit status tells
        self.process.stdin.close()

    @property
    def events(self) -> list[InputEvent]:
        """The events that were complete so far."""
        return list(self._reader.events)

    def terminate(self) -> None:
        """Sends SIGTERM, as splunkd does when it stops or the stanza is disabled [platform 3.4]."""
        self.process.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """Ends the process at once; harmless if it has ended."""
        self.process.kill()

    def wait(self, timeout: float = 60) -> InputResult:
        """Waits for the end and returns the result; SplunkdError if it still runs after `timeout` seconds, or if
        stdout was no stream of events."""
        try:
            status = self.process.wait(timeout)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise SplunkdError(f"the input still runs after {timeout:g} s", repr(self._stderr_lines())) from None
        finally:
            for thread in self._threads:
                thread.join(timeout)
            for pipe in (self.process.stdout, self.process.stderr):
                if pipe:
                    pipe.close()
        if self._broken:
            raise self._broken
        return InputResult(self.events, status, self._stderr_lines(), self._reader.closed)

    def _stderr_lines(self) -> list[str]:
        return b"".join(self._stderr).decode("utf-8", "replace").splitlines()

    def _read_events(self) -> None:
        assert self.process.stdout
        pipe = self.process.stdout.fileno()
        data = b"start"
        while data:
            data = os.read(pipe, 1 << 16)
            try:
                if not self._broken:
                    self._reader.feed(data) if data else self._reader.end()
            except SplunkdError as error:
                self._broken = error  # what follows is still read, so that the input does not get stuck

    def _read_stderr(self) -> None:
        assert self.process.stderr
        pipe = self.process.stderr.fileno()
        for data in iter(lambda: os.read(pipe, 1 << 16), b""):
            self._stderr.append(data)


@dataclass(frozen=True)
class ModularInput:
    """One scheme of one installed app and how its script is started."""

    app: Path
    name: str
    python: str
    cwd: Path
    environment: Mapping[str, str]

    def _argv(self, *arguments: str) -> list[str]:
        script = self.app / "bin" / f"{self.name}.py"
        if not script.is_file():
            raise SplunkdError(f"Unable to initialize modular input {self.name!r}: no {script.name} in bin/")
        return [self.python, str(script), *arguments]

    def _call(self, argument: str, document: bytes) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(
            self._argv(argument),
            cwd=self.cwd,
            env=dict(self.environment),
            input=document,
            capture_output=True,
            timeout=60,
            check=False,
        )

    def scheme(self) -> Scheme:
        """Returns the scheme; SplunkdError where it is not as splunkd and README/inputs.conf.spec want it."""
        done = self._call("--scheme", b"")
        if done.returncode or done.stderr:
            raise SplunkdError(f"--scheme ended with status {done.returncode}", done.stderr.decode("utf-8", "replace"))
        scheme = read_scheme(done.stdout)
        specified = self.spec_keys() - OWN_SETTINGS
        offered = set(scheme.arguments) - OWN_SETTINGS
        if specified != offered:
            raise SplunkdError(f"scheme and README/inputs.conf.spec differ in {sorted(specified ^ offered)}")
        return scheme

    def spec_keys(self) -> set[str]:
        """Returns the keys of the spec's stanza; without that stanza the scheme is not registered [platform 3.1]."""
        spec = self.app / "README" / "inputs.conf.spec"
        stanzas = parse_conf(spec.read_text(encoding="utf-8")) if spec.is_file() else {}
        for stanza, settings in stanzas.items():
            if stanza.startswith(f"{self.name}://"):
                return {key for key in settings if not key.startswith("*")}
        raise SplunkdError(f"README/inputs.conf.spec has no stanza [{self.name}://<name>]")

    def params(self, stanza: str, params: Mapping[str, Value]) -> dict[str, Value]:
        """Returns all that the input is told: splunkd's own defaults, inputs.conf [scheme], [scheme://name], `params`."""
        conf = read_conf(self.app, "inputs")
        told: dict[str, Value] = {"disabled": "0", "host": "sh1", "index": "default", "interval": "60"}
        for settings in (conf.get("default", {}), conf.get(self.name, {}), conf.get(stanza, {}), params):
            told.update(settings)
        return told

    def validate(self, server: Mapping[str, str], stanza: str, params: Mapping[str, Value]) -> ValidationResult:
        """Plays what happens when a user saves the stanza; SplunkdError if the answer is neither yes nor no."""
        document = write_items(server, stanza.partition("://")[2], self.params(self.name, params))
        done = self._call("--validate-arguments", document)
        error = read_error(done.stdout)
        if (error is None) != (done.returncode == 0):
            raise SplunkdError(f"validation ended with status {done.returncode} and said {error!r}", repr(done.stderr))
        return ValidationResult(error, done.returncode, done.stderr.decode("utf-8", "replace").splitlines())

    def start(self, server: Mapping[str, str], stanza: str, params: Mapping[str, Value]) -> InputProcess:
        """Starts one run. What an event leaves out comes from the stanza; its sourcetype else is the scheme's name
        (inference), its source the stanza's name."""
        told = self.params(stanza, params)
        defaults = {"source": stanza, "sourcetype": self.name, **told}
        document = write_input(server, stanza, self.app.name, told)
        return InputProcess(self._argv(), self.cwd, self.environment, document, defaults)
