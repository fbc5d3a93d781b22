"""A command of the SDK that matches addresses and networks with netaddr's IPSet, made at its start."""

import csv
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))

from netaddr import AddrFormatError, IPAddress, IPSet
from splunklib.searchcommands import Configuration, StreamingCommand, dispatch

LIST = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lookups", "indicators.csv")


@Configuration()
class MatchNetaddr(StreamingCommand):
    """Adds intel_match; a set does not know which feed."""

    def prepare(self):
        """Make the set."""
        with open(LIST, encoding="utf-8") as file:
            self.listed = IPSet(row["indicator"] for row in csv.DictReader(file))

    def stream(self, records):
        """Called with the records of each chunk."""
        for record in records:
            try:
                listed = IPAddress(record.get("sourceIPAddress")) in self.listed
            except (AddrFormatError, ValueError):
                listed = False
            record["intel_match"] = "true" if listed else ""
            yield record


dispatch(MatchNetaddr, sys.argv, sys.stdin, sys.stdout, __name__)
