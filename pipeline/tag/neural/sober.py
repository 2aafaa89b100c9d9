"""What is believed of the names that the model sees in notes: it was trained mostly on prose."""

import re
from collections.abc import Iterator, Sequence

from pipeline.records import Label
from pipeline.tag.lexicon import common_words
from pipeline.tag.neural.features import given_names
from pipeline.tag.patterns import vocabulary
from pipeline.tag.spans import Name

_TITLE = re.compile(r"(\w+\.?)\s+")
_OTHER = re.compile(r"[,/(]")
"""What ends a person: "Ana/Ben", "Ana (Tools)"."""

_ONCE = frozenset({Label.PERSON, Label.PLACE})
"""What is believed of a single word that is seen once."""

_WORD = re.compile(r"\w+")


def sober(texts: Sequence[str], seen: Sequence[Sequence[Name]]) -> list[list[Name]]:
    """The names that are `seen` in the lines of one event, less those that are likely to be none.

    Dates are left to the rules, which resolve them too. Titles are no part of a person's name. A person's name has no
    everyday word in it but for given names, and others written small have one that is none. A single word is an
    organisation, an event or a product where it is seen in two lines (docs/adr/0015 has the figures).
    """
    kept = [list(_likely(text, names)) for text, names in zip(texts, seen, strict=True)]
    lines: dict[str, set[str]] = {}
    for text, names in zip(texts, kept, strict=True):
        for name in names:
            lines.setdefault(text[name.start : name.end], set()).add(text)
    return [
        [
            name
            for name in names
            if name.label in _ONCE or " " in (form := text[name.start : name.end]) or len(lines[form]) > 1
        ]
        for text, names in zip(texts, kept, strict=True)
    ]


def _likely(text: str, names: Sequence[Name]) -> Iterator[Name]:
    for seen in names:
        name = _untitled(text, seen) if seen.label is Label.PERSON else seen
        words = _WORD.findall(text[name.start : name.end])
        if name.label is Label.DATE or not words:
            continue
        written_big = len(words) > 1 and words[0][0].isupper() and words[-1][0].isupper()
        everyday = [word.lower() in common_words() and word.lower() not in given_names() for word in words]
        known = any(word[0].isupper() and word.lower() in given_names() for word in words)
        if all(word.lower() in common_words() for word in words) and not (known or written_big):
            continue
        if name.label is not Label.PERSON or not any(everyday):
            yield name


def _untitled(text: str, name: Name) -> Name:
    start, end = name.start, name.end
    while (title := _TITLE.match(text, start, end)) and title[1].lower() in vocabulary()["words"]["title"]:
        start = title.end()
    other = _OTHER.search(text, start, end)
    end = other.start() if other else end
    while end > start and text[end - 1] in " .,":
        end -= 1
    return Name(start, end, name.label)
