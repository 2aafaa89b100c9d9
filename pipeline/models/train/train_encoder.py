"""Tune the sentence encoder on labelled events: from all-MiniLM-L6-v2 to weights that know what a concern is.

    python -m pipeline.models.train.train_encoder --events ../shared/events --out build/encoder
    python -m pipeline.models.train.train_encoder --events ../shared/events --held-out k8s2016 --held-out k8s2017

Supervised contrastive learning (Khosla et al. 2020): in a batch of one event's segments and concern names, those of
one concern attract and all others repel. The second command leaves events out and prints how well they are read by
the weights before and after.
"""

import itertools
import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import torch
import typer
from safetensors.torch import save_file
from tokenizers import Tokenizer
from torch.nn.functional import normalize
from transformers import BertModel

from pipeline.models.train.labelled_events import LabelledEvent, average_precision, base_weights, training_events

STEPS = 150
BATCH = 48
PER_CONCERN = 3
"""Segments of one concern in a batch, from as many groups as there are."""
RATE = 6e-5
WARM_UP = 0.1
"""Share of the steps in which the learning rate rises; then it falls to zero."""
TEMPERATURE = 0.05
TOKENS = 64
"""Of a text while training; 1 of 1,000 segments is longer."""
SEEDS = (0, 1, 2)
"""One training each; their weights are averaged (Wortsman et al. 2022, model soups), or chance would decide."""
THREADS = 1
"""Sums in another order give other weights."""


@dataclass(frozen=True, slots=True)
class Item:
    """A segment or a concern's name, with the concerns it belongs to."""

    text: str
    concerns: frozenset[str]


def sample(event: LabelledEvent, dice: random.Random) -> list[Item]:
    """A batch: a few segments of each of some concerns, their names, and other segments to make up `BATCH`."""
    members = defaultdict(list)
    for row, concerns in enumerate(event.concerns):
        for concern in sorted(concerns):
            members[concern].append(row)
    recurring = [one for one, rows in members.items() if len({event.groups[row] for row in rows}) > 1]
    dice.shuffle(recurring)
    chosen: dict[int, None] = {}
    named: list[str] = []
    for concern in recurring:
        if len(chosen) + len(named) >= BATCH:
            break
        chosen |= dict.fromkeys(_across_groups(event, members[concern], dice))
        named.append(concern)
    rest = [row for row in range(len(event.texts)) if row not in chosen]
    dice.shuffle(rest)
    rows = [*chosen, *rest[: max(0, BATCH - len(chosen) - len(named))]]
    segments = [Item(event.texts[row], event.concerns[row]) for row in rows]
    return segments + [Item(event.names[concern], frozenset({concern})) for concern in named]


def _across_groups(event: LabelledEvent, rows: Sequence[int], dice: random.Random) -> list[int]:
    """Up to `PER_CONCERN` of `rows`, in turn from each group."""
    by_group = defaultdict(list)
    for row in dice.sample(rows, len(rows)):
        by_group[event.groups[row]].append(row)
    turns = sorted((turn, dice.random(), row) for group in by_group.values() for turn, row in enumerate(group))
    return [row for _, _, row in turns[:PER_CONCERN]]


def loss(vectors: torch.Tensor, items: Sequence[Item]) -> torch.Tensor:
    """How unlikely each item's company is among all others, in the mean (Khosla et al. 2020, equation 2)."""
    same = torch.tensor([[a is not b and not a.concerns.isdisjoint(b.concerns) for b in items] for a in items])
    alike = (vectors @ vectors.T / TEMPERATURE).masked_fill(torch.eye(len(items), dtype=torch.bool), -1e9)
    surprise = torch.logsumexp(alike, 1, keepdim=True) - alike
    company = same.sum(1)
    return ((surprise * same).sum(1)[company > 0] / company[company > 0]).mean()


def encode(model: BertModel, tokenizer: Tokenizer, texts: Sequence[str]) -> torch.Tensor:
    """Vectors of unit length (n_texts, 384), the mean over tokens; long and short texts go through apart."""
    tokens = [item.ids for item in tokenizer.encode_batch(list(texts))]
    order = sorted(range(len(tokens)), key=lambda row: len(tokens[row]))
    parts = [_forward(model, [tokens[row] for row in order[start : start + 24]]) for start in range(0, len(order), 24)]
    place = {row: at for at, row in enumerate(order)}
    return torch.cat(parts)[[place[row] for row in range(len(order))]]


def _forward(model: BertModel, tokens: Sequence[Sequence[int]]) -> torch.Tensor:
    longest = max(map(len, tokens))
    ids = torch.tensor([[*row, *[0] * (longest - len(row))] for row in tokens])
    mask = torch.tensor([[1] * len(row) + [0] * (longest - len(row)) for row in tokens])
    with torch.autocast("cpu", dtype=torch.bfloat16):
        hidden = model(input_ids=ids, attention_mask=mask).last_hidden_state
    return normalize((hidden.float() * mask[..., None]).sum(1) / mask.sum(1, keepdim=True), dim=-1)


def train(events: Sequence[LabelledEvent], tokenizer: Tokenizer, seed: int) -> BertModel:
    """all-MiniLM-L6-v2 tuned on `events`; its embeddings stay as they are, for the words that no event has."""
    torch.manual_seed(seed)
    dice = random.Random(seed)  # noqa: S311 - not for secrets
    model = BertModel.from_pretrained(base_weights())
    model.embeddings.requires_grad_(requires_grad=False)
    learnt = [weight for weight in model.parameters() if weight.requires_grad]
    optimizer = torch.optim.AdamW(learnt, lr=RATE, weight_decay=0.01)
    pace = torch.optim.lr_scheduler.LambdaLR(optimizer, _share_of_rate)
    model.train()
    for step, event in enumerate(itertools.islice(_in_turn(events, dice), STEPS), start=1):
        items = sample(event, dice)
        value = loss(encode(model, tokenizer, [item.text for item in items]), items)
        optimizer.zero_grad()
        value.backward()
        torch.nn.utils.clip_grad_norm_(learnt, 1.0)
        optimizer.step()
        pace.step()
        typer.echo(f"seed {seed}, step {step} of {STEPS}: loss {value.item():.3f}")
    return model.eval()


def average(models: Sequence[BertModel]) -> BertModel:
    """The first of `models`, with the mean of all their weights."""
    states = [model.state_dict() for model in models]
    mean = {name: torch.stack([state[name] for state in states]).mean(0) for name in states[0]}
    models[0].load_state_dict(mean)
    return models[0]


def _share_of_rate(step: int) -> float:
    return min((step + 1) / (WARM_UP * STEPS), 1) * (1 - step / STEPS)


def _in_turn(events: Sequence[LabelledEvent], dice: random.Random) -> Iterator[LabelledEvent]:
    """Each event as often as any other, in an order that changes."""
    while True:
        yield from dice.sample(events, len(events))


def score(model: BertModel, tokenizer: Tokenizer, events: Sequence[LabelledEvent]) -> dict[str, float]:
    """The average precision of cross-group pairs in each event, with the mean."""
    with torch.no_grad():
        found = {one.name: average_precision(one, encode(model, tokenizer, one.texts).numpy()) for one in events}
    return found | {"mean": sum(found.values()) / len(found)}


def main(
    events: Annotated[Path, typer.Option(help="Folder of labelled events.")],
    held_out: Annotated[list[str], typer.Option(help="An event to leave out and score on.")] = [],  # noqa: B006 - Typer
    out: Annotated[Path | None, typer.Option(help="Folder to write the tuned weights to.")] = None,
) -> None:
    """Tune the encoder on all labelled events but those held out, and score on these."""
    torch.set_num_threads(THREADS)
    known = training_events(events)
    unseen = [known.pop(name) for name in held_out]
    tokenizer = Tokenizer.from_file(str(base_weights() / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(TOKENS)
    model = average([train(list(known.values()), tokenizer, seed) for seed in SEEDS])
    if unseen:
        before = score(BertModel.from_pretrained(base_weights()).eval(), tokenizer, unseen)
        for name, after in score(model, tokenizer, unseen).items():
            typer.echo(f"{name:14} {before[name]:.3f} -> {after:.3f}")
    if out:
        out.mkdir(parents=True, exist_ok=True)
        save_file(model.state_dict(), out / "model.safetensors")


if __name__ == "__main__":
    typer.run(main)
