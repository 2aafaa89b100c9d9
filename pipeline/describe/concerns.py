"""Describe clusters as concerns: label, terms, exemplars and reasons; those that most groups clearly share first.

cluster ──► phrases ──► label, terms
└─────► exemplars ──► reasons
"""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

import numpy as np

from pipeline.analysis_records import Concern, ConcernId, Reason
from pipeline.describe.labels import Phrase, extract_phrases, first_words, rank_labels
from pipeline.describe.word_usage import (
    SpeakerCounts,
    WordUsage,
    content_stems,
    count_event_words,
    count_speakers,
    is_empty,
    noun_marks,
)
from pipeline.progress import track
from pipeline.segment_records import Segment, SegmentId
from pipeline.text import is_stop_word, stem, unique_name
from pipeline.vectors import DECIMALS, Embed, Vectors

TERMS = 8
"""Most terms of a concern: as many as fit a line."""

AGREEMENT = 0.27
"""Mean similarity with the other groups' quotes from which a group's best quote is clearly about the same thing.
Counting such groups first puts purer and truly wider concerns first: on eleven labelled events, read by encoders that
had not seen them, the first 15 cards' quotes are about one concern in .61 instead of .59, and more of the concerns that
most groups raised are among them; .33 makes purer cards still, of concerns that fewer groups raised
(docs/experiments/concern-order.md)."""

SHORTEST, LONGEST = 6, 40
"""Words of an exemplar, where there is a choice: shorter ones say too little alone, longer ones are not read."""

VARIETY = 0.3
"""Weight of an exemplar's likeness to those chosen before, against its likeness to the whole cluster."""

SHARED_WORDS = 6
"""Most words of a reason: as many as are read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Cluster:
    """A cluster of rows with what its label is made of."""

    rows: Sequence[int]
    counts: SpeakerCounts
    phrases: Sequence[Phrase]


class ConcernDescriber(Protocol):
    """Names clusters and says what stands for them."""

    def describe(
        self, clusters: Sequence[Sequence[int]], segments: Sequence[Segment], vectors: Vectors, usage: WordUsage
    ) -> tuple[Concern, ...]:
        """Return the concern of each cluster of rows, those that most groups clearly share first."""
        ...

    def describe_each(
        self, clusters: Sequence[Sequence[int]], segments: Sequence[Segment], vectors: Vectors, usage: WordUsage
    ) -> tuple[Concern, ...]:
        """Return the concern of each cluster of rows, in their order, as if it were the only one."""
        ...


@dataclass(frozen=True, slots=True)
class Describer:
    """Describes clusters in their members' words; `embed` compares phrases with what their cluster means."""

    embed: Embed

    def describe(
        self,
        clusters: Sequence[Sequence[int]],
        segments: Sequence[Segment],
        vectors: Vectors,
        usage: WordUsage,
    ) -> tuple[Concern, ...]:
        """Return the concern of each cluster of rows, ordered by groups that agree, then by groups.

        `segments` are in event order, `vectors` has shape (n_segments, n_dims) with rows of unit length or zeros, and
        `usage` counts the words of `segments`; equals keep the order of `clusters`. A cluster of one group is a
        concern that does not recur. No two concerns have the same id or label.
        """
        groups = [segment.group for segment in segments]
        ordered = [
            _prepare(rows, segments, usage)
            for rows in sorted(map(sorted, clusters), key=lambda rows: _rank(rows, groups, vectors))
        ]
        labels: set[str] = set()
        concerns = [
            _concern(cluster, unique_name(candidates, labels), segments, vectors, usage)
            for cluster, candidates in self._with_label_candidates(ordered, segments, usage)
        ]
        return _with_distinct_ids(concerns)

    def describe_each(
        self,
        clusters: Sequence[Sequence[int]],
        segments: Sequence[Segment],
        vectors: Vectors,
        usage: WordUsage,
    ) -> tuple[Concern, ...]:
        """Return the concern of each cluster of rows, in their order, as if it were the only one."""
        prepared = [_prepare(sorted(rows), segments, usage) for rows in clusters]
        return tuple(
            _concern(cluster, next(candidates), segments, vectors, usage)
            for cluster, candidates in self._with_label_candidates(prepared, segments, usage)
        )

    def _with_label_candidates(
        self, clusters: Sequence[_Cluster], segments: Sequence[Segment], usage: WordUsage
    ) -> Iterator[tuple[_Cluster, Iterator[str]]]:
        for cluster, likeness in zip(track(clusters, "describe"), self._likeness(clusters, segments), strict=True):
            candidates = _label_candidates(cluster, segments, usage, likeness)
            yield cluster, (text[:1].upper() + text[1:] for text in candidates)

    def _likeness(self, clusters: Sequence[_Cluster], segments: Sequence[Segment]) -> Iterator[Mapping[str, float]]:
        """Yield each cluster's phrases with their cosine to the mean of its members, all encoded in one call."""
        text_of = {row: " ".join(segments[row].text.split("\n")) for cluster in clusters for row in cluster.rows}
        texts = sorted({*text_of.values(), *(phrase.text for cluster in clusters for phrase in cluster.phrases)})
        place = {text: number for number, text in enumerate(texts)}
        encoded = self.embed(texts) if texts else np.zeros((0, 1), dtype=np.float32)
        for cluster in clusters:
            mean = encoded[[place[text_of[row]] for row in cluster.rows]].sum(axis=0)
            length = float(np.linalg.norm(mean)) or 1.0
            yield {
                phrase.text: round(float(encoded[place[phrase.text]] @ mean) / length, DECIMALS)
                for phrase in cluster.phrases
            }


def agreeing_groups(rows: Sequence[int], groups: Sequence[str], vectors: Vectors) -> tuple[str, ...]:
    """Return the groups of `rows`, in their order, that have a quote clearly like those of the other groups.

    `groups` has the group of each row of `vectors`, an array of shape (n_rows, n_dims) with rows of unit length or
    zeros; each other group counts once, however many quotes it has. A group without others agrees with itself.
    """
    own = np.asarray([groups[row] for row in rows])
    names = tuple(dict.fromkeys(own.tolist()))
    if len(names) == 1:
        return names
    member_of = np.array([[group == name for name in names] for group in own], dtype=np.float32)
    similarity = vectors[list(rows)] @ vectors[list(rows)].T @ (member_of / member_of.sum(axis=0))
    to_others = ((similarity * (1 - member_of)).sum(axis=1) / (len(names) - 1)).round(DECIMALS)
    return tuple(name for name in names if to_others[own == name].max() >= AGREEMENT)


def choose_exemplars(rows: Sequence[int], segments: Sequence[Segment], vectors: Vectors) -> list[int]:
    """Return one row of each group, best first: the medoid, then what is like the cluster and unlike those before.

    Rows of a good length come before all others (maximal marginal relevance; Carbonell and Goldstein 1998).
    """
    similarity = vectors[rows] @ vectors[rows].T
    worth = similarity.mean(axis=1)
    unfit = [not SHORTEST <= len(segments[row].text.split()) <= LONGEST for row in rows]
    left = list(range(len(rows)))
    chosen: list[int] = []
    while left:
        repeated = similarity[:, chosen].max(axis=1) if chosen else np.zeros(len(rows))
        gain = (worth - VARIETY * repeated).round(DECIMALS)
        best = min(left, key=lambda place: (unfit[place], -gain[place], rows[place]))
        chosen.append(best)
        left = [place for place in left if segments[rows[place]].group != segments[rows[best]].group]
    return [rows[place] for place in chosen]


def find_reasons(
    rows: Sequence[int], exemplars: Sequence[int], segments: Sequence[Segment], vectors: Vectors, usage: WordUsage
) -> tuple[Reason, ...]:
    """Return why each row is in its cluster: its nearest exemplar, of another group if there is one."""
    reasons = []
    for row in rows:
        others = [exemplar for exemplar in exemplars if exemplar != row]
        candidates = [exemplar for exemplar in others if segments[exemplar].group != segments[row].group] or others
        if candidates:
            nearest = candidates[int(np.argmax((vectors[candidates] @ vectors[row]).round(DECIMALS)))]
            shared = _shared_words(row, nearest, usage)[:SHARED_WORDS]
            reasons.append(Reason(segment_id=segments[row].id, exemplar_id=segments[nearest].id, shared_words=shared))
    return tuple(reasons)


def _shared_words(row: int, other: int, usage: WordUsage) -> tuple[str, ...]:
    """Return the content words of `row` that `other` uses in some form, each stem once, as written in `row`."""
    common = content_stems(usage.words[other])
    forms: dict[str, str] = {}
    for word in usage.words[row]:
        if stem(word.text) in common and not is_stop_word(word.text):
            forms.setdefault(stem(word.text), word.text)
    return tuple(forms.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class _Context:
    """The segments among which a concern is described, their vectors, the row of each, and their words."""

    segments: Sequence[Segment]
    vectors: Vectors
    row_of: Mapping[SegmentId, int]
    usage: WordUsage


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DescribeCache:
    """Describes any groups of an event's segments, each once: a step of the curation page changes one or two.

    `offered` are those of `segments` that have `vectors`, row by row; `people` are names of persons, which label no
    concern. A description depends on the group and on the segments that were not offered but placed in some group, so
    it is kept as long as these stay the same; with or without the cache the result is equal.
    """

    segments: Sequence[Segment]
    offered: Sequence[Segment]
    vectors: Vectors
    people: frozenset[str]
    describer: ConcernDescriber
    _contexts: dict[frozenset[SegmentId], _Context] = field(default_factory=dict)
    _concerns: dict[tuple[SegmentId, ...], Concern] = field(default_factory=dict)

    def describe(self, groups: Sequence[Sequence[SegmentId]]) -> tuple[Concern, ...]:
        """Return the concern of each group of segments, in their order; no two have the same id."""
        placed = {member for group in groups for member in group}
        added = frozenset(placed.difference(segment.id for segment in self.offered))
        if added not in self._contexts:
            self._contexts.clear()
            self._concerns.clear()
            self._contexts[added] = self._context_with(added)
        context = self._contexts[added]
        new = [group for group in dict.fromkeys(map(tuple, groups)) if group not in self._concerns]
        rows = [[context.row_of[member] for member in group] for group in new]
        described = self.describer.describe_each(rows, context.segments, context.vectors, context.usage)
        self._concerns.update(zip(new, described, strict=True))
        return _with_distinct_ids([self._concerns[tuple(group)] for group in groups])

    def _context_with(self, added: frozenset[SegmentId]) -> _Context:
        """Return the offered segments and those `added`, which have rows of zeros, in event order."""
        offered_row = {segment.id: row for row, segment in enumerate(self.offered)}
        segments = [segment for segment in self.segments if segment.id in offered_row or segment.id in added]
        vectors = np.zeros((len(segments), self.vectors.shape[1]), dtype=np.float32)
        for row, segment in enumerate(segments):
            if segment.id in offered_row:
                vectors[row] = self.vectors[offered_row[segment.id]]
        return _Context(
            segments=segments,
            vectors=vectors,
            row_of={segment.id: row for row, segment in enumerate(segments)},
            usage=count_event_words(segments, self.people),
        )


def _prepare(rows: Sequence[int], segments: Sequence[Segment], usage: WordUsage) -> _Cluster:
    counts = count_speakers(rows, segments, usage)
    return _Cluster(rows=rows, counts=counts, phrases=extract_phrases(rows, segments, usage, counts))


def _rank(rows: Sequence[int], groups: Sequence[str], vectors: Vectors) -> tuple[bool, int, int]:
    n_groups = len({groups[row] for row in rows})
    return n_groups == 1, -len(agreeing_groups(rows, groups, vectors)), -n_groups


def _concern(cluster: _Cluster, label: str, segments: Sequence[Segment], vectors: Vectors, usage: WordUsage) -> Concern:
    rows, group_of = cluster.rows, [segment.group for segment in segments]
    groups = tuple(dict.fromkeys(group_of[row] for row in rows))
    exemplars = choose_exemplars(rows, segments, vectors)
    return Concern(
        id=_content_id(rows, segments),
        label=label,
        terms=_terms(cluster, usage),
        segment_ids=tuple(segments[row].id for row in rows),
        exemplar_ids=tuple(segments[row].id for row in exemplars),
        groups=groups,
        agreeing_groups=agreeing_groups(rows, group_of, vectors),
        recurring=len(groups) > 1,
        reasons=find_reasons(rows, exemplars, segments, vectors, usage),
    )


def _content_id(rows: Sequence[int], segments: Sequence[Segment]) -> ConcernId:
    """Return an id that depends on the members' texts only, whatever else the event holds."""
    texts = "\n".join(sorted(segments[row].text for row in rows))
    return ConcernId(f"c-{hashlib.sha256(texts.encode('utf-8', 'surrogatepass')).hexdigest()[:10]}")


def _with_distinct_ids(concerns: Sequence[Concern]) -> tuple[Concern, ...]:
    """Return `concerns`; of several with the same texts, and so the same id, all but the first are numbered."""
    taken: set[str] = set()
    return tuple(replace(concern, id=ConcernId(unique_name([concern.id], taken))) for concern in concerns)


def _label_candidates(
    cluster: _Cluster, segments: Sequence[Segment], usage: WordUsage, likeness: Mapping[str, float]
) -> Iterator[str]:
    yield from rank_labels(cluster.phrases, likeness)
    yield first_words(segments[cluster.rows[0]].text, usage.languages[cluster.rows[0]])


def _terms(cluster: _Cluster, usage: WordUsage) -> tuple[str, ...]:
    """Return the heaviest content words, those of two speakers first, each in the form that is used most.

    Light words are left out, and where some words are marked as nouns, those that could be and never are.
    """
    forms: defaultdict[str, Counter[str]] = defaultdict(Counter)
    marks: defaultdict[str, set[bool | None]] = defaultdict(set)
    for row in cluster.rows:
        language = usage.languages[row]
        for word, mark in zip(usage.words[row], noun_marks(usage.words[row], language), strict=True):
            if not is_empty(word.text, language):
                forms[stem(word.text)][word.text] += 1
                marks[stem(word.text)].add(mark)
    has_nouns = any(True in its_marks for its_marks in marks.values())
    stems, weights = cluster.counts.stems, cluster.counts.weights
    keys = sorted(
        (key for key in forms if not has_nouns or marks[key] != {False}),
        key=lambda key: (stems[key] == 1, -weights[key], key),
    )
    return tuple(min(forms[key], key=lambda form: (-forms[key][form], form)) for key in keys[:TERMS])
