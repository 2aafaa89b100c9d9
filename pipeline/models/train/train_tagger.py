r"""Training of the tagger, from open corpora and labelled events to pipeline/models/tagger, a pipeline for spaCy.

    python -m pipeline.models.train.train_tagger --corpora ../shared/data/ner --events ../shared/events \
        --encoder WEIGHTS --out pipeline/models/tagger

The tagger starts with the upper layers of the tuned encoder (WEIGHTS), above the lower layers of the bundled one. The
command prints F1 on the names of UNER English EWT's development set and of the events that were held out.
"""

import random
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated

import numpy as np
import onnx
import spacy
import torch
import typer
from safetensors.torch import load_file

from pipeline.models.train.onnx_export import Matrix, layers_graph
from pipeline.models.train.tagger_examples import (
    CORPORA,
    DEVELOPMENT,
    NOTES,
    SOURCES,
    Example,
    read_corpus,
    read_notes,
    training_notes,
)
from pipeline.models.train.tagger_network import LAYERS, EncodedLine, Network, collate, encode_lines, shuffled_batches
from pipeline.segment_records import Label
from pipeline.tag.ner_model import NerModel, load_model, predict_names
from pipeline.tag.spacy_adapter import FACTORY
from pipeline.transformer import batches

VERSION = "1.0.0"

EPOCHS = 2
RATE = 1.5e-4
"""Learning rate of the layers that start as the encoder's; all other weights learn at `NEW_RATE`."""
NEW_RATE = 1.5e-3
WARM_UP = 0.06
"""Share of the steps in which the learning rate rises; then it falls linearly."""
MIN_RATE = 0.01
"""Share of the learning rate that is left at the end."""
MAX_NORM = 0.2
"""Of a step's gradients."""
DECAY = 0.998
"""Of the running mean of all weights, which is what is kept (Polyak and Juditsky 1992)."""
NOTES_REPEATS = 2
"""Times that each segment of notes is shown in an epoch: they are few, and what the tagger is for."""
SEED = 0


def train(lines: Sequence[EncodedLine], weights: Mapping[str, torch.Tensor]) -> Network:
    """Return the network after `EPOCHS` epochs over `lines`, with averaged weights; it starts with the encoder's."""
    torch.manual_seed(SEED)
    rng = random.Random(SEED)  # noqa: S311 - not for secrets
    network = Network(weights)
    layers = list(network.layers.parameters())
    new = [weight for name, weight in network.named_parameters() if not name.startswith("layers.")]
    optimizer = torch.optim.AdamW([{"params": layers, "lr": RATE}, {"params": new, "lr": NEW_RATE}], weight_decay=0.01)
    batched = [batch for _ in range(EPOCHS) for batch in shuffled_batches(lines, rng)]
    scheduler = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min((step + 1) / (WARM_UP * len(batched)), 1) * max(MIN_RATE, 1 - step / len(batched))
    )
    mean = {name: weight.detach().clone() for name, weight in network.named_parameters()}
    network.train()
    for step, batch in enumerate(batched, start=1):
        loss = network.loss(collate(batch))
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), MAX_NORM)
        optimizer.step()
        scheduler.step()
        with torch.no_grad():
            for name, weight in network.named_parameters():
                mean[name].lerp_(weight, 1 - min(DECAY, (1 + step) / (10 + step)))
        if step % 50 == 0 or step == len(batched):
            typer.echo(f"step {step} of {len(batched)}: loss {loss.item():.3f}")
    network.load_state_dict(mean)
    network.eval()
    return network


def write(network: Network, out: Path) -> None:
    """Write a spaCy pipeline to the folder `out`, with the network's layers in 8 bits and its other weights in 16."""
    nlp = spacy.blank("xx")
    nlp.add_pipe(FACTORY, name="names")
    nlp.meta |= {"name": "padharvest_names", "version": VERSION, "license": "CC-BY-SA-4.0"}
    nlp.to_disk(out, exclude=["names"])
    folder = out / "names"
    folder.mkdir(exist_ok=True)
    layers = {
        f"{name}.{key}": tensor.numpy()
        for name, layer in zip(LAYERS, network.layers, strict=True)
        for key, tensor in layer.state_dict().items()
    }
    onnx.save(layers_graph(layers, LAYERS), folder / "layers.onnx")
    halves = {name: array.astype(np.float16) for name, array in _other_weights(network, NOTES)}
    np.savez(folder / "weights.npz", **halves)  # type: ignore[arg-type]  # NumPy types its own option only


def _other_weights(network: Network, source: str) -> Iterator[tuple[str, Matrix]]:
    """Yield all weights but the layers' under the names that `NerModel` has; matrices as (inputs, outputs)."""
    state = {name: tensor.detach().numpy() for name, tensor in network.state_dict().items()}
    for column in range(len(network.spelling)):
        yield f"written.{column}", state[f"spelling.{column}.weight"]
    for name, stored in {"case": "case", "into": "in", "near": "near", "out": "out"}.items():
        yield f"{stored}.weight", state[f"{name}.weight"].T
        yield f"{stored}.bias", state[f"{name}.bias"]
    for name in ("norm.weight", "norm.bias", "transitions"):
        yield name, state[name]
    yield "style", state["style.weight"][SOURCES.index(source)]


def score(examples: Sequence[Example], network: Network, out: Path) -> str:
    """Return F1 over the names that `examples` mark, and of each label, as the model in `out` finds them.

    The model follows the conventions of the examples' source.
    """
    stored = load_model(out / "names")
    style = dict(_other_weights(network, examples[0].source))["style"]
    model = NerModel({**stored.weights, "style": style}, stored.layers)
    right, found, expected = Counter[str](), Counter[str](), Counter[str]()
    lines = [example.line for example in examples]
    for batch in batches(lines):
        for row, predicted in zip(batch.rows, predict_names(lines, batch, model), strict=True):
            labels = examples[row].labels
            gold = {name for name in examples[row].names if name[2] in labels}
            names = {(name.start, name.end, name.label) for name in predicted if name.label in labels}
            for counter, counted in ((right, gold & names), (found, names), (expected, gold)):
                counter.update(label for _, _, label in counted if label)
                counter["F"] += len(counted)
    figures = {label: 2 * right[label] / (found[label] + expected[label]) for label in ("F", *Label) if expected[label]}
    return "  ".join(f"{label} {figure:.3f}" for label, figure in figures.items())


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
    examples += NOTES_REPEATS * training_notes(events, held_out)
    network = train(encode_lines(examples), load_file(encoder / "model.safetensors"))
    write(network, out)
    unseen = {"EWT dev": read_corpus(DEVELOPMENT, corpora)} | {name: read_notes(events / name) for name in held_out}
    for name, lines in unseen.items():
        typer.echo(f"{name:14} {score(lines, network, out)}")


if __name__ == "__main__":
    typer.run(main)
