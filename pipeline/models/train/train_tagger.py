r"""The trained tagger as files, and how well what was written finds names.

Train the tagger: from open corpora and labelled events to pipeline/models/tagger, a pipeline for spaCy.

    python -m pipeline.models.train.train_tagger --corpora ../shared/data/ner --events ../shared/events \
        --encoder WEIGHTS --out pipeline/models/tagger

It begins with the upper layers of the tuned encoder (WEIGHTS), over the lower ones as the encoder that ships computes
them, and prints how well it finds the names of UNER English EWT's development set and of events that were held out.
"""

import random
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated

import numpy as np
import onnx
import spacy
import torch
import typer
from numpy.typing import NDArray
from safetensors.torch import load_file

from pipeline.analysis_records import Label
from pipeline.models.train.onnx_export import layers_of
from pipeline.models.train.tagger_examples import (
    CORPORA,
    NOTES,
    SOURCES,
    UNSEEN,
    Example,
    read_corpus,
    read_notes,
    training_notes,
)
from pipeline.models.train.tagger_network import LAYERS, Layer, Network, ReadLine, read, shuffled, together
from pipeline.tag.ner_model import NerModel, load_model, predict_names
from pipeline.tag.spacy_adapter import FACTORY
from pipeline.transformer import batches

Rows = NDArray[np.float32]

VERSION = "1.0.0"


def write(network: Network, out: Path) -> None:
    """A spaCy pipeline in the folder `out`, with the network's layers in 8 bits and its other weights in 16."""
    nlp = spacy.blank("xx")
    nlp.add_pipe(FACTORY, name="names")
    nlp.meta |= {"name": "padharvest_names", "version": VERSION, "license": "CC-BY-SA-4.0"}
    nlp.to_disk(out, exclude=["names"])
    folder = out / "names"
    folder.mkdir(exist_ok=True)
    onnx.save(layers_of(_layers(network), LAYERS), folder / "layers.onnx")
    halves = {name: array.astype(np.float16) for name, array in _weights(network, NOTES)}
    np.savez(folder / "weights.npz", **halves)  # type: ignore[arg-type]  # NumPy types its own option only


def score(examples: Sequence[Example], network: Network, out: Path) -> str:
    """F1 of names over the labels that `examples` mark, and of each label, as the pipeline in `out` finds them.

    Lines are read in the habits of their source.
    """
    written = load_model(out / "names")
    style = dict(_weights(network, examples[0].source))["style"]
    using = NerModel({**written.weights, "style": style}, written.layers)
    right, found, there = Counter[Label](), Counter[Label](), Counter[Label]()
    lines = [example.line for example in examples]
    for batch in batches(lines):
        for row, spotted in zip(batch.rows, predict_names(lines, batch, using), strict=True):
            gold = {name for name in examples[row].names if name[2] in examples[row].known}
            ours = {(name.start, name.end, name.label) for name in spotted if name.label in examples[row].known}
            right.update(label for _, _, label in gold & ours if label)
            found.update(label for _, _, label in ours)
            there.update(label for _, _, label in gold if label)
    labels = [label for label in Label if there[label]]
    each = "  ".join(f"{label} {_f1(right[label], found[label], there[label]):.3f}" for label in labels)
    return f"F {_f1(right.total(), found.total(), there.total()):.3f}  {each}"


def _f1(right: int, found: int, there: int) -> float:
    return 2 * right / (found + there) if right else 0.0


def _layers(network: Network) -> dict[str, Rows]:
    """The layers' weights under BERT's names."""
    found: dict[str, Rows] = {}
    for name, layer in zip(LAYERS, network.layers, strict=True):
        assert isinstance(layer, Layer)  # noqa: S101 - a ModuleList does not say what it holds
        state = layer.state_dict()
        found |= {f"{name}.{theirs}": state[own].numpy() for own, theirs in layer.names().items()}
    return found


def _weights(network: Network, source: str) -> list[tuple[str, Rows]]:
    """All other weights under the names that `pipeline/tag/ner_model.py` reads; matrices as (inputs, outputs)."""
    state = {name: tensor.detach().numpy() for name, tensor in network.state_dict().items()}
    linear = {"case": "case", "into": "in", "near": "near", "out": "out"}
    found = [(f"written.{column}", state[f"written.{column}.weight"]) for column in range(len(network.written))]
    found += [(f"{ours}.weight", state[f"{theirs}.weight"].T) for theirs, ours in linear.items()]
    found += [(f"{ours}.bias", state[f"{theirs}.bias"]) for theirs, ours in linear.items()]
    found += [("norm.weight", state["norm.weight"]), ("norm.bias", state["norm.bias"])]
    found += [("style", state["style.weight"][SOURCES.index(source)]), ("transitions", state["transitions"])]
    return found


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
