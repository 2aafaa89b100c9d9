"""`python -m pipeline analyze`, day after day: what it compares with, and what it never repeats."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from pipeline import cli

WATER = "* the tap is shut all winter\n* who pays for the pump\n* Zelda Quark has the key\n"
SOIL = "* nobody knows who pays for repairs\n* compost bins are full\n"
REDACT = '[[decision]]\ndo = "redact"\nwords = "Zelda Quark"\n'


@pytest.fixture
def event(tmp_path: Path) -> Path:
    folder = tmp_path / "corpus" / "fair"
    (folder / "pads").mkdir(parents=True)
    pads = "".join(f'[[pad]]\ngroup = "{name}"\nfile = "pads/{name}.txt"\n' for name in ("water", "soil"))
    (folder / "event.toml").write_text(f'title = "Fair"\n{pads}', encoding="utf-8")
    write(folder, "water", WATER)
    write(folder, "soil", SOIL)
    return folder


def write(event: Path, pad: str, text: str) -> None:
    (event / "pads" / f"{pad}.txt").write_text(text, encoding="utf-8")


def analyze(event: Path, day: int, *arguments: str) -> Result:
    root = event.parents[1]
    places = ["--corpus", str(root / "corpus"), "--build", str(root / "build")]
    return CliRunner().invoke(
        cli.app, ["analyze", "fair", "--now", f"2026-05-0{day}T12:00:00+00:00", *places, *arguments]
    )


def output(event: Path) -> Path:
    return event.parents[1] / "build" / "fair"


def changes(event: Path) -> tuple[str, list[str], int]:
    """Return since when, the new and edited lines, and how many were withdrawn, as changes.json has them."""
    written = json.loads((output(event) / "changes.json").read_text(encoding="utf-8"))
    lines = [line["text"] for pad in written["pads"] for line in (*pad["new"], *pad["edited"])]
    return written["since"][:10], lines, sum(pad["withdrawn"] for pad in written["pads"])


def test_a_second_day_is_compared_with_the_first_and_so_is_a_second_run_on_it(event: Path) -> None:
    assert analyze(event, 1).exit_code == 0
    assert not (output(event) / "changes.json").exists()
    write(event, "soil", SOIL.replace("are full", "are always full") + "* a rota would help\n")
    analyze(event, 2)
    expected = ("2026-05-01", ["a rota would help", "compost bins are always full"], 0)
    assert changes(event) == expected
    files = {path: path.read_bytes() for path in output(event).rglob("*") if path.is_file()}
    analyze(event, 2)
    assert {path: path.read_bytes() for path in output(event).rglob("*") if path.is_file()} == files
    write(event, "soil", "* compost bins are always full\n* a rota would help\n")
    analyze(event, 3)
    assert changes(event) == ("2026-05-02", [], 1)


def test_another_analysis_can_be_named_and_one_of_another_event_or_none_is_a_mistake(
    event: Path, tmp_path: Path
) -> None:
    analyze(event, 1)
    first = tmp_path / "first.json"
    first.write_bytes((output(event) / "analysis.json").read_bytes())
    for day, line in ((2, "* a rota would help\n"), (3, "* moles under the path\n")):
        write(event, "soil", (event / "pads" / "soil.txt").read_text(encoding="utf-8") + line)
        analyze(event, day)
    analyze(event, 3, "--since", str(first))
    assert changes(event) == ("2026-05-01", ["a rota would help", "moles under the path"], 0)
    first.write_text(first.read_text(encoding="utf-8").replace('"id": "fair"', '"id": "fete"'), encoding="utf-8")
    for path, mistake in (
        (first, "an analysis of the event fete"),
        (tmp_path / "none", "cannot be read"),
        (event / "event.toml", "is not an analysis"),
    ):
        done = analyze(event, 3, "--since", str(path))
        assert mistake in str(done.exception)


def test_what_was_redacted_since_is_in_no_file_not_even_in_the_previous_analysis(event: Path) -> None:
    analyze(event, 1)
    assert "Zelda Quark" in (output(event) / "analysis.json").read_text(encoding="utf-8")
    (event / "curation.toml").write_text(REDACT, encoding="utf-8")
    analyze(event, 2)
    assert changes(event) == ("2026-05-01", [], 0)
    files = [path for path in output(event).rglob("*") if path.is_file()]
    assert {"changes.json", "report.html"} <= {path.name for path in files}
    assert [path.name for path in files if b"zelda" in path.read_bytes().lower()] == []


def test_changes_json_goes_when_there_is_nothing_left_to_compare_with(event: Path) -> None:
    analyze(event, 1)
    write(event, "soil", SOIL + "* a rota would help\n")
    analyze(event, 2)
    (output(event) / "previous" / "analysis.json").unlink()
    analyze(event, 2)
    assert not (output(event) / "changes.json").exists()
