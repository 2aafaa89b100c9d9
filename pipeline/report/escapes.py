"""Pad text made inert in each output format, and back again to the character.

Pads are written by anyone. In every format their text must show as it was written and do nothing; and since every
quote is proofread in the finished file, each way of writing has an exact inverse beside it.

Characters that a file cannot hold, or that act on the text around them, spelled out: `⟦U+202E⟧`.

NUL and lone surrogates cannot be written at all; parsers turn a carriage return into a newline; U+2028 ends a line
in some programs; an unclosed bidi override turns around whatever follows it (CVE-2021-42574, "Trojan Source").
Readers should see that they are there. `⟦` itself is spelled out too, so that the inverse has one answer.

Numeric character references (`&#91;`), which HTML, MediaWiki and CommonMark all decode after they parsed.

Quotes in CSV: a cell that a spreadsheet would take for a formula begins with an apostrophe.

The rule, with its inverse: **where a cell of pad text begins with an apostrophe, take that one apostrophe away**; what
remains is the text, to the character. It is there where the text begins with `=`, `+`, `-`, `@`, their full-width
forms, white space or an apostrophe of its own (OWASP, "CSV Injection"). Control characters are spelled out.

Quotes in HTML: control characters stand in elements that name their code point.

Quotes in Markdown: what CommonMark, GitHub's or Pandoc's dialect would act on is escaped.

CommonMark 0.31.2: any ASCII punctuation may be escaped with a backslash (2.4); a reference is never markup (2.5).
Only what could act is escaped, so that the file stays readable as text.

Quotes in MediaWiki markup: what MediaWiki would act on is written as a numeric character reference.

MediaWiki expands templates, signatures, links and magic words in the raw wikitext and decodes references only in
what it shows, so a reference is inert wherever it stands. Only what could act is replaced: facilitators edit these
pages by hand. Sources: mediawiki.org Help:Formatting, Help:Links, Help:Magic_words, Manual:$wgUrlProtocols and
Parser::handleMagicLinks.
"""

import re

from markupsafe import Markup, escape

_NONCHARACTERS = "\ufdd0-\ufdef" + "".join(f"{chr(p + 0xFFFE)}{chr(p + 0xFFFF)}" for p in range(0, 0x110000, 0x10000))
CONTROLS = (
    "\x00-\x08\x0b-\x1f\x7f-\x9f"  # C0 without tab and newline, DEL, C1
    "\u2028-\u202e\u2066-\u2069"  # line and paragraph separator, bidi embeddings, overrides and isolates
    "\ufeff\ufff9-\ufffb"  # byte order mark, interlinear annotation
    "\ud800-\udfff"  # surrogates: no encoding of Unicode may hold them
    f"{_NONCHARACTERS}"
)
"""A regular expression's character class (without the brackets) of what is spelled out."""

_SHOWN = re.compile(f"[{CONTROLS}⟦]")
_SPELLED = re.compile("⟦U\\+([0-9A-F]{4,6})⟧")


def visible(text: str) -> str:
    """`text` with its control characters spelled out."""
    return _SHOWN.sub(lambda match: f"⟦{code_point(match[0])}⟧", text)


def restored(text: str) -> str:
    """What `visible` was given."""
    return _SPELLED.sub(lambda match: chr(int(match[1], 16)), text)


def code_point(character: str) -> str:
    """The name that Unicode gives a code point: `U+202E`."""
    return f"U+{ord(character):04X}"


NAMED = {"<": "&lt;", ">": "&gt;", "&": "&amp;"}
_DECODED = {name: character for character, name in NAMED.items()}
_REFERENCE = re.compile("&(?:lt|gt|amp|#([0-9]{1,7}));")


def referred(characters: str) -> str:
    """`characters`, each as a reference."""
    return "".join(NAMED.get(character) or f"&#{ord(character)};" for character in characters)


def decoded(text: str) -> str:
    """What `text` says when the references that `referred` writes are decoded."""
    return _REFERENCE.sub(lambda match: chr(int(match[1])) if match[1] else _DECODED[match[0]], text)


_STARTS_A_FORMULA = re.compile(r"[=+\-@＝＋－＠\s']")


def cell(text: str) -> str:
    """`text` as the content of a CSV cell (the quoting is the CSV writer's)."""
    shown = visible(text)
    return f"'{shown}" if _STARTS_A_FORMULA.match(shown) else shown


def uncell(content: str) -> str:
    """What `cell` was given."""
    return restored(content.removeprefix("'"))


ATTRIBUTE = "data-cp"
"""On the element that stands for a control character: its code point in hexadecimal."""

_CONTROL = re.compile(f"([{CONTROLS}])")


def html(text: str) -> Markup:
    """`text` as HTML: nothing of it is markup, and a control character is a small box with its name."""
    pieces = _CONTROL.split(text)
    return Markup("").join(_box(piece) if index % 2 else escape(piece) for index, piece in enumerate(pieces))


def _box(character: str) -> Markup:
    return Markup('<span class="cp" {}="{:04x}">{}</span>').format(
        Markup(ATTRIBUTE),  # noqa: S704 - a constant of ours
        ord(character),
        code_point(character),
    )


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


_BREAK_wiki = "<br />"
_ACTIVE_wiki = re.compile(
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
    return _ACTIVE_wiki.sub(_inert_wiki, visible(text)).replace("\n", _BREAK_wiki)


def unwiki(markup: str) -> str:
    """What `wiki` was given."""
    return restored(decoded(markup.replace(_BREAK_wiki, "\n")))


def _inert_wiki(match: re.Match[str]) -> str:
    word: str | None = match["word"]
    return referred(word[0]) + word[1:] if word else referred(match["all"])
