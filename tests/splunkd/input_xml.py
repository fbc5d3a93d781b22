"""The XML between splunkd and a modular input: what goes in, what comes out, checked as splunkd would.

Source: [platform 3.1, 3.2], REC modinput-xml. UTF-8 in both directions. Out of it come plain values: a Scheme, the
message of a failed validation, events. It starts nothing (see modular_input).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from xml.etree import ElementTree
from xml.parsers.expat import errors
from xml.parsers.expat.errors import codes

from .csv_dialect import Value
from .errors import SplunkdError

NAME = re.compile(r"[0-9a-zA-Z][0-9a-zA-Z_-]*")
DATA_TYPES = ("string", "number", "boolean")
# What the parser says of XML that ends too early: between elements, in a token, in a character, in a CDATA section.
_CUT_OFF = frozenset(
    codes[message]
    for message in (
        errors.XML_ERROR_NO_ELEMENTS,
        errors.XML_ERROR_UNCLOSED_TOKEN,
        errors.XML_ERROR_PARTIAL_CHAR,
        errors.XML_ERROR_UNCLOSED_CDATA_SECTION,
    )
)


@dataclass(frozen=True)
class Argument:
    """One parameter of a scheme."""

    name: str
    title: str = ""
    description: str = ""
    validation: str = ""
    data_type: str = "string"
    required_on_edit: bool = False
    required_on_create: bool = True


@dataclass(frozen=True)
class Scheme:
    """What a modular input says of itself at `--scheme`."""

    title: str
    description: str = ""
    use_external_validation: bool = False
    use_single_instance: bool = False
    streaming_mode: str = "simple"
    arguments: Mapping[str, Argument] = field(default_factory=dict)


@dataclass(frozen=True)
class InputEvent:
    """One event as it would be indexed: data unescaped, what the event left out filled in from the stanza."""

    data: str
    time: str | None = None
    source: str | None = None
    sourcetype: str | None = None
    index: str | None = None
    host: str | None = None
    stanza: str | None = None


def write_input(server: Mapping[str, str], stanza: str, app: str, params: Mapping[str, Value]) -> bytes:
    """Returns the `<input>` document of one run; server: server_host, server_uri, session_key, checkpoint_dir."""
    root = ElementTree.Element("input")
    _add_texts(root, server)
    configuration = ElementTree.SubElement(root, "configuration")
    _add_params(ElementTree.SubElement(configuration, "stanza", name=stanza, app=app), params)
    return bytes(ElementTree.tostring(root, encoding="UTF-8", xml_declaration=True))


def write_items(server: Mapping[str, str], name: str, params: Mapping[str, Value]) -> bytes:
    """Returns the `<items>` document of a validation; `name` without its scheme, exactly one item."""
    root = ElementTree.Element("items")
    _add_texts(root, server)
    _add_params(ElementTree.SubElement(root, "item", name=name), params)
    return bytes(ElementTree.tostring(root, encoding="UTF-8", xml_declaration=True))


def _add_texts(parent: ElementTree.Element, texts: Mapping[str, str]) -> None:
    for name in ("server_host", "server_uri", "checkpoint_dir", "session_key"):  # the order of REC
        ElementTree.SubElement(parent, name).text = texts[name]


def _add_params(parent: ElementTree.Element, params: Mapping[str, Value]) -> None:
    for name, value in params.items():
        if isinstance(value, str):
            ElementTree.SubElement(parent, "param", name=name).text = value
            continue
        listed = ElementTree.SubElement(parent, "param_list", name=name)
        for part in value:
            ElementTree.SubElement(listed, "value").text = part


def read_scheme(xml: bytes) -> Scheme:
    """Returns the scheme; SplunkdError where splunkd would not register it: no XML, bad names, unknown words."""
    root = _parse(xml, "scheme")
    arguments: dict[str, Argument] = {}
    for element in root.iterfind("endpoint/args/arg"):
        argument = _read_argument(element)
        if argument.name in arguments:
            raise SplunkdError(f"scheme: argument {argument.name!r} comes twice")
        arguments[argument.name] = argument
    scheme = Scheme(
        title=root.findtext("title") or "",
        description=root.findtext("description") or "",
        use_external_validation=_read_bool(root, "use_external_validation", False),
        use_single_instance=_read_bool(root, "use_single_instance", False),
        streaming_mode=root.findtext("streaming_mode") or "simple",
        arguments=arguments,
    )
    if scheme.streaming_mode not in ("xml", "simple"):
        raise SplunkdError(f"scheme: streaming_mode is {scheme.streaming_mode!r}")
    return scheme


def _read_argument(element: ElementTree.Element) -> Argument:
    argument = Argument(
        name=element.get("name") or "",
        title=element.findtext("title") or "",
        description=element.findtext("description") or "",
        validation=element.findtext("validation") or "",
        data_type=element.findtext("data_type") or "string",
        required_on_edit=_read_bool(element, "required_on_edit", False),
        required_on_create=_read_bool(element, "required_on_create", True),
    )
    if not NAME.fullmatch(argument.name) or argument.data_type not in DATA_TYPES:
        raise SplunkdError(f"scheme: bad argument {argument!r}")
    return argument


def _read_bool(parent: ElementTree.Element, name: str, default: bool) -> bool:
    text = parent.findtext(name)
    if text is None:
        return default
    if text.strip().lower() not in ("true", "false", "1", "0"):
        raise SplunkdError(f"scheme: {name} is {text!r}")
    return text.strip().lower() in ("true", "1")


def read_error(xml: bytes) -> str | None:
    """Returns the message of `<error><message>`, None where stdout is empty; SplunkdError on anything else."""
    return (_parse(xml, "error").findtext("message") or "") if xml.strip() else None


def _parse(xml: bytes, tag: str) -> ElementTree.Element:
    try:
        root = ElementTree.fromstring(xml)
    except ElementTree.ParseError as error:
        raise SplunkdError(f"not XML: {error}", repr(xml[:500])) from error
    if root.tag != tag:
        raise SplunkdError(f"<{tag}> expected, <{root.tag}> came", repr(xml[:500]))
    return root


class EventReader:
    """Reads a stream of events piece by piece, as it is written; `events` grows, `closed` at `</stream>`.

    A stream that simply stops (the input was killed) gives the events that were complete. One that is no XML is an
    error: splunkd drops such a stream [platform 3.2]. Fragments (`unbroken="1"` without `<done/>`) are put together.
    """

    def __init__(self, defaults: Mapping[str, Value]) -> None:
        self.events: list[InputEvent] = []
        self.closed = False
        self._defaults = {name: value for name, value in defaults.items() if isinstance(value, str)}
        self._parser: Any = ElementTree.XMLPullParser(["end"])
        self._fragments: list[str] = []

    def feed(self, data: bytes) -> None:
        """Takes the next bytes of stdout; SplunkdError when they are no XML."""
        try:
            self._parser.feed(data)
            if hasattr(self._parser, "flush"):  # newer parsers hold back what may be half a token
                self._parser.flush()
            self._take_ended()
        except ElementTree.ParseError as error:
            raise SplunkdError(f"the stream of events is not XML: {error}", repr(data[:500])) from error

    def end(self) -> None:
        """Takes the end of stdout, which may come anywhere; SplunkdError when what came before it is no XML."""
        try:
            try:
                self._parser.close()
            finally:
                self._take_ended()
        except ElementTree.ParseError as error:
            if error.code not in _CUT_OFF:
                raise SplunkdError(f"the stream of events is not XML: {error}") from error

    def _take_ended(self) -> None:
        for _, element in self._parser.read_events():
            if element.tag == "event":
                self._take(element)
                element.clear()
            elif element.tag == "stream":
                self.closed = True

    def _take(self, element: ElementTree.Element) -> None:
        data = element.findtext("data") or ""
        if element.get("unbroken") == "1":
            self._fragments.append(data)
            if element.find("done") is None:
                return
            data = "".join(self._fragments)
            self._fragments.clear()

        def text(name: str) -> str | None:
            return element.findtext(name) or self._defaults.get(name)

        self.events.append(
            InputEvent(
                data,
                element.findtext("time"),
                text("source"),
                text("sourcetype"),
                text("index"),
                text("host"),
                element.get("stanza"),
            )
        )
