"""A fetch killed at any touch of the disk leaves every pad old or new and whole, and the next one completes."""

import subprocess
import sys
from pathlib import Path

from fetch.corpus import read_corpus
from fetch.corpus_records import Outcome
from tests.support.fake_server import FakeServer, export
from tests.support.fetching import Camp
from tests.support.pad_writer import written

OLD, NEW, NEWEST = (f"*Heading\n\t* {word}\n" for word in ("old", "new", "newest"))


def states(folder: Path) -> dict[str, str]:
    """The text of each pad that the corpus has."""
    return {pad.pad_id: pad.text for pad in read_corpus(folder).pads}


def test_killed_at_every_touch_of_the_disk(server: FakeServer, tmp_path: Path, root: Path) -> None:
    before = Camp(tmp_path / "before")
    for name in ("changes", "stays", "withdrawn"):
        server.pad(name, export(written(OLD)))
    before.event(server.base, "changes", "stays", "withdrawn")
    before.fetch()
    before.event(server.base, "changes", "stays", "withdrawn", "appears")
    server.pad("changes", export(written(NEW), etag='W/"2"'))
    server.pad("appears", export(written(NEW)))
    server.pad("withdrawn", export(written(f"{OLD}__NOPUBLISH__\n"), etag='W/"2"'))

    command = [sys.executable, "-m", "tests.support.killed_fetches", str(tmp_path)]
    subprocess.run(command, check=True, cwd=root, timeout=300)  # noqa: S603 - our own script

    server.pad("changes", export(written(NEWEST), etag='W/"3"'))
    server.pad("appears", export(written(NEWEST), etag='W/"3"'))
    deaths = sorted((path for path in tmp_path.iterdir() if path.name.isdigit()), key=lambda path: int(path.name))
    assert len(deaths) > 25
    for death in deaths:
        left = states(death)
        assert left["stays"] == OLD
        assert left["changes"] in {OLD, NEW}
        assert left.get("appears", NEW) == NEW
        assert left.get("withdrawn", OLD) == OLD
        for pad in read_corpus(death).pads:
            assert pad.structure is None or len(pad.structure.lines) == pad.text.count("\n") + 1
        camp = Camp(death)
        results = {result.outcome for result in camp.fetch().values()}
        assert Outcome.FAILED not in results
        assert states(death) == {"changes": NEWEST, "stays": OLD, "appears": NEWEST}
        corpus = read_corpus(death)
        assert all(pad.structure is not None for pad in corpus.pads)
        assert tuple(problem.sentence for problem in corpus.withheld) == (
            "pad withdrawn (withdrawn) is withheld because its authors asked for it.",
        )
        assert camp.kept() == ["appears.json", "appears.txt", "changes.json", "changes.txt", "stays.json", "stays.txt"]
        assert not list(death.rglob(".part-*"))
