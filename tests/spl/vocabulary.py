"""The words that our searches may use: commands with their options, functions with the number of their arguments.

Only a table: names and options from Splunk's own reference [spl 7, specs 10.2 spl], what is `banned` from [spl 3.10], what is
`unsure` from [spl 5]: known to Splunk, but what it does in our case is not documented, so no shipped search may use it
and the interpreter raises on it. A word that stands nowhere here is misspelt or needs a row first.
"""

from __future__ import annotations

from typing import NamedTuple

GENERATING, STREAMING, TRANSFORMING, OTHER = "generating", "streaming", "transforming", "other"


class CommandWord(NamedTuple):
    """One command. kind: what it does with rows; options: their names; refused: why no shipped search may use it."""

    kind: str
    options: tuple[str, ...] = ()
    refused: str = ""


def _command(kind: str, options: str = "", refused: str = "") -> CommandWord:
    return CommandWord(kind, tuple(options.split()), refused)


_BINS = "bins minspan span start end aligntime"
_CHART = f"sep format cont limit agg nullstr otherstr usenull useother dedup_splitvals {_BINS}"
_SUBSEARCH_CUT = "a subsearch is cut at 10,000 rows and 60 seconds without an error"

COMMANDS: dict[str, CommandWord] = {
    "search": _command(STREAMING),
    "where": _command(STREAMING),
    "eval": _command(STREAMING),
    "fieldformat": _command(STREAMING),
    "fields": _command(STREAMING),
    "table": _command(TRANSFORMING),
    "rename": _command(STREAMING),
    "stats": _command(TRANSFORMING, "partitions allnum delim dedup_splitvals"),
    "eventstats": _command(OTHER, "allnum"),
    "streamstats": _command(OTHER, "reset_on_change reset_before reset_after current window time_window global allnum"),
    "chart": _command(TRANSFORMING, _CHART),
    "timechart": _command(TRANSFORMING, f"{_CHART} fixedrange partial"),
    "top": _command(TRANSFORMING, "limit showperc showcount countfield percentfield useother otherstr"),
    "rare": _command(TRANSFORMING, "limit showperc showcount countfield percentfield useother otherstr"),
    "sort": _command(OTHER, "limit"),
    "dedup": _command(STREAMING, "keepevents keepempty consecutive"),
    "head": _command(STREAMING, "limit null keeplast"),
    "tail": _command(OTHER),
    "reverse": _command(OTHER),
    "fillnull": _command(STREAMING, "value"),
    "rex": _command(STREAMING, "field max_match offset_field mode"),
    "makemv": _command(STREAMING, "delim tokenizer allowempty setsv"),
    "mvexpand": _command(STREAMING, "limit"),
    "nomv": _command(STREAMING),
    "bin": _command(STREAMING, _BINS),
    "bucket": _command(STREAMING, _BINS),
    "convert": _command(STREAMING, "timeformat"),
    "foreach": _command(OTHER, "fieldstr matchstr matchseg1 matchseg2 matchseg3 mode itemstr iterstr"),
    "untable": _command(STREAMING),
    "xyseries": _command(TRANSFORMING, "grouped sep format"),
    "append": _command(OTHER, "extendtimerange maxtime maxout timeout", f"{_SUBSEARCH_CUT}; use inputlookup append=true"),
    "appendpipe": _command(OTHER, "run_in_preview"),
    "addinfo": _command(STREAMING),
    "lookup": _command(STREAMING, "local update event_time_field"),
    "inputlookup": _command(GENERATING, "append start max strict"),
    "outputlookup": _command(
        OTHER, "append create_empty override_if_empty max key_field createinapp create_context output_format allow_updates"
    ),
    "makeresults": _command(GENERATING, "count annotate splunk_server splunk_server_group format data"),
    "tstats": _command(
        GENERATING,
        "prestats local append summariesonly include_reduced_buckets allow_old_summaries chunk_size fillnull_value span",
    ),
    "rest": _command(GENERATING, "count strict splunk_server splunk_server_group timeout search"),
    "iplocation": _command(STREAMING, "prefix allfields lang"),
    "geostats": _command(
        TRANSFORMING,
        "translatetoxy latfield longfield outputlatfield outputlongfield globallimit locallimit binspanlat binspanlong"
        " maxzoomlevel",
    ),
    # Splunk has these; a search of ours may not.
    "join": _command(OTHER, "type usetime earlier overwrite max left right", _SUBSEARCH_CUT),
    "map": _command(OTHER, "search maxsearches", "it runs at most 10 searches by default"),
    "transaction": _command(
        OTHER,
        "name maxspan maxpause maxevents startswith endswith connected unifyends keeporphans maxopentxn maxopenevents"
        " keepevicted mvlist delim nullstr mvraw",
        "it forgets transactions without an error when it runs out of room",
    ),
    "collect": _command(
        OTHER,
        "index addtime file spool marker testmode run_in_preview host source sourcetype uselb output_format",
        "a search that runs twice writes its results twice",
    ),
}


class FunctionWord(NamedTuple):
    """One eval function. most: None for any number; returns: bool, value, or `either` (what its arguments are)."""

    fewest: int
    most: int | None
    returns: str = "value"
    sure: bool = True


_ANY = None
_UNSURE = """
    acos acosh asin asinh atan atan2 atanh avg bit_and bit_not bit_or bit_shift_left bit_shift_right bit_xor
    commands cos cosh exact exp hypot ipmask isarray isbool isdouble isint ismv isobject isstr json json_append
    json_array json_array_to_mv json_delete json_entries json_extend json_extract json_extract_exact
    json_has_key_exact json_keys json_object json_set json_set_exact json_valid ln log lookup mv_to_json_array
    mvreverse pi printf random sigfig sin sinh spath sum tan tanh time toarray tobool todouble toint tomv toobject
    typeof
"""
EVAL_FUNCTIONS: dict[str, FunctionWord] = {
    # deciding
    "if": FunctionWord(3, 3, "either"),
    "case": FunctionWord(2, _ANY, "either"),
    "coalesce": FunctionWord(1, _ANY),
    "null": FunctionWord(0, 0),
    "nullif": FunctionWord(2, 2),
    "true": FunctionWord(0, 0, "bool"),
    "false": FunctionWord(0, 0, "bool"),
    "validate": FunctionWord(2, _ANY),
    "in": FunctionWord(2, _ANY, "bool"),
    "like": FunctionWord(2, 2, "bool"),
    "match": FunctionWord(2, 2, "bool"),
    "cidrmatch": FunctionWord(2, 2, "bool"),
    "searchmatch": FunctionWord(1, 1, "bool"),
    "isnull": FunctionWord(1, 1, "bool"),
    "isnotnull": FunctionWord(1, 1, "bool"),
    "isnum": FunctionWord(1, 1, "bool"),
    # text
    "lower": FunctionWord(1, 1),
    "upper": FunctionWord(1, 1),
    "len": FunctionWord(1, 1),
    "trim": FunctionWord(1, 2),
    "ltrim": FunctionWord(1, 2),
    "rtrim": FunctionWord(1, 2),
    "substr": FunctionWord(2, 3),
    "replace": FunctionWord(3, 3),
    "urldecode": FunctionWord(1, 1),
    "md5": FunctionWord(1, 1),
    "sha1": FunctionWord(1, 1),
    "sha256": FunctionWord(1, 1),
    "sha512": FunctionWord(1, 1),
    # several values
    "split": FunctionWord(2, 2),
    "mvappend": FunctionWord(1, _ANY),
    "mvcount": FunctionWord(1, 1),
    "mvdedup": FunctionWord(1, 1),
    "mvfilter": FunctionWord(1, 1),
    "mvfind": FunctionWord(2, 2),
    "mvindex": FunctionWord(2, 3),
    "mvjoin": FunctionWord(2, 2),
    "mvmap": FunctionWord(2, 2),
    "mvrange": FunctionWord(2, 3),
    "mvsort": FunctionWord(1, 1),
    "mvzip": FunctionWord(2, 3),
    # numbers
    "tonumber": FunctionWord(1, 2),
    "tostring": FunctionWord(1, 2),
    "abs": FunctionWord(1, 1),
    "ceiling": FunctionWord(1, 1),
    "ceil": FunctionWord(1, 1),
    "floor": FunctionWord(1, 1),
    "round": FunctionWord(1, 2),
    "min": FunctionWord(1, _ANY),
    "max": FunctionWord(1, _ANY),
    "pow": FunctionWord(2, 2),
    "sqrt": FunctionWord(1, 1),
    # time
    "now": FunctionWord(0, 0),
    "relative_time": FunctionWord(2, 2),
    "strftime": FunctionWord(2, 2),
    "strptime": FunctionWord(2, 2),
    # Splunk has these; nothing that we know of says all that a search of ours would rely on.
    **dict.fromkeys(_UNSURE.split(), FunctionWord(0, _ANY, sure=False)),
}
REGEX_ARGUMENTS = {"match": 1, "replace": 1, "mvfind": 1}

_STATS = """
    count c dc distinct_count values min max sum avg mean range sumsq var varp stdev stdevp median first last earliest latest
    earliest_time latest_time
"""
_UNSURE_STATS = """
    mode estdc estdc_error rate rate_avg rate_sum per_day per_hour per_minute per_second perc p exactperc upperperc
"""
STATS_FUNCTIONS = frozenset(_STATS.split())
UNSURE_STATS_FUNCTIONS = {
    "list": "it keeps the first 100 values and drops the rest",
    **dict.fromkeys(_UNSURE_STATS.split(), "what it gives exactly is not documented"),
}
TIME_MODIFIERS = ("earliest", "latest", "_index_earliest", "_index_latest")
