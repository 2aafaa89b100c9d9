"""Quotes in CSV: a cell that a spreadsheet would take for a formula begins with an apostrophe.

The rule, with its inverse: **where a cell of pad text begins with an apostrophe, take that one apostrophe away**; what
remains is the text, to the character. It is there where the text begins with `=`, `+`, `-`, `@`, their full-width
forms, white space or an apostrophe of its own (OWASP, "CSV Injection"). Control characters are spelled out.
"""

import re

from pipeline.report.escape.visible import restored, visible

_STARTS_A_FORMULA = re.compile(r"[=+\-@＝＋－＠\s']")


def cell(text: str) -> str:
    """`text` as the content of a CSV cell (the quoting is the CSV writer's)."""
    shown = visible(text)
    return f"'{shown}" if _STARTS_A_FORMULA.match(shown) else shown


def uncell(content: str) -> str:
    """What `cell` was given."""
    return restored(content.removeprefix("'"))
