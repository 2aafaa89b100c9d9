"""Quotes in Markdown: what CommonMark, GitHub's or Pandoc's dialect would act on is escaped.

CommonMark 0.31.2: any ASCII punctuation may be escaped with a backslash (2.4); a reference is never markup (2.5).
Only what could act is escaped, so that the file stays readable as text.
"""

import re

from pipeline.report.escape.references import decoded, referred
from pipeline.report.escape.visible import restored, visible

_BREAK = "<br>"
_ACTIVE = re.compile(
    r"""
      (?P<reference>
        ^[^\S\n]+ | (?<=\S)[^\S\n]+$   # indented code, hard line breaks
      | [<>&|\t]                     # HTML, tables, autolinks, block quotes, references, code blocks
      )
    | (?P<number>^[0-9]+(?=[.)](?:\s|$)))  # the number of an ordered list's item
    | (?P<escaped>
        [\\`*_{}\[\]~$^@\#]          # emphasis, code, links, mathematics, footnotes, mentions, headings
      | ^[-+=:]                      # list marks, rules, underlined headings, definitions
      | (?<=[A-Za-z]):(?!\s)         # the end of a URL scheme
      | (?i:(?<=\bwww)\.)            # "www." begins a link in GitHub's dialect
      )
    """,
    re.VERBOSE | re.MULTILINE,
)
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")


def markdown(text: str) -> str:
    """`text` as Markdown on one line; nothing of it is markup."""
    return _ACTIVE.sub(_inert, visible(text)).replace("\n", _BREAK)


def unmarkdown(markup: str) -> str:
    """What `markdown` was given."""
    return restored(decoded(_ESCAPED.sub(r"\1", markup.replace(_BREAK, "\n"))))


def _inert(match: re.Match[str]) -> str:
    if match["reference"]:
        return referred(match["reference"])
    return match["number"] + "\\" if match["number"] else "\\" + match["escaped"]
