"""The tagger's network while it is trained, and its batches.

    lines ──► the encoder's states ──► three layers of BERT ─┐
      └─────► how each word is written ──────────────────────┴──► scores of tags ──► conditional random field

`pipeline/tag/ner_model.py` computes the same with 8-bit layers and NumPy.
"""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from torch.nn import functional

from pipeline.models.train.onnx_export import HEAD_WIDTH, HEADS, SHARED, WIDTH
from pipeline.models.train.tagger_examples import SOURCES, Example, Span
from pipeline.tag.ner_model import BUCKETS, FLAGS, HASHES, SHAPES, TAGS, may_follow, word_flags, word_ids
from pipeline.transformer import DIMENSIONS, STATES, batches

LAYERS = tuple(f"encoder.layer.{number}" for number in range(SHARED, 6))
HIDDEN = 192
SPELLING_SIZES = (16, 24, 24, 24, 16)
"""Dimensions of the embeddings of a word's shape and of each of its hashes."""
STYLE_SIZE = 8
"""Dimensions of the embedding of a source, whose annotators mark names by conventions of their own."""
DROPOUT = 0.2
LAYER_DROPOUT = 0.1
BATCH_TOKENS = 1200

_NEVER = -1e4
_MAY_FOLLOW = torch.tensor([[may_follow(tag, after) for after in TAGS] for tag in TAGS])
_FIRST = torch.tensor([0.0 if may_follow("O", tag) else _NEVER for tag in TAGS])
_LAST = torch.tensor([0.0 if may_follow(tag, "O") else _NEVER for tag in TAGS])


@dataclass(frozen=True, slots=True)
class EncodedLine:
    """An example with its `states` (n_tokens, STATES) in half precision, and the spans of its words in both units."""

    example: Example
    states: NDArray[np.float16]
    words: list[Span]
    tokens: list[Span]


@dataclass(frozen=True, slots=True)
class LineBatch:
    """A batch of padded lines.

    `low` and `shared` (n_lines, n_tokens, 384) are the encoder's states before its first layer and after layer SHARED;
    `word_of` (n_lines, n_tokens) has the number of each token's word, from 1, and `pool` (n_lines, n_words, n_tokens)
    takes the mean over a word's tokens; `ids` and `flags` (n_lines, n_words, …) are how words are written, `allowed`
    (n_lines, n_words, n_tags) the tags that each may have; `styles`, `words` and `tokens` (n_lines,) are the source and
    the length of each line.
    """

    low: torch.Tensor
    shared: torch.Tensor
    word_of: torch.Tensor
    pool: torch.Tensor
    ids: torch.Tensor
    flags: torch.Tensor
    allowed: torch.Tensor
    styles: torch.Tensor
    words: torch.Tensor
    tokens: torch.Tensor


class Layer(nn.Module):
    """A layer of BERT, its weights under BERT's names; it starts with those of the encoder's layer `name`."""

    def __init__(self, weights: Mapping[str, torch.Tensor], name: str) -> None:
        super().__init__()
        projections = {part: nn.Linear(WIDTH, WIDTH) for part in ("query", "key", "value")}
        output = {"dense": nn.Linear(WIDTH, WIDTH), "LayerNorm": nn.LayerNorm(WIDTH, eps=1e-12)}
        self.attention = nn.ModuleDict({"self": nn.ModuleDict(projections), "output": nn.ModuleDict(output)})
        self.intermediate = nn.ModuleDict({"dense": nn.Linear(WIDTH, 4 * WIDTH)})
        self.output = nn.ModuleDict({"dense": nn.Linear(4 * WIDTH, WIDTH), "LayerNorm": nn.LayerNorm(WIDTH, eps=1e-12)})
        self.drop = nn.Dropout(LAYER_DROPOUT)
        self.load_state_dict({key: weights[f"{name}.{key}"] for key in self.state_dict()})

    def forward(self, states: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """Return `states` (n_lines, n_tokens, 384) after this layer."""
        lines, tokens, _ = states.shape
        query, key, value = (
            projection(states).view(lines, tokens, HEADS, HEAD_WIDTH).transpose(1, 2)
            for projection in self.attention["self"].values()
        )
        mixed = functional.scaled_dot_product_attention(query, key, value, attn_mask=mask)
        mixed = self.attention["output"]["dense"](mixed.transpose(1, 2).reshape(lines, tokens, WIDTH))
        states = self.attention["output"]["LayerNorm"](states + self.drop(mixed))
        wide = functional.gelu(self.intermediate["dense"](states))
        normed: torch.Tensor = self.output["LayerNorm"](states + self.drop(self.output["dense"](wide)))
        return normed


class Network(nn.Module):
    """Scores of each word's tags, and of one tag after another; `weights` are the tuned encoder's."""

    def __init__(self, weights: Mapping[str, torch.Tensor]) -> None:
        super().__init__()
        self.layers = nn.ModuleList([Layer(weights, name) for name in LAYERS])
        sizes = zip((SHAPES, *[BUCKETS] * HASHES), SPELLING_SIZES, strict=True)
        self.spelling = nn.ModuleList([nn.Embedding(count, size) for count, size in sizes])
        for embedding in self.spelling:
            nn.init.normal_(embedding.weight, std=0.1)
        self.style = nn.Embedding(len(SOURCES), STYLE_SIZE)
        width = sum(SPELLING_SIZES) + FLAGS + STYLE_SIZE
        self.case = nn.Linear(width, WIDTH)
        nn.init.normal_(self.case.weight, std=0.02)
        nn.init.zeros_(self.case.bias)
        self.into = nn.Linear(2 * WIDTH + width, HIDDEN)
        self.near = nn.Linear(3 * HIDDEN, HIDDEN)
        self.norm = nn.LayerNorm(HIDDEN)
        self.out = nn.Linear(HIDDEN, len(TAGS))
        self.drop = nn.Dropout(DROPOUT)
        self.transitions = nn.Parameter(torch.zeros(len(TAGS), len(TAGS)))

    def scores(self, lines: LineBatch) -> torch.Tensor:
        """Return the scores of tags, shape (n_lines, n_words, n_tags)."""
        style = self.style(lines.styles)[:, None].expand(*lines.ids.shape[:2], STYLE_SIZE)
        spelling = [embedding(lines.ids[..., column]) for column, embedding in enumerate(self.spelling)]
        written = torch.cat([*spelling, lines.flags, style], -1)
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=self.training):
            case = functional.pad(self.case(self.drop(written)), (0, 0, 1, 0))  # word 0 stands for no word
            states = lines.shared + torch.gather(case, 1, lines.word_of[..., None].expand(*lines.word_of.shape, WIDTH))
            mask = _mask(lines.tokens, states.shape[1])[:, None, None, :]
            for layer in self.layers:
                states = layer(states, mask)
        words = torch.bmm(lines.pool, torch.cat([states.float(), lines.low], -1))
        hidden = functional.silu(self.into(torch.cat([self.drop(words), self.drop(written)], -1)))
        hidden = hidden * _mask(lines.words, hidden.shape[1])[..., None].float()
        padded = functional.pad(hidden, (0, 0, 1, 1))
        near = torch.cat([padded[:, :-2], hidden, padded[:, 2:]], -1)
        scores: torch.Tensor = self.out(self.drop(self.norm(hidden + functional.silu(self.near(near)))))
        return scores

    def loss(self, lines: LineBatch) -> torch.Tensor:
        """Return the negative log-likelihood of the allowed tags, per word.

        It is that of a conditional random field (Lafferty et al. 2001) with partial labels (Tsuboi et al. 2008).
        """
        scores = self.scores(lines)
        allowed = scores.masked_fill(~lines.allowed, _NEVER)
        return (
            self._log_partition(scores, lines.words) - self._log_partition(allowed, lines.words)
        ).sum() / lines.words.sum()

    def _log_partition(self, scores: torch.Tensor, words: torch.Tensor) -> torch.Tensor:
        """Return the logarithm of the sum over all sequences of tags, by the forward algorithm."""
        transitions = self.transitions.masked_fill(~_MAY_FOLLOW, _NEVER).exp()
        totals = [scores[:, 0] + _FIRST]
        for word in range(1, scores.shape[1]):
            before = totals[-1]
            peak = before.detach().amax(1, keepdim=True)
            totals.append(((before - peak).exp() @ transitions).clamp_min(1e-30).log() + peak + scores[:, word])
        last = torch.stack(totals, 1)[torch.arange(len(words)), words - 1]
        return torch.logsumexp(last + _LAST, 1)


def _mask(sizes: torch.Tensor, longest: int) -> torch.Tensor:
    return torch.arange(longest)[None] < sizes[:, None]


def encode_lines(examples: Sequence[Example]) -> list[EncodedLine]:
    """Return the examples that have a word, in their order, encoded by the bundled encoder."""
    encoded: dict[int, EncodedLine] = {}
    for batch in batches([example.line for example in examples]):
        for row, states, words, tokens in zip(batch.rows, batch.states, batch.words, batch.tokens, strict=True):
            encoded[row] = EncodedLine(examples[row], states.astype(np.float16), words, tokens)
    return [encoded[row] for row in range(len(examples)) if encoded[row].words]


def shuffled_batches(lines: Sequence[EncodedLine], rng: random.Random) -> list[list[EncodedLine]]:
    """Return all lines once, in batches of similar length and random order."""
    order = rng.sample(range(len(lines)), len(lines))
    order.sort(key=lambda row: len(lines[row].states) // 3)
    batched: list[list[EncodedLine]] = [[]]
    for row in order:
        longest = max((len(line.states) for line in batched[-1]), default=0)
        if batched[-1] and max(longest, len(lines[row].states)) * (len(batched[-1]) + 1) > BATCH_TOKENS:
            batched.append([])
        batched[-1].append(lines[row])
    rng.shuffle(batched)
    return batched


def collate(lines: Sequence[EncodedLine]) -> LineBatch:
    """Return lines as one padded batch."""
    n_tokens, n_words = max(len(line.states) for line in lines), max(len(line.words) for line in lines)
    states = np.zeros((len(lines), n_tokens, STATES), np.float32)
    word_of = np.zeros((len(lines), n_tokens), np.int64)
    pool = np.zeros((len(lines), n_words, n_tokens), np.float32)
    ids = np.zeros((len(lines), n_words, 1 + HASHES), np.int64)
    flags = np.zeros((len(lines), n_words, FLAGS), np.float32)
    allowed = np.zeros((len(lines), n_words, len(TAGS)), np.bool_)
    allowed[:, :, 0] = True
    for row, line in enumerate(lines):
        states[row, : len(line.states)] = line.states
        for word, (start, end) in enumerate(line.tokens):
            word_of[row, start:end] = word + 1
            pool[row, word, start:end] = 1 / (end - start)
        ids[row, : len(line.words)] = word_ids(line.example.line, line.words)
        flags[row, : len(line.words)] = word_flags(line.example.line, line.words)
        allowed[row, : len(line.words)] = _allowed_tags(line)
    return LineBatch(
        low=torch.from_numpy(states[..., :DIMENSIONS]),
        shared=torch.from_numpy(states[..., DIMENSIONS:]),
        word_of=torch.from_numpy(word_of),
        pool=torch.from_numpy(pool),
        ids=torch.from_numpy(ids),
        flags=torch.from_numpy(flags),
        allowed=torch.from_numpy(allowed),
        styles=torch.tensor([SOURCES.index(line.example.source) for line in lines]),
        words=torch.tensor([len(line.words) for line in lines]),
        tokens=torch.tensor([len(line.states) for line in lines]),
    )


def _allowed_tags(line: EncodedLine) -> NDArray[np.bool_]:
    """Return the tags that the marks leave open, shape (n_words, n_tags): any tag of a label that is not marked."""
    marked = {label.value for label in line.example.labels}
    allowed = np.tile([tag == "O" or tag[2:] not in marked for tag in TAGS], (len(line.words), 1))
    for start, end, label in line.example.names:
        inside = [row for row, (first, last) in enumerate(line.words) if first < end and last > start]
        if label is None or not inside:
            continue
        parts = "S" if len(inside) == 1 else "B" + "I" * (len(inside) - 2) + "E"
        for row, part in zip(inside, parts, strict=True):
            allowed[row] = [tag == f"{part}-{label}" for tag in TAGS]
    return allowed
