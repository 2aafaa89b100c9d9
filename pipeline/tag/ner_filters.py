"""What surrounds the named-entity model: which lines it reads, how they are normalised, which names are kept.

align(line) -> prefilter(aligned.text) -> ner_model.predict_names -> aligned.to_source(name) -> postfilter
"""

import bisect
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipeline.analysis_records import Label
from pipeline.tag.name_patterns import Name, common_words, given_names, listed, without_overlap
from pipeline.text import FILLER

_FIRST_WORD = re.compile(r"\W*(\w+)")
_CHUNK = re.compile(rf"[^\s{FILLER}]+")
_WORD = re.compile(r"\w+")
_TITLE = re.compile(r"(\w+\.?)\s+")
_PERSON_END = re.compile(r"[,/(]")
"""Ends a person's name: "Ana/Ben", "Ana (Tools)"."""

_ATTACHED_BEFORE = re.compile(r"(?:\w*@|\w+=\")$")
_ATTACHED_AFTER = re.compile(r"@\w*|\\")
"""Characters that make a name a part of a handle, an address or code: "@ana", "partners@example", 'NAME="value"'."""

_KEPT_ALONE = frozenset({Label.PERSON, Label.PLACE})
"""Labels for which a single word in a single line is enough."""


def prefilter(line: str) -> bool:
    """Return whether `line` may contain a name: a handle, or a capital that neither the line's start nor "I" explains.

    On labelled events this skips 44 % of the lines without finding fewer correct names (docs/experiments/names.md).
    """
    first = _FIRST_WORD.match(line)
    if first is None:
        return False
    word, rest = first[1], line[first.end() :]
    unusual = word[0].isupper() and word.lower() not in common_words()
    return unusual or "@" in line or any(char.isupper() and char != "I" for char in word[1:] + rest)


@dataclass(frozen=True, slots=True)
class AlignedLine:
    """A normalised line, with the start of each of its chunks in `text` (`starts`) and in the source (`sources`)."""

    text: str
    starts: tuple[int, ...]
    sources: tuple[int, ...]

    def to_source(self, name: Name) -> Name:
        """Return `name`, whose offsets are in `text`, with offsets in the source line."""
        return Name(self._source(name.start), self._source(name.end - 1) + 1, name.label)

    def _source(self, place: int) -> int:
        chunk = bisect.bisect_right(self.starts, place) - 1
        return self.sources[chunk] + place - self.starts[chunk]


def align(line: str) -> AlignedLine:
    """Return a line masked by `text.mask_unreadable` as the models read it: chunks separated by single spaces."""
    chunks = [(match.start(), match[0]) for match in _CHUNK.finditer(line)]
    starts, length = [], 0
    for _, chunk in chunks:
        starts.append(length)
        length += len(chunk) + 1
    return AlignedLine(" ".join(chunk for _, chunk in chunks), tuple(starts), tuple(source for source, _ in chunks))


def postfilter(texts: Sequence[str], predicted: Sequence[Sequence[Name]]) -> list[list[Name]]:
    """Return the names `predicted` in the lines of one event without those that are likely to be wrong.

    The model was trained mostly on prose and predicts too many names in notes (docs/experiments/names.md has the
    figures). A name inside a handle or an address is extended to the whole of it. Dates are dropped: the rules find
    and resolve them. Titles are cut off people's names, and those with an everyday word other than a given name are
    dropped. Names of everyday words only are dropped unless capitalised. A single word is an organisation, an event or
    a product only if two different lines contain it.
    """
    likely = [list(_likely(text, _whole_tokens(text, names))) for text, names in zip(texts, predicted, strict=True)]
    lines: defaultdict[str, set[str]] = defaultdict(set)
    for text, names in zip(texts, likely, strict=True):
        for name in names:
            lines[text[name.start : name.end]].add(text)
    return [
        [
            name
            for name in names
            if name.label in _KEPT_ALONE or " " in (form := text[name.start : name.end]) or len(lines[form]) > 1
        ]
        for text, names in zip(texts, likely, strict=True)
    ]


def _whole_tokens(text: str, names: Sequence[Name]) -> list[Name]:
    """Return names extended by the characters attached to them, without overlap."""
    extended = []
    for name in names:
        before = _ATTACHED_BEFORE.search(text[: name.start])
        after = _ATTACHED_AFTER.match(text, name.end)
        start, end = before.start() if before else name.start, after.end() if after else name.end
        extended.append(Name(start, end, name.label))
    return without_overlap(extended)


def _likely(text: str, names: Sequence[Name]) -> Iterator[Name]:
    for predicted in names:
        name = _trimmed(text, predicted) if predicted.label is Label.PERSON else predicted
        words = _WORD.findall(text[name.start : name.end])
        if name.label is Label.DATE or not words:
            continue
        capitalised = len(words) > 1 and words[0][0].isupper() and words[-1][0].isupper()
        given = any(word[0].isupper() and word.lower() in given_names() for word in words)
        if all(word.lower() in common_words() for word in words) and not (capitalised or given):
            continue
        everyday = any(word.lower() in common_words() and word.lower() not in given_names() for word in words)
        if name.label is not Label.PERSON or not everyday:
            yield name


def _trimmed(text: str, name: Name) -> Name:
    """Return a person's name without titles before it and whatever else follows it."""
    start, end = name.start, name.end
    while (title := _TITLE.match(text, start, end)) and title[1].lower() in listed("words", "title"):
        start = title.end()
    other = _PERSON_END.search(text, start, end)
    end = other.start() if other else end
    while end > start and text[end - 1] in " .,":
        end -= 1
    return Name(start, end, name.label)
