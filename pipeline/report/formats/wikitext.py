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
from dataclasses import dataclass
from itertools import product
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
    template_macros,
    to_references,
)
from pipeline.report.report_records import GroupMark, Quote
from pipeline.report.whole_pages import ReportView
from pipeline.translation import Translation

_BREAK = "<br />"
_END = r"(?![\s\S])"
_ALPHANUMERIC = r"[^\x00-/:-@\[-`{-\x7f]"
"""A letter or digit of ASCII, or any character beyond it, since those of other scripts count as well."""

_INSIDE = (
    rf"&(?=[#_]|{_ALPHANUMERIC})"  # references
    r"|\{\{+|\}\}+|(?<=-)\{|\|"  # templates, conversion between scripts, table cells
    rf"|''+|~~~+|[_\uff3f]{{2,}}(?!\uff3f)(?={_ALPHANUMERIC})"  # bold and italic, signatures, behaviour switches
    rf"|(?<=[A-Za-z]):(?![^\S\n]+\S|{_END})"  # the end of a URL scheme; white space at the end is a reference, too
)
_SCHEMES = "bitcoin geo magnet mailto news sip sips sms tel urn xmpp".split()
"""The schemes of MediaWiki's links that need no slashes."""

_ANY_CASE = "|".join("".join(f"[{letter}{letter.upper()}]" for letter in scheme) for scheme in _SCHEMES)
_WORDS = (
    rf"|(?<![0-9A-Za-z_])(?P<word>RFC|PMID|ISBN)(?=\s+[0-9]|\s*{_END})"  # magic links
    rf"|(?<![0-9A-Za-z_])(?P<scheme>{_ANY_CASE})(?=:{_END}):"
)
_ANYWHERE = (
    r"(?P<all>"
    rf"^[^\S\n]+|(?<=\S)[^\S\n]+{_END}"  # white space that would make a line preformatted, or be trimmed
    rf"|[<>\[\]{{}}]|~~+|__+|!!+|&{_END}"
    rf"|^['~_*#:;=!+\-]|['~_]{_END}"  # list marks, headings, table marks; joined to what stands beside the text
    rf"|{_INSIDE})"
    rf"{_WORDS}"
)
_BETWEEN_MARKS = (
    r"(?P<all>"
    rf"<(?=[A-Za-z/!?\n]|{_END})"  # tags and comments
    r"|\[\[+|\[(?=/)|\]\]+"  # links
    rf"|{_INSIDE})"
    rf"{_WORDS}"
)
ACTIVE: Mapping[str, re.Pattern[str]] = {
    "anywhere": re.compile(_ANYWHERE),
    "between_marks": re.compile(_BETWEEN_MARKS),
}
"""What could act in a text, by where the text stands; written so that JavaScript reads it as Python does.

The report's script escapes what it copies by these. So they have no flags, no `\\w` and no `\\b`, which mean different
characters there, and `^` and `_END` are the beginning and the end of the text.
"""

_MARKED = re.compile(r'<bdi data-quote="([^"]*)"(?: (lang="[^"]*"))?>(.*?)</bdi>')
_PLACES = re.compile(r"\n<!-- Quotes .*?:\n([^<>]*)\n-->\n\Z")
_SOURCE = re.compile(r"(?:</bdi>)?” — (?=(.*))(?:.*?\[(?:https?:\S+ |\[\#pad-[\w-]+\|)([^\]]*)\])?")


def escape(text: str) -> str:
    """Return `text` as wikitext on one line; nothing of it is markup, wherever it stands."""
    return ACTIVE["anywhere"].sub(_inert, spell_out_controls(text)).replace("\n", _BREAK)


def escape_quote(text: str) -> str:
    """Return `text` as `escape` does, but to stand between quotation marks, where less could act."""
    return ACTIVE["between_marks"].sub(_inert, spell_out_controls(text)).replace("\n", _BREAK)


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


def render(view: ReportView, translation: Translation) -> dict[str, str]:
    """Render the pages, that of the report with the introduction in the markup of wikis."""
    introduction = Markup(introduction_text(view.introduction, DIALECT))  # noqa: S704 - escaped by the dialect
    escapes = {"inert": escape, "quote": escape_quote}
    pages = {
        **render_template(view, translation, name="report.wiki", **escapes, introduction=introduction),
        **render_group_pages(view, translation, ending=".wiki", **escapes),
    }
    return {name: record_places(page) for name, page in pages.items()}


def _link(words: str, url: str) -> str:
    """Return an external link; a wiki has no use for other addresses."""
    address = url.replace("'", "%27")
    return f"[{address} {words}]" if url.startswith(("http://", "https://", "mailto:")) else words


@dataclass(frozen=True, slots=True, kw_only=True)
class Copying:
    """What the report's script needs to copy as wikitext: `forms` of a quote, and `heads` of concerns by their anchor.

    In a form, `{text}`, `{group}`, `{where}`, `{language}` and `{url}` stand for what differs. There is one for quotes
    in the language of the report without a URL (""), and one for each of what else a quote may have: `language`, `url`
    or both. `active` are the patterns of `ACTIVE`.
    """

    forms: Mapping[str, str]
    heads: Mapping[str, str]
    active: Mapping[str, str]


def copying(view: ReportView, translation: Translation) -> Copying:
    """Return the wikitext that quotes and concerns have in report.wiki, made by the same macros."""
    macros = template_macros("wikitext/macros.wiki", translation, inert=escape, quote=escape_quote)
    forms = {}
    for language, url in product((None, _PLACEHOLDERS["language"]), (None, _PLACEHOLDERS["url"])):
        form, _, _ = record_places(macros.voice(_placeholder_quote(language, url))).partition("\n")
        for name, placeholder in _PLACEHOLDERS.items():
            form = form.replace(placeholder, f"{{{name}}}")
        forms[" ".join(name for name, value in (("language", language), ("url", url)) if value)] = form
    concerns = (*view.recurring, *view.echoes, *(concern for own in view.one_group for concern in own.items))
    return Copying(
        forms=forms,
        heads={concern.anchor: macros.head(concern) for concern in concerns},
        active={where: pattern.pattern.replace("(?P<", "(?<") for where, pattern in ACTIVE.items()},
    )


_PLACEHOLDERS = {name: chr(0xE000 + at) for at, name in enumerate(("text", "group", "where", "language", "url"))}
"""Characters for private use, which no escape changes."""


def _placeholder_quote(language: str | None, url: str | None) -> Quote:
    text, group, where = (_PLACEHOLDERS[name] for name in ("text", "group", "where"))
    mark = GroupMark(name=group, number=1, initials="", tone=0, anchor="", page="")
    return Quote(text=text, language=language, at="1:0-1", group=mark, line=1, where=where, anchor="", url=url)


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
