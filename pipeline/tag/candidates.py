"""What looks like a name, line by line, before the whole event is heard."""

from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from spacy.tokens import Doc

from pipeline.records import Label
from pipeline.tag.lexicon import common_words, first_names, known_names, vocabulary
from pipeline.tag.spans import Name, stands_free

ENOUGH = 6
"""Votes that make a form a name; a sure pattern has them all."""

_SURE = 3
"""Words in capitals that are no accident of a sentence's start."""

_SMALL = 3
"""Letters of the words that Title Case leaves small ("of", "the")."""

_SHOUTED = 0.7
"""Share of capitals from which a line shouts, and capitals say nothing about names."""


@dataclass(frozen=True, slots=True)
class Line:
    """An unmarked line and its words: `text[starts[n]:][:len(words[n])] == words[n]`."""

    text: str
    words: Sequence[str]
    starts: Sequence[int]

    def span(self, first: int, last: int) -> tuple[int, int]:
        """Where the words from `first` up to `last` stand in the text."""
        return self.starts[first], self.starts[last - 1] + len(self.words[last - 1])


def line_of(doc: Doc, text: str) -> Line:
    """The words of a tokenized line, read in one go: spaCy makes an object of each token that is looked at."""
    places = doc.to_array(["IDX", "LENGTH"]).tolist()
    return Line(text, [text[start : start + length] for start, length in places], [start for start, _ in places])


def by_pattern(
    line: Line, found: Iterable[tuple[int, int, int]], lower: AbstractSet[str]
) -> Iterator[tuple[Name, int]]:
    """A line, and where the patterns hold (`pipeline.tag.shapes`), to the names in it, each with its votes.

    `lower` are the words that the event writes in lower case somewhere: no guess is made at them.
    """
    text = line.text
    if _shouts(text):
        return
    prose = any(word.islower() and len(word) > _SMALL for word in line.words)
    for number, first, last in found:
        pattern = vocabulary()["patterns"][number]
        start, end, votes = first + pattern.get("skip", 0), last - pattern.get("drop", 0), pattern.get("votes", ENOUGH)
        start = start if pattern.get("whole") else _trimmed(line, start, end, prose=prose)
        if start == end:
            continue
        begin, stop = line.span(start, end)
        if not stands_free(text, begin, stop):
            continue
        if votes >= ENOUGH or not any(_is_usual(word, lower) for word in line.words[start:end]):
            yield Name(begin, stop, Label(pattern["label"])), votes


def _is_usual(word: str, lower: AbstractSet[str]) -> bool:
    """Whether the event writes it as a word too, or it is known as something else."""
    return word.casefold() in lower or word in known_names()


def _trimmed(line: Line, start: int, end: int, *, prose: bool) -> int:
    """Where a name begins without the everyday words that a sentence's start capitalised; `end` where it is none.

    In `prose`, a line that has words in lower case and so is no heading in Title Case, more capitals are believed.
    """
    whole, words, common = end - start, line.words, common_words()
    opens = not line.text[: line.starts[start]].rstrip()[-1:].isalnum()
    if prose and (whole >= _SURE if opens else whole > 1 and words[start - 1].islower()):
        return start
    if opens:
        while start < end and words[start].lower() in common and words[start] not in first_names():
            start += 1
        if start < end and words[start].lower() in common:
            return end
    left = [word.lower() for word in words[start:end] if word.isalpha()]
    if end - start < min(whole, 2) or (len(left) < 3 and all(word in common for word in left)):  # noqa: PLR2004
        return end
    return start if words[start][0].isupper() or whole == 1 else end


def _shouts(text: str) -> bool:
    letters = [sign for sign in text if sign.isalpha()]
    return len(letters) > 12 and sum(sign.isupper() for sign in letters) > _SHOUTED * len(letters)  # noqa: PLR2004
