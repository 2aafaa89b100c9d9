"""What looks like a name, line by line, before the whole event is heard."""

from collections.abc import Iterator
from collections.abc import Set as AbstractSet

from spacy.matcher import Matcher
from spacy.tokens import Doc, Span

from pipeline.records import Label
from pipeline.tag.lexicon import common_words, first_names, known_names
from pipeline.tag.patterns import vocabulary
from pipeline.tag.spans import Name, stands_free

ENOUGH = 6
"""Votes that make a form a name; a sure pattern has them all."""

_SHOUTED = 0.7
"""Share of capitals from which a line shouts, and capitals say nothing about names."""


def by_pattern(doc: Doc, matcher: Matcher, lower: AbstractSet[str]) -> Iterator[tuple[Name, int]]:
    """A line to the names that a pattern sees in it, each with its votes.

    `lower` are the words that the event writes in lower case somewhere: no guess is made at them.
    """
    text = doc.text
    if _shouts(text):
        return
    for key, first, last in matcher(doc):
        pattern = vocabulary()["patterns"][int(doc.vocab.strings[key])]
        start, end, votes = first + pattern.get("skip", 0), last - pattern.get("drop", 0), pattern.get("votes", ENOUGH)
        span = _trimmed(doc, start, end)
        if span is None or not stands_free(text, span.start_char, span.end_char):
            continue
        if votes >= ENOUGH or not any(_is_usual(token.text, lower) for token in span):
            yield Name(span.start_char, span.end_char, Label(pattern["label"])), votes


def _is_usual(word: str, lower: AbstractSet[str]) -> bool:
    """Whether the event writes it as a word too, or it is known as something else."""
    return word.casefold() in lower or word in known_names()


def _trimmed(doc: Doc, start: int, end: int) -> Span | None:
    """Without the everyday words that a sentence's start has capitalised; None where too little is left."""
    whole = end - start
    if not doc.text[: doc[start].idx].rstrip()[-1:].isalnum():
        while start < end and doc[start].lower_ in common_words() and doc[start].text not in first_names():
            start += 1
        if start < end and doc[start].lower_ in common_words():
            return None
    left = doc[start:end]
    words = [token.lower_ for token in left if token.is_alpha]
    if len(left) < min(whole, 2) or (len(words) < 3 and all(word in common_words() for word in words)):  # noqa: PLR2004
        return None
    return left if left[0].text[0].isupper() or whole == 1 else None


def _shouts(text: str) -> bool:
    letters = [sign for sign in text if sign.isalpha()]
    return len(letters) > 12 and sum(sign.isupper() for sign in letters) > _SHOUTED * len(letters)  # noqa: PLR2004
