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
from pipeline.report.theme import Escapes, Theme
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
_SCHEMES = ("bitcoin", "geo", "magnet", "mailto", "news", "sip", "sips", "sms", "tel", "urn", "xmpp")
"""The schemes of MediaWiki's links that need no slashes."""

_ANY_CASE = "|".join("".join(f"[{letter}{letter.upper()}]" for letter in scheme) for scheme in _SCHEMES)
_WORDS = (
    rf"|(?<![0-9A-Za-z_])(?P<word>RFC|PMID|ISBN)(?=\s+[0-9]|\s*{_END})"  # magic links
    rf"|(?<![0-9A-Za-z_])(?P<scheme>{_ANY_CASE})(?=:{_END}):"
)
_REMEMBERED = 65536
"""So many texts are escaped once only: a quote stands in the report and on the pages of several groups."""

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
_POSITION = re.compile("[:-]")
_OPENED = re.compile(r"“(?:<bdi [^<>]*>)?\Z")
_SOURCE = re.compile(r"(?:</bdi>)?” — (?=(.*))(?:.*?\[(?:https?:\S+ |\[\#pad-[\w-]+\|)([^\]]*)\])?")


@lru_cache(_REMEMBERED)
def escape(text: str) -> str:
    """Return `text` as wikitext on one line; nothing of it is markup, wherever it stands."""
    return ACTIVE["anywhere"].sub(_inert, spell_out_controls(text)).replace("\n", _BREAK)


@lru_cache(_REMEMBERED)
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
        number, start, end = map(int, _POSITION.split(position))
        line = lines[number - 1]
        source = _SOURCE.match(line, end)
        if not source or not _OPENED.search(line, 0, start):
            raise ValueError(f"{entry} is not a quote in line {number}")
        yield ReadQuote.at(place, unescape(line[start:end]), unescape(source[2] or source[1]))


_ESCAPES = Escapes(inert=escape, quote=escape_quote)


def _shown_words(analysis: Analysis, texts: Mapping[PadId, str]) -> Iterator[Span]:
    """Return where the lines of all pads stand that are not blank."""
    return (span for span in shown_lines(analysis, texts) if texts[span[0]][span[1] : span[2]].strip())


def render(view: ReportView, translation: Translation, theme: Theme) -> dict[str, str]:
    """Render the report, with the introduction in the markup of wikis."""
    introduction = Markup(introduction_text(view.introduction, DIALECT))  # noqa: S704 - escaped by the dialect
    pages = render_template(view, translation, theme, name="report.wiki", escapes=_ESCAPES, introduction=introduction)
    return {name: record_places(page) for name, page in pages.items()}


def render_pages(view: ReportView, translation: Translation, theme: Theme) -> dict[str, str]:
    """Render the pages of groups."""
    pages = render_group_pages(view, translation, theme, ending=".wiki", escapes=_ESCAPES)
    return {name: record_places(page) for name, page in pages.items()}


def _link(words: str, url: str) -> str:
    """Return an external link; a wiki has no use for other addresses."""
    address = url.replace("'", "%27")
    return f"[{address} {words}]" if url.startswith(("http://", "https://", "mailto:")) else words


def script_forms(translation: Translation) -> Mapping[str, str]:
    """Return the wikitext of quotes and concerns, made by the macros of report.wiki, for the report's script to fill.

    What differs is named in braces: `“{text}” — {group}, [{url} {where}]`. `quote` and `cite` end in what they have
    besides (`quote language url`); `front`, `echo` and `own` are the heads of the kinds of concerns.
    """
    macros = template_macros("wikitext/macros.wiki", translation, _ESCAPES)
    forms = {}
    for language, url in product((None, _NAMED["language"]), (None, _NAMED["url"])):
        quote = _unfilled_quote(language, url)
        names = "".join(f" {name}" for name, value in (("language", language), ("url", url)) if value)
        forms[f"quote{names}"], _, _ = record_places(macros.voice(quote)).partition("\n")
        if not language:
            forms[f"cite{names}"] = macros.cite(quote)
    forms["sentence"] = macros.sentence(_NAMED["text"], _NAMED["cites"])
    summary = {"mark": _NAMED["mark"], "sentences": ({"text": _NAMED["sentences"], "cited": ()},)}
    concern = {**_NAMED, "group_names": _NAMED["groups"], "remarks": (_NAMED["remarks"],), "summary": summary}
    for kind, front, recurring in (("front", True, True), ("echo", False, True), ("own", False, False)):
        forms[kind] = macros.head({**concern, "front": front, "recurring": recurring})
    named = str.maketrans({placeholder: f"{{{name}}}" for name, placeholder in _NAMED.items()})
    return {name: form.translate(named) for name, form in forms.items()}


def script_patterns() -> Mapping[str, str]:
    """Return `ACTIVE` as JavaScript writes it."""
    return {place: pattern.pattern.replace("(?P<", "(?<") for place, pattern in ACTIVE.items()}


_NAMES = (
    *("text", "group", "where", "language", "url", "cites", "mark", "sentences"),
    *("anchor", "label", "strength", "groups", "remarks"),
)
_NAMED = {name: chr(0xE000 + at) for at, name in enumerate(_NAMES)}
"""Characters for private use, which no escape changes, in place of what is named."""


def _unfilled_quote(language: str | None, url: str | None) -> Quote:
    text, group, where = (_NAMED[name] for name in ("text", "group", "where"))
    mark = GroupMark(name=group, number=1, initials="", tone=0, anchor="", page="")
    return Quote(text=text, language=language, at="1:0-1", group=mark, line=1, where=where, anchor="", page="", url=url)


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
    render_pages=render_pages,
    read_back=read_back,
    quotes={"report.wiki": content_segments},
    group_pages={".wiki": _shown_words},
)
