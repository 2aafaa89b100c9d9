"""report.md: the report as Markdown, for GitHub's, Pandoc's and other dialects of CommonMark with tables.

CommonMark 0.31.2: any ASCII punctuation may be escaped with a backslash (2.4); a character reference is never markup
(2.5). Only what could act is escaped, so that the file stays readable as text.
"""

import html
import re
from collections.abc import Iterator, Sequence

from markupsafe import Markup

from pipeline.report.formats.introduction import Dialect, introduction_text
from pipeline.report.formats.output_format import (
    Format,
    ReadQuote,
    content_segments,
    render_template,
    restore_controls,
    spell_out_controls,
    to_references,
)
from pipeline.report.theme import Escapes, Theme
from pipeline.report.whole_pages import ReportView
from pipeline.translation import Translation

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
_QUOTE = re.compile(r'^[^“\n]*“(.*)” — \[(.*)\]\((?:report|groups/[\w~%.-]+)\.html#[\w-]+ "([^"]*)"\)', re.MULTILINE)


def escape(text: str) -> str:
    """Return `text` as Markdown on one line; nothing of it is markup."""
    return _ACTIVE.sub(_inert, spell_out_controls(text)).replace("\n", _BREAK)


def _inert(match: re.Match[str]) -> str:
    if match["reference"]:
        return to_references(match["reference"])
    return match["number"] + "\\" if match["number"] else "\\" + match["escaped"]


def unescape(markup: str) -> str:
    """Invert `escape`."""
    return restore_controls(html.unescape(_ESCAPED.sub(r"\1", markup.replace(_BREAK, "\n"))))


def read_back(page: str) -> Iterator[ReadQuote]:
    """Return the words of every line that ends in a link to where they stand, with the text of the link.

    In a quote `[` always has a backslash before it.
    """
    for quote, link, place in _QUOTE.findall(page):
        yield ReadQuote.at(place, unescape(quote), unescape(link))


def render(view: ReportView, translation: Translation, theme: Theme) -> dict[str, str]:
    """Render the report, with the introduction as it was written but for what could act."""
    introduction = Markup(introduction_text(view.introduction, DIALECT))  # noqa: S704 - escaped by the dialect
    return render_template(
        view,
        translation,
        theme,
        name="report.md",
        escapes=Escapes(inert=escape, quote=escape),
        introduction=introduction,
    )


def _item(numbers: Sequence[int], words: str) -> str:
    return f"{'   ' * (len(numbers) - 1)}{f'{numbers[-1]}.' if numbers[-1] else '-'} {words}"


DIALECT = Dialect(
    escape=lambda text: re.sub(r"!\Z", r"\!", escape(text)),  # "!" and a link would be an image
    emphasis="*",
    strong="**",
    code=("<code>", "</code>"),
    line_break=_BREAK,
    heading=lambda level, words: f"{'#' * level} {words}",
    link=lambda words, url: f"[{words}](<{url}>)",
    item=_item,
)

FORMAT = Format(
    render=render,
    read_back=read_back,
    quotes={"report.md": content_segments},
)
