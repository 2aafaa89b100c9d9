"""The tagger as it learns: three layers of the encoder above those that it shares, words, and a chain of tags.

`pipeline/tag/ner_model.py` computes the same with 8-bit layers and NumPy.

Examples as the tagger learns from them: each read once by the transformer, then put together in batches.
"""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from torch.nn import functional

from pipeline.models.train.onnx_export import HEAD_WIDTH, HEADS, SHARED, WIDTH
from pipeline.models.train.tagger_examples import SOURCES, Example
from pipeline.tag.ner_model import BUCKETS, FLAGS, HASHES, SHAPES, TAGS, may_follow, word_flags, word_ids
from pipeline.transformer import DIMENSIONS, STATES, batches

LAYERS = tuple(f"encoder.layer.{number}" for number in range(SHARED, 6))
HIDDEN = 192
EMBEDDED = (16, 24, 24, 24, 16)
"""Numbers per shape and per hash."""
STYLE = 8
"""Numbers that tell whose habits of marking names a line follows."""
DROPOUT = 0.2
LAYER_DROPOUT = 0.1
_NEVER = -1e4

_PARTS = {
    "attention.self.query": (WIDTH, WIDTH),
    "attention.self.key": (WIDTH, WIDTH),
    "attention.self.value": (WIDTH, WIDTH),
    "attention.output.dense": (WIDTH, WIDTH),
    "intermediate.dense": (WIDTH, 4 * WIDTH),
    "output.dense": (4 * WIDTH, WIDTH),
}
_NORMS = ("attention.output.LayerNorm", "output.LayerNorm")


@dataclass(frozen=True, slots=True)
class Lines:
    """A batch of padded lines.

    `low` and `shared` (n_lines, n_tokens, 384) are the transformer's states; `word_of` (n_lines, n_tokens) says which
    word a token belongs to, from 1, and `pool` (n_lines, n_words, n_tokens) takes the mean over a word's tokens; `ids`,
    `flags` (n_lines, n_words, …) are how words are written, `allowed` (n_lines, n_words, n_tags) the tags each may
    have; `styles`, `words`, `tokens` (n_lines,) are sources and sizes.
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
    """One layer of BERT, beginning with the encoder's weights."""

    def __init__(self, weights: Mapping[str, torch.Tensor], name: str) -> None:
        super().__init__()
        self.parts = nn.ModuleDict({part.replace(".", "_"): nn.Linear(*size) for part, size in _PARTS.items()})
        self.norms = nn.ModuleDict({norm.replace(".", "_"): nn.LayerNorm(WIDTH, eps=1e-12) for norm in _NORMS})
        self.drop = nn.Dropout(LAYER_DROPOUT)
        self.load_state_dict({own: weights[f"{name}.{theirs}"] for own, theirs in self.names().items()})

    def names(self) -> dict[str, str]:
        """Its weights' names to BERT's."""
        own = {f"parts.{part.replace('.', '_')}": part for part in _PARTS}
        own |= {f"norms.{norm.replace('.', '_')}": norm for norm in _NORMS}
        return {f"{mine}.{kind}": f"{theirs}.{kind}" for mine, theirs in own.items() for kind in ("weight", "bias")}

    def forward(self, states: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """`states` (n_lines, n_tokens, 384) to the same after this layer."""
        lines, tokens, _ = states.shape
        query, key, value = (
            self.parts[f"attention_self_{part}"](states).view(lines, tokens, HEADS, HEAD_WIDTH).transpose(1, 2)
            for part in ("query", "key", "value")
        )
        mixed = functional.scaled_dot_product_attention(query, key, value, attn_mask=mask)
        mixed = mixed.transpose(1, 2).reshape(lines, tokens, WIDTH)
        states = self.norms["attention_output_LayerNorm"](
            states + self.drop(self.parts["attention_output_dense"](mixed))
        )
        wide = functional.gelu(self.parts["intermediate_dense"](states))
        normed: torch.Tensor = self.norms["output_LayerNorm"](states + self.drop(self.parts["output_dense"](wide)))
        return normed


class Network(nn.Module):
    """What speaks for each tag of each word, and for one tag behind another."""

    def __init__(self, weights: Mapping[str, torch.Tensor]) -> None:
        super().__init__()
        self.layers = nn.ModuleList([Layer(weights, name) for name in LAYERS])
        sizes = (SHAPES, *[BUCKETS] * HASHES)
        self.written = nn.ModuleList([nn.Embedding(size, width) for size, width in zip(sizes, EMBEDDED, strict=True)])
        for embedding in self.written:
            nn.init.normal_(embedding.weight, std=0.1)
        self.style = nn.Embedding(len(SOURCES), STYLE)
        width = sum(EMBEDDED) + FLAGS + STYLE
        self.case = nn.Linear(width, WIDTH)
        nn.init.normal_(self.case.weight, std=0.02)
        nn.init.zeros_(self.case.bias)
        self.into = nn.Linear(2 * WIDTH + width, HIDDEN)
        self.near = nn.Linear(3 * HIDDEN, HIDDEN)
        self.norm = nn.LayerNorm(HIDDEN)
        self.out = nn.Linear(HIDDEN, len(TAGS))
        self.drop = nn.Dropout(DROPOUT)
        self.transitions = nn.Parameter(torch.zeros(len(TAGS), len(TAGS)))

    def scores(self, lines: Lines) -> torch.Tensor:
        """Shape (n_lines, n_words, n_tags)."""
        written = self._written(lines)
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=self.training):
            case = functional.pad(self.case(self.drop(written)), (0, 0, 1, 0))  # word 0 stands for no word
            states = lines.shared + torch.gather(case, 1, lines.word_of[..., None].expand(*lines.word_of.shape, WIDTH))
            mask = _within(lines.tokens, states.shape[1])[:, None, None, :]
            for layer in self.layers:
                states = layer(states, mask)
        words = torch.bmm(lines.pool, torch.cat([states.float(), lines.low], -1))
        hidden = functional.silu(self.into(torch.cat([self.drop(words), self.drop(written)], -1)))
        hidden = hidden * _within(lines.words, hidden.shape[1])[..., None].float()
        padded = functional.pad(hidden, (0, 0, 1, 1))
        near = torch.cat([padded[:, :-2], hidden, padded[:, 2:]], -1)
        scores: torch.Tensor = self.out(self.drop(self.norm(hidden + functional.silu(self.near(near)))))
        return scores

    def _written(self, lines: Lines) -> torch.Tensor:
        embedded = [embedding(lines.ids[..., column]) for column, embedding in enumerate(self.written)]
        style = self.style(lines.styles)[:, None].expand(*lines.ids.shape[:2], STYLE)
        return torch.cat([*embedded, lines.flags, style], -1)

    def loss(self, lines: Lines) -> torch.Tensor:
        """How unlikely the allowed tags are, per word (Lafferty et al. 2001; Tsuboi et al. 2008 for partial marks)."""
        scores = self.scores(lines)
        allowed = scores.masked_fill(~lines.allowed, _NEVER)
        return (self._total(scores, lines.words) - self._total(allowed, lines.words)).sum() / lines.words.sum()

    def _total(self, scores: torch.Tensor, words: torch.Tensor) -> torch.Tensor:
        """The logarithm of the sum over all sequences of tags (the forward algorithm)."""
        steps = self.transitions.masked_fill(~_MAY_FOLLOW, _NEVER).exp()
        reached = [scores[:, 0] + _FIRST]
        for place in range(1, scores.shape[1]):
            before = reached[-1]
            most = before.detach().amax(1, keepdim=True)
            reached.append(((before - most).exp() @ steps).clamp_min(1e-30).log() + most + scores[:, place])
        last = torch.stack(reached, 1)[torch.arange(len(words)), words - 1]
        return torch.logsumexp(last + _LAST, 1)


_MAY_FOLLOW = torch.tensor([[may_follow(one, other) for other in TAGS] for one in TAGS])
_FIRST = torch.tensor([0.0 if may_follow("O", tag) else _NEVER for tag in TAGS])
_LAST = torch.tensor([0.0 if may_follow(tag, "O") else _NEVER for tag in TAGS])


def _within(sizes: torch.Tensor, most: int) -> torch.Tensor:
    return torch.arange(most)[None] < sizes[:, None]


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
