"""The models that ship as ONNX graphs, written node by node: from BERT weights to 8-bit integer arithmetic.

Exporters write what a framework ran; this writes what should run. Each token's activations are quantised with a
scale of their own (Dettmers et al. 2022, LLM.int8(), "row-wise"), where the usual dynamic quantisation takes one for
the whole batch: so a sentence's vector does not depend on its neighbours. Weights have one scale per output column
and 7 bits, so that no pair of products overflows 16 bits on processors without VNNI (onnxruntime's `reduce_range`),
and the integer sums are exact everywhere.

Write the encoder that ships: from tuned weights to an 8-bit ONNX file, checked against full precision.

    python -m pipeline.models.train.onnx_export --weights build/encoder --events ../shared/events

Prints the file's size and SHA-256, the cosine to full precision over all segments, and each event's average precision
at both; ends with status 1 where one of the limits below is broken.
"""

import itertools
import sys
import tempfile
from collections.abc import Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Annotated

import numpy as np
import onnx
import typer
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper
from safetensors.numpy import load_file
from tokenizers import Tokenizer

from pipeline.models.train.labelled_events import LabelledEvent, average_precision, base_weights, training_events
from pipeline.transformer import MODEL, TOKENS, embed

Array = NDArray[np.generic]
Weights = Mapping[str, NDArray[np.float32]]
Dense = tuple[NDArray[np.float32], NDArray[np.float32]]
"""A matrix of shape (n_inputs, n_outputs) and a bias."""

SHARED = 3
"""Layers of the encoder that the tagger builds on; it has its own above them."""

HEADS = 12
WIDTH = 384
HEAD_WIDTH = WIDTH // HEADS
WEIGHT_LIMIT = 63
"""Of 7-bit weights: 255 * 63 * 2 < 2 ** 15."""

OPSET = 21
IR_VERSION = 10


class Graph:
    """Nodes and constants, gathered one by one; `quantised` says how matrices are multiplied."""

    def __init__(self, *, quantised: bool) -> None:
        self.linear = _quantised_linear if quantised else _linear
        self.nodes: list[onnx.NodeProto] = []
        self.constants: dict[str, onnx.TensorProto] = {}

    def constant(self, values: Array | Sequence[int] | float) -> str:
        """The name of `values`, stored once; Python's integers and floats become int64 and float32."""
        array = np.asarray(values)
        array = array.astype(np.float32) if array.dtype == np.float64 else array
        name = f"constant_{len(self.constants)}"
        self.constants[name] = numpy_helper.from_array(array, name)
        return name

    def node(self, kind: str, *inputs: str, **attributes: float | list[int]) -> str:
        """The name of the output of a new node."""
        name = f"{kind.lower()}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, list(inputs), [name], name=name, **attributes))
        return name


def encoder_of(weights: Weights, positions: int, *, quantised: bool = True) -> onnx.ModelProto:
    """`input_ids` (batch, length) of equally long sentences in; out come `vectors` (batch, 384) of unit length.

    And `states` (batch, length, 768): each token before the first layer, and after as many as `SHARED`.
    """
    graph = Graph(quantised=quantised)
    sizes = _sizes(graph, "input_ids")
    states = [_embeddings(graph, weights, positions, sizes[1])]
    for number in range(sum(name.endswith("attention.self.query.weight") for name in weights)):
        states.append(_layer(graph, weights, f"encoder.layer.{number}", states[-1], sizes))
    _pooled(graph, states[-1])
    graph.nodes.append(helper.make_node("Concat", [states[0], states[SHARED]], ["states"], name="states", axis=-1))
    return _model(
        graph,
        [helper.make_tensor_value_info("input_ids", TensorProto.INT64, ["batch", "length"])],
        [_rows("vectors", "batch", WIDTH), _rows("states", "batch", "length", 2 * WIDTH)],
    )


def layers_of(weights: Weights, layers: Sequence[str], *, quantised: bool = True) -> onnx.ModelProto:
    """`states` (batch, length, 384) in; out comes `read` of the same shape, what `layers` make of them."""
    graph = Graph(quantised=quantised)
    sizes = _sizes(graph, "states")
    hidden = "states"
    for layer in layers:
        hidden = _layer(graph, weights, layer, hidden, sizes)
    graph.nodes.append(helper.make_node("Identity", [hidden], ["read"], name="read"))
    return _model(graph, [_rows("states", "batch", "length", WIDTH)], [_rows("read", "batch", "length", WIDTH)])


def _layer(graph: Graph, weights: Weights, layer: str, states: str, sizes: tuple[str, str]) -> str:
    """One layer of a transformer (Vaswani et al. 2017) over `states` (batch, length, 384), as BERT has it."""
    rows = graph.constant([-1, WIDTH])
    heads = graph.node("Concat", *sizes, graph.constant([HEADS]), graph.constant([HEAD_WIDTH]), axis=0)
    hidden = graph.node("Reshape", states, rows)
    mixed = graph.node("Reshape", _attention(graph, weights, layer, hidden, heads), rows)
    mixed = graph.linear(graph, mixed, *_dense(weights, f"{layer}.attention.output.dense"))
    hidden = _normed(graph, weights, f"{layer}.attention.output.LayerNorm", mixed, hidden)
    wide = graph.node("Gelu", graph.linear(graph, hidden, *_dense(weights, f"{layer}.intermediate.dense")))
    narrow = graph.linear(graph, wide, *_dense(weights, f"{layer}.output.dense"))
    hidden = _normed(graph, weights, f"{layer}.output.LayerNorm", narrow, hidden)
    return graph.node("Reshape", hidden, graph.node("Concat", *sizes, graph.constant([WIDTH]), axis=0))


def _sizes(graph: Graph, name: str) -> tuple[str, str]:
    shape = graph.node("Shape", name)
    first, second, third = (graph.constant([place]) for place in range(3))
    return graph.node("Slice", shape, first, second), graph.node("Slice", shape, second, third)


def _embeddings(graph: Graph, weights: Weights, positions: int, length: str) -> str:
    words = weights["embeddings.word_embeddings.weight"]
    scale = np.maximum(np.abs(words).max(axis=1, keepdims=True), np.float32(1e-12)) / np.float32(127)
    word = graph.node("Gather", graph.constant(np.round(words / scale).astype(np.int8)), "input_ids")
    word = graph.node("Cast", word, to=TensorProto.FLOAT)
    word = graph.node("Mul", word, graph.node("Gather", graph.constant(scale), "input_ids"))
    places = weights["embeddings.position_embeddings.weight"][:positions]
    places = places + weights["embeddings.token_type_embeddings.weight"][0]
    zero = graph.constant([0])
    place = graph.node("Slice", graph.constant(places), zero, length, zero)
    return _normed(graph, weights, "embeddings.LayerNorm", word, place)


def _attention(graph: Graph, weights: Weights, layer: str, hidden: str, heads: str) -> str:
    """Scaled dot-product attention (Vaswani et al. 2017), shape (batch, length, heads, head width)."""
    parts = [_dense(weights, f"{layer}.attention.self.{part}") for part in ("query", "key", "value")]
    mixed = graph.linear(
        graph, hidden, np.hstack([matrix for matrix, _ in parts]), np.hstack([bias for _, bias in parts])
    )
    cuts = [graph.constant([place * WIDTH]) for place in range(4)]
    across = graph.constant([1])
    query, key, value = (
        graph.node("Reshape", graph.node("Slice", mixed, start, stop, across), heads)
        for start, stop in itertools.pairwise(cuts)
    )
    query = graph.node("Transpose", query, perm=[0, 2, 1, 3])
    key = graph.node("Transpose", key, perm=[0, 2, 3, 1])
    value = graph.node("Transpose", value, perm=[0, 2, 1, 3])
    scores = graph.node("Mul", graph.node("MatMul", query, key), graph.constant(HEAD_WIDTH**-0.5))
    spread = graph.node("MatMul", graph.node("Softmax", scores, axis=-1), value)
    return graph.node("Transpose", spread, perm=[0, 2, 1, 3])


def _normed(graph: Graph, weights: Weights, name: str, left: str, right: str) -> str:
    gain, bias = (graph.constant(weights[f"{name}.{part}"]) for part in ("weight", "bias"))
    return graph.node("LayerNormalization", graph.node("Add", left, right), gain, bias, axis=-1, epsilon=1e-12)


def _pooled(graph: Graph, hidden: str) -> None:
    """The mean over tokens, of unit length; summed in 64 bits, so that the last bits do not depend on the batch."""
    exact = graph.node("Cast", hidden, to=TensorProto.DOUBLE)
    mean = graph.node("ReduceMean", exact, graph.constant([1]), keepdims=0)
    length = graph.node("ReduceL2", mean, graph.constant([1]), keepdims=1)
    unit = graph.node("Div", mean, length)
    graph.nodes.append(helper.make_node("Cast", [unit], ["vectors"], name="vectors", to=TensorProto.FLOAT))


def _dense(weights: Weights, name: str) -> Dense:
    return weights[f"{name}.weight"].T, weights[f"{name}.bias"]


def _linear(graph: Graph, rows: str, matrix: NDArray[np.float32], bias: NDArray[np.float32]) -> str:
    return graph.node("Add", graph.node("MatMul", rows, graph.constant(matrix)), graph.constant(bias))


def _quantised_linear(graph: Graph, rows: str, matrix: NDArray[np.float32], bias: NDArray[np.float32]) -> str:
    """`rows` (n, inputs) times `matrix` plus `bias`, multiplied as integers."""
    peak = graph.node("ReduceMax", graph.node("Abs", rows), graph.constant([1]), keepdims=1)
    row_scale = graph.node("Mul", graph.node("Max", peak, graph.constant(1e-9)), graph.constant(1 / 127))
    flat = graph.node("Reshape", row_scale, graph.constant([-1]))
    middle = np.array([128], dtype=np.uint8)
    middles = graph.node("Expand", graph.constant(middle), graph.node("Shape", flat))
    whole = graph.node("QuantizeLinear", rows, flat, middles, axis=0)
    column_scale = np.maximum(np.abs(matrix).max(axis=0), np.float32(1e-12)) / np.float32(WEIGHT_LIMIT)
    small = np.round(matrix / column_scale).astype(np.int8)
    sums = graph.node("MatMulInteger", whole, graph.constant(small), graph.constant(middle[0]))
    scaled = graph.node("Mul", graph.node("Cast", sums, to=TensorProto.FLOAT), row_scale)
    return graph.node("Add", graph.node("Mul", scaled, graph.constant(column_scale)), graph.constant(bias))


def _rows(name: str, *shape: str | int) -> onnx.ValueInfoProto:
    return helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)


def _model(graph: Graph, takes: list[onnx.ValueInfoProto], gives: list[onnx.ValueInfoProto]) -> onnx.ModelProto:
    body = helper.make_graph(graph.nodes, "padharvest", takes, gives, list(graph.constants.values()))
    model = helper.make_model(body, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=IR_VERSION)
    onnx.checker.check_model(model)
    return model


MOST_BYTES = 25_000_000
LEAST_COSINE = 0.98
MOST_LOST = 0.003
"""Of average precision over cross-group pairs, in the mean over events."""


def write(weights: Path, out: Path, *, quantised: bool) -> None:
    """model.onnx and tokenizer.json in the folder `out`, from the weights in the folder `weights`."""
    out.mkdir(parents=True, exist_ok=True)
    onnx.save(encoder_of(load_file(weights / "model.safetensors"), TOKENS, quantised=quantised), out / "model.onnx")
    tokenizer = Tokenizer.from_file(str(base_weights() / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(TOKENS)
    tokenizer.save(str(out / "tokenizer.json"), pretty=False)


def compare(full: Path, small: Path, events: Sequence[LabelledEvent]) -> tuple[float, float]:
    """Print how the two models read each event; returns the mean cosine between them and the precision lost."""
    cosines, lost = [], []
    for event in events:
        both = [embed(event.texts, model=model) for model in (full, small)]
        before, after = (average_precision(event, vectors) for vectors in both)
        cosines.append(np.einsum("ij,ij->i", *both))
        lost.append(before - after)
        typer.echo(f"{event.name:14} cosine {cosines[-1].mean():.4f}, average precision {before:.4f} -> {after:.4f}")
    return float(np.concatenate(cosines).mean()), float(np.mean(lost))


def main(
    weights: Annotated[Path, typer.Option(help="Folder with the tuned model.safetensors.")],
    events: Annotated[Path, typer.Option(help="Folder of labelled events.")],
    out: Annotated[Path, typer.Option(help="Folder to write model.onnx and tokenizer.json to.")] = MODEL,
) -> None:
    """Write the 8-bit model and compare it with the same in full precision."""
    write(weights, out, quantised=True)
    data = (out / "model.onnx").read_bytes()
    typer.echo(f"{len(data) / 1e6:.1f} MB, sha256 {sha256(data).hexdigest()}")
    with tempfile.TemporaryDirectory() as folder:
        write(weights, Path(folder), quantised=False)
        cosine, lost = compare(Path(folder), out, list(training_events(events).values()))
    typer.echo(f"mean cosine {cosine:.4f} (at least {LEAST_COSINE}), lost {lost:+.4f} (at most {MOST_LOST})")
    sys.exit(len(data) > MOST_BYTES or cosine < LEAST_COSINE or lost > MOST_LOST)


if __name__ == "__main__":
    typer.run(main)
