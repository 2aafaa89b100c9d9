"""report.wiki and a page for each group: MediaWiki markup, to be pasted into wiki pages.

MediaWiki expands templates, signatures, links and magic words in the raw wikitext and decodes character references only
in what it shows, so a reference is inert wherever it stands. Only what could act is replaced: facilitators edit these
pages by hand. Sources: mediawiki.org Help:Formatting, Help:Links, Help:Magic_words, Manual:$wgUrlProtocols and
Parser::handleMagicLinks.
"""

import html
import re
from collections.abc import Iterator, Mapping

from markupsafe import Markup

from fetch.corpus_records import PadId
from pipeline.analysis_records import Analysis
from pipeline.report.formats.introduction import Dialect, introduction_text
from pipeline.report.formats.output_format import (
    Format,
    ReadQuote,
    Span,
    content_segments,
    render_group_pages,
    render_template,
    restore_controls,
    shown_lines,
    spell_out_controls,
    to_references,
)
from pipeline.report.whole_pages import ReportView
from pipeline.translation import Translation

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
_QUOTE = re.compile(r'<bdi data-quote="([^"]*)"[^>]*>(.*?)</bdi>(?:.*?\[https?:\S+ ([^\]]*)\]|(.*))')


def escape(text: str) -> str:
    """Return `text` as wikitext on one line; nothing of it is markup."""
    return _ACTIVE.sub(_inert, spell_out_controls(text)).replace("\n", _BREAK)


def _inert(match: re.Match[str]) -> str:
    word: str | None = match["word"]
    return to_references(word[0]) + word[1:] if word else to_references(match["all"])


def unescape(markup: str) -> str:
    """Invert `escape`."""
    return restore_controls(html.unescape(markup.replace(_BREAK, "\n")))


def read_back(page: str) -> Iterator[ReadQuote]:
    """Return the text of every `<bdi data-quote>`, with the text of the link after it or else the rest of the line.

    In a quote `<` and `[` are always written as references.
    """
    for place, quote, link, rest in _QUOTE.findall(page):
        yield ReadQuote.at(place, unescape(quote), unescape(link or rest.removeprefix("” — ")))


def _shown_words(analysis: Analysis, texts: Mapping[PadId, str]) -> Iterator[Span]:
    """Return where the lines of all pads stand that are not blank."""
    return (span for span in shown_lines(analysis, texts) if texts[span[0]][span[1] : span[2]].strip())


def render(view: ReportView, translation: Translation) -> dict[str, str]:
    """Render the pages, that of the report with the introduction in the markup of wikis."""
    introduction = Markup(introduction_text(view.introduction, DIALECT))  # noqa: S704 - escaped by the dialect
    escapes = {"inert": escape, "quote": escape}
    return {
        **render_template(view, translation, name="report.wiki", **escapes, introduction=introduction),
        **render_group_pages(view, translation, ending=".wiki", **escapes),
    }


def _link(words: str, url: str) -> str:
    """Return an external link; a wiki has no use for other addresses."""
    address = url.replace("'", "%27")
    return f"[{address} {words}]" if url.startswith(("http://", "https://", "mailto:")) else words


DIALECT = Dialect(
    escape=escape,
    emphasis="''",
    strong="'''",
    code=("<code>", "</code>"),
    line_break=_BREAK,
    heading=lambda level, words: f"{'=' * level} {words} {'=' * level}",
    link=_link,
    item=lambda numbers, words: f"{''.join('#' if number else '*' for number in numbers)} {words}",
)

FORMAT = Format(
    render=render,
    read_back=read_back,
    quotes={"report.wiki": content_segments},
    group_pages={".wiki": _shown_words},
)
