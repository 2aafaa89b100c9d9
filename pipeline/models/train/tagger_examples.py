"""Lines with the names in them marked: from five open corpora and labelled events to examples to learn from."""

import csv
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.analysis_records import Label
from pipeline.models.train.labelled_events import TEST_EVENTS
from pipeline.text import mask_unreadable

Marked = tuple[int, int, Label | None]
"""Start, end and label; no label where a corpus only says that it is a name of another kind."""

_LABELS = {
    "PER": Label.PERSON, "PERSON": Label.PERSON, "person": Label.PERSON,
    "ORG": Label.ORG, "corporation": Label.ORG, "group": Label.ORG,
    "LOC": Label.PLACE, "location": Label.PLACE,
    "EVENT": Label.EVENT, "product": Label.PRODUCT, "DATE": Label.DATE,
}  # fmt: skip
_ANY = "MISC"
_LONGEST = 100
"""Words of a sentence; longer ones are tables."""

_JOINED = frozenset([".", ",", ":", ";", "!", "?", ")", "]", "%", "'s", "n't", "'m", "'re", "'ve", "'ll", "'d"])
_OPENING = frozenset("([$")

_WHO_WHERE = frozenset({Label.PERSON, Label.ORG, Label.PLACE})


@dataclass(frozen=True, slots=True)
class Corpus:
    """A corpus: its files in the folder of corpora, the columns of words and tags, and the labels that it marks all of.

    `source` stands for the hand that marked it: each has habits of its own, and the tagger learns them apart.
    """

    source: str
    files: tuple[str, ...]
    columns: tuple[int, int]
    known: frozenset[Label]


CORPORA = (
    Corpus("ewt", ("ner_uner_ewt/en_ewt-ud-train.EARLY-2022-12-02-UNTESTED.iob2",), (1, 2), _WHO_WHERE),
    Corpus("wnut", ("ner_wnut17/wnut17train.conll",), (0, 1), _WHO_WHERE | {Label.PRODUCT}),
    Corpus("wiki", ("ner_wikigold/wikigold.conll.txt",), (0, 1), _WHO_WHERE),
    Corpus("gum", ("ner_gum/gum_derived_flat.train.iob2",), (0, 1), _WHO_WHERE | {Label.EVENT, Label.DATE}),
    Corpus("btc", tuple(f"ner_btc/{part}.conll" for part in "abefgh"), (0, 1), _WHO_WHERE),
)
UNSEEN = Corpus("ewt", ("ner_uner_ewt/en_ewt-ud-dev.iob2",), (1, 2), _WHO_WHERE)
"""The development set of UNER English EWT: never trained on."""

NOTES = "notes"
SOURCES = ("ewt", "btc", "wnut", "wiki", "gum", NOTES)


@dataclass(frozen=True, slots=True)
class Example:
    """A line with the names in it; names of labels that are not `known` are not marked in it, or not all."""

    line: str
    names: tuple[Marked, ...]
    known: frozenset[Label]
    source: str


def read_corpus(corpus: Corpus, folder: Path) -> list[Example]:
    """A corpus in the folder of corpora, in the order of its files."""
    return [
        Example(line, tuple(_marked(tags, places)), corpus.known, corpus.source)
        for file in corpus.files
        for line, tags, places in _sentences(folder / file, *corpus.columns)
    ]


def read_notes(event: Path, reader: str = "A") -> list[Example]:
    """The segments of a labelled event, as a reader marked their names; without marks, as the tagger reads them."""
    lines = (event / reader / "labels.jsonl").read_text(encoding="utf-8").strip("\n").split("\n")
    marked = {label["id"]: label["entities"] for label in map(json.loads, lines)}
    with (event / "segments.tsv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    return [
        Example(mask_unreadable(row["text"]), tuple(_found(row["text"], marked[row["id"]])), frozenset(Label), NOTES)
        for row in rows
    ]


def training_notes(folder: Path, held_out: Sequence[str]) -> list[Example]:
    """The segments of all labelled events in `folder` but the test events and those held out."""
    names = sorted(path.parent.name for path in folder.glob("*/segments.tsv"))
    kept = [name for name in names if name not in (*TEST_EVENTS, *held_out)]
    return [example for name in kept for example in read_notes(folder / name)]


def _found(text: str, names: Sequence[tuple[str, str]]) -> Iterator[Marked]:
    searched: Counter[str] = Counter()
    for name, label in names:
        start = text.find(name, searched[name])
        if start >= 0:
            searched[name] = start + len(name)
            yield start, start + len(name), Label(label)


def _sentences(file: Path, word: int, tag: int) -> Iterator[tuple[str, list[str], list[tuple[int, int]]]]:
    text, words, tags = None, list[str](), list[str]()
    for line in (*file.read_text(encoding="utf-8", errors="replace").split("\n"), ""):
        if line.startswith("# text = "):
            text = line.removeprefix("# text = ")
        cells = line.split("\t") if "\t" in line else line.split(" ")
        if line.startswith("# ") and "=" in line:
            continue
        if len(cells) > max(word, tag) and cells[word].strip():
            words.append(cells[word].strip())
            tags.append(cells[tag].strip())
        elif words:
            whole, places = _line(words[:_LONGEST], text)
            yield whole, tags[:_LONGEST], places
            text, words, tags = None, [], []


def _line(words: Sequence[str], text: str | None) -> tuple[str, list[tuple[int, int]]]:
    """The line that words stood in, and their places: the original where it is told, or else a plausible one."""
    if text is not None:
        places, at = list[tuple[int, int]](), 0
        for word in words:
            start = text.find(word, at)
            if start < 0:
                break
            at = start + len(word)
            places.append((start, at))
        else:
            return text, places
    line, places = "", []
    for place, word in enumerate(words):
        joined = place == 0 or word in _JOINED or words[place - 1] in _OPENING
        line += word if joined else f" {word}"
        places.append((len(line) - len(word), len(line)))
    return line, places


def _marked(tags: Sequence[str], places: Sequence[tuple[int, int]]) -> Iterator[Marked]:
    """Tags such as B-PER, I-PER (or I-PER alone) to names; tags that say nothing to us count as none."""
    name: Marked | None = None
    for tag, (start, end) in zip(tags, places, strict=True):
        part, _, kind = tag.partition("-")
        if kind not in _LABELS and kind != _ANY:
            if name:
                yield name
            name = None
            continue
        label = _LABELS.get(kind)
        if name and part == "I" and name[2] == label:
            name = (name[0], end, label)
        else:
            if name:
                yield name
            name = (start, end, label)
    if name:
        yield name
