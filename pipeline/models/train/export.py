"""Write the encoder that ships: from tuned weights to an 8-bit ONNX file, checked against full precision.

    python -m pipeline.models.train.export --weights build/encoder --events ../shared/events

Prints the file's size and SHA-256, the cosine to full precision over all segments, and each event's average precision
at both; ends with status 1 where one of the limits below is broken.
"""

import sys
import tempfile
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from typing import Annotated

import numpy as np
import onnx
import typer
from safetensors.numpy import load_file
from tokenizers import Tokenizer

from pipeline.encode.sentences import embed
from pipeline.models.train.base import base_weights
from pipeline.models.train.events import LabelledEvent, average_precision, training_events
from pipeline.models.train.graph import encoder_of
from pipeline.transformer import MODEL, TOKENS

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
