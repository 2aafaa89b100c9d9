"""A corpus in parts: every segment verbatim with its vector, nothing done twice, and few texts in memory at a time."""

import json
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import numpy as np
import pytest

from fetch.errors import UserMistake
from pipeline import streaming
from pipeline.app import Run
from pipeline.dask_cluster import connect
from pipeline.progress import shown_by
from pipeline.publishing import EventFolders
from pipeline.streaming import Part, ReadPart, read_part, stream_event
from tests.support.dask_processes import needs_dask, running

PADS = {
    "pump": "What broke?\n* The pump broke in May\n* Maria Lopez will call the Red Cross by Friday\n",
    "roof": "What broke?\n* The roof of the school, says Maria Lopez\n* half of a pair: \u2028 and on\n",
    "bank": "What broke?\n* Who has the key to the bank?\n* The Red Cross pays for the roof\n",
    "kept": "__NOPUBLISH__ and what nobody may read",
    "keys": "* Who has the key to the bank, and who has the other one?\n",
}


@pytest.fixture
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> EventFolders:
    monkeypatch.setattr(streaming, "PART_PADS", 2)
    folders = EventFolders(corpus=tmp_path / "corpus", build=tmp_path / "build", event="host")
    write(folders, PADS)
    return folders


def write(folders: EventFolders, pads: dict[str, str], names: Iterable[str] = (*PADS, "missing")) -> None:
    (folders.source / "pads").mkdir(parents=True, exist_ok=True)
    for name, text in pads.items():
        (folders.source / "pads" / f"{name}.txt").write_text(text, encoding="utf-8")
    tables = "".join(f'[[pad]]\ngroup = "Group {name}"\nfile = "pads/{name}.txt"\n' for name in names)
    toml = f'title = "Host"\ndate = 2026-05-16\nprompts = ["What broke?"]\n{tables}'
    (folders.source / "event.toml").write_text(toml, encoding="utf-8")


def stream(folders: EventFolders, jobs: int = 1) -> list[str]:
    """Stream it; return what the user is told."""
    told: list[str] = []
    streamed = stream_event(folders, Run(log=told.append, jobs=jobs))
    assert streamed == (folders.build / "host.stream", len(told))
    return told


def outputs(folders: EventFolders) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (folders.build / "host.stream").iterdir()}


def parts(folders: EventFolders) -> list[Path]:
    return sorted((folders.build / "host.stream").glob("0*.jsonl"))


def test_every_segment_is_verbatim_and_has_the_vector_of_its_row(folders: EventFolders) -> None:
    stream(folders)
    read = 0
    for part in parts(folders):
        records = [json.loads(line) for line in part.read_text(encoding="utf-8").splitlines()]
        vectors = np.load(part.with_suffix(".npy"), mmap_mode="r")
        assert (vectors.shape, vectors.dtype) == ((len(records), 384), np.float16)
        for record, vector in zip(records, vectors, strict=True):
            text = PADS[record["pad_id"]][record["start"] : record["end"]]
            assert text == record["text"]
            assert np.linalg.norm(vector.astype(float)) == pytest.approx(1, abs=1e-3)
            for name in record["names"]:
                assert text[name["start"] : name["end"]]
        read += len(records)
    assert read == 7
    [action] = [record for record in records_of(folders) if record["kind"] == "action"]
    assert (action["owner"], action["due"], action["due_date"]) == ("Maria Lopez", "by Friday", "2026-05-22")
    assert action["prompt"] == "What broke?"


def records_of(folders: EventFolders) -> list[dict[str, object]]:
    return [json.loads(line) for part in parts(folders) for line in part.read_text(encoding="utf-8").splitlines()]


def test_what_is_counted_is_counted_over_all_parts(folders: EventFolders) -> None:
    told = stream(folders)
    assert told == [f"{folders.source}/pads/missing.txt: it cannot be read: it does not exist."]
    made = outputs(folders)
    summary = json.loads(made["summary.json"])
    assert [summary[key] for key in ("pads", "problems", "withheld", "segments")] == [4, 1, 1, 7]
    assert summary["kinds"]["question"] == 2
    assert sum(part["segments"] for part in summary["parts"]) == 7
    names = [json.loads(line) for line in made["names.jsonl"].splitlines()]
    assert {"label": "PERSON", "name": "Maria Lopez", "pads": 2, "mentions": 2} in names
    assert {"label": "ORG", "name": "Red Cross", "pads": 2, "mentions": 2} in names
    assert not any(b"nobody may read" in content for content in made.values())


class Stopped(Exception):
    """As Ctrl-C would stop it."""


def test_a_run_that_was_stopped_goes_on_and_a_part_without_changes_is_not_read_again(
    folders: EventFolders, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[int] = []

    def reading(part: Part) -> ReadPart:
        if part.number == stop_at:
            raise Stopped
        read.append(part.number)
        return read_part(part)

    monkeypatch.setattr(streaming, "read_part", reading)
    stop_at = 2
    with pytest.raises(Stopped):
        stream(folders)
    stop_at = 0
    stream(folders)
    first = outputs(folders)
    stream(folders)
    assert (read, outputs(folders)) == ([1, 2], first)
    write(folders, {"keys": PADS["keys"] + "* And who has none?\n"})
    stream(folders)
    assert read == [1, 2, 2]
    assert len(records_of(folders)) == 8
    assert len(parts(folders)) == 2
    write(folders, {}, ["pump", "roof"])
    stream(folders)
    assert [path.name for path in parts(folders)] == [
        name for name in sorted(first) if name.startswith("000001") and "jsonl" in name
    ]


@pytest.mark.cluster
@needs_dask
def test_processes_and_a_cluster_change_no_byte_though_a_worker_is_killed(
    folders: EventFolders, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streaming, "PART_PADS", 1)
    stream(folders)
    alone = outputs(folders)
    clear(folders)
    stream(folders, jobs=2)
    assert outputs(folders) == alone
    clear(folders)
    with running(root) as dask:
        killed = dask.start_worker()
        dask.start_worker()
        with connect(dask.address, lambda _: None) as connected, shown_by(lambda *_: killed.kill()):
            stream_event(folders, Run(log=lambda _: None), connected)
        assert killed.wait(timeout=20) != 0
    assert outputs(folders) == alone


def clear(folders: EventFolders) -> None:
    for path in (folders.build / "host.stream").iterdir():
        path.unlink()


def test_no_more_pads_are_read_than_are_asked_for(folders: EventFolders) -> None:
    """Their texts may not fit into memory."""
    seen: list[list[str]] = []

    class Lazy:
        """Takes the place of a cluster."""

        def map(self, function: Callable[[Part], ReadPart], items: Iterable[Part]) -> Iterator[ReadPart]:
            for part in items:
                seen.append([pad.text for pad in part.pads])
                write(folders, {"bank": "changed meanwhile\n"})
                yield function(part)

    stream_event(folders, Run(log=lambda _: None), Lazy())  # type: ignore[arg-type]  # all that is asked of one
    assert seen == [[PADS["pump"], PADS["roof"]], ["changed meanwhile\n", PADS["keys"]]]


def test_a_part_has_less_pads_if_they_are_long(folders: EventFolders, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streaming, "PART_PADS", 3)
    monkeypatch.setattr(streaming, "PART_TEXT", len(PADS["pump"]) + 1)
    done: list[tuple[str, int, int]] = []
    with shown_by(lambda *step: done.append(step)):
        stream(folders)
    assert done == [("read pads", 2, 6), ("read pads", 4, 6)]


def test_decisions_are_refused_as_they_would_not_be_kept(folders: EventFolders) -> None:
    (folders.source / "curation.toml").write_text(
        '[[decision]]\ndo = "redact"\nsha = "' + "0" * 64 + '"\ncount = 2\n', encoding="utf-8"
    )
    with pytest.raises(
        UserMistake, match=r"curation\.toml has decisions, which a streamed run does not apply; use analyze\."
    ):
        stream(folders)


def test_a_cluster_has_no_models_of_ones_own(folders: EventFolders, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PADHARVEST_SPACY_MODEL", "xx_mine")
    with pytest.raises(UserMistake, match=r"^--cluster: models of your own are not on the workers; leave"):
        stream_event(folders, Run(log=lambda _: None), object())  # type: ignore[arg-type]  # it is not reached
