"""The encoder's model alone, through onnxruntime: the same batches as in an analysis, already divided into tokens."""

import json
import os
import sys
import time
from pathlib import Path

from joblib import Parallel, delayed

from pipeline import transformer


def main(texts: Path) -> None:
    """Measure `session.run` of all batches, as many beside each other as there are threads."""
    lines = json.loads(texts.read_text(encoding="utf-8"))
    batches = list(transformer.tokenize(lines))
    session = transformer.session(transformer.MODEL / "model.onnx")
    session.run(["vectors"], {"input_ids": batches[0].ids})
    clock, cpu = time.perf_counter(), time.process_time()
    together = Parallel(n_jobs=int(os.environ["OMP_NUM_THREADS"]), prefer="threads", batch_size=1)
    together(delayed(session.run)(["vectors"], {"input_ids": batch.ids}) for batch in batches)
    spent = {"seconds": time.perf_counter() - clock, "cpu": time.process_time() - cpu}
    print(json.dumps({**spent, "segments": len(lines)}))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
