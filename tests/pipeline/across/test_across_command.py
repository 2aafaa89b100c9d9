"""`python -m pipeline across`: from saved analyses to a folder beside them, without the pads."""

import tomllib
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from fetch.errors import UserMistake
from pipeline import cli
from pipeline.serialization import to_json
from tests.support.analysis import NOW
from tests.support.compared_events import three_days


@pytest.fixture
def build(tmp_path: Path) -> Path:
    """The outputs of three events, of which nothing but analysis.json is there, nor any pad."""
    for analysis in three_days():
        folder = tmp_path / "build" / analysis.event.id
        folder.mkdir(parents=True)
        (folder / "analysis.json").write_bytes(to_json(analysis))
    return tmp_path / "build"


def across(build: Path, *arguments: str) -> Result:
    places = ["--corpus", str(build.parent / "corpus"), "--build", str(build), "--now", NOW]
    return CliRunner().invoke(cli.app, ["across", *arguments, *places])


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_the_report_is_written_beside_the_events_and_the_same_each_time(build: Path) -> None:
    first = across(build, "day1", "day2", "day3")
    assert (first.exit_code, first.stdout) == (0, f"Report: {build / 'across' / 'report.html'}\n")
    written = files(build / "across")
    assert across(build, "day3", "day1", "day2", "--name", "retreat").exit_code == 0
    assert files(build / "retreat") == written
    assert b"Friday, Saturday and Sunday" in written["report.html"]


def test_the_user_may_give_a_title_and_a_language(build: Path) -> None:
    across(build, "day1", "day2", "--title", "Our weekend", "--language", "es")
    assert b"<h1>Our weekend</h1>" in files(build / "across")["report.html"]
    assert b'lang="es"' in files(build / "across")["report.html"]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    (
        (("day1",), 'Name two events or more, each once: make across EVENTS="day1 day2".'),
        (("day1", "day1"), 'Name two events or more, each once: make across EVENTS="day1 day2".'),
        (("day1", "day4"), "does not exist; run `make analyze EVENT=day4` first."),
        (("day1", "day2", "--name", "day3"), "day3 is the name of an event; choose another one for this report"),
        (("day1", "../day2"), "'../day2' cannot be an event's name"),
        (("day1", "day2", "--language", "xx"), "There is no translation into 'xx'"),
    ),
)
def test_a_mistake_is_one_plain_sentence(build: Path, arguments: tuple[str, ...], sentence: str) -> None:
    result = across(build, *arguments)
    assert isinstance(result.exception, UserMistake)
    assert sentence in str(result.exception)
    assert not (build / "across").exists()


def test_an_analysis_of_an_older_version_is_to_be_made_again(build: Path) -> None:
    (build / "day2" / "analysis.json").write_text('{"schema": 1, "event": {}}', encoding="utf-8")
    result = across(build, "day1", "day2")
    assert "is not an analysis of this version; run `make analyze EVENT=day2` again." in str(result.exception)


def test_a_damaged_analysis_is_to_be_made_again(build: Path) -> None:
    path = build / "day2" / "analysis.json"
    path.write_text(
        path.read_text(encoding="utf-8").replace('"group": "Paths"', '"group": "Nobody"', 1), encoding="utf-8"
    )
    result = across(build, "day1", "day2")
    assert "names groups or pads that it does not have; run `make analyze EVENT=day2` again." in str(result.exception)


def test_links_lead_to_the_folder_of_an_event_whatever_its_analysis_calls_it(build: Path) -> None:
    (build / "day2").rename(build / "saturday")
    across(build, "day1", "saturday")
    assert b'href="../saturday/report.html' in files(build / "across")["report.html"]


def redact(build: Path, event: str, words: str) -> None:
    folder = build.parent / "corpus" / event
    folder.mkdir(parents=True)
    text = f'[[decision]]\ndo = "redact"\nwords = "{words}"\n'
    assert tomllib.loads(text)
    (folder / "curation.toml").write_text(text, encoding="utf-8")


def test_words_that_one_event_redacts_are_in_no_file_even_if_its_analysis_is_older(build: Path) -> None:
    redact(build, "day3", "council")
    across(build, "day1", "day2", "day3")
    written = files(build / "across")
    assert written
    assert all(b"council" not in text for text in written.values())


def test_redacted_words_in_the_name_of_a_group_stop_the_report(build: Path) -> None:
    redact(build, "day3", "Water")
    result = across(build, "day1", "day2", "day3")
    assert "the name of group Water" in str(result.exception)
    assert not (build / "across").exists()
