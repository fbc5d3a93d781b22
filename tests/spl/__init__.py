"""SPL as far as our own searches use it: a parser, static checks, and a small interpreter.

It is the reference of what we rely on; `[spl 5.3 stats]` in a docstring names the row of our notes that says where Splunk
documents it. Nothing of ours is imported but the stand-in for splunkd. Reading order:

    errors          what can be wrong: SearchSyntaxError, Unsupported, SearchFailed
    split           a search → commands
    words           arguments → words and options
    expression      eval and where → a tree (tree: its nodes)
    terms           search terms → a tree
    aggregations    count(x) AS n BY y
    arguments       what each command is told
    parse           text → commands (with parse_commands, parse_lookups, parse_charts)
    vocabulary      the table of commands and functions
    macros          `name(a)` → text
    app             what an app's folder has: macros, lookups, saved searches, views
    rules           what can be wrong with an expression
    check           static checks of one search (with check_commands; flow, flow_effects: which fields are there)
    sources         every search that an app ships
    values          null, texts, numbers, several values; how they compare
    patterns times  regexes, wildcards, networks; time
    matching        search terms on a row
    evaluate        expressions on a row (with functions, functions_of_one, functions_of_many)
    aggregates      the functions of stats
    table context   rows, and what a run knows
    commands/       what each command does with rows
    run             Interpreter: start here
"""

from .app import App
from .check import Problem, check_search
from .errors import SearchFailed, SearchSyntaxError, SplError, Unsupported
from .parse import parse_search
from .run import Interpreter
from .sources import check_app

__all__ = [
    "App",
    "Interpreter",
    "Problem",
    "SearchFailed",
    "SearchSyntaxError",
    "SplError",
    "Unsupported",
    "check_app",
    "check_search",
    "parse_search",
]
