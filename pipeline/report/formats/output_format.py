"""What an output format is: the record that each declares, the escapes of all, and how those with a template render.

Pads are written by anyone. In every format their text must look as it was written and do nothing, and since each quote
is read back out of the finished file, every escape has an exact inverse.
"""

import html
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Self

from fetch.corpus_records import PadId
from pipeline.analysis_records import Analysis
from pipeline.progress import track
from pipeline.report.quote_sources import hidden_spans, line_ranges
from pipeline.report.theme import PLAIN, Escapes, Theme, environment, mistake
from pipeline.report.whole_pages import ReportView
from pipeline.segment_records import LineRole
from pipeline.translation import Translation

_NONCHARACTERS = "\ufdd0-\ufdef" + "".join(f"{chr(p + 0xFFFE)}{chr(p + 0xFFFF)}" for p in range(0, 0x110000, 0x10000))
CONTROLS = (
    "\x00-\x08\x0b-\x1f\x7f-\x9f"  # C0 without tab and newline, DEL, C1
    "\u2028-\u202e\u2066-\u2069"  # line and paragraph separator, bidi embeddings, overrides and isolates
    "\ufeff\ufff9-\ufffb"  # byte order mark, interlinear annotation
    "\ud800-\udfff"  # surrogates: no encoding of Unicode may hold them
    f"{_NONCHARACTERS}"
)
"""Characters that a file cannot hold or that act on the text around them, as a character class without brackets.

NUL and lone surrogates cannot be written at all; parsers turn a carriage return into a newline; U+2028 ends a line in
some programs; an unclosed bidi override reorders whatever follows it (CVE-2021-42574, "Trojan Source").
"""

_CONTROL = re.compile(f"[{CONTROLS}⟦]")
_IN_PLACE = re.compile("[:-]")
_SPELLED_OUT = re.compile("⟦U\\+([0-9A-F]{4,6})⟧")

Span = tuple[PadId, int, int]
"""A pad, and where some words of its text start and end."""

Required = Callable[[Analysis, Mapping[PadId, str]], Iterable[Span]]
"""From an analysis and the text of each pad to all that a file may not leave out.

A group's page may not leave out what it is of the group's pads alone.
"""


@dataclass(frozen=True, slots=True)
class ReadQuote:
    """A quote as readers of a file see it.

    `pad` is the number of the pad in the report, from 1, or its id; `start` and `end` are code points of its text.
    `where` is the printed text that names the line: `10`, or `Water, line 10 of pad water-2`.
    """

    pad: int | str
    start: int
    end: int
    text: str
    where: str

    @classmethod
    def at(cls, place: str, text: str, where: str) -> Self:
        """Return a quote whose `place` is written as in `Quote.at`, `2:120-180`; raise ValueError for anything else."""
        pad, start, end = map(int, _IN_PLACE.split(place))
        return cls(pad, start, end, text, where)


Render = Callable[[ReportView, Translation, Theme], Mapping[str, str]]
"""From the view to the text of files by name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """An output format: how its files are rendered, and how they are proofread before they are written.

    `render` returns the text of each file of the whole event by name, and `render_pages` that of the page of each group
    in the view's `group_pages`, if there are such. `quotes` names the files that quote, each with what it may not leave
    out, and `quotes_nothing` the others, each with the reason. `group_pages` does so for the files of which there is
    one for each group, by their ending (`.html`). `read_back` parses a finished file that quotes, whatever rendered it,
    and raises ValueError or KeyError if it cannot.
    """

    render: Render
    render_pages: Render | None = None
    read_back: Callable[[str], Iterable[ReadQuote]] | None = None
    quotes: Mapping[str, Required] = field(default_factory=dict)
    group_pages: Mapping[str, Required] = field(default_factory=dict)
    quotes_nothing: Mapping[str, str] = field(default_factory=dict)


def spell_out_controls(text: str) -> str:
    """Return `text` with `⟦U+202E⟧` for a control character; `⟦` itself is spelled out too, to be unambiguous."""
    if text.isprintable() and "⟦" not in text:  # no control character is printable; most text is
        return text
    return _CONTROL.sub(lambda match: f"⟦{code_point(match[0])}⟧", text)


def restore_controls(text: str) -> str:
    """Invert `spell_out_controls`."""
    if "⟦" not in text:
        return text
    return _SPELLED_OUT.sub(lambda match: chr(int(match[1], 16)), text)


def code_point(character: str) -> str:
    """Return Unicode's notation for a code point: `U+202E`."""
    return f"U+{ord(character):04X}"


def to_references(characters: str) -> str:
    """Return each of `characters` as a reference (`&#91;`), which `html.unescape` inverts unless it is a control.

    HTML, MediaWiki and CommonMark decode references after they have parsed the markup, so these are inert.
    """
    return "".join(html.escape(c, quote=False) if c in "<>&" else f"&#{ord(c)};" for c in characters)


def content_segments(analysis: Analysis, _texts: Mapping[PadId, str]) -> Iterator[Span]:
    """Return where the segments stand that were not set aside."""
    for segment in analysis.segments:
        if segment.role is LineRole.CONTENT:
            yield segment.pad_id, segment.start, segment.end


def shown_lines(analysis: Analysis, texts: Mapping[PadId, str]) -> Iterator[Span]:
    """Return where every line of every pad stands; of a line with hidden words, the other parts."""
    hidden = hidden_spans(analysis)
    for pad_id, text in texts.items():
        for ranges in line_ranges(text, hidden.get(pad_id, ())):
            yield from ((pad_id, start, end) for start, end, is_hidden in ranges if not is_hidden)


def render_template(
    view: ReportView,
    translation: Translation,
    theme: Theme,
    *,
    name: str,
    escapes: Escapes,
    **inlined: object,
) -> dict[str, str]:
    """Render the template `name`: all that it prints passes through `escapes`."""
    templates = environment(translation, theme, escapes, autoescape=name.endswith(".html"))
    with _explained(theme):
        return {name: templates.get_template(name).render(view=view, **inlined)}


def render_group_pages(
    view: ReportView,
    translation: Translation,
    theme: Theme,
    *,
    ending: str,
    escapes: Escapes,
    **inlined: object,
) -> dict[str, str]:
    """Render the template `group` with an `ending` once for each group, as above."""
    templates = environment(translation, theme, escapes, autoescape=ending == ".html")
    with _explained(theme):
        template = templates.get_template(f"group{ending}")
        pages = track(view.group_pages, f"render {ending[1:]} pages")
        return {f"{page.group.page}{ending}": template.render(view=view, page=page, **inlined) for page in pages}


def template_macros(name: str, translation: Translation, escapes: Escapes) -> Any:  # noqa: ANN401 - as its file defines
    """Return the macros of the project's own template `name` as functions, which escape as above."""
    return environment(translation, PLAIN, escapes, autoescape=name.endswith(".html")).get_template(name).module


@contextmanager
def _explained(theme: Theme) -> Iterator[None]:
    """Raise a UserMistake for whatever goes wrong in the templates of a theme."""
    try:
        yield
    except Exception as error:
        if theme.templates:
            raise mistake(error, theme) from error
        raise
