"""Names in an event's notes: found by patterns and slots first, then again wherever else the event writes them."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from spacy.matcher import PhraseMatcher
from spacy.tokens import Doc

from fetch.records import KnownName
from pipeline.records import Label
from pipeline.tag.acronyms import beside
from pipeline.tag.candidates import ENOUGH, Line, by_pattern, line_of
from pipeline.tag.lexicon import common_words, first_names, given_names, known_names, vocabulary
from pipeline.tag.patterns import known_finder, phrases, shapes, tokenizer
from pipeline.tag.shapes import matches
from pipeline.tag.slots import Slot, find_slots
from pipeline.tag.spans import Name, Spot, stands_free, without_overlap

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
