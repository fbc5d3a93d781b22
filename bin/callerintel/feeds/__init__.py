"""The feeds half: threat-intelligence feeds and AWS's address ranges become lookups. Runs on a search head, as long as it likes.

Read in the order of the data:

    feed_input      splunkd's modular-input protocol: scheme, validation, one run, one status event
    stop            splunkd's wish that it ends, told by the status event
    feed_config     a stanza of inputs.conf, checked once; `arguments` and `connection_arguments` are the table of its settings,
                    `setting_checks` how their text is read, `categories` their words; `schedule` reads splunkd's interval
    shared_settings what holds for all feeds: maliciouscaller.conf
    feed_checks     what else is checked when a stanza is saved; `trial`: a list looked at without using it; `trial_command`: the
                    same as a search command, for the set-up page
    feed            the life of one feed: fetch, parse, hygiene, trust, write, segments, publish, report
    place           where it runs, and as what: alone, as a cluster's captain or as a member; `splunkd` is who is asked
    feed_list       the list itself, from the publisher to clean indicators; `publishers`: one at a time, and not too often
    credentials     the only module that sees a secret; `store_credential` puts one into the store
    fetch/          how documents arrive: a URL (`client` is the polite part, `session` its connections), a file, TAXII, MISP, pages (`paging`, `store`); `unpack`
                    opens gzip, zip and tar
    document        what arrived, as text; an indicator; a line that is none
    formats/        what a document says: one module a format, found by its NAME; with `entry` (spellings of addresses), `rows` (columns
                    and fields), `json_text`, `xml_text` and `stix_pattern`
    statements      what the publisher says about the list: how many entries, of when, whether it still exists
    hygiene         only what can call anything on the internet stays; `range_sets` are its arithmetic
    well_known      how much of a list lies in clouds and public resolvers
    trust           whether the new list may replace the old one
    feed_lookup     the lookup of one feed: what is new, what left, since when
    aws_ranges      the lookup of AWS's own address ranges
    segments        all feeds as disjoint segments: malicious_ips.csv; `generation` knows when it must be made again, and of whom
    publish         a file in place, whole, or not at all
    checkpoint      what one run tells the next; `memory_file`: how it is kept
    report          the status event; `log`: the lines for splunkd.log

Nothing here is imported by the search half; requests is imported by `fetch.client` and `fetch.session` alone.
"""

from __future__ import annotations

VERSION = "0.1.0"  # a test compares it with app.conf
PRODUCT = f"TA-maliciouscaller/{VERSION} (Splunk add-on for AWS CloudTrail"  # client closes the bracket
