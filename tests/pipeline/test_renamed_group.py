"""A group that gets another name in event.toml is the same group: for decisions, links, a reading, and what changed."""

import datetime as dt
import re
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from fetch.corpus import read_corpus
from fetch.corpus_records import Corpus, Pad, PadId, groups_by_former_name, permanent_names
from fetch.event_edits import rename_group
from pipeline.analysis_records import Analysis
from pipeline.analyze import analyze
from pipeline.anchors import Anchor, text_sha
from pipeline.changes import compare
from pipeline.curation.decisions import Belongs, ConcernRef, Curation, HideQuote, New, StateOwner
from pipeline.curation.redaction import redact_words
from pipeline.reading.reading_placement import new_reading
from pipeline.reading.reading_records import LineFacts, Reading
from pipeline.segment import segment
from pipeline.segment_records import Kind
from tests.support.analysis import DEFAULTS, NOW, stages
from tests.support.labelled_segments import bag
from tests.support.plots import plots
from tests.support.reports import checked_report

ASKED = "who pays for repairs of the swing?"
DECISIONS = Curation(
    decisions=(
        New(name="Rota", quotes=(Anchor(pad="water", text="we need a rota for opening the gate"),)),
        Belongs(quote=Anchor(pad="soil", text="a rota for the gate, please"), concern=ConcernRef(name="Rota")),
        StateOwner(quote=Anchor(pad="water", text="the tap is shut all winter"), owner="the tap"),
        HideQuote(quote=Anchor(pad="soil", text="worms are wonderful")),
    )
)


@dataclass
class Event:
    """The plots, as analysed now."""

    folder: Path
    curation: Curation = DECISIONS
    reading: Reading | None = None

    def corpus(self) -> Corpus:
        return read_corpus(self.folder)

    def analysis(self) -> Analysis:
        parts = stages(embed=bag)
        return analyze(
            self.corpus(), DEFAULTS, parts, now=NOW, log=lambda _: None, curation=self.curation, reading=self.reading
        )

    def rename(self, old: str, new: str) -> None:
        path = self.folder / "event.toml"
        path.write_text(rename_group(path.read_text(encoding="utf-8"), path, old, new), encoding="utf-8")


@pytest.fixture
def event(tmp_path: Path) -> Event:
    return Event(plots(tmp_path))


def test_every_decision_still_applies_and_concerns_are_the_same(event: Event) -> None:
    before = event.analysis()
    event.rename("Water", "Wells")
    after = event.analysis()
    assert (after.curation.applied, after.curation.orphans) == (len(DECISIONS.decisions), ())
    assert [one.id for one in after.segments] == [one.id for one in before.segments]
    names = {"Water": "Wells"}
    for old, new in zip(before.concerns, after.concerns, strict=True):
        assert new == replace(
            old,
            groups=tuple(names.get(group, group) for group in old.groups),
            agreeing_groups=tuple(names.get(group, group) for group in old.agreeing_groups),
        )


def test_links_to_the_group_its_page_and_its_lines_still_lead_there(event: Event) -> None:
    before = checked_report(event.analysis(), event.corpus())
    event.rename("Water", "Wells")
    event.rename("Wells", "Wet feet")
    after = checked_report(event.analysis(), event.corpus())
    assert after.keys() == before.keys()
    for name in (name for name in before if name.endswith(".html")):
        for attribute in ("id", "href"):
            found = [re.findall(rf'\b{attribute}="([^"]*)"', page[name]) for page in (before, after)]
            assert found[0] == found[1]
    (page,) = [text for name, text in after.items() if re.fullmatch(r"groups/Water.*\.html", name)]
    assert "<h1><bdi>Wet feet</bdi>: is this what you said?</h1>" in page


def test_nothing_is_said_to_have_changed_by_it(event: Event) -> None:
    before = event.analysis()
    event.rename("Water", "Wells")
    pad = event.folder / "pads" / "water.txt"
    text = pad.read_text(encoding="utf-8")
    pad.write_text(f"{text}* who pays for repairs of the tap?\n", encoding="utf-8")
    after = event.analysis()
    changes = compare(before, after, event.corpus().pads)
    assert [(one.group, len(one.new), one.withdrawn) for one in changes.pads] == [("Wells", 1, 0)]
    assert [group for one in changes.concerns for group in (*one.joined, *one.left)] == []
    grown = [one for one in changes.concerns if one.quotes_now > one.quotes_before]
    assert all(one.groups_now == one.groups_before for one in grown)


def test_a_line_that_a_language_model_said_speaks_of_the_group_still_does(event: Event) -> None:
    corpus = event.corpus()
    blank = new_reading(segment(corpus.pads, ()).segments)
    facts = LineFacts(kind=Kind.QUESTION, group="Water")
    lines = tuple(replace(one, facts=facts) if one.sha == text_sha(ASKED) else one for one in blank.lines)
    event.reading = replace(blank, lines=lines, model="small", date=dt.date(2026, 5, 4), prompts="1")
    spoken_of = {one.text: one.about_group for one in event.analysis().segments}
    assert spoken_of[ASKED] == "Water"
    event.rename("Water", "Wells")
    spoken_of = {one.text: one.about_group for one in event.analysis().segments}
    assert spoken_of[ASKED] == "Wells"


def test_a_former_name_with_redacted_words_is_in_no_output(event: Event) -> None:
    event.rename("Kids", "Zelda")
    event.rename("Zelda", "Swings")
    event.curation = Curation(decisions=(redact_words("Zelda"),))
    analysis = event.analysis()
    assert {info.group: info.formerly for info in analysis.pads}["Swings"] == ("Kids",)
    outputs = checked_report(analysis, event.corpus())
    assert not [name for name, text in outputs.items() if "zelda" in f"{name} {text}".casefold()]


def pads(**groups: tuple[str, ...]) -> list[Pad]:
    """A pad for each group, named first, with its former names."""
    return [
        Pad(pad_id=PadId(group), group=group, text="", sha256="", source="", formerly=names)
        for group, names in groups.items()
    ]


def test_the_first_name_is_that_of_links_unless_another_group_has_it() -> None:
    assert permanent_names(pads(Wells=("Water", "Wet"), Soil=())) == {"Wells": "Water", "Soil": "Soil"}
    assert permanent_names(pads(Water=("Water", "Wet"))) == {"Water": "Water"}
    assert permanent_names(pads(Wells=("Water", "Wet"), Water=())) == {"Wells": "Wet", "Water": "Water"}
    assert permanent_names(pads(A=("X",), B=("X",))) == {"A": "A", "B": "B"}


def test_a_former_name_means_the_group_that_had_it_if_that_is_certain() -> None:
    assert groups_by_former_name(pads(Wells=("Water",), Soil=("Earth",))) == {"Water": "Wells", "Earth": "Soil"}
    assert groups_by_former_name(pads(Wells=("Water",), Water=("Earth",), Soil=("Earth",))) == {}
