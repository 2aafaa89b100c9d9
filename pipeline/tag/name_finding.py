"""Where notes put people: attendee lines, "Ana: …", "@ana", "(Ana, Ben)" after a task.

What looks like a name, line by line, before the whole event is heard.

Names in an event's notes: found by patterns and slots first, then again wherever else the event writes them.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import cache

from spacy.matcher import PhraseMatcher
from spacy.tokens import Doc

from fetch.corpus_records import KnownName
from pipeline.analysis_records import Label
from pipeline.tag.coreference import beside
from pipeline.tag.name_patterns import (
    Name,
    Spot,
    common_words,
    first_names,
    given_names,
    known_finder,
    known_names,
    matches,
    phrases,
    shapes,
    stands_free,
    tokenizer,
    vocabulary,
    without_overlap,
)
from pipeline.text import FILLER

_HANDLE = re.compile(r"(?<![\w/.])@[^\W\d_](?:[\w-]{0,38}\w)?")
_SPEAKER = re.compile(r"^[\s\-–—•*>+]{0,8}(?P<who>@?[^\W\d_][\w.'’-]{0,30}(?: [^\W\d_][\w.'’-]{0,30}){0,2})\s?:\s")
_BRACKETS = re.compile(r"\((?P<who>[^()]{2,80})\)")
_BETWEEN = re.compile(r"\s?[,;/&+]\s?|\s(?:and|y|e|et|und|i)\s", re.IGNORECASE)
_GAP = re.compile(r"\s{2,}")
_NAME = re.compile(r"^@?[^\W\d_][\w.'’-]{0,30}(?: [^\W\d_][\w.'’-]{0,30}){0,2}$")


@dataclass(frozen=True, slots=True)
class Slot:
    """A place where a person may stand: `text[start:end]`; `kind` says which (list, speaker, brackets, handle)."""

    start: int
    end: int
    kind: str


def find_slots(text: str) -> Iterator[Slot]:
    """An unmarked line to the places in it where people stand, likely ones only."""
    for match in _HANDLE.finditer(text):
        yield Slot(match.start(), match.end(), "handle")
    listed = _people_line().match(text)
    if listed:
        yield from _items(text, listed.end(), len(text), "list")
        return
    speaker = _SPEAKER.match(text)
    if speaker and not text[speaker.end() : speaker.end() + 1].isdigit() and _is_name(speaker["who"]):
        yield Slot(speaker.start("who"), speaker.end("who"), "speaker")
    for brackets in _BRACKETS.finditer(text):
        before = text[: brackets.start()].split()[-1:]
        if not before or before[0] in first_names():
            continue  # "(aside) …", and "Ana (Example Network)"
        yield from _items(text, brackets.start("who"), brackets.end("who"), "brackets")


def _items(text: str, start: int, end: int, kind: str) -> Iterator[Slot]:
    """The names between commas, slashes and "and"; none of brackets in which something else stands too."""
    at, items = start, []
    for match in [*_BETWEEN.finditer(text, start, end), None]:
        stop = match.start() if match else end
        item = text[at:stop]
        shown = _name_in(item) if kind == "list" else item.strip()
        if shown and not any(sign.isdecimal() for sign in shown) and shown.casefold() not in _dates():
            items.append((at + item.index(shown), shown))
        at = match.end() if match else end
    if kind == "brackets" and not all(_is_name(shown) for _, shown in items):
        return
    for where, shown in items:
        if _is_name(shown, listed=kind == "list"):
            yield Slot(where, where + len(shown), kind)


def _name_in(item: str) -> str:
    """The name that an item of a list begins with: "Ana" of "Ana from Example (remote)", "sen" of "sen"."""
    words = _GAP.split(item.split("(", maxsplit=1)[0].strip(f" .:\t{FILLER}"))[0].split(" ")
    ends = [at for at, word in enumerate(words) if at and word[:1].islower() and word not in _particles()]
    return " ".join(words[: ends[0]] if ends else words)


def _is_name(text: str, *, listed: bool = False) -> bool:
    """Whether it can be a name; in a list of people even a word that means something ("Salt")."""
    if not _NAME.match(text) or text.casefold() in _nobodies():
        return False
    words = text.lstrip("@").split()
    capitals = [word for word in words if word[0].isupper()]
    if text.startswith("@"):
        return True
    if len(words) > 1:
        usual = any(word.casefold() in common_words() or word.isupper() for word in words)
        return len(capitals) > 1 and (words[0] in first_names() or not usual)
    everyday = text.casefold() in common_words()
    shouted = text.isupper() and len(text) > 1  # "here as a person, NOT as a speaker"
    return text in first_names() or not everyday or (listed and not shouted)


@cache
def _nobodies() -> frozenset[str]:
    return frozenset(vocabulary()["nobody"]["words"])


@cache
def _particles() -> frozenset[str]:
    return frozenset(vocabulary()["words"]["particle"])


@cache
def _dates() -> frozenset[str]:
    """Words of dates that stand beside names in brackets: "(Ana, Friday)"."""
    return frozenset(vocabulary()["nobody"]["dates"])


@cache
def _people_line() -> re.Pattern[str]:
    words = "|".join(vocabulary()["slots"]["people"])
    return re.compile(
        rf"^[\s\-–—•*>+]{{0,8}}(?:\w{{1,20}}\s)?(?:{words})(?:\s?\([^()]{{0,20}}\))?\s?:\s?", re.IGNORECASE
    )


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
    """A line, and where the patterns hold (`pipeline.tag.name_patterns`), to the names in it, each with its votes.

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


_VOTES = {"list": 6, "handle": 6, "speaker": 3, "brackets": 3}
"""A list of people makes a name alone; speakers and brackets need each other, or one more of their kind."""

_DIGITS = re.compile(r"\d+")
_EDITION = re.compile(r"(?P<series>\w{3,30}) (?:19|20)\d\d")
_DISTINCT = 3
"""A name of this many letters is known in lower case too, where it is no English word; of people only given names,
for who is called Salt is not meant by every salt."""


@dataclass(frozen=True, slots=True)
class _Known:
    """The event's names by form and by form without case, and the matchers that meet them again."""

    forms: dict[str, Label]
    folded: dict[str, Label]
    finders: tuple[PhraseMatcher, ...]


def find_names(texts: Sequence[str], spot: Spot, own: Sequence[KnownName] = ()) -> list[list[Name]]:
    """Unmarked lines of one event to the names in each, in reading order, none overlapping another.

    What `spot` sees is sure, and looked for in all other lines too. `own` are names that event.toml knows: whatever
    else looks like one of them is one of them.
    """
    docs = list(tokenizer().pipe(texts))
    lines = [line_of(doc, text) for doc, text in zip(docs, texts, strict=True)]
    slots = [list(find_slots(text)) for text in texts]
    seen, patterned = spot(texts), _by_patterns(lines)
    found = [[*((name, ENOUGH) for name in names), *guesses] for names, guesses in zip(seen, patterned, strict=True)]
    given = {form: Label(name.label) for name in own for form in (name.name, *name.also)}
    forms = {**_forms(texts, slots, found), **given}
    listed = known_names()
    meant = {**{form: label for form, label in forms.items() if form not in listed}, **given}
    folded = {form.casefold(): label for form, label in forms.items()}
    heard = _Known(forms, folded, (known_finder(), phrases(form for form in forms if form not in listed)))
    return [
        without_overlap(
            [
                *_labelled(names, line.text, meant),  # a model may see that this Georgia is a person
                *_labelled((name for name, votes in guesses if votes >= ENOUGH), line.text, forms),
                *_by_form(doc, line, heard),
                *_by_slot(line.text, here, heard),
            ]
        )
        for doc, line, names, guesses, here in zip(docs, lines, seen, patterned, slots, strict=True)
    ]


def _by_patterns(lines: Sequence[Line]) -> list[list[tuple[Name, int]]]:
    """What the patterns of names.toml see in each line, with its votes."""
    lower = {word for word in {word for line in lines for word in line.words} if word.islower()}
    held = matches([line.words for line in lines], [one["tokens"] for one in vocabulary()["patterns"]], shapes())
    return [list(by_pattern(line, here, lower)) for line, here in zip(lines, held, strict=True)]


def _forms(
    texts: Sequence[str], slots: Sequence[Sequence[Slot]], found: Sequence[Sequence[tuple[Name, int]]]
) -> dict[str, Label]:
    """The event's names as somebody wrote them, each with the label that most of the evidence gives it."""
    votes = _heard(texts, slots, found)
    for form, label in _acronyms(texts, found):
        votes[form][label] += ENOUGH
    for form, (known, _) in known_names().items():
        votes[form][Label(known)] += 10 * ENOUGH
    for series in _series(votes):
        votes[series][Label.EVENT] += 10 * ENOUGH
    people = [form for form, labels in votes.items() if labels[Label.PERSON] >= ENOUGH and " " in form]
    for form in people:
        for part in (form.split()[0], form.split()[-1]):
            if form.split()[0] in first_names() and _can_stand_alone(part):
                votes[part][Label.PERSON] += ENOUGH
    best = {form: max(sorted(labels), key=lambda label: labels[label]) for form, labels in votes.items()}
    return {form: label for form, label in best.items() if votes[form][label] >= ENOUGH}


def _heard(
    texts: Sequence[str], slots: Sequence[Sequence[Slot]], found: Sequence[Sequence[tuple[Name, int]]]
) -> defaultdict[str, Counter[Label]]:
    """Votes per form and label; a line that differs from an earlier one in its numbers only is heard once."""
    votes: defaultdict[str, Counter[Label]] = defaultdict(Counter)
    heard: set[str] = set()
    for text, here, names in zip(texts, slots, found, strict=True):
        wording = _DIGITS.sub("0", text)
        if wording in heard:
            continue
        heard.add(wording)
        for slot in here:
            form = text[slot.start : slot.end]
            votes[form][Label.PERSON] += _VOTES[slot.kind] if form[0].isupper() or slot.kind == "handle" else 0
        for name, weight in names:
            if name.label is Label.DATE:
                continue  # "May" in one line is no date in all others
            votes[text[name.start : name.end]][name.label] += weight
    return votes


def _series(votes: Mapping[str, Counter[Label]]) -> list[str]:
    """Finds "ShedCon" of "ShedCon 2018": what has editions is no product, whatever its capitals look like."""
    editions = [form for form, labels in votes.items() if labels[Label.EVENT] >= ENOUGH]
    series = [match["series"] for form in editions if (match := _EDITION.fullmatch(form))]
    return [form for form in dict.fromkeys(series) if not form.islower() and form.casefold() not in common_words()]


def _can_stand_alone(part: str) -> bool:
    """Whether a first or last name is a name without the other half: no initial, no everyday word."""
    return part[0].isupper() and len(part.strip(".")) > 2 and part.casefold() not in common_words()  # noqa: PLR2004


def _acronyms(texts: Sequence[str], found: Sequence[Sequence[tuple[Name, int]]]) -> Iterator[tuple[str, Label]]:
    """Short forms that a line explains: "Example Open Network (EON)", "EON = Example Open Network"."""
    for text, names in zip(texts, found, strict=True):
        for name, _ in names:
            yield from ((short, name.label) for short in beside(text, name))


def _by_form(doc: Doc, line: Line, heard: _Known) -> Iterator[Name]:
    for _, first, last in (match for finder in heard.finders for match in finder(doc)):
        start, end = line.span(first, last)
        written = line.text[start:end]
        label = heard.forms.get(written) or _other_case(written, heard)
        if label and stands_free(line.text, start, end):
            yield Name(start, end, label)


def _other_case(written: str, known: _Known) -> Label | None:
    folded = written.casefold()
    if len(written) < _DISTINCT or folded in common_words() or written in vocabulary()["nobody"]["lower"]:
        return None
    label = known.folded.get(folded)
    return label if label is not Label.PERSON or " " in folded or folded in given_names() else None


def _by_slot(text: str, slots: Iterable[Slot], known: _Known) -> Iterator[Name]:
    for slot in slots:
        if slot.kind == "handle" or known.folded.get(text[slot.start : slot.end].casefold()) is Label.PERSON:
            yield Name(slot.start, slot.end, Label.PERSON)


def _labelled(names: Iterable[Name], text: str, forms: Mapping[str, Label]) -> Iterator[Name]:
    """Names of a line, labelled as most of the event's evidence for their form says."""
    for name in names:
        label = name.label if name.label is Label.DATE else forms.get(text[name.start : name.end], name.label)
        yield Name(name.start, name.end, label)
