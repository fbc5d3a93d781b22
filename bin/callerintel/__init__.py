"""Who called, from which address, how unusual that was, and how bad it is. The map, in reading order.

What both halves agree on:
    address.py      an address is a number, and a key in a lookup
    sorted_csv.py   a lookup is a CSV file sorted by its first column
    lookups.py      which lookups there are: names, columns, folder
    frames.py       messages between splunkd and a search command, as bytes
    errors.py       what somebody must be told

The search half, `search/`, in the order in which an event passes through it:
    start_up.py       what a process does not load
    command.py        the search command: the conversation with splunkd
    options.py        what a search may ask for
    chunk.py          a chunk of events in, the same chunk with our fields out, by chunk_fast.py or chunk_plain.py
    answer.py         which columns, which events; their text, put together from pieces.py
    cloudtrail.py     columns or `_raw` -> Call, the few things we read of an event
    caller.py         userIdentity -> caller;   caller_groups.py   who else can speak for it
    behaviour.py      action, agent, region;    user_agent.py      user agent -> family
    source_address.py what stands in sourceIPAddress
    sorted_lookup.py  one row of a sorted lookup, found by bisecting it in place (csv_columns.py
                      reads its cells, met_lines.py remembers the way)
    intel.py          address -> what the lists and AWS say of it
    baseline.py       caller and value -> since when
    allowlist.py      what the team has allowed
    severity.py       the table
    finding.py        all of it together: Finding
    verdict.py        its fields as a search sees them (fields.py), with the reason in a sentence (reason.py)
    learning.py       what a call teaches the baseline
    explain.py        every step behind a verdict

The feeds half, `feeds/`, is mapped in its own `__init__`. Neither half imports the other; nothing outside `feeds/` imports
requests.

The package is not called maliciouscaller because bin/maliciouscaller.py, the entry point that splunkd starts, already is
the module of that name: bin/ is first on sys.path.
"""
