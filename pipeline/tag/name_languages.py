"""What is evidence for a name in a language that the recogniser of names was not made for.

The guesses of pipeline.tag.name_finding, and the models, rely on English: on its everyday words, and on capitals that
mean a name. In other languages a name needs better evidence: a given name, a list of who was there, a title, a
well-known name, a word like "Universität"; in those that write their nouns small, also capitals inside a sentence.
"""

import re
from collections.abc import Sequence
from collections.abc import Set as AbstractSet

from pipeline.segment_records import Label
from pipeline.tag.name_patterns import ENOUGH, Candidate, Name, first_names, listed
from pipeline.text import is_stop_word

UNDERSTOOD = frozenset({"en", "und"})
"""Languages (ISO 639-1) whose lines the guesses are made for; "und" are names and numbers in an English pad."""

_CAPITAL_NOUNS = frozenset({"de", "lb"})
"""Languages that capitalise every noun, in which a capital says nothing of names."""

_WORD = re.compile(r"[^\W\d_][\w'’-]*")
_SENTENCE_START = re.compile(r"(?:^|[.!?:;…\n])[\s\W]*$")
_HUMPS = re.compile(r"[A-Z][a-z]{2,20}[A-Z](?!nnen)[a-z]{2,20}")
"""A product's name in CamelCase: "LibreOffice", not the councils "AStA" and "StuRa", nor "LehrerInnen"."""


def is_product(word: str) -> bool:
    """Return whether a word in CamelCase is a product in any language."""
    return _HUMPS.fullmatch(word) is not None


def opens_sentence(text: str, start: int) -> bool:
    """Return whether a sentence, or what follows a colon, starts at a place of a line."""
    return _SENTENCE_START.search(text[:start][-40:]) is not None


def is_plausible(text: str, name: Name, language: str, lowercase: AbstractSet[str]) -> bool:
    """Return whether a model's prediction for a line in a language that it was not made for may be kept.

    `lowercase` are the words that the event writes in lower case. Several capitalised words are kept, as a person only
    if they begin with a given name.
    """
    words = _WORD.findall(text[name.start : name.end])
    if language in _CAPITAL_NOUNS or not words or not are_names(words, lowercase):
        return False
    is_given = words[0] in first_names()
    return len(words) > 1 and is_given == (name.label is Label.PERSON)


def is_evident(text: str, candidate: Candidate, language: str, lowercase: AbstractSet[str]) -> bool:
    """Return whether what a pattern finds holds in a language that it was not made for.

    A guess does where capitals mean something, and within a sentence; an event does with its year.
    """
    name = candidate.name
    written = text[name.start : name.end]
    words = _WORD.findall(written)
    if name.label is Label.PRODUCT:
        return is_product(written)
    if not are_names(words, lowercase if len(words) == 1 else frozenset()):
        return False
    if name.label is Label.EVENT and not written[-1].isdigit():
        return False
    is_guess = candidate.votes < ENOUGH
    return not is_guess or (language not in _CAPITAL_NOUNS and not opens_sentence(text, name.start))


def are_names(words: Sequence[str], lowercase: AbstractSet[str]) -> bool:
    """Return whether words are capitalised at both ends, and none is a stop word or also written in lower case."""
    small = listed("words", "particle") | listed("words", "of") | listed("words", "article")
    if not words or not (words[0][0].isupper() and words[-1][0].isupper()):
        return False
    return all(
        word in small if word[0].islower() else word in first_names() or not is_word(word, lowercase) for word in words
    )


def is_word(word: str, lowercase: AbstractSet[str]) -> bool:
    """Return whether a word is a stop word of any language, or also written in lower case; acronyms are neither."""
    return not (word.isupper() and len(word) > 1) and (is_stop_word(word) or word.casefold() in lowercase)
