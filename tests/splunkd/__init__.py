"""A stand-in for splunkd: the only one that our tests and our demo ever see.

It is built from what is known of the real one (`[platform x.y]` names the section of our notes, `REC` a recording of
a real splunkd), never from what our own programs happen to do, and imports nothing of ours. Reading order:

    install         Splunkd: an installation to hold in your hands; start here
    search          one run of a search command: parse phase, getinfo, chunks, end
    getinfo         what the command is told first
    conversation    its process and pipes
    frames          chunks as bytes
    csv_dialect     what is in them
    merge           selected fields: how a reply is written into the events
    bundle          what an indexer gets of an app, and where
    bundle_rules    which files travel
    modular_input   scheme, validation and runs of a modular input
    input_xml       the XML between the two
    rest            the management port
    rest_answers    how it spells its answers
    json_fields     KV_MODE=json on one event
    layout          folders and environment
    errors          splunkd's own words, and SplunkdError
    conf            .conf files
"""

from .conversation import Conversation
from .csv_dialect import Event, Value
from .errors import SplunkdError, UnknownBehaviour
from .input_xml import InputEvent, Scheme
from .install import Splunkd
from .json_fields import extract
from .modular_input import InputProcess, InputResult, ValidationResult
from .rest import Rest
from .search import SearchResult

__all__ = [
    "Conversation",
    "Event",
    "InputEvent",
    "InputProcess",
    "InputResult",
    "Rest",
    "Scheme",
    "SearchResult",
    "Splunkd",
    "SplunkdError",
    "UnknownBehaviour",
    "ValidationResult",
    "Value",
    "extract",
]
