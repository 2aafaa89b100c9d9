"""The trained tagger as files, and how well what was written finds names."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnx
import spacy
from numpy.typing import NDArray

from pipeline.models.train.graph import layers_of
from pipeline.models.train.names import NOTES, SOURCES, Example
from pipeline.models.train.network import LAYERS, Layer, Network
from pipeline.records import Label
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
