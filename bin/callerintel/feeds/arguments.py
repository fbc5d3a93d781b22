"""The settings of a feed: one table for the scheme that splunkd shows, for the checks, and for inputs.conf.spec.

Each row says what an administrator reads beside the box, how the text is checked, and what an empty box means. `interval`,
`index`, `disabled` and their like are splunkd's own and not listed [platform 3.1].
"""

from __future__ import annotations

from callerintel.feeds.categories import CATEGORIES
from callerintel.feeds.connection_arguments import CONNECTION_ARGUMENTS
from callerintel.feeds.formats import AUTO, FORMATS
from callerintel.feeds.setting_checks import (
    Argument,
    conditions,
    field_names,
    networks,
    networks_and_feeds,
    one_of,
    record_path,
    separator,
    some_text,
    true_or_false,
    whole_number,
)

SEVERITIES = ("informational", "low", "high")

# `url` is checked by feed_config, which knows what may be fetched.
ARGUMENTS: tuple[Argument, ...] = (
    Argument(
        "url",
        "List",
        "Where the list is: an https:// address, or the absolute path of a file on this host, or of a folder all of whose files"
        " are the list. A path may begin with $SPLUNK_HOME/. Plain http:// is accepted for this host only.",
        some_text,
        required=True,
    ),
    Argument(
        "format",
        "Format",
        "How the list is written: auto looks at the list itself. plain is one address, network or range a line; aws is AWS's"
        " ip-ranges.json and fills aws_ip_ranges instead of malicious_ips. All: " + ", ".join((AUTO, *FORMATS)) + ".",
        one_of((AUTO, *FORMATS)),
        "auto",
    ),
    Argument(
        "delivery",
        "Delivery",
        "How the list is delivered: list, one list or an archive of lists; pages, a list in pages (the answer names the next"
        " one, or the address has a parameter named page); taxii, a TAXII 2.1 server, API root or collection; misp, the"
        " folder of a MISP feed, where manifest.json is.",
        one_of(("list", "pages", "taxii", "misp")),
        "list",
    ),
    Argument(
        "collection",
        "TAXII collection",
        "The id, alias or title of the collection to read, where the address does not name one.",
        some_text,
    ),
    Argument(
        "history_days",
        "History, in days",
        "Leave out what changed last before so many days: MISP events, TAXII objects. {since} in the address becomes the day"
        " that it was then. 0 reads everything.",
        whole_number(0, 36500),
        "0",
        kind="integer",
    ),
    Argument(
        "fields",
        "Columns or fields",
        "For the formats delimited and json_records: which column or field holds what, as indicator=dst_ip, confidence=score,"
        " description=malware|tags, first_seen=added, last_seen=seen; last=end where a row has the first and the last address of a"
        " range. Columns by name, or by number from 1; fields by name, with dots between nested ones. Empty: found by their names.",
        field_names,
    ),
    Argument(
        "records",
        "Path to the records",
        "For the format json_records: where in the document the records are, as data.items; * stands for every value of an object."
        " Empty: found by their names.",
        record_path,
    ),
    Argument(
        "separator",
        "Separator",
        "For the format delimited: the character between columns, or its name: comma, semicolon, tab, pipe, blank, hash. Empty:"
        " found.",
        separator,
    ),
    Argument(
        "where",
        "Only rows where",
        "For the formats delimited and json_records: only rows with these values are read, as status=online, type=ip|cidr.",
        conditions,
    ),
    Argument(
        "min_confidence",
        "Least confidence",
        "Leave out entries to which the list itself gives less confidence than this, 0 to 100.",
        whole_number(0, 100),
        "0",
        kind="integer",
    ),
    Argument(
        "category",
        "Category",
        "What the addresses are listed for: " + ", ".join(CATEGORIES) + ". Shown with each match as intel_category.",
        one_of(tuple(CATEGORIES)),
        "other",
    ),
    Argument(
        "confidence",
        "Confidence",
        "How sure a call from a listed address is unwanted, 0 to 100. Used where the list itself gives no confidence.",
        whole_number(0, 100),
        "50",
        kind="integer",
    ),
    Argument(
        "description",
        "Description",
        "A few words shown with each match as intel_description. Used where the list itself gives none.",
        some_text,
    ),
    Argument(
        "keep_reserved",
        "Keep reserved addresses",
        "true keeps private, documentation and other addresses that are not routed on the internet. For laboratories and"
        " samples only.",
        true_or_false,
        "false",
        kind="boolean",
    ),
    Argument(
        "min_entries",
        "Fewest entries",
        "A list with fewer entries is refused and the last good one stays. 0 accepts an empty list.",
        whole_number(0, 100_000_000),
        "1",
        kind="integer",
    ),
    Argument(
        "max_shrink",
        "Largest shrink, in percent",
        "A list that lost more than this share of its entries is refused and the last good one stays; the same list is"
        " accepted when the publisher serves it for the third time. 100 accepts any shrink.",
        whole_number(0, 100),
        "80",
        kind="integer",
    ),
    Argument(
        "max_severity",
        "Highest severity",
        "The highest severity that a match of this list alone may cause: informational, low or high. Empty: no limit. A match"
        " of several lists has the highest of theirs. For lists on which your own people may be, such as those of VPNs.",
        one_of(SEVERITIES),
    ),
    Argument(
        "own_networks",
        "Own networks",
        "Addresses and networks of your own, separated by commas: they are taken out of the list.",
        networks,
    ),
    Argument(
        "exclude",
        "Left out",
        "Addresses and networks to take out of the list, and names of other feeds whose indicators are taken out of it, separated"
        " by commas: a list of VPNs without Apple's Private Relay, for example.",
        networks_and_feeds,
    ),
    Argument(
        "expire_days",
        "Days to keep what left the list",
        "An indicator that is no longer listed stays for so many days after it was last listed. 0: it leaves at once.",
        whole_number(0, 3650),
        "0",
        kind="integer",
    ),
    Argument(
        "stale_days",
        "Days until the content is stale",
        "The status event says stale = true when the publisher's own date of the list is older than so many days, however"
        " well its download works. 0: never.",
        whole_number(0, 3650),
        "30",
        kind="integer",
    ),
    *CONNECTION_ARGUMENTS,
)
