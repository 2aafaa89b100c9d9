"""From a line's text to its words and normal forms, with the word lists of data/."""

import re
import tomllib
import unicodedata
from functools import cache
from pathlib import Path

DATA = Path(__file__).parent / "data"

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
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
    content = tomllib.loads((DATA / file).read_text(encoding="utf-8"))
    chosen = [content[table] for table in tables] if tables else [content]
    return frozenset(word for table in chosen for language in table.values() for word in language)


def words(text: str) -> list[str]:
    """The words of a text in lower case; punctuation, emoji and underscores are none."""
    return _WORD.findall(unicodedata.normalize("NFKC", text).casefold().replace("’", "'"))


def normal(text: str) -> str:
    """A text in lower case without punctuation, for telling whether two lines say the same."""
    return " ".join(words(text))


def frame(text: str) -> str:
    """The normal form with numbers, dates and addresses all written 0: copies of one template line differ in them."""
    calendar = word_list("calendar.toml", "names")
    return " ".join(
        "0" if word in calendar or _NUMBER.fullmatch(word) else word for word in words(ADDRESS.sub(" 0 ", text))
    )


def is_statement(text: str) -> bool:
    """Whether a short text holds a pronoun, an auxiliary verb or the like, and so is no title and no name."""
    known = word_list("statement_words.toml")
    return any(word in known for word in words(text))


def is_question(text: str) -> bool:
    """Whether a line asks: by its mark, or by its first word where the mark is missing."""
    if text.rstrip("*_\"'”’»)]} \t").endswith(("?", "？", "؟")):
        return True
    first = words(text)[:1]
    return bool(first) and first[0] in word_list("question_words.toml") and not text.rstrip().endswith((".", "!"))


def plain(text: str) -> str:
    """A line's text without emphasis and without the colon that leads on: `**Next steps:**` is `Next steps`."""
    return text.strip("*_'=~ \t").rstrip(":： \t").rstrip("*_'~ \t")
