"""A small event in a folder that a language model reads, as its user has it read."""

import datetime as dt
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.analysis_records import Analysis
from pipeline.app import Run, analyze_event
from pipeline.publishing import EventFolders, read_analysis
from pipeline.second_reader import Dialogue, read_event
from tests.support.curation_bench import GARDENS

NOW = dt.datetime(2026, 5, 16, 12, tzinfo=dt.UTC)


@dataclass
class Fair:
    """An event in a folder, and what its user was told."""

    folder: Path
    told: list[str] = field(default_factory=list)

    @property
    def folders(self) -> EventFolders:
        """Where it is."""
        return EventFolders(corpus=self.folder / "corpus", build=self.folder / "build", event="fair")

    @property
    def prompts(self) -> Path:
        """Where its prompts are."""
        return self.folders.output / "reading"

    def read(
        self,
        *,
        consent: bool = False,
        on_progress: Callable[[str, int, int], None] = lambda *_: None,
        codebook: str | None = None,
    ) -> bool:
        """Have it read, and return whether all is read; `on_progress` sees each step of the progress."""
        self.told.clear()

        def progress(task: str, done: int, total: int) -> None:
            self.told.append(f"{task}: {done} of {total}")
            on_progress(task, done, total)

        dialogue = Dialogue(report=self.told.append, progress=progress, consent=lambda: consent)
        return read_event(self.folders, NOW, dialogue, codebook)

    def kept(self) -> dict[str, object]:
        """Return the content of its reading.json."""
        kept: dict[str, object] = json.loads((self.folders.source / "reading.json").read_bytes())
        return kept

    def analysis(self, *, with_reading: bool = True) -> Analysis:
        """Analyse it."""
        analyze_event(self.folders, NOW.isoformat(), Run(log=self.told.append), with_reading=with_reading)
        return read_analysis(self.folders.output)


def fair(folder: Path, reading: str = "", pads: Mapping[str, str] = GARDENS) -> Fair:
    """Write an event."""
    event = Fair(folder)
    (event.folders.source / "pads").mkdir(parents=True)
    tables = []
    for group, text in pads.items():
        file = f"pads/{group.lower()}.txt"
        (event.folders.source / file).write_text(text, encoding="utf-8")
        tables.append(f'[[pad]]\ngroup = "{group}"\nfile = "{file}"\n')
    toml = f'title = "Fair"\n{reading}{"".join(tables)}'
    (event.folders.source / "event.toml").write_text(toml, encoding="utf-8")
    return event
