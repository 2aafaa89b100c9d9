"""Find names in the lines of an event: where patterns, people's places or a model see them, and wherever else they are.

person_slots, pattern candidates, names of a model -> votes for each spelling -> labels -> every mention of a spelling
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import cache
from itertools import tee
from typing import Any

import spacy
from spacy.language import Language
from spacy.matcher import Matcher, PhraseMatcher
from spacy.tokens import Doc

from fetch.corpus_records import KnownName
from pipeline.segment_records import Label
from pipeline.tag.coreference import acronyms_beside
from pipeline.tag.name_languages import UNDERSTOOD, is_evident, is_plausible
from pipeline.tag.name_patterns import (
    ENOUGH,
    REQUIRED,
    Candidate,
    Name,
    Tagger,
    any_case,
    common_words,
    first_classes,
    first_names,
    given_names,
    known_names,
    listed,
    name_patterns,
    person_slots,
    series_of,
    stands_free,
    without_overlap,
    word_classes,
)
from pipeline.text import data_table, is_stop_word

_CERTAIN = 10 * ENOUGH
"""Votes that outvote all other evidence."""

_SHORTEST_FOLDED = 3
"""A name of this many letters is known in lower case too, unless it is an English word."""

_DIGITS = re.compile(r"\d+")
_PART = re.compile(r"[^\W\d_]+|\d+")
"""Letters or figures in a row, between which spaCy sets no border."""


def find_names(
    texts: Sequence[str], languages: Sequence[str], tagger: Tagger, known: Sequence[KnownName] = ()
) -> list[list[Name]]:
    """Return the names in each mask_unreadable line of an event, in reading order and without overlap.

    What `tagger` predicts in one line is certain, and is looked for in all other lines too. `languages` (ISO 639-1)
    are those of the lines. `known` are the names in event.toml, which outvote all other evidence.
    """
    pattern_matcher()  # before there are words, each of which would be tested for one flag after the other
    lowercase = {word for word in _words(_docs(texts)) if word.islower()}
    slots = [
        list(person_slots(text, is_foreign=language not in UNDERSTOOD))
        for text, language in zip(texts, languages, strict=True)
    ]
    candidates = _pattern_candidates(_docs(texts), languages, lowercase)
    predicted = _predicted(texts, languages, tagger, lowercase)  # last, for a model may still be reading
    evidence = [
        [*(Candidate(name, ENOUGH) for name in names), *found]
        for names, found in zip(predicted, candidates, strict=True)
    ]
    given = {spelling: Label(name.label) for name in known for spelling in (name.name, *name.also)}
    labels = _labels(texts, slots, evidence, given)
    # A model may see that Georgia is a person here, whatever the list of places says.
    of_event = {
        spelling: label
        for spelling, label in labels.items()
        if label is not Label.PLACE or spelling not in known_names()
    } | given
    folded = {spelling.casefold(): label for spelling, label in labels.items()}
    event_names = _EventNames(labels, folded, _phrase_matcher(_occurring(labels, texts)))
    return [
        without_overlap(
            [
                *_relabelled(names, text, of_event),
                *_relabelled((name for name, votes in found if votes >= ENOUGH), text, labels),
                *event_names.mentions(doc, text, is_foreign=language not in UNDERSTOOD),
                *event_names.people(text, line_slots),
            ]
        )
        for doc, text, language, names, found, line_slots in zip(
            _docs(texts), texts, languages, predicted, candidates, slots, strict=True
        )
    ]


def _predicted(
    texts: Sequence[str], languages: Sequence[str], tagger: Tagger, lowercase: AbstractSet[str]
) -> list[list[Name]]:
    """Return what a tagger predicts; in languages that it was not made for only what is plausible there."""
    made_for = None if tagger.languages is None else tagger.languages | {"und"}
    return [
        [
            name
            for name in names
            if made_for is None or language in made_for or is_plausible(text, name, language, lowercase)
        ]
        for text, language, names in zip(texts, languages, tagger.spot(texts), strict=True)
    ]


def _relabelled(names: Iterable[Name], text: str, labels: Mapping[str, Label]) -> Iterator[Name]:
    """Yield the names of a line with the labels that the event gives to their spellings; dates stay dates."""
    for name in names:
        label = name.label if name.label is Label.DATE else labels.get(text[name.start : name.end], name.label)
        yield Name(name.start, name.end, label)


def _is_everyday(written: str) -> bool:
    """Return whether a word is a stop word of some language, and neither a given nor a well-known name."""
    return is_stop_word(written) and written not in first_names() and written not in known_names()


# spaCy's matchers


@cache
def tokenizer() -> Language:
    """Return a spaCy pipeline that only divides lines into words."""
    nlp = spacy.blank("xx")
    nlp.max_length = 10_000_000
    return nlp


def _occurring(spellings: Iterable[str], texts: Iterable[str]) -> Iterator[str]:
    """Yield the spellings all of whose words are somewhere in an event's texts, in any case; few of those in lists."""
    written = {part for text in texts for part in _PART.findall(text.lower())}
    for spelling in spellings:
        if written.issuperset(_PART.findall(spelling.lower())):
            yield spelling


def _phrase_matcher(spellings: Iterable[str]) -> PhraseMatcher:
    """Return a matcher that finds `spellings` in any case."""
    nlp = tokenizer()
    matcher = PhraseMatcher(nlp.vocab, attr="LOWER")
    matcher.add("name", [nlp.make_doc(spelling) for spelling in spellings])
    return matcher


@cache
def pattern_matcher() -> Matcher:
    """Return a matcher of the patterns of data/names.toml, by their `tokens`; each takes the leftmost longest match.

    A class of words is a flag of spaCy's vocabulary, so that a word is tested once, however often it occurs; or, as far
    as there are too few flags, a list.
    """
    flags = _flags()
    matcher = Matcher(tokenizer().vocab, validate=False)  # the schema of patterns does not know flags
    tests: dict[str, dict[Any, Any]] = {name: {"LOWER": {"IN": sorted(listed("words", name))}} for name in any_case()}
    tests |= {name: {flag: True} for name, flag in flags.items()}
    for pattern, items in zip(data_table("names.toml")["patterns"], name_patterns(), strict=True):
        spec = [tests[name] | {"OP": times or "1"} for name, times in items]
        matcher.add(pattern["tokens"], [spec], greedy="FIRST")
    return matcher


@cache
def _flags() -> dict[str, int]:
    """Return the flag of each class of words that is one, after telling spaCy how to set it.

    Lists that contain a word in any case are flags only if a pattern begins with them: the matcher asks for these at
    every word. spaCy's own flags give way, since there are 63 in all and we read none of them.
    """
    opening = {name for items in name_patterns() for name in first_classes(items)}
    used = {name for items in name_patterns() for name, _ in items}
    tests = {name: test for name, test in word_classes().items() if name in used - (any_case() - opening)}
    vocab = tokenizer().vocab
    return {name: vocab.add_flag(test, flag) for flag, (name, test) in enumerate(tests.items(), 1)}


def _docs(texts: Iterable[str]) -> Iterator[Doc]:
    """Yield lines divided into words, anew each time: spaCy remembers words, but lines would take 5 kB each."""
    return tokenizer().pipe(texts)


def _words(docs: Iterable[Doc]) -> list[str]:
    """Return the different words of an event's lines."""
    strings = tokenizer().vocab.strings
    return [strings[word] for word in {word for doc in docs for word in doc.to_array("ORTH").tolist()}]


def may_match(docs: Iterable[Doc]) -> Iterator[bool]:
    """Yield for each line whether it has words of all classes that a pattern requires.

    Most lines have not, and the matcher takes ten times as long to find that out.
    """
    needs = {frozenset(name for name, times in items if times in REQUIRED) for items in name_patterns()}
    bits = {name: 1 << place for place, name in enumerate(sorted(frozenset[str]().union(*needs)))}
    required = [sum(map(bits.__getitem__, names)) for names in needs]
    flags = [(flag, bits[name]) for name, flag in _flags().items() if name in bits]
    lists = [(listed("words", name), bits[name]) for name in bits if name not in _flags()]
    vocab, classes = tokenizer().vocab, dict[int, int]()
    for doc in docs:
        found = 0
        for word in doc.to_array("ORTH").tolist():
            if word not in classes:
                lexeme = vocab[word]
                flagged = sum(bit for flag, bit in flags if lexeme.check_flag(flag))
                classes[word] = flagged | sum(bit for words, bit in lists if lexeme.lower_ in words)
            found |= classes[word]
        yield any(found & needed == needed for needed in required)


# Candidates by pattern

_CERTAIN_CAPITALS = 3
"""So many capitalised words in a row are not explained by the start of a sentence."""

_SMALL = 3
"""Letters of the words that Title Case leaves in lower case ("of", "the")."""

_SHORT_LINE, _SHOUTED = 12, 0.7
"""Letters of a line that may be an acronym; share of capitals in a longer one from which they say nothing of names."""


def _pattern_candidates(
    docs: Iterable[Doc], languages: Sequence[str], lowercase: AbstractSet[str]
) -> list[list[Candidate]]:
    """Return what the patterns of data/names.toml find in each line.

    A guess is not a candidate if one of its words is in lower case elsewhere in the event.
    """
    patterns = {pattern["tokens"]: pattern for pattern in data_table("names.toml")["patterns"]}
    matcher, strings = pattern_matcher(), tokenizer().vocab.strings
    candidates: list[list[Candidate]] = []
    docs, tried = tee(docs)
    for doc, language, is_likely in zip(docs, languages, may_match(tried), strict=True):
        matches = matcher(doc) if is_likely else ()
        if not matches:
            candidates.append([])
            continue
        line = _Tokens(doc, language)
        letters = [sign for sign in line.text if sign.isalpha()]
        if len(letters) > _SHORT_LINE and sum(map(str.isupper, letters)) > _SHOUTED * len(letters):
            matches = ()
        found = (_candidate(line, first, last, patterns[strings[match]], lowercase) for match, first, last in matches)
        candidates.append([candidate for candidate in found if candidate])
    return candidates


class _Tokens:
    """A line with its words; spaCy would build the text and the words anew for each candidate."""

    def __init__(self, doc: Doc, language: str) -> None:
        self.text = doc.text
        self.language = language
        self.words = [token.text for token in doc]
        self.starts = [token.idx for token in doc]
        self.is_prose = any(word.islower() and len(word) > _SMALL for word in self.words)


def _candidate(
    line: _Tokens, first: int, last: int, pattern: Mapping[str, Any], lowercase: AbstractSet[str]
) -> Candidate | None:
    """Return the name in the tokens `first` to `last` of a line that match `pattern`, if they contain one."""
    votes = pattern.get("votes", ENOUGH)
    start, end = first + pattern.get("skip", 0), last - pattern.get("drop", 0)
    start = start if pattern.get("whole") else _without_opening(line, start, end)
    if start == end:
        return None
    is_usual = any(word.casefold() in lowercase or word in known_names() for word in line.words[start:end])
    span = line.starts[start], line.starts[end - 1] + len(line.words[end - 1])
    if (votes < ENOUGH and is_usual) or not stands_free(line.text, *span) or " - " in line.text[slice(*span)]:
        return None
    candidate = Candidate(Name(*span, Label(pattern["label"])), votes)
    is_believed = line.language in UNDERSTOOD or (
        not pattern.get("english") and is_evident(line.text, candidate, line.language, lowercase)
    )
    return candidate if is_believed else None


def _without_opening(line: _Tokens, start: int, end: int) -> int:
    """Return where a name begins without the everyday words that only the start of a sentence capitalises.

    Returns `end` if nothing remains. In prose, lines that contain words in lower case and so are no headings in Title
    Case, more capitals are believed.
    """
    words, common = line.words, common_words()
    opens = not line.text[: line.starts[start]].rstrip()[-1:].isalnum()
    if line.is_prose and (
        end - start >= _CERTAIN_CAPITALS if opens else end - start > 1 and words[start - 1].islower()
    ):
        return start
    name = start
    if opens:
        while name < end and words[name].lower() in common and words[name] not in first_names():
            name += 1
        if name < end and words[name].lower() in common:
            return end
    rest = [word.lower() for word in words[name:end] if any(map(str.isalpha, word))]
    everyday = len(rest) < _CERTAIN_CAPITALS and all(word in common for word in rest)
    if end - name < min(end - start, 2) or everyday:
        return end
    return name if words[name][0].isupper() or end - start == 1 else end


# Labels of spellings


def _labels(
    texts: Sequence[str],
    slots: Sequence[Sequence[Candidate]],
    evidence: Sequence[Sequence[Candidate]],
    given: Mapping[str, Label],
) -> dict[str, Label]:
    """Return the label of each spelling that has enough votes for it: the one that has most, or that is `given`."""
    votes = _votes(texts, slots, evidence)
    for spelling, label in given.items():
        votes[spelling][label] += _CERTAIN
    for spelling, (known, _) in known_names().items():
        votes[spelling][known] += _CERTAIN
    editions = [series_of(spelling) for spelling, counts in votes.items() if counts[Label.EVENT] >= ENOUGH]
    for series in dict.fromkeys(filter(None, editions)):
        # What has editions, as "ShedCon 2018" is one, is no product, whatever its capitals look like.
        if not series.islower() and len(series) >= _SHORTEST_FOLDED and series.casefold() not in common_words():
            votes[series][Label.EVENT] += _CERTAIN
    for full in [full for full, counts in votes.items() if counts[Label.PERSON] >= ENOUGH and " " in full]:
        first, *_, last = full.split()
        for part in (first, last) if first in first_names() else ():
            # Neither an initial nor an everyday word is a name without the rest of it.
            if part[0].isupper() and len(part.strip(".")) > 2 and part.casefold() not in common_words():  # noqa: PLR2004 - as above
                votes[part][Label.PERSON] += ENOUGH
    best = {spelling: max(sorted(counts), key=counts.__getitem__) for spelling, counts in votes.items()}
    return {spelling: label for spelling, label in best.items() if votes[spelling][label] >= ENOUGH} | dict(given)


def _votes(
    texts: Sequence[str], slots: Sequence[Sequence[Candidate]], evidence: Sequence[Sequence[Candidate]]
) -> defaultdict[str, Counter[Label]]:
    """Return the votes for each label of each spelling; lines that differ in numbers only count once.

    An acronym that a line explains has the label of the name that it stands for.
    """
    votes: defaultdict[str, Counter[Label]] = defaultdict(Counter)
    counted: set[str] = set()
    for text, line_slots, candidates in zip(texts, slots, evidence, strict=True):
        for name, _ in candidates:
            for acronym in acronyms_beside(text, name):
                votes[acronym][name.label] += ENOUGH
        wording = _DIGITS.sub("0", text)
        if wording in counted:
            continue
        counted.add(wording)
        for name, weight in (*line_slots, *candidates):
            if name.label is not Label.DATE:  # "May" in one line is no date in all others
                votes[text[name.start : name.end]][name.label] += weight
    return votes


@dataclass(frozen=True, slots=True)
class _EventNames:
    """The labels of an event's names by spelling and by casefolded spelling, and a matcher of the spellings."""

    labels: Mapping[str, Label]
    folded: Mapping[str, Label]
    matcher: PhraseMatcher

    def mentions(self, doc: Doc, text: str, *, is_foreign: bool) -> Iterator[Name]:
        """Yield the names that a line contains, in any case; in a foreign language with their capitals."""
        for span in self.matcher(doc, as_spans=True):
            start, end = span.start_char, span.end_char
            written = text[start:end]
            if is_foreign and (written[0].islower() or _is_everyday(written)):
                continue
            label = self.labels.get(written) or self._other_case(written)
            if label and stands_free(text, start, end):
                yield Name(start, end, label)

    def people(self, text: str, slots: Iterable[Candidate]) -> Iterator[Name]:
        """Yield the slots of a line that hold a handle or a person of this event."""
        for name, _ in slots:
            written = text[name.start : name.end]
            if written.startswith("@") or self.folded.get(written.casefold()) is Label.PERSON:
                yield name

    def _other_case(self, written: str) -> Label | None:
        """Return the label of a spelling in another case; of people only given names: not every salt is Salt."""
        folded = written.casefold()
        if len(written) < _SHORTEST_FOLDED or folded in common_words() or written in listed("excluded", "lowercase"):
            return None
        if written in listed("words", "org_alone"):  # not every foundation is the Foundation
            return None
        label = self.folded.get(folded)
        return label if label is not Label.PERSON or " " in folded or folded in given_names() else None
