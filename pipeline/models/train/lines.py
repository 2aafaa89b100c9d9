"""Examples as the tagger learns from them: each read once by the transformer, then put together in batches."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from pipeline.models.train.names import SOURCES, Example
from pipeline.models.train.network import Lines
from pipeline.tag.ner_model import FLAGS, HASHES, TAGS, word_flags, word_ids
from pipeline.transformer import DIMENSIONS, STATES, batches

BATCH_TOKENS = 1200


@dataclass(frozen=True, slots=True)
class ReadLine:
    """An example, read: `states` (n_tokens, STATES) in half precision, its words' places and tokens."""

    example: Example
    states: NDArray[np.float16]
    words: list[tuple[int, int]]
    tokens: list[tuple[int, int]]


def read(examples: Sequence[Example]) -> list[ReadLine]:
    """Examples that have a word, in their order, as the transformer that ships reads them."""
    lines = [example.line for example in examples]
    found: dict[int, ReadLine] = {}
    for batch in batches(lines):
        for row, states, words, tokens in zip(batch.rows, batch.states, batch.words, batch.tokens, strict=True):
            found[row] = ReadLine(examples[row], states.astype(np.float16), words, tokens)
    return [found[row] for row in range(len(examples)) if found[row].words]


def shuffled(lines: Sequence[ReadLine], dice: random.Random) -> Iterator[list[ReadLine]]:
    """All lines once, in batches of about one length, in an order that changes."""
    order = dice.sample(range(len(lines)), len(lines))
    order.sort(key=lambda row: len(lines[row].states) // 3)
    made: list[list[ReadLine]] = [[]]
    for row in order:
        longest = max((len(line.states) for line in made[-1]), default=0)
        if made[-1] and max(longest, len(lines[row].states)) * (len(made[-1]) + 1) > BATCH_TOKENS:
            made.append([])
        made[-1].append(lines[row])
    dice.shuffle(made)
    yield from made


def together(lines: Sequence[ReadLine]) -> Lines:
    """One batch."""
    tokens, words = max(len(line.states) for line in lines), max(len(line.words) for line in lines)
    states = np.zeros((len(lines), tokens, STATES), np.float32)
    word_of = np.zeros((len(lines), tokens), np.int64)
    pool = np.zeros((len(lines), words, tokens), np.float32)
    ids = np.zeros((len(lines), words, 1 + HASHES), np.int64)
    flagged = np.zeros((len(lines), words, FLAGS), np.float32)
    allowed = np.zeros((len(lines), words, len(TAGS)), np.bool_)
    allowed[:, :, 0] = True
    for row, line in enumerate(lines):
        states[row, : len(line.states)] = line.states
        for word, (start, end) in enumerate(line.tokens):
            word_of[row, start:end] = word + 1
            pool[row, word, start:end] = 1 / (end - start)
        ids[row, : len(line.words)] = word_ids(line.example.line, line.words)
        flagged[row, : len(line.words)] = word_flags(line.example.line, line.words)
        allowed[row, : len(line.words)] = allowed_tags(line)
    return Lines(
        low=torch.from_numpy(states[..., :DIMENSIONS]),
        shared=torch.from_numpy(states[..., DIMENSIONS:]),
        word_of=torch.from_numpy(word_of),
        pool=torch.from_numpy(pool),
        ids=torch.from_numpy(ids),
        flags=torch.from_numpy(flagged),
        allowed=torch.from_numpy(allowed),
        styles=torch.tensor([SOURCES.index(line.example.source) for line in lines]),
        words=torch.tensor([len(line.words) for line in lines]),
        tokens=torch.tensor([len(line.states) for line in lines]),
    )


def allowed_tags(line: ReadLine) -> NDArray[np.bool_]:
    """Shape (n_words, n_tags): what the marks leave open, such as all tags of labels that the corpus does not mark."""
    known = {label.value for label in line.example.known}
    free = np.array([tag == "O" or tag[2:] not in known for tag in TAGS])
    allowed = np.tile(free, (len(line.words), 1))
    for start, end, label in line.example.names:
        within = [row for row, (first, last) in enumerate(line.words) if first < end and last > start]
        if label is None or not within:
            continue
        parts = "S" if len(within) == 1 else "B" + "I" * (len(within) - 2) + "E"
        for row, part in zip(within, parts, strict=True):
            allowed[row] = [tag == f"{part}-{label}" for tag in TAGS]
    return allowed
