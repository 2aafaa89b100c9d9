"""From clusters of rows to concerns with a label, terms and exemplars, the most clearly recurring first.

Again: from other groups of an event's segments to the concerns that they are, each told but once.

The page of decisions asks for all decided concerns at every step, and a step touches one or two. What a concern is told
as depends on its quotes and on the event, so it is remembered by these; with or without memory, the answer is the same.
"""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from pipeline.analysis_records import Concern, ConcernId, Segment, SegmentId
from pipeline.describe.exemplars import clear_groups, exemplars_of, reasons_of
from pipeline.describe.labels import MOST_labels, Phrase, labels, phrases_of, worded
from pipeline.describe.word_usage import Usage, Voices, usage_of, voices_of
from pipeline.text import stem, unique_name

TERMS = 8
"""As many as fit a line of a report."""

DECIMALS = 5
"""Similarities are rounded to these before they decide an order, so that a machine's last bits do not."""

Vectors = NDArray[np.float32]
Embed = Callable[[Sequence[str]], Vectors]


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """What concerns are described with.

    `embed` gives vectors of unit length for texts, so that phrases can be compared with what their cluster says.
    `people` are names of persons, by which no concern is called.
    """

    embed: Embed
    people: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Named:
    """A cluster on its way to a concern."""

    rows: Sequence[int]
    voices: Voices
    phrases: Sequence[Phrase]


def describe(
    clusters: Sequence[Sequence[int]],
    segments: Sequence[Segment],
    vectors: Vectors,
    means: Means,
    usage: Usage | None = None,
) -> tuple[Concern, ...]:
    """The concern of each cluster of rows: those that most groups clearly share first, then those of most groups.

    `segments` come in event order and `vectors`, an array of shape (n_segments, n_dims), has a row of unit length or
    zeros for each; among equals the order is that of `clusters`. Clusters of one group are concerns that do not recur.
    `usage` is that of `segments`, for who has it already.
    """
    usage = usage or usage_of(segments, means.people)
    of_row = [segment.group for segment in segments]
    ordered = sorted(map(sorted, clusters), key=lambda rows: _rank(rows, of_row, vectors))
    named = [_named(rows, segments, usage) for rows in ordered]
    titles = _titles(named, segments, usage, means.embed)
    concerns = [_concern(one, title, segments, vectors, usage) for one, title in zip(named, titles, strict=True)]
    given: set[str] = set()
    return tuple(replace(concern, id=ConcernId(unique_name([concern.id], given))) for concern in concerns)


def _concern(one: _Named, title: str, segments: Sequence[Segment], vectors: Vectors, usage: Usage) -> Concern:
    """A cluster as a concern by itself: without what depends on the others."""
    of_row = [segment.group for segment in segments]
    groups = tuple(dict.fromkeys(of_row[row] for row in one.rows))
    exemplars = exemplars_of(one.rows, segments, vectors)
    return Concern(
        id=ConcernId(_content_id(one.rows, segments)),
        label=title,
        terms=_terms(one.rows, usage, one.voices),
        segment_ids=tuple(segments[row].id for row in one.rows),
        exemplar_ids=tuple(segments[row].id for row in exemplars),
        groups=groups,
        clear_groups=clear_groups(one.rows, of_row, vectors),
        recurring=len(groups) > 1,
        reasons=reasons_of(one.rows, exemplars, segments, vectors, usage),
    )


def _rank(rows: Sequence[int], groups: Sequence[str], vectors: Vectors) -> tuple[bool, int, int]:
    several = len({groups[row] for row in rows})
    return several == 1, -len(clear_groups(rows, groups, vectors)), -several


def _titles(named: Sequence[_Named], segments: Sequence[Segment], usage: Usage, embed: Embed) -> list[str]:
    """A title for each, no two alike; those that come first choose first."""
    given: set[str] = set()
    return [
        unique_name(map(_as_title, _label_candidates(one, segments, usage, likes)), given)
        for one, likes in zip(named, _likeness(named, segments, embed), strict=True)
    ]


def _named(rows: Sequence[int], segments: Sequence[Segment], usage: Usage) -> _Named:
    voices = voices_of(rows, segments, usage)
    return _Named(rows=rows, voices=voices, phrases=phrases_of(rows, segments, usage, voices))


def _likeness(named: Sequence[_Named], segments: Sequence[Segment], embed: Embed) -> Iterator[Mapping[str, float]]:
    """How like its cluster each phrase is: its cosine with the mean of what the members say, all encoded at once."""
    said = {row: " ".join(segments[row].text.split("\n")) for one in named for row in one.rows}
    texts = sorted({*said.values(), *(phrase.text for one in named for phrase in one.phrases)})
    place = {text: number for number, text in enumerate(texts)}
    found = embed(texts) if texts else np.zeros((0, 1), dtype=np.float32)
    for one in named:
        mean = found[[place[said[row]] for row in one.rows]].sum(axis=0)
        length = float(np.linalg.norm(mean)) or 1.0
        yield {phrase.text: round(float(found[place[phrase.text]] @ mean) / length, DECIMALS) for phrase in one.phrases}


def _content_id(rows: Sequence[int], segments: Sequence[Segment]) -> str:
    """The same for the same texts, whatever else the event holds."""
    texts = "\n".join(sorted(segments[row].text for row in rows))
    return f"c-{hashlib.sha256(texts.encode('utf-8', 'surrogatepass')).hexdigest()[:10]}"


def _label_candidates(
    one: _Named, segments: Sequence[Segment], usage: Usage, likeness: Mapping[str, float]
) -> Iterator[str]:
    texts, words_of = [segments[row].text for row in one.rows], [usage.words[row] for row in one.rows]
    yield from (worded(chosen, texts, words_of, usage.people) for chosen in labels(one.phrases, likeness))
    yield " ".join(segments[one.rows[0]].text.split()[:MOST_labels])


def _as_title(label: str) -> str:
    """A label is a working title, not a quote: it begins with a capital, the rest is as its members wrote it."""
    return label[:1].upper() + label[1:]


def _terms(rows: Sequence[int], usage: Usage, voices: Voices) -> tuple[str, ...]:
    """The heaviest content words, those that two voices use first, each in the form in which it is used most."""
    forms: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for row in rows:
        for word in usage.words[row]:
            forms[stem(word.text)][word.text] += 1
    keys = sorted(voices.weights, key=lambda key: (voices.stems[key] < 2, -voices.weights[key], key))  # noqa: PLR2004
    return tuple(min(forms[key], key=lambda form: (-forms[key][form], form)) for key in keys[:TERMS])


Quotes = tuple[SegmentId, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Among:
    """The segments that concerns are told apart from, their vectors and the row of each."""

    segments: Sequence[Segment]
    vectors: NDArray[np.float32]
    row_of: dict[SegmentId, int]
    usage: Usage


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Again:
    """Describes groups of `segments` of an event, of which `offered` have `vectors`, row by row.

    What was told is remembered as long as concerns are told apart from the same segments: the vectors of others are
    not kept.
    """

    segments: Sequence[Segment]
    offered: Sequence[Segment]
    vectors: NDArray[np.float32]
    means: Means
    _among: dict[frozenset[SegmentId], _Among] = field(default_factory=dict)
    _told: dict[Quotes, Concern] = field(default_factory=dict)

    def __call__(self, groups: Sequence[Sequence[SegmentId]]) -> tuple[Concern, ...]:
        """The concern of each group, in their order; no two have the same id."""
        placed = {member for group in groups for member in group}
        others = frozenset(placed.difference(one.id for one in self.offered))
        if others not in self._among:
            self._among.clear()
            self._told.clear()
            self._among[others] = self._with(others)
        return tuple(_apart([self._concern(self._among[others], tuple(group)) for group in groups]))

    def _concern(self, among: _Among, group: Quotes) -> Concern:
        if group not in self._told:
            rows = [among.row_of[member] for member in group]
            (self._told[group],) = describe([rows], among.segments, among.vectors, self.means, among.usage)
        return self._told[group]

    def _with(self, others: frozenset[SegmentId]) -> _Among:
        """What was offered to the clustering and `others`, which was not and has no vector, in event order."""
        row_of = {one.id: row for row, one in enumerate(self.offered)}
        among = [one for one in self.segments if one.id in row_of or one.id in others]
        vectors = np.zeros((len(among), self.vectors.shape[1]), dtype=np.float32)
        for place, one in enumerate(among):
            if one.id in row_of:
                vectors[place] = self.vectors[row_of[one.id]]
        places = {one.id: place for place, one in enumerate(among)}
        return _Among(segments=among, vectors=vectors, row_of=places, usage=usage_of(among, self.means.people))


def _apart(concerns: Sequence[Concern]) -> Iterator[Concern]:
    """`concerns`; of several with the same texts, which are the id, the second is numbered 2, and so on."""
    given: set[str] = set()
    for one in concerns:
        yield replace(one, id=ConcernId(unique_name([one.id], given)))
