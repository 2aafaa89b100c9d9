"""The facilitator's introduction, written as Markdown, in the markup of each format.

    Markdown ──► tokens (CommonMark) ──► HTML, wikitext, or Markdown again

Raw HTML, images and block quotes are no markup in it: the report loads nothing, and what looks like a quote is one of a
pad. Everything that is printed passes through the format's own escape.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

from pipeline.report.formats.output_format import spell_out_controls

_PARSER = MarkdownIt("commonmark", {"html": False}).disable(["image", "blockquote", "html_block", "html_inline"])

_BELOW = 2
"""The report's title and the heading of the introduction are above all headings in it."""

_DEEPEST_HEADING = 6


def introduction_html(markdown: str) -> str:
    """Return `markdown` as HTML, its headings two levels deeper; links tell their target nothing of the report."""
    tokens = _PARSER.parse(spell_out_controls(markdown))
    for token in tokens:
        if token.type in {"heading_open", "heading_close"}:
            token.tag = f"h{_depth(token.tag)}"
        for child in token.children or ():
            if child.type == "link_open":
                child.attrSet("rel", "noreferrer")
    return str(_PARSER.renderer.render(tokens, _PARSER.options, {}))


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """How a plain-text format marks up what an introduction may hold.

    `escape` makes text inert. `emphasis`, `strong` and `code` are what stands before and after words. `heading` takes a
    level from 1 to 6 and words, `link` words and a URL, `item` the numbers of the list items that it is in (0 for a
    bullet) and its words.
    """

    escape: Callable[[str], str]
    emphasis: str
    strong: str
    code: tuple[str, str]
    line_break: str
    heading: Callable[[int, str], str]
    link: Callable[[str, str], str]
    item: Callable[[Sequence[int], str], str]


def introduction_text(markdown: str, dialect: Dialect) -> str:
    """Return `markdown` in a format of plain text: blocks with empty lines between them, and "" for nothing."""
    tree = SyntaxTreeNode(_PARSER.parse(markdown))
    return "\n\n".join(_block(node, dialect) for node in tree.children)


def _block(node: SyntaxTreeNode, dialect: Dialect) -> str:
    if node.type == "heading":
        return dialect.heading(_depth(node.tag), _words(node, dialect))
    if node.type in {"bullet_list", "ordered_list"}:
        return "\n".join(_items(node, (), dialect))
    if node.type == "hr":
        return "----"
    if node.type in {"fence", "code_block"}:
        lines = node.content.rstrip("\n").split("\n")
        return dialect.line_break.join(_code(line, dialect) for line in lines)
    return _words(node, dialect)


def _items(node: SyntaxTreeNode, above: tuple[int, ...], dialect: Dialect) -> list[str]:
    """Return a line for each item of a list, and of the lists in it; `above` are the numbers of the items around."""
    lines = []
    first = int(node.attrs.get("start", 1)) if node.type == "ordered_list" else 0
    for at, item in enumerate(node.children):
        place = (*above, first + at if first else 0)
        inner = [child for child in item.children if child.type in {"bullet_list", "ordered_list"}]
        words = [_block(child, dialect) for child in item.children if child not in inner]
        lines.append(dialect.item(place, dialect.line_break.join(words)))
        lines += [line for child in inner for line in _items(child, place, dialect)]
    return lines


def _words(node: SyntaxTreeNode, dialect: Dialect) -> str:
    return "".join(_inline(child, dialect) for child in node.children)


def _inline(node: SyntaxTreeNode, dialect: Dialect) -> str:
    if node.type in {"softbreak", "hardbreak"}:
        return " " if node.type == "softbreak" else dialect.line_break
    if node.type == "code_inline":
        return _code(node.content, dialect)
    if node.type == "link":
        return dialect.link(_words(node, dialect), str(node.attrs["href"]))
    if node.type in {"em", "strong"}:
        mark = dialect.emphasis if node.type == "em" else dialect.strong
        return f"{mark}{_words(node, dialect)}{mark}"
    if node.children:
        return _words(node, dialect)
    words = node.content.strip(" ")
    return dialect.escape(words).join(node.content.split(words, 1)) if words else node.content


def _code(text: str, dialect: Dialect) -> str:
    before, after = dialect.code
    return f"{before}{dialect.escape(text)}{after}"


def _depth(tag: str) -> int:
    return min(int(tag.removeprefix("h")) + _BELOW, _DEEPEST_HEADING)
