"""Modular inputs as splunkd starts them, played with one that is written here by hand."""

from __future__ import annotations

import json
import signal
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from tests.splunkd import Splunkd, SplunkdError
from tests.splunkd.input_xml import EventReader, read_error, read_scheme, write_input, write_items
from tests.test_splunkd.throwaway import shared_data

SCHEME = """<scheme><title>Counter</title><use_external_validation>true</use_external_validation><use_single_instance>false</use_single_instance>
<streaming_mode>xml</streaming_mode><endpoint><args><arg name="upto"><data_type>number</data_type><required_on_create>true</required_on_create></arg>
<arg name="note"><required_on_create>false</required_on_create></arg></args></endpoint></scheme>"""

COUNTER = """
import json, os, sys, time
from xml.etree import ElementTree
from xml.sax.saxutils import escape
if "--scheme" in sys.argv:
    print(SCHEME)
    sys.exit()
root = ElementTree.fromstring(sys.stdin.buffer.read())
params = {p.get("name"): p.text or "" for p in root.iter("param")}
if "--validate-arguments" in sys.argv:
    if not params["upto"].isdigit():
        print("<error><message>upto is &lt;no&gt; number</message></error>")
        sys.exit(1)
    sys.exit()
told = {child.tag: child.text for child in root if child.tag != "configuration"}
sys.stderr.write("INFO starts\\nno level here\\n")
sys.stdout.write("<stream>")
sys.stdout.write("<event><data>%s</data></event>" % escape(json.dumps([told, params, dict(os.environ)])))
for number in range(int(params["upto"])):
    sys.stdout.write('<event unbroken="1"><time>1.5</time><sourcetype>own</sourcetype><data>%d &lt;</data><done/></event>' % number)
sys.stdout.flush()
if params.get("note") == "stay":
    time.sleep(600)
sys.stdout.write("</stream>")
"""


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = tmp_path / "source"
    for name, text in {
        "default/app.conf": "[package]\nid = throwaway\n",
        "default/inputs.conf": "[counter]\ninterval = 3600\npython.version = python3\nsourcetype = counted\n\n[counter://ten]\nupto = 10\n",
        "README/inputs.conf.spec": "[counter://<name>]\nupto = <number>\n* How far. Default: upto = 1\nnote = <string>\n",
        "bin/counter.py": f"SCHEME = {SCHEME!r}\n{COUNTER}",
    }.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def splunkd(tmp_path: Path) -> Splunkd:
    return Splunkd(tmp_path / "splunk")


def test_the_scheme_is_read_and_compared_with_the_spec(splunkd: Splunkd, source: Path) -> None:
    scheme = splunkd.scheme(splunkd.install(source), "counter")
    assert (scheme.title, scheme.streaming_mode, scheme.use_external_validation) == ("Counter", "xml", True)
    assert {name: (a.data_type, a.required_on_create) for name, a in scheme.arguments.items()} == {
        "upto": ("number", True),
        "note": ("string", False),
    }


@pytest.mark.parametrize(
    "spec, words",
    [
        ("[counter://<name>]\nupto = <number>\n", "differ in .'note'"),
        ("[other://<name>]\nupto = <number>\n", "no stanza"),
    ],
)
def test_a_scheme_that_the_spec_does_not_know_is_refused(splunkd: Splunkd, source: Path, spec: str, words: str) -> None:
    (source / "README/inputs.conf.spec").write_text(spec, encoding="utf-8")
    with pytest.raises(SplunkdError, match=words):
        splunkd.scheme(splunkd.install(source), "counter")


def test_validation_gives_the_message_or_nothing(splunkd: Splunkd, source: Path) -> None:
    app = splunkd.install(source)
    refused = splunkd.validate(app, "counter", "abc", {"upto": "x"})
    assert (refused.error, refused.exit_status) == ("upto is <no> number", 1)
    accepted = splunkd.validate(app, "counter", "abc", {"upto": "5"})
    assert (accepted.error, accepted.exit_status, accepted.stderr) == (None, 0, [])


def test_a_run_is_told_everything_and_its_events_come_back(splunkd: Splunkd, source: Path) -> None:
    app = splunkd.install(source)
    with splunkd.rest("captain") as rest:
        result = splunkd.run_input(app, "counter", "ten", {"note": 'a & "b" é'}, rest=rest)
        server, params, environment = json.loads(result.events[0].data)
        assert server == {
            "server_host": "sh1",
            "server_uri": rest.uri,
            "session_key": rest.session_key,
            "checkpoint_dir": str(splunkd.home / "var/lib/splunk/modinputs/counter"),
        }
    assert params == {
        "disabled": "0",
        "host": "sh1",
        "index": "default",
        "interval": "3600",
        "python.version": "python3",
        "sourcetype": "counted",
        "upto": "10",
        "note": 'a & "b" é',
    }
    environment.pop("LC_CTYPE", None)
    assert environment == splunkd.environment()
    assert [event.data for event in result.events[1:]] == [f"{number} <" for number in range(10)]
    first, last = result.events[0], result.events[-1]
    assert (first.sourcetype, first.source, first.index, first.host) == ("counted", "counter://ten", "default", "sh1")
    assert (last.sourcetype, last.time) == ("own", "1.5")
    assert (result.exit_status, result.closed) == (0, True)
    assert result.log == [("INFO", "starts"), ("ERROR", "no level here")]


def test_an_input_that_is_terminated_gives_the_events_it_had_written(splunkd: Splunkd, source: Path) -> None:
    app = splunkd.install(source)
    with splunkd.rest() as rest:
        running = splunkd.start_input(app, "counter", "x", {"upto": "2", "note": "stay"}, rest=rest)
        while len(running.events) < 3 and running.process.poll() is None:
            pass
        running.terminate()
        result = running.wait(20)
    assert (len(result.events), result.closed, result.exit_status) == (3, False, -signal.SIGTERM)


def test_a_stream_that_is_no_xml_is_refused(splunkd: Splunkd, source: Path) -> None:
    (source / "bin/counter.py").write_text("print('<stream><event><data>\\x01</data></event></stream>')", encoding="utf-8")
    with pytest.raises(SplunkdError, match="not XML"):
        splunkd.run_input(splunkd.install(source), "counter", "x", {})


def test_an_input_that_does_not_end_is_killed(splunkd: Splunkd, source: Path) -> None:
    with pytest.raises(SplunkdError, match="still runs after 1 s"):
        splunkd.run_input(splunkd.install(source), "counter", "x", {"upto": "0", "note": "stay"}, timeout=1)


@pytest.mark.parametrize(
    "name, mode, arguments",
    [
        ("scheme_with_defaults.xml", ("xml", True, False), {}),
        (
            "scheme_without_defaults.xml",
            ("simple", False, True),
            {"arg1": ("string", "", False, False), "arg2": ("number", "is_pos_int('some_name')", True, True)},
        ),
        (
            "scheme_without_defaults_and_argument_title.xml",
            ("simple", False, True),
            {"arg1": ("string", "", False, False), "arg2": ("number", "is_pos_int('some_name')", True, True)},
        ),
    ],
)
def test_recorded_schemes_are_read(name: str, mode: Any, arguments: Any) -> None:
    scheme = read_scheme(shared_data(f"splunkd/modinput-xml/{name}").read_bytes())
    assert (scheme.streaming_mode, scheme.use_external_validation, scheme.use_single_instance) == mode
    assert arguments == {
        key: (a.data_type, a.validation, a.required_on_edit, a.required_on_create) for key, a in scheme.arguments.items()
    }


@pytest.mark.parametrize("name, count", [("stream_with_one_event.xml", 1), ("stream_with_two_events.xml", 2)])
@pytest.mark.parametrize("step", [1, 7, 10000])
def test_recorded_streams_are_read_in_pieces_of_any_size(name: str, count: int, step: int) -> None:
    data = shared_data(f"splunkd/modinput-xml/{name}").read_bytes()
    reader = EventReader({})
    for start in range(0, len(data), step):
        reader.feed(data[start : start + step])
    reader.end()
    assert reader.closed and len(reader.events) == count
    for event in reader.events:
        assert event.data == "This is a test of the emergency broadcast system."
        assert (event.time, event.source, event.sourcetype, event.index, event.host, event.stanza) == (
            "1372275124.466",
            "hilda",
            "misc",
            "main",
            "localhost",
            "fubar",
        )


@pytest.mark.parametrize("end", [b"", b"<event><da", b"<event><data>x", b"<event><data>\xc3", b"<event><data><![CDATA[x"])
def test_a_stream_that_stops_anywhere_gives_the_events_that_were_complete(end: bytes) -> None:
    reader = EventReader({})
    reader.feed(b"<stream><event><data>whole</data></event>" + end)
    reader.end()
    assert ([event.data for event in reader.events], reader.closed) == (["whole"], False)


def test_fragments_of_one_event_are_put_together() -> None:
    reader = EventReader({})
    reader.feed(b'<stream><event unbroken="1"><data>ab</data></event><event unbroken="1"><data>c\n</data><done/></event>')
    assert [event.data for event in reader.events] == ["abc\n"]


def test_the_recorded_validation_error_is_read() -> None:
    assert read_error(shared_data("splunkd/modinput-xml/validation_error.xml").read_bytes()) == "Big fat validation error!"


def shape(element: ElementTree.Element) -> Any:
    """The document without blanks between elements: (tag, attributes, text, children)."""
    return element.tag, element.attrib, (element.text or "").strip(), [shape(child) for child in element]


SERVER = {"server_host": "tiny", "server_uri": "https://127.0.0.1:8089", "session_key": "123102983109283019283"}


def test_the_document_of_a_run_has_the_recorded_shape() -> None:
    recorded = ElementTree.fromstring(shared_data("splunkd/modinput-xml/conf_with_2_inputs.xml").read_bytes())
    configuration = recorded.find("configuration")
    assert configuration is not None
    configuration.remove(configuration[0])  # one stanza a process, where use_single_instance is false
    written = write_input(
        {**SERVER, "checkpoint_dir": "/some/dir"},
        "foobar://bbb",
        "my_app",
        {
            "param1": "value11",
            "param2": "value22",
            "disabled": "0",
            "index": "default",
            "multiValue": ["value1", "value2"],
            "multiValue2": ["value3", "value4"],
        },
    )
    assert shape(ElementTree.fromstring(written)) == shape(recorded)
    assert written.startswith(b"<?xml version='1.0' encoding='UTF-8'?>")


def test_the_document_of_a_validation_has_the_recorded_shape() -> None:
    recorded = ElementTree.fromstring(shared_data("splunkd/modinput-xml/validation.xml").read_bytes())
    order = {"server_host": 0, "server_uri": 1, "checkpoint_dir": 2, "session_key": 3, "item": 4}
    assert [order[child.tag] for child in recorded] == [0, 1, 2, 3, 4]
    written = write_items(
        {**SERVER, "checkpoint_dir": "/opt/splunk/var/lib/splunk/modinputs"},
        "aaa",
        {
            "param1": "value1",
            "param2": "value2",
            "disabled": "0",
            "index": "default",
            "multiValue": ["value1", "value2"],
            "multiValue2": ["value3", "value4"],
        },
    )
    assert shape(ElementTree.fromstring(written)) == shape(recorded)
