"""Training of the sentence encoder, from all-MiniLM-L6-v2 to weights tuned on labelled events.

    python -m pipeline.models.train.train_encoder --events ../shared/events --out build/encoder
    python -m pipeline.models.train.train_encoder --events ../shared/events --held-out k8s2016 --held-out k8s2017

Supervised contrastive learning (Khosla et al. 2020): in a batch of one event's segments and concern names, those of
the same concern attract and all others repel each other. The second command holds events out and prints the average
precision on them with the weights before and after.
"""

import itertools
import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, NamedTuple

import torch
import typer
from safetensors.torch import save_file
from tokenizers import Tokenizer
from torch.nn.functional import normalize
from transformers import BertModel

from pipeline.models.train.labelled_events import LabelledEvent, average_precision, read_event, training_events
from pipeline.models.train.onnx_export import base_tokenizer, base_weights

STEPS = 150
BATCH = 48
PER_CONCERN = 3
"""Segments of one concern in a batch, from as many groups as there are."""
RATE = 6e-5
WARM_UP = 0.1
"""Share of the steps in which the learning rate rises; then it falls to zero."""
TEMPERATURE = 0.05
MAX_TOKENS = 64
"""Of a text in training; 1 of 1,000 segments is longer."""
ENCODED_AT_ONCE = 24
SEEDS = (0, 1, 2)
"""One training each; their weights are averaged (Wortsman et al. 2022, model soups), as each alone depends on luck."""


class LabelledText(NamedTuple):
    """A segment or a concern's name, with the concerns it belongs to."""

    text: str
    concerns: frozenset[str]


def train(events: Sequence[LabelledEvent], tokenizer: Tokenizer, seed: int) -> BertModel:
    """Return all-MiniLM-L6-v2 tuned on `events`; its embeddings stay as they are, for words that are in no event."""
    torch.manual_seed(seed)
    rng = random.Random(seed)  # noqa: S311 - not for secrets
    model = BertModel.from_pretrained(base_weights())
    model.embeddings.requires_grad_(requires_grad=False)
    trained = [weight for weight in model.parameters() if weight.requires_grad]
    optimizer = torch.optim.AdamW(trained, lr=RATE, weight_decay=0.01)
    scheduler = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min((step + 1) / (WARM_UP * STEPS), 1) * (1 - step / STEPS)
    )
    model.train()
    for step, event in enumerate(itertools.islice(_cycle(events, rng), STEPS), start=1):
        batch = sample_batch(event, rng)
        value = loss(encode(model, tokenizer, [item.text for item in batch]), batch)
        optimizer.zero_grad()
        value.backward()
        torch.nn.utils.clip_grad_norm_(trained, 1.0)
        optimizer.step()
        scheduler.step()
        typer.echo(f"seed {seed}, step {step} of {STEPS}: loss {value.item():.3f}")
    return model.eval()


def _cycle(events: Sequence[LabelledEvent], rng: random.Random) -> Iterator[LabelledEvent]:
    """Yield each event as often as any other, in random order."""
    while True:
        yield from rng.sample(events, len(events))


def sample_batch(event: LabelledEvent, rng: random.Random) -> list[LabelledText]:
    """Return segments of each of some recurring concerns, those concerns' names, and other segments, `BATCH` in all."""
    members = defaultdict(list)
    for row, concerns in enumerate(event.concerns):
        for concern in sorted(concerns):
            members[concern].append(row)
    recurring = [concern for concern, rows in members.items() if len({event.groups[row] for row in rows}) > 1]
    rng.shuffle(recurring)
    chosen: dict[int, None] = {}
    named: list[str] = []
    for concern in recurring:
        if len(chosen) + len(named) >= BATCH:
            break
        chosen |= dict.fromkeys(_sample_across_groups(event, members[concern], rng))
        named.append(concern)
    others = [row for row in range(len(event.texts)) if row not in chosen]
    rng.shuffle(others)
    rows = [*chosen, *others[: max(0, BATCH - len(chosen) - len(named))]]
    segments = [LabelledText(event.texts[row], event.concerns[row]) for row in rows]
    return segments + [LabelledText(event.names[concern], frozenset({concern})) for concern in named]


def _sample_across_groups(event: LabelledEvent, rows: Sequence[int], rng: random.Random) -> list[int]:
    """Return up to `PER_CONCERN` of `rows`, one of each group before a second of any."""
    by_group = defaultdict(list)
    for row in rng.sample(rows, len(rows)):
        by_group[event.groups[row]].append(row)
    rounds = sorted((number, rng.random(), row) for group in by_group.values() for number, row in enumerate(group))
    return [row for _, _, row in rounds[:PER_CONCERN]]


def loss(vectors: torch.Tensor, batch: Sequence[LabelledText]) -> torch.Tensor:
    """Return the supervised contrastive loss of a batch (Khosla et al. 2020, equation 2)."""
    same = torch.tensor([[a is not b and not a.concerns.isdisjoint(b.concerns) for b in batch] for a in batch])
    similarity = (vectors @ vectors.T / TEMPERATURE).masked_fill(torch.eye(len(batch), dtype=torch.bool), -1e9)
    surprise = torch.logsumexp(similarity, 1, keepdim=True) - similarity
    positives = same.sum(1)
    return ((surprise * same).sum(1)[positives > 0] / positives[positives > 0]).mean()


def encode(model: BertModel, tokenizer: Tokenizer, texts: Sequence[str]) -> torch.Tensor:
    """Return vectors of unit length (n_texts, 384), the mean over tokens; texts of similar length go together."""
    tokens = [encoding.ids for encoding in tokenizer.encode_batch(list(texts))]
    order = sorted(range(len(tokens)), key=lambda row: len(tokens[row]))
    vectors = [
        _encode_batch(model, [tokens[row] for row in order[start : start + ENCODED_AT_ONCE]])
        for start in range(0, len(order), ENCODED_AT_ONCE)
    ]
    return torch.cat(vectors)[torch.tensor(order).argsort()]


def _encode_batch(model: BertModel, tokens: Sequence[Sequence[int]]) -> torch.Tensor:
    longest = max(map(len, tokens))
    ids = torch.tensor([[*row, *[0] * (longest - len(row))] for row in tokens])
    mask = torch.tensor([[1] * len(row) + [0] * (longest - len(row)) for row in tokens])
    with torch.autocast("cpu", dtype=torch.bfloat16):
        hidden = model(input_ids=ids, attention_mask=mask).last_hidden_state
    return normalize((hidden.float() * mask[..., None]).sum(1) / mask.sum(1, keepdim=True), dim=-1)


def average(models: Sequence[BertModel]) -> BertModel:
    """Return the first of `models`, with the mean of all their weights."""
    states = [model.state_dict() for model in models]
    mean = {name: torch.stack([state[name] for state in states]).mean(0) for name in states[0]}
    models[0].load_state_dict(mean)
    return models[0]


def score(model: BertModel, tokenizer: Tokenizer, events: Sequence[LabelledEvent]) -> dict[str, float]:
    """Return the average precision of cross-group pairs in each event, and the mean."""
    with torch.no_grad():
        figures = {
            event.name: average_precision(event, encode(model, tokenizer, event.texts).numpy()) for event in events
        }
    return figures | {"mean": sum(figures.values()) / len(figures)}


def main(
    events: Annotated[Path, typer.Option(help="Folder of labelled events.")],
    held_out: Annotated[list[str], typer.Option(help="An event to leave out and score on.")] = [],  # noqa: B006 - Typer
    out: Annotated[Path | None, typer.Option(help="Folder to write the tuned weights to.")] = None,
) -> None:
    """Tune the encoder on all labelled events but those held out, and score on these."""
    torch.set_num_threads(1)  # sums in another order give other weights
    tokenizer = base_tokenizer(MAX_TOKENS)
    known = training_events(events, held_out)
    model = average([train(known, tokenizer, seed) for seed in SEEDS])
    if held_out:
        unseen = [read_event(events / name) for name in held_out]
        before = score(BertModel.from_pretrained(base_weights()).eval(), tokenizer, unseen)
        for name, after in score(model, tokenizer, unseen).items():
            typer.echo(f"{name:14} {before[name]:.3f} -> {after:.3f}")
    if out:
        out.mkdir(parents=True, exist_ok=True)
        save_file(model.state_dict(), out / "model.safetensors")


if __name__ == "__main__":
    typer.run(main)
