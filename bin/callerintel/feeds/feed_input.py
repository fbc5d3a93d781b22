"""splunkd's modular-input protocol for `intel_feed`: the scheme, the check of a new stanza, and one run of one feed.

In: XML on stdin [platform 3.1]. Out: on stdout the scheme, an error, or the stream with one status event [platform 3.2]; on
stderr the lines of `log`. What a run does is in `feed`; the schedule is splunkd's.
SIGTERM (splunkd stops, the stanza is edited or disabled) ends a run at once, and the status event says so whenever it comes; lookups
stay whole.
"""

from __future__ import annotations

import errno
import io
import logging
import sys
import time
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from splunklib.modularinput import Argument, Event, EventWriter, InputDefinition, Scheme, Script, ValidationDefinition

from callerintel.errors import FeedError, OptionError
from callerintel.feeds import arguments
from callerintel.feeds.feed import run_feed
from callerintel.feeds.feed_checks import check_credentials, check_interval, check_list
from callerintel.feeds.feed_config import read_feed_config
from callerintel.feeds.log import Log, open_stderr
from callerintel.feeds.place import Place
from callerintel.feeds.report import SOURCETYPE, Report
from callerintel.feeds.shared_settings import described, read_shared_settings
from callerintel.feeds.splunkd import open_splunkd
from callerintel.feeds.stop import STOP, Stopped
from callerintel.lookups import lookups_folder

SCHEME = "intel_feed"
_LEVELS = {"ok": "INFO", "unchanged": "INFO", "refused": "WARN", "failed": "ERROR"}
_DATA_TYPES = {"boolean": Argument.data_type_boolean, "integer": Argument.data_type_number}


class FeedInput(Script):  # type: ignore[misc,unused-ignore]  # the SDK has no types
    """The modular input. The SDK reads and writes the XML; each stanza is a process of its own."""

    def get_scheme(self) -> Scheme:
        """What splunkd and the Settings page need to know of the input."""
        scheme = Scheme("Threat intelligence feed")
        scheme.description = "Downloads a list of addresses, checks it, and keeps it as a lookup for | maliciouscaller."
        scheme.use_single_instance = False
        scheme.use_external_validation = True
        for argument in arguments.ARGUMENTS:
            scheme.add_argument(
                Argument(
                    argument.name,
                    title=argument.title,
                    description=described(argument),
                    data_type=_DATA_TYPES.get(argument.kind, Argument.data_type_string),
                    required_on_create=argument.required,
                    required_on_edit=False,
                )
            )
        return scheme

    def validate_input(self, definition: ValidationDefinition) -> None:
        """Raise OptionError or FeedError when a stanza cannot be used; splunkd shows the sentence."""
        splunkd = open_splunkd(definition.metadata.get("server_uri"), definition.metadata.get("session_key"))
        shared = read_shared_settings(splunkd, Path(definition.metadata["checkpoint_dir"]))
        config = read_feed_config(definition.metadata["name"] or "", shared.for_feed(definition.parameters))
        check_interval(config, str(definition.parameters.get("interval") or ""))
        check_credentials(config, splunkd)
        check_list(config)

    def stream_events(self, inputs: InputDefinition, ew: EventWriter) -> None:
        """Run the feed of the one stanza and write its status event."""
        splunkd = open_splunkd(inputs.metadata.get("server_uri"), inputs.metadata.get("session_key"))
        place = Place(lookups_folder(), Path(inputs.metadata["checkpoint_dir"]), splunkd)
        for stanza, params in inputs.inputs.items():
            log = Log(open_stderr(), feed=stanza.partition("://")[2])
            report = run_stanza(stanza, params, place._replace(log=log))
            log.write(_LEVELS[report.status], "run_ended", **report.log_values())
            ew.write_event(
                Event(
                    data=report.to_json(),
                    stanza=stanza,
                    time=f"{time.time():.3f}",
                    index=params.get("index"),
                    sourcetype=SOURCETYPE,
                )
            )


def run_stanza(stanza: str, params: dict[str, Any], place: Place) -> Report:
    """One run of one stanza, whatever happens: the report always comes."""
    name = stanza.partition("://")[2]
    try:
        STOP.raise_from_now()
        report = _run(name, params, place)
        STOP.hold()
        return report
    except Stopped:
        return _failed(name, FeedError("stopped", "Splunk ended the input during the run."))


def _run(name: str, params: dict[str, Any], place: Place) -> Report:
    try:
        shared = read_shared_settings(place.splunkd, place.checkpoints)
        place.log.level = shared.level
        if shared.note:
            place.log.write("WARN", "settings_problem", message=shared.note)
        config = read_feed_config(name, shared.for_feed(params))
        place.log.debug("run_started", format=config.format, delivery=config.delivery, host=config.host or "file")
        report = run_feed(config, place._replace(run_on=shared.run_on))
        report.note = f"{report.note} {shared.note}".strip()
        return report
    except OptionError as error:
        return _failed(name, FeedError("configuration", f"{error} The feed was not run."))
    except Exception as error:  # the entry point: a fault of ours must be seen, and must not end the schedule
        if isinstance(error, MemoryError) or getattr(error, "errno", None) == errno.ENOMEM:  # the system says it its own way
            return _failed(name, FeedError("too_large", "The list does not fit into the memory that this process may use."))
        where = traceback.extract_tb(error.__traceback__)[-1]
        # Not the error's own text: it could hold what a publisher or an administrator wrote.
        detail = f"The add-on failed ({type(error).__name__} at {Path(where.filename).name}:{where.lineno})."
        return _failed(name, FeedError("internal", detail))


def main(argv: Sequence[str]) -> int:
    """Answer splunkd; returns the exit status: 0 also for a feed that failed, because that is told in its event."""
    logging.getLogger("urllib3").setLevel(logging.CRITICAL)  # it logs paths and queries, and these may hold a key
    STOP.listen(is_run=len(argv) == 1)
    # splunkd's XML is UTF-8, whatever the locale; and a stray print must not break the stream.
    stdout, sys.stdout = sys.stdout, sys.stderr
    output = io.TextIOWrapper(stdout.buffer, encoding="utf-8", newline="\n")
    try:
        return int(FeedInput().run_script(list(argv), EventWriter(output, sys.stderr), sys.stdin.buffer))
    except Stopped:
        return 0
    except BrokenPipeError:  # splunkd is gone
        return 0


def _failed(name: str, error: FeedError) -> Report:
    report = Report(name)
    report.fail(error, "")
    report.message = " ".join(report.message.split())
    return report
