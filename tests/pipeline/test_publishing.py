"""The outputs of an event are replaced all at once, whenever the process is killed, and nothing else is touched."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from fetch.errors import UserMistake
from pipeline import publishing
from pipeline.publishing import clear_leftovers, write_outputs

OLD = {
    "analysis.json": "yesterday",
    "report.html": "<p>of yesterday",
    "steps.csv": "the same",
    "changes.json": "{}",
    "groups/water.html": "water",
    "groups/soil.html": "soil, yesterday",
    "previous/analysis.json": "the day before",
}
NEW = {
    "analysis.json": "today, and longer",
    "report.html": "<p>of today",
    "steps.csv": "the same",
    "groups/soil.html": "soil, today",
    "groups/kids.html": "kids",
    "previous/analysis.json": "yesterday",
}
MINE = {"notes.txt": "mine", "groups/sent.txt": "whom I wrote to", "reading/1-answer.txt": "an answer"}
"""What the user has in the folder."""


def write(folder: Path, outputs: dict[str, str]) -> None:
    write_outputs(folder, {name: text.encode() for name, text in outputs.items()})


def files(folder: Path) -> dict[str, str]:
    paths = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8") for path in paths}


def outputs_in(folder: Path) -> dict[str, str]:
    """Return what a reader finds in a folder, hidden files left out."""
    return {name: text for name, text in files(folder).items() if name not in MINE and not name.startswith(".part-")}


def begun(build: Path) -> Path:
    """Return the folder of an event with old outputs and what is the user's own."""
    folder = build / "fair"
    write(folder, OLD)
    for name, text in MINE.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def litter(build: Path) -> list[str]:
    return [path.name for path in build.rglob(".part-*")]


def deaths(place: Path, root: Path, outputs: dict[str, str]) -> list[Path]:
    """Return the build folders that writers left which were killed at their first, second … touch of the disk."""
    command = [sys.executable, "-m", "tests.support.killed_publishing", str(place), json.dumps(outputs)]
    subprocess.run(command, check=True, cwd=root, timeout=300)  # noqa: S603 - our own script
    builds = sorted((path for path in place.iterdir() if path.name.isdigit()), key=lambda path: int(path.name))
    return builds[:-1]


def test_killed_at_every_touch_of_the_disk_all_outputs_are_old_or_all_are_new(tmp_path: Path, root: Path) -> None:
    begun(tmp_path / "before")
    builds = deaths(tmp_path, root, NEW)
    found = [outputs_in(build / "fair") for build in builds]
    assert len(found) > 30
    assert found[0] == OLD
    assert found[-1] == NEW
    assert all(outputs in (OLD, NEW) for outputs in found)
    assert any(litter(build) for build in builds)
    for build, outputs in zip(builds, found, strict=True):
        clear_leftovers(build / "fair")
        assert files(build / "fair") == outputs | MINE
        assert litter(build) == []
        write(build / "fair", NEW)
        assert files(build / "fair") == NEW | MINE


def test_a_first_run_that_is_killed_leaves_no_output_or_all(tmp_path: Path, root: Path) -> None:
    (tmp_path / "before").mkdir()
    builds = deaths(tmp_path, root, NEW)
    for build in builds:
        assert outputs_in(build / "fair") in ({}, NEW)
        clear_leftovers(build / "fair")
        assert files(build / "fair") in ({}, NEW)
        write(build / "fair", NEW)
        assert files(build) == {f"fair/{name}": text for name, text in NEW.items()}


def test_an_interruption_right_after_the_exchange_loses_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = begun(tmp_path)
    exchange = publishing.exchange

    def interrupted(first: Path, second: Path) -> None:
        exchange(first, second)
        raise KeyboardInterrupt

    monkeypatch.setattr(publishing, "exchange", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write(folder, NEW)
    assert files(tmp_path) == {f"fair/{name}": text for name, text in (NEW | MINE).items()}


def test_where_folders_cannot_be_exchanged_files_are_replaced_one_by_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = begun(tmp_path)
    monkeypatch.setattr("ctypes.CDLL", lambda *_, **__: object())  # of a system without such a call
    write(folder, NEW)
    assert files(tmp_path) == {f"fair/{name}": text for name, text in (NEW | MINE).items()}


def test_a_full_disk_leaves_the_old_outputs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = begun(tmp_path)

    def full(_path: Path, _content: bytes) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(publishing, "replace_file", full)
    with pytest.raises(UserMistake, match=r"fair cannot be written to \(the disk is full"):
        write(folder, NEW)
    assert files(tmp_path) == {f"fair/{name}": text for name, text in (OLD | MINE).items()}


def test_a_file_with_the_same_content_is_not_written_again(tmp_path: Path) -> None:
    folder = begun(tmp_path)
    kept, folder_before = (folder / "steps.csv").stat(), folder.stat().st_ino
    write(folder, NEW)
    assert (folder / "steps.csv").stat().st_ino == kept.st_ino
    assert (folder / "steps.csv").stat().st_nlink == 1
    assert folder.stat().st_ino != folder_before
    folder_now = folder.stat()
    write(folder, NEW)
    assert (folder.stat().st_ino, folder.stat().st_mtime_ns) == (folder_now.st_ino, folder_now.st_mtime_ns)


def test_the_users_own_link_to_the_outputs_stays_and_one_among_them_is_not_followed(tmp_path: Path) -> None:
    folder = begun(tmp_path / "web")
    (tmp_path / "build").mkdir()
    (tmp_path / "build" / "fair").symlink_to(folder)
    (tmp_path / "elsewhere").mkdir()
    (folder / "previous" / "analysis.json").unlink()
    (folder / "previous").rmdir()
    (folder / "previous").symlink_to(tmp_path / "elsewhere")
    write(tmp_path / "build" / "fair", NEW)
    assert (tmp_path / "build" / "fair").is_symlink()
    assert files(folder) == NEW | MINE
    assert list((tmp_path / "elsewhere").iterdir()) == []
    assert litter(tmp_path) == []
