"""A small event on disk, with invented content, for tests of the page on which it is decided about."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from fetch.corpus import read_corpus
from pipeline.analysis_records import Concern
from pipeline.analyze import Draft, draft_event
from pipeline.curation.decisions import Curation
from pipeline.web import CurationSession
from tests.support.analysis import DEFAULTS, stages
from tests.support.labelled_segments import bag

EVENT = "plots"
HOSTILE_LINE = '<script>document.title = "owned"</script><img src=x onerror=alert(1)> & \u202eback'

PADS = {
    "Water": (
        "* the tap is shut all winter\n* who pays for repairs when the pump breaks?\n"
        "* we need a rota for opening the gate\n* the compost bins are always full\n"
    ),
    "Soil": (
        "* the compost bins are full and smell\n* nobody knows who pays for repairs\n"
        "* a rota for the gate, please\n* worms are wonderful\n"
    ),
    "Kids": (
        "* a rota for opening the gate would help\n* who pays for repairs of the swing?\n"
        f"* compost bins full again\n* {HOSTILE_LINE}\n"
    ),
}


def plots(root: Path) -> Path:
    """The folder of the event, made under `root` as `make fetch FILES=…` leaves it."""
    folder = root / EVENT
    (folder / "pads").mkdir(parents=True)
    entries = [f'[[pad]]\ngroup = "{group}"\nfile = "pads/{group.lower()}.txt"\n' for group in PADS]
    (folder / "event.toml").write_text('title = "Plots <b>& beds"\n\n' + "\n".join(entries), encoding="utf-8")
    for group, text in PADS.items():
        (folder / "pads" / f"{group.lower()}.txt").write_text(text, encoding="utf-8")
    return folder


def as_found(concerns: tuple[Concern, ...]) -> tuple[Concern, ...]:
    """Return the concerns that the clustering found, as they are."""
    return concerns


def session_of(folder: Path, found: Callable[[tuple[Concern, ...]], tuple[Concern, ...]] = as_found) -> CurationSession:
    """Return the session of the event, its lines compared by their words; `found` may change the concerns."""

    def find(curation: Curation) -> Draft:
        corpus = read_corpus(folder)
        draft = draft_event(corpus, DEFAULTS, stages(embed=bag), log=lambda _: None, curation=curation)
        return replace(draft, found=replace(draft.found, concerns=found(draft.found.concerns)))

    return CurationSession(folder, find)
