"""Quotes in MediaWiki markup: what MediaWiki would act on is written as a numeric character reference.

MediaWiki expands templates, signatures, links and magic words in the raw wikitext and decodes references only in
what it shows, so a reference is inert wherever it stands. Only what could act is replaced: facilitators edit these
pages by hand. Sources: mediawiki.org Help:Formatting, Help:Links, Help:Magic_words, Manual:$wgUrlProtocols and
Parser::handleMagicLinks.
"""

import re

from pipeline.report.escape.references import decoded, referred
from pipeline.report.escape.visible import restored, visible

_BREAK = "<br />"
_ACTIVE = re.compile(
    r"""
      (?P<all>
        ^[^\S\n]+ | (?<=\S)[^\S\n]+$   # white space that would make a line preformatted, or be trimmed
      | [<>&\[\]{}|\t]               # tags, references, links, templates, table cells
      | ''+ | ~~+ | __+ | !!+        # bold and italic, signatures, behaviour switches, header cells
      | \A['~_] | ['~_]\Z            # the same, begun or ended by what stands beside the quote
      | ^[*\#:;=!+-]                 # list marks, headings, rules, table marks
      | (?<=[A-Za-z]):(?!\s)         # the end of a URL scheme
      )
    | (?P<word>\b(?:RFC|PMID|ISBN)(?=\s))  # magic links
    """,
    re.VERBOSE | re.MULTILINE,
)


def wiki(text: str) -> str:
    """`text` as wikitext on one line; nothing of it is markup."""
    return _ACTIVE.sub(_inert, visible(text)).replace("\n", _BREAK)


def unwiki(markup: str) -> str:
    """What `wiki` was given."""
    return restored(decoded(markup.replace(_BREAK, "\n")))


def _inert(match: re.Match[str]) -> str:
    word: str | None = match["word"]
    return referred(word[0]) + word[1:] if word else referred(match["all"])
