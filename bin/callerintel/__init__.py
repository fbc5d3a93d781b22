"""Who called, from which address, how unusual that was, and how bad it is. The map, in reading order.

What both halves agree on:
    address.py      an address is a number, and a key in a lookup
    sorted_csv.py   a lookup is a CSV file sorted by its first column; one row is found by bisecting it in place
    lookups.py      which lookups there are: names, columns, folder
    errors.py       what somebody must be told

The search half, `search/`, in the order in which an event passes through it:
    command.py      the search command: options, messages, the conversation with splunkd
    chunk.py        a chunk of events in, the same chunk with our fields out
    fields.py       which fields those are
    cloudtrail.py   columns or `_raw` -> Call, the few things we read of an event
    caller.py       userIdentity -> caller
    user_agent.py   user agent -> family
    intel.py        address -> what the lists and AWS say of it
    baseline.py     caller and value -> since when
    allowlist.py    what the team has allowed
    severity.py     the table
    verdict.py      all of it together: Call -> Verdict

The feeds half, `feeds/`, is mapped in its own `__init__`. Neither half imports the other; nothing outside `feeds/` imports
requests or netaddr.

The package is not called maliciouscaller because bin/maliciouscaller.py, the entry point that splunkd starts, already is
the module of that name: bin/ is first on sys.path.
"""
