"""The hostile texts of tests/cases/report/hostile, and a strategy for any others."""

import re
from pathlib import Path

from hypothesis import strategies as st

_FILE = Path(__file__).parent / "cases" / "report" / "hostile" / "negative.txt"
_SPELLED = re.compile(r"\\(?:([nrt0\\])|x([0-9a-f]{2})|u([0-9a-f]{4})|U([0-9a-f]{8}))")
_LETTERS = {"n": "\n", "r": "\r", "t": "\t", "0": "\0", "\\": "\\"}


def _spelled(match: re.Match[str]) -> str:
    letter, *codes = match.groups()
    return _LETTERS[letter] if letter else chr(int(next(code for code in codes if code), 16))


HOSTILE = tuple(
    _SPELLED.sub(_spelled, line)
    for line in _FILE.read_text(encoding="utf-8").split("\n")
    if line and not line.startswith(("# Pad text", "# ---"))
)

_FRAGMENTS = st.sampled_from(
    [*"<>&\"'`*_{}[]()#+-=.!|~:;/\\ \t\n\r\0@$^⟦⟧", "://", "RFC 1", "www.", "U+0041", "<br>", "<br />", "1.", "“", "”"]
)
ANY_TEXT = st.one_of(
    st.sampled_from(HOSTILE),
    st.text(st.characters(exclude_categories=[])),
    st.lists(st.one_of(_FRAGMENTS, st.text(max_size=3)), max_size=12).map("".join),
)
"""Any text at all, surrogates included, and often one made of what the formats act on."""
