"""XML in documents, read without what makes XML dangerous: no document type, no entities, nothing from outside, no deep nesting.

In: the document's bytes; expat reads them and finds their encoding. Out: the elements as a tree (ElementTree holds it, and reads
nothing) whose names are local, without namespaces: publishers agree on the words of STIX 1 and OpenIOC, never on prefixes or
versions of namespaces. FeedError("unparsable") says what is wrong.
"""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from typing import Any
from xml.parsers import expat

from callerintel.errors import FeedError, shown
from callerintel.feeds.document import Document

DEEPEST = 100


def read_xml(document: Document) -> ElementTree.Element:
    """The root element, names in the tree being local. FeedError("unparsable") for what is no XML, or no harmless one."""
    builder = ElementTree.TreeBuilder()
    depth = 0

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > DEEPEST:
            raise FeedError("unparsable", f"Its XML is nested more than {DEEPEST} deep.")
        builder.start(local(name), {local(key): value for key, value in attributes.items()})

    def end(name: str) -> None:
        nonlocal depth
        depth -= 1
        builder.end(local(name))

    parser = expat.ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.CharacterDataHandler = builder.data
    parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = _refuse
    parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
    try:
        parser.Parse(document.body.lstrip(), True)
        return builder.close()
    except (expat.ExpatError, ValueError, AssertionError, LookupError) as error:
        raise FeedError("unparsable", f"It is no XML ({shown(error)}).") from None


def local(name: str) -> str:
    """The name of an element or attribute without its prefix."""
    return name.rpartition(":")[2]


def text_in(element: ElementTree.Element | None) -> str:
    """The text of an element, without blanks around it; '' where there is no element."""
    return (element.text or "").strip() if element is not None else ""


def _refuse(*_: Any) -> None:
    raise FeedError("unparsable", "Its XML has a document type, which no list needs and which can do harm.")
