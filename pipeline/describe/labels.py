"""Name a cluster by one plain phrase that a member wrote.

    segments ──► phrases of 1 to 6 words, by c-TF-IDF ──► the one most like the cluster

A phrase has words that name something at both ends, or a negation at its start, and no mark inside. It is left out if
the members deny it ("widely adopted" of "not widely adopted"), if a person's name is in it, or if it only leads in to
what follows ("the following ways").
"""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from pipeline.describe.word_usage import (
    SpeakerCounts,
    WordUsage,
    content_stems,
    is_empty,
    is_lead_in,
    is_marked,
    is_negation,
    name_lacks,
    opens_clause,
)
from pipeline.segment_records import Segment
from pipeline.text import Word, is_statement, is_stop_word, stem, words

LABEL_WORDS = 6
"""Most words of a label, which is read at a glance."""

SHORTLIST = 24
"""Phrases of a cluster whose meaning is compared: more make no better label."""

WHOLE_PHRASE = 1.5
"""Factor for a phrase that two speakers use as a whole: its words belong together."""

CUT_AFTER, CUT_BEFORE, EMPTY_WORD = 0.5, 0.6, 0.9
"""Factors for a phrase that goes on after its end ("joint insurance" of "joint insurance policy"), that began before
its start, and for each stop word or light word inside."""

CLAIM_WORD = 0.7
"""Factor for each word that makes a claim of the phrase ("the fee is too high"): others may claim the opposite."""

PARTICIPLE = 0.6
"""Factor for a phrase that begins with an English participle or past tense: "tied into the launch process"."""

OPENS, CLOSES = 1.2, 1.3
"""Factors for a phrase with which a clause begins and with which it ends."""

LENGTH_POWER = 0.4
"""Power of its number of stems by which a phrase's weight is divided, so that a longer one must earn its length."""

FEW = 2
"""A phrase of fewer words is no label where there is a longer one: "cost" may be anything about it."""

LIKENESS_POWER = 8
"""Power of a phrase's likeness to its cluster in its weight (docs/experiments/concern-names.md)."""

LEAST_LIKENESS = 0.05
"""Likeness below which phrases are weighed as if they had this one."""

NEGATION_REACH = 3
"""Words before a phrase among which a negation denies it: "not really widely adopted"."""

_APOSTROPHES = ("'", "’")
_GAPS = (" ", "-", *_APOSTROPHES)
"""What joins two words to a phrase; an apostrophe does in "l'accueil" only, elsewhere it is within a word."""

_PARTICIPLE = "ed"
_JOINS = re.compile(r"[-/_@.+&'’]\w")
_SIGNS = r"\w\s$€£#%&+=@/<>"
_CLAUSE_STARTS, _CLAUSE_ENDS = re.compile(rf"(?:^|[^{_SIGNS}])\s*$"), re.compile(rf"\s*(?:$|[^{_SIGNS}])")
"""A clause starts and ends at a mark, but a number or a sign belongs to it: "50 million euro"."""

_VERB_FINAL = frozenset({"de", "lb", "nl"})
"""Languages whose clauses end in a part of the verb: a phrase that ends before it is cut ("schrecken" of "schrecken
ab", "kann kopiert" of "kann kopiert werden")."""

_LEADS_IN = re.compile(r"\W{0,4}:\W{0,4}$")
_EDGE = 8
"""Code points before a phrase that are searched for the mark at which its clause starts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrase:
    """Consecutive words of a segment, verbatim, with content words at both ends or a negation at the start.

    `is_shared` is whether two speakers use a word of it, `weight` is by c-TF-IDF alone.
    """

    text: str
    size: int
    is_shared: bool
    weight: float

    @property
    def rank(self) -> tuple[bool, bool]:
        """Whether it is a single word, and whether no two speakers share a word of it: what has neither comes first."""
        return self.size < FEW, not self.is_shared


def extract_phrases(
    rows: Sequence[int], segments: Sequence[Segment], usage: WordUsage, counts: SpeakerCounts
) -> list[Phrase]:
    """Return the `SHORTLIST` best phrases of the cluster of `rows`, by rank and weight, equal ones in reading order.

    Phrases with a word of the template or a person's name are left out, those that their users deny, and lead-ins.
    """
    speaker_of = dict(zip(rows, counts.speakers, strict=True))
    runs = [run for row in rows for run in _runs(row, segments[row].text, usage)]
    wholes: defaultdict[tuple[str, ...], set[str]] = defaultdict(set)
    for run in runs:
        wholes[run.key].add(speaker_of[run.row])
    denied = _denied(runs)
    spellings: defaultdict[str, Counter[str]] = defaultdict(Counter)
    phrases: dict[tuple[str, ...], Phrase] = {}
    for run in runs:
        spellings[run.text.casefold()][run.text] += 1
        if run.key in denied or run.leads_in or run.stems & (usage.template | usage.people):
            continue
        weight = _weight(run, counts) * (WHOLE_PHRASE if len(run.key) > 1 and len(wholes[run.key]) > 1 else 1)
        is_shared = any(counts.stems[part] > 1 for part in run.stems)
        if run.key not in phrases or phrases[run.key].weight < weight:
            phrases[run.key] = Phrase(text=run.text, size=len(run.key), is_shared=is_shared, weight=weight)
    best = sorted(phrases.values(), key=lambda phrase: (*phrase.rank, -phrase.weight))[:SHORTLIST]
    return [replace(phrase, text=spellings[phrase.text.casefold()].most_common(1)[0][0]) for phrase in best]


def rank_labels(phrases: Sequence[Phrase], likeness: Mapping[str, float]) -> Iterator[str]:
    """Yield the phrases as labels of their cluster, best first, single words last; the caller takes one that is free.

    `likeness` is the cosine of each phrase's text with the cluster's mean.
    """
    weighed = [
        (
            *phrase.rank,
            -round(phrase.weight * max(likeness[phrase.text], LEAST_LIKENESS) ** LIKENESS_POWER, 9),
            place,
        )
        for place, phrase in enumerate(phrases)
    ]
    yield from (phrases[one[-1]].text for one in sorted(weighed))


def first_words(text: str, language: str) -> str:
    """Return the first words of a text, from a content word to a content word if there are any, in English `FEW`.

    They are the label where no phrase is free.
    """
    enough = FEW if language == "en" else 1
    first = text.split()[:LABEL_WORDS]
    full = [place for place, part in enumerate(first) if any(not is_empty(word.text, language) for word in words(part))]
    return " ".join(first[full[0] : full[-1] + 1] if len(full) >= enough else first)


@dataclass(frozen=True, slots=True)
class _Line:
    """The words of the segment of a row; for each whether it is a content word, a negation, joined to the one before.

    `lacks` says which name a lack ("falta de"), `empty` which are stop words or light words. `joined` has one entry
    more than `words`: nothing follows the last.
    """

    row: int
    text: str
    language: str
    words: Sequence[Word]
    lacks: Sequence[bool]
    empty: Sequence[bool]
    content: Sequence[bool]
    negations: Sequence[bool]
    joined: Sequence[bool]


@dataclass(frozen=True, slots=True)
class _Run:
    """Consecutive words of a line that may be a phrase.

    `wholeness` is the factor for where it starts and ends, and of its words, after a negation that it begins with,
    `claims` make a claim and `empties` are stop words or light words. `denies` is the key of what a phrase denies that
    begins with a negation: "compost bins" of "nobody has compost bins". `leads_in` is whether it only leads in to what
    follows, or goes on after a subject that it leaves out.
    """

    row: int
    text: str
    words: Sequence[Word]
    key: tuple[str, ...]
    stems: frozenset[str]
    wholeness: float
    denies: tuple[str, ...] | None
    is_denied: bool
    leads_in: bool
    claims: int
    empties: int


def _runs(row: int, text: str, usage: WordUsage) -> Iterator[_Run]:
    """Yield the runs of up to `LABEL_WORDS` words of the segment of a row that may be phrases."""
    its_words, language = usage.words[row], usage.languages[row]
    lacks = name_lacks(its_words, language)
    empty = [is_empty(word.text, language) and not lack for word, lack in zip(its_words, lacks, strict=True)]
    line = _Line(
        row=row,
        text=text,
        words=its_words,
        language=language,
        lacks=lacks,
        empty=empty,
        content=_content(text, its_words, empty),
        negations=[is_negation(word.text, language) for word in its_words],
        joined=[False, *(text[one.end : two.start] in _GAPS for one, two in pairwise(its_words)), False],
    )
    for first in range(len(its_words)):
        if not _may_begin(line, first):
            continue
        for last in range(first, min(first + LABEL_WORDS, len(its_words))):
            if last > first and not line.joined[last]:
                break
            end = its_words[last].end
            if line.content[last] and not line.negations[last] and not _JOINS.match(text[end : end + 2]):
                yield _run(line, first, last)


def _may_begin(line: _Line, place: int) -> bool:
    """Return whether a phrase may begin with a word: one of content or a negation, and not within a compound."""
    start = line.words[place].start
    is_elided = line.joined[place] and line.text[start - 1] in _APOSTROPHES
    is_inside = _JOINS.match(line.text[start - 1 : start + 1]) is not None and not is_elided
    return (line.content[place] or line.negations[place]) and not is_inside


def _content(text: str, its_words: Sequence[Word], empty: Sequence[bool]) -> list[bool]:
    """Return which words may stand at a phrase's ends: content words, and all of a compound with one ("buy-in")."""
    content = [not one for one in empty]
    hyphens = [text[one.end : two.start] == "-" for one, two in pairwise(its_words)]
    for place, is_compound in enumerate(hyphens):
        if is_compound:
            content[place] = content[place + 1] = content[place] or content[place + 1]
    return content


def _run(line: _Line, first: int, last: int) -> _Run:
    inside = range(first + line.negations[first], last + 1)
    run, (start, end) = line.words[first : last + 1], (line.words[first].start, line.words[last].end)
    key = tuple(stem(word.text) for word in run)
    return _Run(
        row=line.row,
        text=line.text[start:end],
        words=run,
        key=key,
        stems=content_stems(run),
        wholeness=_opening(line, first) * _closing(line, last),
        denies=key[next(place for place in range(first, last + 1) if line.content[place]) - first :]
        if line.negations[first]
        else None,
        is_denied=_is_denied(line, first, last),
        leads_in=is_lead_in(run, line.language)
        or _LEADS_IN.match(line.text, end) is not None
        or _begins_with_verb(line, first),
        claims=sum(is_statement(line.words[place].text) and not line.lacks[place] for place in inside),
        empties=sum(line.empty[place] for place in inside),
    )


def _begins_with_verb(line: _Line, first: int) -> bool:
    before = line.words[first - 1] if line.joined[first] else None
    is_noun = line.negations[first] or line.lacks[first]
    return not is_noun and opens_clause(line.words[first], before, line.language)


def _opening(line: _Line, first: int) -> float:
    if line.joined[first]:
        is_within = line.content[first - 1] or (
            line.joined[first - 1] and line.content[first - 2] and is_marked(line.words[first - 1], "of", line.language)
        )
        return CUT_BEFORE if is_within else 1
    return OPENS if _CLAUSE_STARTS.search(line.text[: line.words[first].start][-_EDGE:]) else CUT_BEFORE


def _closing(line: _Line, last: int) -> float:
    if line.joined[last + 1]:
        is_verb = line.language in _VERB_FINAL and is_stop_word(line.words[last + 1].text)
        return CUT_AFTER if line.content[last + 1] or (is_verb and _ends_clause(line, last + 1)) else 1
    return CLOSES if _ends_clause(line, last) else CUT_AFTER


def _ends_clause(line: _Line, place: int) -> bool:
    return not line.joined[place + 1] and _CLAUSE_ENDS.match(line.text, line.words[place].end) is not None


def _is_denied(line: _Line, first: int, last: int) -> bool:
    """Return whether a negation stands up to `NEGATION_REACH` words before a run in its clause, or right after it."""
    reach = first
    while reach > max(0, first - NEGATION_REACH) and line.joined[reach]:
        reach -= 1
    return any(line.negations[reach:first]) or (line.joined[last + 1] and line.negations[last + 1])


def _denied(runs: Sequence[_Run]) -> frozenset[tuple[str, ...]]:
    """Return the phrases that most of their uses deny, or that deny what as many uses affirm."""
    denials: Counter[tuple[str, ...]] = Counter()
    uses: Counter[tuple[str, ...]] = Counter()
    for run in runs:
        uses[run.key] += 1
        denials[run.key] += run.is_denied
    contested = {run.key for run in runs if run.denies and 2 * denials[run.denies] <= uses[run.denies]}
    return frozenset(contested | {key for key in uses if 2 * denials[key] > uses[key]})


def _weight(run: _Run, counts: SpeakerCounts) -> float:
    weight = sum(sorted(counts.weights[key] for key in run.stems)) / math.pow(len(run.stems), LENGTH_POWER)
    weight *= run.wholeness
    weight *= math.sqrt(min(_share_of_form(word.text, counts) for word in run.words))
    if len(run.words) >= FEW and run.words[0].text.casefold().endswith(_PARTICIPLE):
        weight *= PARTICIPLE
    return weight * math.pow(CLAIM_WORD, run.claims) * math.pow(EMPTY_WORD, run.empties)


def _share_of_form(word: str, counts: SpeakerCounts) -> float:
    """Return the share of a stem's speakers who use this form of it, so that no typing mistake becomes a label."""
    return counts.forms[word.casefold()] / counts.stems.get(stem(word), counts.forms[word.casefold()])
