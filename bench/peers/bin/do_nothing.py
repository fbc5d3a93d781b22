"""A command of the SDK that does nothing: what every SDK command pays just to be there."""

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))

from splunklib.searchcommands import Configuration, StreamingCommand, dispatch


@Configuration()
class DoNothing(StreamingCommand):
    """Hands every record on."""

    def stream(self, records):
        """Called with the records of each chunk."""
        for record in records:  # noqa: UP028  # as people write it: here they would change the record
            yield record


dispatch(DoNothing, sys.argv, sys.stdin, sys.stdout, __name__)
