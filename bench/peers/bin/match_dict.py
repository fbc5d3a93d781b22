"""A command of the SDK that matches single addresses with a dict of the whole list, read at its start."""

import csv
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))

from splunklib.searchcommands import Configuration, StreamingCommand, dispatch

LIST = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lookups", "indicators.csv")


@Configuration()
class MatchDict(StreamingCommand):
    """Adds intel_match and intel_feed."""

    def prepare(self):
        """Read the list."""
        with open(LIST, encoding="utf-8") as file:
            self.listed = {row["indicator"]: row["feed"] for row in csv.DictReader(file)}

    def stream(self, records):
        """Called with the records of each chunk."""
        for record in records:
            feed = self.listed.get(record.get("sourceIPAddress"), "")
            record["intel_match"] = "true" if feed else ""
            record["intel_feed"] = feed
            yield record


dispatch(MatchDict, sys.argv, sys.stdin, sys.stdout, __name__)
