"""How splunkd spells a REST answer: entries as JSON or as an Atom feed, messages with a status.

Source: the REST API reference and [platform 3.6, 5]. JSON when `output_mode=json` is asked for, else XML, as splunkd does.
In: entries (a name and its content). Out: status, content type, bytes. It knows no endpoint.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, NamedTuple
from urllib.parse import quote
from xml.etree import ElementTree

ATOM = "http://www.w3.org/2005/Atom"
REST = "http://dev.splunk.com/ns/rest"
OPENSEARCH = "http://a9.com/-/spec/opensearch/1.1/"
for _prefix, _uri in (("", ATOM), ("s", REST), ("opensearch", OPENSEARCH)):
    ElementTree.register_namespace(_prefix, _uri)


class Entry(NamedTuple):
    """One thing that a REST endpoint holds; content values are text, numbers, booleans or lists of text."""

    name: str
    content: dict[str, Any]
    owner: str = "nobody"
    app: str = "system"


class Answer(NamedTuple):
    """What goes over the wire."""

    status: int
    content_type: str
    body: bytes


class Refused(Exception):
    """A request that is answered with a status other than 2xx and one message."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status
        self.text = text


def entries_answer(entries: Sequence[Entry], path: str, base: str, as_json: bool, status: int = 200) -> Answer:
    """Returns the answer that lists `entries` of the endpoint `path` (without namespace) below the URL `base`."""
    write = _entries_json if as_json else _entries_xml
    return _answer(status, write(entries, path, base), as_json)


def message_answer(status: int, text: str, as_json: bool) -> Answer:
    """Returns the answer that carries one message, an ERROR unless the status is 2xx."""
    kind = "INFO" if status < 300 else "ERROR"
    if as_json:
        return _answer(status, json.dumps({"messages": [{"type": kind, "text": text}]}).encode(), True)
    root = ElementTree.Element("response")
    messages = ElementTree.SubElement(root, "messages")
    ElementTree.SubElement(messages, "msg", type=kind).text = text
    return _answer(status, ElementTree.tostring(root, encoding="UTF-8", xml_declaration=True), False)


def _answer(status: int, body: bytes, as_json: bool) -> Answer:
    return Answer(status, "application/json; charset=UTF-8" if as_json else "text/xml; charset=UTF-8", body)


def _link(entry: Entry, path: str) -> str:
    return f"/servicesNS/{entry.owner}/{entry.app}/{path}/{quote(entry.name, safe='')}"


def _entries_json(entries: Sequence[Entry], path: str, base: str) -> bytes:
    listed: list[dict[str, Any]] = [
        {
            "name": entry.name,
            "id": base + _link(entry, path),
            "links": {"alternate": _link(entry, path)},
            "author": entry.owner,
            "acl": {"app": entry.app, "owner": entry.owner, "sharing": "app"},
            "content": entry.content,
        }
        for entry in entries
    ]
    paging = {"total": len(listed), "perPage": 30, "offset": 0}
    return json.dumps(
        {"links": {}, "origin": f"{base}/services/{path}", "entry": listed, "paging": paging, "messages": []}
    ).encode()


def _entries_xml(entries: Sequence[Entry], path: str, base: str) -> bytes:
    root = ElementTree.Element(f"{{{ATOM}}}feed")
    _text(root, f"{{{ATOM}}}title", path.rpartition("/")[2])
    _text(root, f"{{{ATOM}}}id", f"{base}/services/{path}")
    _text(root, f"{{{OPENSEARCH}}}totalResults", str(len(entries)))
    for entry in entries:
        node = ElementTree.SubElement(root, f"{{{ATOM}}}entry")
        _text(node, f"{{{ATOM}}}title", entry.name)
        _text(node, f"{{{ATOM}}}id", base + _link(entry, path))
        ElementTree.SubElement(node, f"{{{ATOM}}}link", href=_link(entry, path), rel="alternate")
        content = ElementTree.SubElement(node, f"{{{ATOM}}}content", type="text/xml")
        acl = {"app": entry.app, "owner": entry.owner, "sharing": "app"}
        _dict(content, {**entry.content, "eai:acl": acl})
    return bytes(ElementTree.tostring(root, encoding="UTF-8", xml_declaration=True))


def _dict(parent: ElementTree.Element, values: dict[str, Any]) -> None:
    node = ElementTree.SubElement(parent, f"{{{REST}}}dict")
    for name, value in values.items():
        key = ElementTree.SubElement(node, f"{{{REST}}}key", name=name)
        if isinstance(value, dict):
            _dict(key, value)
        elif isinstance(value, list):
            listed = ElementTree.SubElement(key, f"{{{REST}}}list")
            for part in value:
                _text(listed, f"{{{REST}}}item", str(part))
        else:
            key.text = str(int(value)) if isinstance(value, bool) else str(value)


def _text(parent: ElementTree.Element, tag: str, text: str) -> None:
    ElementTree.SubElement(parent, tag).text = text
