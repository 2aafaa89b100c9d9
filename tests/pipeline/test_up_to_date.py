"""An analysis is not made again while its pads, the decisions about them, the program and its outputs stay the same."""

from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from fetch.corpus_records import Event, Scalar
from pipeline import cli, up_to_date
from pipeline.app import uses_own_model
from pipeline.publishing import EventFolders
from pipeline.up_to_date import Made, digest_inputs, made_before, remember

PAD = "* The gate is shut\n* Who has the key?\n"
TOML = 'title = "Small"\n[[pad]]\ngroup = "Gate"\nfile = "pads/gate.txt"\n'
Change = Callable[[EventFolders], None]
OPTIONS = {"reading": True}


@pytest.fixture
def folders(tmp_path: Path) -> EventFolders:
    folders = EventFolders(corpus=tmp_path / "corpus", build=tmp_path / "build", event="small")
    (folders.source / "pads").mkdir(parents=True)
    (folders.source / "event.toml").write_text(TOML, encoding="utf-8")
    (folders.source / "pads" / "gate.txt").write_text(PAD, encoding="utf-8")
    (folders.output / "groups").mkdir(parents=True)
    for name in ("report.html", "groups/gate.html"):
        (folders.output / name).write_text("a page", encoding="utf-8")
    return folders


@pytest.fixture
def made(folders: EventFolders) -> Made:
    """What a run of yesterday, without the work."""
    inputs = digest_inputs(folders, OPTIONS, None)
    made = Made(inputs=inputs, generated="2026-05-04T12:00:00+00:00", remarks=("One is missing.",), pads_missing=True)
    remember(folders, made)
    return made


def add_pad(folders: EventFolders) -> None:
    folders.source.joinpath("pads/new.txt").write_text("* A bench", encoding="utf-8")


def change_pad(folders: EventFolders) -> None:
    folders.source.joinpath("pads/gate.txt").write_text(PAD.replace("shut", "open"), encoding="utf-8")


def decide(folders: EventFolders) -> None:
    folders.source.joinpath("curation.toml").write_text("# no decision", encoding="utf-8")


def edit_output(folders: EventFolders) -> None:
    folders.output.joinpath("report.html").write_text("a page, edited", encoding="utf-8")


def lose_output(folders: EventFolders) -> None:
    folders.output.joinpath("groups/gate.html").unlink()


def damage_record(folders: EventFolders) -> None:
    for file in folders.build.glob(".small*"):
        file.write_text('{"made": 1}', encoding="utf-8")


def test_what_was_made_of_the_same_stands(folders: EventFolders, made: Made) -> None:
    assert made_before(folders, digest_inputs(folders, OPTIONS, None)) == made


@pytest.mark.parametrize("change", (add_pad, change_pad, decide, edit_output, lose_output, damage_record))
def test_any_change_makes_it_outdated(folders: EventFolders, made: Made, change: Change) -> None:
    change(folders)
    assert made.inputs
    assert made_before(folders, digest_inputs(folders, OPTIONS, None)) is None


def test_what_python_and_jinja_compile_is_no_change(folders: EventFolders, made: Made) -> None:
    compiled = Path(up_to_date.__file__).parent / "report" / "__pycache__" / "a test's.template"
    compiled.parent.mkdir(exist_ok=True)
    compiled.write_bytes(b"compiled")
    try:
        assert digest_inputs(folders, OPTIONS, None) == made.inputs
    finally:
        compiled.unlink()


def test_other_options_make_it_outdated(folders: EventFolders, made: Made) -> None:
    earlier = folders.corpus / "analysis.json"
    assert made_before(folders, digest_inputs(folders, {"reading": False}, None)) is None
    assert made_before(folders, digest_inputs(folders, OPTIONS, earlier)) is None
    assert made.inputs == digest_inputs(folders, OPTIONS, None)


@pytest.mark.parametrize(("settings", "environ"), (({"encoder": "mine"}, {}), ({}, {"PADHARVEST_SPACY_MODEL": "mine"})))
def test_a_model_of_the_users_own_may_change_unseen(settings: dict[str, Scalar], environ: dict[str, str]) -> None:
    assert uses_own_model(Event(id="small", title="Small", settings=settings), environ)
    assert not uses_own_model(Event(id="small", title="Small"), {})


def test_the_command_says_that_nothing_has_changed(folders: EventFolders) -> None:
    def analyze(*arguments: str) -> Result:
        places = ["--corpus", str(folders.corpus), "--build", str(folders.build)]
        return CliRunner().invoke(cli.app, ["analyze", "small", *places, *arguments])

    first = analyze()
    written = (folders.output / "report.html").stat()
    second = analyze()
    assert "segment:" in first.stderr
    assert second.stderr.startswith("Nothing has changed since the report of 20")
    assert (second.exit_code, second.stdout) == (first.exit_code, first.stdout)
    assert (folders.output / "report.html").stat() == written
    assert "segment:" in analyze("--again").stderr
