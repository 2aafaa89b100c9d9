"""What a word, an address, a check box, a question and markup are, for all stages; and the word lists of data/.

Patterns for one thing stand side by side where stages need different ones, each with the reason.
"""

import re
import tomllib
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from pipeline.segment_records import REDACTED, Checkbox, LineRole, Segment

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


@cache
def word_list(file: str, *tables: str) -> frozenset[str]:
    """Return the words of a TOML file in `DATA`, of all its languages, or only those of the named tables."""
    content = data_table(file)
    chosen = [content[table] for table in tables] if tables else [content]
    return frozenset(word for table in chosen for language in table.values() for word in language)


# Addresses. What is blanked out depends on the reader: `words` and `strip_markup` keep the name in "ana@example.org",
# and `mask_unreadable` ends a URL at a bracket, because the text around it is read as a sentence.
_URL = r"(?:https?://|www\.)\S+"
_EMAIL = r"\b[\w.+-]{1,64}@[\w-]{1,64}(?:\.[\w-]{1,64}){1,8}"
_ADDRESS = re.compile(rf"{_URL}|{_EMAIL}", re.IGNORECASE)
_URL_HANDLE_OR_REDACTED = re.compile(rf"{_URL}|@\S+|{re.escape(REDACTED)}", re.IGNORECASE)
_URL_OR_REDACTED = re.compile(rf"{_URL}|{re.escape(REDACTED)}", re.IGNORECASE)
_SIGNS_OF_UNREADABLE = re.compile(r"[@<*`~\[\]#_\ud800-\udfff]|-->|www\.|:[^\s<>()\[\]|]")
"""One of these is in whatever `mask_unreadable` masks, but for endless words."""

_UNREADABLE = re.compile(
    r"<?(?:https?|ftp|ipfs|mailto|file):[^\s<>()\[\]|]+>?"
    r"|\bwww\.[^\s<>()\[\]|]+"
    rf"|{_EMAIL}"
    r"|(?<=\])\([^()\s]{1,500}\)"  # the target of a Markdown link
    r"|<!--|-->|</?\w{1,12}>"
)

# Words. `words` yields what a label may be made of: no numbers, and hyphens separate. `normalized_words` is for
# comparing lines, where a number makes a difference.
_GENDER = r"(?:[*:]inn?(?:en)?|\*(?:e[nrs]?|[nrs])|(?:·[a-z]{1,4}){1,2})(?!\w)"
"""The ending of a word for all genders, in German and French: "Student*innen", "jede*r", "habitant·e·s"."""

_WORD = re.compile(rf"[^\W\d_][\w'’]*(?:{_GENDER})?")
_ELISION = re.compile(
    r"(?:[cdjlmnst]|(?:jus|lors|puis|quoi)?qu|(?:[ans]|d[ae])ll|un|quest)['’](?=[aeiouhàâáéèêëíîïóôöúùûüœæ])",
    re.IGNORECASE,
)
"""An article, pronoun or preposition before a vowel, in French, Catalan and Italian: "l'accueil" is two words."""
_ALPHANUMERIC = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_NUMBER = re.compile(r"\d+(?:st|nd|rd|th)?")

UNSPACED = r"\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
"""For a pattern's set: scripts written without spaces between words; Thai and Lao, Burmese, Khmer, Japanese and Chinese
(Unicode blocks)."""

STEM_LENGTH = 5
"""Letters of a word that carry its sense: cutting words there does as well on labelled events as an English stemmer
(docs/experiments/lexical-clustering.md) and needs no rules for a language (McNamee and Mayfield 2004, on eight European
languages)."""


_GENDER_MARK = re.compile(r"[*:·]")


class Word(NamedTuple):
    """A word as it is written: `text[start:end]` in code points."""

    text: str
    start: int
    end: int


def _may_have_address(text: str) -> bool:
    """Return whether a text can contain a URL, an e-mail address or a handle; most lines cannot."""
    return "@" in text or "://" in text or "www." in text.lower()


def replace_addresses(text: str, by: str) -> str:
    """Return a text with `by` in place of each URL and e-mail address."""
    return _ADDRESS.sub(by, text) if _may_have_address(text) else text


def words(text: str) -> list[Word]:
    """Return the words of a text in order, without numbers, URLs, handles and `[redacted]`."""
    plain = text
    if "[" in text or _may_have_address(text):
        plain = _URL_HANDLE_OR_REDACTED.sub(lambda match: " " * len(match[0]), text)
    has_elisions = "'" in plain or "’" in plain
    found = []
    for match in _WORD.finditer(plain):
        start, end = match.start(), match.start() + len(match[0].rstrip("'’_"))
        if has_elisions and (elision := _ELISION.match(plain, start, end)):
            found.append(Word(plain[start : elision.end() - 1], start, elision.end() - 1))
            start = elision.end()
        found.append(Word(plain[start:end], start, end))
    return found


def stem(word: str) -> str:
    """Return the key that forms of a word share: 'reviewer', 'Reviews' and 'reviewing' are 'revie'."""
    return word.casefold()[:STEM_LENGTH]


def is_stop_word(word: str) -> bool:
    """Return whether a word is listed in stop_words.txt, or is a single letter; "jede*r" is one as "jede" is."""
    return len(word) == 1 or without_gender(word.casefold().replace("’", "'")) in _stop_words()


def without_gender(word: str) -> str:
    """Return a word without an ending for all genders: "jede" of "jede*r"."""
    return word if word.isalpha() else _GENDER_MARK.split(word)[0]


@cache
def _stop_words() -> frozenset[str]:
    return frozenset(word for line in data_lines("stop_words.txt") for word in line.split())


_LOWER = str.maketrans("İıſ", "iis")
"""Letters that `re.IGNORECASE` takes for another one than `str.lower` makes of them, in Latin scripts."""


def lower_letters(text: str) -> str:
    """Return a text in lower case with every letter in its place; searching it is faster than with `re.IGNORECASE`."""
    return text.lower() if text.isascii() else text.translate(_LOWER).lower()


def normalized_words(text: str) -> list[str]:
    """Return the words and numbers of a text in lower case (NFKC), without punctuation, emoji and underscores."""
    return _ALPHANUMERIC.findall(_normal_letters(text))


def _normal_letters(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold().replace("’", "'")


def normalize(text: str) -> str:
    """Return a text in lower case without punctuation; equal for two lines that have the same words."""
    return " ".join(normalized_words(text))


def is_number(word: str) -> bool:
    """Return whether a normalized word is a number or an English ordinal (`3rd`)."""
    return word[:1].isdecimal() and _NUMBER.fullmatch(word) is not None


def mask_variables(text: str) -> str:
    """Return a normalized text with `0` for each number, date and address: what copies of a template line share."""
    calendar = word_list("calendar.toml", "names")
    masked = normalized_words(replace_addresses(text, " 0 "))
    return " ".join("0" if word in calendar or is_number(word) else word for word in masked)


def unique_name(candidates: Iterable[str], taken: set[str]) -> str:
    """Return the first candidate not in `taken`, or the last with a number (`Shed-2`), and add it to `taken`.

    `taken` holds casefolded names.
    """
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


_SURE_WORDS = 6
"""Words from which the language of a line is certain."""


def line_languages(segments: Sequence[Segment]) -> list[str]:
    """Return the language of each segment; the commonest one of its pad where none was determined with certainty.

    "Feedback: Workshop" in a German pad is no English line.
    """
    of_pads: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for segment in segments:
        if segment.role is LineRole.CONTENT and segment.language != "und":
            of_pads[segment.pad_id][segment.language] += 1
    main = {pad: counts.most_common(1)[0][0] for pad, counts in of_pads.items()}
    return [_language(segment, main.get(segment.pad_id, "und")) for segment in segments]


def _language(segment: Segment, of_pad: str) -> str:
    is_short = len(normalized_words(segment.text)) < _SURE_WORDS
    return of_pad if segment.language == "und" or (segment.language == "en" and is_short) else segment.language


def is_statement(text: str) -> bool:
    """Return whether a short text has a pronoun, an auxiliary verb or the like, and so is neither title nor name."""
    return not word_list("statement_words.toml").isdisjoint(normalized_words(text))


def is_question(text: str) -> bool:
    """Return whether a line ends in a question mark, or begins with a question word and has no full stop."""
    if text.rstrip("*_\"'”’»)]} \t").endswith(("?", "？", "؟")):
        return True
    if text.rstrip().endswith((".", "!")):
        return False
    first = _ALPHANUMERIC.search(_normal_letters(text))
    return first is not None and first[0] in word_list("question_words.toml")


# Drawn as nothing, whatever their category says: byte order mark, zero width, direction marks, soft hyphen.
_INVISIBLE = frozenset(
    "\ufeff\u200b\u200c\u200d\u2060\u200e\u200f\u00ad\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)


def is_invisible(char: str) -> bool:
    """Return whether a character leaves no ink: white space, control characters and formatting marks."""
    return char.isspace() or char in _INVISIBLE or unicodedata.category(char) == "Cc"


def trim(text: str, start: int, end: int) -> tuple[int, int]:
    """Return the span `start:end` without invisible characters at either end; empty if there are no others."""
    while start < end and is_invisible(text[start]):
        start += 1
    while end > start and is_invisible(text[end - 1]):
        end -= 1
    return start, end


# Check boxes. Behind a list's marker, brackets and ballot boxes are check boxes; at the start of a text that no parser
# has taken the marks from, so are ticks, and brackets that are written loosely: `[ x ]`, `[x]done`, `[?]`, `[✗]`.
CHECKBOX = re.compile(r"\[([ xX>/<~\-✓✔]?)\](?=\s|$)|\[ \]|[☐☑☒](?=\s)")
_LEADING_CHECKBOX = re.compile(r"^[\s>*+•–-]{0,8}(\[\s?[ xX>/<~?\-✓✔✗]?\s?\](?!\()|[☐☑☒✅✔✓])\s*")
_CLOSED = frozenset("xX✓✔✗☑☒✅-")


def checkbox_state(text: str) -> Checkbox | None:
    """Return the state of the check box that a text starts with, else None; dropped (`[-]`, `[✗]`) is done."""
    match = _LEADING_CHECKBOX.match(text)
    if match is None:
        return None
    return Checkbox.DONE if _CLOSED.intersection(match[1]) else Checkbox.OPEN


# Markup. `strip_markup` returns words for the encoder, so all marks go; `mask_unreadable` keeps the underscores within
# names (`file_name`) and every offset.
_LINK = re.compile(r"!?\[([^\[\]]*)\]\((?:[^()\s]|\([^()\s]*\))*\)")
_MARKS = re.compile(r"[*_`#~]+")
_MARKS_OUTSIDE_WORDS = re.compile(r"[*`~\[\]#]|(?<!\w)_+|_+(?!\w)")


def strip_emphasis(text: str) -> str:
    """Return a line's text without emphasis and the final colon: `**Next steps:**` is `Next steps`."""
    return text.strip("*_'=~ \t").rstrip(":： \t").rstrip("*_'~ \t")


def strip_markup(line: str) -> str:
    """Return `line` without Markdown's marks, check boxes, URLs and `[redacted]`; a link's words stay.

    A line that has nothing else is returned as it is. On the labelled events this raised the average precision of
    cross-group pairs from .107 to .111 (docs/experiments/encoder.md): a URL is many tokens and says little.
    """
    text = _LINK.sub(r"\1", line) if "](" in line else line
    if "[" in text or _may_have_address(text):
        text = _URL_OR_REDACTED.sub(" ", text)
    return " ".join(_MARKS.sub(" ", _without_checkbox(text)).split()) or line


def _without_checkbox(text: str) -> str:
    box = _LEADING_CHECKBOX.match(text)
    return text[box.end() :] if box else text


_MAX_READ = 2000
"""Code points of a segment that are read for tags; a pasted page says what it is before that."""

FILLER = "\x1a"
"""Replaces each character of an address: something is written there, and it is not a word."""

_ENDLESS_LENGTH = 80
_ENDLESS = re.compile(rf"[^\s{FILLER}]{{{_ENDLESS_LENGTH},}}")  # keys, hashes, drawings made of signs
_SURROGATES = re.compile("[\ud800-\udfff]")  # halves of characters, from a broken export; spaCy cannot read them
_FILLERS = re.compile(rf"{FILLER}+")
_LEADING_MARKS = re.compile(r"[\s\-–—•·+=:>.…,;]+")


def mask_unreadable(text: str) -> str:
    """Return a segment's text with addresses replaced by FILLER and marks by spaces: offsets stay, up to 2,000."""
    masked = text[:_MAX_READ]
    if len(masked) < _ENDLESS_LENGTH and not _SIGNS_OF_UNREADABLE.search(masked):
        return masked
    masked = _SURROGATES.sub("\ufffd", masked)
    for pattern in (_UNREADABLE, _ENDLESS):
        masked = pattern.sub(lambda match: FILLER * len(match[0]), masked)
    return _MARKS_OUTSIDE_WORDS.sub(lambda match: " " * len(match[0]), masked)


def core(text: str) -> str:
    """Return what a line says: without check box and list marks, and with `url` for each address."""
    plain = mask_unreadable(_without_checkbox(text))
    if FILLER in plain:
        plain = _FILLERS.sub(" url ", plain)
    marks = _LEADING_MARKS.match(plain)
    return " ".join(plain[marks.end() if marks else 0 :].split())
