"""A command of the SDK that matches addresses and networks with pytricia (a prefix tree in C), filled at its start."""

import csv
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))

import pytricia
from splunklib.searchcommands import Configuration, StreamingCommand, dispatch

LIST = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lookups", "indicators.csv")


@Configuration()
class MatchPytricia(StreamingCommand):
    """Adds intel_match and intel_feed."""

    def prepare(self):
        """Fill the tree."""
        self.listed = pytricia.PyTricia()
        with open(LIST, encoding="utf-8") as file:
            for row in csv.DictReader(file):
                self.listed[row["indicator"]] = row["feed"]

    def stream(self, records):
        """Called with the records of each chunk."""
        for record in records:
            try:
                feed = self.listed.get(record.get("sourceIPAddress"), "")
            except (TypeError, ValueError):  # a service's name, or IPv6 in a tree of IPv4
                feed = ""
            record["intel_match"] = "true" if feed else ""
            record["intel_feed"] = feed
            yield record


dispatch(MatchPytricia, sys.argv, sys.stdin, sys.stdout, __name__)
