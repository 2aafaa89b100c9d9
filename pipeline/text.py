"""What a word, an address, a check box and a question are, for all stages; and the word lists of data/."""

import re
import tomllib
import unicodedata
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from pipeline.analysis_records import REDACTED

DATA = Path(__file__).parent / "data"
"""Word lists and patterns that people maintain; each file says what its entries are and when they were written."""


@cache
def data_table(file: str) -> dict[str, Any]:
    """Return the content of a TOML file in `DATA`."""
    return tomllib.loads((DATA / file).read_text(encoding="utf-8"))


def data_lines(file: str) -> list[str]:
    """Return the lines of a text file in `DATA` without blank lines and comments (`#`)."""
    lines = (DATA / file).read_text(encoding="utf-8").split("\n")
    return [line for line in lines if line.strip() and not line.startswith("#")]


STEM_LENGTH = 5
"""Letters of a word that carry its sense: cutting words there does as well on labelled events as an English stemmer
(docs/experiments/lexical-clustering.md) and needs no rules for a language (McNamee and Mayfield 2004, on eight European languages)."""

_WORD = re.compile(r"[^\W\d_][\w'’]*")
_ADDRESS = re.compile(rf"(?:https?://|www\.|@)\S+|{re.escape(REDACTED)}")


class Word(NamedTuple):
    """A word as somebody wrote it: `text[start:end]` in code points."""

    text: str
    start: int
    end: int


def words(text: str) -> list[Word]:
    """The words of a text in order, without numbers, web addresses, handles and `[redacted]`."""
    plain = _ADDRESS.sub(lambda address: " " * len(address[0]), text)
    found = []
    for match in _WORD.finditer(plain):
        word = match[0].rstrip("'’_")
        found.append(Word(word, match.start(), match.start() + len(word)))
    return found


def stem(word: str) -> str:
    """The key under which forms of a word meet: 'reviewer', 'Reviews' and 'reviewing' are 'revie'."""
    return word.casefold()[:STEM_LENGTH]


def is_stop_word(word: str) -> bool:
    """Whether a word says nothing by itself: listed in stop_words.txt, or a single letter."""
    return len(word) == 1 or word.casefold().replace("’", "'") in _stop_words()


@cache
def _stop_words() -> frozenset[str]:
    return frozenset(word for line in data_lines("stop_words.txt") for word in line.split())


def first_free(candidates: Iterable[str], taken: set[str]) -> str:
    """The first candidate that is not `taken`, letter case apart, else the last with a number; taken from now on."""
    candidate = ""
    for candidate in candidates:
        if candidate.casefold() not in taken:
            break
    name, number = candidate, 1
    while name.casefold() in taken:
        number += 1
        name = f"{candidate}-{number}"
    taken.add(name.casefold())
    return name


_ALPHANUMERIC = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
ADDRESS = re.compile(r"https?://\S+|www\.\S+|[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+", re.IGNORECASE)
_NUMBER = re.compile(r"\d+(?:st|nd|rd|th)?")
# Drawn as nothing, whatever their category says: byte order mark, zero width, direction marks, soft hyphen.
_INVISIBLE = frozenset(
    "\ufeff\u200b\u200c\u200d\u2060\u200e\u200f\u00ad\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)


def is_white(char: str) -> bool:
    """Whether a character leaves no ink: white space, control characters and invisible marks."""
    return char.isspace() or char in _INVISIBLE or unicodedata.category(char) == "Cc"


def trim(text: str, start: int, end: int) -> tuple[int, int]:
    """The span `start:end` of a text without the white at either end; an empty span if there is nothing else."""
    while start < end and is_white(text[start]):
        start += 1
    while end > start and is_white(text[end - 1]):
        end -= 1
    return start, end


@cache
def word_list(file: str, *tables: str) -> frozenset[str]:
    """The words of a data file, all languages together; of the named tables only, if any are named."""
    content = data_table(file)
    chosen = [content[table] for table in tables] if tables else [content]
    return frozenset(word for table in chosen for language in table.values() for word in language)


def normalized_words(text: str) -> list[str]:
    """The words of a text in lower case; punctuation, emoji and underscores are none."""
    return _ALPHANUMERIC.findall(unicodedata.normalize("NFKC", text).casefold().replace("’", "'"))


def normalize(text: str) -> str:
    """A text in lower case without punctuation, for telling whether two lines say the same."""
    return " ".join(normalized_words(text))


def frame(text: str) -> str:
    """The normal form with numbers, dates and addresses all written 0: copies of one template line differ in them."""
    calendar = word_list("calendar.toml", "names")
    return " ".join(
        "0" if word in calendar or _NUMBER.fullmatch(word) else word
        for word in normalized_words(ADDRESS.sub(" 0 ", text))
    )


def is_statement(text: str) -> bool:
    """Whether a short text holds a pronoun, an auxiliary verb or the like, and so is no title and no name."""
    known = word_list("statement_words.toml")
    return any(word in known for word in normalized_words(text))


def is_question(text: str) -> bool:
    """Whether a line asks: by its mark, or by its first word where the mark is missing."""
    if text.rstrip("*_\"'”’»)]} \t").endswith(("?", "？", "؟")):
        return True
    first = normalized_words(text)[:1]
    return bool(first) and first[0] in word_list("question_words.toml") and not text.rstrip().endswith((".", "!"))


def strip_emphasis(text: str) -> str:
    """A line's text without emphasis and without the colon that leads on: `**Next steps:**` is `Next steps`."""
    return text.strip("*_'=~ \t").rstrip(":： \t").rstrip("*_'~ \t")


_LINK = re.compile(r"!?\[([^\[\]]*)\]\((?:[^()\s]|\([^()\s]*\))*\)")
_ADDRESS_plain = re.compile(rf"(?:https?://|www\.)\S+|{re.escape(REDACTED)}")
_CHECK_BOX = re.compile(r"^\s*(?:[-*+•]\s*)?\[[ xX]\]")
_MARKS = re.compile(r"[*_`#~]+")


def strip_markup(line: str) -> str:
    """`line` without Markdown's marks, check boxes, web addresses and `[redacted]`; a link's words stay.

    A line that has nothing else is returned as it is. On the labelled events this raised the average precision of
    cross-group pairs from .107 to .111 (docs/experiments/encoder.md): an address is many tokens and says little.
    """
    text = _ADDRESS_plain.sub(" ", _LINK.sub(r"\1", line))
    return " ".join(_MARKS.sub(" ", _CHECK_BOX.sub("", text)).split()) or line


READ = 2000
"""Code points of a segment that are read for its tags; a pasted wall of text says what it is before that."""

FILLER = "\x1a"
"""Stands for each character of an address: something is written there, and it is no word."""

_UNREAD = re.compile(
    r"<?(?:https?|ftp|ipfs|mailto|file):[^\s<>()\[\]|]+>?"  # addresses with a scheme
    r"|\bwww\.[^\s<>()\[\]|]+"
    r"|\b[\w.+-]{1,64}@[\w-]{1,64}(?:\.[\w-]{1,64}){1,8}"  # e-mail
    r"|(?<=\])\([^()\s]{1,500}\)"  # the target of a Markdown link
    r"|<!--|-->|</?\w{1,12}>"
)
_ENDLESS = re.compile(rf"[^\s{FILLER}]{{80,}}")
"""No word of any language: keys, hashes, drawings made of signs."""

_SURROGATES = re.compile("[\ud800-\udfff]")
"""Halves of characters that a broken export left; spaCy cannot read them."""

_MARKS_wording = re.compile(r"[*`~\[\]#]|(?<!\w)_+|_+(?!\w)")


_BOX = re.compile(r"^[\s>*+•–-]{0,8}\[\s?([ xX✓✔✗<>/~?-]?)\s?\](?!\()\s*|^\s*([☐☑☒✅✔✓])\s*")
_LEAD = re.compile(r"^[\s\-–—•·+=:>.…,;]+")
_ADDRESS_wording = re.compile(rf"{FILLER}+")
_SPACES = re.compile(r"\s+")


def unmarked(text: str) -> str:
    """A segment's text with addresses and marks blanked out: same length, so offsets hold; at most READ long."""
    whole = _SURROGATES.sub("\ufffd", text[:READ])
    blank = _ENDLESS.sub(_filled, _UNREAD.sub(_filled, whole))
    return _MARKS_wording.sub(lambda match: " " * len(match[0]), blank)


def _filled(match: re.Match[str]) -> str:
    return FILLER * len(match[0])


def checkbox(text: str) -> str | None:
    """`open` or `done` where a line starts with a checkbox in any of the usual hands, else None."""
    match = _BOX.match(text)
    if match is None:
        return None
    return "done" if (match[1] or match[2] or " ") in "xX✓✔☑☒✅" else "open"


def core(text: str) -> str:
    """What a line says: without checkbox, list marks, and with `url` for each address."""
    box = _BOX.match(text)
    plain = unmarked(text[box.end() :] if box else text)
    return _SPACES.sub(" ", _LEAD.sub("", _ADDRESS_wording.sub(" url ", plain))).strip()
