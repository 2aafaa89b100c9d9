"""`python -m pipeline`, run as a user runs it."""

import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from pipeline import cli
from pipeline.cli import _log
from tests.support.commands import NOW, pipeline


def test_the_sample_gives_the_same_bytes_whatever_the_hash_seed(
    root: Path, tmp_path: Path, analysed_sample: Path
) -> None:
    done = pipeline(root, "analyze", "sample", "--build", tmp_path, "--now", NOW, seed="2")
    assert done.returncode == 0, done.stderr
    first, second = analysed_sample, tmp_path / "sample"
    names = sorted(path.relative_to(first).as_posix() for path in first.rglob("*") if path.is_file())
    assert {name for name in names if name.startswith("groups/")} >= {"groups/Money~5ccc2e8715d7a17c.html"}
    assert [name for name in names if not name.startswith("groups/")] == [
        "analysis.json",
        "calendar.ics",
        "concerns.csv",
        "entities.csv",
        "hand_offs.csv",
        "missing_voices.csv",
        "prompts.csv",
        "quotes.csv",
        "report.html",
        "report.md",
        "report.wiki",
        "steps.csv",
    ]
    for name in names:
        assert (first / name).read_bytes() == (second / name).read_bytes(), name


def test_a_saved_analysis_renders_to_the_same_report(root: Path, tmp_path: Path, analysed_sample: Path) -> None:
    shutil.copytree(analysed_sample, tmp_path / "sample")
    report = tmp_path / "sample" / "report.html"
    before = report.read_bytes()
    report.unlink()
    assert pipeline(root, "report", "sample", "--build", tmp_path).returncode == 0
    assert report.read_bytes() == before


@pytest.mark.parametrize(
    ("arguments", "expected"),
    (
        (("analyze", "nowhere"), "nowhere"),
        (("report", "sample"), "make analyze EVENT=sample"),
        (("analyze", "sample", "--now", "tea time"), "tea time"),
        (("watch", "nowhere"), "nowhere"),
    ),
)
def test_a_users_mistake_is_one_plain_line(
    root: Path, tmp_path: Path, arguments: tuple[str, ...], expected: str
) -> None:
    done = pipeline(root, *arguments, "--build", tmp_path)
    assert done.returncode == 2
    assert expected in done.stderr
    assert len(done.stderr.strip().split("\n")) == 1


def test_a_spacy_pipeline_that_is_not_there_is_one_plain_line(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PADHARVEST_SPACY_MODEL", "xx_none")
    done = pipeline(root, "analyze", "sample", "--build", tmp_path)
    assert done.returncode == 2
    assert done.stderr.startswith("PADHARVEST_SPACY_MODEL=xx_none cannot be loaded")
    assert done.stderr.count("\n") == 1


def test_a_pad_that_cannot_be_read_is_named_the_others_are_reported_and_the_exit_code_is_1(tmp_path: Path) -> None:
    event = tmp_path / "corpus" / "fair"
    (event / "pads").mkdir(parents=True)
    pads = "".join(f'[[pad]]\ngroup = "{name}"\nfile = "pads/{name}.txt"\n' for name in ("water", "soil"))
    (event / "event.toml").write_text(f'title = "Fair"\n{pads}', encoding="utf-8")
    (event / "pads" / "water.txt").write_text("* the tap is shut all winter\n", encoding="utf-8")
    places = ["--corpus", str(tmp_path / "corpus"), "--build", str(tmp_path / "build")]
    done = CliRunner().invoke(cli.app, ["analyze", "fair", "--now", NOW, *places])
    assert done.exit_code == 1
    assert "soil.txt: it cannot be read: it does not exist." in done.stderr
    report = (tmp_path / "build" / "fair" / "report.md").read_text(encoding="utf-8")
    assert "the tap is shut all winter" in report
    assert "Could not be read: soil (pads/soil.txt)." in report


def test_an_edited_pad_is_never_quoted_from_an_older_analysis(
    root: Path, tmp_path: Path, analysed_sample: Path
) -> None:
    shutil.copytree(root / "corpus" / "sample", tmp_path / "corpus" / "sample")
    places = ("--corpus", tmp_path / "corpus", "--build", tmp_path / "build")
    shutil.copytree(analysed_sample, tmp_path / "build" / "sample")
    report = tmp_path / "build" / "sample" / "report.html"
    before = report.read_bytes()
    pads = sorted((tmp_path / "corpus" / "sample" / "pads").iterdir(), key=lambda path: path.stat().st_size)
    pads[-1].write_text("* something else altogether\n", encoding="utf-8")
    done = pipeline(root, "report", "sample", *places)
    assert done.returncode == 2
    assert "make analyze EVENT=sample" in done.stderr
    assert report.read_bytes() == before


def test_a_language_without_a_translation_is_refused_before_the_analysis(root: Path, tmp_path: Path) -> None:
    event = tmp_path / "corpus" / "muestra"
    shutil.copytree(root / "corpus" / "sample", event)
    toml = event / "event.toml"
    toml.write_text('language = "xh"\n' + toml.read_text(encoding="utf-8"), encoding="utf-8")
    done = pipeline(root, "analyze", "muestra", "--corpus", tmp_path / "corpus", "--build", tmp_path / "build")
    assert done.returncode == 2
    assert done.stderr.startswith("There is no translation into 'xh'; there are en, es")
    assert done.stderr.count("\n") == 1
    assert not (tmp_path / "build").exists()


def test_names_from_strangers_do_not_steer_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    _log("pad \x1b[31mred\u202e (Water) is not in the corpus yet.")
    assert capsys.readouterr().err == "pad \ufffd[31mred\ufffd (Water) is not in the corpus yet.\n"
