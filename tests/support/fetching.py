"""An event on disk for tests of a fetch: written, fetched and looked at."""

import json
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from fetch.corpus_records import Outcome, Result
from fetch.http import Limits
from fetch.pull import PullOptions, pull

NOW = "2026-05-04T12:00:00+00:00"

HASTY = Limits(connect=2, read=0.3, total=0.6)
"""Limits for servers that are bad on purpose."""

PATIENT = Limits(connect=5, read=20, total=60)
"""Limits for real servers on a busy machine."""


@dataclass
class Camp:
    """An event's folder, with the waits and lines of progress of its fetches, on a clock that only waits move."""

    folder: Path
    time: float = 1_700_000_000.0
    waits: list[float] = field(default_factory=list)
    progress: list[str] = field(default_factory=list)
    sleep: Callable[[float], None] = lambda _: None

    def _wait(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.time += seconds
        self.sleep(seconds)

    def event(self, server: str, *names: str, links: Mapping[str, str] | None = None, more: str = "") -> None:
        """Write event.toml: pads by name, each its own group, then pads by link."""
        pads = [("pad", name, name) for name in names]
        pads += [("url", group, url) for group, url in (links or {}).items()]
        entries = "".join(
            f"[[pad]]\ngroup = {_quoted(group)}\n{key} = {_quoted(place)}\n" for key, group, place in pads
        )
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / "event.toml").write_text(
            f"title = 'Camp'\nserver = '{server}'\n{more}\n{entries}", encoding="utf-8"
        )

    def fetch(
        self, environment: Mapping[str, str] | None = None, *, history: bool = False, limits: Limits = HASTY
    ) -> dict[str, Result]:
        """Fetch once; return the results by group."""
        return dict(self.fetching(environment, history=history, limits=limits))

    def fetching(
        self, environment: Mapping[str, str] | None = None, *, history: bool = False, limits: Limits = HASTY
    ) -> Generator[tuple[str, Result]]:
        """Fetch as far as the results are asked for; yield each with its group."""
        options = PullOptions(
            now=NOW,
            environment=environment or {},
            history=history,
            limits=limits,
            clock=lambda: self.time,
            sleep=self._wait,
        )
        for result in pull(self.folder, options, report=self.progress.append):
            yield result.name.partition(" (")[0], result

    def outcomes(self) -> dict[str, Outcome]:
        return {group: result.outcome for group, result in self.fetch().items()}

    def text(self, file: str) -> str:
        return (self.folder / "pads" / file).read_bytes().decode()

    def kept(self) -> list[str]:
        """The names of the files in pads/."""
        return sorted(path.name for path in (self.folder / "pads").iterdir())

    def marks(self) -> dict[Path, tuple[int, int]]:
        """Return what changes when a file of the corpus is written: its inode and time."""
        files = (path for path in self.folder.rglob("*") if path.is_file() and path.name != ".lock")
        return {path: (path.stat().st_ino, path.stat().st_mtime_ns) for path in files}


def _quoted(text: str) -> str:
    """A TOML string: JSON's escapes are among TOML's."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
