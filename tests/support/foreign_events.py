"""The invented events of tests/cases/languages: the notes of one language each, and what a reader finds in them."""

import datetime as dt
import hashlib
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from fetch.corpus_records import Corpus, Event, Pad, PadId
from pipeline.analysis_records import Analysis
from pipeline.analyze import analyze
from pipeline.app import tagger_for
from pipeline.inference import BundledModels
from pipeline.settings import Settings
from tests.support.analysis import DEFAULTS, NOW, stages

CASES = Path(__file__).parents[1] / "cases" / "languages"
LANGUAGES = ("de", "fr", "es")


@cache
def analysis(language: str) -> Analysis:
    """Analyse the event in `language` with the bundled models, the tagger of names included."""
    pads = [_pad(file) for file in sorted((CASES / language).glob("*.txt"))]
    event = Event(id=language, title="Notes", date=dt.date(2026, 5, 9))
    tagger = tagger_for(Settings(), {}, BundledModels(Path("/dev/null/no-cache")))
    corpus = Corpus(event=event, pads=tuple(pads))
    return analyze(corpus, DEFAULTS, stages(tagger=tagger), now=NOW, log=lambda _: None)


@cache
def gold(language: str) -> Mapping[str, Sequence[str]]:
    """Names by label, the labels of the form (`form`) and the deadlines of next steps (`due`), as a reader has them."""
    return tomllib.loads((CASES / language / "names.toml").read_text(encoding="utf-8"))


def _pad(file: Path) -> Pad:
    text = file.read_text(encoding="utf-8")
    sha256 = hashlib.sha256(text.encode()).hexdigest()
    return Pad(pad_id=PadId(file.stem), group=file.stem, text=text, sha256=sha256, source=file.name)
