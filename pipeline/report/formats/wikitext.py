"""report.wiki and a page for each group: MediaWiki markup, to be pasted into wiki pages.

MediaWiki expands templates, signatures, links and magic words in the raw wikitext and decodes character references only
in what it shows, so a reference is inert wherever it stands. Only what could act is replaced: facilitators edit these
pages by hand. Sources: mediawiki.org Help:Formatting, Help:Links, Help:Magic_words, Help:Extension:Translate/Page
translation administration, Manual:$wgUrlProtocols and Parser::handleMagicLinks.

Templates mark each quote with its place, `<bdi data-quote="2:120-180">`. `record_places` moves these marks into one
comment at the end of the page, which MediaWiki drops and a person may delete.
"""

import html
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from textwrap import fill

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
from pipeline.report.theme import Escapes, Theme
from pipeline.report.whole_pages import ReportView
from pipeline.translation import Translation

_BREAK = "<br />"
_INSIDE = r"""
        &(?=[\w\#])                        # references
      | \{\{+ | \}\}+ | (?<=-)\{ | \|    # templates, conversion between scripts, table cells
      | ''+ | ~~~+ | [_＿]{2,}(?=[^\W_＿]) # bold and italic, signatures, behaviour switches
      | (?<=[A-Za-z]):(?![^\S\n]+\S|\Z)   # the end of a URL scheme; white space at the end is a reference, too
"""
_WORDS = r"""
    | (?P<word>\b(?:RFC|PMID|ISBN)(?=\s+\d|\s*\Z))   # magic links
    | (?P<scheme>\b(?i:bitcoin|geo|magnet|mailto|news|sips?|sms|tel|urn|xmpp)(?=:\Z)):  # these need no slashes
"""
_ANYWHERE = re.compile(
    rf"""
      (?P<all>
        \A[^\S\n]+ | (?<=\S)[^\S\n]+\Z   # white space that would make a line preformatted, or be trimmed
      | [<>\[\]{{}}] | ~~+ | __+ | !!+ | &\Z
      | \A['~_*\#:;=!+-] | ['~_]\Z       # list marks, headings, table marks; joined to what stands beside the text
      | {_INSIDE}
      )
    {_WORDS}
    """,
    re.VERBOSE,
)
_BETWEEN_MARKS = re.compile(
    rf"""
      (?P<all>
        <(?=[A-Za-z/!?\n]|\Z)                # tags and comments
      | \[\[+ | \[(?=/) | \]\]+            # links
      | {_INSIDE}
      )
    {_WORDS}
    """,
    re.VERBOSE,
)
_REMEMBERED = 65536
"""So many texts are escaped once only: a quote stands in the report and on the pages of several groups."""

_MARKED = re.compile(r'<bdi data-quote="([^"]*)"(?: (lang="[^"]*"))?>(.*?)</bdi>')
_PLACES = re.compile(r"\n<!-- Quotes .*?:\n([^<>]*)\n-->\n\Z")
_SOURCE = re.compile(r"(?:</bdi>)?” — (?=(.*))(?:.*?\[(?:https?:\S+ |\[\#pad-[\w-]+\|)([^\]]*)\])?")


@lru_cache(_REMEMBERED)
def escape(text: str) -> str:
    """Return `text` as wikitext on one line; nothing of it is markup, wherever it stands."""
    return _ANYWHERE.sub(_inert, spell_out_controls(text)).replace("\n", _BREAK)


@lru_cache(_REMEMBERED)
def escape_quote(text: str) -> str:
    """Return `text` as `escape` does, but to stand between quotation marks, where less could act."""
    return _BETWEEN_MARKS.sub(_inert, spell_out_controls(text)).replace("\n", _BREAK)


def _inert(match: re.Match[str]) -> str:
    if match["word"]:
        return to_references(match["word"][0]) + match["word"][1:]
    return match["scheme"] + to_references(":") if match["scheme"] else to_references(match["all"])


def unescape(markup: str) -> str:
    """Invert `escape` and `escape_quote`."""
    return restore_controls(html.unescape(markup.replace(_BREAK, "\n")))


def record_places(marked: str) -> str:
    """Return a page with the places of its quotes in a comment at its end instead of in marks.

    An entry `2:120-180=14:7-67` says that line 14 of the page, from its character 7 to before its character 67, counted
    from 0, has characters 120 to 180 of pad 2.
    """
    lines, places = [], []
    for number, marked_line in enumerate(marked.split("\n"), start=1):
        line = marked_line
        while match := _MARKED.search(line):
            place, language, words = match.groups()
            before = line[: match.start()] + (f"<bdi {language}>" if language else "")
            line = before + words + ("</bdi>" if language else "") + line[match.end() :]
            places.append(f"{place}={number}:{len(before)}-{len(before) + len(words)}")
        lines.append(line)
    page = "\n".join(lines)
    if not places:
        return page
    note = "Quotes that were compared with the pads (pad:characters=line:characters of this page); may be deleted"
    return f"{page}\n<!-- {note}:\n{fill(' '.join(places), 100, break_on_hyphens=False)}\n-->\n"


def read_back(page: str) -> Iterator[ReadQuote]:
    """Return the text at each recorded place, with the text of the link after it or else the rest of the line.

    Raises ValueError for a place that is not between quotation marks with a dash after them.
    """
    recorded = _PLACES.search(page)
    lines = page.split("\n")
    for entry in recorded[1].split() if recorded else ():
        place, position = entry.split("=")
        number, start, end = map(int, re.split("[:-]", position))
        line = lines[number - 1]
        source = _SOURCE.match(line, end)
        if not source or not re.search(r"“(?:<bdi [^<>]*>)?\Z", line[:start]):
            raise ValueError(f"{entry} is not a quote in line {number}")
        yield ReadQuote.at(place, unescape(line[start:end]), unescape(source[2] or source[1]))


def _shown_words(analysis: Analysis, texts: Mapping[PadId, str]) -> Iterator[Span]:
    """Return where the lines of all pads stand that are not blank."""
    return (span for span in shown_lines(analysis, texts) if texts[span[0]][span[1] : span[2]].strip())


def render(view: ReportView, translation: Translation, theme: Theme) -> dict[str, str]:
    """Render the pages, that of the report with the introduction in the markup of wikis."""
    introduction = Markup(introduction_text(view.introduction, DIALECT))  # noqa: S704 - escaped by the dialect
    escapes = Escapes(inert=escape, quote=escape_quote)
    pages = {
        **render_template(view, translation, theme, name="report.wiki", escapes=escapes, introduction=introduction),
        **render_group_pages(view, translation, theme, ending=".wiki", escapes=escapes),
    }
    return {name: record_places(page) for name, page in pages.items()}


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
