"""Find questions that several groups ask, or one group asks twice, so that a report lists them once.

    questions, vectors ──► pairs that ask the same ──► sets in which every pair does ──► best wording, others

To call two questions the same takes more than to call two lines alike: "Who orders the food?" and "Who orders the
drinks?" are as alike as two wordings of one question. So they must be alike and have the same content words, but for a
few that only one of them has; question words, numbers and negations must agree (docs/experiments/same-questions.md).
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from pipeline.describe.concerns import choose_exemplars
from pipeline.describe.word_usage import (
    EVENT_SIZE,
    content_stems,
    count_event_words,
    is_lead_in,
    is_negation,
)
from pipeline.segment_records import Segment, SegmentId
from pipeline.text import data_table, is_number, normalize, normalized_words, words
from pipeline.vectors import DECIMALS, Vectors

ALIKE = 0.75
"""Least similarity of two questions that ask the same."""

OVERLAP = 0.85
"""Least Dice coefficient of the content words, each with the weight of its rarity: of "Who pays for the shed?" and "Who
pays for the lock of the shed?" it is .8 if all are as rare."""

FEW = 2
"""Content words from which a question says by itself what it asks. "Why?" and "Who decides?" depend on what is above
them, so they are the same only in the same words under the same heading or prompt."""

_BLOCK = 512
"""Questions that are compared with all others at a time: a large event has thousands."""

_SHORTEST_STEM = 3
"""Letters of a word that is also another form of a longer one: "pay" and "pays", "stop" and "stopped"."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Question:
    """A question with the parts of its wording that are compared.

    `says_what` is whether it has `FEW` content words, one of which names something. `place` holds its prompt and its
    last heading, as far as it has them.
    """

    segment: Segment
    text: str
    stems: frozenset[str]
    says_what: bool
    asks: frozenset[str]
    fixed: frozenset[str]
    place: frozenset[str]


def find_same_questions(
    questions: Sequence[Segment], offered: Sequence[Segment], vectors: Vectors
) -> tuple[tuple[SegmentId, ...], ...]:
    """Return the sets of two or more of `questions` that ask the same: the best wording, the others in their order.

    `offered` are the event's segments that have `vectors`, row by row, of shape (n_offered, n_dims), rows of unit
    length or zeros; a question without a row is the same as others by its exact words only.
    """
    if len(questions) < FEW:
        return ()
    row_of = {segment.id: row for row, segment in enumerate(offered)}
    own = np.zeros((len(questions), vectors.shape[1]), dtype=np.float32)
    for place, segment in enumerate(questions):
        if segment.id in row_of:
            own[place] = vectors[row_of[segment.id]]
    usage = count_event_words(offered).segments
    read = list(map(_read, questions))
    same = {
        (one, two): similarity
        for (one, two), similarity in _alike(own, read).items()
        if _ask_the_same(read[one], read[two], similarity, usage)
    }
    return tuple(_best_first(places, questions, own) for places in _complete_sets(same))


def _alike(vectors: Vectors, read: Sequence[_Question]) -> dict[tuple[int, int], float]:
    """Return the similarities of the pairs of places whose questions have equal texts, or are at least `ALIKE`."""
    of_text = defaultdict(list)
    for place, question in enumerate(read):
        of_text[question.text].append(place)
    alike = {
        (one, two): float((vectors[one] @ vectors[two]).round(DECIMALS))
        for places in of_text.values()
        for one, two in combinations(places, 2)
    }
    for start in range(0, len(read), _BLOCK):
        similarity = (vectors[start : start + _BLOCK] @ vectors[start:].T).round(DECIMALS)
        ones, twos = np.nonzero(np.triu(similarity >= ALIKE, k=1))
        pairs = zip((ones + start).tolist(), (twos + start).tolist(), strict=True)
        alike.update(zip(pairs, similarity[ones, twos].tolist(), strict=True))
    return alike


def _read(segment: Segment) -> _Question:
    spoken, plain, asking = words(segment.text), normalized_words(segment.text), data_table("question_words.toml")
    stems = content_stems(spoken)
    return _Question(
        segment=segment,
        text=normalize(segment.text),
        stems=stems,
        says_what=len(stems) >= FEW and not is_lead_in(spoken, segment.language),
        asks=frozenset(asking.get(segment.language, asking["en"])).intersection(plain),
        fixed=frozenset(word for word in plain if is_number(word) or is_negation(word, segment.language)),
        place=frozenset(map(normalize, (segment.prompt or "", *segment.headings[-1:]))) - {""},
    )


def _ask_the_same(one: _Question, two: _Question, similarity: float, usage: Mapping[str, int]) -> bool:
    if not (one.says_what and two.says_what):
        return one.text == two.text and not one.place.isdisjoint(two.place)
    if one.text == two.text:
        return True
    return (
        similarity >= ALIKE
        and not _in_one_list(one.segment, two.segment)
        and one.fixed == two.fixed
        and _have_forms(one.asks, two.asks)
        and _have_forms(two.asks, one.asks)
        and _overlap(one.stems, two.stems, usage) >= OVERLAP
    )


def _in_one_list(one: Segment, two: Segment) -> bool:
    """Return whether somebody wrote both under the same heading, and so meant two questions."""
    return (one.pad_id, one.prompt, one.headings) == (two.pad_id, two.prompt, two.headings)


def _have_forms(some: Iterable[str], others: AbstractSet[str]) -> bool:
    """Return whether each word has a form among `others`, that begins with it or that it begins with."""
    return all(_form_of(word, others) for word in some)


def _form_of(word: str, others: AbstractSet[str]) -> str | None:
    if word in others:
        return word
    return next((one for one in sorted(others) if _are_forms(word, one)), None)


def _are_forms(one: str, two: str) -> bool:
    shorter, longer = sorted((one, two), key=len)
    return len(shorter) >= _SHORTEST_STEM and longer.startswith(shorter)


def _overlap(one: AbstractSet[str], two: AbstractSet[str], usage: Mapping[str, int]) -> float:
    """Return the weighted Dice coefficient of the stems; 0 if each has a word that the other has not.

    Such words make two questions of one wording ("the food", "the drinks").
    """
    fewer, more = sorted((one, two), key=lambda stems: (len(stems), sorted(stems)))
    matched = {_form_of(word, more) for word in fewer}
    if None in matched:
        return 0
    in_both, extra = _weight(fewer, usage), _weight((word for word in more if word not in matched), usage)
    return 2 * in_both / (2 * in_both + extra)


def _weight(stems: Iterable[str], usage: Mapping[str, int]) -> float:
    return math.fsum(math.log(1 + EVENT_SIZE / usage.get(key, 1)) for key in stems)


def _complete_sets(same: Mapping[tuple[int, int], float]) -> Iterator[list[int]]:
    """Yield sets of places in which each pair is in `same`, the most similar joined first, in reading order."""
    set_of: dict[int, list[int]] = {}
    for one, two in sorted(same, key=lambda pair: (-same[pair], pair)):
        own, other = set_of.get(one, [one]), set_of.get(two, [two])
        if own is not other and all(tuple(sorted((a, b))) in same for a in own for b in other):
            joined = sorted(own + other)
            set_of.update((place, joined) for place in joined)
    yield from sorted({id(own): own for own in set_of.values()}.values())


def _best_first(places: Sequence[int], questions: Sequence[Segment], vectors: Vectors) -> tuple[SegmentId, ...]:
    segments = [questions[place] for place in places]
    best, *_ = choose_exemplars(range(len(places)), segments, vectors[places])
    return (segments[best].id, *(segment.id for place, segment in enumerate(segments) if place != best))
