"""Quotes in HTML: control characters stand in elements that name their code point."""

import re

from markupsafe import Markup, escape

from pipeline.report.escape.visible import CONTROLS, code_point

ATTRIBUTE = "data-cp"
"""On the element that stands for a control character: its code point in hexadecimal."""

_CONTROL = re.compile(f"([{CONTROLS}])")


def html(text: str) -> Markup:
    """`text` as HTML: nothing of it is markup, and a control character is a small box with its name."""
    pieces = _CONTROL.split(text)
    return Markup("").join(_box(piece) if index % 2 else escape(piece) for index, piece in enumerate(pieces))


def _box(character: str) -> Markup:
    return Markup('<span class="cp" {}="{:04x}">{}</span>').format(
        Markup(ATTRIBUTE),  # noqa: S704 - a constant of ours
        ord(character),
        code_point(character),
    )
