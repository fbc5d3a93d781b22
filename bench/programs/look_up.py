"""Looks addresses up that were never seen before, and says what one took: in the list alone, and in all that is known of an address.

    python look_up.py <the app's bin> <file of addresses>

A process of its own, because the lookups are found from where the app's code lies. Prints JSON: microseconds a look-up.
"""

import json
import sys
import time

sys.path.insert(0, sys.argv[1])

from callerintel.address import address_key, parse_address
from callerintel.lookups import MALICIOUS_IPS
from callerintel.search.intel import Intel
from callerintel.search.sorted_lookup import open_sorted


def main() -> None:
    """Both loops, each on files opened anew."""
    with open(sys.argv[2], encoding="ascii") as file:
        numbers = [number for number in map(parse_address, file.read().split()) if number is not None]
    lookup, problem = open_sorted(MALICIOUS_IPS)
    assert lookup is not None and not problem, problem
    started = time.perf_counter()
    for number in numbers:
        lookup.find(address_key(number).encode())
    alone = time.perf_counter() - started
    look_up = Intel().look_up
    started = time.perf_counter()
    for number in numbers:
        look_up(number)
    everything = time.perf_counter() - started
    count = len(numbers)
    print(json.dumps({"list_microseconds": alone / count * 1e6, "address_microseconds": everything / count * 1e6}))


main()
