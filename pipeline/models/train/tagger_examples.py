"""Training examples of the tagger: lines with their names marked, from five open corpora and the labelled events."""

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from spacy.training import iob_to_biluo, tags_to_entities

from pipeline.models.train.labelled_events import read_labels, training_folders
from pipeline.segment_records import Label
from pipeline.text import mask_unreadable

MarkedName = tuple[int, int, Label | None]
"""Start, end and label; no label where a corpus only marks it as a name of another kind."""

Span = tuple[int, int]

_OTHER_NAME = "MISC"
_LABELS = {
    "PER": Label.PERSON, "PERSON": Label.PERSON, "person": Label.PERSON,
    "ORG": Label.ORG, "corporation": Label.ORG, "group": Label.ORG,
    "LOC": Label.PLACE, "location": Label.PLACE,
    "EVENT": Label.EVENT, "product": Label.PRODUCT, "DATE": Label.DATE,
    _OTHER_NAME: None,
}  # fmt: skip

_MAX_WORDS = 100
"""Of a sentence; longer ones are tables."""

_NO_SPACE_BEFORE = frozenset(
    [".", ",", ":", ";", "!", "?", ")", "]", "%", "'s", "n't", "'m", "'re", "'ve", "'ll", "'d"]
)
_NO_SPACE_AFTER = frozenset("([$")

_PERSON_ORG_PLACE = frozenset({Label.PERSON, Label.ORG, Label.PLACE})


@dataclass(frozen=True, slots=True)
class NameCorpus:
    """A corpus: its files in the folder of corpora, their columns of words and tags, and the labels marked throughout.

    `source` stands for its annotators: the tagger learns each source's conventions separately.
    """

    source: str
    files: tuple[str, ...]
    columns: tuple[int, int]
    labels: frozenset[Label]


CORPORA = (
    NameCorpus("ewt", ("ner_uner_ewt/en_ewt-ud-train.EARLY-2022-12-02-UNTESTED.iob2",), (1, 2), _PERSON_ORG_PLACE),
    NameCorpus("wnut", ("ner_wnut17/wnut17train.conll",), (0, 1), _PERSON_ORG_PLACE | {Label.PRODUCT}),
    NameCorpus("wiki", ("ner_wikigold/wikigold.conll.txt",), (0, 1), _PERSON_ORG_PLACE),
    NameCorpus("gum", ("ner_gum/gum_derived_flat.train.iob2",), (0, 1), _PERSON_ORG_PLACE | {Label.EVENT, Label.DATE}),
    NameCorpus("btc", tuple(f"ner_btc/{part}.conll" for part in "abefgh"), (0, 1), _PERSON_ORG_PLACE),
)
DEVELOPMENT = NameCorpus("ewt", ("ner_uner_ewt/en_ewt-ud-dev.iob2",), (1, 2), _PERSON_ORG_PLACE)
"""The development set of UNER English EWT: never trained on."""

NOTES = "notes"
SOURCES = ("ewt", "btc", "wnut", "wiki", "gum", NOTES)


@dataclass(frozen=True, slots=True)
class Example:
    """A line with its names; names of labels other than `labels` are not marked in it, or not all of them."""

    line: str
    names: tuple[MarkedName, ...]
    labels: frozenset[Label]
    source: str


def read_corpus(corpus: NameCorpus, folder: Path) -> list[Example]:
    """Return the sentences of a corpus in the folder of corpora, in the order of its files."""
    return [
        Example(line, tuple(_decode(tags, spans)), corpus.labels, corpus.source)
        for file in corpus.files
        for line, tags, spans in _read_sentences(folder / file, *corpus.columns)
    ]


def read_notes(event: Path, reader: str = "A") -> list[Example]:
    """Return the segments of a labelled event with the names that `reader` marked, without markup."""
    return [
        Example(
            mask_unreadable(row["text"]), tuple(_find_names(row["text"], labels["entities"])), frozenset(Label), NOTES
        )
        for row, labels in read_labels(event, reader)
    ]


def training_notes(events: Path, held_out: Collection[str]) -> list[Example]:
    """Return the segments of all labelled events in `events` except the test events and those held out."""
    return [example for folder in training_folders(events, held_out) for example in read_notes(folder)]


def _find_names(text: str, names: Sequence[tuple[str, str]]) -> Iterator[MarkedName]:
    """Yield the places of `names`, whose labels come without places; equal names are found one after another."""
    searched: Counter[str] = Counter()
    for name, label in names:
        start = text.find(name, searched[name])
        if start >= 0:
            searched[name] = start + len(name)
            yield start, start + len(name), Label(label)


def _read_sentences(file: Path, word: int, tag: int) -> Iterator[tuple[str, list[str], list[Span]]]:
    """Yield each sentence of a file in CoNLL format as a line with its tags and the spans of its words."""
    text, words, tags = None, list[str](), list[str]()
    for line in (*file.read_text(encoding="utf-8", errors="replace").split("\n"), ""):
        if line.startswith("# text = "):
            text = line.removeprefix("# text = ")
        if line.startswith("# ") and "=" in line:
            continue
        columns = line.split("\t") if "\t" in line else line.split(" ")
        if len(columns) > max(word, tag) and columns[word].strip():
            words.append(columns[word].strip())
            tags.append(columns[tag].strip())
        elif words:
            whole, spans = _join(words[:_MAX_WORDS], text)
            yield whole, tags[:_MAX_WORDS], spans
            text, words, tags = None, [], []


def _join(words: Sequence[str], text: str | None) -> tuple[str, list[Span]]:
    """Return the line of `words` and their spans: `text`, where a corpus has the original, or else a plausible line."""
    if text is not None:
        spans, end = list[Span](), 0
        for word in words:
            start = text.find(word, end)
            if start < 0:
                break
            end = start + len(word)
            spans.append((start, end))
        else:
            return text, spans
    line, spans = "", []
    for number, word in enumerate(words):
        attached = number == 0 or word in _NO_SPACE_BEFORE or words[number - 1] in _NO_SPACE_AFTER
        line += word if attached else f" {word}"
        spans.append((len(line) - len(word), len(line)))
    return line, spans


def _decode(tags: Sequence[str], spans: Sequence[Span]) -> Iterator[MarkedName]:
    """Yield the names that tags such as B-PER and I-PER (or I-PER alone) mark; unknown tags mark none."""
    parts = [tag.partition("-") for tag in tags]
    known = [f"{prefix}-{_LABELS[kind] or kind}" if kind in _LABELS else "O" for prefix, _, kind in parts]
    for label, first, last in tags_to_entities(iob_to_biluo(known)):
        yield spans[first][0], spans[last][1], None if label == _OTHER_NAME else Label(label)
