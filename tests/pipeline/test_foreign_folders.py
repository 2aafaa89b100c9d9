"""An event's folder from somebody else: nothing outside of it is read or written, and nothing is waited for."""

import datetime as dt
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

import fetch.cli
from fetch.add import add_files
from fetch.corpus import read_corpus
from fetch.corpus_records import FetchedPad, Outcome, PadId, PublishPolicy
from fetch.errors import FetchError, UserMistake
from fetch.files import sweep
from fetch.pull import dry_run
from fetch.store import KeepOptions, open_store
from pipeline import cli
from pipeline.analyze import analyze, redacted_corpus
from pipeline.changes import comparable, compare
from pipeline.curation.decision_file import add, read_curation
from pipeline.curation.decisions import Decision
from pipeline.curation.redaction import redact_words
from pipeline.publishing import publish, read_analysis
from pipeline.reading.paste_files import PasteFiles
from pipeline.reading.reading_file import read_reading, write_reading
from pipeline.report.theme import read_theme
from pipeline.web.event_files import EventFiles
from tests.pipeline.curation.test_decision_file import EVERY
from tests.pipeline.reading.test_reading_file import KNOWN
from tests.pipeline.segment.test_offsets import PAD_TEXT
from tests.support.analysis import DEFAULTS, stages
from tests.support.curation_bench import GARDENS
from tests.support.damaged import WRITABLE, as_toml, assert_plain, damaged_text
from tests.support.fair_event import fair
from tests.support.labelled_segments import bag

NOW = dt.datetime(2026, 5, 4, tzinfo=dt.UTC)

READERS: tuple[tuple[str, Callable[[Path], object]], ...] = (
    ("event.toml", read_corpus),
    ("manifest.json", read_corpus),
    ("introduction.md", read_corpus),
    ("curation.toml", lambda event: read_curation(event / "curation.toml")),
    ("reading.json", lambda event: read_reading(event / "reading.json")),
    ("event.toml", lambda event: EventFiles(event).text("event.toml")),
    ("introduction.md", lambda event: EventFiles(event).text("introduction.md")),
    ("style.css", read_theme),
    ("templates/report.md", read_theme),
    ("analysis.json", read_analysis),
)


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    """A folder beside the event's, with a file that is nobody's business."""
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    (folder / "a.txt").write_text("my own key\n", encoding="utf-8")
    return folder


@pytest.fixture
def camp(tmp_path: Path) -> Path:
    folder = tmp_path / "corpus" / "camp"
    (folder / "templates").mkdir(parents=True)
    (folder / "pads").mkdir()
    pads = "".join(f'[[pad]]\ngroup = "{name}"\nfile = "pads/{name}.txt"\n' for name in ("a", "b"))
    (folder / "event.toml").write_text(f'title = "Camp"\n{pads}', encoding="utf-8")
    (folder / "pads" / "b.txt").write_text("* bees\n", encoding="utf-8")
    return folder


def in_place_of(path: Path, make: Callable[[Path], None]) -> None:
    path.unlink(missing_ok=True)
    make(path)


@pytest.mark.parametrize(("name", "read"), READERS)
def test_a_link_and_a_pipe_are_refused_by_name(
    camp: Path, secret: Path, name: str, read: Callable[[Path], object]
) -> None:
    in_place_of(camp / name, lambda path: path.symlink_to(secret / "a.txt"))
    with pytest.raises(UserMistake) as refusal:
        read(camp)
    assert f"{camp / name}" in str(refusal.value)
    assert "it is a link; put the file itself there." in str(refusal.value)
    in_place_of(camp / name, os.mkfifo)
    with pytest.raises(UserMistake) as refusal:
        read(camp)
    assert f"{camp / name}" in str(refusal.value)
    assert "it is a device or pipe, not a file with text." in str(refusal.value)


def test_a_pad_that_is_a_link_is_a_problem_and_the_others_are_read(camp: Path, secret: Path) -> None:
    (camp / "pads" / "a.txt").symlink_to(secret / "a.txt")
    corpus = read_corpus(camp)
    assert [pad.text for pad in corpus.pads] == ["* bees\n"]
    assert [problem.sentence for problem in corpus.problems] == [
        f"{camp / 'pads/a.txt'}: it is a link; put the file itself there."
    ]


def test_a_folder_in_the_event_that_is_a_link_is_refused_by_name(camp: Path, secret: Path) -> None:
    (camp / "more").symlink_to(secret)
    toml = camp / "event.toml"
    toml.write_text(toml.read_text(encoding="utf-8").replace("pads/a", "more/a"), encoding="utf-8")
    (problem,) = read_corpus(camp).problems
    assert problem.sentence == f"{camp / 'more/a.txt'}: {camp / 'more'} is a link; put the folder there."
    in_place_of(camp / "pads" / "b.txt", lambda _: (camp / "pads").rmdir())
    (camp / "pads").symlink_to(secret)
    for read in (read_corpus, dry_run):
        with pytest.raises(UserMistake, match=r"pads: it is a link"):
            read(camp)


def kept(camp: Path, pad_id: str) -> Outcome:
    options = KeepOptions(publish=PublishPolicy.OPT_OUT, now="")
    with open_store(camp) as store:
        return store.keep(pad_id, PadId(pad_id), "", FetchedPad(text="new\n", form="txt"), options).outcome


def test_nothing_is_written_through_a_link(camp: Path, secret: Path, tmp_path: Path) -> None:
    (camp / "pads" / "c.txt").symlink_to(secret / "a.txt")
    with pytest.raises(FetchError, match=r"c\.txt: it is a link"):
        kept(camp, "c")
    (camp / ".lock").unlink()
    (camp / ".lock").symlink_to(secret / "a.txt")
    with pytest.raises(FetchError, match=r"\.lock is a link, device or pipe; remove it\."):
        kept(camp, "d")
    (camp / ".lock").unlink()
    (camp / "pads").rename(tmp_path / "pads")
    (camp / "pads").symlink_to(secret)
    with pytest.raises(UserMistake, match=r"pads: it is a link"):
        list(add_files(camp, [tmp_path / "pads" / "b.txt"], NOW))
    (camp / "reading").symlink_to(secret)
    with pytest.raises(FetchError, match=r"reading: cannot be written to: it is a link"):
        PasteFiles(camp / "reading").offer(())
    assert [path.name for path in secret.iterdir()] == ["a.txt"]
    assert (secret / "a.txt").read_text(encoding="utf-8") == "my own key\n"


def test_the_users_own_links_to_an_event_and_to_a_corpus_are_followed(camp: Path, tmp_path: Path) -> None:
    (tmp_path / "linked").symlink_to(camp.parent)
    (camp.parent / "again").symlink_to(camp)
    assert kept(tmp_path / "linked" / "again", "a") is Outcome.NEW
    assert [pad.text for pad in read_corpus(tmp_path / "linked" / "again").pads] == ["new\n", "* bees\n"]
    assert (camp / "pads" / "a.txt").read_text(encoding="utf-8") == "new\n"


@pytest.mark.parametrize("command", ("analyze", "report", "read", "curate"))
def test_an_event_elsewhere_is_refused_as_fetch_refuses_it(tmp_path: Path, command: str) -> None:
    places = ["--corpus", str(tmp_path / "corpus"), "--build", str(tmp_path / "build")]
    done = CliRunner().invoke(cli.app, [command, "../../x", *places])
    fetched = CliRunner().invoke(fetch.cli.app, ["pull", "../../x"])
    assert isinstance(done.exception, UserMistake)
    assert str(done.exception) == str(fetched.exception)
    assert list(tmp_path.iterdir()) == []


def test_nothing_of_an_analysis_is_open_to_others_if_the_umask_closes_it(
    tmp_path: Path, umask: Callable[[int], int]
) -> None:
    umask(0o077)
    event = fair(tmp_path)
    event.read()
    event.analysis()
    add(event.folders.source / "curation.toml", redact_words("the pump"))
    modes = {path.relative_to(tmp_path).as_posix(): path.stat().st_mode for path in tmp_path.rglob("*")}
    made = {"build/lines.sqlite", "build/fair/analysis.json", "build/fair/report.html"}
    assert modes.keys() >= made | {"build/fair/reading/1-prompt.txt", "corpus/fair/curation.toml"}
    assert {name: oct(mode) for name, mode in modes.items() if mode & 0o077} == {}


def test_what_a_killed_process_left_is_swept_and_what_is_not_ours_stays(camp: Path, secret: Path) -> None:
    (camp / ".part-1").write_bytes(b"half")
    (camp / ".part-2").symlink_to(secret / "a.txt")
    sweep(camp)
    assert sorted(path.name for path in camp.glob(".part-*")) == [".part-2"]
    assert (secret / "a.txt").exists()


NOTES = st.one_of(PAD_TEXT, st.sampled_from(sorted(GARDENS.values())).flatmap(damaged_text))
PADS = st.dictionaries(st.sampled_from(["Water", "Soil", "Kids"]) | WRITABLE, NOTES, min_size=1, max_size=4)


@given(PADS, PADS, WRITABLE, st.lists(st.sampled_from(EVERY), max_size=4), WRITABLE)
@settings(max_examples=settings().max_examples // 20)  # each is analysed twice
def test_whatever_is_in_an_events_folder_there_is_a_report_of_it_or_one_sentence(  # noqa: PLR0913, PLR0917 - its files
    tmp_path_factory: pytest.TempPathFactory,
    pads: dict[str, str],
    later: dict[str, str],
    title: str,
    decisions: list[Decision],
    introduction: str,
) -> None:
    event = tmp_path_factory.mktemp("corpora") / "fair"
    (event / "pads").mkdir(parents=True)
    (event / "introduction.md").write_bytes(introduction.encode())
    write_reading(event / "reading.json", KNOWN)
    for decision in decisions:
        add(event / "curation.toml", decision)
    earlier = None
    for notes in (pads, later):
        tables = [{"group": group, "file": f"pads/{number}.txt"} for number, group in enumerate(notes)]
        document = {"title": title, "place": title, "prompts": [title], "date": dt.date(2026, 5, 4), "pad": tables}
        (event / "event.toml").write_bytes(as_toml(document).encode())
        for number, text in enumerate(notes.values()):
            (event / "pads" / f"{number}.txt").write_text(text, encoding="utf-8", errors="replace")
        try:
            corpus, curation = read_corpus(event), read_curation(event / "curation.toml")
            made = stages(embed=bag)
            reading = read_reading(event / "reading.json")
            analysis = analyze(
                corpus, DEFAULTS, made, now=NOW.isoformat(), log=lambda _: None, curation=curation, reading=reading
            )
            shown = redacted_corpus(corpus, curation)
            if earlier:
                analysis = replace(analysis, changes=compare(comparable(earlier), analysis, shown.pads))
            publish(analysis, shown, event / "build", earlier)
        except UserMistake as mistake:
            assert_plain(mistake)
            return
        earlier = read_analysis(event / "build")
