"""Train the tagger: from open corpora and labelled events to pipeline/models/tagger, a pipeline for spaCy.

    python -m pipeline.models.train.tagger --corpora ../shared/data/ner --events ../shared/events \
        --encoder WEIGHTS --out pipeline/models/tagger

It begins with the upper layers of the tuned encoder (WEIGHTS), over the lower ones as the encoder that ships computes
them, and prints how well it finds the names of UNER English EWT's development set and of events that were held out.
"""

import random
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated

import torch
import typer
from safetensors.torch import load_file

from pipeline.models.train.lines import ReadLine, read, shuffled, together
from pipeline.models.train.names import CORPORA, UNSEEN, Example, read_corpus, read_notes, training_notes
from pipeline.models.train.network import Network
from pipeline.models.train.tagger_file import score, write

EPOCHS = 2
RATE = 1.5e-4
"""Of the layers; what is new learns at `NEW_RATE`."""
NEW_RATE = 1.5e-3
WARM_UP = 0.06
LEAST_RATE = 0.01
"""Share of the learning rate that is left at the end."""
LARGEST_STEP = 0.2
MEMORY = 0.998
"""Of the running mean of all weights, which is what is kept (Polyak and Juditsky 1992)."""
NOTES_TIMES = 2
"""That each segment of notes is shown in an epoch: they are few, and what the tagger is for."""
SEED = 0


def train(lines: Sequence[ReadLine], weights: Mapping[str, torch.Tensor]) -> Network:
    """The network after `EPOCHS` rounds over `lines`, its weights averaged."""
    torch.manual_seed(SEED)
    dice = random.Random(SEED)  # noqa: S311 - not for secrets
    network = Network(weights)
    layers = list(network.layers.parameters())
    new = [weight for name, weight in network.named_parameters() if not name.startswith("layers.")]
    optimizer = torch.optim.AdamW([{"params": layers, "lr": RATE}, {"params": new, "lr": NEW_RATE}], weight_decay=0.01)
    batches = [batch for _ in range(EPOCHS) for batch in shuffled(lines, dice)]
    pace = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: share_of_rate(step, len(batches)))
    mean = {name: weight.detach().clone() for name, weight in network.named_parameters()}
    network.train()
    for step, batch in enumerate(batches, start=1):
        loss = network.loss(together(batch))
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), LARGEST_STEP)
        optimizer.step()
        pace.step()
        with torch.no_grad():
            for name, weight in network.named_parameters():
                mean[name].lerp_(weight, 1 - min(MEMORY, (1 + step) / (10 + step)))
        if step % 50 == 0 or step == len(batches):
            typer.echo(f"step {step} of {len(batches)}: loss {loss.item():.3f}")
    network.load_state_dict(mean)
    network.eval()
    return network


def share_of_rate(step: int, steps: int) -> float:
    """The learning rate rises, then falls in a line."""
    return min((step + 1) / (WARM_UP * steps), 1) * max(LEAST_RATE, 1 - step / steps)


def main(
    corpora: Annotated[Path, typer.Option(help="Folder of the open corpora.")],
    events: Annotated[Path, typer.Option(help="Folder of labelled events.")],
    encoder: Annotated[Path, typer.Option(help="Folder with the tuned encoder's model.safetensors.")],
    out: Annotated[Path, typer.Option(help="Folder to write the pipeline to.")],
    held_out: Annotated[list[str], typer.Option(help="An event to leave out and score on.")] = [],  # noqa: B006 - Typer
) -> None:
    """Train on everything but what is held out, write the pipeline, and score what was written."""
    torch.set_num_threads(1)  # sums in another order give other weights
    examples = [example for corpus in CORPORA for example in read_corpus(corpus, corpora)]
    examples += NOTES_TIMES * training_notes(events, held_out)
    network = train(read(examples), load_file(encoder / "model.safetensors"))
    write(network, out)
    unseen: dict[str, list[Example]] = {"EWT dev": read_corpus(UNSEEN, corpora)}
    unseen |= {name: read_notes(events / name) for name in held_out}
    for name, lines in unseen.items():
        typer.echo(f"{name:14} {score(lines, network, out)}")


if __name__ == "__main__":
    typer.run(main)
