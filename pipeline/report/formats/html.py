"""report.html: one page that loads nothing, with every line of every pad; and such a page for each group."""

import base64
import hashlib
import html
import json
import re
import urllib.parse
from collections import Counter
from collections.abc import Iterable, Iterator

from markupsafe import Markup

from fetch.errors import UserMistake
from pipeline.report.formats.html_parser import ATTRIBUTE, CONTROL_ATTRIBUTE, PageParser
from pipeline.report.formats.introduction import introduction_html
from pipeline.report.formats.output_format import (
    CONTROLS,
    Format,
    ReadQuote,
    code_point,
    render_group_pages,
    render_template,
    restore_controls,
    shown_lines,
    spell_out_controls,
)
from pipeline.report.formats.wikitext import script_forms, script_patterns
from pipeline.report.index_page import index_view
from pipeline.report.report_records import GroupView, LineView
from pipeline.report.theme import PLAIN, STYLE_FILE, TEMPLATES, Escapes, Theme, environment
from pipeline.report.whole_pages import ReportView
from pipeline.translation import Translation

_CONTROL = re.compile(f"[{CONTROLS}]")
_HEAD = re.compile(
    r"""\s*<!doctype html>\s*<html\b[^<>]*>\s*<head>\s*<meta charset="utf-8">\s*"""
    r"""<meta http-equiv="Content-Security-Policy" content="(?P<policy>[^"]*)">"""
)
_ID = re.compile(r'<[^<>]* id="([^"]*)"')
_INNER_LINK = re.compile(r'(?P<before><a\b[^<>]*?) href="#(?P<id>(?!pad-)[^"]+)"')
_SOURCES = frozenset({"background", "data", "ping", "poster", "src", "srcset"})
_TAG = re.compile(r"""<([a-zA-Z]+)((?:\s+[^\s"'<>/=]+(?:\s*=\s*(?:"[^"]*"|'[^']*'))?)+)\s*/?>""")


def render(view: ReportView, translation: Translation, theme: Theme) -> dict[str, str]:
    """Render the report, with its style and script inside.

    Raises UserMistake if the templates of the theme made a page that is not inert.
    """
    style, script = _style(theme), _script()
    policy = _policy(style, script)
    report, lines = (index_view(view), _line_data(view.by_group)) if view.is_index else (view, {})
    pages = render_template(
        report,
        translation,
        theme,
        name="report.html",
        escapes=_ESCAPES,
        lines=lines,
        script=Markup(script),  # noqa: S704 - ours
        wikitext={"forms": script_forms(translation), "active": script_patterns()},
        **_inlined(view, style, policy),
    )
    if theme.templates:
        pages["report.html"] = _without_dead_links(pages["report.html"])
    return _inert(pages, policy, theme)


def render_pages(view: ReportView, translation: Translation, theme: Theme) -> dict[str, str]:
    """Render the pages of groups, which have no search and need no script; raises as `render` does."""
    style = _style(theme)
    policy = _policy(style, "")
    inlined = _inlined(view, style, policy)
    pages = render_group_pages(view, translation, theme, ending=".html", escapes=_ESCAPES, **inlined)
    return _inert(pages, policy, theme)


def _inlined(view: ReportView, style: str, policy: str) -> dict[str, Markup]:
    return {
        "style": Markup(style),  # noqa: S704 - ours, and an event's that cannot end its element
        "policy": Markup(policy),  # noqa: S704 - ours
        "introduction": Markup(introduction_html(view.introduction)),  # noqa: S704 - its own markup is escaped
    }


def _inert(pages: dict[str, str], policy: str, theme: Theme) -> dict[str, str]:
    """Return `pages`; raises UserMistake if the templates of the theme made one that is not inert."""
    for name, page in pages.items() if theme.templates else ():
        fault = _fault_of_page(page, policy)
        if fault:
            raise UserMistake(f"{name}: {fault}; change the templates in {theme.path('')}. Nothing was written.")
    return pages


def render_across(view: object, translation: Translation) -> str:
    """Render the report across events, `templates/across/report.html`, which needs no script."""
    style = _style(PLAIN)
    template = environment(translation, PLAIN, _ESCAPES, autoescape=True).get_template("across/report.html")
    return template.render(
        view=view,
        style=Markup(style),  # noqa: S704 - ours
        policy=Markup(_policy(style, "")),  # noqa: S704 - ours
    )


def _without_dead_links(page: str) -> str:
    """Return a page in which a link to a section that the theme leaves out is plain text; pads have all their lines."""
    ids = set(_ID.findall(page))
    return _INNER_LINK.sub(lambda link: link[0] if link["id"] in ids else link["before"], page)


def _style(theme: Theme) -> str:
    return "\n".join(filter(None, ((TEMPLATES / "style.css").read_text(encoding="utf-8"), theme.style)))


def _script() -> str:
    names = ("script.js", "search.js", "tables.js", "copy.js")
    return "".join((TEMPLATES / name).read_text(encoding="utf-8") for name in names)


def _policy(style: str, script: str) -> str:
    """Return the Content-Security-Policy of a page: its own style and script, and pictures and fonts that are in it."""
    fonts = "font-src data:; " if "@font-face" in style else ""
    scripts = f"script-src '{_digest(script)}'; " if script else ""
    return (
        f"default-src 'none'; style-src '{_digest(style)}'; {scripts}img-src data:; {fonts}"
        "base-uri 'none'; form-action 'none'"
    )


def _digest(text: str) -> str:
    """Return the hash of a text as a policy names it (w3.org/TR/CSP3, "hash-source")."""
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


def _fault_of_page(page: str, policy: str) -> str | None:
    """Return what a page of a theme has that could make a request, has no effect under its policy, or stands twice.

    A policy holds only for what comes after it, and neither for `refresh` nor for the hints of a `link`.
    """
    head = _HEAD.match(page)
    if not head or head["policy"] != policy:
        return "its head must begin as in the project's template, up to the line with the Content-Security-Policy"
    faults = (_fault_of_tag(*tag) for tag in _TAG.findall(page, head.end()))
    fault = next(filter(None, faults), None)
    if fault:
        return fault
    for anchor, count in Counter(_ID.findall(page)).items():
        if count > 1:
            return f"the part with the id {anchor} stands there twice"
    scripts = page.count("<script")
    if page.count("<style") != 1 or scripts != policy.count("script-src") or (scripts and _script() not in page):
        return f"a style or script of its own has no effect under the page's policy; use {STYLE_FILE}"
    return None


def _fault_of_tag(name: str, written: str) -> str | None:
    attributes = {key.lower(): html.unescape(double or single) for key, double, single in ATTRIBUTE.findall(written)}
    if name in {"base", "embed", "object"} or "http-equiv" in attributes:
        return f"<{name}> may load something from elsewhere"
    for key, value in attributes.items():
        if (key in _SOURCES or (name, key) == ("link", "href")) and not value.startswith("data:"):
            return f'{key}="{value}" of <{name}> would load something from elsewhere; write it as a data: URI'
        if key == "style" or key.startswith("on"):
            return f"the attribute {key} of <{name}> has no effect under the page's policy; use {STYLE_FILE}"
    return None


def _line_data(groups: Iterable[GroupView]) -> dict[str, object]:
    """Return the lines of all pads as JSON for search.js, and as `fates` a line of each kind of what became of lines.

    A row is the number of a line, the index of its fate, and in turn the place and the words of each part; what stands
    for hidden words has no place.
    """
    fates: dict[object, tuple[int, LineView]] = {}
    pads = []
    for group, pad in ((own.group, pad) for own in groups for pad in own.pads):
        rows = []
        for line in pad.lines:
            kind = (line.facets, line.notes, tuple(concern.anchor for concern in line.concerns))
            index, _ = fates.setdefault(kind, (len(fates), line))
            rows.append([line.number, index, *_parts(line)])
        page = urllib.parse.quote(f"{group.page}.html")
        pads.append(
            {
                "group": group.number,
                "page": page,
                "anchor": pad.anchor,
                "name": spell_out_controls(pad.name),
                "rows": rows,
            }
        )
    data = escape(json.dumps(pads, ensure_ascii=False, separators=(",", ":")))
    return {"fates": [line for _, line in fates.values()], "data": data}


def _parts(line: LineView) -> Iterator[str]:
    """Yield the place and the words of each part of a line, control characters spelled out."""
    if line.at:
        yield from (line.at, spell_out_controls("".join(part.text for part in line.parts)))
        return
    for part in line.parts:
        yield from (part.at or "", spell_out_controls(part.text))


def escape(text: str) -> Markup:
    """Return `text` as content of an element: it is no markup, and a control character is a small box with its name.

    Quotation marks mean something in attributes only, and stay as they are: notes are full of apostrophes.
    """
    escaped = Markup(html.escape(text, quote=False))  # noqa: S704 - escaped
    if text.isprintable():  # as in `spell_out_controls`
        return escaped
    return Markup(_CONTROL.sub(_box, escaped))  # noqa: S704 - escaped, but for boxes of ours


def _box(control: re.Match[str]) -> str:
    return f'<span class="cp" {CONTROL_ATTRIBUTE}="{ord(control[0]):04x}">{code_point(control[0])}</span>'


def unescape(markup: str) -> str:
    """Return the text that readers see in `markup`, with the control characters that boxes stand for."""
    return "".join(PageParser(markup).text)


def read_back(page: str) -> Iterator[ReadQuote]:
    """Return the text of every element that is marked `data-quote`; raise ValueError for a blockquote that is not.

    The line that it is attributed to is in the link to a line that is nearest: the first one in the smallest element
    that holds both. What the search of an index page finds is read, too.
    """
    parser = PageParser(page)
    for place, text, where in parser.quotes:
        if not place:
            raise ValueError("a blockquote does not say where it stands in a pad")
        yield ReadQuote.at(place, text, where)
    for data in parser.line_data:
        yield from _read_data(data)


def _read_data(data: str) -> Iterator[ReadQuote]:
    """Invert `_line_data`."""
    for pad in json.loads(data):
        for number, _, *parts in pad["rows"]:
            for place, words in zip(parts[::2], parts[1::2], strict=True):
                if place:
                    yield ReadQuote.at(place, restore_controls(words), str(number))


_ESCAPES = Escapes(inert=spell_out_controls, quote=escape)

FORMAT = Format(
    render=render,
    render_pages=render_pages,
    read_back=read_back,
    quotes={"report.html": shown_lines},
    group_pages={".html": shown_lines},
)
